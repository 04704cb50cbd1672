//! One line on every parameter: what it is for, and where it is specified.

/// A parameter, header, member or field.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it is for, in one line.
    pub why: &'static str,
    /// Where it is specified; empty if it is the lab's own.
    pub section: &'static str,
}

const fn entry(name: &'static str, section: &'static str, why: &'static str) -> Entry {
    Entry { name, why, section }
}

/// What there is to explain.
pub const GLOSSARY: &[Entry] = &[
    // What travels.
    entry("response_type", "RFC 6749 §3.1.1", "what the client wants back: a code"),
    entry(
        "client_id",
        "RFC 6749 §2.2",
        "which application is asking; public, and no proof of anything",
    ),
    entry(
        "client_secret",
        "RFC 6749 §2.3.1",
        "proves that the request comes from the client; never in a browser",
    ),
    entry(
        "redirect_uri",
        "RFC 6749 §3.1.2",
        "where the answer goes; compared character by character with what was registered",
    ),
    entry(
        "state",
        "RFC 6749 §10.12",
        "ties the answer to the browser that asked; the client made it up and checks it",
    ),
    entry(
        "scope",
        "RFC 6749 §3.3",
        "what the client wants to do, or what the user allows: names of powers",
    ),
    entry("decision", "", "what the user says on the consent page: allow or deny"),
    entry(
        "csrf_token",
        "RFC 6749 §10.12",
        "ties the consent form to the browser that was asked: no other page knows it",
    ),
    entry("text", "", "what the note says"),
    entry("notes", "", "the user's notes, oldest first"),
    entry("written_by", "", "the client that wrote the note"),
    entry("written_at", "", "when the note was written"),
    entry("question", "", "who was asked for consent, and the token of their form"),
    entry("back", "", "where the browser goes after the callback"),
    entry("asked", "", "the scope that the client asked for"),
    entry("code", "RFC 6749 §4.1.2", "the server's answer: worth a token, once, for a few minutes"),
    entry(
        "code_challenge",
        "RFC 7636 §4.3",
        "the lock: a hash of a secret that only this client knows",
    ),
    entry(
        "code_challenge_method",
        "RFC 7636 §4.3",
        "how the lock was made from the secret: S256, by SHA-256",
    ),
    entry(
        "code_verifier",
        "RFC 7636 §4.5",
        "the key to the lock: the server hashes it and compares it with the challenge",
    ),
    entry(
        "grant_type",
        "RFC 6749 §4.1.3",
        "what the client offers in return for a token: a code, or a refresh token",
    ),
    entry("access_token", "RFC 6749 §1.4", "opens the API; whoever holds it can use it"),
    entry("token_type", "RFC 6749 §7.1", "how to show the token: Bearer, so having it is enough"),
    entry("expires_in", "RFC 6749 §5.1", "how many seconds the access token lives"),
    entry("refresh_token", "RFC 6749 §1.5", "gets a new access token later, without the user"),
    entry("error", "RFC 6749 §4.1.2.1 and §5.2", "the refusal, as one word for programs"),
    entry(
        "error_description",
        "RFC 6749 §4.1.2.1 and §5.2",
        "the refusal, as a sentence for developers",
    ),
    entry("username", "", "who logs in; it goes to the server and to nobody else"),
    entry("password", "", "proves who logs in; never noted here, never shown to the client"),
    entry("ticket", "", "which waiting request this login belongs to; the lab's own"),
    entry("from", "", "which app's redirect URI this is; the lab's own"),
    // Headers.
    entry(
        "Authorization",
        "RFC 6749 §2.3.1, RFC 6750 §2.1",
        "Basic: the client shows its id and secret. Bearer: it shows the access token",
    ),
    entry(
        "Cookie",
        "RFC 6265 §4.2",
        "the browser shows which session it has here; its value is never noted",
    ),
    entry(
        "Set-Cookie",
        "RFC 6265 §4.1",
        "the browser is to keep a session id and to send it from now on",
    ),
    entry(
        "WWW-Authenticate",
        "RFC 6750 §3, RFC 9110 §11.6.1",
        "how to prove who you are, and what was wrong",
    ),
    // Members and rows.
    entry("sub", "RFC 7519 §4.1.2", "whom the token is about"),
    entry("user_id", "", "whose it is"),
    entry("used", "RFC 6749 §4.1.2", "whether the code was redeemed: it works once"),
    entry("expires_at", "", "from then on the row isn't found"),
    entry("answer", "", "what the first login with this ticket was answered"),
    entry("given_at", "", "when the answer went out"),
    entry(
        "browser",
        "RFC 6749 §10.12",
        "which browser started this: the random key in its session",
    ),
    entry("created_at", "", "when it was made"),
    entry(
        "answered_at",
        "RFC 6749 §10.12",
        "when the response came: from then on this state is used up",
    ),
    entry(
        "code_hash",
        "",
        "the hash of the code that came, to recognise the same response when it comes again",
    ),
    entry(
        "grant_id",
        "RFC 6749 §4.1.2",
        "what the code led to: revoke it, and its tokens are dead",
    ),
    entry("revoked", "RFC 6749 §4.1.2", "ends all tokens of this grant at once"),
    entry("issued_at", "", "when the refresh token was issued"),
    entry("idle_until", "RFC 6749 §10.4", "the refresh token's end if nobody uses it"),
    entry("rotations", "RFC 9700 §4.14.2", "how often the refresh token was replaced"),
    entry("received_at", "", "when the tokens came"),
    entry("news", "", "what the next page tells the user, once"),
    entry("ended", "", "the token no longer works, and nothing can renew it"),
    entry("received_refresh_tokens", "", "the refresh tokens of this login, the current one first"),
];

/// What it is for, and where that is specified. Both are empty if there is no entry.
pub fn explain(name: &str) -> (&'static str, &'static str) {
    let find = |name: &str| GLOSSARY.iter().find(|entry| entry.name == name);
    let field = name.rsplit('.').next().unwrap_or(name);
    // A tick on the consent page is called `scope:` and the name of its scope.
    let entry = find(name).or_else(|| find(field.split(':').next().unwrap_or(field)));
    entry.map_or(("", ""), |entry| (entry.why, entry.section))
}
