//! A person with a browser: every message that it sends is told.

use crate::callback::{Callback, Received};
use crate::scene::Scene;
use crate::who::Who;
use kit::answer::leads_to;
use kit::encoding::{origin, path};
use kit::flow::credentials;
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
        let answer = self.authorize_to_the_end(url, redirect_uri).await?;
        let there = answer.location().unwrap_or_default();
        let code = answer.location_param("code").filter(|code| !code.is_empty());
        match code {
            Some(code) if leads_to(&there, redirect_uri) => Ok(Callback {
                url: there,
                code,
                answer,
            }),
            _ => Err(answer.fail(format!("a redirect to {redirect_uri} with a code"))),
        }
    }

    async fn authorize_to_the_end(
        &mut self,
        url: &str,
        redirect_uri: &str,
    ) -> Result<Answer, Verdict> {
        let (scene, who) = (self.scene.clone(), self.who);
        let (user, known_as) = (self.user.clone(), self.known_as.clone());
        let walk = scene.target.path().stopping_at(redirect_uri).with(Some(&user));
        let walk =
            walk.told_to(|answer| scene.tell(who, answer, meaning(answer, &user, &known_as)));
        let end = walk.open(&mut self.browser, url).await?;
        end.must(
            leads_to(&end.location().unwrap_or_default(), redirect_uri),
            format!("a redirect to {redirect_uri}"),
        )?;
        Ok(end)
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

/// What a message on the way from the request to the code means.
fn meaning(answer: &Answer, user: &User, known_as: &str) -> String {
    let has_code = answer.location_param("code").is_some();
    let username = &user.username;
    match (path(&answer.request.url), answer.request.method.as_str()) {
        ("/login", "GET") => {
            "S shows its login page. The ticket stands for the request that waits.".into()
        }
        ("/login", _) if has_code => {
            format!(
                "{username}'s password is right: S sends the browser back with a code for {username}."
            )
        }
        ("/login", _) => format!("The password is right. S now knows this browser as {username}."),
        ("/consent", "GET") => format!("S asks {username} whether the application may have that."),
        ("/consent", _) => format!("{username} agrees, and S sends the browser back with a code."),
        ("/authorize", _) if has_code => {
            format!("S knows this browser as {known_as} and gives a code at once.")
        }
        ("/authorize", _) if answer.is_redirect() => {
            "S does not know this browser yet. It keeps the request and asks for a login.".into()
        }
        _ => "S answers.".into(),
    }
}
