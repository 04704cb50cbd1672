//! What every engine must do, tried on all of them. A further engine is added to [`with_each`].
//!
//! Engines that are not installed are left out, with a line; `LAB_REQUIRE_ENGINES=1` makes that a failure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;

use kit::engine::Engine as Process;
use kit::engine::Kind;
use proptest::prelude::Just;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop_oneof;
use proptest::strategy::ValueTree;
use proptest::test_runner::Config;
use proptest::test_runner::TestRunner;
use tokio::task::JoinSet;

use super::engine::Engine;
use super::engine::Row;
use super::engine::millis;
use super::file::File;
use super::memory::Memory;
use super::postgres::Postgres;
use super::redis::Redis;
use super::store::Store;
use super::table::sweep_once;
use crate::store::AccessToken;
use crate::store::AuthorizationCode;
use crate::store::AuthorizationRequest;
use crate::store::Consent;
use crate::store::Grant;
use crate::store::Note;

/// An engine under test: several ways into the same rows, as several processes have them.
struct Tried {
    name: &'static str,
    ways: Vec<Arc<dyn Engine>>,
    /// It ends when this is dropped.
    _process: Option<Process>,
}

async fn with_each(test: impl AsyncFn(&Tried)) {
    let memory: Arc<dyn Engine> = Arc::new(Memory::default());
    let ways = vec![memory.clone(), memory];
    test(&Tried {
        name: "memory",
        ways,
        _process: None,
    })
    .await;
    for kind in Kind::ALL {
        if let Some(missing) = kind.left_out() {
            eprintln!("not tried: {missing} is not installed");
            continue;
        }
        let process = Process::start(kind).unwrap();
        let mut ways: Vec<Arc<dyn Engine>> = Vec::new();
        for _ in 0..2 {
            ways.push(match kind {
                Kind::File => {
                    Arc::new(File::open(process.store.trim_start_matches("file:")).await.unwrap())
                }
                Kind::Redis => Arc::new(Redis::open(&process.store).await.unwrap()),
                Kind::Postgres => Arc::new(Postgres::open(&process.store).await.unwrap()),
            });
        }
        let name = match kind {
            Kind::File => "file",
            Kind::Redis => "redis",
            Kind::Postgres => "postgres",
        };
        test(&Tried {
            name,
            ways,
            _process: Some(process),
        })
        .await;
    }
}

/// One call, as the property test makes it up.
#[derive(Clone, Debug)]
enum Call {
    Get(u8),
    /// The third: whether `before` is what is there.
    Set(u8, Option<u16>, bool),
    Remove(Vec<u8>),
    Sweep(u64),
    Newest(usize),
}

fn calls() -> impl Strategy<Value = Vec<(usize, Call)>> {
    let key = 0..6_u8;
    let call = prop_oneof![
        key.clone().prop_map(Call::Get),
        (key.clone(), any::<Option<u16>>(), any::<bool>())
            .prop_map(|(key, after, right)| Call::Set(key, after, right)),
        (key.clone(), any::<Option<u16>>(), Just(true))
            .prop_map(|(key, after, right)| Call::Set(key, after, right)),
        proptest::collection::vec(key, 0..3).prop_map(Call::Remove),
        (0..4_u64).prop_map(Call::Sweep),
        (0..8_usize).prop_map(Call::Newest),
    ];
    proptest::collection::vec((0..2_usize, call), 1..60)
}

/// What an engine must look like from outside: the rows, the one that was added last at the end.
#[derive(Default)]
struct Model {
    rows: Vec<(String, String, u64)>,
}

impl Model {
    fn get(&self, key: &str) -> Option<&(String, String, u64)> {
        self.rows.iter().find(|row| row.0 == key)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_7_any_order_of_calls_does_what_one_table_would_do() {
    with_each(async |tried| {
        let cases = if tried.name == "memory" { 256 } else { 24 };
        let mut runner = TestRunner::new(Config::with_cases(cases));
        for case in 0..cases {
            let calls = calls().new_tree(&mut runner).unwrap().current();
            // Every case has a table of its own.
            let table: &'static str = format!("case{case}").leak();
            let mut model = Model::default();
            for (step, (way, call)) in calls.iter().enumerate() {
                let told = format!("{} step {step} of {calls:?}", tried.name);
                one(&*tried.ways[*way], table, &mut model, call, step, &told).await;
            }
        }
    })
    .await;
}

async fn one(
    engine: &dyn Engine,
    table: &'static str,
    model: &mut Model,
    call: &Call,
    step: usize,
    told: &str,
) {
    let name = |key: &u8| format!("key{key}");
    match call {
        Call::Get(key) => {
            let there = model.get(&name(key)).map(|row| row.1.clone());
            assert_eq!(engine.get(table, name(key)).await.unwrap(), there, "{told}");
        }
        Call::Set(key, after, right) => {
            let key = name(key);
            let there = model.get(&key).map(|row| row.1.clone());
            // Near misses: nothing where there is something, one character more, another case.
            let wrong = match (&there, step % 3) {
                (None, _) => Some("{}".to_string()),
                (Some(_), 0) => None,
                (Some(text), 1) => Some(format!("{text} ")),
                (Some(text), _) => Some(text.to_uppercase()),
            };
            let before = if *right { there } else { wrong };
            let ends_at = u64::from(after.unwrap_or_default() % 4) * 100;
            let after = after.map(|number| Row {
                text: format!("{{\"n\":{number},\"é\":\"☃\"}}"),
                ends_at,
            });
            let set =
                engine.compare_and_set(table, key.clone(), before, after.clone()).await.unwrap();
            assert_eq!(set, *right, "{told}");
            if !set {
                return;
            }
            let place = model.rows.iter().position(|row| row.0 == key);
            match (after, place) {
                (Some(row), Some(place)) => model.rows[place] = (key, row.text, row.ends_at),
                (Some(row), None) => model.rows.push((key, row.text, row.ends_at)),
                (None, Some(place)) => drop(model.rows.remove(place)),
                (None, None) => {}
            }
        }
        Call::Remove(keys) => {
            let keys: Vec<String> = keys.iter().map(name).collect();
            engine.remove(table, 0, keys.clone()).await.unwrap();
            model.rows.retain(|row| !keys.contains(&row.0) && row.2 > 0);
        }
        Call::Sweep(end) => {
            engine.remove(table, end * 100, Vec::new()).await.unwrap();
            model.rows.retain(|row| row.2 > end * 100);
        }
        Call::Newest(most) => {
            let rows = model.rows.iter().rev().take(*most);
            let rows: Vec<_> = rows.map(|row| (row.0.clone(), row.1.clone())).collect();
            assert_eq!(
                engine.newest(table, *most).await.unwrap(),
                (rows, model.rows.len()),
                "{told}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_7_of_many_who_change_a_row_at_once_one_is_told_so() {
    with_each(async |tried| {
        for round in 0..20 {
            let key = format!("row{round}");
            let row = |text: String| {
                Some(Row {
                    text,
                    ends_at: u64::MAX / 4,
                })
            };
            let first = tried.ways[0].compare_and_set("races", key.clone(), None, row("0".into()));
            assert!(first.await.unwrap());
            let mut racers = JoinSet::new();
            for racer in 1..=16 {
                let (way, key, row) =
                    (tried.ways[racer % 2].clone(), key.clone(), row(racer.to_string()));
                racers.spawn(async move {
                    way.compare_and_set("races", key, Some("0".into()), row).await.unwrap()
                });
            }
            let won = racers.join_all().await.into_iter().filter(|won| *won).count();
            assert_eq!(won, 1, "{}", tried.name);
            // The same for a row that nobody has added yet.
            let mut racers = JoinSet::new();
            for racer in 1..=16 {
                let (way, key, row) =
                    (tried.ways[racer % 2].clone(), format!("new{round}"), row(racer.to_string()));
                racers.spawn(
                    async move { way.compare_and_set("races", key, None, row).await.unwrap() },
                );
            }
            let won = racers.join_all().await.into_iter().filter(|won| *won).count();
            assert_eq!(won, 1, "{}", tried.name);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_7_no_update_is_lost() {
    with_each(async |tried| {
        let stores: Vec<Store> =
            tried.ways.iter().map(|way| Store::over(tried.name, way.clone(), 100)).collect();
        let later = SystemTime::now() + Duration::from_secs(600);
        stores[0].table::<u64>("counts", |_| "").insert("count", 0, later).await.unwrap();
        let mut counters = JoinSet::new();
        for counter in 0..8 {
            let table = stores[counter % 2].table::<u64>("counts", |_| "");
            counters.spawn(async move {
                for _ in 0..10 {
                    // Too many at once can make one of them late: then it has not counted, or nobody knows.
                    table.update("count", |count| *count += 1).await.unwrap();
                }
            });
        }
        counters.join_all().await;
        assert_eq!(
            stores[1].table::<u64>("counts", |_| "").get("count").await.unwrap(),
            Some(80),
            "{}",
            tried.name
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_6_a_row_that_has_ended_is_gone_and_one_that_was_given_a_later_end_is_not() {
    with_each(async |tried| {
        let store = Store::over(tried.name, tried.ways[0].clone(), 100);
        let table = store.table::<u64>("ends", |_| "");
        let soon = SystemTime::now() + Duration::from_millis(400);
        let later = SystemTime::now() + Duration::from_secs(600);
        for key in ["goes", "stays", "again"] {
            table.insert(key, 1, soon).await.unwrap();
        }
        assert!(table.replace("stays", &2, later).await.unwrap());
        assert!(!table.replace("unknown", &2, later).await.unwrap());
        assert_eq!(table.get("goes").await.unwrap(), Some(1));
        tokio::time::sleep(Duration::from_millis(450)).await;
        // Before anybody sweeps, too.
        assert_eq!(table.get("goes").await.unwrap(), None);
        assert_eq!(table.update("goes", |row| *row += 1).await.unwrap(), None);
        assert_eq!(table.remove("goes").await.unwrap(), None);
        // A key can come again after its row has ended.
        table.insert("again", 3, later).await.unwrap();
        sweep_once(&store, "ends", 100).await.unwrap();
        assert_eq!(table.get("stays").await.unwrap(), Some(2));
        assert_eq!(table.get("again").await.unwrap(), Some(3));
        assert_eq!(tried.ways[1].newest("ends", 9).await.unwrap().1, 2, "{}", tried.name);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_7_a_full_table_takes_the_oldest_of_whoever_holds_the_most() {
    with_each(async |tried| {
        let store = Store::over(tried.name, tried.ways[0].clone(), 1_000_000);
        let table = store.table::<BTreeMap<String, String>>("fair", |row| row["owner"].as_str());
        let later = SystemTime::now() + Duration::from_secs(600);
        for number in 0..60 {
            let owner = if number % 6 == 0 { "few" } else { "many" };
            let row = BTreeMap::from([("owner".to_string(), owner.to_string())]);
            table.insert(&format!("row{number}"), row, later).await.unwrap();
        }
        sweep_once(&store, "fair", 30).await.unwrap();
        let mut kept = Vec::new();
        for number in 0..60 {
            if table.get(&format!("row{number}")).await.unwrap().is_some() {
                kept.push(number);
            }
        }
        // Ten rows of the one, and the twenty newest of the other.
        let many = (0..60).filter(|number| number % 6 != 0).rev().take(20);
        let mut wanted: Vec<usize> = (0..60).step_by(6).chain(many).collect();
        wanted.sort_unstable();
        assert_eq!(kept, wanted, "{}", tried.name);
        sweep_once(&store, "fair", 3).await.unwrap();
        assert_eq!(tried.ways[1].newest("fair", 99).await.unwrap().1, 3, "{}", tried.name);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_6_ten_thousand_rows_that_end_together_go_together() {
    with_each(async |tried| {
        let engine = tried.ways[0].clone();
        let rows = if tried.name == "file" { 500 } else { 10_000 };
        let mut adding = JoinSet::new();
        for part in 0..16 {
            let engine = engine.clone();
            adding.spawn(async move {
                for number in (part..rows).step_by(16) {
                    let row = Row {
                        text: format!("{{\"n\":{number}}}"),
                        ends_at: 1000,
                    };
                    assert!(
                        engine
                            .compare_and_set("crowd", format!("{number}"), None, Some(row))
                            .await
                            .unwrap()
                    );
                }
            });
        }
        adding.join_all().await;
        let keep = Row {
            text: "{}".into(),
            ends_at: 1001,
        };
        engine.compare_and_set("crowd", "stays".into(), None, Some(keep)).await.unwrap();
        engine.remove("crowd", 1000, vec!["unknown".into()]).await.unwrap();
        let (left, count) = engine.newest("crowd", rows).await.unwrap();
        assert_eq!((left.len(), count), (1, 1), "{}", tried.name);
        assert_eq!(left[0].0, "stays");
    })
    .await;
}

#[test]
fn r8_8_a_row_of_an_older_build_is_read() {
    // As the first build of this version wrote them. Whatever a later build adds to a row needs a default.
    let code = r#"{"client_id":"demo-client","redirect_uri":"http://localhost:5001/callback","code_challenge":"E9","user_id":"user0","expires_at":"2026-06-06T14:30:00Z","used":true,"code_challenge_method":"S256","grant_id":"x7","scope":"profile"}"#;
    let code: AuthorizationCode = serde_json::from_str(code).unwrap();
    assert!(code.used && code.grant_id.is_some_and(|grant| grant.name() == "x7"));
    let grant = r#"{"user_id":"user0","client_id":"demo-client","revoked":false,"expires_at":"2026-06-06T14:30:00Z","refresh_token":"r1","issued_at":"2026-06-06T14:30:00Z","idle_until":"2026-06-06T14:30:00Z","rotations":3,"access_token":null,"scope":"profile notes:read"}"#;
    let grant: Grant = serde_json::from_str(grant).unwrap();
    assert!(grant.rotations == 3 && grant.scope.contains("notes:read"));
    let token = r#"{"user_id":"user0","client_id":"demo-client","expires_at":"2026-06-06T14:30:00Z","grant_id":"x7","scope":"profile"}"#;
    assert_eq!(serde_json::from_str::<AccessToken>(token).unwrap().grant_id.name(), "x7");
    let request = r#"{"client_id":"demo-client","redirect_uri":"http://localhost:5001/callback","state":"s","answer":{"user_id":"user0","code":"","given_at":"2026-06-06T14:30:00Z","scope":""},"code_challenge":null,"code_challenge_method":null,"scope":"profile","question":{"browser":"b","user_id":"user0","csrf_token":"c"}}"#;
    let request: AuthorizationRequest = serde_json::from_str(request).unwrap();
    assert!(request.answer.is_some_and(|answer| answer.scope.is_empty()));
    let consent = r#"{"expires_at":"2026-06-06T14:30:00Z"}"#;
    assert_eq!(
        serde_json::from_str::<Consent>(consent).unwrap().expires_at.seconds(),
        1_780_756_200
    );
    let notes = r#"[{"text":"t","written_by":"demo-client","written_at":"2026-06-06T14:30:00Z"}]"#;
    assert_eq!(serde_json::from_str::<Vec<Note>>(notes).unwrap()[0].text, "t");
    // And what a later build has added is left alone.
    let consent = r#"{"expires_at":"2026-06-06T14:30:00Z","later":1}"#;
    assert!(serde_json::from_str::<Consent>(consent).is_ok());
}

#[test]
fn a_moment_in_milliseconds() {
    assert_eq!(millis(SystemTime::UNIX_EPOCH + Duration::from_millis(1500)), 1500);
}
