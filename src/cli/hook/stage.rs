//! `scaffold hook run STAGE`: what a hook calls.

use std::ffi::OsString;
use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use crate::cli::check;
use crate::error::{Error, Result};
use crate::gate::{
    self, Applied, Fixing, InIndex, Message, Pushed, Request, Scope, Stage, Update, Wanted,
};
use crate::git::WorkTree;
use crate::host::Host;
use crate::report::Format;
use crate::ui::Ui;

/// Runs the gates of a stage, with the arguments and the standard input that git gave its hook.
///
/// # Errors
/// When a gate finds something or cannot run, a configuration is wrong, or git did not give what it gives this hook.
pub(super) fn run(stage: Stage, arguments: &[OsString], host: &Host, ui: &Ui) -> Result<()> {
    let work_tree = WorkTree::discover(host)?;
    let request = Request {
        wanted: Wanted::Stage(stage),
        skip: check::skip(host),
        shard: None,
        fixing: Fixing::Configured,
        use_cache: true,
        jobs: None,
        fail_fast: false,
    };
    let held = match stage {
        Stage::PreCommit | Stage::PreMergeCommit => commit(&work_tree, &request, stage, ui),
        Stage::CommitMsg => message(&work_tree, &request, arguments, host, ui),
        Stage::PrePush => push(&work_tree, &request, arguments, ui),
    };
    let way_out = match stage {
        Stage::PrePush => "to push all the same: git push --no-verify",
        _ => "to commit all the same: git commit --no-verify",
    };
    held.map_err(|error| {
        if error.kind() == crate::error::Kind::Findings {
            error.hint(way_out)
        } else {
            error
        }
    })
}

fn commit(work_tree: &WorkTree, request: &Request, stage: Stage, ui: &Ui) -> Result<()> {
    let progress = ui.progress("checking");
    let note = |what: &str| progress.note(what);
    let report = gate::perform(work_tree, &Scope::Staged, &[], request, &note)?;
    drop(progress);
    check::report(&report, Format::Text, false, ui)?;
    let has_staged = |applied: &Applied| applied.files.iter().any(|it| it.index == InIndex::Fixed);
    if stage == Stage::PreMergeCommit && report.applied.as_ref().is_some_and(has_staged) {
        // Git has written the tree of this commit before it called the hook, and does not look into the index again.
        return Err(Error::findings(
            "the merge waits: git would commit it without what was mended",
        )
        .hint("to end it with that, type: git commit"));
    }
    Ok(())
}

fn message(
    work_tree: &WorkTree,
    request: &Request,
    arguments: &[OsString],
    host: &Host,
    ui: &Ui,
) -> Result<()> {
    let [file] = arguments else {
        return Err(
            Error::new("git names one file with the message to this hook")
                .hint("by hand: scaffold hook run commit-msg .git/COMMIT_EDITMSG"),
        );
    };
    let text = crate::fs::read(&host.current_dir().join(Path::new(file)))?;
    let message = Message {
        text: &String::from_utf8_lossy(&text),
        comment: &work_tree.comment_start(),
    };
    let report = message.check(work_tree, &request.skip)?;
    check::report(&report, Format::Text, false, ui)
}

fn push(work_tree: &WorkTree, request: &Request, arguments: &[OsString], ui: &Ui) -> Result<()> {
    if std::io::stdin().is_terminal() {
        return Err(Error::new(
            "git says on standard input what is pushed, and this is a terminal",
        )
        .hint("git push runs it; by hand: scaffold check --from origin/main"));
    }
    let mut input = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut input)
        .map_err(|error| Error::new("cannot read what git tells this hook").caused_by(error))?;
    let remote = arguments.first().map(|it| it.to_string_lossy());
    let progress = ui.progress("checking");
    let note = |what: &str| progress.note(what);
    let updates = Update::read(&input)?;
    let remote = remote.as_deref().unwrap_or_default();
    let pushed = gate::push(work_tree, remote, &updates, request, &note)?;
    drop(progress);
    let (mut failed, mut broken) = (Vec::new(), false);
    for Pushed { commit, report } in &pushed {
        if report.is_clean() && pushed.len() > 1 && !ui.is_verbose() {
            continue;
        }
        let name = &commit.to_string()[..10];
        if pushed.len() > 1 {
            ui.say(
                ui.talk()
                    .heading
                    .apply_to(format!("commit {name}"))
                    .to_string(),
            );
        }
        if let Err(error) = check::report(report, Format::Text, false, ui) {
            broken |= error.kind() != crate::error::Kind::Findings;
            failed.push(name.to_owned());
        }
    }
    failed.dedup();
    if failed.is_empty() {
        return Ok(());
    }
    let what = format!("not fit to be pushed: {}", failed.join(", "));
    Err(if broken {
        Error::new(what)
    } else {
        Error::findings(what)
    })
}
