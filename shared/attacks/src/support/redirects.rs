//! Where the server may send a browser: `open-redirector`, `redirect-uri-tricks`, `implicit-grant`.

use crate::attack::Guard;
use crate::person::Person;
use crate::scene::Scene;
use kit::Verdict;
use kit::ladder::Capability;

/// Where the attacker would like to see the browser.
pub(crate) const EVIL: &str = "http://127.0.0.1:5666/callback";

/// The comparison of strings.
pub(crate) const EXACT: Guard = Guard::since(Capability::AuthorizationCode)
    .line("server/authorize.rs", "let same = registered.iter().find(|known| ***known == *uri);")
    .that("redirect_uri is compared with the registered ones as the string that came: no prefix, no pattern, no parser.");

pub async fn logged_in(scene: &Scene) -> Result<Person, Verdict> {
    scene.heading("The honest request works");
    let mut victim = scene.victim()?;
    victim.log_in().await?;
    victim.authorize(&scene.target.request().url(), scene.target.demo.redirect_uri()).await?;
    Ok(victim)
}
