//! The state in which installers left what they installed: DEP007, DEP008, DEP009, DEP016.

use std::collections::BTreeMap;
use std::path::Path;

use super::installer::Installer;
use super::of_installed;
use crate::doctor::facts::Facts;
use crate::doctor::facts::distributions::{Distribution, Distributions, Form};
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

pub(super) fn twice(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let mut by_name: BTreeMap<&str, Vec<&Distribution>> = BTreeMap::new();
        for it in installed.all.iter().filter(|it| it.metadata.is_some()) {
            by_name.entry(&it.name).or_default().push(it);
        }
        let several = by_name.into_values().filter(|it| it.len() > 1);
        Outcome::of(several.map(|several| {
            let versions: Vec<&str> = several.iter().map(|it| &*it.written).collect();
            let name = several.first().map_or("", |it| &*it.spelled);
            let message = format!("`{name}` is there as {}", versions.join(" and as "));
            let symptom = several.iter().fold(Symptom::new(message), |symptom, it| {
                symptom.seen_in(Evidence::path(it.path.clone()))
            });
            keep_one(facts, symptom, &several)
        }))
    })
}

/// Adds how to have it once: the version that is asked for, else the newest one.
fn keep_one(facts: &Facts, symptom: Symptom, several: &[&Distribution]) -> Symptom {
    let is_asked = |it: &Distribution| {
        let own = |asked: &&crate::doctor::facts::asked::Asked| asked.requirement.name == it.name;
        let mut asked = facts.asked().iter().filter(own).peekable();
        asked.peek().is_some()
            && asked.all(|asked| {
                let version = it.version.as_ref();
                version.is_some_and(|version| asked.requirement.allows(version))
            })
    };
    let kept = several
        .iter()
        .filter(|it| it.form == Form::Wheel)
        .max_by(|a, b| {
            let rank = |it: &Distribution| (is_asked(it), it.version.clone());
            rank(a).cmp(&rank(b))
        });
    let (Some(kept), Some(installer)) = (kept, Installer::of(facts)) else {
        return symptom;
    };
    let Some(line) = installer.again(kept) else {
        return symptom;
    };
    let mut actions = Vec::new();
    if installer.replaces_all() {
        actions.push(line.action());
    } else {
        let others = several.iter().filter(|it| it.path != kept.path);
        let others: Vec<&Path> = others.map(|it| it.path.as_path()).collect();
        let aside = set_aside(&others);
        let Some((aside, remove)) = aside else {
            return symptom;
        };
        actions.extend(aside);
        actions.push(line.action());
        actions.extend(remove);
    }
    symptom.next(line.typed()).fix(Fix::ask(
        format!("keep `{}` {}", kept.name, kept.written),
        actions,
    ))
}

/// Renames metadata as pip does while it works, and removes it in the end: where the step in between fails, everything is back.
fn set_aside(folders: &[&Path]) -> Option<(Vec<Action>, Vec<Action>)> {
    let mut renames = Vec::new();
    let mut removes = Vec::new();
    for folder in folders {
        let name = folder.file_name()?.to_str()?;
        let to = folder.with_file_name(format!("~{name}"));
        renames.push(Action::Rename {
            from: folder.to_path_buf(),
            to: to.clone(),
        });
        removes.push(Action::RemoveLeftover(to));
    }
    Some((renames, removes))
}

pub(super) fn leftovers(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let leftovers = installed.names.iter().filter(|it| it.name.starts_with('~'));
        Outcome::of(leftovers.map(|it| {
            let path = installed.folder.join(&it.name);
            Symptom::new(format!("`{}` lies among the packages", it.name))
                .seen_in(Evidence::path(path.clone()))
                .fix(Fix::safe(
                    format!("remove `{}`", it.name),
                    [Action::RemoveLeftover(path)],
                ))
        }))
    })
}

pub(super) fn incomplete(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let all = installed.all.iter().filter(|it| it.form == Form::Wheel);
        Outcome::of(all.filter_map(|it| {
            let (seen, path) = lack(it)?;
            let symptom = Symptom::new(seen).seen_in(Evidence::path(path));
            Some(complete(facts, symptom, installed, it))
        }))
    })
}

/// What its metadata lacks, and where.
fn lack(it: &Distribution) -> Option<(String, std::path::PathBuf)> {
    let name = &it.spelled;
    let metadata = it.file("METADATA");
    if it.metadata.is_none() {
        let seen = match metadata.symlink_metadata() {
            Ok(_) => format!("the METADATA of `{name}` names no project"),
            Err(_) => format!("`{name}` has no METADATA"),
        };
        return Some((seen, metadata));
    }
    if it.version.is_none() {
        let seen = format!(
            "`{}` is no version, and METADATA of `{name}` says so",
            it.written
        );
        return Some((seen, metadata));
    }
    let record = it.file("RECORD");
    let is_lost = record.symlink_metadata().is_err()
        // Packages of a system are looked after by its own tools, which need none.
        && it
            .installer()
            .is_none_or(|it| it == "pip" || it == "uv");
    is_lost.then(|| (format!("`{name}` has no RECORD of its files"), record))
}

/// Adds how to have it whole: out of the way with what there is, and installed again where anything asks for it.
fn complete(
    facts: &Facts,
    symptom: Symptom,
    installed: &Distributions,
    it: &Distribution,
) -> Symptom {
    let Some((mut actions, remove)) = set_aside(&[&it.path]) else {
        return symptom;
    };
    let is_there_whole = installed
        .named(&it.name)
        .iter()
        .any(|other| other.path != it.path && other.metadata.is_some());
    let mut typed = None;
    if !is_there_whole {
        let Some(line) = Installer::of(facts).and_then(|installer| installer.anew(it)) else {
            return symptom;
        };
        typed = Some(line.typed());
        actions.push(line.action());
    }
    actions.extend(remove);
    let title = format!("install `{}` again", it.name);
    let symptom = typed.into_iter().fold(symptom, Symptom::next);
    symptom.fix(Fix::ask(title, actions))
}

pub(super) fn old_form(facts: &Facts) -> Outcome {
    of_installed(facts, |installed| {
        let old = installed.all.iter().filter(|it| it.form != Form::Wheel);
        Outcome::of(old.map(|it| {
            let how = match it.form {
                Form::Link => "setup.py develop",
                _ => "setup.py install",
            };
            Symptom::new(format!("`{}` was installed as `{how}` does", it.spelled))
                .seen_in(Evidence::path(it.path.clone()))
        }))
    })
}
