//! The question that a server asks before a client gets anything, and every answer that can be given to it.

use crate::answer::Answer;
use crate::browser::Browser;
use crate::encoding::resolve;
use crate::flow::AuthorizationRequest;
use crate::html::{Form, Input, consent_form};
use crate::target::{Target, User};
use crate::verdict::Verdict;

/// A page that asks for consent.
#[derive(Clone, Debug)]
pub struct Question {
    /// The page.
    pub page: Answer,
    /// Its form.
    pub form: Form,
    yes: Option<Input>,
}

/// The fields of a form, as they are sent.
pub type Pairs = Vec<(String, String)>;

impl Question {
    /// The question on a page, if it asks one.
    pub fn of(page: &Answer) -> Option<Question> {
        let (form, yes) = consent_form(&page.body).filter(|_| page.status == 200)?;
        Some(Question {
            page: page.clone(),
            form,
            yes,
        })
    }

    /// Where the answer goes.
    pub fn url(&self) -> String {
        resolve(&self.page.request.url, &self.form.action)
    }

    /// The button that says yes, with the ticks as they stand.
    pub fn allow(&self) -> Pairs {
        self.pressing(self.yes.as_ref())
    }

    /// The button that says no.
    ///
    /// # Errors
    /// There is none.
    pub fn deny(&self) -> Result<Pairs, Verdict> {
        let is_yes = |input: &Input| {
            self.yes
                .as_ref()
                .is_some_and(|yes| (&yes.name, &yes.value) == (&input.name, &input.value))
        };
        let no = self.form.inputs.iter().find(|input| input.kind == "submit" && !is_yes(input));
        let no = no.ok_or_else(|| self.page.fail("a form with a button that says no"))?;
        Ok(self.pressing(Some(no)))
    }

    /// Yes, but to these scopes only: the other ticks are taken away.
    pub fn allow_only(&self, scopes: &[&str]) -> Pairs {
        let unticked: Vec<&Input> = self
            .form
            .inputs
            .iter()
            .filter(|input| scope_of(input).is_some_and(|scope| !scopes.contains(&scope)))
            .collect();
        let gone = |pair: &(String, String)| {
            unticked.iter().any(|input| (&input.name, &input.value) == (&pair.0, &pair.1))
        };
        self.allow().into_iter().filter(|pair| !gone(pair)).collect()
    }

    /// The scopes that have a tick of their own, in the order of the page.
    pub fn ticks(&self) -> Vec<&str> {
        self.form.inputs.iter().filter_map(scope_of).collect()
    }

    /// The value of a hidden field.
    ///
    /// # Errors
    /// The form has no such field.
    pub fn hidden(&self, name: &str) -> Result<&str, Verdict> {
        let field =
            self.form.inputs.iter().find(|input| input.kind == "hidden" && input.name == name);
        let field = field.ok_or_else(|| self.page.fail(format!("a hidden field {name}")))?;
        Ok(&field.value)
    }

    fn pressing(&self, button: Option<&Input>) -> Pairs {
        let pressed: Vec<(&str, &str)> =
            button.iter().map(|input| (input.name.as_str(), input.value.as_str())).collect();
        self.form.filled(&pressed)
    }
}

/// The scope that a tick stands for: `scope:profile`, or the value of a field `scope`.
fn scope_of(input: &Input) -> Option<&str> {
    match input.name.strip_prefix("scope:") {
        _ if input.kind != "checkbox" => None,
        Some(scope) => Some(scope),
        None => Some(input.value.as_str()),
    }
}

impl Target {
    /// Opens an authorization request and walks on, logging in when asked, to the page that asks for consent; or past
    /// it, when the server does not ask: then the end of the way.
    ///
    /// # Errors
    /// The way is a loop, or no whole answer came.
    pub async fn may_ask(
        &self,
        browser: &mut Browser,
        request: &AuthorizationRequest,
        user: &User,
    ) -> Result<Result<Question, Answer>, Verdict> {
        let walk = self.path().stopping_at(&request.redirect_uri).with(Some(user));
        let end = walk.without_consent().open(browser, &request.url()).await?;
        Ok(Question::of(&end).ok_or(end))
    }

    /// The page that asks for consent to this request.
    ///
    /// # Errors
    /// The user is not asked.
    pub async fn question(
        &self,
        browser: &mut Browser,
        request: &AuthorizationRequest,
        user: &User,
    ) -> Result<Question, Verdict> {
        let asked = self.may_ask(browser, request, user).await?;
        asked.map_err(|end| end.fail("a page that asks the user for consent"))
    }
}

impl Browser {
    /// Answers a question as its own page would.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn reply(
        &mut self,
        question: &Question,
        pairs: &[(String, String)],
    ) -> Result<Answer, Verdict> {
        self.post(&question.url(), pairs).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;

    #[test]
    fn a_question_can_be_answered_in_every_way() {
        let body = r#"<form method="post" action="/consent"><input type="hidden" name="ticket" value="t">
            <input type="checkbox" name="scope:profile" checked><input type="checkbox" name="scope:admin" checked>
            <button name="decision" value="deny">No</button><button name="decision" value="allow">Yes</button></form>"#;
        let page = Answer {
            request: Request::get("http://h/consent?ticket=t"),
            status: 200,
            headers: Vec::new(),
            body: body.to_owned(),
            story: Vec::new(),
        };
        let question = Question::of(&page).expect("a question");
        let pairs = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Pairs>()
        };
        let ticked = [
            ("ticket", "t"),
            ("scope:profile", "on"),
            ("scope:admin", "on"),
        ];
        assert_eq!(question.url(), "http://h/consent");
        assert_eq!(question.ticks(), ["profile", "admin"]);
        assert_eq!(question.hidden("ticket").ok(), Some("t"));
        assert_eq!(question.allow(), pairs(&[&ticked[..], &[("decision", "allow")]].concat()));
        let denied = question.deny().expect("a no");
        assert_eq!(denied, pairs(&[&ticked[..], &[("decision", "deny")]].concat()));
        let less = question.allow_only(&["admin"]);
        assert_eq!(
            less,
            pairs(&[
                ticked[0],
                ticked[2],
                ("decision", "allow")
            ])
        );
    }
}
