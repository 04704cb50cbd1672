//! Every version in headless Chromium, used as a person uses it.
//!
//! Without chromium and chromedriver each line is skipped, unless `LAB_REQUIRE_BROWSER=1` says that they must be there.
//! `LAB_AXE` names the file of axe-core (`scripts/browser/fetch-axe` gets it); without it, that part of the first line is left out.

mod consent;
mod diagram;
mod flow;
mod history;
mod tour;
mod twice;

use std::pin::Pin;
use std::process::ExitCode;

use browser_tests::cast::Stage;
use browser_tests::person::Person;
use browser_tests::pool::Pool;
use kit::chromium::{installed, is_required};
use kit::ladder::{self, Capability};
use libtest_mimic::{Arguments, Failed, Trial};

type Ending<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + 'a>>;

/// What somebody does at a browser, with a pair of their own.
type Scenario = for<'a> fn(&'a Person, &'a Stage) -> Ending<'a>;

/// More browsers at once than this only get into each other's way.
const MOST_AT_ONCE: usize = 4;

/// What is tried, and from which capability on. The longest stands first, so that nobody waits for it in the end.
const SCENARIOS: [(&str, Capability, Scenario); 17] = [
    ("every page fits, reads and is accessible", Capability::AuthorizationCode, |p, s| {
        Box::pin(tour::every_page(p, s))
    }),
    ("the whole flow by clicking", Capability::AuthorizationCode, |p, s| {
        Box::pin(flow::by_clicking(p, s))
    }),
    ("the whole flow by keyboard alone", Capability::AuthorizationCode, |p, s| {
        Box::pin(flow::by_keyboard(p, s))
    }),
    ("a wrong password, then the right one", Capability::AuthorizationCode, |p, s| {
        Box::pin(flow::wrong_then_right(p, s))
    }),
    ("a login that the server refuses", Capability::AuthorizationCode, |p, s| {
        Box::pin(flow::refused(p, s))
    }),
    ("two tabs at once", Capability::AuthorizationCode, |p, s| Box::pin(twice::two_tabs(p, s))),
    ("a double click on Start authorization", Capability::AuthorizationCode, |p, s| {
        Box::pin(twice::double_start(p, s))
    }),
    ("a double click on Log in", Capability::AuthorizationCode, |p, s| {
        Box::pin(twice::double_login(p, s))
    }),
    ("a double click on Refresh now", Capability::Refresh, |p, s| {
        Box::pin(twice::double_refresh(p, s))
    }),
    ("Back after the callback", Capability::AuthorizationCode, |p, s| {
        Box::pin(history::back_after_callback(p, s))
    }),
    ("Back after the logout", Capability::TokenEndpoint, |p, s| {
        Box::pin(history::back_after_logout(p, s))
    }),
    ("a reload of the callback", Capability::AuthorizationCode, |p, s| {
        Box::pin(history::reload_of_callback(p, s))
    }),
    ("the callback's address, opened again", Capability::AuthorizationCode, |p, s| {
        Box::pin(history::callback_again(p, s))
    }),
    ("a no, then less than was asked for, then all", Capability::Consent, |p, s| {
        Box::pin(consent::no_then_less_then_all(p, s))
    }),
    ("a scope that its user can lend, and one that they can't", Capability::Consent, |p, s| {
        Box::pin(consent::scope_and_role(p, s))
    }),
    ("a double click on Allow", Capability::Consent, |p, s| {
        Box::pin(consent::double_allow(p, s))
    }),
    ("the diagram grows while one clicks", Capability::AuthorizationCode, |p, s| {
        Box::pin(diagram::grows(p, s))
    }),
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // One more than there are cores: somebody always waits for a page.
    arguments.test_threads.get_or_insert((cores + 1).min(MOST_AT_ONCE));
    let pool = match installed().map(Pool::new).transpose() {
        Ok(pool) => pool,
        Err(trouble) => {
            eprintln!("{trouble}");
            return ExitCode::FAILURE;
        }
    };
    let trials = SCENARIOS.into_iter().flat_map(|(sentence, capability, scenario)| {
        let versions = ladder::versions().filter(move |version| capability.is_in(*version));
        let pool = pool.as_ref();
        versions.map(move |version| trial(pool, version, sentence, scenario))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if let Some(pool) = pool {
        pool.close();
    }
    conclusion.exit_code()
}

fn trial(pool: Option<&Pool>, version: u8, sentence: &str, scenario: Scenario) -> Trial {
    let name = format!("v{version:02} {sentence}");
    let missing = "chromium and chromedriver are not installed";
    match pool.cloned() {
        Some(pool) => Trial::test(name, move || {
            pool.with(async |person| play(person, version, scenario).await).map_err(Failed::from)
        }),
        None if is_required() => {
            Trial::test(name, move || Err(format!("{missing}, and LAB_REQUIRE_BROWSER=1").into()))
        }
        None => {
            Trial::test(format!("{name} (skipped: {missing})"), || Ok(())).with_ignored_flag(true)
        }
    }
}

/// Sets the stage, plays, and looks at the console.
async fn play(person: &Person, version: u8, scenario: Scenario) -> Result<(), String> {
    let stage = Stage::set(version).await?;
    person.resizes(1280, 900).await?;
    scenario(person, &stage).await?;
    let complaints = person.complaints().await?;
    match complaints.is_empty() {
        true => Ok(()),
        false => Err(format!("the console shows:\n{}", complaints.join("\n"))),
    }
}
