//! Which check is turned by which break.

use crate::breaks::declared::Break;
use crate::breaks::judge::Listed;
use crate::breaks::trial::is_named;

/// A check or an attack, and the breaks that turn it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The check.
    pub check: &'a Listed,
    /// The breaks that declare it.
    pub breaks: Vec<&'a str>,
}

/// One row for each check there is, and for each attack that some version stops: others cannot turn.
pub fn rows<'a>(list: impl IntoIterator<Item = &'a Listed>, breaks: &'a [Break]) -> Vec<Row<'a>> {
    let row = |check: &'a Listed| {
        let turns_it =
            |broken: &&Break| broken.turns.iter().any(|turn| is_named(&check.name, turn));
        Row {
            check,
            breaks: breaks.iter().filter(turns_it).map(|broken| broken.name.as_str()).collect(),
        }
    };
    list.into_iter().filter(|item| item.since > 0).map(row).collect()
}

/// Every check that a break names and that there is none of in `version`: as a sentence each.
pub fn unknown<'a>(
    list: impl IntoIterator<Item = &'a Listed> + Clone,
    broken: &Break,
    version: u32,
) -> Vec<String> {
    let is_there = |turn: &&String| {
        let mut named = list.clone().into_iter().filter(|check| is_named(&check.name, turn));
        named.any(|check| {
            (1..=version).contains(&check.since) && check.until.is_none_or(|last| version <= last)
        })
    };
    let missing = broken.turns.iter().filter(|turn| !is_there(turn));
    missing
        .map(|turn| format!("{}: v{version:02} has no check `{turn}`", broken.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaks::declared::Break;

    #[test]
    fn a_check_knows_its_breaks() {
        let text = "guard = 'g'\nlesson = 'l'\nsection = 's'\nsince = 1\nturns = ['R1.1 a']\n\
                    [[change]]\nfile = 'server/a.rs'\nfind = 'x'\nreplace = 'y'";
        let breaks = [Break::parse("b", text).expect("good")];
        let check = |name: &str| Listed {
            name: name.into(),
            since: 1,
            ..Listed::default()
        };
        let list = [check("R1.1 a b"), check("R1.1 c")];
        let rows = rows(&list, &breaks);
        assert_eq!(rows[0].breaks, ["b"]);
        assert!(rows[1].breaks.is_empty());
        assert!(unknown(&list, &breaks[0], 1).is_empty());
        let later = [Listed {
            since: 2,
            ..check("R1.1 a b")
        }];
        assert_eq!(unknown(&later, &breaks[0], 1), ["b: v01 has no check `R1.1 a`"]);
    }
}
