//! The acts, played in a real browser: planted callbacks, the frame, the foreign login form, the code that nobody was asked for.

mod unasked;

use std::sync::Arc;
use std::time::Duration;

use crate::attack::Cell;
use crate::find;
use crate::scene::Scene;
use crate::stage::driver::Driver;
use crate::stage::site;
use kit::encoding::query_pairs;
use kit::jwt::Jwt;
use kit::ladder::Capability;
use kit::pair::free_port;
use kit::{Executables, Pair, Target};
use serde_json::Value;

/// Plays the acts on a pair of their own, and fails where one ends otherwise than declared.
///
/// # Errors
/// What was expected, and what the browser showed.
pub async fn rehearse(
    version: u8,
    executables: &Executables,
    driver: Driver,
) -> Result<(), String> {
    let pair = Pair::start(executables, &[]).await?;
    let target = Target::of_pair(version, Arc::new(pair), executables);
    let first = find("login-csrf").ok_or("no login-csrf")?;
    let site = site::open(first, target.clone(), free_port()?).await?;
    let cross = format!("http://127.0.0.1:{}", site.stage.port);
    let same = format!("http://localhost:{}", site.stage.port);
    let acts = Acts { driver, target };
    // From a browser that knows nobody to one that is used to the client: each act leaves its cookies behind.
    for host in [&cross, &same] {
        acts.framed(&format!("{host}/framing")).await?;
    }
    acts.login_csrf_at_server(&format!("{cross}/login-csrf-at-server")).await?;
    acts.forget().await?;
    acts.honest().await?;
    acts.silent_authorization(&cross).await?;
    acts.refresh_theft(&format!("{cross}/refresh-theft")).await?;
    acts.planted("login-csrf", &cross).await?;
    acts.planted(
        "planted-callback-without-state",
        &format!("{cross}/planted-callback-without-state"),
    )
    .await?;
    acts.planted("cookie-planting", &format!("{same}/cookie-planting")).await
}

/// The browser and the pair.
struct Acts {
    driver: Driver,
    target: Target,
}

impl Acts {
    fn cell(&self, name: &str) -> Option<Cell> {
        find(name).map(|attack| attack.cell(self.target.version))
    }

    fn client(&self) -> &str {
        self.target.client.as_deref().unwrap_or_default()
    }

    /// The attacker's form logs the browser in as user1; the client then works in his account.
    async fn login_csrf_at_server(&self, url: &str) -> Result<(), String> {
        let server = &self.target.server;
        self.driver.go(url).await?;
        self.driver.click("#bait").await?;
        self.driver.arrive(|url| url.starts_with(server.as_str())).await?;
        self.driver.go(&format!("{}/start", self.client())).await?;
        let taken = self.home().await;
        match (taken, self.cell("login-csrf-at-server")) {
            (Ok(_), Some(Cell::Succeeds)) if self.works_as("user1").await? => Ok(()),
            (Err(_), Some(Cell::Stopped)) => Ok(()),
            (taken, cell) => Err(format!("{url}: {cell:?} was expected, but {taken:?}")),
        }
    }

    /// A browser without cookies for the pair.
    async fn forget(&self) -> Result<(), String> {
        self.driver.go(&format!("{}/", self.client())).await?;
        self.driver.forget_cookies().await
    }

    /// The victim uses the client as herself.
    async fn honest(&self) -> Result<(), String> {
        let user = self.target.user().map_err(|verdict| verdict.to_string())?;
        self.driver.go(&format!("{}/start", self.client())).await?;
        // The server may know her already.
        if self.driver.url().await?.contains("/login") {
            self.driver.fill("input[name=username]", &user.username).await?;
            self.driver.fill("input[name=password]", &user.password).await?;
            self.driver.click("button[type=submit]").await?;
        }
        self.home().await?;
        match self.works_as(&user.username).await? {
            true => Ok(()),
            false => {
                let page = self.driver.text("body").await?;
                Err(format!("the honest callback was not accepted: {page}"))
            }
        }
    }

    /// Waits until the browser is on a page of the client, and agrees when the server asks for consent on the way.
    async fn home(&self) -> Result<String, String> {
        let consent = format!("{}/consent", self.target.server);
        let there = |url: &str| url.starts_with(self.client()) || url.starts_with(&consent);
        let url = self.driver.arrive(there).await?;
        if url.starts_with(self.client()) {
            return Ok(url);
        }
        self.driver.click("form button").await?;
        self.driver.arrive(|url| url.starts_with(self.client())).await
    }

    /// Thief and owner use one refresh token: whoever comes second is refused, and the first is thrown out with him.
    async fn refresh_theft(&self, url: &str) -> Result<(), String> {
        if self.cell("refresh-theft") == Some(Cell::NotYet) {
            return Ok(());
        }
        self.driver.go(url).await?;
        self.driver.click("#steal").await?;
        self.expect("main", "He has a refresh token now.").await?;
        self.driver.click("#use").await?;
        self.expect(".tale", "200").await?;
        self.driver.go(&format!("{}/", self.client())).await?;
        self.driver.click("form[action='/refresh'] button").await?;
        self.expect("main", "Your login has ended").await?;
        self.driver.go(url).await?;
        self.driver.click("#use").await?;
        self.expect(".tale", "invalid_grant").await?;
        self.expect(".tale", "invalid_token").await?;
        self.honest().await
    }

    /// The page comes to show this, within a few seconds.
    async fn expect(&self, selector: &str, wanted: &str) -> Result<(), String> {
        let mut shown = String::new();
        for _ in 0..50 {
            shown = self.driver.text(selector).await.unwrap_or_default();
            if shown.contains(wanted) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let there = self.driver.url().await?;
        Err(format!("{there} does not show \"{wanted}\", but:\n{shown}"))
    }

    /// She clicks on the attacker's bait, and her browser delivers his callback.
    async fn planted(&self, name: &str, url: &str) -> Result<(), String> {
        let cell = self.cell(name);
        if cell == Some(Cell::NotYet) {
            return Ok(());
        }
        self.driver.go(url).await?;
        self.driver.click("#bait").await?;
        let there = self.driver.arrive(|url| url.starts_with(self.client())).await?;
        let page = self.driver.text("main").await?;
        let refused = page.contains("400 Bad Request");
        match cell {
            Some(Cell::Succeeds) if self.works_as("user1").await? => Ok(()),
            // The refusal is about the browser: the code in the address is one that the server gave to user1.
            Some(Cell::Stopped) if refused && self.owner(&there).await? == "user1" => Ok(()),
            _ => Err(format!(
                "{name}: {cell:?} was expected; the browser is on {there} and shows:\n{page}"
            )),
        }
    }

    /// Does the client, on whose page the browser is now, work in this user's account?
    async fn works_as(&self, username: &str) -> Result<bool, String> {
        if self.target.has(Capability::TokenEndpoint) {
            return Ok(self.holder().await?.as_deref() == Some(username));
        }
        let there = self.driver.url().await?;
        let code = code_in(&there)?;
        let taken = self.driver.text("main").await?.contains(&code);
        Ok(taken && self.owner(&there).await? == username)
    }

    /// Whose access token the client holds for this browser, according to the server: opaque or not, it is a row there.
    async fn holder(&self) -> Result<Option<String>, String> {
        self.driver.go(&format!("{}/debug/state?format=json", self.client())).await?;
        let shown = self.driver.text("body").await?;
        let state: Value = serde_json::from_str(&shown)
            .map_err(|trouble| format!("the client's /debug/state: {trouble}: {shown}"))?;
        let browser = state["session"]["browser"].as_str().unwrap_or_default();
        let token = state["storage"]["tokens"][browser]["access_token"].as_str();
        let token = token.unwrap_or_default();
        let jti = Jwt::read(token).and_then(|jwt| jwt.claims["jti"].as_str().map(str::to_owned));
        let storage = self.target.storage().await.map_err(|verdict| verdict.to_string())?;
        let row = &storage["access_tokens"][self.target.key(jti.as_deref().unwrap_or(token))];
        Ok(row["user_id"].as_str().map(str::to_owned))
    }

    /// Whose code stands in this address?
    async fn owner(&self, url: &str) -> Result<String, String> {
        let code = code_in(url)?;
        let owner = Scene::new(self.target.clone()).owner_of(&code).await;
        owner.map_err(|verdict| verdict.to_string())
    }
}

/// The code in an address.
fn code_in(url: &str) -> Result<String, String> {
    let code = query_pairs(url).into_iter().find(|pair| pair.0 == "code");
    code.map(|pair| pair.1).ok_or_else(|| format!("no code in {url}"))
}
