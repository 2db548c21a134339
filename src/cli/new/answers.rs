//! What the command line, the files and the machine say before anything is asked.
//!
//! Called by `new`, before the interview. It must not ask, nor know the questions of a layer.

use std::path::Path;

use super::Arguments;
use crate::error::{Error, Result};
use crate::git;
use crate::host::Host;
use crate::platform::Facts;
use crate::project::source::{Origin, Raw, Sources};
use crate::python::{self, Date, Series};

/// All places that answers come from, the strongest first.
pub(super) fn sources(arguments: &Arguments, host: &Host, config: &git::Config) -> Result<Sources> {
    let mut sources = Sources::default();
    let flags = [
        ("name", &arguments.name),
        ("platform", &arguments.platform),
        ("trigger", &arguments.trigger),
        ("example", &arguments.example),
        ("python", &arguments.python),
        ("description", &arguments.description),
        ("author", &arguments.author),
        ("email", &arguments.email),
        ("license", &arguments.license),
        ("docs", &arguments.docs),
        ("ci", &arguments.ci),
        ("editor", &arguments.editor),
        ("hooks", &arguments.hooks),
        ("installer", &arguments.installer),
    ];
    let given = flags
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), Raw::Text(value.clone()?))));
    sources.add(Origin::Flag, given.collect());
    sources.add_pairs(&arguments.set)?;
    if let Some(path) = &arguments.answers {
        sources.add_file(&host.current_dir().join(path), Origin::File(path.clone()))?;
    }
    sources.add_environment(host)?;
    if let Some(path) = host.config_dir().map(|dir| dir.join("config.toml"))
        && path.exists()
    {
        sources.add_file(&path, Origin::Configuration(path.clone()))?;
    }
    let (name, email) = git::author(host, config);
    let known = [("author", name), ("email", email)];
    let known = known
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), Raw::Text(value?))));
    sources.add(Origin::Git, known.collect());
    Ok(sources)
}

/// The name that a path gives: its last part, with `.` resolved.
pub(super) fn name_of(host: &Host, path: &Path) -> Result<String> {
    let whole = host.absolute(path);
    let name = whole.file_name().ok_or_else(|| {
        Error::new(format!("`{}` has no name", path.display()))
            .hint("name the project: --name my-function")
    })?;
    name.to_str().map(str::to_owned).ok_or_else(|| {
        Error::new(format!(
            "the name of `{}` is not UTF-8 text",
            path.display()
        ))
        .hint("name the project: --name my-function")
    })
}

/// The day, UTC.
pub(super) fn today(host: &Host) -> Result<Date> {
    Ok(Date::from_timestamp(host.timestamp()?))
}

/// The Python for a new project on this machine.
pub(super) fn default_python(host: &Host, facts: &Facts) -> String {
    let runtimes: Vec<python::Runtime> = facts
        .python
        .iter()
        .filter_map(|it| {
            Some(python::Runtime {
                version: it.version.parse().ok()?,
                deprecated: it.deprecated.as_deref().and_then(|day| day.parse().ok()),
            })
        })
        .collect();
    let (Ok(usual), Ok(today)) = (facts.default_python.parse::<Series>(), today(host)) else {
        return facts.default_python.clone();
    };
    python::default_version(&python::interpreters(host), &runtimes, usual, today).to_string()
}
