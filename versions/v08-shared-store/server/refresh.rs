//! `grant_type=refresh_token`: each refresh token works once and is replaced (RFC 6749 §6, RFC 9700 §4.14.2).
//!
//! A refresh token is `<grant id>.<secret>`. The grant keeps the one secret that works now, so an old token
//! is recognised however long ago it was replaced: its grant is known, its secret is another.

use std::sync::Arc;

use web::Moment;
use web::random_token;

use crate::issue::Issued;
use crate::issue::issue;
use crate::params::Params;
use crate::scope::Scope;
use crate::storage::Key;
use crate::store::App;
use crate::store::Grant;
use crate::token_error::TokenError;
use crate::token_error::TokenError::InvalidGrant;
use crate::token_error::TokenError::InvalidRequest;
use crate::token_error::TokenError::InvalidScope;

const REUSED: TokenError =
    InvalidGrant("This refresh token was already used. All tokens of this login are revoked.");

/// A new access token, and a new refresh token for the one that was sent.
pub async fn refresh(app: &App, client_id: &Arc<str>, params: &Params) -> Issued {
    let token = params.get("refresh_token").ok_or(InvalidRequest("refresh_token is missing."))?;
    let unknown = InvalidGrant("This refresh token is unknown or expired.");
    let (grant_id, secret) = halves(token).ok_or(unknown)?;
    let asked = params.get("scope").map(Scope::parse).transpose();

    // Judged and replaced in one step: of two refreshes at once, one wins. There is no grace for the other.
    let next = random_token();
    let idle_until = Moment::now_plus(app.settings.ttl_refresh_idle);
    let judged = app.grants.update(grant_id, |grant| {
        judge(grant, client_id, secret)?;
        let scope = narrower(&asked, &grant.scope)?;
        grant.refresh_token = Key::from(&next);
        grant.issued_at = Moment::now();
        grant.idle_until = idle_until.min(grant.expires_at);
        grant.rotations += 1;
        // This token gets what was asked for. The grant keeps all that the user allowed (RFC 6749 §6).
        Ok(Grant {
            scope,
            ..grant.clone()
        })
    });
    let judged = judged.await?;
    // Reuse means theft or a bug: whoever runs the server has to hear of it.
    if matches!(judged, Some(Err(REUSED))) {
        web::notice(&format!("token_reuse client_id={client_id}: the whole login is revoked"));
    }
    issue(app, grant_id, &judged.ok_or(unknown)??, next).await
}

/// The scope of the next access token: what is asked for, and never more than the user granted (RFC 6749 §6).
fn narrower(
    asked: &Result<Option<Scope>, &'static str>,
    granted: &Scope,
) -> Result<Scope, TokenError> {
    match asked {
        Ok(None) => Ok(granted.clone()),
        Ok(Some(scope)) if scope.is_within(granted) => Ok(scope.clone()),
        Ok(Some(_)) => Err(InvalidScope("scope goes beyond what the user granted.")),
        Err(why) => Err(InvalidScope(why)),
    }
}

/// Whether this client may use this token now. The wrong secret of a known grant ends the grant.
fn judge(grant: &mut Grant, client_id: &Arc<str>, secret: &str) -> Result<(), TokenError> {
    if grant.client_id != *client_id {
        return Err(InvalidGrant("This refresh token was issued to another client."));
    }
    if grant.revoked {
        return Err(InvalidGrant("All tokens of this login are revoked."));
    }
    if !grant.refresh_token.is_of(secret) {
        // Thief or owner, one of them holds a copy: nobody can tell, so the login ends (RFC 9700 §4.14.2).
        grant.revoked = true;
        return Err(REUSED);
    }
    if grant.idle_until.has_passed() {
        return Err(InvalidGrant("This refresh token went unused for too long."));
    }
    Ok(())
}

/// The two parts of a well-formed token: 43 characters of base64url each.
fn halves(token: &str) -> Option<(&str, &str)> {
    let is_half = |half: &str| {
        half.len() == 43 && half.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    token.split_once('.').filter(|(grant_id, secret)| is_half(grant_id) && is_half(secret))
}

#[cfg(test)]
mod tests {
    use web::Settings;

    use super::*;
    use crate::storage::Store;
    use crate::storage::faulty::Faulty;
    use crate::storage::faulty::When;

    /// A login, and its refresh token.
    async fn login(app: &App) -> String {
        let (grant_id, secret) = (random_token(), random_token());
        let expires_at = Moment::now_plus(app.settings.ttl_refresh);
        let grant = Grant {
            user_id: "user0".into(),
            client_id: "demo-client".into(),
            revoked: false,
            expires_at,
            refresh_token: Key::from(&secret),
            issued_at: Moment::now(),
            idle_until: expires_at,
            rotations: 0,
            access_token: None,
            scope: Scope::default(),
        };
        app.grants.insert(&grant_id, grant, expires_at.time()).await.unwrap();
        format!("{grant_id}.{secret}")
    }

    async fn refreshed(app: &App, token: &str) -> Issued {
        let form = Params::parse(format!("refresh_token={token}").as_bytes()).unwrap();
        refresh(app, &"demo-client".into(), &form).await
    }

    #[tokio::test]
    async fn r8_4_a_refresh_token_gives_one_new_one_whichever_call_fails() {
        let (mut failed, mut again) = (0, 0);
        for when in [When::Before, When::After] {
            for call in 0.. {
                let engine = Arc::new(Faulty::default());
                let store = Store::over("memory", engine.clone(), 100);
                let app = App::new(Settings::default(), store);
                let token = login(&app).await;
                engine.fail(call, when);
                let first = refreshed(&app, &token).await;
                let calls = engine.told().0;
                engine.fail(usize::MAX, when);
                // The client has kept its token, and tries again.
                let second = refreshed(&app, &token).await;
                if calls <= call {
                    // No call was left to fail, so this was reuse.
                    assert!(first.is_ok() && second.err() == Some(REUSED));
                    break;
                }
                assert_eq!(
                    first.err(),
                    Some(TokenError::TemporarilyUnavailable),
                    "{call} {when:?}"
                );
                failed += 1;
                again += usize::from(second.is_ok());
                assert!(refreshed(&app, &token).await.is_err(), "{call} {when:?}: never twice");
            }
        }
        assert!(failed >= 8 && (1..failed).contains(&again), "{again} of {failed}");
    }

    #[test]
    fn a_refresh_token_is_two_parts_of_43_characters() {
        let (half, short, long) = ("a".repeat(43), "a".repeat(42), "a".repeat(44));
        assert!(halves(&format!("{half}.{half}")).is_some());
        for (first, second) in [
            (&half, &short),
            (&short, &half),
            (&half, &long),
            (&long, &half),
        ] {
            assert!(halves(&format!("{first}.{second}")).is_none());
        }
        for token in [
            format!("{half}."),
            format!(".{half}"),
            format!("{half}{half}"),
        ] {
            assert!(halves(&token).is_none());
        }
        assert!(halves(&format!("{half}.{half}.{half}")).is_none());
        assert!(halves(&format!("{half}.{}+", &half[1..])).is_none());
    }
}
