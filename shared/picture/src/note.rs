//! What a process writes down of a message. No password and no whole secret is ever in it.

use serde::Deserialize;
use serde::Serialize;

/// The notes of one process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Notes {
    /// Which part of the cast wrote them.
    pub part: String,
    /// What it keeps its rows in, if that is not its own memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// How many messages found no room, or came too fast to be noted.
    pub dropped: u64,
    /// The oldest first.
    pub notes: Vec<Note>,
}

/// One request, its answer, and what happened in between.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Note {
    /// Which part wrote it.
    pub by: String,
    /// The part's own count of its notes.
    pub number: u64,
    /// The part's own number of the flow, as in its log.
    pub flow: Option<u64>,
    /// Who sent the request.
    pub from: String,
    /// Who received it.
    pub to: String,
    /// Whether it went straight from one process to another, without a browser (the back channel).
    pub back: bool,
    /// When it arrived or was sent, in microseconds since 1970.
    pub at: u64,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// Parameters of query and form, and the headers that matter.
    pub items: Vec<Item>,
    /// What the process did until it answered, in order.
    pub deeds: Vec<Deed>,
    /// The answer, once there is one.
    pub answer: Option<Answer>,
}

/// A name and what may be shown of its value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The name of the parameter, member, header or field.
    pub name: String,
    /// The value, shortened if it is a secret.
    pub shown: String,
    /// The fingerprint of a value that travels: equal values have equal ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print: Option<String>,
}

/// What a process did with one of its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Deed {
    /// When, in microseconds since 1970.
    pub at: u64,
    /// What it did.
    pub verb: Verb,
    /// The type of the row, as it is called in the code.
    pub row: String,
    /// The key that it was looked for by.
    pub key: Item,
    /// The fields of the row.
    pub items: Vec<Item>,
    /// The fields that changed.
    pub changes: Vec<Change>,
}

/// What can be done with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// A new row.
    Store,
    /// A row was looked up and found.
    Find,
    /// A row was looked up, and there is none.
    Miss,
    /// A row was judged under its lock and left as it was.
    Judge,
    /// A row was judged and changed under its lock.
    Change,
    /// A row was removed.
    Remove,
}

/// A field, before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The field's value from now on.
    pub item: Item,
    /// The field's value before.
    pub before: Item,
}

/// What a request was answered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    /// When, in microseconds since 1970.
    pub at: u64,
    /// The status; 0 when there was no answer.
    pub status: u16,
    /// The words after the status, or why there was no answer.
    pub phrase: String,
    /// Why it refuses, if it says so.
    pub reason: Option<String>,
    /// Where a redirect goes.
    pub target: Option<Target>,
    /// Parameters of the redirect, members of the JSON, headers that matter.
    pub items: Vec<Item>,
}

/// Where a redirect goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The part of the cast, if it is one.
    pub part: Option<String>,
    /// The path at a part of the cast, or the address elsewhere, without the query.
    pub path: String,
}

/// The fingerprint of a value, to see that two are equal. Of a token in parts (`a.b`) it is the last part's.
///
/// It is FNV-1a with 64 bits: no protection, and none is needed. It's taken of random values with 256 bits, of which
/// 64 tell nothing, and never of a password or a client secret.
pub fn print(value: &str) -> String {
    let last = value.rsplit('.').next().unwrap_or(value);
    let hash = last.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
