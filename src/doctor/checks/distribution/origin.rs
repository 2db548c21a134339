//! Where installed packages come from and what they were built for: DEP012, DEP013, DEP014, DEP015.

use std::collections::BTreeMap;
use std::path::Path;

use super::installer::Installer;
use super::of_installed;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::asked::sources;
use crate::doctor::facts::distributions::{Distribution, Form};
use crate::doctor::facts::requirements::{MarkerValues, is_name};
use crate::doctor::fix::Fix;
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

pub(super) fn other_machine(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let Some(target) = &installed.target else {
            return Outcome::Skipped("`pyvenv.cfg` does not say which Python it is");
        };
        if installed.values.implementation_name.as_deref() != Some("cpython") {
            return Outcome::Skipped("its Python is not CPython");
        }
        Outcome::of(installed.all.iter().filter_map(|it| {
            let tags = it.tags();
            let first = tags.first()?;
            if tags.iter().any(|it| it.may_fit(target)) {
                return None;
            }
            let message = format!(
                "`{}` {} was built for {first}, and this is Python {} for {}",
                it.spelled,
                it.written,
                target.series,
                here(&installed.values)
            );
            let symptom = Symptom::new(message).seen_in(Evidence::path(it.file("WHEEL")));
            let line = Installer::of(facts).and_then(|installer| installer.again(it));
            Some(match line {
                Some(line) => symptom.next(line.typed()).fix(Fix::ask(
                    format!("install `{}` again", it.name),
                    [line.action()],
                )),
                None => symptom,
            })
        }))
    })
}

/// `Linux x86_64`.
fn here(values: &MarkerValues) -> String {
    let words = [&values.platform_system, &values.platform_machine];
    let words: Vec<&str> = words.into_iter().filter_map(Option::as_deref).collect();
    words.join(" ")
}

pub(super) fn source_gone(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let mut symptoms = Vec::new();
        let mut gone: Vec<&Path> = Vec::new();
        for it in &installed.all {
            if it.form == Form::Link {
                if it.metadata.is_none() {
                    let message = format!("`{}` leads to a folder that is gone", it.spelled);
                    symptoms.push(Symptom::new(message).seen_in(Evidence::path(it.path.clone())));
                }
                continue;
            }
            let Some(origin) = it.origin().filter(|it| it.is_editable) else {
                continue;
            };
            let Some(path) = origin.path.as_deref().filter(|it| !it.is_dir()) else {
                continue;
            };
            gone.push(path);
            let message = format!(
                "`{}` is imported from `{}`, which is not there",
                it.spelled,
                facts.shown(path)
            );
            let evidence = Evidence::path(it.file("direct_url.json"));
            let symptom = Symptom::new(message).seen_in(evidence);
            let installer = Installer::of(facts).filter(|_| is_name(&it.name));
            symptoms.push(match installer {
                Some(installer) => symptom.next(installer.without(&[&it.name]).typed()),
                None => symptom,
            });
        }
        for it in &installed.added {
            // Only a path that somebody wrote outright was meant to be there.
            let is_gone = it.folder.is_absolute()
                && !it.folder.starts_with(&installed.folder)
                && !it.folder.exists()
                && !gone.iter().any(|gone| it.folder.starts_with(gone));
            if is_gone {
                let message = format!(
                    "`{}` adds `{}` to what is imported from, which is not there",
                    facts.shown(&it.file),
                    facts.shown(&it.folder)
                );
                let evidence = Evidence::path(it.file.clone()).line(it.line);
                let symptom = Symptom::new(message).seen_in(evidence);
                symptoms.push(symptom.severity(Severity::Warning));
            }
        }
        Outcome::of(symptoms)
    })
}

pub(super) fn elsewhere(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let sources = sources(facts);
        let mut places = sources.iter().flat_map(|it| it.entries());
        if places.any(|(_, entry)| entry.is_place()) {
            return Outcome::Skipped("the requirements name folders or addresses themselves");
        }
        Outcome::of(facts.asked().iter().filter_map(|asked| {
            let it = installed.get(&asked.requirement.name)?;
            let origin = it.origin()?;
            // Without a version, any code of that name may be meant.
            if asked.requirement.url.is_some() || asked.requirement.versions.is_empty() {
                return None;
            }
            let place = match &origin.path {
                Some(path) => format!("`{}`", facts.shown(path)),
                None if origin.is_repository => format!("the repository {}", origin.url),
                None => origin.url.clone(),
            };
            let message = format!(
                "`{}` comes from {place}, and `{}` asks for {}",
                it.spelled,
                facts.shown(&asked.file),
                asked.requirement.versions
            );
            Some(
                Symptom::new(message)
                    .seen_in(Evidence::path(it.file("direct_url.json")))
                    .seen_in(Evidence::path(asked.file.clone()).line(asked.line)),
            )
        }))
    })
}

/// What comes with an environment, whoever installs the rest.
const SEEDS: [&str; 4] = ["pip", "setuptools", "wheel", "uv"];

pub(super) fn several_installers(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let mut by_installer: BTreeMap<&str, Vec<&Distribution>> = BTreeMap::new();
        for it in installed.all.iter().filter(|it| it.form == Form::Wheel) {
            if let Some(installer) = it.installer().filter(|_| !SEEDS.contains(&&*it.name)) {
                by_installer.entry(installer).or_default().push(it);
            }
        }
        if by_installer.len() < 2 {
            return Outcome::Healthy;
        }
        let words: Vec<String> = by_installer
            .iter()
            .map(|(installer, all)| format!("{installer} {}", all.len()))
            .collect();
        let has_conda = by_installer.contains_key("conda");
        let message = format!(
            "how many packages each of them installed: {}",
            words.join(", ")
        );
        let symptom = by_installer
            .values()
            .filter_map(|it| it.first())
            .fold(Symptom::new(message), |symptom, it| {
                symptom.seen_in(Evidence::path(it.file("INSTALLER")))
            });
        Outcome::of([if has_conda {
            symptom.severity(Severity::Warning)
        } else {
            symptom
        }])
    })
}
