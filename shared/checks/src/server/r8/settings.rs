//! R8.9: a store that cannot be used is said so at the start.

use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::pair::{change, free_port};
use kit::{Outcome, Process, Target, Verdict};

/// It must not be shown.
const PASSWORD: &str = "geheim-7f3a";

rule!(
    Check::server("R8.9", "a store that cannot be used is refused at the start, by name and without its password")
        .lab_rule("lab rule", "For an unknown engine, a malformed address, a file in no folder, an engine that is not there, and a store without JWT_SECRET: the server ends within seconds, names the setting, and shows no password of the address.")
        .why("Who mistypes an address should hear of it at once, and not at the first login.")
        .run(|target| Box::pin(refused(target)))
);
async fn refused(target: Target) -> Outcome {
    let pair = of_this_lab(&target)?;
    let server = &target
        .executables
        .as_ref()
        .ok_or_else(|| Verdict::skipped("a server that we can start"))?
        .server;
    let silent = free_port().unwrap_or_default();
    let stores = [
        ("", "LAB_STORE"),
        ("file:", "LAB_STORE"),
        ("file:/nonexistent/folder/lab.redb", "LAB_STORE"),
        ("mysql://root:PASSWORD@127.0.0.1/lab", "LAB_STORE"),
        ("rediss://:PASSWORD@127.0.0.1:1", "LAB_STORE"),
        ("memory", "LAB_STORE"),
        ("memory:here", "LAB_STORE"),
        ("redis:/127.0.0.1", "LAB_STORE"),
        ("redis://lab:PASSWORD@127.0.0.1:PORT", "LAB_STORE"),
        ("redis://lab:PASSWORD@127.0.0.1:99999", "LAB_STORE"),
        ("redis://lab:PASSWORD@", "LAB_STORE"),
        ("postgres://lab:PASSWORD@127.0.0.1:PORT/lab", "LAB_STORE"),
        ("postgres://lab:PASSWORD@127.0.0.1:99999/lab", "LAB_STORE"),
        ("postgres://lab:PASSWORD@127.0.0.1:PORT/lab?PASSWORD=1", "LAB_STORE"),
    ];
    for (store, named) in stores.into_iter().skip(1) {
        let store = store.replace("PASSWORD", PASSWORD).replace("PORT", &silent.to_string());
        ends(server, &pair.settings, &[("LAB_STORE", &store)], named).await?;
    }
    let file =
        format!("file:{}", std::env::temp_dir().join(format!("oauth-lab-{silent}.redb")).display());
    ends(server, &pair.settings, &[("LAB_STORE", &file), ("JWT_SECRET", "")], "JWT_SECRET").await
}

async fn ends(
    server: &std::path::Path,
    settings: &[(String, String)],
    changed: &[(&str, &str)],
    named: &str,
) -> Outcome {
    let mut settings = settings.to_vec();
    let port = free_port().unwrap_or_default();
    change(&mut settings, changed);
    change(&mut settings, &[("AUTH_SERVER_PORT", &port.to_string())]);
    settings.retain(|setting| !setting.1.is_empty());
    let begin = std::time::Instant::now();
    let started = Process::start(server, &settings, &format!("http://localhost:{port}")).await;
    let sent = format!("a start with {changed:?}");
    let wanted = format!("it ends within five seconds, and names {named}");
    let Err(said) = started else {
        return Err(Verdict::failed(sent, wanted, "it runs"));
    };
    let quick = begin.elapsed().as_secs() < 5;
    must(quick && said.contains("ended with") && said.contains(named), &sent, &wanted, &said)?;
    must(!said.contains(PASSWORD), &sent, "no password", said)
}
