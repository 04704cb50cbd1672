//! One page for each attack that can be acted out. The site really acts: what a page tells has just happened.

mod consent;
mod login;
mod planted;
mod refresh;

pub use consent::receive;
pub use planted::plant;
pub use refresh::spend;
pub use refresh::steal;

use crate::attack::Attack;
use crate::stage::state::Stage;
use kit::Verdict;

/// The page of an attack.
///
/// # Errors
/// The attacker's preparations failed.
pub async fn act(stage: &Stage, attack: &'static Attack) -> Result<String, Verdict> {
    match attack.name {
        "login-csrf" | "planted-callback-without-state" => planted::page(stage, attack).await,
        "cookie-planting" => planted::cookie_page(stage, attack).await,
        "silent-authorization" => consent::silent(stage, attack),
        "framing" => consent::framing(stage, attack),
        "login-csrf-at-server" => login::page(stage, attack),
        _ => refresh::page(stage, attack).await,
    }
}
