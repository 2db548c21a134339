//! What is peculiar to Azure: settings of the host, and the Python that `func start` takes.

use super::OTHER_PLATFORM;
use crate::doctor::facts::Facts;
use crate::doctor::facts::node::Node;
use crate::doctor::fix::{Action, Edit, Fix, Key};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::grammar::Module;

/// Triggers that the host has by itself; every other one comes with the bundle of extensions.
const BUILT_IN: [&str; 3] = ["http", "timer", "schedule"];

/// The bundle of today, as Microsoft's own templates ask for it.
const BUNDLE: [&str; 2] = ["Microsoft.Azure.Functions.ExtensionBundle", "[4.*, 5.0.0)"];

/// PLAT005.
pub(super) fn other_python(facts: &Facts) -> Outcome {
    if facts.target("azure-functions").is_none() {
        return OTHER_PLATFORM;
    }
    let Some(environment) = facts.environment() else {
        return Outcome::Skipped("there is no environment");
    };
    if facts.host.find_program("func").is_none() {
        return Outcome::Skipped("func is not installed");
    }
    let settings = facts.node(&facts.in_project("local.settings.json"));
    let names_one = settings
        .at(&["Values", "languageWorkers__python__defaultExecutablePath"])
        .is_some();
    let active = facts.host.variable("VIRTUAL_ENV");
    let Some(programs) = environment.programs.as_ref().filter(|_| !names_one) else {
        return Outcome::Healthy;
    };
    let taken = ["python3", "python"]
        .iter()
        .find_map(|it| facts.host.find_program(it));
    match taken {
        Some(python) if active.is_none() && !python.starts_with(programs) => {
            let folder = facts.shown(&environment.folder);
            let activate = if environment.is_of_windows {
                format!("{folder}\\Scripts\\activate")
            } else {
                format!(". {folder}/bin/activate")
            };
            Outcome::of([Symptom::new(format!(
                "`func start` takes `{}`, and not the Python in `{folder}`",
                facts.host.short(&python)
            ))
            .seen_in(Evidence::path(python))
            .next(activate)])
        }
        _ => Outcome::Healthy,
    }
}

/// PLAT010.
pub(super) fn settings(facts: &Facts) -> Outcome {
    if facts.target("azure-functions").is_none() {
        return OTHER_PLATFORM;
    }
    Outcome::of(worker(facts).into_iter().chain(bundle(facts)))
}

fn worker(facts: &Facts) -> Option<Symptom> {
    let file = facts.in_project("local.settings.json");
    if !file.is_file() {
        return None;
    }
    let document = facts.node(&file);
    // One that cannot be read is another condition; one that is encrypted does not say.
    if document.entries().is_empty()
        || document.at(&["IsEncrypted"]).and_then(Node::truth) == Some(true)
    {
        return None;
    }
    let worker = document.at(&["Values", "FUNCTIONS_WORKER_RUNTIME"]);
    let words = match worker.map(Node::text) {
        Some(Some("python")) => return None,
        Some(Some(_)) => "`FUNCTIONS_WORKER_RUNTIME` is set to something other than `python`",
        _ => "`FUNCTIONS_WORKER_RUNTIME` is not set",
    };
    let keys = ["Values", "FUNCTIONS_WORKER_RUNTIME"].map(|it| Key::Name(it.to_owned()));
    let edit = Edit::Json {
        keys: keys.to_vec(),
        value: "python".into(),
    };
    let line = worker.map_or(1, |it| it.line);
    let title = "set `FUNCTIONS_WORKER_RUNTIME` to `python` in `local.settings.json`";
    Some(
        Symptom::new(words)
            .seen_in(Evidence::path(&file).line(line))
            .fix(Fix::safe(title, [Action::edit(&file, edit)])),
    )
}

fn bundle(facts: &Facts) -> Option<Symptom> {
    let file = facts.in_project("host.json");
    let document = facts.node(&file);
    let is_ready = document.entry("extensionBundle").is_some()
        || facts.is_file(&facts.in_project("extensions.csproj"));
    if document.entries().is_empty() || is_ready {
        return None;
    }
    let code = facts.in_project("function_app.py");
    let module = Module::read(&facts.text(&code)?)?;
    let used = module.decorators.iter().find(|it| {
        let name = it.name.rsplit('.').next().unwrap_or_default();
        let kind = ["_trigger", "_input", "_output"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        kind.is_some_and(|it| !BUILT_IN.contains(&it))
    })?;
    let [id, version] = BUNDLE;
    let edit = Edit::Json {
        keys: vec![Key::Name("extensionBundle".to_owned())],
        value: serde_json::json!({ "id": id, "version": version }),
    };
    Some(
        Symptom::new(format!(
            "`host.json` has no `extensionBundle`, which `@{}` needs",
            used.name
        ))
        .seen_in(Evidence::path(&file))
        .seen_in(Evidence::path(&code).line(used.line))
        .fix(Fix::safe(
            "add `extensionBundle` to `host.json`",
            [Action::edit(&file, edit)],
        )),
    )
}
