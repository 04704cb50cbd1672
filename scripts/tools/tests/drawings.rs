//! Every picture of the texts shows what the code does: each is drawn anew from a real flow, and compared.
//! Whatever these flows carry is explained in the glossary of the pictures, and nothing else is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use kit::ladder::number;
use kit::{Pair, Request, Target, Verdict};
use lab::versions::Versions;
use picture::{Cast, Flow, GLOSSARY, explain, together};
use tools::commands::attack::Victim;
use tools::commands::draw;
use tools::drawn::{Scene, notes};

/// The flows of all pictures, each carried out once for all tests.
static DRAWN: LazyLock<Vec<(String, Scene)>> = LazyLock::new(|| {
    let mut drawn = Vec::new();
    let take = |name: &str, scene| {
        drawn.push((name.to_owned(), scene));
        Ok(())
    };
    draw::all(&versions(), take).expect("every flow is carried out");
    drawn
});

fn versions() -> Versions {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Versions::at(&root).expect("versions")
}

#[test]
fn the_pictures_of_the_texts_are_those_that_real_flows_draw() {
    let folder = versions().root.join("docs/pictures");
    let (mut drawn, mut stale) = (BTreeSet::new(), Vec::new());
    for (name, scene) in DRAWN.iter() {
        let kept = fs::read_to_string(folder.join(name)).unwrap_or_default();
        if kept.replace("\r\n", "\n") != scene.svg() {
            stale.push(name.as_str());
        }
        drawn.insert(name.clone());
    }
    assert!(stale.is_empty(), "draw them anew, cargo lab draw: {}", stale.join(", "));
    let files = fs::read_dir(&folder).expect("the folder").flatten();
    let names = files.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let left: Vec<String> =
        names.filter(|name| name.ends_with(".svg") && !drawn.contains(name)).collect();
    assert!(left.is_empty(), "nobody draws these, so remove them: {}", left.join(", "));
}

/// Names that attackers make up, hoping that somebody listens to them. There is nothing to explain.
const INVENTED: [&str; 7] = [
    "Scope",
    "continue",
    "next",
    "redirect",
    "return_to",
    "scope[]",
    "scopes",
];

#[test]
fn the_glossary_explains_what_is_carried_and_nothing_else() {
    let wrong = what_goes_wrong();
    let flows = DRAWN.iter().map(|(_, scene)| &scene.flow).chain([&wrong]);
    let told = flows.flat_map(|flow| &flow.rows).flat_map(|row| &row.told);
    // The key of a row has no name.
    let carried: BTreeSet<&str> =
        told.map(|told| told.name.as_str()).filter(|name| !name.is_empty()).collect();
    let unknown = carried.iter().filter(|name| explain(name).0.is_empty());
    let unknown: Vec<_> = unknown.filter(|name| !INVENTED.contains(name)).collect();
    assert!(unknown.is_empty(), "no entry in shared/picture/src/glossary.rs: {unknown:?}");
    let of_a_row = |name: &&str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let fields: BTreeSet<String> = carried.iter().map(of_a_row).collect();
    let names = GLOSSARY.iter().map(|entry| entry.name);
    let unused: Vec<_> = names.filter(|name| !fields.contains(*name)).collect();
    assert!(unused.is_empty(), "explained, and carried by no message: {unused:?}");
}

/// On the newest version: what is carried when something is refused, and at the end of a login.
fn what_goes_wrong() -> Flow {
    let versions = versions();
    let newest =
        versions.all.iter().max_by_key(|version| number(&version.name)).expect("a version");
    let victim = Victim::version(&versions, newest);
    let executables = victim.build().expect("a pair");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let told = runtime.block_on(async {
        let pair = Pair::start(&executables, &[]).await.expect("a running pair");
        let target = Target::of_pair(victim.number(), Arc::new(pair), &executables);
        refusals(&target).await.expect("refusals");
        notes(&target).await.expect("notes")
    });
    together(told, &Cast::pair())
}

async fn refusals(target: &Target) -> Result<(), Verdict> {
    let client = target.client.clone().unwrap_or_default();
    let mut browser = target.browser();
    let asked = target.request().set("response_type", "token");
    let refusal = browser.get(asked.url()).await?;
    browser.follow(&refusal).await?.must_be_page(400)?;
    target.try_log_in(&mut browser, "nobody", "wrong").await?.must_be(401)?;
    let other = target.other()?;
    let uri = other.redirect_uris.iter().find(|uri| uri.contains("from=")).expect("its query");
    let asked = target.authorization_request(other).to(uri);
    let answer = target.walk(&mut browser, &asked, target.user()?).await?;
    browser.follow(&answer).await?;
    let grant = target.code().await?;
    let in_the_body = target.redeem(&grant).no_basic().set("client_id", &target.demo.client_id);
    let in_the_body = in_the_body.set("client_secret", "wrong");
    target.send(&in_the_body).await?.must_be_oauth_error(401, "invalid_client")?;
    let strange = Request::get(target.url("/api/me")).bearer("strange");
    target.http.send(strange).await?.must_be(401)?;
    let walk = target.path().also_inside(&client).with(Some(target.user()?));
    walk.open(&mut browser, &format!("{client}/start")).await?.must_be_page(200)?;
    browser.post::<&str, &str>(&format!("{client}/logout"), &[]).await?.must_be(303)?;
    Ok(())
}
