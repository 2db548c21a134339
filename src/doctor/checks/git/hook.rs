//! Whether the hooks that the project asks for are there, and whether git can run them.

use std::path::{Path, PathBuf};

use super::{NO_CONFIGURATION, of_repository};
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::hooks::{Hook, Hooks, Kind, Wanted};
use crate::doctor::facts::repository::Repository;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::git::{Scope, hook};
use crate::process::quoted;

/// What installs our hooks, and renews them.
const INSTALL: [&str; 3] = ["scaffold", "hook", "install"];

/// Looks at the hooks, where some are wanted.
fn of_hooks(facts: &Facts, look: impl Fn(&Repository, &Hooks) -> Outcome) -> Outcome {
    of_repository(facts, |repository| {
        if facts.host.is_ci() {
            return Outcome::Skipped("CI needs no hook");
        }
        let Some(hooks) = Hooks::of(facts, repository) else {
            return NO_CONFIGURATION;
        };
        if hooks.wanted == Wanted::Nothing {
            return Outcome::Skipped("the project asks for no hooks");
        }
        look(repository, &hooks)
    })
}

/// The steps that install ours again.
fn install(title: &str) -> Fix {
    Fix::safe(title, [Action::run(INSTALL)])
}

/// Whether git looks for hooks where none of the wanted ones is, because it was told to.
fn is_hidden(facts: &Facts, hooks: &Hooks) -> bool {
    let is_one = |hook: &Hook| match hooks.wanted {
        Wanted::Ours(_) => matches!(hook.kind, Kind::Ours { .. } | Kind::CallsUs),
        _ => hook.kind != Kind::Foreign,
    };
    hooks.setting.is_some() && !hooks.there(facts).iter().any(is_one)
}

pub(super) fn hidden(facts: &Facts) -> Outcome {
    of_hooks(facts, |repository, hooks| {
        let own = repository.location.common_dir.join("hooks");
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let Some((value, origin)) = &hooks.setting else {
            return Outcome::Healthy;
        };
        if real(&hooks.folder) == real(&own) || !is_hidden(facts, hooks) {
            return Outcome::Healthy;
        }
        let shown = facts.host.short(&hooks.folder);
        let symptom = Symptom::new(format!(
            "`core.hooksPath` is `{value}`, and in `{shown}` is no hook of the project's"
        ));
        let symptom = match &origin.file {
            Some(file) => symptom.seen_in(Evidence::path(file.clone())),
            None => symptom,
        };
        let removal = origin.scope.option().map(|scope| {
            ["git", "config", scope, "--unset-all", "core.hooksPath"].map(str::to_owned)
        });
        let is_included = origin.file.as_deref().is_some_and(|it| {
            it != repository.location.common_dir.join("config")
                && it != repository.location.git_dir.join("config.worktree")
        });
        let symptom = match (origin.scope, removal) {
            (Scope::Local | Scope::WorkTree, Some(removal)) if !is_included => {
                let mut actions = vec![Action::run(removal)];
                if matches!(hooks.wanted, Wanted::Ours(_)) {
                    actions.push(Action::run(INSTALL));
                }
                let title = "take core.hooksPath away from this repository";
                symptom.fix(Fix::ask(title, actions))
            }
            _ => {
                let own = quoted(&own.to_string_lossy());
                let symptom = symptom.next(format!("git config --local core.hooksPath {own}"));
                match hooks.wanted {
                    Wanted::Ours(_) => symptom.next(INSTALL.join(" ")),
                    _ => symptom,
                }
            }
        };
        Outcome::of([symptom])
    })
}

pub(super) fn not_executable(facts: &Facts) -> Outcome {
    of_hooks(facts, |repository, hooks| {
        let there = hooks.there(facts);
        let location = &repository.location;
        let is_of_repository = |path: &Path| {
            is_within(facts, path)
                || path.starts_with(&location.git_dir)
                || path.starts_with(&location.common_dir)
        };
        // Whoever takes the right to run away from a hook of their own may mean it.
        let of_project = there.iter().filter(|it| it.kind != Kind::Foreign);
        let dull = of_project.filter(|it| !it.is_executable && !it.bytes.is_empty());
        Outcome::of(dull.map(|it| {
            let shown = facts.shown(&it.path);
            let fix = if is_ours(it) && !is_of_repository(&it.path) {
                install("install the hooks again")
            } else {
                let title = format!("make `{shown}` executable");
                Fix::safe(title, [Action::MakeExecutable(it.path.clone())])
            };
            Symptom::new(format!("`{shown}` may not be executed"))
                .seen_in(Evidence::path(it.path.clone()))
                .fix(fix)
        }))
    })
}

fn is_ours(hook: &Hook) -> bool {
    matches!(hook.kind, Kind::Ours { .. } | Kind::CallsUs)
}

/// Whether a file lies in the project's folder, as what is edited for the user must.
fn is_within(facts: &Facts, path: &Path) -> bool {
    let project = facts.project.as_deref();
    project.is_some_and(|it| path.starts_with(it))
}

pub(super) fn line_ends(facts: &Facts) -> Outcome {
    of_hooks(facts, |_, hooks| {
        if facts.host.is_windows() {
            return Outcome::Skipped("git for Windows takes both line ends");
        }
        let broken = hooks.there(facts).into_iter().filter(|it| {
            let mut lines = it.bytes.split_inclusive(|it| *it == b'\n');
            let first = lines.next().unwrap_or_default();
            first.starts_with(b"#!") && first.ends_with(b"\r\n")
        });
        Outcome::of(broken.map(|it| {
            let shown = facts.shown(&it.path);
            let symptom = Symptom::new(format!("`{shown}` has the line ends of Windows"))
                .seen_in(Evidence::path(it.path.clone()).line(1));
            if is_within(facts, &it.path) {
                let new = without_returns(&it.bytes);
                let edit = Edit::Replace { old: it.bytes, new };
                let title = format!("give `{shown}` the line ends of Unix");
                return symptom.fix(Fix::safe(title, [Action::edit(it.path, edit)]));
            }
            if is_ours(&it) {
                return symptom.fix(install("install the hooks again"));
            }
            let path = quoted(&it.path.to_string_lossy());
            symptom.next(format!("sed -i 's/\\r$//' {path}"))
        }))
    })
}

fn without_returns(bytes: &[u8]) -> Vec<u8> {
    let mut new = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            new.push(*byte);
        }
    }
    new
}

pub(super) fn program_gone(facts: &Facts) -> Outcome {
    of_hooks(facts, |_, hooks| {
        Outcome::of(hooks.there(facts).iter().filter_map(|it| gone(facts, it)))
    })
}

/// What a hook cannot do without, if it is not there. A hook looks for it on `PATH` as well.
fn gone(facts: &Facts, hook: &Hook) -> Option<Symptom> {
    let is_on_path = |name: &str| facts.host.find_program(name).is_some();
    let shown = facts.shown(&hook.path);
    let calls = |program: &Path| {
        format!(
            "`{shown}` calls `{}`, which is not there",
            facts.host.short(program)
        )
    };
    if let Kind::Ours { program, .. } = &hook.kind {
        let is_gone = !program.is_file() && !is_on_path("scaffold");
        return is_gone.then(|| {
            Symptom::new(calls(program))
                .seen_in(Evidence::path(hook.path.clone()).says(program.display().to_string()))
                .fix(install("install the hooks again"))
        });
    }
    if hook.kind == Kind::PreCommit {
        let (name, (line, program)) = [("INSTALL_PYTHON", "pre-commit"), ("PREK", "prek")]
            .into_iter()
            .find_map(|(variable, name)| Some((name, hook.variable(variable)?)))?;
        let is_gone = program.is_absolute() && !program.is_file() && !is_on_path(name);
        return is_gone.then(|| {
            Symptom::new(calls(&program))
                .seen_in(Evidence::path(hook.path.clone()).line(line))
                .next(format!("pipx install {name}"))
                .next(format!("{name} install"))
        });
    }
    // A link or script of the user's own: only what its first line asks for can be told.
    let (program, looked_for) = hook.interpreter()?;
    if facts.host.is_windows() || hook.bytes.contains(&b'\r') {
        return None;
    }
    let missing = match looked_for {
        Some(name) if !name.contains('/') && program.is_file() => {
            (!is_on_path(&name)).then(|| PathBuf::from(name))
        }
        Some(_) => None,
        None => (program.is_absolute() && !program.is_file()).then_some(program),
    }?;
    Some(Symptom::new(calls(&missing)).seen_in(Evidence::path(hook.path.clone()).line(1)))
}

pub(super) fn missing(facts: &Facts) -> Outcome {
    of_hooks(facts, |repository, hooks| {
        if is_hidden(facts, hooks) && hidden(facts) != Outcome::Healthy {
            return Outcome::Skipped("git takes its hooks from another folder (GIT003)");
        }
        match &hooks.wanted {
            Wanted::Nothing => Outcome::Healthy,
            Wanted::Ours(stages) => Outcome::of(missing_of_ours(facts, repository, hooks, stages)),
            Wanted::PreCommit { stages, file } => {
                Outcome::of(missing_of_pre_commit(facts, hooks, stages, file))
            }
        }
    })
}

/// What keeps a hook of ours from being at work at these stages.
fn missing_of_ours(
    facts: &Facts,
    repository: &Repository,
    hooks: &Hooks,
    stages: &[String],
) -> Option<Symptom> {
    let (mut absent, mut foreign, mut old) = (Vec::new(), Vec::new(), Vec::new());
    for stage in stages {
        match hooks.hook(facts, stage) {
            None => absent.push(stage.as_str()),
            Some(it) => match it.kind {
                Kind::Ours { version, .. } if version < hook::VERSION => old.push(stage.as_str()),
                Kind::Ours { .. } | Kind::CallsUs => {}
                Kind::PreCommit | Kind::Foreign => foreign.push(stage.as_str()),
            },
        }
    }
    let mut words = Vec::new();
    for (stages, what) in [
        (&absent, "there is no hook for"),
        (&foreign, "not scaffold's is the hook for"),
        (&old, "from an older scaffold is the hook for"),
    ] {
        if !stages.is_empty() {
            words.push(format!("{what} {}", stages.join(", ")));
        }
    }
    if words.is_empty() {
        return None;
    }
    // What is installed when nothing is named is what the top of the repository asks for.
    let mut command: Vec<String> = INSTALL.map(str::to_owned).to_vec();
    if !repository.prefix.is_empty() {
        command.extend(["--stage".to_owned(), stages.join(",")]);
    }
    let next = command.join(" ");
    let actions = [Action::run(command)];
    let fix = if foreign.is_empty() {
        Fix::safe("install the hooks", actions)
    } else {
        let title = "install the hooks; the ones that are there are kept, and run first";
        Fix::ask(title, actions)
    };
    Some(
        Symptom::new(words.join("; "))
            .seen_in(Evidence::path(hooks.folder.clone()))
            .next(next)
            .fix(fix),
    )
}

/// What keeps pre-commit's hook from being at work at these stages.
fn missing_of_pre_commit(
    facts: &Facts,
    hooks: &Hooks,
    stages: &[String],
    file: &Path,
) -> Option<Symptom> {
    // Whoever wrote a hook that calls it in another way has one.
    let absent: Vec<&str> = stages
        .iter()
        .filter(|it| hooks.hook(facts, it).is_none())
        .map(String::as_str)
        .collect();
    if absent.is_empty() {
        return None;
    }
    let symptom = Symptom::new(format!("there is no hook for {}", absent.join(", ")))
        .seen_in(Evidence::path(file));
    let recorded = facts
        .pyproject()
        .at(&["tool", "scaffold", "answers", "hooks"])
        .and_then(|it| it.text().map(str::to_owned));
    // Others may leave the checks to a service; where `new` made the configuration, its README asks for the hook.
    let symptom = match recorded.as_deref() {
        Some("pre-commit") => symptom,
        _ => symptom.severity(Severity::Information),
    };
    let (folder, name) = if facts.host.is_windows() {
        ("Scripts", "pre-commit.exe")
    } else {
        ("bin", "pre-commit")
    };
    let in_environment = facts
        .environment()
        .map(|it| it.folder.join(folder).join(name));
    let program = in_environment
        .filter(|it| it.is_file())
        .map(|it| facts.shown(&it))
        .or_else(|| {
            Some(
                facts
                    .host
                    .find_program("pre-commit")
                    .map(|_| "pre-commit")?
                    .to_owned(),
            )
        });
    Some(match program {
        Some(program) => symptom.next(format!("{program} install")).fix(Fix::ask(
            "install pre-commit's hooks",
            [Action::run([program, "install".to_owned()])],
        )),
        None => symptom
            .next("pipx install pre-commit")
            .next("pre-commit install"),
    })
}
