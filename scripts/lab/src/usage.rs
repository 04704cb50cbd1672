//! What clap's message leaves out when a command line does not fit: the names that this ladder has.

use crate::suggest;
use crate::versions::Versions;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// One more line below clap's message, where it helps. `commands` are those that exist.
pub fn tip(error: &clap::Error, commands: &[&str]) -> Option<String> {
    match error.kind() {
        ErrorKind::InvalidSubcommand if error.get(ContextKind::SuggestedSubcommand).is_none() => {
            let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand)
            else {
                return None;
            };
            instead_of(typed, commands)
        }
        ErrorKind::MissingRequiredArgument if error.to_string().contains("<VERSION>") => {
            let versions = Versions::here().ok()?;
            let known: Vec<&str> =
                versions.all.iter().map(|version| version.folder.as_str()).collect();
            Some(format!("The versions: {}.", known.join(", ")))
        }
        _ => None,
    }
}

/// Something was typed where a command should stand: a slip, or a version without what to do with it.
fn instead_of(typed: &str, commands: &[&str]) -> Option<String> {
    if let Some(name) = suggest::nearest(typed, commands.iter().copied()) {
        return Some(format!("Did you mean cargo lab {name}?"));
    }
    let versions = Versions::here().ok()?;
    let version = versions.find(typed).ok()?;
    Some(format!("{} is a version. Type: cargo lab run {}", version.folder, version.name))
}
