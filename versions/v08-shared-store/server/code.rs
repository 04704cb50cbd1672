//! `grant_type=authorization_code`: a code becomes tokens, once (RFC 6749 §4.1.3).

use std::sync::Arc;

use web::Moment;
use web::random_token;

use crate::issue::Issued;
use crate::issue::issue;
use crate::params::Params;
use crate::pkce;
use crate::storage::Key;
use crate::store::App;
use crate::store::AuthorizationCode;
use crate::store::Grant;
use crate::token_error::TokenError;
use crate::token_error::TokenError::InvalidGrant;
use crate::token_error::TokenError::InvalidRequest;

/// Redeems a code for the client that was authenticated.
pub async fn redeem(app: &App, client_id: &Arc<str>, params: &Params) -> Issued {
    let code = params.get("code").ok_or(InvalidRequest("code is missing."))?;
    let verifier =
        params.get("code_verifier").ok_or(InvalidRequest("code_verifier is missing."))?;
    if !pkce::is_verifier(verifier) {
        return Err(InvalidRequest("code_verifier must be 43 to 128 unreserved characters."));
    }
    let unknown = InvalidGrant("This code is unknown or expired.");
    let row = app.authorization_codes.get(code).await?.ok_or(unknown)?;
    judge(&row, client_id, params.get("redirect_uri"), verifier)?;

    // The grant is there before the code is marked, so whoever finds a used code finds what to revoke.
    let (grant_id, refresh_token) = (random_token(), random_token());
    let grant_key = Key::from(&grant_id);
    let expires_at = Moment::now_plus(app.settings.ttl_refresh);
    let grant = Grant {
        user_id: row.user_id,
        client_id: client_id.clone(),
        revoked: false,
        expires_at,
        refresh_token: Key::from(&refresh_token),
        issued_at: Moment::now(),
        idle_until: expires_at.min(Moment::now_plus(app.settings.ttl_refresh_idle)),
        rotations: 0,
        access_token: None,
        scope: row.scope,
    };
    app.grants.insert(&grant_key, grant.clone(), expires_at.time()).await?;

    // Judged and marked in one step: of many who redeem the same code at once, one wins (RFC 6749 §4.1.2).
    let winner = app.authorization_codes.update(code, |row| {
        row.used = true;
        row.grant_id.get_or_insert_with(|| grant_key.clone()).clone()
    });
    let winner = winner.await?;
    if winner.as_ref() == Some(&grant_key) {
        return issue(app, &grant_id, &grant, refresh_token).await;
    }
    // Right in every respect, and for the second time: somebody has a copy (RFC 6749 §4.1.2).
    app.grants.remove(&grant_key).await?;
    app.grants.update(&winner.ok_or(unknown)?, |grant| grant.revoked = true).await?;
    Err(InvalidGrant("This code was already used. Its tokens are revoked."))
}

/// Whether the code was issued for this request. A wrong try leaves it as it was, for its owner.
fn judge(
    code: &AuthorizationCode,
    client_id: &Arc<str>,
    redirect_uri: Option<&str>,
    verifier: &str,
) -> Result<(), TokenError> {
    let Some(challenge) = &code.code_challenge else {
        return Err(InvalidRequest("This code was issued without a code_challenge."));
    };
    if code.client_id != *client_id {
        return Err(InvalidGrant("This code was issued to another client."));
    }
    // It need not be sent, but if it is, it must match (RFC 6749 §4.1.3).
    if redirect_uri.is_some_and(|uri| *uri != *code.redirect_uri) {
        return Err(InvalidGrant("redirect_uri differs from the authorization request."));
    }
    if !pkce::verify(challenge, verifier) {
        return Err(InvalidGrant("code_verifier does not match the code_challenge."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use web::Settings;

    use super::*;
    use crate::authorize::new_code;
    use crate::storage::Store;
    use crate::storage::faulty::Faulty;
    use crate::storage::faulty::When;
    use crate::store::AuthorizationRequest;

    #[test]
    fn r4_8_a_verifier_for_a_code_without_challenge_is_refused() {
        let code = AuthorizationCode {
            client_id: "demo-client".into(),
            redirect_uri: "http://localhost:5001/callback".into(),
            code_challenge: None,
            user_id: "user0".into(),
            expires_at: Moment::now(),
            used: false,
            code_challenge_method: None,
            grant_id: None,
            scope: Default::default(),
        };
        let refused = judge(&code, &"demo-client".into(), None, &"a".repeat(43));
        assert_eq!(refused, Err(InvalidRequest("This code was issued without a code_challenge.")));
    }

    /// The form that redeems a code of [`issue_code`], with the vector of RFC 7636 appendix B.
    fn form(code: &str) -> Params {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        Params::parse(format!("code={code}&code_verifier={verifier}").as_bytes()).unwrap()
    }

    async fn issue_code(app: &App) -> String {
        let request = AuthorizationRequest {
            client_id: "demo-client".into(),
            redirect_uri: "http://localhost:5001/callback".into(),
            state: None,
            answer: None,
            code_challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_string()),
            code_challenge_method: Some("S256".to_string()),
            scope: Default::default(),
            question: None,
        };
        new_code(app, &request, &"user0".into()).await.unwrap()
    }

    /// A server whose store can be told to fail.
    fn app() -> (App, Arc<Faulty>) {
        let engine = Arc::new(Faulty::default());
        (App::new(Settings::default(), Store::over("memory", engine.clone(), 100)), engine)
    }

    async fn redeemed(app: &App, code: &str) -> Issued {
        redeem(app, &"demo-client".into(), &form(code)).await
    }

    #[tokio::test]
    async fn r4_10_a_late_try_ends_the_grant_and_leaves_none_of_its_own() {
        let (app, _) = app();
        let code = issue_code(&app).await;
        assert!(redeemed(&app, &code).await.is_ok());
        assert!(redeemed(&app, &code).await.is_err());
        let (grants, count) = app.grants.shown().await.unwrap();
        let (found, grant) = grants.into_iter().next().unwrap();
        assert!(count == 1 && grant["revoked"] == true);
        // A revoked grant is dead, and so is one that is gone: its tokens could not be revoked any more.
        assert!(!app.is_alive(&Key::readable(found)).await.unwrap());
        assert!(!app.is_alive(&Key::from("pushed out")).await.unwrap());
    }

    #[tokio::test]
    async fn r4_10_whoever_sees_a_used_code_finds_its_grant() {
        let (app, engine) = app();
        let code = issue_code(&app).await;
        engine.fail(usize::MAX, When::Before);
        assert!(redeemed(&app, &code).await.is_ok());
        // The grant is there before the code says that it has one.
        assert_eq!(engine.told().1[..2], ["grants", "authorization_codes"]);
    }

    #[tokio::test]
    async fn r8_4_a_code_gives_one_token_whichever_call_fails() {
        let (mut failed, mut again) = (0, 0);
        for when in [When::Before, When::After] {
            for call in 0.. {
                let (app, engine) = app();
                let code = issue_code(&app).await;
                engine.fail(call, when);
                let first = redeemed(&app, &code).await;
                let calls = engine.told().0;
                engine.fail(usize::MAX, when);
                let second = redeemed(&app, &code).await;
                if calls <= call {
                    // No call was left to fail.
                    assert!(first.is_ok() && second.is_err());
                    break;
                }
                // Nobody tries again for the client: what is unknown is said, and no token leaves.
                assert_eq!(
                    first.err(),
                    Some(TokenError::TemporarilyUnavailable),
                    "{call} {when:?}"
                );
                assert_eq!(calls, call + 1, "{call} {when:?}");
                failed += 1;
                again += usize::from(second.is_ok());
                assert!(redeemed(&app, &code).await.is_err(), "{call} {when:?}: never twice");
            }
        }
        assert!(failed >= 14 && (1..failed).contains(&again), "{again} of {failed}");
    }
}
