//! The stage: a pair and an attacker's site, on which a person acts an attack out in a browser.
//!
//! - [`site`], [`state`]: the site with its addresses, and what it knows
//! - `acts`: one page for each attack
//! - `page`: how they look
//! - [`driver`], `clicks`: a real browser, for the tests
//! - [`rehearsal`]: the acts, played by that browser

mod acts;
mod clicks;
pub mod driver;
mod page;
pub mod rehearsal;
pub mod site;
pub mod state;

use std::process::ExitCode;
use std::sync::Arc;

use crate::attack::{Attack, Cell};
use kit::{Executables, Pair, Target};

/// The attacks that can be acted out.
pub const NAMES: [&str; 7] = [
    "login-csrf",
    "planted-callback-without-state",
    "cookie-planting",
    "silent-authorization",
    "framing",
    "login-csrf-at-server",
    "refresh-theft",
];

/// The site's usual port: the attacker's application is registered with it.
pub const PORT: u16 = 5666;

/// Starts the pair and the site, says where to go, and waits for Ctrl-C.
///
/// # Errors
/// Something does not start: why, in words.
pub async fn play(
    attack: &'static Attack,
    version: u8,
    executables: &Executables,
    [server, client, port]: [u16; 3],
) -> Result<ExitCode, String> {
    if !NAMES.contains(&attack.name) {
        return Err(format!(
            "`{}` has no page to act it out on. These have one: {}.",
            attack.name,
            NAMES.join(", ")
        ));
    }
    let pair = Pair::at(executables, [server, client], &[]).await?;
    let target = Target::of_pair(version, Arc::new(pair), executables);
    let site = site::open(attack, target, port).await?;
    println!("{}", welcome(attack, version, executables, [server, client, port]));
    tokio::select! {
        _ = tokio::signal::ctrl_c() => Ok(ExitCode::SUCCESS),
        trouble = site.ended() => Err(trouble),
    }
}

fn welcome(
    attack: &Attack,
    version: u8,
    executables: &Executables,
    [server, client, site]: [u16; 3],
) -> String {
    let version_name = format!("v{version:02}");
    let name = executables.name().unwrap_or(&version_name);
    let ends = match attack.cell(version) {
        _ if name != version_name => "See whether your pair stops it.",
        Cell::Succeeds => "It will succeed.",
        Cell::Stopped => "It will fail. See what stops it.",
        Cell::NotYet => "There is nothing to attack yet in this version.",
    };
    // Cookies belong to a host, whatever the port.
    let shared = match attack.name {
        "cookie-planting" => format!(
            "            http://localhost:{site}     the same site on the lab's own host, where it shares the cookies\n"
        ),
        _ => String::new(),
    };
    format!(
        "
{} on {name}: {}. {ends}

  attacker  http://127.0.0.1:{site}     begin here; you are the victim (dark pages)
{shared}  client    http://localhost:{client}
  server    http://localhost:{server}
  log in    user0 with password0

The requests are not shown here: your browser is the place to look.
To see them, read the attack without --stage. Ctrl-C ends everything.",
        attack.name, attack.title
    )
}
