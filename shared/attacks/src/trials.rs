//! Every attack as a line of `cargo test`: `attack login-csrf succeeds (RFC 9700 §4.7)`.

use crate::all;
use crate::attack::{Attack, Cell};
use crate::run::run;
use crate::stage::driver::Driver;
use crate::stage::rehearsal::rehearse;
use kit::chromium::{installed, is_required};
use kit::harness::Harness;
use kit::turn::Turn;
use libtest_mimic::{Failed, Trial};

/// One trial for each attack: it ends on this version as declared.
pub fn trials(harness: &Harness) -> Vec<Trial> {
    let version = harness.version;
    let trial = |attack: &'static Attack| {
        harness.trial(line(attack, version), async move |target| {
            let report = run(attack, target).await;
            if report.is_as_declared() {
                return Ok(());
            }
            Err(Failed::from(format!(
                "{}\nbut {}\nsee it: cargo lab attack {} v{version:02}",
                line(attack, version),
                report.ending,
                attack.name
            )))
        })
    };
    let mut trials: Vec<Trial> = all().iter().copied().map(trial).collect();
    trials.push(in_a_browser(harness.clone()));
    trials
}

/// The acts of the stage, in Chromium. Without one they are skipped, unless `LAB_REQUIRE_BROWSER=1` says that one must be there.
fn in_a_browser(harness: Harness) -> Trial {
    let programs = installed();
    let required = is_required();
    let name = "attack stage: planted callbacks, framing, login CSRF and a code without a question, acted out in Chromium";
    if programs.is_none() && !required {
        let name = format!("{name} (skipped: chromium and chromedriver are not installed)");
        return Trial::test(name, || Ok(())).with_ignored_flag(true);
    }
    Trial::test(name, move || {
        let missing = "chromium and chromedriver are not installed, and LAB_REQUIRE_BROWSER=1";
        let programs = programs.ok_or(missing)?;
        harness.runtime.block_on(async {
            let _turn = Turn::beside_others().await;
            match Driver::start(&programs).await {
                Ok(driver) => rehearse(harness.version, &harness.executables, driver)
                    .await
                    .map_err(Failed::from),
                // A browser that a learner has and that does not start is not this lab's affair.
                Err(why) if !required => {
                    eprintln!("skipped, Chromium does not start: {why}");
                    Ok(())
                }
                Err(why) => Err(Failed::from(why)),
            }
        })
    })
}

/// What is declared, as a sentence.
fn line(attack: &Attack, version: u8) -> String {
    let ending = match attack.cell(version) {
        Cell::Succeeds => "succeeds",
        Cell::Stopped => "is stopped",
        Cell::NotYet => "has nothing to attack",
    };
    format!("attack {} {ending} ({})", attack.name, attack.section)
}
