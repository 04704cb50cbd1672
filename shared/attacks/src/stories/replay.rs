//! The same code twice: `code-replay`, `code-race`; and `password-grant`, the door beside the code.

use crate::attack::Cell::Stopped;
use crate::attack::Who::{Attacker, Client, Server};
use crate::attack::{Attack, Ending, Guard, Step};
use crate::scene::Scene;
use crate::stories::bearer::is_alive;
use crate::stories::missing;
use kit::{Answer, Verdict};

/// How many redeem the same thing at the same moment.
pub const CROWD: usize = 50;

/// A code is judged and marked under one lock.
const ONE_LOCK: Guard = Guard {
    from: 4,
    until: None,
    file: "server/code.rs",
    anchor: "row.grant_id.get_or_insert_with(|| grant_id.clone()).clone()",
    what: "Under one lock the code is looked at and marked with what it led to: of many, one is the first.",
};

pub static CODE_REPLAY: Attack = Attack {
    name: "code-replay",
    title: "A code that was used is used again",
    story: "The attacker has read the client's whole token request in a log: code, verifier, everything. \
            He sends it once more, and wants a second token.",
    steps: &[
        Step(Client, Server, "POST /token: the client redeems the code"),
        Step(Attacker, Server, "POST /token: the same request, byte for byte"),
        Step(Client, Server, "its own first token is dead now, too: somebody has a copy"),
    ],
    section: "RFC 6749 §4.1.2, OAuth 2.1 §7.5.2",
    cells: &[(4, Stopped)],
    guards: &[
        Guard {
            from: 4,
            until: None,
            file: "server/code.rs",
            anchor: "app.grants.update(&winner.ok_or(unknown)?, |grant| grant.revoked = true);",
            what: "A used code is remembered. When it comes again, every token that came from it is revoked.",
        },
        ONE_LOCK,
    ],
    run: |scene| Box::pin(code_replay(scene)),
};

pub static CODE_RACE: Attack = Attack {
    name: "code-race",
    title: "Fifty redemptions of one code at the same moment",
    story: "The attacker sends the same good token request fifty times at once. \
            A server that first looks whether the code is used and marks it later would hand out several tokens.",
    steps: &[Step(
        Attacker,
        Server,
        "50 times POST /token with the same code, in parallel",
    )],
    section: "OAuth 2.1 §4.1.3",
    cells: &[(4, Stopped)],
    guards: &[ONE_LOCK],
    run: |scene| Box::pin(code_race(scene)),
};

pub static PASSWORD_GRANT: Attack = Attack {
    name: "password-grant",
    title: "A token for a username and a password",
    story: "The attacker's application asks the victim for her password and wants to trade it for a token. \
            A server with the password grant would teach its users to type their passwords everywhere.",
    steps: &[Step(
        Attacker,
        Server,
        "POST /token with grant_type=password, user0 and her true password",
    )],
    section: "RFC 9700 §2.4",
    cells: &[(4, Stopped)],
    guards: &[Guard {
        from: 4,
        until: None,
        file: "server/token.rs",
        anchor: "return Err(UnsupportedGrantType(\"This server does not know that grant_type.\"));",
        what: "The match on grant_type knows no password grant.",
    }],
    run: |scene| Box::pin(password_grant(scene)),
};

async fn code_replay(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 4 {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The client redeems its code");
    let grant = scene.target.code_of(scene.target.public()?).await?;
    let request = scene.target.redeem(&grant).http();
    let first = scene.send(Client, request.clone(), "The honest exchange. (demo-public: a client without a secret, so that the log holds all that is needed.)").await?;
    first.must_be(200)?;
    let token = access_token(&first);
    first.must(is_alive(&scene, Client, &token).await?, "a token that works")?;
    scene.heading("The attack");
    let again = scene.send(Attacker, request, "The same request again, as A has read it.").await?;
    if again.status == 200 {
        return Ok(Ending::succeeded("One code, two tokens: A holds one of them."));
    }
    again.must_be_oauth_error(400, "invalid_grant")?;
    if is_alive(&scene, Client, &token).await? {
        return Ok(Ending::succeeded(
            "Whoever came first keeps his token. Had that been A, he would now be the only one who has one.",
        ));
    }
    scene.target.still_works().await?;
    Ok(Ending::stopped(
        "a code works once",
        "invalid_grant for the second request, and the token of the first is dead: nobody can tell which of the two was the thief.",
    ))
}

async fn code_race(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 4 {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The attack");
    let grant = scene.target.code().await?;
    let answers = scene.target.http.at_once(&scene.target.redeem(&grant).http(), CROWD).await?;
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status == 200);
    if let Some(winner) = won.first() {
        scene.tell(Attacker, winner, format!("{} of {CROWD} get a token.", won.len()));
    }
    if let Some(loser) = lost.first() {
        scene.tell(
            Attacker,
            loser,
            format!("{} of {CROWD} are told that the code was used.", lost.len()),
        );
    }
    if won.len() > 1 {
        return Ok(Ending::succeeded(format!("One code, {} tokens.", won.len())));
    }
    for loser in lost {
        loser.must_be_oauth_error(400, "invalid_grant")?;
    }
    let one = won.first().ok_or_else(|| answers[0].fail("one of the requests gets a token"))?;
    one.must(!access_token(one).is_empty(), "an access token")?;
    scene.target.still_works().await?;
    Ok(Ending::stopped(
        "one lock around judging and marking",
        format!("{CROWD} at once: one token, {} times invalid_grant.", CROWD - 1),
    ))
}

async fn password_grant(scene: Scene) -> Result<Ending, Verdict> {
    if scene.version() < 4 {
        return missing::token_endpoint(&scene).await;
    }
    scene.heading("The honest way works");
    let honest = scene.target.redeem(&scene.target.code().await?).http();
    scene.send(Client, honest, "A code is what this endpoint takes.").await?.must_be(200)?;
    scene.heading("The attack");
    let user = scene.target.user()?.clone();
    let request = scene.target.token_request(&scene.target.demo).set("grant_type", "password");
    let request = request.set("username", &user.username).set("password", &user.password).http();
    let answer = scene
        .send(
            Attacker,
            request,
            "Everything is right: the client's secret, the user's name, her password.",
        )
        .await?;
    if answer.status == 200 {
        return Ok(Ending::succeeded("A password bought a token, and the client has seen it."));
    }
    answer.must_be_oauth_error(400, "unsupported_grant_type")?;
    Ok(Ending::stopped(
        "no such grant",
        "unsupported_grant_type, although secret, name and password were right.",
    ))
}

/// The access token of a token response.
pub fn access_token(answer: &Answer) -> String {
    answer.json().unwrap_or_default()["access_token"].as_str().unwrap_or_default().to_owned()
}
