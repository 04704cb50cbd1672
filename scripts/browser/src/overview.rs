//! The picture that shows the whole thing: both pages, the diagram of what happened, and a difference of a few lines.

use kit::ladder::{self, Capability};
use lab::diff::html;
use lab::diff::kind::Kind;
use lab::diff::step::Step;
use lab::diff::tree::Tree;
use lab::error::Error;
use lab::versions::Versions;
use serde_json::{Value, json};

use crate::cast::Stage;
use crate::devtools;
use crate::flow::USERS;
use crate::person::Person;
use crate::screenshots::calm;

/// The name of its file, without the ending.
pub const NAME: &str = "overview";

/// The page on which the parts stand. Words in capitals are the places of the parts.
const PAGE: &str = include_str!("overview.html");

/// The idea that it shows: what adds it is a version with a few new lines, which the diagram shows at work.
const IDEA: Capability = Capability::Pkce;

/// The file whose difference is shown.
const FILE: &str = "client/start.rs";

/// How wide the whole is, and what spans it, and what stands beside another one.
const WHOLE: u32 = 1280;
const WIDE: u32 = 1248;
const NARROW: u32 = 616;

/// How much of a page and of the diagram is shown, at most.
const PAGE_HEIGHT: u32 = 446;
const FLOW_HEIGHT: u32 = 520;

/// Goes through a version, puts what was seen on one page, and leaves that on the screen, as large as it is.
///
/// # Errors
/// A page does not come.
pub async fn compose(person: &Person) -> Result<(), String> {
    person.sits_down().await?;
    let stage = Stage::set(IDEA.first()).await?;
    person.go(&stage.client("/")).await?;
    let client = page(person, &stage).await?;
    person.starts(&stage).await?;
    let login = page(person, &stage).await?;
    person.logs_in(USERS[0]).await?;
    person.has_arrived(&stage).await?;
    let flow = flow(person, &stage).await?;
    let diff = diff(person).await?;

    let parts = [
        ("CLIENT", client),
        ("LOGIN", login),
        ("FLOW", flow),
        ("DIFF", diff),
    ];
    let whole = parts.iter().fold(PAGE.to_owned(), |page, (place, part)| {
        page.replace(&format!("\"{place}\""), &format!("\"data:image/png;base64,{part}\""))
    });
    write(person, &whole).await?;
    let height = person.ask(LOADED, vec![]).await?.as_u64().unwrap_or_default();
    devtools::resize(&person.client, WHOLE, u32::try_from(height).unwrap_or(WHOLE)).await
}

/// The upper part of the page on the screen.
async fn page(person: &Person, stage: &Stage) -> Result<String, String> {
    devtools::resize(&person.client, NARROW, PAGE_HEIGHT).await?;
    calm(person, stage).await?;
    shot(person, &json!([0, 0, NARROW, PAGE_HEIGHT])).await
}

/// The diagram of the newest flow, down to the last row that is whole.
async fn flow(person: &Person, stage: &Stage) -> Result<String, String> {
    person.go(&stage.client("/debug/flow")).await?;
    person.sees("/callback").await?;
    devtools::resize(&person.client, WHOLE, 1000).await?;
    calm(person, stage).await?;
    let frame = person.ask(FLOW, vec![json!(FLOW_HEIGHT)]).await?;
    shot(person, &frame).await
}

/// The last change of a file, as the page with both sides shows it.
async fn diff(person: &Person) -> Result<String, String> {
    write(person, &step().map_err(|error| error.to_string())?).await?;
    devtools::resize(&person.client, WIDE, 1000).await?;
    let frame = person.ask(DIFF, vec![json!(FILE)]).await?;
    shot(person, &frame).await
}

/// The step to the idea, as a page.
fn step() -> Result<String, Error> {
    let versions = Versions::at(&ladder::workspace())?;
    let number = Some(IDEA.first());
    let (old, new) = versions
        .neighbours()
        .find(|(_, new)| ladder::number(&new.name) == number)
        .ok_or_else(|| Error::Program("nothing comes before the idea".to_owned()))?;
    let declaration = new.declaration()?;
    let (before, after) = (Tree::of_version(old)?, Tree::of_version(new)?);
    let step = Step::between(&before, &after, &declaration.parts, |kind| kind == Kind::Code);
    Ok(html::render(&step, &declaration.idea))
}

/// Puts a page on the screen that no server has sent.
async fn write(person: &Person, html: &str) -> Result<(), String> {
    person.go("about:blank").await?;
    let script = "document.open(); document.write(arguments[0]); document.close()";
    person.ask(script, vec![json!(html)]).await.map(drop)
}

/// A picture of a part of the page, `[x, y, width, height]`: a PNG in base64.
async fn shot(person: &Person, frame: &Value) -> Result<String, String> {
    let clip =
        json!({ "x": frame[0], "y": frame[1], "width": frame[2], "height": frame[3], "scale": 1 });
    let how = json!({ "format": "png", "clip": clip, "captureBeyondViewport": true });
    let taken = devtools::call(&person.client, "Page.captureScreenshot", how).await?;
    taken["data"].as_str().map(str::to_owned).ok_or_else(|| format!("no picture: {taken}"))
}

/// Waits until the parts are there, and says how tall the page is.
const LOADED: &str = "
    return Promise.all([...document.images].map(image => image.decode())).then(() => document.body.scrollHeight)";

/// Where the newest flow stands, as far down as its last row that is whole.
const FLOW: &str = "
    const flow = document.querySelector('details.flow'), box = flow.getBoundingClientRect();
    const ends = [...flow.querySelectorAll('ol > li')].map(row => row.getBoundingClientRect().bottom - box.top);
    return [box.left + scrollX, box.top + scrollY, box.width, Math.floor(Math.max(...ends.filter(end => end <= arguments[0])))]";

/// Leaves of a file's difference its heading and its last change, with some lines before it and one behind it.
const DIFF: &str = "
    const section = document.getElementById(arguments[0]);
    section.querySelectorAll('details').forEach(folded => folded.remove());
    const rows = [...section.querySelectorAll('tbody tr, table > tr')];
    const changed = row => row.querySelector('td.add, td.rem');
    const last = rows.findLastIndex(changed);
    let first = last;
    while (changed(rows[first - 1])) first--;
    rows.forEach((row, index) => row.hidden = index < first - 5 || index > last + 1);
    section.querySelector('h3').style.position = 'static';
    section.style.paddingBottom = '12px';
    const box = section.getBoundingClientRect();
    return [box.left + scrollX, box.top + scrollY, box.width, box.height]";
