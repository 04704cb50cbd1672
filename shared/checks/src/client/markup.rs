//! Values that want to be markup, from wherever the client gets them (G7).

use super::judge::{MARKUP, no_markup};
use super::stage::Stage;
use crate::{Check, rule};
use kit::encoding::encode;
use kit::ladder::Capability;
use kit::{Outcome, Target};
use serde_json::json;

rule!(
    Check::client("G7", "the client escapes what servers and addresses send")
        .lab_rule("draft-ietf-oauth-v2-1 §7.12", "Markup in code, in token claims and in the API's answer stays text on the client's pages.")
        .why("A script on the client's page is the client: it can do all that the user can.")
        .run(|target| Box::pin(escaped(target)))
);
async fn escaped(target: Target) -> Outcome {
    let stage = Stage::open(&target).await?;
    let mut browser = stage.browser();
    let begun = stage.begin(&mut browser).await?;
    let state = begun.asked("state").map(|state| format!("&state={state}")).unwrap_or_default();
    let callback = format!("{}?code={}{state}", stage.url("/callback"), encode(MARKUP));
    let page = browser.get(callback).await?;
    no_markup(&page)?;
    // Until v03 the page shows the code; later the played server does not know it.
    if !stage.has(Capability::TokenEndpoint) && stage.ours {
        page.must_be_page(200)?;
    }

    stage.play.script(|script| {
        script.claims = Some(
            json!({ "sub": MARKUP, "iss": MARKUP, "aud": [MARKUP], "exp": 4_000_000_000_u64 }),
        );
        // Without the quote, which a page that shows JSON would show as \".
        script.username = MARKUP.replace('"', "");
    });
    let page = stage.log_in(&mut browser).await?;
    no_markup(&page)?;
    for path in ["/", "/profile", "/no-such-page"] {
        no_markup(&browser.get(stage.url(path)).await?)?;
    }
    if stage.ours {
        no_markup(&browser.get(stage.url("/debug/flow?format=fragment")).await?)?;
    }
    if stage.reaches(Capability::ProtectedApi) {
        no_markup(&stage.shows_user(&mut browser).await?)?;
    }
    Ok(())
}
