//! A person with a browser: every message that it sends is told.

use crate::callback::{Callback, Received};
use crate::meaning::meaning;
use crate::scene::Scene;
use crate::who::Who;
use kit::answer::leads_to;
use kit::encoding::{origin, path};
use kit::flow::{AuthorizationRequest, credentials};
use kit::honest::offers_logout;
use kit::html::login_form;
use kit::target::User;
use kit::{Answer, Browser, Request, Verdict};

/// The attacker or the victim, with cookies of their own.
#[derive(Clone, Debug)]
pub struct Person {
    /// Attacker or victim.
    pub who: Who,
    /// Who they are at the server.
    pub user: User,
    /// Whom the server takes them for, once it knows them.
    pub known_as: String,
    /// Their browser. What it sends by itself is not told.
    pub browser: Browser,
    /// The addresses in the browser's history: pages that were shown, not redirects.
    pub history: Vec<String>,
    scene: Scene,
}

impl Scene {
    /// The victim: the first user, in a browser of her own.
    ///
    /// # Errors
    /// Skipped when no user is known.
    pub fn victim(&self) -> Result<Person, Verdict> {
        Ok(Person::new(self, Who::Victim, self.target.user()?.clone()))
    }

    /// The attacker: the second user, in a browser of his own.
    ///
    /// # Errors
    /// Skipped when there is no second user.
    pub fn attacker(&self) -> Result<Person, Verdict> {
        let second = self.target.users.get(1).ok_or_else(|| Verdict::skipped("a second user"))?;
        Ok(Person::new(self, Who::Attacker, second.clone()))
    }
}

impl Person {
    /// A person with an empty browser.
    pub fn new(scene: &Scene, who: Who, user: User) -> Self {
        Person {
            who,
            known_as: user.username.clone(),
            user,
            browser: scene.target.browser().playing(who.lane()),
            history: Vec::new(),
            scene: scene.clone(),
        }
    }

    /// Sends a request with the cookies of this browser.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn send(
        &mut self,
        request: Request,
        meaning: impl Into<String>,
    ) -> Result<Answer, Verdict> {
        let answer = self.browser.send(request).await?;
        if answer.request.method == "GET" && !answer.is_redirect() {
            self.history.push(answer.request.url.clone());
        }
        self.scene.tell(self.who, &answer, meaning);
        Ok(answer)
    }

    /// Opens an address.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn get(
        &mut self,
        url: impl Into<String>,
        meaning: impl Into<String>,
    ) -> Result<Answer, Verdict> {
        self.send(Request::get(url), meaning).await
    }

    /// Logs in at the server, without any client.
    ///
    /// # Errors
    /// The login does not work.
    pub async fn log_in(&mut self) -> Result<Answer, Verdict> {
        let url = self.scene.target.url("/login");
        let page = self.get(url, "The login page of S.").await?;
        let answer = self.give_password(&page).await?;
        answer.must(answer.is_redirect(), "a redirect after a good login")?;
        Ok(answer)
    }

    async fn give_password(&mut self, page: &Answer) -> Result<Answer, Verdict> {
        let form = login_form(&page.body).ok_or_else(|| page.fail("a page with a login form"))?;
        let pairs = form.filled(&credentials(&self.user));
        let url = kit::encoding::resolve(&page.request.url, &form.action);
        let request = Request::form(&url, &pairs).header("Origin", origin(&url));
        let meaning =
            format!("The password is right. S now knows this browser as {}.", self.user.username);
        self.send(request, meaning).await
    }

    /// Opens an authorization request and goes on, logging in when asked, until S sends the browser away with a code.
    ///
    /// # Errors
    /// The walk ends elsewhere, or there is no code.
    pub async fn authorize(&mut self, url: &str, redirect_uri: &str) -> Result<Callback, Verdict> {
        let answer = self.walk(url, redirect_uri, true).await?;
        let arrived = Callback::of(&answer).filter(|there| leads_to(&there.url, redirect_uri));
        arrived.ok_or_else(|| answer.fail(format!("a redirect to {redirect_uri} with a code")))
    }

    /// Opens an authorization request and stops where S asks for consent, or sends the browser away unasked.
    ///
    /// # Errors
    /// No whole answer came, or the way is a loop.
    pub async fn until_asked(&mut self, request: &AuthorizationRequest) -> Result<Answer, Verdict> {
        self.walk(&request.url(), &request.redirect_uri, false).await
    }

    async fn walk(
        &mut self,
        url: &str,
        redirect_uri: &str,
        agrees: bool,
    ) -> Result<Answer, Verdict> {
        let (scene, who) = (self.scene.clone(), self.who);
        let (user, known_as) = (self.user.clone(), self.known_as.clone());
        let walk = scene.target.path().stopping_at(redirect_uri).with(Some(&user));
        let walk = if agrees { walk } else { walk.without_consent() };
        let walk =
            walk.told_to(|answer| scene.tell(who, answer, meaning(answer, &user, &known_as)));
        walk.open(&mut self.browser, url).await
    }

    /// Starts at the client and goes on until S sends the browser back to it. The callback is not opened.
    ///
    /// # Errors
    /// The walk ends elsewhere.
    pub async fn start(&mut self) -> Result<Callback, Verdict> {
        let url = self.ask_client().await?;
        let redirect_uri = self.scene.target.demo.redirect_uri().to_owned();
        self.authorize(&url, &redirect_uri).await
    }

    /// Presses "Start authorization" and stops there: the address to which C sends the browser.
    ///
    /// # Errors
    /// The client does not send the browser to the server.
    pub async fn ask_client(&mut self) -> Result<String, Verdict> {
        let url = self.scene.client("/start")?;
        let to_server = "C sends the browser to S with its authorization request.";
        let answer = self.get(url, to_server).await?;
        let there = answer.location().unwrap_or_default();
        let good = origin(&there) == origin(&self.scene.target.server);
        answer.must(good, "a redirect to the authorization server")?;
        Ok(there)
    }

    /// Opens a callback address, and follows the client to its page.
    ///
    /// # Errors
    /// The client answers with neither a page nor a redirect to one of its own.
    pub async fn finish(&mut self, url: &str, code: &str) -> Result<Received, Verdict> {
        let answer = self.browser.get(url).await?;
        let mut received = Received {
            accepted: answer.status == 200 && answer.body.contains(code),
            answer: answer.clone(),
            page: answer,
        };
        // From the version on that redeems codes, the callback leads to a clean address.
        let inside = |to: String| self.scene.receiver(&to) == Who::Client && path(&to) == "/";
        if received.answer.is_redirect() && received.answer.location().is_some_and(inside) {
            received.page = self.browser.follow(&received.answer).await?;
            received.accepted = received.page.status == 200 && offers_logout(&received.page);
        }
        let refusal = matches!(received.answer.status, 400 | 502);
        received.answer.must(
            received.accepted || refusal,
            "a page that takes the code, or a refusal by 400 or 502",
        )?;
        self.scene.tell(self.who, &received.answer, received.meaning());
        self.history.push(received.page.request.url.clone());
        Ok(received)
    }
}
