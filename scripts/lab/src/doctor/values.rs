//! What `.env` and the environment say: everything that the processes would refuse, and what may surprise.

use crate::doctor::Finding;
use crate::suggest;
use ::settings::given::Source;
use ::settings::table::SETTINGS;
use ::settings::{Given, Refusal, table};

/// Looks at every refusal and at every line of `.env`.
pub fn look(given: &Given, refusals: &[Refusal]) -> Vec<Finding> {
    let trouble = |refusal: &Refusal| Finding::trouble(refusal.what.clone(), refusal.cure.clone());
    let mut findings: Vec<Finding> = refusals.iter().map(trouble).collect();
    for entry in &given.file.entries {
        let (line, name) = (entry.line, &entry.name);
        if table::find(name).is_none() {
            findings.push(unknown(line, name));
        } else if overruled(given, name, &entry.value) {
            findings.push(Finding::note(
                format!("The environment sets {name}, so line {line} of .env does nothing."),
                format!("Unset {name} in this terminal if .env is meant."),
            ));
        }
    }
    findings
}

/// A name that means nothing here. It is shown only where it was meant for one of ours: a line that was broken in
/// two leaves a piece of a secret in the place of a name.
fn unknown(line: usize, name: &str) -> Finding {
    match suggest::nearest(name, SETTINGS.iter().map(|setting| setting.name)) {
        Some(meant) => Finding::note(
            format!("Line {line} of .env: {name} is no setting of the lab."),
            format!("Did you mean {meant}?"),
        ),
        None => Finding::note(
            format!("Line {line} of .env sets something that is no setting of the lab."),
            "Remove it, or see .env.example for the names.",
        ),
    }
}

fn overruled(given: &Given, name: &str, value: &str) -> bool {
    matches!(given.get(name), Some((other, Source::Environment)) if other != Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    fn told(given: &Given) -> Vec<(Level, String)> {
        let findings = look(given, &given.judge().1).into_iter();
        findings
            .map(|finding| (finding.level, format!("{} {}", finding.what, finding.cure)))
            .collect()
    }

    #[test]
    fn good_settings_are_quiet() {
        let secret = "JWT_SECRET=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";
        let text = format!(
            "AUTH_SERVER_PORT=5010\nCLIENT_APP_URL=http://localhost:5011\nLAB_DEBUG=0\nCLIENT_ID=x\n{secret}\n"
        );
        assert_eq!(told(&Given::parse(&text)), []);
        assert_eq!(told(&Given::parse("").with("LAB_DEBUG", "0")), []);
        assert_eq!(told(&Given::parse("LAB_DEBUG=0").with("LAB_DEBUG", "0")), []);
    }

    #[test]
    fn what_the_processes_refuse_is_told_in_their_words() {
        for text in [
            "hello",
            "LAB_DEBUG=1\nLAB_DEBUG=0",
            "CLIENT_APP_PORT=6000",
            "CLIENT_SECRET=pa$word",
            "CLIENT_SECRET=two words",
            "CLIENT_ID=demo-other",
            "AUTH_SERVER_URL=http://localhost:99999",
            "JWT_SECRET=secret",
        ] {
            let given = Given::parse(text);
            let refusals = given.settings().err().expect(text);
            let wanted: Vec<_> =
                refusals.iter().map(|refusal| (Level::Trouble, refusal.to_string())).collect();
            assert_eq!(told(&given), wanted, "{text}");
        }
    }

    #[test]
    fn names_that_are_no_settings_and_lines_that_do_nothing_are_noted() {
        let one = |given: &Given| {
            let told = told(given);
            assert_eq!((told.len(), told[0].0), (1, Level::Note), "{told:?}");
            told[0].1.clone()
        };
        assert!(
            one(&Given::parse("AUTH_SERVER_PROT=1")).contains("Did you mean AUTH_SERVER_PORT?")
        );
        assert!(one(&Given::parse("\nlab_debug=0")).contains("Did you mean LAB_DEBUG?"));
        let piece = one(&Given::parse("\nq83vEjRWeJCrze8=\n"));
        assert!(piece.starts_with("Line 2 of .env") && !piece.contains("q83v"), "{piece}");
        let given = Given::parse("LAB_DEBUG=0").with("LAB_DEBUG", "1");
        assert!(one(&given).contains("so line 1 of .env does nothing"));
    }
}
