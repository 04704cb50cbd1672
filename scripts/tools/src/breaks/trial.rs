//! One break on one version: the patch, the broken programs, the verdicts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::breaks::cases::HONEST;
use crate::breaks::coverage::is_named;
use crate::breaks::declared::Break;
use crate::breaks::judge::{Finding, Judge, Listed, Verdict};
use crate::breaks::patch::Patched;
use crate::breaks::scratch::Scratch;
use crate::breaks::{coverage, declared, judge, patch};
use kit::Executables;
use lab::error::Error;
use lab::process::cargo;
use lab::versions::{Version, Versions};

/// What every trial needs: the scratch copy, the judge, and the unbroken programs.
pub struct Bench {
    /// Where breaks are applied and built.
    pub scratch: Scratch,
    /// Runs the checks.
    pub judge: Judge,
    /// Every check and attack there is, by name.
    pub list: BTreeMap<String, Listed>,
    good: BTreeMap<String, Executables>,
    /// The workspace.
    pub root: PathBuf,
}

/// A break, applied to a version and built.
#[derive(Clone, Debug)]
pub enum Built {
    /// The cast with the guard taken out.
    Cast(Executables),
    /// The compiler refused it, with these words.
    Refused(String),
}

impl Bench {
    /// Builds the unbroken casts of `needed`, with cargo's progress on the screen, and brings the
    /// scratch copy up to date.
    ///
    /// # Errors
    /// The build fails, or a file cannot be read or written.
    pub fn open(versions: &Versions, needed: &[&Version]) -> Result<Bench, Error> {
        let mut names = Vec::new();
        let mut casts = Vec::new();
        for version in needed {
            let cast: Vec<String> = version.cast()?.into_iter().map(|part| part.binary).collect();
            casts.push((version.name.clone(), cast.len()));
            names.extend(cast);
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut built = cargo::build(&versions.root, &names, false)?.into_iter();
        let mut good = BTreeMap::new();
        for (name, count) in casts {
            let cast = Executables::of_cast(built.by_ref().take(count)).map_err(Error::Program)?;
            good.insert(name, cast);
        }
        let list = judge::list().into_iter().map(|item| (item.name.clone(), item)).collect();
        Ok(Bench {
            scratch: Scratch::open(&versions.root)?,
            judge: Judge::new()?,
            list,
            good,
            root: versions.root.clone(),
        })
    }

    /// The patch of a break for a version.
    ///
    /// # Errors
    /// It does not apply.
    pub fn patch(&self, version: &Version, broken: &Break) -> Result<Vec<Patched>, Error> {
        patch::apply(&self.root, version, broken)
    }

    /// Builds the programs that the patch changes; the other one is the unbroken one. The patch stays in the
    /// scratch copy until [`Scratch::restore`].
    ///
    /// # Errors
    /// A file cannot be written, or cargo cannot be called.
    pub fn build(
        &self,
        version: &Version,
        broken: &Break,
        files: &[Patched],
        scratch: &Scratch,
    ) -> Result<Built, Error> {
        scratch.patch(files)?;
        let mut cast = self.cast(version)?;
        for part in &broken.builds {
            match scratch.build(version, part, &broken.name)? {
                Ok(path) => cast.replace(path),
                Err(words) => return Ok(Built::Refused(words)),
            }
        }
        Ok(Built::Cast(cast))
    }

    /// The unbroken cast of a version.
    ///
    /// # Errors
    /// It was not asked for when the bench was opened.
    pub fn cast(&self, version: &Version) -> Result<Executables, Error> {
        let cast = self.good.get(&version.name).cloned();
        cast.ok_or_else(|| Error::Program(format!("{} was not built.", version.name)))
    }
}

/// What is judged in a trial: the checks that the break declares and that bind this version, and the honest flow.
pub fn cases(broken: &Break, list: &BTreeMap<String, Listed>, version: &Version) -> Vec<String> {
    let mut cases = turns(broken, list, version);
    cases.push(HONEST.into());
    cases
}

/// What a break declares for a version. A check of a later version is judged from there on.
pub fn turns(broken: &Break, list: &BTreeMap<String, Listed>, version: &Version) -> Vec<String> {
    let number = declared::number(version);
    let judged = || list.values().filter(|listed| listed.left_out.is_none());
    let binds = |turn: &&String| coverage::binds(judged(), turn, number);
    broken.turns.iter().filter(binds).cloned().collect()
}

/// What must be installed here before anybody can see this break turn something.
pub fn left_out(
    broken: &Break,
    list: &BTreeMap<String, Listed>,
    version: &Version,
) -> Option<&'static str> {
    let nothing = turns(broken, list, version).is_empty();
    let named = |listed: &&Listed| broken.turns.iter().any(|turn| is_named(&listed.name, turn));
    list.values().filter(named).find_map(|listed| listed.left_out).filter(|_| nothing)
}

/// What is wrong with the verdicts on a broken pair; empty when the break did what it declares.
pub fn problems(broken: &Break, turns: &[String], verdicts: &[Verdict]) -> Vec<String> {
    let mut problems = Vec::new();
    for turn in turns {
        let mut named = verdicts.iter().filter(|verdict| is_named(&verdict.name, turn));
        if !named.any(Verdict::turned) {
            problems.push(format!("`{turn}` did not turn"));
        }
    }
    let honest = verdicts.iter().find(|verdict| verdict.name == HONEST);
    let works = honest.is_some_and(|verdict| verdict.finding == Finding::Holds);
    if works == broken.honest_flow_breaks {
        problems.push(match works {
            true => "the honest flow works, and the break says that it does not".into(),
            false => "the honest flow does not work any more".into(),
        });
    }
    problems
}
