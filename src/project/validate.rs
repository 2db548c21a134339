//! A template held to its own rules: every composition of its layers is rendered and checked.
//!
//! Called by `cli` for `template validate`, and by the tests for the layers that the program brings. It writes nothing.

use std::collections::BTreeSet;

use super::interview::{Surroundings, interview};
use super::locks::Locks;
use super::plan::plan;
use super::source::Sources;
use crate::error::Result;
use crate::finding::{Finding, Severity};
use crate::template::catalog::Catalog;
use crate::template::layer::{Kind, Layer, SourceContent};

/// What was looked at, and what is wrong.
#[derive(Debug)]
pub(crate) struct Validation {
    /// How many layers.
    pub(crate) layers: usize,
    /// How many compositions of them.
    pub(crate) compositions: usize,
    /// What is wrong, each thing once.
    pub(crate) findings: Vec<Finding>,
}

/// Renders every composition of a catalog's layers.
pub(crate) fn validate(catalog: &Catalog) -> Validation {
    let mut seen = BTreeSet::new();
    let (mut findings, mut unused) = (Vec::new(), Vec::new());
    let mut note = |result: Result<()>| {
        if let Err(error) = result
            && seen.insert(error.message().to_owned())
        {
            let causes = error.causes().into_iter();
            findings.push(Finding {
                code: "template".into(),
                severity: Severity::Error,
                message: error.message().to_owned(),
                location: None,
                help: causes.chain(error.hints().iter().cloned()).collect(),
            });
        }
    };
    let layers = match catalog.all() {
        Ok(layers) => {
            unused.extend(unused_variables(&layers));
            layers.len()
        }
        Err(error) => {
            note(Err(error));
            0
        }
    };
    let mut compositions = 0;
    for choice in choices(catalog) {
        compositions += 1;
        let mut sources = Sources::default();
        note(
            sources
                .add_pairs(&choice)
                .and_then(|()| render(catalog, &sources)),
        );
    }
    findings.append(&mut unused);
    Validation {
        layers,
        compositions,
        findings,
    }
}

/// A warning for each variable that no file and no contribution of any layer names.
fn unused_variables(layers: &[&Layer]) -> Vec<Finding> {
    let says = |layer: &Layer, name: &str| {
        let in_files = layer.files.iter().any(|file| {
            let text = match &file.content {
                SourceContent::Bytes { bytes, .. } => String::from_utf8_lossy(bytes),
                SourceContent::Link(target) => target.into(),
            };
            text.contains(name) || file.path.contains(name)
        });
        in_files || serde_json::to_string(&layer.contribute).is_ok_and(|it| it.contains(name))
    };
    let mut findings = Vec::new();
    for layer in layers {
        for variable in &layer.variables {
            if !layers.iter().any(|other| says(other, &variable.name)) {
                findings.push(Finding {
                    code: "unused-variable".into(),
                    severity: Severity::Warning,
                    message: format!(
                        "{}/layer.toml: no file names the variable `{}`",
                        layer.folder, variable.name
                    ),
                    location: None,
                    help: Vec::new(),
                });
            }
        }
    }
    findings
}

fn render(catalog: &Catalog, sources: &Sources) -> Result<()> {
    let interviewed = interview(
        catalog,
        sources,
        &Surroundings {
            name: Some("my-func".to_owned()),
            room: &|_| Ok(()),
            default_python: &|facts| facts.default_python.clone(),
            year: 2026,
        },
        None,
    )?;
    let locks = Locks::cut(catalog, &interviewed.composition, &interviewed.facts)?;
    plan(interviewed, &locks).map(drop)
}

/// The answers, as `KEY=VALUE`, of every composition.
fn choices(catalog: &Catalog) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for platform in catalog.ids(Kind::Platform, None) {
        let mut of_platform = vec![vec![format!("platform={platform}")]];
        for kind in [
            Kind::Trigger,
            Kind::Example,
            Kind::Docs,
            Kind::Ci,
            Kind::Editor,
            Kind::Hooks,
            Kind::License,
        ] {
            let ids = catalog.ids(
                kind,
                Some(&platform)
                    .filter(|_| kind == Kind::Trigger)
                    .map(String::as_str),
            );
            of_platform = of_platform
                .into_iter()
                .flat_map(|choice| {
                    ids.iter()
                        .map(move |id| {
                            [choice.clone(), vec![format!("{}={id}", kind.name())]].concat()
                        })
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        all.append(&mut of_platform);
    }
    all
}
