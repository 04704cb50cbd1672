//! Who takes part in an attack.

/// Who sends or receives a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The attacker, with a browser and a site of his own. He is a user of the server too: `user1`.
    Attacker,
    /// The victim's browser. She is `user0`.
    Victim,
    /// The client.
    Client,
    /// The authorization server, and its API.
    Server,
}

impl Who {
    /// The letter that stands for it in a story.
    pub fn letter(self) -> char {
        match self {
            Who::Attacker => 'A',
            Who::Victim => 'V',
            Who::Client => 'C',
            Who::Server => 'S',
        }
    }
}

impl Who {
    /// Whose browser it is in a picture.
    pub fn lane(self) -> &'static str {
        match self {
            Who::Attacker => "attacker",
            Who::Victim => "victim",
            Who::Client => "client",
            Who::Server => "server",
        }
    }
}
