//! The ways that every version offers, as its capabilities make them: start, log in, arrive, leave.

use kit::ladder::Capability;

use crate::cast::Stage;
use crate::person::Person;

/// The seeded users.
pub const USERS: [(&str, &str); 2] = [
    ("user0", "password0"),
    ("user1", "password1"),
];

impl Person {
    /// From the client's home to the login page, by clicking.
    ///
    /// # Errors
    /// What is on the screen instead.
    pub async fn starts(&self, stage: &Stage) -> Result<(), String> {
        self.go(&stage.client("/")).await?;
        self.click("Start authorization").await?;
        self.arrives(&stage.server("/login?ticket=")).await.map(drop)
    }

    /// Fills in the login form and sends it.
    ///
    /// # Errors
    /// There is no form.
    pub async fn logs_in(&self, (username, password): (&str, &str)) -> Result<(), String> {
        self.fill("Username", username).await?;
        self.fill("Password", password).await?;
        self.click("Log in").await
    }

    /// Says yes where the server asks. Versions before consent do not ask.
    ///
    /// # Errors
    /// There is nothing to say yes to.
    pub async fn agrees(&self, stage: &Stage) -> Result<(), String> {
        if !stage.has(Capability::Consent) {
            return Ok(());
        }
        for yes in ["Allow", "Approve", "Accept"] {
            if self.could_click(yes).await? {
                return self.click(yes).await;
            }
        }
        // The server may remember an earlier yes.
        Ok(())
    }

    /// The flow has ended well: the page that shows it, and the address it ends on.
    ///
    /// # Errors
    /// What is on the screen instead.
    pub async fn has_arrived(&self, stage: &Stage) -> Result<(), String> {
        if stage.has(Capability::TokenEndpoint) {
            self.sees("The token response").await?;
            let address = self.address().await?;
            return match address == stage.client("/") {
                true => Ok(()),
                false => Err(format!("the flow ends on {address}")),
            };
        }
        self.sees("The response has arrived").await?;
        self.arrives(&stage.client("/callback?code=")).await.map(drop)
    }

    /// The whole flow, from the client's home to its end.
    ///
    /// # Errors
    /// What is on the screen instead.
    pub async fn goes_through(&self, stage: &Stage, user: (&str, &str)) -> Result<(), String> {
        self.starts(stage).await?;
        self.logs_in(user).await?;
        self.agrees(stage).await?;
        self.has_arrived(stage).await
    }

    /// The newest state that the client waits for, as its `/debug/state` tells.
    ///
    /// # Errors
    /// It waits for none.
    pub async fn pending_state(&self, stage: &Stage) -> Result<String, String> {
        let state = self.json(&stage.client("/debug/state?format=json")).await?;
        let rows = state["storage"]["pending"].as_object();
        let newest = rows.and_then(|rows| rows.keys().next().cloned());
        newest.ok_or_else(|| format!("no pending state in {state}"))
    }

    /// Where the server sends somebody who says no: the client's callback with `error=access_denied`.
    ///
    /// # Errors
    /// The client waits for nothing.
    pub async fn refusal(&self, stage: &Stage) -> Result<String, String> {
        let url = stage.client("/callback?error=access_denied");
        if !stage.has(Capability::State) {
            return Ok(url);
        }
        self.starts(stage).await?;
        Ok(format!("{url}&state={}", self.pending_state(stage).await?))
    }
}
