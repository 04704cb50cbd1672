//! What the attacker's site knows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::attack::Attack;
use kit::Target;
use kit::flow::AuthorizationRequest;

/// More requests than this are not remembered.
const REMEMBERED: usize = 50;

/// What the site knows.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The attack of the first page.
    pub attack: &'static Attack,
    /// The pair.
    pub target: Target,
    /// The site's own port.
    pub port: u16,
    /// Requests that were begun in the name of the attacker's application, for their verifiers.
    pub begun: Arc<Mutex<VecDeque<AuthorizationRequest>>>,
    /// Tokens that the attacker has got hold of.
    pub loot: Arc<Mutex<Loot>>,
}

/// What the attacker holds.
#[derive(Clone, Debug, Default)]
pub struct Loot {
    /// The victim's refresh token, or the one that it turned into.
    pub refresh_token: Option<String>,
    /// What he got for it.
    pub access_token: Option<String>,
}

impl Stage {
    /// Remembers a request until its code comes.
    pub fn begin(&self, request: AuthorizationRequest) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.push_back(request);
        if begun.len() > REMEMBERED {
            begun.pop_front();
        }
    }
}
