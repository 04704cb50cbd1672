//! The refresh grant: each refresh token works once and is replaced (RFC 6749 §6, RFC 9700 §4.14.2).

use web::Moment;
use web::random_token;

use crate::params::Params;
use crate::store::App;
use crate::store::RefreshToken;
use crate::token::TokenError;
use crate::token::TokenResponse;
use crate::token::issue as issue_tokens;

/// Why a refresh token is refused.
enum Refusal {
    /// It is no good, for this client or any more.
    Invalid(&'static str),
    /// It was used before: somebody has a copy.
    Reused,
}

/// `grant_type=refresh_token`: a new access token, and a new refresh token for the old one.
pub fn refresh_token(
    app: &App,
    client_id: &str,
    params: &Params,
) -> Result<TokenResponse, TokenError> {
    let token = params.get("refresh_token")?;
    let token = token.ok_or(TokenError::invalid_request("refresh_token is missing."))?;

    // Judged and marked under one lock: of two refreshes at once, one wins. There is no grace for the other.
    let judged = app.refresh_tokens.update(token, |row| judge(row, client_id));
    let old = match judged {
        None => return Err(TokenError::invalid_grant("This refresh token is unknown or expired.")),
        Some((_, Err(Refusal::Invalid(why)))) => return Err(TokenError::invalid_grant(why)),
        Some((row, Err(Refusal::Reused))) => {
            // Thief or owner, one of them holds the copy: nobody can tell, so the whole family ends (RFC 9700 §4.14.2).
            app.authorization_codes.update(&row.family_id, |code| code.revoked = true);
            web::notice(&format!(
                "token_reuse client_id={} user_id={}",
                row.client_id, row.user_id
            ));
            return Err(TokenError::invalid_grant(
                "This refresh token was already used. All tokens of this login are revoked.",
            ));
        }
        Some((row, Ok(()))) => row,
    };
    if !app.is_alive(&old.family_id) {
        return Err(TokenError::invalid_grant("All tokens of this login are revoked."));
    }
    let response = issue_tokens(app, client_id, &old.user_id, &old.family_id)?;
    app.refresh_tokens
        .update(token, |row| row.replaced_by = Some(response.refresh_token.clone()));
    Ok(response)
}

/// Whether this client may use the token now; if so, marks it as used. Returns the row as well.
fn judge(row: &mut RefreshToken, client_id: &str) -> (RefreshToken, Result<(), Refusal>) {
    let verdict = if row.client_id != client_id {
        Err(Refusal::Invalid("This refresh token was issued to another client."))
    } else if row.used_at.is_some() {
        Err(Refusal::Reused)
    } else if row.idle_until.has_passed() {
        Err(Refusal::Invalid("This refresh token lay unused for too long."))
    } else {
        row.used_at = Some(Moment::now());
        Ok(())
    };
    (row.clone(), verdict)
}

/// Issues the next refresh token of a family. Only the first sets the end of the family.
pub fn issue(
    app: &App,
    client_id: &str,
    user_id: &str,
    family_id: &str,
) -> Result<String, TokenError> {
    let settings = &app.settings;
    let token = random_token();
    // The family ends a fixed time after its code was used, and its code is remembered until then.
    let expires_at = app.authorization_codes.update(family_id, |code| {
        let expires_at = code.used_at?.plus(settings.ttl_refresh);
        code.keep_until = code.keep_until.max(expires_at.time());
        Some(expires_at)
    });
    let expires_at =
        expires_at.flatten().ok_or(TokenError::invalid_grant("This login has ended."))?;
    let row = RefreshToken {
        family_id: family_id.to_string(),
        client_id: client_id.to_string(),
        user_id: user_id.to_string(),
        issued_at: Moment::now(),
        expires_at,
        idle_until: expires_at.min(Moment::now_plus(settings.ttl_refresh_idle)),
        used_at: None,
        replaced_by: None,
    };
    app.refresh_tokens.insert(&token, row, expires_at.time());
    Ok(token)
}
