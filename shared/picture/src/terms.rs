//! What a message is called in the specifications, and where.

use crate::note::Answer;
use crate::note::Item;
use crate::note::Note;
use crate::note::Verb;

/// A name, and one line on what the message is for.
pub(crate) type Term = (&'static str, &'static str);

fn has(items: &[Item], name: &str) -> bool {
    items.iter().any(|item| item.name == name)
}

fn value<'a>(items: &'a [Item], name: &str) -> &'a str {
    items.iter().find(|item| item.name == name).map_or("", |item| &item.shown)
}

/// What the request is.
pub(crate) fn ask(note: &Note) -> Term {
    match (&*note.method, &*note.path) {
        ("GET", "/start") => {
            ("Start", "The user wants to log in. The client prepares an authorization request.")
        }
        ("GET", "/authorize") => (
            "Authorization request",
            "The client's question, carried by the browser: may I act for this user? (RFC 6749 §4.1.1)",
        ),
        ("GET", "/login") => (
            "Login page",
            "The browser opens the server's own login page. The client never sees the password.",
        ),
        ("POST", "/login") => (
            "Login",
            "The user shows who they are. The password goes to the server and to nobody else.",
        ),
        ("GET", "/callback") if has(&note.items, "error") => (
            "Error response, delivered",
            "The browser carries the refusal to the client's redirect URI (RFC 6749 §4.1.2.1).",
        ),
        ("GET", "/callback") => (
            "Authorization response, delivered",
            "The browser carries the answer to the client's redirect URI (RFC 6749 §4.1.2).",
        ),
        ("POST", "/token") if value(&note.items, "grant_type") == "refresh_token" => (
            "Refresh request",
            "The client asks for a new access token, without the user (RFC 6749 §6).",
        ),
        ("POST", "/token") => (
            "Token request",
            "The client trades the code for tokens, without the browser (RFC 6749 §4.1.3).",
        ),
        (_, path) if path.starts_with("/api/") => (
            "API request",
            "The client asks for the user's data and shows the access token (RFC 6750 §2.1).",
        ),
        ("GET", "/") => ("Home page", "The browser opens the home page."),
        ("GET", "/welcome") => {
            ("Welcome page", "The user is logged in, and nobody waits for an answer.")
        }
        ("GET", "/profile") => {
            ("Profile page", "The user wants to see what the client may read at the API.")
        }
        ("POST", "/refresh") => {
            ("Refresh, now", "The user asks the client to renew its access token at once.")
        }
        ("POST", "/logout") => ("Log out", "The user ends the login at the client."),
        _ => ("Request", ""),
    }
}

/// What the answer is.
pub(crate) fn answer(note: &Note, answer: &Answer) -> Term {
    let ok = (200..300).contains(&answer.status);
    if let Some(target) = &answer.target {
        return redirect(note, answer, &target.path);
    }
    match &*note.path {
        _ if answer.status == 0 => {
            ("No answer", "The connection ended before an answer was there.")
        }
        "/token" if ok => ("Token response", "The tokens, straight to the client (RFC 6749 §5.1)."),
        "/token" => ("Token error", "The server refuses and says why in one word (RFC 6749 §5.2)."),
        path if path.starts_with("/api/") && ok => ("API response", "The user's data."),
        path if path.starts_with("/api/") => {
            ("API refusal", "The token opens nothing here (RFC 6750 §3).")
        }
        "/login" if ok => ("Login form", "The page with the form for username and password."),
        "/login" => {
            ("Login refused", "Wrong username or password. The ticket stays good for another try.")
        }
        _ if ok => ("Page", ""),
        _ => ("Refusal", "A page that says what was wrong. The browser is sent nowhere."),
    }
}

fn redirect(note: &Note, answer: &Answer, path: &str) -> Term {
    match path {
        "/authorize" => (
            "Redirect with the authorization request",
            "The client can't ask the server itself: it sends the browser there with the question.",
        ),
        "/login" => {
            ("Redirect to the login page", "The server doesn't know this browser's user yet.")
        }
        _ if has(&answer.items, "code") => (
            "Authorization response",
            "The server's answer is a code. It travels in the address, in the browser's hands (RFC 6749 §4.1.2).",
        ),
        _ if has(&answer.items, "error") => (
            "Error response",
            "The server refuses, and the client hears of it at its redirect URI (RFC 6749 §4.1.2.1).",
        ),
        "/" if note.path == "/callback" => {
            ("Redirect home", "The address that the browser ends on holds neither code nor state.")
        }
        _ => (
            "Redirect",
            "The browser is sent on. 303: with GET, whatever it sent before (RFC 9110 §15.4.4).",
        ),
    }
}

/// What a process did, as a verb, and what that means.
pub(crate) fn deed(verb: Verb) -> Term {
    match verb {
        Verb::Store => ("stores", "A new row in this process's memory."),
        Verb::Find => {
            ("looks up", "The row is there. What it holds can now be compared with what came.")
        }
        Verb::Miss => ("finds no", "There is no such row: unknown, expired, or used up."),
        Verb::Judge => ("checks", "The row was judged under its lock, and left as it was."),
        Verb::Change => (
            "marks",
            "The row was judged and changed under one lock, so of many who come at once one wins.",
        ),
        Verb::Remove => ("removes", "The row is gone. Nobody finds it again."),
    }
}
