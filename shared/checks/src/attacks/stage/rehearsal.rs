//! The acts, played in a real browser: the planted callback and the frame.

use std::sync::Arc;

use crate::attacks::attack::Attack;
use crate::attacks::attack::Cell;
use crate::attacks::find;
use crate::attacks::scene::Scene;
use crate::attacks::stage::driver::Driver;
use crate::attacks::stage::driver::Programs;
use crate::attacks::stage::site;
use crate::encoding::path;
use crate::encoding::query_pairs;
use crate::pair::Executables;
use crate::pair::Pair;
use crate::pair::free_port;
use crate::target::Target;

/// Plays the acts on a pair of their own, and fails where one ends otherwise than declared.
///
/// # Errors
/// What was expected, and what the browser showed.
pub async fn rehearse(
    version: u8,
    executables: &Executables,
    programs: &Programs,
) -> Result<(), String> {
    let pair = Pair::start(executables, &[]).await?;
    let target = Target::of_pair(version, Arc::new(pair), executables);
    let planted = find("login-csrf").ok_or("no login-csrf")?;
    let site = site::open(planted, target.clone(), free_port()?).await?;
    let driver = Driver::start(programs).await?;
    for host in ["127.0.0.1", "localhost"] {
        framed(&driver, &format!("http://{host}:{}/framing", site.stage.port), version).await?;
    }
    let first = format!("http://127.0.0.1:{}/", site.stage.port);
    planted_callback(&driver, &target, planted, &first).await
}

/// The login page of the server, inside the attacker's page.
async fn framed(driver: &Driver, url: &str, version: u8) -> Result<(), String> {
    driver.go(url).await?;
    driver.enter("#frame").await?;
    let seen = driver.find("input[name=username]").await;
    let open = find("framing").map(|attack| attack.cell(version)) == Some(Cell::Succeeds);
    match (seen, open) {
        (Ok(_), true) | (Err(_), false) => Ok(()),
        (Err(trouble), true) => {
            Err(format!("{url}: the login page should stand in the frame: {trouble}"))
        }
        (Ok(_), false) => Err(format!("{url}: the login page stands in the frame, and should not")),
    }
}

/// The victim uses the client honestly, begins again, and then clicks the attacker's link.
async fn planted_callback(
    driver: &Driver,
    target: &Target,
    attack: &Attack,
    site: &str,
) -> Result<(), String> {
    let client = target.client.clone().unwrap_or_default();
    let user = target.user().map_err(|verdict| verdict.to_string())?;
    driver.go(&format!("{client}/start")).await?;
    driver.fill("input[name=username]", &user.username).await?;
    driver.fill("input[name=password]", &user.password).await?;
    driver.click("button[type=submit]").await?;
    driver.arrive(|url| url.starts_with(&client)).await?;
    let honest = driver.text("h1").await?;
    if honest.contains("does not belong") {
        return Err(format!("the honest callback was refused: {honest}"));
    }
    driver.go(site).await?;
    driver.click("#bait").await?;
    let there = driver.arrive(|url| url.starts_with(&client)).await?;
    let heading = driver.text("h1").await?;
    let code = query_pairs(&there).into_iter().find(|pair| pair.0 == "code").map(|pair| pair.1);
    let owner = match &code {
        Some(code) => Scene::new(target.clone())
            .owner_of(code)
            .await
            .map_err(|verdict| verdict.to_string())?,
        None => String::new(),
    };
    let refused = path(&there) == "/callback"
        && heading.contains("does not belong to a request of this browser");
    let planted = heading == "The answer has arrived" && owner == "user1";
    match attack.cell(target.version) {
        Cell::Succeeds if planted => Ok(()),
        Cell::Stopped if refused && owner == "user1" => Ok(()),
        cell => {
            Err(format!("{cell:?} was expected; the browser is on {there} and shows \"{heading}\""))
        }
    }
}
