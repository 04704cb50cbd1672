//! What a pair can be judged by, and the names for it.

use attacks::{Attack, Cell};
use checks::{Check, all_checks};

/// The name of the case that is no check: what a user sees when nobody attacks.
pub const HONEST: &str = "honest flow";

/// What stands before the name of an attack.
const ATTACK: &str = "attack ";

/// Something that can be judged.
#[derive(Clone, Debug)]
pub enum Case {
    /// A check of the registry.
    Check(Check),
    /// An attack.
    Attack(&'static Attack),
    /// The honest flow.
    Honest,
}

impl Case {
    /// Its name: number and title of a check, `attack` and the name of an attack.
    pub fn name(&self) -> String {
        match self {
            Case::Check(check) => format!("{} {}", check.id, check.title),
            Case::Attack(attack) => format!("{ATTACK}{}", attack.name),
            Case::Honest => HONEST.to_owned(),
        }
    }

    /// The cases that `wanted` names in a version: a number (`R4.8`) names all its checks, a number and the beginning of
    /// a title (`R4.8 a wrong code_verifier`) one, `attack code-replay` an attack, `honest flow` the honest flow, `all`
    /// every check of the version, and every attack that it stops.
    ///
    /// # Errors
    /// A sentence: nothing has that name in that version.
    pub fn named(version: u8, wanted: &str) -> Result<Vec<Case>, String> {
        if wanted == HONEST {
            return Ok(vec![Case::Honest]);
        }
        if let Some(attack) = wanted.strip_prefix(ATTACK) {
            let found = attacks::find(attack).map(|attack| vec![Case::Attack(attack)]);
            return found.ok_or(format!("no attack is called `{attack}`"));
        }
        let name = |check: &Check| Case::Check(*check).name();
        let begins = |check: &Check| wanted.contains(' ') && name(check).starts_with(wanted);
        let fits = |check: &Check| wanted == "all" || wanted == check.id || begins(check);
        let checks = all_checks().into_iter().filter(|check| check.holds_in(version));
        let mut found: Vec<Case> = checks.filter(fits).map(Case::Check).collect();
        if wanted == "all" {
            let stopped = |attack: &&Attack| attack.cell(version) == Cell::Stopped;
            found.extend(attacks::all().iter().copied().filter(stopped).map(Case::Attack));
        }
        if found.is_empty() {
            return Err(format!("no check of v{version:02} is called `{wanted}`"));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_all_its_checks_and_a_title_names_one() {
        let number = Case::named(4, "R4.8").expect("checks");
        assert!(number.len() > 1);
        let one = Case::named(4, "R4.8 a wrong code_verifier").expect("one");
        assert_eq!(one.len(), 1);
        let standing = Case::named(6, "G1").expect("checks of G1");
        assert!(standing.iter().all(|case| case.name().starts_with("G1 ")));
        assert!(Case::named(3, "R4.8").is_err());
        assert!(Case::named(4, "nonsense").is_err());
    }
}
