//! On which versions an attack is drawn: where it last succeeds, and where it is first stopped.

use crate::attack::{Attack, Cell};
use kit::ladder::newest;

/// The attacks without a picture, and why.
const NOT_DRAWN: [(&str, &str); 12] = [
    (
        "code-race-two-instances",
        "it plays at two servers of its own, and nothing happens on the one that is drawn",
    ),
    ("code-leak-referer", "what matters is what a browser leaves out of its next request"),
    (
        "dns-rebinding-debug",
        "it asks for pages below `/debug`, and those requests are not noted",
    ),
    ("framing", "what matters is a header that isn't there"),
    ("host-header-poisoning", "what matters is the name of a host, and a picture shows paths"),
    (
        "login-flood",
        "it floods a server of its own, and nothing happens on the one that is drawn",
    ),
    ("refresh-race", "of the fifty one gets tokens, or none, so no two pictures are alike"),
    (
        "refresh-race-two-instances",
        "it plays at two servers of its own, and nothing happens on the one that is drawn",
    ),
    ("restart-amnesia", "it ends a server of its own, and with it what that one has noted"),
    (
        "rotation-flood",
        "it floods a server of its own, and nothing happens on the one that is drawn",
    ),
    ("weak-jwt-secret", "nothing is sent: the secret is guessed at home"),
    (
        "xss-reflected",
        "what matters is how a page shows the script, and a picture shows no page",
    ),
];

impl Attack {
    /// Why it has no picture, if it has none.
    pub fn not_drawn(&self) -> Option<&'static str> {
        NOT_DRAWN.iter().find(|(name, _)| *name == self.name).map(|(_, why)| *why)
    }

    /// The versions on which it is drawn. One that is stopped from the beginning, or never, is drawn where it begins.
    pub fn drawn_on(&self) -> impl Iterator<Item = u8> + use<> {
        let versions = match (self.not_drawn(), self.cured_in()) {
            (Some(_), _) => [None, None],
            (None, Some(cure)) => [cure.checked_sub(1), Some(cure)],
            (None, None) => [Some(self.first()), None],
        };
        versions.into_iter().flatten().filter(|version| *version <= newest())
    }

    /// The file of its picture, below `docs/pictures`.
    pub fn picture(&self, version: u8) -> String {
        format!("{}-v{version:02}.svg", self.name)
    }
}

impl Cell {
    /// How an attack ends there, as the end of a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Cell::NotYet => "there is nothing to attack",
            Cell::Succeeds => "it succeeds",
            Cell::Stopped => "it is stopped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_attacks_that_exist_are_left_out() {
        for (name, _) in NOT_DRAWN {
            assert!(crate::find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_cure_has_two_pictures_before_and_after() {
        for attack in crate::all() {
            let drawn: Vec<Cell> = attack.drawn_on().map(|version| attack.cell(version)).collect();
            let wanted: &[Cell] = match (attack.not_drawn(), attack.cured_in()) {
                (Some(_), _) => &[],
                (None, Some(_)) => &[Cell::Succeeds, Cell::Stopped],
                (None, None) => &[attack.cell(attack.first())],
            };
            assert_eq!(drawn, wanted, "{}", attack.name);
        }
    }
}
