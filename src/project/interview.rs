//! From what was given to complete answers: the order of the questions, and what they lead to.
//!
//! Called by `cli`, which brings the sources and, on a terminal, the one who asks. It knows the questions that every project
//! has; those of a layer come from the layer. It must not print.

use std::collections::BTreeSet;

use serde_json::Map;

use super::answers::Answers;
use super::keys::{check_belonging, check_keys};
use super::name::NameRules;
use super::person::Person;
use super::question::{
    AUTHOR, CI, DESCRIPTION, DOCS, EDITOR, EXAMPLE, HOOKS, LICENSE, PLATFORM, TRIGGER,
};
use super::session::Session;
use super::source::Sources;
use crate::error::{Error, Result};
use crate::platform::Facts;
use crate::python::version::CEILING;
use crate::template::catalog::Catalog;
use crate::template::closure::{self, Closure};
use crate::template::composition::Composition;
use crate::template::layer::{Kind, Layer};

/// What the machine and the command line say before anything is asked.
pub(crate) struct Surroundings<'a> {
    /// The name taken from the path, where `--name` does not say otherwise.
    pub(crate) name: Option<String>,
    /// Whether a project of this name can be made, where the name says the place too.
    pub(crate) room: &'a dyn Fn(&str) -> Result<()>,
    /// The default Python of a platform on this machine.
    pub(crate) default_python: &'a dyn Fn(&Facts) -> String,
    /// The year, for the licence.
    pub(crate) year: i64,
}

/// Complete answers, with what was read on the way.
#[derive(Debug)]
pub(crate) struct Interviewed<'a> {
    /// The answers.
    pub(crate) answers: Answers,
    /// The layers that they choose.
    pub(crate) composition: Composition<'a>,
    /// The facts of the platform.
    pub(crate) facts: Facts,
    /// Whether the platform was nobody's choice.
    pub(crate) platform_by_default: bool,
    /// The keys whose answers are the ones that go without saying, whoever said them.
    pub(crate) by_default: BTreeSet<String>,
    /// What was passed over.
    pub(crate) warnings: Vec<String>,
}

/// Answers every question from `sources`, from `person` where there is one, else with its default.
///
/// # Errors
/// When a source gives a key that does not exist or a value that is not valid: the key, the value, where it was said, what is
/// allowed, and the nearest that is.
pub(crate) fn interview<'a>(
    catalog: &'a Catalog,
    sources: &'a Sources,
    surroundings: &Surroundings<'_>,
    person: Option<&mut dyn Person>,
) -> Result<Interviewed<'a>> {
    let mut session = Session::new(catalog, sources, person);
    let warnings = check_keys(catalog, sources)?;
    let platform = session.layer(&PLATFORM, Kind::Platform, None)?;
    let facts = Facts::of(platform)?;
    let trigger = session.layer(&TRIGGER, Kind::Trigger, Some(&platform.id))?;
    let example = session.layer(&EXAMPLE, Kind::Example, None)?;
    let python = session.python(&facts, platform, &(surroundings.default_python)(&facts))?;
    if session.has_person() {
        // What cannot be is said before more is asked.
        let rules = name_rules(catalog, platform, &facts, &python, &[])?;
        let given = session.given_name(surroundings.name.as_deref(), &rules)?;
        if let (Some(name), None) = (given, &surroundings.name) {
            (surroundings.room)(name.name())?;
        }
    }
    let docs = session.layer(&DOCS, Kind::Docs, None)?;
    let ci = session.layer(&CI, Kind::Ci, None)?;
    let editor = session.layer(&EDITOR, Kind::Editor, None)?;
    let hooks = session.layer(&HOOKS, Kind::Hooks, None)?;
    let license = session.layer(&LICENSE, Kind::License, None)?;
    let mut layers = vec![
        catalog.layer(Kind::Base, "base", None)?,
        platform,
        trigger,
        example,
        docs,
        ci,
        editor,
        hooks,
        license,
    ];
    layers.extend(catalog.layers(Kind::Tool, None)?);
    let composition = Composition::new(layers);
    let requirements = [
        composition.requirements("requirements"),
        composition.requirements("dev_requirements"),
    ]
    .concat();
    let rules = name_rules(catalog, platform, &facts, &python, &requirements)?;
    let name = session.name(surroundings.name.as_deref(), &rules, surroundings.room)?;
    let description = session.text(
        &DESCRIPTION,
        &format!("A Python function on {}.", platform.title),
    )?;
    let author = session.text(&AUTHOR, "")?;
    let email = session.email(&author)?;
    let year = session.year(surroundings.year)?;
    let mut variables = Map::new();
    for layer in composition.layers() {
        for variable in &layer.variables {
            variables.insert(variable.name.clone(), session.variable(variable)?);
        }
    }
    check_belonging(catalog, sources, &composition)?;
    Ok(Interviewed {
        answers: Answers {
            name: name.name().to_owned(),
            package: name.package().to_owned(),
            description,
            author,
            email,
            platform: platform.id.clone(),
            trigger: trigger.id.clone(),
            example: example.id.clone(),
            python,
            docs: docs.id.clone(),
            ci: ci.id.clone(),
            editor: editor.id.clone(),
            hooks: hooks.id.clone(),
            license: license.id.clone(),
            year,
            variables,
        },
        composition,
        facts,
        platform_by_default: sources.get(PLATFORM.key).is_none() && !session.has_person(),
        by_default: session.by_default(),
        warnings,
    })
}

/// What the name gate holds a name to: everything that any layer of the catalog may bring is taken, not only what this project
/// needs today. `requirements` are this project's own, which may be missing in a template's closure.
pub(super) fn name_rules(
    catalog: &Catalog,
    platform: &Layer,
    facts: &Facts,
    python: &str,
    requirements: &[String],
) -> Result<NameRules> {
    let text = catalog.text(closure::FILE)?;
    let closure = Closure::parse(&text)?;
    NameRules::new(python.parse().unwrap_or(CEILING))
        .beside(closure.packages().iter().map(|package| package.name))
        .beside(requirements)
        .on(
            &platform.title,
            &facts.reserved_names,
            facts.name_max,
            facts.name_pattern.as_deref(),
        )
        .map_err(|error| {
            Error::new(format!(
                "the pattern for names in the layer `{}` is malformed",
                platform.id
            ))
            .caused_by(error)
        })
}
