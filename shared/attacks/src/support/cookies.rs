//! Sessions and their cookies: `session-fixation`, `cookie-confusion`, `cookie-planting`.

use crate::attack::Ending;
use crate::scene::Scene;
use kit::Verdict;

pub(crate) async fn no_client_session(scene: &Scene) -> Result<Ending, Verdict> {
    let mut victim = scene.victim()?;
    let answer = victim
        .get(scene.client("/start")?, "C sends the browser away and sets no cookie.")
        .await?;
    answer.must(
        answer.is_redirect() && answer.header("set-cookie").is_none(),
        "a redirect without a cookie",
    )?;
    Ok(Ending::not_yet(
        "the client of this version has no session, so there is no cookie to plant or to confuse",
    ))
}
