//! What a project requires, read from `pyproject.toml`.
//!
//! Used by all resolvers of `lock`. It must not know what is locked.

use pep508_rs::{Requirement, VerbatimUrl, VersionOrUrl};
use std::str::FromStr;

use super::DEV_GROUP;
use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::template::lock::{Pinned, Source};

/// What the project requires.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Of `[project] dependencies`.
    pub(super) runtime: Vec<String>,
    /// Of the dependency group `dev`; `None` where there is none.
    pub(super) dev: Option<Vec<String>>,
}

impl Wanted {
    /// Reads and checks them.
    ///
    /// # Errors
    /// When one is no requirement.
    pub(super) fn read(manifest: &Manifest) -> Result<Self> {
        let wanted = Self {
            runtime: manifest.dependencies()?,
            dev: manifest.group(DEV_GROUP)?,
        };
        for requirement in wanted.all() {
            parsed(manifest, requirement)?;
        }
        Ok(wanted)
    }

    /// Those of both files.
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.runtime.iter().chain(self.dev.iter().flatten())
    }

    /// Those of the tools.
    pub(super) fn dev(&self) -> &[String] {
        self.dev.as_deref().unwrap_or_default()
    }

    /// The requirements on a package.
    pub(super) fn on(&self, name: &str) -> Vec<Requirement<VerbatimUrl>> {
        self.all()
            .filter_map(|it| Requirement::from_str(it).ok())
            .filter(|it| it.name.to_string() == name)
            .collect()
    }

    /// Whether the project's own words allow a pin; what other packages say of it is not known here.
    pub(super) fn allows(&self, pin: &Pinned) -> bool {
        self.on(&pin.name).iter().all(|requirement| {
            requirement.marker.is_disjoint(pin.marker.tree())
                || match (&requirement.version_or_url, &pin.source) {
                    (None, Source::Version(_)) => true,
                    (Some(VersionOrUrl::VersionSpecifier(range)), Source::Version(version)) => {
                        range.contains(version)
                    }
                    (Some(VersionOrUrl::Url(url)), Source::Url(pinned)) => {
                        url.to_string() == *pinned
                    }
                    _ => false,
                }
        })
    }
}

/// One requirement, read.
///
/// # Errors
/// When it is none, in words for a person.
pub(super) fn parsed(manifest: &Manifest, requirement: &str) -> Result<Requirement<VerbatimUrl>> {
    Requirement::from_str(requirement).map_err(|error| {
        Error::new(format!(
            "{}: `{requirement}` is no requirement: {}",
            manifest.path().display(),
            error.message
        ))
        .hint("write it as PEP 508 says, for example \"requests>=2.32\"")
    })
}
