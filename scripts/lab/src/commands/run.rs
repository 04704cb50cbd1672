//! `cargo lab run`: build a pair, start it, say where to click.

use std::path::{Path, PathBuf};

use crate::error::{Error, Outcome};
use crate::process::pair::Playing;
use crate::process::store::Store;
use crate::process::{browser, cargo, pair, ports, store};
use crate::versions::{Version, Versions};
use crate::workbench::bench;
use crate::{cast, settings, term};
use ::settings::Settings;
use clap::Args;

/// How `cargo lab run` is called.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cargo lab run v03
  cargo lab run v03 --open
  cargo lab run v03 --ports 5010,5011
  cargo lab run v03 --server-only     (and your own client beside it)
  cargo lab run v08 --instances 2     two servers on ports 5000 and 5100, one store
  cargo lab run v08 --instances 2 --store redis://127.0.0.1:6400
  cargo lab run workbench             your own pair, after `cargo lab start`")]
pub struct RunArgs {
    /// The version (v03, 3, v03-pkce and pkce all mean the same), or workbench
    pub version: String,
    /// Open the client's page in the browser once both answer
    #[arg(long)]
    pub open: bool,
    /// Build with optimisation: slower to build, for measurements
    #[arg(long)]
    pub release: bool,
    /// Start only the authorization server
    #[arg(long, conflicts_with = "client_only")]
    pub server_only: bool,
    /// Start only the client
    #[arg(long)]
    pub client_only: bool,
    /// The ports of server and client, instead of 5000,5001
    #[arg(long, value_name = "SERVER,CLIENT", value_parser = two_ports)]
    pub ports: Option<(u16, u16)>,
    /// Start N servers over one store, each a hundred ports above the one before
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "client_only")]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=9))]
    pub instances: u8,
    /// Where servers keep what they remember: memory:, file:PATH, redis://… or postgres://…
    #[arg(long, conflicts_with = "client_only")]
    pub store: Option<String>,
}

/// What is run: a version, or the workbench.
struct Pair<'a> {
    /// How it is called, as in `v03-pkce`.
    label: String,
    /// Its idea, or what it is.
    idea: String,
    /// The version that it is, or is to become.
    version: &'a Version,
    /// The folder of its package.
    package: PathBuf,
    /// Where cargo builds it.
    folder: PathBuf,
}

/// Builds and runs a pair until it is ended or one of the two dies.
///
/// A debug build, unless asked otherwise: the first build is what a learner waits for, and a debug server
/// answers in well under a millisecond all the same.
///
/// # Errors
/// The version is unknown, the build fails, a port is taken, or a process does not start.
pub fn run(args: &RunArgs) -> Outcome {
    let versions = Versions::here()?;
    let pair = resolve(&versions, &args.version)?;
    let mut changed = environment(args);
    // What is on the workbench may write rows that the version cannot read.
    let file = cargo::target(&versions.root).join(format!("lab-{}.redb", pair.label));
    let asked = args.store.as_deref();
    let store = store::choose(&versions, pair.version, asked, args.instances, &file)?;
    let judged: Vec<_> =
        changed.iter().cloned().chain(store.as_ref().and_then(Store::setting)).collect();
    let settings = settings::in_force(&versions.root, &judged)?;
    let mut parts = playing(&versions.root, &pair, &settings)?;
    if args.instances > 1 {
        multiply(&mut parts, args.instances)?;
        // All of them are one server, so they have one address.
        changed.push(("AUTH_SERVER_URL".into(), settings.auth_server_url.clone()));
    }
    let absent = leave_out(&mut parts, args);
    for playing in &parts {
        ports::demand(playing.port, playing.part.who(), &playing.part.port_setting())?;
    }
    let binaries: Vec<&str> = parts.iter().map(|playing| playing.part.binary.as_str()).collect();
    let executables = cargo::build(&pair.folder, &binaries, args.release)?;
    if let Some(store) = store.filter(|_| !args.client_only) {
        equip(&mut parts, &store, &versions.root, &settings)?;
    }
    let mut running = pair::start(&versions.root, &parts, &executables, &changed)?;
    pair::wait_until_ready(&parts, &mut running)?;
    term::print(&welcome(&pair, &parts, absent));
    if args.open {
        // The client's page, if it is there.
        let shown = parts.iter().find(|playing| playing.part.name == "client").or(parts.first());
        if let Some(playing) = shown {
            browser::open(&format!("http://localhost:{}", playing.port));
        }
    }
    pair::watch(&mut running)
}

/// The pair that `typed` stands for.
fn resolve<'a>(versions: &'a Versions, typed: &str) -> Result<Pair<'a>, Error> {
    if bench::is_meant(typed) {
        let bench = bench::open(versions)?;
        let idea = format!("Your own pair, on its way to {}.", bench.goal.folder);
        return Ok(Pair {
            label: bench::NAME.to_string(),
            idea,
            version: bench.goal,
            package: bench.folder.clone(),
            folder: bench.folder,
        });
    }
    let version = versions.find(typed)?;
    let idea = version.declaration().map(|declaration| declaration.idea).unwrap_or_default();
    Ok(Pair {
        label: version.folder.clone(),
        idea,
        version,
        package: version.path.clone(),
        folder: versions.root.clone(),
    })
}

/// The cast of the pair, each at its port.
fn playing(root: &Path, pair: &Pair, settings: &Settings) -> Result<Vec<Playing>, Error> {
    let cast = cast::of_package(&pair.package)?.into_iter();
    cast.map(|part| {
        let port = settings::port_of(root, settings, &part)?;
        Ok(Playing {
            part,
            port,
            instance: None,
            own: Vec::new(),
        })
    })
    .collect()
}

/// Makes `count` servers of the one in `parts`, each a hundred ports above the one before.
///
/// # Errors
/// One of the ports is none, or belongs to somebody else in the cast.
fn multiply(parts: &mut Vec<Playing>, count: u8) -> Result<(), Error> {
    let Some(place) = parts.iter().position(|playing| playing.part.name == "server") else {
        return Ok(());
    };
    let (part, first) = (parts[place].part.clone(), parts[place].port);
    let server = |instance: u8, port: u16| Playing {
        own: vec![
            (part.port_setting(), port.to_string()),
            // Their lines in the log are told apart.
            ("LAB_LOG_MARK".into(), port.to_string()),
        ],
        part: part.clone(),
        port,
        instance: Some(instance),
    };
    parts[place] = server(1, first);
    for instance in 2..=count {
        let port = u32::from(first) + 100 * (u32::from(instance) - 1);
        let bad = |why: &str| {
            Error::request(format!(
                "Server {instance} would get port {port}, which {why}.\nTake other ports: --ports SERVER,CLIENT. The servers get SERVER, SERVER + 100, …"
            ))
        };
        let port = ::settings::ports::parse(&port.to_string()).map_err(|why| bad(&why))?;
        if let Some(other) = parts.iter().find(|playing| playing.port == port) {
            return Err(bad(&format!("is the port of the {}", other.part.who())));
        }
        parts.insert(place + usize::from(instance) - 1, server(instance, port));
    }
    Ok(())
}

/// Takes out of `parts` who comes from elsewhere, and returns what it is called and where it is expected.
fn leave_out(parts: &mut Vec<Playing>, args: &RunArgs) -> Option<(String, u16)> {
    let absent = parts.iter().find(|playing| match playing.part.name.as_str() {
        "client" => args.server_only,
        "server" => args.client_only,
        _ => false,
    });
    let absent = absent.map(|playing| (playing.part.who().to_string(), playing.port));
    parts.retain(|playing| match playing.part.name.as_str() {
        "client" => !args.server_only,
        _ => !args.client_only,
    });
    absent
}

/// Gives everybody but the client the store, and a secret that lasts as long as it unless there is one. Says what a
/// person should know about both.
///
/// # Errors
/// The secret cannot be had.
fn equip(
    parts: &mut [Playing],
    store: &Store,
    root: &Path,
    settings: &Settings,
) -> Result<(), Error> {
    let secret = match settings.jwt_secret {
        Some(_) => None,
        None => store.secret(root)?,
    };
    let (secret, note) = secret.unzip();
    for note in store.note().into_iter().chain(note) {
        term::line(&note);
    }
    let secret = secret.map(|secret| ("JWT_SECRET".to_string(), secret));
    let own: Vec<_> = store.setting().into_iter().chain(secret).collect();
    // Neither is any business of the client's.
    for playing in parts.iter_mut().filter(|playing| playing.part.name != "client") {
        playing.own.extend(own.iter().cloned());
    }
    Ok(())
}

/// The settings that `--ports` stands for. The URLs are set too, so that a `.env` cannot disagree.
fn environment(args: &RunArgs) -> Vec<(String, String)> {
    let Some((server, client)) = args.ports else {
        return Vec::new();
    };
    let pair = |name: &str, value: String| (name.to_string(), value);
    vec![
        pair("AUTH_SERVER_PORT", server.to_string()),
        pair("CLIENT_APP_PORT", client.to_string()),
        pair("AUTH_SERVER_URL", format!("http://localhost:{server}")),
        pair("CLIENT_APP_URL", format!("http://localhost:{client}")),
        pair("REDIRECT_URI", format!("http://localhost:{client}/callback")),
    ]
}

/// What a person needs to know once the cast is up. `absent`: who is expected from elsewhere, and at which port.
fn welcome(pair: &Pair, parts: &[Playing], absent: Option<(String, u16)>) -> String {
    let idea = term::wrap(&pair.idea, term::WIDTH, 0);
    let mut text = format!("\n{}  {idea}\n\n", term::bold(&pair.label));
    let wide = parts.iter().map(|playing| playing.part.name.len()).max().unwrap_or_default();
    for playing in parts {
        let Playing { part, port, .. } = playing;
        let (colour, what) = match part.name.as_str() {
            "server" if playing.is_further() => (term::RED, "the same store"),
            "client" => (term::BLUE, "click \"Start authorization\" here (blue pages)"),
            "server" => (term::RED, "the authorization server (red pages)"),
            _ => (term::YELLOW, "takes part, too"),
        };
        let label = term::paint(colour, &format!("{:<wide$}", part.name));
        text.push_str(&format!("  {label}  http://localhost:{port}   {what}\n"));
    }
    let state: Vec<String> = parts
        .iter()
        .filter(|playing| ["server", "client"].contains(&playing.part.name.as_str()))
        // What is in the store, each of them shows.
        .filter(|playing| !playing.is_further())
        .map(|playing| format!("http://localhost:{}/debug/state", playing.port))
        .collect();
    text.push_str("  log in  user0 with password0 (or user1 with password1)\n");
    text.push_str(&format!("  inside  {}\n", state.join("  ")));
    if let Some((who, port)) = absent {
        text.push_str(&format!("  yours   the {who} is expected on http://localhost:{port}\n"));
    }
    text.push_str(&format!("\n{}\n\n", term::dim("Ctrl-C ends everything.")));
    text
}

/// Reads `5010,5011`.
fn two_ports(text: &str) -> Result<(u16, u16), String> {
    let (server, client) = text.split_once(',').ok_or("two ports are wanted, as in 5010,5011")?;
    let port = |text: &str| {
        let text = text.trim();
        ::settings::ports::parse(text).map_err(|why| format!("{text} {why}"))
    };
    match (port(server)?, port(client)?) {
        (server, client) if server == client => Err("the two ports must differ".into()),
        ports => Ok(ports),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(server: u16, client: u16) -> Vec<Playing> {
        let playing = |name: &str, port| Playing {
            part: cast::Part {
                binary: format!("v08-{name}"),
                name: name.into(),
            },
            port,
            instance: None,
            own: Vec::new(),
        };
        vec![
            playing("server", server),
            playing("client", client),
        ]
    }

    #[test]
    fn further_servers_are_a_hundred_ports_apart() {
        let mut parts = cast(5000, 5001);
        multiply(&mut parts, 3).expect("free ports");
        let ports: Vec<u16> = parts.iter().map(|playing| playing.port).collect();
        assert_eq!(ports, [5000, 5100, 5200, 5001]);
        let further: Vec<bool> = parts.iter().map(Playing::is_further).collect();
        assert_eq!(further, [false, true, true, false]);
    }

    #[test]
    fn a_further_port_that_nobody_can_have_is_said() {
        for (server, client, wanted) in [
            (5000, 5100, "Server 2 would get port 5100, which is the port of the client."),
            (65500, 5001, "Server 2 would get port 65600, which is not a port"),
            (5800, 5001, "Server 3 would get port 6000, which is a port that browsers refuse"),
        ] {
            let message = multiply(&mut cast(server, client), 9).expect_err(wanted).to_string();
            assert!(message.starts_with(wanted), "{message}");
            assert!(message.contains("--ports"), "{message}");
        }
    }

    #[test]
    fn two_ports_are_two_different_ports() {
        assert_eq!(two_ports("5010,5011"), Ok((5010, 5011)));
        assert_eq!(two_ports("5010, 5011"), Ok((5010, 5011)));
        for bad in [
            "5010",
            "5010,5010",
            "0,1",
            "5010,70000",
            "a,b",
            "1,2,3",
            "5010,",
            "6000,6001",
            "5010,6667",
            "+5010,5011",
            "",
        ] {
            assert!(two_ports(bad).is_err(), "{bad}");
        }
    }
}
