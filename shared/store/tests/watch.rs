//! What whoever watches a request is told of its rows.

mod common;

use std::sync::Arc;
use std::sync::Mutex;
use std::thread::sleep;
use std::time::Duration;

use common::after;
use common::later;
use serde::Serialize;
use serde::Serializer;
use serde_json::Value;
use serde_json::json;
use store::Deed;
use store::Table;
use store::Verb;
use store::Watch;
use store::watch;
use store::watched;

#[derive(Clone, Serialize)]
struct Ticket {
    used: bool,
    #[serde(skip)]
    _inner: u8,
}

fn ticket(used: bool) -> Ticket {
    Ticket { used, _inner: 7 }
}

/// Writes down what it is told, and looks into the table meanwhile.
struct Witness {
    table: Table<Ticket>,
    told: Mutex<Vec<Told>>,
}

type Told = (Verb, String, Option<Value>, Option<Value>);

impl Watch for Witness {
    fn see(&self, deed: Deed<'_>) {
        assert_eq!(deed.row, "Ticket");
        // Under the lock of the table this would never end.
        let _ = self.table.len();
        let told = (deed.verb, deed.key.to_string(), deed.before, deed.after);
        self.told.lock().unwrap().push(told);
    }
}

fn witness() -> Arc<Witness> {
    Arc::new(Witness {
        table: Table::new(10),
        told: Mutex::default(),
    })
}

/// What the witness is told while `work` goes on.
async fn told(witness: &Arc<Witness>, work: impl FnOnce(&Table<Ticket>)) -> Vec<Told> {
    watched(Some(witness.clone()), async { work(&witness.table) }).await;
    std::mem::take(&mut *witness.told.lock().unwrap())
}

fn one(verb: Verb, key: &str, before: Option<Value>, after: Option<Value>) -> Vec<Told> {
    vec![(verb, key.to_string(), before, after)]
}

#[tokio::test]
async fn each_verb_tells_the_row_as_it_was_found_and_as_it_is_left() {
    let witness = witness();
    let (fresh, used) = (Some(json!({ "used": false })), Some(json!({ "used": true })));
    let insert = told(&witness, |table| table.insert("a", ticket(false), later())).await;
    assert_eq!(insert, one(Verb::Insert, "a", None, fresh.clone()));
    let get = told(&witness, |table| assert!(table.get("a").is_some())).await;
    assert_eq!(get, one(Verb::Get, "a", fresh.clone(), fresh.clone()));
    let judge = told(&witness, |table| assert_eq!(table.update("a", |row| row.used), Some(false)));
    assert_eq!(judge.await, one(Verb::Update, "a", fresh.clone(), fresh.clone()));
    let change =
        told(&witness, |table| assert_eq!(table.update("a", |row| row.used = true), Some(())));
    assert_eq!(change.await, one(Verb::Update, "a", fresh, used.clone()));
    let refused = told(&witness, |table| assert!(table.take_if("a", |row| !row.used).is_none()));
    assert_eq!(refused.await, one(Verb::Take, "a", None, None));
    let taken = told(&witness, |table| assert!(table.remove("a").is_some())).await;
    assert_eq!(taken, one(Verb::Take, "a", used, None));
}

#[tokio::test]
async fn what_is_not_there_any_more_is_told_as_not_found() {
    let witness = witness();
    witness.table.insert("short", ticket(false), after(0.01));
    sleep(Duration::from_millis(20));
    for key in ["short", "never"] {
        let looks = told(&witness, |table| {
            assert!(table.get(key).is_none());
            assert!(table.update(key, |row| row.used = true).is_none());
            assert!(table.remove(key).is_none());
        });
        let nothing = [Verb::Get, Verb::Update, Verb::Take].map(|verb| one(verb, key, None, None));
        assert_eq!(looks.await, nothing.concat());
    }
}

#[tokio::test]
async fn every_row_that_is_removed_by_what_is_in_it_is_told() {
    let witness = witness();
    for (key, used) in [("a", true), ("b", false), ("c", true)] {
        witness.table.insert(key, ticket(used), later());
    }
    witness.table.insert("gone", ticket(true), after(0.01));
    sleep(Duration::from_millis(20));
    let removed = told(&witness, |table| table.remove_where(|row| row.used)).await;
    let used = || Some(json!({ "used": true }));
    assert_eq!(
        removed,
        [
            one(Verb::Take, "c", used(), None),
            one(Verb::Take, "a", used(), None)
        ]
        .concat()
    );
    assert_eq!(witness.table.len(), 1, "the expired one has gone as well");
    assert_eq!(told(&witness, |table| table.remove_where(|row| row.used)).await, []);
}

#[tokio::test]
async fn only_the_watched_task_is_told_of() {
    let (first, second) = (witness(), witness());
    let table = first.table.clone();
    table.insert("before", ticket(false), later());
    let spawned = table.clone();
    watched(Some(first.clone()), async {
        // A task of its own is watched when it is handed on, and only then.
        let insert = |key: &'static str| {
            let table = spawned.clone();
            async move { table.insert(key, ticket(false), later()) }
        };
        tokio::spawn(insert("unseen")).await.unwrap();
        tokio::spawn(watched(watch(), insert("handed on"))).await.unwrap();
        watched(None, insert("aside")).await;
        watched(Some(second.clone()), insert("inner")).await;
        insert("own").await;
    })
    .await;
    table.remove_where(|_| true);
    let keys = |witness: &Witness| {
        witness.told.lock().unwrap().iter().map(|told| told.1.clone()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&first), ["handed on", "own"]);
    assert_eq!(keys(&second), ["inner"]);
    assert!(watch().is_none());
}

/// A row that no JSON can be made of.
#[derive(Clone)]
struct Odd;

impl Serialize for Odd {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("odd"))
    }
}

struct Hears(Mutex<Vec<Option<Value>>>);

impl Watch for Hears {
    fn see(&self, deed: Deed<'_>) {
        self.0.lock().unwrap().extend([deed.before, deed.after]);
    }
}

#[tokio::test]
async fn a_row_that_is_no_json_is_told_without_its_fields() {
    let hears = Arc::new(Hears(Mutex::default()));
    let table = Table::new(1);
    watched(Some(hears.clone()), async { table.insert("odd", Odd, later()) }).await;
    assert_eq!(*hears.0.lock().unwrap(), [None, Some(Value::Null)]);
    assert_eq!(table.len(), 1);
}
