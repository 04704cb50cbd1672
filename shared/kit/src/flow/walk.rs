//! The one walk through login and consent: what a browser does by itself, and what its user does when asked.

use crate::answer::{Answer, leads_to};
use crate::browser::Browser;
use crate::encoding::origin;
use crate::flow::credentials;
use crate::html::{consent_form, login_form};
use crate::target::{Target, User};
use crate::verdict::Verdict;

/// More steps than this are a loop.
const MOST_STEPS: usize = 12;

/// Told of every answer on the way, in order.
type Observer<'a> = Box<dyn FnMut(&Answer) + Send + 'a>;

/// How far a browser goes, and who sits at it.
pub struct Walk<'a> {
    server: &'a str,
    inside: Vec<&'a str>,
    stop: Option<&'a str>,
    user: Option<&'a User>,
    agrees: bool,
    observer: Option<Observer<'a>>,
}

impl Target {
    /// A walk within this server: redirects to other hosts are not followed. Who is asked to agree, agrees.
    pub fn path(&self) -> Walk<'_> {
        Walk {
            server: origin(&self.server),
            inside: vec![origin(&self.server)],
            stop: None,
            user: None,
            agrees: true,
            observer: None,
        }
    }
}

impl<'a> Walk<'a> {
    /// Redirects to this URL's host are followed, too.
    #[must_use]
    pub fn also_inside(mut self, url: &'a str) -> Self {
        self.inside.push(origin(url));
        self
    }

    /// A redirect that leads here ends the walk, wherever it is.
    #[must_use]
    pub fn stopping_at(mut self, redirect_uri: &'a str) -> Self {
        self.stop = Some(redirect_uri);
        self
    }

    /// Who fills in the first login form. A second one ends the walk: the password was wrong.
    #[must_use]
    pub fn with(mut self, user: Option<&'a User>) -> Self {
        self.user = user;
        self
    }

    /// A page that asks for consent ends the walk.
    #[must_use]
    pub fn without_consent(mut self) -> Self {
        self.agrees = false;
        self
    }

    /// Who is told of every answer on the way.
    #[must_use]
    pub fn told_to(mut self, observer: impl FnMut(&Answer) + Send + 'a) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Walks on from an answer to the first one that leads no further: another page, or a redirect elsewhere.
    ///
    /// # Errors
    /// No whole answer came, or the walk is a loop.
    pub async fn from(mut self, browser: &mut Browser, first: Answer) -> Result<Answer, Verdict> {
        let mut answer = first;
        for _ in 0..MOST_STEPS {
            if let Some(observer) = &mut self.observer {
                observer(&answer);
            }
            answer = match self.next(browser, &answer).await? {
                Some(next) => next,
                None => return Ok(answer),
            };
        }
        Err(answer.fail(format!("an end after at most {MOST_STEPS} steps")))
    }

    /// Opens an address and walks on from there.
    ///
    /// # Errors
    /// As [`Walk::from`].
    pub async fn open(self, browser: &mut Browser, url: &str) -> Result<Answer, Verdict> {
        let first = browser.get(url).await?;
        self.from(browser, first).await
    }

    /// One step, if there is one.
    async fn next(
        &mut self,
        browser: &mut Browser,
        answer: &Answer,
    ) -> Result<Option<Answer>, Verdict> {
        if let Some(location) = answer.location().filter(|_| answer.is_redirect()) {
            let arrived = self.stop.is_some_and(|stop| leads_to(&location, stop));
            return match !arrived && self.inside.contains(&origin(&location)) {
                true => browser.follow(answer).await.map(Some),
                false => Ok(None),
            };
        }
        if answer.status != 200 {
            return Ok(None);
        }
        match (login_form(&answer.body), consent_form(&answer.body)) {
            (Some(form), _) => match self.user.take() {
                Some(user) => browser.submit(answer, &form, &credentials(user)).await.map(Some),
                None => Ok(None),
            },
            (None, Some((form, yes)))
                if self.agrees && origin(&answer.request.url) == self.server =>
            {
                let pressed = yes.iter().map(|yes| (yes.name.as_str(), yes.value.as_str()));
                browser.submit(answer, &form, &pressed.collect::<Vec<_>>()).await.map(Some)
            }
            _ => Ok(None),
        }
    }
}
