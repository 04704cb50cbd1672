//! Two servers at once: `code-race-two-instances`, `refresh-race-two-instances`.

use std::time::Duration;

use crate::attack::{Ending, Guard};
use crate::scene::Scene;
use crate::who::Who::Attacker;
use kit::engine::Kind;
use kit::flow::TokenRequest;
use kit::ladder::Capability;
use kit::two::Two;
use kit::{Answer, Verdict};

/// So many at each of the two.
const HALF: usize = 10;

/// What makes it one step.
pub(crate) const ONE_STEP: [Guard; 3] = [
    Guard::since(Capability::SharedStore)
        .line("server/storage/table.rs", "if same || self.set(&key, Some(before), Some(&after)).await? {")
        .that("The changed row is written only if the row is still the one that was read. Otherwise all is looked at again."),
    Guard::since(Capability::SharedStore)
        .line("server/storage/file.rs", "if found.map(|row| row.value().2.to_string()) != before {")
        .that("Compared and set in one transaction, and there is one that writes at a time."),
    Guard::since(Capability::SharedStore)
        .line("server/storage/postgres.rs", "WHERE place = $1 AND key = $2 AND row = $5\";")
        .that("PostgreSQL looks at this condition again, once it is this statement's turn."),
];

/// Something that works once.
pub(crate) struct Once {
    /// How the first server is asked for it.
    pub(crate) here: TokenRequest,
    /// How the second is.
    pub(crate) there: TokenRequest,
    /// An access token that the losers' tries end.
    pub(crate) ends: Option<String>,
}

/// A race of ten rounds for what `begin` brings about; `thing` is what it is called.
pub(crate) async fn race(
    scene: &Scene,
    thing: &str,
    begin: impl AsyncFn(&Two) -> Result<Once, Verdict>,
) -> Result<Ending, Verdict> {
    if !scene.has(Capability::SharedStore) {
        return strangers(scene).await;
    }
    let two = Two::start(&scene.target, Kind::File).await?;
    let own = scene.on(two.one.clone());
    own.aside(format!("Two servers share one store: {} and {}.", two.one.server, two.other.server));
    own.heading("The attack");
    let (mut decided, mut refused) = (0, 0);
    // A race that is lost once proves little.
    for round in 1..=10 {
        let once = begun(&two, &begin).await?;
        let answers = at_both(&two, &once).await?;
        let won = winners(&own, &answers, round == 1)?;
        if won > 1 {
            return Ok(Ending::succeeded(format!("One {thing}, and {won} times new tokens.")));
        }
        decided += won;
        if answers.iter().any(|answer| answer.status == 400) {
            refused += 1;
            if let Some(token) = once.ends {
                let dead = two.other.me(&token).await?;
                dead.must_be_bearer_error(401, Some("invalid_token"))?;
            }
        }
    }
    two.other.still_works().await?;
    if decided < 5 || refused < 5 {
        let got = format!("{decided} with a winner, {refused} with losers that were refused");
        return Err(Verdict::failed("ten races", "most of them decided", got));
    }
    Ok(Ending::stopped(
        "compare and set",
        format!(
            "Ten times one {thing}, twenty tries each at two servers: never more than one gets tokens, the others are refused."
        ),
    ))
}

/// A login before a race. The race before it may still keep the store busy: who is told to come back comes back.
async fn begun(
    two: &Two,
    begin: &impl AsyncFn(&Two) -> Result<Once, Verdict>,
) -> Result<Once, Verdict> {
    for _ in 0..5 {
        if let Ok(once) = begin(two).await {
            return Ok(once);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    begin(two).await
}

/// The same thing, redeemed at both servers at the same moment.
async fn at_both(two: &Two, once: &Once) -> Result<Vec<Answer>, Verdict> {
    let (here, there) = (once.here.http(), once.there.http());
    let (here, there) =
        tokio::join!(two.one.http.at_once(&here, HALF), two.other.http.at_once(&there, HALF));
    Ok(here?.into_iter().chain(there?).collect())
}

/// How many of them got a token. The others were refused; `told` says whether to tell of it.
fn winners(scene: &Scene, answers: &[Answer], told: bool) -> Result<usize, Verdict> {
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status == 200);
    let all = answers.len();
    if let Some(winner) = won.first().filter(|_| told || won.len() > 1) {
        scene.tell(Attacker, winner, format!("{} of {all} get tokens.", won.len()));
    }
    if let Some(loser) = lost.first().filter(|_| told) {
        scene.tell(Attacker, loser, format!("{} of {all} are refused.", lost.len()));
    }
    if won.len() <= 1 {
        for loser in &lost {
            // A store that so many write to at once may be late. Then a server says so, and does not guess.
            match loser.status {
                503 => loser.must_be_oauth_error(503, "temporarily_unavailable")?,
                _ => loser.must_be_oauth_error(400, "invalid_grant")?,
            };
        }
        let late = lost.iter().any(|loser| loser.status == 503);
        answers[0].must(won.len() == 1 || late, "one of the requests gets a token")?;
    }
    Ok(won.len())
}

/// Two servers of a version that shares nothing: what one has issued, the other has never heard of.
async fn strangers(scene: &Scene) -> Result<Ending, Verdict> {
    let own = scene.on(scene.target.with_settings(&[]).await?);
    own.heading("Two servers of this version");
    let (other, process) = own.target.beside().await?;
    own.keep(process);
    let grant = own.target.code().await?;
    let answer = own
        .send(Attacker, other.redeem(&grant).http(), "A code of one server, brought to the other.")
        .await?;
    answer.must_be_oauth_error(400, "invalid_grant")?;
    own.target.tokens_for(&own.target.redeem(&grant)).await?;
    Ok(Ending::not_yet(
        "two servers of this version know nothing of each other: a code of one is unknown to the other, so behind one address every second login would fail",
    ))
}
