//! A callback on its way to the client, and what the client makes of it.

use kit::Answer;
use kit::encoding::query_pairs;
use kit::flow::{AuthorizationRequest, Grant};
use kit::html::unescape;

/// The answer of the authorization server on its way to the client: a redirect that nobody has followed yet.
#[derive(Clone, Debug)]
pub struct Callback {
    /// Where the browser is sent.
    pub url: String,
    /// The code in it.
    pub code: String,
    /// The redirect.
    pub answer: Answer,
}

/// What the client did with a callback.
#[derive(Clone, Debug)]
pub struct Received {
    /// Did it take the code?
    pub accepted: bool,
    /// The answer to the callback itself.
    pub answer: Answer,
    /// The page on which the browser ended.
    pub page: Answer,
}

impl Callback {
    /// The redirect that brings a code, if it is one.
    pub fn of(answer: &Answer) -> Option<Callback> {
        Some(Callback {
            url: answer.location()?,
            code: answer.location_param("code").filter(|code| !code.is_empty())?,
            answer: answer.clone(),
        })
    }

    /// The code, with what is needed to redeem it: it was asked for by this request.
    pub fn grant(&self, request: &AuthorizationRequest) -> Grant {
        Grant {
            app: request.app.clone(),
            code: self.code.clone(),
            redirect_uri: request.redirect_uri.clone(),
            code_verifier: request.code_verifier.clone(),
            answer: self.answer.clone(),
        }
    }

    /// The address without its `state`.
    pub fn without_state(&self) -> String {
        let pairs: Vec<(String, String)> =
            query_pairs(&self.url).into_iter().filter(|pair| pair.0 != "state").collect();
        let address = self.url.split('?').next().unwrap_or_default();
        format!("{address}?{}", kit::encoding::encode_pairs(&pairs))
    }
}

impl Received {
    /// The user whose token the client now holds, if its page says so.
    pub fn user(&self) -> Option<String> {
        let page = unescape(&self.page.body);
        let rest = page.split_once("\"sub\": \"")?.1;
        rest.split_once('"').map(|(user, _)| user.to_owned())
    }

    /// What the client did, in one sentence.
    pub fn meaning(&self) -> String {
        match (self.accepted, self.user()) {
            (true, Some(user)) => format!(
                "C took the code, redeemed it behind the browser's back, and holds a token for {user}."
            ),
            (true, None) => {
                "C takes the code. An application that logs people in like this would now take the browser for the user of that code.".into()
            }
            (false, _) if self.answer.status == 502 => {
                "C tried to redeem the code, and S refused (the page names the error).".into()
            }
            (false, _) => "C refuses the callback and drops the code.".into(),
        }
    }
}
