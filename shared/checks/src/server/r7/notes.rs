//! R7.5: what is behind the doors of the notes.

use crate::server::r7::support::{DOORS, admin, tokens_with};
use crate::server::support::of_this_lab;
use crate::{Check, rule};
use kit::flow::Tokens;
use kit::{Answer, Outcome, Request, Target, Verdict};

/// The most notes of a user, and the longest text.
const MOST: usize = 25;
const LONGEST: usize = 1000;

const BOTH: &str = "notes:read notes:write";

async fn write(target: &Target, tokens: &Tokens, text: &str) -> Result<Answer, Verdict> {
    let request = Request::form(target.url("/api/notes"), &[("text", text)]);
    target.http.send(request.bearer(&tokens.access_token)).await
}

/// The texts of the notes that this token shows.
async fn texts(target: &Target, tokens: &Tokens) -> Result<Vec<String>, Verdict> {
    let answer = DOORS[1].knock(target, &tokens.access_token).await?;
    answer.must_be(200)?;
    let notes = answer.json().unwrap_or_default()["notes"].take();
    let notes = notes.as_array().ok_or_else(|| answer.fail("JSON with a list of notes"))?;
    Ok(notes.iter().filter_map(|note| note["text"].as_str()).map(str::to_owned).collect())
}

rule!(
    Check::server("R7.5", "a note is its user's, and says which client wrote it")
        .lab_rule("lab rule", "What is written with one user's token stands among that user's notes, with the client of the token in written_by, and among nobody else's; a refused note is not written.")
        .why("The scope says what a client may do. For whom, says the token.")
        .run(|target| Box::pin(in_whose_name(target)))
);
async fn in_whose_name(target: Target) -> Outcome {
    let target = target.alone().await?;
    let ours = tokens_with(&target, &target.demo, target.user()?, BOTH).await?;
    let theirs = tokens_with(&target, &target.demo, admin(&target)?, BOTH).await?;
    let reader = tokens_with(&target, target.other()?, target.user()?, "notes:read").await?;
    let answer = write(&target, &ours, "Water the plants.").await?;
    answer.must_be(201)?;
    let written = answer.json().unwrap_or_default();
    let good = written["text"] == "Water the plants."
        && written["written_by"] == target.demo.client_id.as_str();
    answer.must(good, "the note, with text and written_by")?;
    write(&target, &reader, "Not with this token.").await?.must_be(403)?;
    for tokens in [&ours, &reader] {
        let found = texts(&target, tokens).await?;
        let there = found.iter().any(|text| text == "Water the plants.");
        let refused = found.iter().any(|text| text == "Not with this token.");
        answer.must(
            there && !refused,
            format!("the note that was written, and not the other; got {found:?}"),
        )?;
    }
    write(&target, &theirs, "Feed the cat.").await?.must_be(201)?;
    let found = texts(&target, &theirs).await?;
    let own = found.iter().any(|text| text == "Feed the cat.");
    let apart = own && !found.iter().any(|text| text == "Water the plants.");
    answer
        .must(apart, format!("of the other user only what is the other user's; got {found:?}"))?;
    Ok(())
}

rule!(
    Check::server("E8", "notes have a length, and a user has a bounded number of them")
        .since(kit::ladder::Capability::Scopes)
        .lab_rule("lab rule", "No text, an empty one, one sent twice, in a query or as JSON, or of 1001 bytes: 400 invalid_request, and nothing is written; of more than 25 notes the oldest go.")
        .why("Whoever may write must not be able to fill the memory.")
        .run(|target| Box::pin(bounded(target)))
);
async fn bounded(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let tokens = tokens_with(&target, &target.demo, target.user()?, BOTH).await?;
    let before = texts(&target, &tokens).await?;
    let url = target.url("/api/notes");
    let none: [(&str, &str); 0] = [];
    for request in [
        Request::form(&url, &none),
        Request::form(&url, &[("text", "")]),
        Request::form(&url, &[("text", "a"), ("text", "b")]),
        Request::form(&url, &[("text", "x".repeat(LONGEST + 1))]),
        Request::form(&url, &[("text", "é".repeat(LONGEST / 2) + "x")]),
        Request::form(format!("{url}?text=query"), &none),
        Request::new("POST", &url).body("application/json", r#"{"text":"json"}"#),
    ] {
        let answer = target.http.send(request.bearer(&tokens.access_token)).await?;
        answer.must_be_bearer_error(400, Some("invalid_request"))?;
    }
    let after = texts(&target, &tokens).await?;
    let longest = write(&target, &tokens, &"é".repeat(LONGEST / 2)).await?;
    longest.must(after == before, format!("no note of those that were refused; got {after:?}"))?;
    longest.must_be(201)?;
    for number in 0..=MOST {
        write(&target, &tokens, &format!("note {number}")).await?.must_be(201)?;
    }
    let found = texts(&target, &tokens).await?;
    let newest = found.len() == MOST
        && found.first().map(String::as_str) == Some("note 1")
        && found.last() == Some(&format!("note {MOST}"));
    longest.must(newest, format!("the newest {MOST} notes; got {found:?}"))?;
    // Quotation marks are twice as long in JSON. A client reads no more than 64 KiB.
    for _ in 0..MOST {
        write(&target, &tokens, &"\"".repeat(LONGEST)).await?.must_be(201)?;
    }
    let all = DOORS[1].knock(&target, &tokens.access_token).await?;
    all.must(all.body.len() < 64 * 1024, "an answer of less than 64 KiB, however full it is")?;
    Ok(())
}

rule!(
    Check::server("R7.5", "a token in the form of a note is refused, whatever is in the header")
        .lab_rule("RFC 6750 §2, §3.1", "A good token in the header and the same one, another text or two of them in the form: 400 invalid_request; in the form alone: 401 without an error; no note is written. An empty one is an absent one.")
        .why("A form that carries a token has been somewhere before: one way to send it is enough.")
        .run(|target| Box::pin(no_token_in_the_form(target)))
);
async fn no_token_in_the_form(target: Target) -> Outcome {
    let tokens = tokens_with(&target, &target.demo, target.user()?, BOTH).await?;
    let url = target.url("/api/notes");
    let good = tokens.access_token.as_str();
    let text = ("text", "With two tokens.");
    for more in [
        vec![("access_token", good)],
        vec![("access_token", "nonsense")],
        vec![
            ("access_token", good),
            ("access_token", good),
        ],
    ] {
        let form = Request::form(&url, &[vec![text], more].concat());
        let both = target.http.send(form.clone().bearer(good)).await?;
        both.must_be_bearer_error(400, Some("invalid_request"))?;
        target.http.send(form).await?.must_be_bearer_error(401, None)?;
    }
    let found = texts(&target, &tokens).await?;
    let written = found.iter().any(|found| found == text.1);
    // Sent without a value is not sent (RFC 6749 §3.1).
    let form = Request::form(
        &url,
        &[
            ("text", "With one token."),
            ("access_token", ""),
        ],
    );
    let answer = target.http.send(form.bearer(good)).await?;
    answer.must(!written, format!("no note of those that were refused; got {found:?}"))?;
    answer.must_be(201)?;
    Ok(())
}
