//! Entry points: the file is there, it has the name, and the platform can call what that is.

use std::path::Path;

use super::{each, vercel};
use crate::doctor::facts::Facts;
use crate::doctor::facts::deployment::{Function, Handler};
use crate::doctor::facts::reading::names;
use crate::doctor::facts::requirements::normalized;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::python::grammar::{Kind, Module};
use crate::python::names::import_names;

/// PLAT008.
pub(super) fn missing(facts: &Facts) -> Outcome {
    each(facts, |target, deployment| {
        let functions = deployment.functions.iter();
        let mut symptoms: Vec<Symptom> = functions
            .filter_map(|function| {
                let handler = function.handler.as_ref()?;
                look(facts, function, handler)
            })
            .collect();
        match target.id.as_str() {
            "vercel" => symptoms.extend(vercel::entries(facts)),
            "azure-functions" => symptoms.extend(application(facts)),
            _ => {}
        }
        symptoms
    })
}

fn look(facts: &Facts, function: &Function, handler: &Handler) -> Option<Symptom> {
    let place = &handler.setting.place;
    let written = place.evidence().says(&handler.setting.text);
    let Some(file) = handler.files.iter().find(|it| it.is_file()) else {
        if handler.may_be_elsewhere || is_brought(facts, function, handler) {
            return None;
        }
        let first = handler.files.first()?;
        let near = nearest_file(facts, first).map(|it| format!("; {it} is"));
        let symptom = Symptom::new(format!(
            "the entry point of `{}` is in `{}`, which is not there{}",
            function.name,
            facts.shown(&tidy(first)),
            near.unwrap_or_default()
        ));
        return Some(symptom.seen_in(written));
    };
    let file = tidy(file);
    let module = Module::read(&facts.text(&file)?)?;
    let Some(binding) = module.names.get(&handler.symbol) else {
        if module.is_open {
            return None;
        }
        let near = |it: &&String| strsim::jaro(it, &handler.symbol);
        let nearest = module.names.keys();
        let nearest = nearest.max_by(|a, b| near(a).total_cmp(&near(b)));
        let nearest = nearest.filter(|it| near(it) > 0.75);
        let nearest = nearest.map(|it| format!("; it has `{it}`"));
        let symptom = Symptom::new(format!(
            "`{}` has no `{}`, the entry point of `{}`{}",
            facts.shown(&file),
            handler.symbol,
            function.name,
            nearest.unwrap_or_default()
        ));
        let file = Evidence::path(&file);
        return Some(symptom.seen_in(written).seen_in(file));
    };
    match binding.kind {
        Kind::Function { is_async: true, .. } if handler.is_synchronous => Some(
            Symptom::new(format!(
                "`{}` is `async def`, and the platform does not await it",
                handler.symbol
            ))
            .seen_in(Evidence::path(&file).line(binding.line))
            .seen_in(written),
        ),
        _ => None,
    }
}

/// The path without `.` in its middle.
fn tidy(path: &Path) -> std::path::PathBuf {
    path.components().collect()
}

/// Whether a library brings the module: one that is installed beside the code.
fn is_brought(facts: &Facts, function: &Function, handler: &Handler) -> bool {
    let package = normalized(&handler.package);
    let is_it =
        |name: &str| normalized(name) == package || import_names(name).contains(&handler.package);
    let requirements = facts.requirements();
    let mut asked = requirements
        .sources
        .iter()
        .flat_map(|it| it.requirements().map(|(_, _, it)| it.name.as_str()));
    if asked.any(is_it) {
        return true;
    }
    // The file of the function alone need not be the one of the project.
    let own = function.code.as_ref().map(|it| it.join("requirements.txt"));
    let text = own.and_then(|it| facts.text(&it)).unwrap_or_default();
    text.lines().any(|line| {
        let end = line.find(|it: char| !(it.is_alphanumeric() || matches!(it, '-' | '_' | '.')));
        let name = line.get(..end.unwrap_or(line.len())).unwrap_or("");
        !name.is_empty() && is_it(name)
    })
}

/// The module in the same folder whose name is most like that of this one.
fn nearest_file(facts: &Facts, file: &Path) -> Option<String> {
    let folder = file.parent()?;
    let wanted = file.file_name()?.to_str()?;
    let near = |it: &String| strsim::jaro(it, wanted);
    let files = names(folder).into_iter();
    let files = files.filter(|it| it.ends_with(".py") && it != "__init__.py");
    let nearest = files.max_by(|a, b| near(a).total_cmp(&near(b)))?;
    (near(&nearest) > 0.75).then(|| format!("`{}`", facts.shown(&tidy(&folder.join(&nearest)))))
}

/// Azure's `function_app.py`, with one application in it.
fn application(facts: &Facts) -> Option<Symptom> {
    let settings = facts.node(&facts.in_project("local.settings.json"));
    let values = settings.at(&["Values"]);
    let value = |key: &str| values?.at(&[key])?.text().map(str::to_owned);
    let is_python = value("FUNCTIONS_WORKER_RUNTIME").is_none_or(|it| it == "python");
    if !is_python || value("PYTHON_SCRIPT_FILE_NAME").is_some() {
        return None;
    }
    let file = facts.in_project("function_app.py");
    let Some(text) = facts.text(&file) else {
        let is_older = facts
            .names(&facts.in_project(""))
            .iter()
            .any(|it| facts.in_project(it).join("function.json").is_file());
        let is_ours = facts.is_file(&facts.in_project("requirements.txt"))
            && facts.is_file(&facts.in_project("host.json"))
            && !file.exists();
        return (is_ours && !is_older).then(|| {
            Symptom::new("there is no `function_app.py`, where Azure looks for the functions")
                .seen_in(Evidence::path(facts.in_project("host.json")))
        });
    };
    let module = Module::read(&text)?;
    let applications: Vec<u32> = module
        .names
        .values()
        .filter(|it| match &it.kind {
            Kind::Value(Some(called)) => called.ends_with("FunctionApp"),
            _ => false,
        })
        .map(|it| it.line)
        .collect();
    let is_imported = || {
        let mut kinds = module.names.values().map(|it| &it.kind);
        kinds.any(|it| matches!(it, Kind::Value(_)))
    };
    match applications[..] {
        [] if !module.is_open && !is_imported() && !module.names.contains_key("app") => Some(
            Symptom::new("`function_app.py` makes no `FunctionApp`").seen_in(Evidence::path(&file)),
        ),
        [first, second, ..] => Some(
            Symptom::new("`function_app.py` makes more than one `FunctionApp`")
                .seen_in(Evidence::path(&file).line(first))
                .seen_in(Evidence::path(&file).line(second)),
        ),
        _ => None,
    }
}
