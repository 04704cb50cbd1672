//! What has been told so far.

use crate::who::Who;
use kit::{Answer, Target};

/// One line of the tale.
#[derive(Clone, Debug)]
pub enum Line {
    /// A new part begins.
    Heading(String),
    /// A message and its answer.
    Message(Box<Message>),
    /// Something happens without a message, or away from our eyes.
    Aside(String),
}

/// A message, what came back, and what it means.
#[derive(Clone, Debug)]
pub struct Message {
    /// The pair that it went to: its addresses are told as letters.
    pub target: Target,
    /// Who sent it.
    pub from: Who,
    /// Who got it.
    pub to: Who,
    /// The answer, with the request in it.
    pub answer: Answer,
    /// One plain sentence.
    pub meaning: String,
}
