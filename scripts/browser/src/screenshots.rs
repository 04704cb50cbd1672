//! The pictures of the texts, taken from the real pages.

use std::fs;
use std::path::{Path, PathBuf};

use kit::ladder::{self, Capability};
use serde_json::json;

use crate::cast::Stage;
use crate::devtools;
use crate::flow::USERS;
use crate::person::Person;
use crate::picture;

/// Where they are kept, from the root of the workspace.
pub const FOLDER: &str = "docs/pictures";

/// A picture that is larger does not belong beside a text.
pub const MOST_BYTES: usize = 100_000;

/// The two sizes: what ends the file's name, the width, and the height that is shown at most.
const SIZES: [(&str, u32, u32); 2] = [("", 1280, 1000), ("-phone", 360, 900)];

/// Where the pictures of a workspace are.
pub fn folder(root: &Path) -> PathBuf {
    root.join(FOLDER)
}

/// Retakes all pictures. Returns what was written, with sizes.
///
/// # Errors
/// A page does not come, or a picture is too large.
pub async fn retake(person: &Person) -> Result<Vec<(PathBuf, usize)>, String> {
    let mut album = Album {
        person,
        taken: Vec::new(),
    };
    fs::create_dir_all(folder(&ladder::workspace())).map_err(|trouble| trouble.to_string())?;
    first_rung(&mut album).await?;
    planted(&mut album).await?;
    token(&mut album).await?;
    profile(&mut album).await?;
    refresh(&mut album).await?;
    Ok(album.taken)
}

/// The first version that can do this, on its stage, at a browser that nobody has used.
async fn open(album: &Album<'_>, capability: Capability) -> Result<Stage, String> {
    album.person.sits_down().await?;
    Stage::set(capability.first()).await
}

async fn first_rung(album: &mut Album<'_>) -> Result<(), String> {
    let stage = open(album, Capability::AuthorizationCode).await?;
    album.person.go(&stage.client("/")).await?;
    album.take("client-home", &stage).await?;
    album.person.starts(&stage).await?;
    album.take("login", &stage).await?;
    album.person.logs_in(USERS[0]).await?;
    album.person.has_arrived(&stage).await?;
    album.take("callback", &stage).await?;
    album.person.go(&stage.server("/debug/state")).await?;
    album.take("server-memory", &stage).await
}

async fn planted(album: &mut Album<'_>) -> Result<(), String> {
    let stage = open(album, Capability::State).await?;
    let address = stage.client("/callback?code=code-of-the-attacker&state=state-of-the-attacker");
    album.person.go(&address).await?;
    album.take("planted-callback", &stage).await
}

async fn token(album: &mut Album<'_>) -> Result<(), String> {
    let stage = open(album, Capability::TokenEndpoint).await?;
    album.person.goes_through(&stage, USERS[0]).await?;
    album.take("token", &stage).await
}

async fn profile(album: &mut Album<'_>) -> Result<(), String> {
    let stage = open(album, Capability::ProtectedApi).await?;
    album.person.goes_through(&stage, USERS[0]).await?;
    album.person.click("Ask the API who I am").await?;
    album.take("profile", &stage).await
}

async fn refresh(album: &mut Album<'_>) -> Result<(), String> {
    let stage = open(album, Capability::Refresh).await?;
    album.person.goes_through(&stage, USERS[0]).await?;
    album.person.click("Refresh now").await?;
    album.person.sees("Play the thief").await?;
    album.take("refresh", &stage).await
}

/// The pictures that were taken so far.
struct Album<'a> {
    person: &'a Person,
    taken: Vec<(PathBuf, usize)>,
}

impl Album<'_> {
    /// The page on the screen, in every size: down to its end, or to what is shown at most.
    async fn take(&mut self, name: &str, stage: &Stage) -> Result<(), String> {
        self.person.ask(CALM, calm(stage)).await?;
        for (ending, width, most) in SIZES {
            devtools::resize(&self.person.client, width, most).await?;
            let height = self.person.ask(HEIGHT, vec![]).await?.as_u64().unwrap_or_default();
            let height = u32::try_from(height).unwrap_or(most).min(most);
            devtools::resize(&self.person.client, width, height).await?;
            let shot = self.person.client.screenshot().await;
            let shot = picture::shrink(&shot.map_err(|trouble| trouble.to_string())?)?;
            let path = folder(&ladder::workspace()).join(format!("{name}{ending}.png"));
            if shot.len() > MOST_BYTES {
                return Err(format!("{} has {} bytes", path.display(), shot.len()));
            }
            fs::write(&path, &shot).map_err(|trouble| format!("{}: {trouble}", path.display()))?;
            self.taken.push((path, shot.len()));
        }
        Ok(())
    }
}

/// Where the page ends.
const HEIGHT: &str = "
    window.scrollTo(0, 0);
    return Math.ceil(document.querySelector('main').getBoundingClientRect().bottom);";

/// Ports and moments as in the texts, and random values that do not change: a picture that is taken again differs
/// where the page differs. Each value keeps its length, and the same value stays the same one.
const CALM: &str = r"
    if (document.activeElement) document.activeElement.blur();
    const [ports, moment, letters] = arguments, known = new Map();
    const other = value => {
        if (!known.has(value)) {
            let seed = known.size * 7919 + value.length;
            known.set(value, [...value].map(() => letters[(seed = (seed * 1103515245 + 12345) % 2147483648) % letters.length]).join(''));
        }
        return known.get(value);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        let text = texts.currentNode.data;
        for (const [port, wanted] of ports) text = text.replaceAll(port, wanted);
        text = text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, moment);
        text = text.replace(/[A-Za-z0-9_-]{43}/g, other).replace(/…([A-Za-z0-9_-]{6})…/g, (_, value) => '…' + other(value) + '…');
        texts.currentNode.data = text;
    }";

fn calm(stage: &Stage) -> Vec<serde_json::Value> {
    let port = |url: &str| url.rsplit(':').next().unwrap_or_default().to_owned();
    let ports = [
        (port(&stage.server("")), "5000"),
        (port(&stage.client("")), "5001"),
    ];
    let letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_";
    vec![json!(ports), json!("2026-06-06T14:30:00Z"), json!(letters)]
}
