//! The pictures of the texts, taken from the real pages.

use std::fs;
use std::path::PathBuf;

use kit::ladder::{self, Capability};
use serde_json::json;

use crate::cast::Stage;
use crate::devtools;
use crate::flow::USERS;
use crate::overview;
use crate::person::Person;
use crate::picture;

/// Where they are kept, from the root of the workspace.
pub const FOLDER: &str = "docs/pictures";

/// What is on them; `-phone` follows in the name of the second file of each.
pub const PICTURES: [&str; 11] = [
    "client-home",
    "login",
    "callback",
    "server-memory",
    "planted-callback",
    "token",
    "profile",
    "refresh",
    "consent",
    "not-allowed",
    "what-happened",
];

/// A picture that is larger does not belong beside a text.
pub const MOST_BYTES: usize = 100_000;

/// The two sizes: what ends the file's name, the width, and the height that is shown at most.
const SIZES: [(&str, u32, u32); 2] = [("", 1280, 1000), ("-phone", 360, 900)];

/// The files that are taken, from the root of the workspace.
pub fn files() -> impl Iterator<Item = String> {
    let of = |name: &'static str| SIZES.map(|(ending, ..)| file(name, ending));
    PICTURES.into_iter().flat_map(of).chain([file(overview::NAME, "")])
}

fn file(name: &str, ending: &str) -> String {
    format!("{FOLDER}/{name}{ending}.png")
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
    fs::create_dir_all(ladder::workspace().join(FOLDER)).map_err(|trouble| trouble.to_string())?;
    first_rung(&mut album).await?;
    planted(&mut album).await?;
    token(&mut album).await?;
    profile(&mut album).await?;
    refresh(&mut album).await?;
    consent(&mut album).await?;
    what_happened(&mut album).await?;
    overview::compose(person).await?;
    album.keep(overview::NAME, "").await?;
    match album.taken.len() == files().count() {
        true => Ok(album.taken),
        false => Err(format!("PICTURES names others than these: {:?}", album.taken)),
    }
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
    let part = [
        "The refresh tokens of this login",
        "How it got here",
    ];
    album.take_part(part, "refresh", &stage).await
}

async fn consent(album: &mut Album<'_>) -> Result<(), String> {
    let stage = open(album, Capability::Consent).await?;
    album.person.starts(&stage).await?;
    album.person.logs_in(USERS[0]).await?;
    album.person.click("Allow").await?;
    album.person.click("My notes").await?;
    album.person.sees("not with this token").await?;
    album.take("not-allowed", &stage).await?;
    album.person.click("Ask the server for it").await?;
    album.person.sees("Untick what you don't want").await?;
    album.take("consent", &stage).await
}

async fn what_happened(album: &mut Album<'_>) -> Result<(), String> {
    let stage = open(album, Capability::Pkce).await?;
    album.person.goes_through(&stage, USERS[0]).await?;
    album.person.go(&stage.client("/debug/flow")).await?;
    album.person.sees("/callback").await?;
    album.take("what-happened", &stage).await
}

/// The pictures that were taken so far.
struct Album<'a> {
    person: &'a Person,
    taken: Vec<(PathBuf, usize)>,
}

impl Album<'_> {
    /// The page on the screen, in every size: down to its end, or to what is shown at most.
    async fn take(&mut self, name: &str, stage: &Stage) -> Result<(), String> {
        self.take_part(["", ""], name, stage).await
    }

    /// The same, from one heading to before another.
    async fn take_part(
        &mut self,
        [first, end]: [&str; 2],
        name: &str,
        stage: &Stage,
    ) -> Result<(), String> {
        calm(self.person, stage).await?;
        for (ending, width, most) in SIZES {
            devtools::resize(&self.person.client, width, most).await?;
            let frame = vec![json!(first), json!(end), json!(most)];
            let height = self.person.ask(FRAME, frame.clone()).await?.as_u64().unwrap_or_default();
            let height = u32::try_from(height).unwrap_or(most).min(most);
            devtools::resize(&self.person.client, width, height).await?;
            // A lower window may have scrolled.
            self.person.ask(FRAME, frame).await?;
            self.keep(name, ending).await?;
        }
        Ok(())
    }

    /// What is on the screen now, as a file.
    async fn keep(&mut self, name: &str, ending: &str) -> Result<(), String> {
        let shot = self.person.client.screenshot().await;
        let shot = picture::shrink(&shot.map_err(|trouble| trouble.to_string())?)?;
        let path = ladder::workspace().join(file(name, ending));
        if shot.len() > MOST_BYTES {
            return Err(format!("{} has {} bytes", path.display(), shot.len()));
        }
        fs::write(&path, &shot).map_err(|trouble| format!("{}: {trouble}", path.display()))?;
        self.taken.push((path, shot.len()));
        Ok(())
    }
}

/// Scrolls to what the picture begins with, and says how tall it is: it ends behind the last thing that is whole, and
/// never with a heading.
const FRAME: &str = r"
    const [first, last, most] = arguments, edge = 16;
    const find = text => [...document.querySelectorAll('h2')].find(heading => heading.innerText === text);
    const y = (element, side) => element.getBoundingClientRect()[side];
    window.scrollTo(0, find(first) ? y(find(first), 'top') + scrollY - edge : 0);
    const end = find(last) ? y(find(last), 'top') : most;
    const places = [...document.querySelectorAll('main > *, main > dl > dd, #flows ol > li')];
    const ends = places.filter(e => !/^H\d$/.test(e.tagName)).map(e => y(e, 'bottom') + (e.matches('#flows li') ? 0 : edge));
    return Math.ceil(Math.max(...ends.filter(place => place <= Math.min(end, most))));";

/// Ports and moments as in the texts, and random values that do not change: a picture that is taken again differs
/// where the page differs. Each value keeps its length, and the same value stays the same one.
const CALM: &str = r"
    if (document.activeElement) document.activeElement.blur();
    window.fetch = () => new Promise(() => {}); // A page that renews itself would undo this.
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
        text = text.replace(/\d\d:\d\d:\d\d UTC/g, moment.slice(11, 19) + ' UTC');
        text = text.replace(/[A-Za-z0-9_-]{43}/g, other).replace(/…([A-Za-z0-9_-]{6})…/g, (_, value) => '…' + other(value) + '…').replace(/^([A-Za-z0-9_-]{6})…$/, (_, value) => other(value) + '…');
        texts.currentNode.data = text;
    }";

/// Makes the page on the screen look the same each time.
///
/// # Errors
/// What chromedriver said.
pub(crate) async fn calm(person: &Person, stage: &Stage) -> Result<(), String> {
    let port = |url: &str| url.rsplit(':').next().unwrap_or_default().to_owned();
    let ports = [
        (port(&stage.server("")), "5000"),
        (port(&stage.client("")), "5001"),
    ];
    let letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789-_";
    let arguments = vec![
        json!(ports),
        json!("2026-06-06T14:30:00Z"),
        json!(letters),
    ];
    person.ask(CALM, arguments).await.map(drop)
}
