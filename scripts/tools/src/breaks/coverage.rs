//! Which check is turned by which break.

use crate::breaks::declared::Break;
use crate::breaks::judge::Listed;

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

/// Whether `turn` names a check that binds a version, or an attack that it stops.
pub fn binds<'a>(list: impl IntoIterator<Item = &'a Listed>, turn: &str, version: u32) -> bool {
    let mut named = list.into_iter().filter(|check| is_named(&check.name, turn));
    named.any(|check| {
        (1..=version).contains(&check.since) && check.until.is_none_or(|last| version <= last)
    })
}

/// What is wrong with the checks that a break names, for the versions that it is for: one that binds none of them,
/// or a version that none of them binds.
pub fn unknown<'a>(
    list: impl IntoIterator<Item = &'a Listed> + Clone,
    broken: &Break,
    versions: &[u32],
) -> Vec<String> {
    let binds = |turn: &String, version: u32| binds(list.clone(), turn, version);
    let nowhere = broken.turns.iter().filter(|turn| !versions.iter().any(|v| binds(turn, *v)));
    let idle = versions.iter().filter(|v| !broken.turns.iter().any(|turn| binds(turn, **v)));
    nowhere
        .map(|turn| format!("{}: there is no check `{turn}` in its versions", broken.name))
        .chain(idle.map(|v| format!("{}: none of its checks binds v{v:02}", broken.name)))
        .collect()
}

/// Whether `turn`, as a break writes it, names the case `name`: in full, by number, or by the beginning of its title.
pub fn is_named(name: &str, turn: &str) -> bool {
    name == turn
        || name.strip_prefix(turn).is_some_and(|rest| turn.contains(' ') || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breaks::load;

    #[test]
    fn a_number_names_its_checks_and_not_those_that_begin_alike() {
        assert!(is_named("R4.1 a good exchange", "R4.1"));
        assert!(!is_named("R4.10 a code works once", "R4.1"));
        assert!(is_named("R4.1 a good exchange", "R4.1 a good"));
        assert!(!is_named("R4.1 a good exchange", "R4.1 a bad"));
    }

    #[test]
    fn a_check_knows_its_breaks() {
        let text = "guard = 'g'\nlesson = 'l'\nsection = 's'\nsince = 1\nturns = ['R1.1 a']\n\
                    [[change]]\nfile = 'server/a.rs'\nfind = 'x'\nreplace = 'y'";
        let breaks = [load::read("b", text).expect("good")];
        let check = |name: &str| Listed {
            name: name.into(),
            since: 1,
            ..Listed::default()
        };
        let list = [check("R1.1 a b"), check("R1.1 c")];
        let rows = rows(&list, &breaks);
        assert_eq!(rows[0].breaks, ["b"]);
        assert!(rows[1].breaks.is_empty());
        assert!(unknown(&list, &breaks[0], &[1, 2]).is_empty());
        let later = [Listed {
            since: 2,
            ..check("R1.1 a b")
        }];
        assert_eq!(unknown(&later, &breaks[0], &[1, 2]), ["b: none of its checks binds v01"]);
        assert_eq!(unknown(&later, &breaks[0], &[1]).len(), 2);
    }
}
