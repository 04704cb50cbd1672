//! What a process did with its rows while it answered a message, noted beside the message.

use picture::Change;
use picture::Deed;
use picture::Item;
use picture::Verb;
use serde_json::Value;
use store::Watch;

use super::Desk;
use super::item;
use super::ring::Shared;
use super::ring::lock;
use super::size;

/// So many deeds a note has at most, and so many bytes they take.
const MOST: usize = 24;
pub(super) const ROOM: usize = 5 * 1024;

/// Sessions are around the lesson: the cookie on the message says enough of them.
const NOT_TOLD: [&str; 2] = ["Record", "Session"];

pub(super) struct Watcher {
    pub(super) desk: &'static Desk,
    pub(super) note: Shared,
}

impl Watch for Watcher {
    fn see(&self, seen: store::Deed<'_>) {
        if NOT_TOLD.contains(&seen.row) || seen.key.is_empty() {
            return;
        }
        let Some(mut deed) = deed(&seen) else { return };
        deed.at = self.desk.ring.now();
        let mut note = lock(&self.note);
        let again = |known: &Deed| {
            known.verb == deed.verb && known.row == deed.row && known.key == deed.key
        };
        let looks = matches!(deed.verb, Verb::Find | Verb::Miss | Verb::Judge);
        // A second look at the same row says nothing new.
        if looks && note.deeds.iter().any(again) {
            return;
        }
        if note.deeds.len() < MOST && size::of(&note.deeds) + size::of(&deed) <= ROOM {
            note.deeds.push(deed);
        }
    }
}

fn deed(seen: &store::Deed<'_>) -> Option<Deed> {
    let (before, after) = (seen.before.as_ref(), seen.after.as_ref());
    let verb = match (seen.verb, before, after) {
        (store::Verb::Insert, ..) => Verb::Store,
        (store::Verb::Take, Some(_), _) => Verb::Remove,
        // Nothing was there to be removed.
        (store::Verb::Take, ..) => return None,
        (_, None, _) => Verb::Miss,
        (store::Verb::Get, ..) => Verb::Find,
        (store::Verb::Update, before, after) if before == after => Verb::Judge,
        (store::Verb::Update, ..) => Verb::Change,
    };
    let mut items = Vec::new();
    if verb != Verb::Remove
        && let Some(row) = after
    {
        item::fields(row, &mut items);
    }
    let changes = match (verb, before, after) {
        (Verb::Change, Some(before), Some(_)) => changes(before, &items),
        _ => Vec::new(),
    };
    Some(Deed {
        at: 0,
        verb,
        row: seen.row.to_string(),
        key: item::key(seen.key),
        items,
        changes,
    })
}

fn changes(before: &Value, after: &[Item]) -> Vec<Change> {
    let mut were = Vec::new();
    item::fields(before, &mut were);
    let was = |name: &str| were.iter().find(|item| item.name == name);
    let changed = after.iter().filter(|item| was(&item.name) != Some(item));
    let change = |item: &Item| Change {
        item: item.clone(),
        before: was(&item.name).cloned().unwrap_or_else(|| item::unset(&item.name)),
    };
    changed.map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(verb: store::Verb, before: Option<Value>, after: Option<Value>) -> Option<Deed> {
        deed(&store::Deed {
            row: "AuthorizationCode",
            verb,
            key: "abcdefghijklmnopqrstuvwxyz",
            before,
            after,
        })
    }

    #[test]
    fn what_was_done_follows_from_what_was_there() {
        let (fresh, used) = (Some(json!({ "used": false })), Some(json!({ "used": true })));
        let verb = |verb, before: &Option<Value>, after: &Option<Value>| {
            seen(verb, before.clone(), after.clone()).map(|deed| deed.verb)
        };
        assert_eq!(verb(store::Verb::Insert, &None, &fresh), Some(Verb::Store));
        assert_eq!(verb(store::Verb::Get, &fresh, &fresh), Some(Verb::Find));
        assert_eq!(verb(store::Verb::Get, &None, &None), Some(Verb::Miss));
        assert_eq!(verb(store::Verb::Update, &None, &None), Some(Verb::Miss));
        assert_eq!(verb(store::Verb::Update, &fresh, &fresh), Some(Verb::Judge));
        assert_eq!(verb(store::Verb::Update, &fresh, &used), Some(Verb::Change));
        assert_eq!(verb(store::Verb::Take, &fresh, &None), Some(Verb::Remove));
        assert_eq!(verb(store::Verb::Take, &None, &None), None);
    }

    #[test]
    fn a_change_says_what_was_there_before() {
        let before = Some(json!({ "used": false, "grant_id": null, "client_id": "demo" }));
        let after =
            Some(json!({ "used": true, "grant_id": "0123456789abcdefghij", "client_id": "demo" }));
        let deed = seen(store::Verb::Update, before, after).unwrap();
        let told: Vec<_> = deed
            .changes
            .iter()
            .map(|change| (&*change.item.name, &*change.before.shown, &*change.item.shown))
            .collect();
        assert_eq!(
            told,
            [
                ("used", "false", "true"),
                ("grant_id", "not set", "…")
            ]
        );
        assert!(!format!("{deed:?}").contains("01234567"));
    }
}
