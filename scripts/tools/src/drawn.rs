//! Real flows, noted by the processes themselves, as pictures.

use std::sync::Arc;

use attacks::{Attack, Ending, Report};
use kit::engine::{Engine, Kind};
use kit::ladder::Capability;
use lab::error::Error;

use kit::{Executables, Pair, Request, Target, Verdict};
use picture::{Cast, Flow, Notes, Part, Style, drawing, flows, together};

/// What a picture shows.
pub struct Scene {
    /// The lanes.
    pub cast: Cast,
    /// The messages.
    pub flow: Flow,
    /// What it is called.
    pub style: Style,
}

impl Scene {
    /// The picture as an SVG that needs nothing else.
    pub fn svg(&self) -> String {
        drawing(&self.flow, &self.cast, &self.style)
    }
}

/// One login on a version, and what comes after it there: the client's call of the API, and a refresh.
///
/// # Errors
/// The pair does not start, or the flow does not end well.
pub async fn login(version: u8, executables: &Executables) -> Result<Scene, Error> {
    // From v08 on, the rows can be with somebody else, and a file is everywhere.
    let is_shared = Capability::SharedStore.is_in(version);
    let file = is_shared.then(|| Engine::start(Kind::File)).transpose().map_err(Error::Program)?;
    let store: Vec<(&str, &str)> =
        file.iter().map(|file| ("LAB_STORE", file.store.as_str())).collect();
    let target = start(version, executables, &store).await?;
    let told = visit(&target).await.map_err(said)?;
    let cast = Cast::pair().with_store(&told);
    let mut flows = flows(told, &cast);
    let flow = flows.flows.pop().ok_or_else(|| Error::Program("Nothing was noted.".into()))?;
    let style = Style {
        title: format!("v{version:02}: a login, message by message"),
        description: "Every message between browser, client and authorization server, in order."
            .into(),
        deeds: true,
    };
    Ok(Scene { cast, flow, style })
}

/// An attack on a version, in two browsers: the attacker's and the victim's.
///
/// # Errors
/// The pair does not start, or shows no notes.
pub async fn attack(
    attack: &'static Attack,
    version: u8,
    executables: &Executables,
) -> Result<Scene, Error> {
    let target = start(version, executables, &[]).await?;
    let report = attacks::run(attack, &target).await;
    let told = notes(&target).await.map_err(said)?;
    let mut cast = Cast::pair();
    cast.parts[0] = Part::new("victim", "Victim's browser", "browser");
    let cast = cast.with_first(Part::new("attacker", "Attacker", "attacker"));
    let flow = together(told, &cast);
    let style = Style {
        title: format!("{} on v{version:02}", attack.name),
        description: with_usual_ports(&description(&report, &flow), &target),
        deeds: false,
    };
    Ok(Scene { cast, flow, style })
}

/// What is seen, for those who can't see it.
fn description(report: &Report, flow: &Flow) -> String {
    let version = report.target.version;
    let ending = match &report.ending {
        Ending::Succeeded { evidence } => format!("the attack succeeds: {evidence}"),
        Ending::Stopped { by, evidence } => format!("the attack is stopped by {by}: {evidence}"),
        other => format!("{other}."),
    };
    format!(
        "{}: {} messages between attacker, victim's browser, client and authorization server. On v{version:02} {ending}",
        report.attack.title,
        flow.messages(),
    )
}

/// The ports of the texts, in place of those that were free just now.
fn with_usual_ports(text: &str, target: &Target) -> String {
    let mut text = text.to_owned();
    for (url, usual) in [
        (Some(&target.server), 5000),
        (target.client.as_ref(), 5001),
    ] {
        let port = url.and_then(|url| url.rsplit(':').next()).unwrap_or_default();
        for host in ["localhost", "LOCALHOST", "127.0.0.1"] {
            text = text.replace(&format!("{host}:{port}"), &format!("{host}:{usual}"));
        }
    }
    text
}

async fn start(
    version: u8,
    executables: &Executables,
    settings: &[(&str, &str)],
) -> Result<Target, Error> {
    let pair = Pair::start(executables, settings).await.map_err(Error::Program)?;
    let mut target = Target::of_pair(version, Arc::new(pair), executables);
    target.unshared = true;
    Ok(target)
}

async fn visit(target: &Target) -> Result<Vec<Notes>, Verdict> {
    let client = target.client.clone().ok_or_else(|| Verdict::skipped("a running client"))?;
    let mut browser = target.browser();
    let walk = target.path().also_inside(&client).with(Some(target.user()?));
    walk.open(&mut browser, &format!("{client}/start")).await?.must_be_page(200)?;
    if target.has(Capability::ProtectedApi) {
        browser.get(format!("{client}/profile")).await?.must_be_page(200)?;
    }
    if target.has(Capability::Refresh) {
        let none: [(&str, &str); 0] = [];
        browser.post(&format!("{client}/refresh"), &none).await?.must_be(303)?;
    }
    notes(target).await
}

/// What both processes have noted.
///
/// # Errors
/// One of them doesn't answer, or keeps its notes to itself.
pub async fn notes(target: &Target) -> Result<Vec<Notes>, Verdict> {
    let mut told = Vec::new();
    for url in [
        Some(&target.server),
        target.client.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        let answer =
            target.http.send(Request::get(format!("{url}/debug/flow?format=json"))).await?;
        answer.must_be(200)?;
        let notes = serde_json::from_str(&with_usual_ports(&answer.body, target));
        told.push(notes.map_err(|trouble| answer.fail(format!("notes in JSON: {trouble}")))?);
    }
    Ok(told)
}

fn said(verdict: Verdict) -> Error {
    Error::Program(verdict.to_string())
}
