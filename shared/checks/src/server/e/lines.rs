//! E9: what nobody can write into the log, and what it says to whoever looks in the wrong place.

use std::time::Duration;

use crate::server::support::{must, of_this_lab};
use crate::{Check, rule};
use kit::encoding::{encode, random};
use kit::wire::Wire;
use kit::{Outcome, Process, Request, Target, Verdict};

/// A line break and what a terminal obeys: colour, C1, a direction of writing, letters without width.
const FORGED: &str =
    "x\r\nforged\u{b}\u{1b}[31m\u{7f}\u{85}\u{9b}\u{2028}\u{202e}\u{2066}\u{200b}\u{feff}end";

rule!(
    Check::server("E9", "nobody writes a line of their own into the log")
        .lab_rule("CWE-117", "Line breaks, escape sequences, and characters that turn the direction of writing or have no width are in no line, whether they came in an address, in a form or as the name in Basic.")
        .why("Who can write a line of the log can write that the administrator has logged in; who can send escape sequences writes on the terminal of whoever reads it.")
        .run(|target| Box::pin(one_line(target)))
);
async fn one_line(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let address = format!("/welcome?error={0}&{0}&{0}=1", encode(FORGED));
    target.http.send(Request::get(target.url(&address))).await?;
    let form = [
        ("username", FORGED),
        ("client_id", FORGED),
        (FORGED, "1"),
    ];
    for path in ["/login", "/token"] {
        let request = Request::form(target.url(path), &form).basic(FORGED, "secret");
        target.http.send(request).await?;
    }
    let log = until(&target.pair()?.server, "/token").await?;
    let sent = "line breaks, escape sequences and invisible characters";
    let foreign = |c: char| {
        c != '\n' && (c.is_control() || "\u{2028}\u{202e}\u{2066}\u{200b}\u{feff}".contains(c))
    };
    must(
        !log.contains(foreign),
        sent,
        "a log of printable characters",
        log.escape_debug().to_string(),
    )?;
    let made = log.lines().find(|line| line.contains("forged") && !line.contains(" -> "));
    must(made.is_none(), sent, "each message in one line", made.unwrap_or_default())
}

/// The log, once it holds this text: a line follows its answer, and comes through a pipe.
async fn until(process: &Process, text: &str) -> Result<String, Verdict> {
    for _ in 0..40 {
        if process.log().contains(text) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = process.log();
    must(log.contains(text), "requests", &format!("a line of the log with {text}"), log.as_str())?;
    Ok(log)
}

rule!(
    Check::server("E9", "of a password, of a short secret and of what may be one the log shows nothing")
        .lab_rule("lab rule", "Not even four characters of a password, of a code of nine characters, of a short part behind a dot, or of an Authorization header without a scheme that is known.")
        .why("Six characters of 43 give nothing away; six of nine leave a guess of a few thousand tries.")
        .run(|target| Box::pin(short_secrets(target)))
);
async fn short_secrets(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let [
        password,
        code,
        part,
        bare,
        digest,
        alone,
    ] = [(); 6].map(|()| random());
    let (code, part) = (&code[..9], &part[..8]);
    let dotted = format!("{}.{part}", random());
    let address = format!("/welcome?code={code}&state={dotted}");
    target.http.send(Request::get(target.url(&address))).await?;
    let form = [
        ("username", "user0"),
        ("password", &password),
    ];
    target.http.send(Request::form(target.url("/login"), &form)).await?;
    for header in [bare.clone(), format!("Digest {digest}")] {
        let request = Request::get(target.url("/welcome")).header("Authorization", header);
        target.http.send(request).await?;
    }
    target.http.send(Request::get(target.url(&format!("/end?{alone}")))).await?;
    let log = until(&target.pair()?.server, "/end").await?;
    for (kind, secret, shown) in [
        ("a password", password.as_str(), 3),
        ("a code of nine characters", code, 3),
        ("a part of eight characters", part, 3),
        ("an Authorization header without a scheme", &bare, 3),
        ("the credentials of another scheme", &digest, 3),
        ("a parameter without a name", &alone, 7),
    ] {
        let beginning = &secret[..=shown];
        let wanted = format!("no {} characters of it in the log", shown + 1);
        let line = log.lines().find(|line| line.contains(beginning));
        must(line.is_none(), kind, &wanted, line.unwrap_or_default())?;
    }
    Ok(())
}

rule!(
    Check::server("E9", "a browser that speaks https is told of in the log")
        .lab_rule("RFC 8446 §5.1", "A connection that begins with a TLS handshake is closed at once, and a line of the log says so, on server and client; http on the next connection works.")
        .why("The browser only says that the connection was reset: whoever typed https has no idea why.")
        .run(|target| Box::pin(https(target)))
);
async fn https(target: Target) -> Outcome {
    of_this_lab(&target)?;
    let target = target.alone().await?;
    let pair = target.pair()?;
    for process in [&pair.server, &pair.client] {
        let mut wire = Wire::open(&process.url).await?;
        wire.say([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]).await;
        let closed = wire.closed_within(Duration::from_secs(5)).await;
        let sent = "the first bytes of a TLS handshake";
        must(closed.is_some(), sent, "a closed connection", "it stays open")?;
        until(process, "https").await?;
        target.http.send(Request::get(format!("{}/healthz", process.url))).await?.must_be(200)?;
    }
    Ok(())
}
