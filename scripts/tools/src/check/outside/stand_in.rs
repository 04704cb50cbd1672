//! We play the server: what the client has to be told, and waiting until it is there.

use std::time::{Duration, Instant};

use crate::check::outside::options::Options;
use kit::encoding::origin;
use kit::ladder::Capability;
use kit::play::{Registration, Standing};
use kit::{Http, PlayServer, Request, Target};

/// How often we look whether the client is there.
const LOOK: Duration = Duration::from_millis(500);

/// Starts the played server.
///
/// # Errors
/// The port is taken: a text that says what to do.
pub async fn start(port: u16, target: &Target) -> Result<Standing, String> {
    let known = Registration {
        client_id: target.demo.client_id.clone(),
        client_secret: target.demo.client_secret.clone().unwrap_or_default(),
    };
    let server = PlayServer::start(port, known).await.map_err(|trouble| {
        format!(
            "Port {port} cannot be used for the played server ({trouble}).\n\
             Name another one: --play-server {}",
            port.wrapping_add(1).max(1024)
        )
    })?;
    Ok(Standing::new(server))
}

/// What to set in the client, before anything is waited for.
pub fn instructions(options: &Options) -> String {
    let url = format!("http://localhost:{}", options.play_server.unwrap_or_default());
    let (demo, version) = (&options.demo, options.version);
    let mut text = format!(
        "Your client is tested by a server that is played here. Point the client at it:\n\n  \
         authorization endpoint  {url}/authorize\n"
    );
    if Capability::TokenEndpoint.is_in(version) {
        text += &format!("  token endpoint          {url}/token\n");
    }
    if Capability::ProtectedApi.is_in(version) {
        text += &format!("  API                     {url}/api/me\n");
    }
    text += &format!("  client_id               {}\n", demo.client_id);
    if Capability::TokenEndpoint.is_in(version) {
        let secret = demo.client_secret.as_deref().unwrap_or("none");
        text += &format!("  client_secret           {secret}\n");
    }
    text += &format!("  redirect_uri            {}\n", demo.redirect_uri());
    text += &format!(
        "\nA client of this lab takes it from its environment: AUTH_SERVER_PORT={}\n",
        options.play_server.unwrap_or_default()
    );
    text
}

/// Waits until the client answers and sends its users to us; `say` hears what is missing, whenever that changes.
///
/// # Errors
/// It did not come in time: the last thing that was missing.
pub async fn wait(
    target: &Target,
    options: &Options,
    mut say: impl FnMut(&str),
) -> Result<(), String> {
    let begin = Instant::now();
    let port = options.play_server.unwrap_or_default();
    let http = Http::new(options.timeout.min(Duration::from_secs(5)));
    let mut last = String::new();
    loop {
        let Some(missing) = missing(&http, &options.client, port).await else {
            // The client was only looked at: the checks begin with an empty record.
            if let Some(standing) = &target.play {
                standing.server().reset();
            }
            return Ok(());
        };
        if missing != last {
            say(&missing);
            last = missing;
        }
        if begin.elapsed() >= options.wait {
            let seconds = options.wait.as_secs();
            return Err(format!("{last}\nWaited {seconds} seconds (--wait) and gave up."));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What keeps the checks from beginning, if something does.
async fn missing(http: &Http, client: &str, port: u16) -> Option<String> {
    let start = format!("{client}/start");
    let answer = match http.send(Request::get(&start)).await {
        Ok(answer) => answer,
        Err(_) => return Some(format!("Waiting for your client at {client} … (Ctrl-C ends this)")),
    };
    let location = answer.location().unwrap_or_default();
    let ours = ["localhost", "127.0.0.1", "[::1]"];
    if ours.iter().any(|host| origin(&location) == format!("http://{host}:{port}")) {
        return None;
    }
    Some(if location.is_empty() {
        format!(
            "Your client answers, but GET {start} is {} and no redirect to http://localhost:{port}. Waiting …",
            answer.status
        )
    } else {
        format!(
            "Your client sends its users to {}, not to http://localhost:{port}. \
             Set its server's address and start it again. Waiting …",
            origin(&location)
        )
    })
}
