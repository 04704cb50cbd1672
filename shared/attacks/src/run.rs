//! Runs an attack and always comes back with an ending.

use std::time::Duration;

use crate::attack::{Attack, Ending};
use crate::scene::Scene;
use crate::tale::Line;
use kit::Target;
use kit::turn::Turn;

/// No attack takes longer than this, whatever the other side does.
pub const LONGEST_ATTACK: Duration = Duration::from_secs(60);

/// An attack on a version, as it went.
#[derive(Clone, Debug)]
pub struct Report {
    /// The attack.
    pub attack: &'static Attack,
    /// The pair that was attacked.
    pub target: Target,
    /// What happened, in order.
    pub tale: Vec<Line>,
    /// How it ended.
    pub ending: Ending,
}

impl Report {
    /// Whether it was carried out on somebody's own pair, which is on its way to the version.
    pub fn is_on_own_pair(&self) -> bool {
        self.target.name() != format!("v{:02}", self.target.version)
    }

    /// Did it end as declared?
    pub fn is_as_declared(&self) -> bool {
        self.ending.cell() == Some(self.attack.cell(self.target.version))
    }
}

/// Carries out an attack. One that hangs, panics or loses its way is inconclusive.
pub async fn run(attack: &'static Attack, target: &Target) -> Report {
    let _turn = Turn::beside_others().await;
    let scene = Scene::new(target.clone());
    let task = tokio::spawn((attack.run)(scene.clone()));
    let abort = task.abort_handle();
    let inconclusive = |why: String| Ending::Inconclusive { why };
    let ending = match tokio::time::timeout(LONGEST_ATTACK, task).await {
        Ok(Ok(Ok(ending))) => ending,
        Ok(Ok(Err(verdict))) => inconclusive(verdict.to_string()),
        Ok(Err(trouble)) => inconclusive(format!("the attack itself broke down: {trouble}")),
        Err(_) => {
            abort.abort();
            inconclusive(format!("no result after {} seconds", LONGEST_ATTACK.as_secs()))
        }
    };
    Report {
        attack,
        target: target.clone(),
        tale: scene.tale(),
        ending,
    }
}
