//! Whether the tools that the project's gates name can be run: DEP019.

use std::path::{Path, PathBuf};

use super::installer::Installer;
use super::of_installed;
use crate::doctor::facts::Facts;
use crate::doctor::facts::asked::sources;
use crate::doctor::facts::reading::beginning;
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// The gates that are tools: the name in `[tool.scaffold.stages]`, the project that brings the tool, and its program.
const TOOLS: [(&str, &str, &str); 10] = [
    ("black", "black", "black"),
    ("flake8", "flake8", "flake8"),
    ("pytest", "pytest", "pytest"),
    ("ruff", "ruff", "ruff"),
    ("ruff-format", "ruff", "ruff"),
    ("mypy", "mypy", "mypy"),
    ("pylint", "pylint", "pylint"),
    ("pyright", "pyright", "pyright"),
    ("autopep8", "autopep8", "autopep8"),
    ("docs", "mkdocs", "mkdocs"),
];

/// A tool, and where it is named.
struct Named {
    gate: &'static str,
    distribution: &'static str,
    program: &'static str,
    line: u32,
}

pub(super) fn not_runnable(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let named = named(facts);
        if named.is_empty() {
            return Outcome::Skipped("no gate is a tool");
        }
        let Some(programs) = facts.environment().and_then(|it| it.programs.as_deref()) else {
            return Outcome::Skipped("the environment has no programs");
        };
        Outcome::of(named.into_iter().filter_map(|tool| {
            let file = if facts.host.is_windows() {
                programs.join(format!("{}.exe", tool.program))
            } else {
                programs.join(tool.program)
            };
            let there = installed.get(tool.distribution);
            let (message, evidence) = if file.is_file() {
                let interpreter = interpreter(&file).filter(|it| !it.is_file())?;
                let message = format!(
                    "`{}` starts with `{}`, which is not there",
                    facts.shown(&file),
                    facts.shown(&interpreter)
                );
                (message, Evidence::path(file).line(1))
            } else {
                let how = match there {
                    Some(_) => "is installed without its program",
                    None => "is not installed",
                };
                let message = format!("the gate {} {how}", tool.gate);
                (message, Evidence::path(file))
            };
            let named = Evidence::path(facts.in_project("pyproject.toml")).line(tool.line);
            let symptom = Symptom::new(message).seen_in(evidence).seen_in(named);
            Some(mend(facts, symptom, &tool))
        }))
    })
}

/// The tools in `[tool.scaffold.stages]`, each once.
fn named(facts: &Facts) -> Vec<Named> {
    let document = facts.pyproject();
    let stages = document.at(&["tool", "scaffold", "stages"]);
    let mut named: Vec<Named> = Vec::new();
    for gate in stages
        .iter()
        .flat_map(|it| it.entries())
        .flat_map(|it| it.value.items())
    {
        let tool = TOOLS.iter().find(|(name, ..)| gate.text() == Some(name));
        if let Some((gate_name, distribution, program)) = tool
            && named.iter().all(|it| it.program != *program)
        {
            named.push(Named {
                gate: gate_name,
                distribution,
                program,
                line: gate.line,
            });
        }
    }
    named
}

/// The interpreter in a script's first line, also where the path is too long for that line and a shell finds it in the second one.
fn interpreter(script: &Path) -> Option<PathBuf> {
    let bytes = beginning(script, 4096);
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"#!")?).into_owned();
    let mut lines = text.lines();
    let first = lines.next()?.trim();
    let path = match first {
        "/bin/sh" => {
            let exec = lines.next()?.strip_prefix("'''exec'")?.trim_start();
            match exec.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?.0,
                None => exec.split_whitespace().next()?,
            }
        }
        _ => first,
    };
    let path = PathBuf::from(path);
    let is_python = path
        .file_name()
        .is_some_and(|it| it.to_string_lossy().starts_with("py"));
    (path.is_absolute() && is_python).then_some(path)
}

fn mend(facts: &Facts, symptom: Symptom, tool: &Named) -> Symptom {
    let Some(installer) = Installer::of(facts) else {
        return symptom;
    };
    let there = facts.distributions().as_ref().ok();
    let there = there.and_then(|it| it.get(tool.distribution));
    let is_asked = sources(facts).iter().any(|source| {
        let mut requirements = source.requirements();
        requirements.any(|(_, _, it)| it.name == tool.distribution)
    });
    let line = match there {
        // Its script is written anew only where it is installed once more.
        Some(it) => installer.again(it),
        None if is_asked => installer.locks(),
        None => None,
    };
    let Some(line) = line else {
        return symptom;
    };
    let actions: [Action; 1] = [line.action()];
    symptom.next(line.typed()).fix(Fix::safe(
        format!("install `{}`", tool.distribution),
        actions,
    ))
}
