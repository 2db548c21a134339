//! Mending: one fix after another is worked out, shown, agreed to, done, and everything is looked at again.
//!
//! Called by `doctor --fix`. What is left afterwards is what is reported.

use std::sync::Arc;

use super::{Visit, environment, plan};
use crate::cli::prompt::{Prompt, stop_asking};
use crate::doctor::{Bounds, Examined, Facts, Fix, Means, Mending, Step, perform};
use crate::error::{Error, Kind, Result};
use crate::process::check_interrupted;
use crate::ui::Ui;

/// What the user agrees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    /// Nothing: they want to see.
    Show,
    /// What is safe.
    Safe,
    /// What is safe, and what they say yes to.
    Ask,
    /// All that there is.
    All,
}

/// A fix, and what became of it.
pub(super) struct Mended {
    /// What it was for.
    pub(super) code: &'static str,
    /// The fix.
    pub(super) fix: Fix,
    /// What it came to.
    pub(super) steps: Vec<Step>,
    /// What became of it.
    pub(super) outcome: Outcome,
}

/// What became of a fix.
pub(super) enum Outcome {
    /// It was only shown.
    Shown,
    /// It was done.
    Done,
    /// The user did not agree, or was not asked.
    NotAgreed,
    /// It may not be done here: why.
    Refused(String),
    /// It did not work: why.
    Failed(Error),
}

/// Mends what can be mended; returns what is left, and what became of each fix.
///
/// # Errors
/// When the user interrupts.
pub(super) fn mend(
    visit: &Visit,
    consent: Consent,
    ui: &Ui,
) -> Result<(Arc<Facts>, Vec<Examined>, Vec<Mended>)> {
    let mut mended: Vec<Mended> = Vec::new();
    crate::process::catch_interrupts(stop_asking);
    let (mut facts, mut examined) = visit.examine();
    loop {
        check_interrupted().map_err(|error| with_state(error, &interrupted(&examined, &mended)))?;
        let Some((code, fix)) = next(&examined, &mended) else {
            summarise(&mended, ui);
            return Ok((facts, examined, mended));
        };
        let bounds = Bounds::around(&facts);
        let (steps, mut outcome) = match allowed(&fix, bounds.as_ref()) {
            Err(why) => (Vec::new(), Outcome::Refused(why)),
            // Another fix has done it.
            Ok(steps) if steps.is_empty() => (steps, Outcome::Done),
            Ok(steps) => {
                let words = interrupted(&examined, &mended);
                let outcome = treat(&fix, &steps, &facts, consent, &words, ui);
                let outcome = outcome.map_err(|error| with_state(error, &words))?;
                (steps, outcome)
            }
        };
        // What was only shown has changed nothing.
        if matches!(outcome, Outcome::Done | Outcome::Failed(_)) {
            (facts, examined) = visit.examine();
        }
        if matches!(outcome, Outcome::Done) && is_offered(&fix, &examined) && !steps.is_empty() {
            let words = "it was done, and what is wrong is still there";
            outcome = Outcome::Failed(Error::new(words));
        }
        match &outcome {
            Outcome::Refused(why) => {
                ui.say(format!(
                    "{} {code}: did not {}: {why}",
                    bad("✗", ui),
                    fix.title
                ));
            }
            Outcome::Failed(error) => {
                ui.say(format!("{} {code}: could not {}", bad("✗", ui), fix.title));
                ui.error(error);
            }
            Outcome::Done if !steps.is_empty() => {
                let mark = ui.talk().good.apply_to("✓ mended");
                ui.say(format!("{mark} {code}: {}", fix.title));
            }
            _ => {}
        }
        mended.push(Mended {
            code,
            fix,
            steps,
            outcome,
        });
    }
}

/// What is said where the user ends it: what was done until now, and what is still there.
fn interrupted(examined: &[Examined], mended: &[Mended]) -> String {
    let listed = |codes: &mut dyn Iterator<Item = &'static str>| {
        let mut listed: Vec<&str> = Vec::new();
        for code in codes {
            if !listed.contains(&code) {
                listed.push(code);
            }
        }
        match listed.as_slice() {
            [] => "nothing".to_owned(),
            codes => codes.join(", "),
        }
    };
    let is_done = |it: &&Mended| matches!(it.outcome, Outcome::Done);
    let done = listed(&mut mended.iter().filter(is_done).map(|it| it.code));
    let is_left = |it: &&Examined| it.severity().is_some();
    let left = listed(&mut examined.iter().filter(is_left).map(|it| it.check.code));
    format!(
        "interrupted\n  mended until now, and stays so: {done}\n  still there: {left}\n  to go on: scaffold doctor --fix"
    )
}

/// An interruption of a fix that was being done, with what is said of one at a question.
fn with_state(error: Error, words: &str) -> Error {
    if error.kind() != Kind::Interrupted {
        return error;
    }
    let words = words.lines().skip(1);
    words.map(str::trim).fold(error, Error::hint)
}

fn bad(mark: &str, ui: &Ui) -> String {
    ui.talk().bad.apply_to(mark).to_string()
}

/// The fix to try next: files first, then the locks, the environment that is built from them, and what runs in it.
fn next(examined: &[Examined], mended: &[Mended]) -> Option<(&'static str, Fix)> {
    let all = examined.iter().flat_map(|examined| {
        let fixes = examined.symptoms().iter().filter_map(|it| it.fix.as_ref());
        fixes.map(|fix| (examined.check.code, fix))
    });
    // One fix may mend several conditions, and is tried once; again where it failed, and something else was mended since.
    let is_new = |fix: &Fix| {
        let is_it = |it: &Mended| it.fix.actions == fix.actions;
        let tries = mended.iter().filter(|it| is_it(it)).count();
        let Some(last) = mended.iter().rposition(is_it) else {
            return true;
        };
        let mut since = mended.iter().skip(last);
        let has_failed = since
            .next()
            .is_some_and(|it| matches!(it.outcome, Outcome::Failed(_)));
        has_failed && tries < 2 && since.any(|it| matches!(it.outcome, Outcome::Done))
    };
    all.filter(|(_, fix)| is_new(fix))
        .min_by_key(|(_, fix)| fix.turn())
        .map(|(code, fix)| (code, fix.clone()))
}

/// Whether something that is wrong asks for this fix.
fn is_offered(fix: &Fix, examined: &[Examined]) -> bool {
    let symptoms = examined.iter().flat_map(Examined::symptoms);
    let mut fixes = symptoms.filter_map(|it| it.fix.as_ref());
    fixes.any(|it| it.actions == fix.actions)
}

/// What a fix comes to.
///
/// # Errors
/// Why it may not be done here.
fn allowed(fix: &Fix, bounds: Option<&Bounds>) -> std::result::Result<Vec<Step>, String> {
    let bounds = bounds.ok_or("this is no project")?;
    bounds.allows(fix)?;
    fix.steps(bounds)
}

fn treat(
    fix: &Fix,
    steps: &[Step],
    facts: &Facts,
    consent: Consent,
    last_words: &str,
    ui: &Ui,
) -> Result<Outcome> {
    let is_safe = fix.mending == Mending::Safe;
    let heading = ui.talk().heading.apply_to(&fix.title);
    ui.say(format!("\n{heading}"));
    ui.say(plan::text(steps, facts, ui.talk()).trim_end());
    let agrees = match consent {
        Consent::Show => return Ok(Outcome::Shown),
        Consent::Safe if !is_safe => {
            ui.say("  not done without a yes: scaffold doctor --fix --yes");
            false
        }
        // The asking ends with the answer: what interrupts a fix has to let it be taken back.
        Consent::Ask if !is_safe => Prompt::new(ui, last_words).agrees("Do this?", false)?,
        _ => true,
    };
    if !agrees {
        return Ok(Outcome::NotAgreed);
    }
    let progress = ui.progress(&fix.title);
    let project = facts.in_project("");
    let done = perform(
        steps,
        &Means {
            host: &facts.host,
            project: &project,
            build: &|| environment::build(facts, &|line| progress.note(line)),
            note: &|line| progress.note(line),
        },
    );
    drop(progress);
    match done {
        Ok(()) => Ok(Outcome::Done),
        Err(error) if error.kind() == Kind::Interrupted => Err(error),
        Err(error) => Ok(Outcome::Failed(error)),
    }
}

fn summarise(mended: &[Mended], ui: &Ui) {
    // Of a fix that was tried again, the last try counts.
    let is_last = |at: usize, it: &Mended| {
        let mut later = mended.iter().skip(at + 1);
        later.all(|other| other.fix.actions != it.fix.actions)
    };
    let all = mended.iter().enumerate();
    let last: Vec<&Mended> = all
        .filter(|(at, it)| is_last(*at, it))
        .map(|(_, it)| it)
        .collect();
    let count = |of: fn(&Outcome) -> bool| last.iter().filter(|it| of(&it.outcome)).count();
    let parts = [
        (count(|it| matches!(it, Outcome::Done)), "mended"),
        (
            count(|it| matches!(it, Outcome::Shown)),
            "shown, and nothing was done",
        ),
        (
            count(|it| matches!(it, Outcome::NotAgreed)),
            "left for your yes",
        ),
        (count(|it| matches!(it, Outcome::Refused(_))), "refused"),
        (count(|it| matches!(it, Outcome::Failed(_))), "failed"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() {
        ui.say("There is nothing that the doctor can mend here.\n");
    } else {
        ui.say(format!("\n{}. How it stands now:\n", parts.join(", ")));
    }
}
