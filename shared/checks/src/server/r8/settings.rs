//! R8.9: a store that cannot be used is said so at the start. R8.2: and so is one that may forget.

use std::net::TcpListener;
use std::path::Path;

use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::engine::{Engine, Kind};
use kit::pair::{change, free_port};
use kit::{Outcome, Process, Target, Verdict};

/// It must not be shown.
const PASSWORD: &str = "geheim-7f3a";

rule!(
    Check::server("R8.9", "a store that cannot be used is refused at the start, by name and without its password")
        .lab_rule("lab rule", "For an unknown engine, a malformed address, a file in no folder, an engine that is not there or says nothing, and a store without JWT_SECRET: the server ends within seconds, names the setting, and shows no password of the address.")
        .why("Who mistypes an address should hear of it at once, and not at the first login.")
        .run(|target| Box::pin(refused(target)))
);
async fn refused(target: Target) -> Outcome {
    let settings = &of_this_lab(&target)?.settings;
    let server = program(&target)?;
    // Somebody listens there, takes what comes, and never answers.
    let mute = TcpListener::bind("127.0.0.1:0").map_err(|why| broken(why.to_string()))?;
    let mute = mute.local_addr().map(|at| at.port()).map_err(|why| broken(why.to_string()))?;
    let nobody = free_port().map_err(broken)?;
    for store in [
        "file:",
        "file:/nonexistent/folder/lab.redb",
        "mysql://root:PASSWORD@127.0.0.1/lab",
        "rediss://:PASSWORD@127.0.0.1:1",
        "memory",
        "memory:here",
        "redis:/127.0.0.1",
        "redis://lab:PASSWORD@127.0.0.1:NOBODY",
        "redis://lab:PASSWORD@127.0.0.1:MUTE",
        "redis://lab:PASSWORD@127.0.0.1:99999",
        "redis://lab:PASSWORD@",
        "postgres://lab:PASSWORD@127.0.0.1:NOBODY/lab",
        "postgres://lab:PASSWORD@127.0.0.1:MUTE/lab",
        "postgres://lab:PASSWORD@127.0.0.1:99999/lab",
        "postgres://lab:PASSWORD@127.0.0.1:NOBODY/lab?PASSWORD=1",
    ] {
        let store = store.replace("PASSWORD", PASSWORD).replace("NOBODY", &nobody.to_string());
        let store = store.replace("MUTE", &mute.to_string());
        ends(server, settings, &[("LAB_STORE", &store)], "LAB_STORE").await?;
    }
    let path = std::env::temp_dir().join(format!("oauth-lab-{nobody}.redb"));
    let file = format!("file:{}", path.display());
    ends(server, settings, &[("LAB_STORE", &file), ("JWT_SECRET", "")], "JWT_SECRET").await
}

rule!(
    Check::server("R8.2", "the server warns of a Redis that may forget")
        .lab_rule("lab rule", "On a Redis that doesn't write each change to the disk before it answers, the server says at its start which settings it misses; on one that does, it says nothing.")
        .why("After a power cut, a used code that was forgotten could be used again.")
        .needs(Kind::Redis)
        .run(|target| Box::pin(warned(target)))
);
async fn warned(target: Target) -> Outcome {
    for lasting in [true, false] {
        let engine = tokio::task::spawn_blocking(move || match lasting {
            true => Engine::start(Kind::Redis),
            false => Engine::forgetful_redis(),
        });
        let engine = engine.await.map_err(|why| broken(why.to_string()))?.map_err(broken)?;
        let one = target.with_settings(&[("LAB_STORE", &engine.store)]).await?;
        let log = one.pair()?.server.log();
        for setting in ["appendonly", "appendfsync"] {
            let warned = log.contains(setting);
            let sent = format!("a start on Redis (with {setting}: {lasting})");
            must(warned != lasting, &sent, "a warning where it is due, and only there", &log)?;
        }
    }
    Ok(())
}

fn broken(why: String) -> Verdict {
    Verdict::failed("prepare the store", "a store", why)
}

fn program(target: &Target) -> Result<&Path, Verdict> {
    let executables = target.executables.as_ref();
    let executables = executables.ok_or_else(|| Verdict::skipped("a server that we can start"))?;
    Ok(&executables.server)
}

async fn ends(
    server: &Path,
    settings: &[(String, String)],
    changed: &[(&str, &str)],
    named: &str,
) -> Outcome {
    let mut settings = settings.to_vec();
    let port = free_port().map_err(broken)?;
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
