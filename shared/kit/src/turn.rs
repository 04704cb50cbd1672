//! Who may run beside whom: most checks and attacks beside each other, and a few with nothing beside them.

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The machine belongs to everybody, or to one.
static MACHINE: RwLock<()> = RwLock::const_new(());

/// A turn. It ends when this is dropped. Whoever has one may not ask for another: it would wait for itself.
pub enum Turn {
    /// Others may have one, too.
    BesideOthers(RwLockReadGuard<'static, ()>),
    /// Nobody else has one.
    Alone(RwLockWriteGuard<'static, ()>),
}

impl Turn {
    /// Waits while somebody is alone, or waits for that.
    pub async fn beside_others() -> Turn {
        Turn::BesideOthers(MACHINE.read().await)
    }

    /// Waits until nobody else has a turn. Meanwhile nobody gets one.
    pub async fn alone() -> Turn {
        Turn::Alone(MACHINE.write().await)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn whoever_is_alone_waits_for_all_others_and_lets_nobody_in() {
        let soon = Duration::from_millis(50);
        let (first, second) = (Turn::beside_others().await, Turn::beside_others().await);
        assert!(tokio::time::timeout(soon, Turn::alone()).await.is_err());
        drop((first, second));
        let alone = Turn::alone().await;
        assert!(tokio::time::timeout(soon, Turn::beside_others()).await.is_err());
        assert!(tokio::time::timeout(soon, Turn::alone()).await.is_err());
        drop(alone);
        Turn::beside_others().await;
    }
}
