//! What an error code of the server means, in our own words (RFC 6749 §4.1.2.1 and §5.2).

/// One sentence. What the server wrote beside the code is never shown: whoever makes the address can write it.
pub fn explain(error: &str) -> &'static str {
    match error {
        "access_denied" => "The user or the server said no.",
        "invalid_request" => "Something in this client's request was missing or sent twice.",
        "unauthorized_client" => "This client may not ask in this way.",
        "unsupported_response_type" => "The server can't give that kind of response.",
        "invalid_scope" => "The client asked for something that doesn't exist.",
        "server_error" => "The server ran into a problem of its own.",
        "temporarily_unavailable" => "The server is busy. Try again in a moment.",
        "invalid_client" => "The server doesn't know this client, or its secret is wrong.",
        "invalid_grant" => "What was sent is used, expired, revoked, or someone else's.",
        "unsupported_grant_type" => "The server doesn't know this grant type.",
        _ => "This client doesn't know that error.",
    }
}
