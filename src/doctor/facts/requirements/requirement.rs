//! One requirement, as PEP 508 writes it: a project, extras, versions or an address, and a marker.
//!
//! Read from requirements files, `pyproject.toml` and the `Requires-Dist` of METADATA. Any text may be hostile: nothing here takes longer than
//! the text is.

use pep440_rs::{Operator, Version, VersionSpecifiers};

use super::marker::{Marker, MarkerValues};

/// No requirement is longer, in bytes.
const LONGEST: usize = 32 << 10;

/// A requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The project, normalized as PEP 503 says.
    pub(crate) name: String,
    /// Its optional parts that are asked for, normalized.
    pub(crate) extras: Vec<String>,
    /// The versions that will do; empty where any will.
    pub(crate) versions: VersionSpecifiers,
    /// The address behind `@`.
    pub(crate) url: Option<String>,
    /// Where it holds; `None` for everywhere.
    pub(crate) marker: Option<Marker>,
}

impl Requirement {
    /// Reads one, without comments or options.
    ///
    /// # Errors
    /// Says what was expected.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("the requirement is too long".to_owned());
        }
        let text = text.trim();
        let end = text.find(|it: char| !is_of_name(it)).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        if !is_name(name) {
            return Err("expected the name of a project".to_owned());
        }
        let mut rest = rest.trim_start();
        let mut extras = Vec::new();
        if let Some(inside) = rest.strip_prefix('[') {
            let (list, behind) = inside
                .split_once(']')
                .ok_or("`[` is not closed".to_owned())?;
            for extra in list.split(',').map(str::trim).filter(|it| !it.is_empty()) {
                if !is_name(extra) {
                    return Err(format!("`{extra}` is no name of an extra"));
                }
                extras.push(normalized(extra));
            }
            rest = behind.trim_start();
        }
        let mut requirement = Self {
            name: normalized(name),
            extras,
            versions: VersionSpecifiers::empty(),
            url: None,
            marker: None,
        };
        let marker = if let Some(behind) = rest.strip_prefix('@') {
            let behind = behind.trim_start();
            let (url, behind) = behind
                .split_once(char::is_whitespace)
                .unwrap_or((behind, ""));
            if url.is_empty() {
                return Err("expected an address behind `@`".to_owned());
            }
            requirement.url = Some(url.to_owned());
            behind.trim_start()
        } else {
            let (versions, behind) = match rest.split_once(';') {
                Some((versions, _)) => (versions, rest.strip_prefix(versions).unwrap_or_default()),
                None => (rest, ""),
            };
            let versions = versions.trim();
            let versions = versions
                .strip_prefix('(')
                .and_then(|it| it.strip_suffix(')'))
                .unwrap_or(versions);
            // A comma at the end is a habit of old setup.py files, and pip allows it.
            let versions = versions.trim().trim_end_matches(',');
            if !versions.is_empty() {
                requirement.versions = versions
                    .parse()
                    .map_err(|_| format!("`{versions}` names no versions"))?;
            }
            behind
        };
        if !marker.is_empty() {
            let marker = marker
                .strip_prefix(';')
                .ok_or_else(|| "expected `;` or the end".to_owned())?;
            if !marker.trim().is_empty() {
                requirement.marker = Some(Marker::parse(marker)?);
            }
        }
        Ok(requirement)
    }

    /// Whether it holds there, with these extras asked for of the project that requires it; not where that cannot be told.
    pub(crate) fn holds(&self, values: &MarkerValues, extras: &[&str]) -> bool {
        let marker = self.marker.as_ref();
        marker.is_none_or(|it| it.holds(values, extras) == Some(true))
    }

    /// Whether a version will do, pre-releases as good as any: what is installed is.
    pub(crate) fn allows(&self, version: &Version) -> bool {
        self.versions.contains(version)
    }

    /// The version that it is pinned to: `==1.2`, not `==1.*`.
    pub(crate) fn pin(&self) -> Option<&Version> {
        self.versions
            .iter()
            .find(|it| matches!(it.operator(), Operator::Equal | Operator::ExactEqual))
            .map(pep440_rs::VersionSpecifier::version)
    }
}

/// Whether it can be the name of a project or of an extra.
pub(crate) fn is_name(name: &str) -> bool {
    let ends = [name.chars().next(), name.chars().next_back()];
    let are_letters = ends
        .iter()
        .all(|it| it.is_some_and(|it| it.is_ascii_alphanumeric()));
    are_letters && name.chars().all(is_of_name)
}

fn is_of_name(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.')
}

/// The name of a project, of an extra or of a dependency group in the form that all spellings share (PEP 503).
pub(crate) fn normalized(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut is_between = false;
    for character in name.trim().chars() {
        if matches!(character, '-' | '_' | '.') {
            is_between = true;
            continue;
        }
        if is_between {
            normal.push('-');
        }
        is_between = false;
        normal.push(character.to_ascii_lowercase());
    }
    if is_between {
        normal.push('-');
    }
    normal
}
