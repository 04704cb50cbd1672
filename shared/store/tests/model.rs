//! A table against the plainest one that keeps the same promises: a vector of rows in the order of their inserts.

mod common;

use std::time::SystemTime;

use common::later;
use store::Table;

type Row = (String, String);

#[derive(Default)]
struct Model {
    rows: Vec<(String, Row)>,
    max_rows: usize,
}

impl Model {
    fn insert(&mut self, key: &str, row: Row) {
        self.remove(key);
        self.rows.push((key.to_string(), row));
        if self.rows.len() > self.max_rows {
            let held = |owner: &str| self.rows.iter().filter(|(_, row)| row.0 == owner).count();
            let most = self.rows.iter().map(|(_, row)| held(&row.0)).max();
            let oldest = self.rows.iter().position(|(_, row)| Some(held(&row.0)) == most);
            self.rows.remove(oldest.unwrap());
        }
    }

    fn get(&self, key: &str) -> Option<Row> {
        self.rows.iter().find(|(other, _)| other == key).map(|(_, row)| row.clone())
    }

    fn remove(&mut self, key: &str) -> Option<Row> {
        let position = self.rows.iter().position(|(other, _)| other == key)?;
        Some(self.rows.remove(position).1)
    }

    fn newest(&self, most: usize) -> Vec<(String, Row)> {
        self.rows.iter().rev().take(most).cloned().collect()
    }
}

/// Numbers that look random and are the same in each run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

fn play(seed: u64, fair: bool) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 1);
    let max_rows = 1 + dice.below(12) as usize;
    let owners = 1 + dice.below(5);
    let keys = 2 + dice.below(40);
    let mut model = Model {
        max_rows,
        ..Model::default()
    };
    let table = if fair {
        Table::fair(max_rows, |row: &Row| &row.0)
    } else {
        Table::new(max_rows)
    };
    for step in 0..300 {
        let key = format!("key {}", dice.below(keys));
        match dice.below(10) {
            0..6 => {
                let owner = if fair {
                    format!("owner {}", dice.below(owners))
                } else {
                    String::new()
                };
                let row = (owner, step.to_string());
                table.insert(&key, row.clone(), later());
                model.insert(&key, row);
            }
            6 => assert_eq!(table.remove(&key), model.remove(&key), "{seed}, {step}"),
            7 => {
                // A row that expires at once is as good as none.
                table.insert(&key, (String::new(), String::new()), SystemTime::UNIX_EPOCH);
                table.remove(&key);
                model.remove(&key);
                assert_eq!(table.newest(usize::MAX), model.newest(usize::MAX), "{seed}, {step}");
            }
            _ => assert_eq!(table.get(&key), model.get(&key), "{seed}, {step}"),
        }
        let most = dice.below(15) as usize;
        assert_eq!(table.newest(most), model.newest(most), "{seed}, {step}");
    }
    assert_eq!(table.newest(usize::MAX), model.newest(usize::MAX), "{seed}");
}

#[test]
fn a_thousand_random_runs_of_a_plain_table() {
    (0..1000).for_each(|seed| play(seed, false));
}

#[test]
fn a_thousand_random_runs_of_a_fair_table() {
    (0..1000).for_each(|seed| play(seed, true));
}
