//! Look, wait, run, tell.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use crate::check::findings::Findings;
use crate::check::outside::look::look;
use crate::check::outside::options::Options;
use serde_json::json;

use crate::check::outside::{json, stand_in, tell};
use crate::check::run::{Event, run, skip};
use checks::{Check, Subject};

/// Few, because a foreign server may answer one request at a time.
const AT_ONCE: usize = 4;

/// Nothing could be judged: called wrongly, or nobody there.
const NOT_JUDGED: u8 = 2;

/// Does what the arguments say. 0: nothing failed that counts; 1: something did; 2: nothing could be judged.
pub async fn run_checks(options: Result<Options, String>) -> ExitCode {
    let options = match options {
        Ok(options) => options,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            return ExitCode::from(NOT_JUDGED);
        }
    };
    let mut report = Report::new(&options);
    match check(&options, &mut report).await {
        Ok(()) => report.end(),
        Err(trouble) => {
            if options.json {
                print(&format!("{:#}\n", json::trouble(&options, &trouble)));
            }
            eprintln!("error: {trouble}");
            ExitCode::from(NOT_JUDGED)
        }
    }
}

async fn check(options: &Options, report: &mut Report<'_>) -> Result<(), String> {
    let mut target = options.target();
    let (of_server, of_client): (Vec<Check>, Vec<Check>) =
        options.checks().into_iter().partition(|check| check.subject == Subject::Server);
    if let Some(port) = options.play_server {
        target.play = Some(stand_in::start(port, &target).await?);
        report.say(&stand_in::instructions(options));
        stand_in::wait(&target, options, |missing| report.say(missing)).await?;
    }
    if let Some(server) = &options.server {
        report.say(&format!(
            "Checking the server at {server} by the rules of v{:02}.",
            options.version
        ));
        report.notes = look(&mut target, options).await?;
        for note in report.notes.clone() {
            report.say(&format!("Note: {note}"));
        }
        let done = run(of_server, &target, server, AT_ONCE, |event| report.hear(event)).await;
        if let Err(gone) = done {
            report.trouble = Some(gone_away("server", server, &gone.during));
            return Ok(());
        }
    }
    match options.play_server {
        Some(_) => {
            report.say(&format!(
                "\nChecking the client at {} by the rules of v{:02}.",
                options.client, options.version
            ));
            // There is one stage, so one check at a time.
            let client = &options.client;
            let done = run(of_client, &target, client, 1, |event| report.hear(event)).await;
            report.trouble = done.err().map(|gone| gone_away("client", client, &gone.during));
        }
        None => skip(
            of_client,
            "a client that points at a server played here (--play-server 5050)",
            |event| {
                report.hear(event);
            },
        ),
    }
    Ok(())
}

/// What to say when the one that is checked has gone away in the middle.
fn gone_away(who: &str, address: &str, during: &[&str]) -> String {
    let mut during = during.to_vec();
    during.dedup();
    format!(
        "Your {who} has gone: nobody listens at {address} any more. The rest was not tried.\n\
         It went while these were running: {}. What one of them sent has probably brought it down.\n\
         Start it again, and try them one by one: --only {}",
        during.join(", "),
        during.first().copied().unwrap_or("E2")
    )
}

/// What has been told so far.
struct Report<'a> {
    options: &'a Options,
    notes: Vec<String>,
    trouble: Option<String>,
    findings: Findings,
    heading: String,
    begin: Instant,
    live: bool,
}

impl<'a> Report<'a> {
    fn new(options: &'a Options) -> Self {
        Report {
            options,
            notes: Vec::new(),
            trouble: None,
            findings: Findings::default(),
            heading: String::new(),
            begin: Instant::now(),
            live: std::io::stderr().is_terminal(),
        }
    }

    /// For a person, before and between the checks.
    fn say(&self, text: &str) {
        if self.options.json {
            eprintln!("{text}");
        } else {
            print(&format!("{text}\n"));
        }
    }

    fn hear(&mut self, event: Event<'_>) {
        match event {
            Event::Done(done, all, check) if self.live => {
                eprint!("\r\x1b[K{done} of {all}  {} {}", check.id, check.title);
            }
            Event::Done(..) => {}
            Event::Verdict(check, outcome) => {
                // A client check that nobody asked for is a line of the summary, not of the list.
                let silent = outcome.is_err()
                    && check.subject == Subject::Client
                    && self.options.play_server.is_none();
                let finding = self.findings.add(check, outcome);
                if self.options.json || silent {
                    return;
                }
                let heading = tell::heading(&finding.check);
                if heading != self.heading {
                    self.clear();
                    print(&heading);
                    self.heading = heading;
                }
                self.clear();
                print(&tell::finding(&finding, self.options.full));
            }
        }
    }

    /// Takes the line of progress away.
    fn clear(&self) {
        if self.live {
            eprint!("\r\x1b[K");
        }
    }

    fn end(self) -> ExitCode {
        self.clear();
        if self.options.json {
            let mut document = json::document(self.options, &self.notes, &self.findings);
            document["trouble"] = json!(self.trouble);
            print(&format!("{document:#}\n"));
        } else {
            let seconds = self.begin.elapsed().as_secs_f32();
            let whole = self.trouble.is_none();
            print(&tell::summary(&self.findings, self.options.level, seconds, whole));
            // The list has pushed the notes out of sight, and one of them may explain every failure.
            let again = self.notes.iter().filter(|_| !self.findings.failed().is_empty());
            again.for_each(|note| print(&format!("Note: {note}\n")));
        }
        if let Some(trouble) = &self.trouble {
            eprintln!("\n{trouble}");
        }
        let counted = self.findings.counted(self.options.counts());
        let good = counted == 0 && self.trouble.is_none();
        if good {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// To a terminal with colours, elsewhere without. A reader that has gone is no trouble.
fn print(text: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stdout()).lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
