//! A project's lock as a value, and its text: exact versions, hashed, sorted, one `requirements.txt`.
//!
//! The text is what `uv pip compile --universal --generate-hashes --no-annotate` writes, byte for byte, so that the plain
//! command in its header changes nothing. Called by whoever makes or reads such a file. It must not know which of the
//! resolvers gave the versions.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::{MarkerTree, PackageName};

use crate::error::{Error, Result};

/// The options with which uv writes such a text.
const UNIVERSAL: &str = "--universal --python-version 3.11 --generate-hashes --no-annotate";

/// The plain command that compiles the runtime lock into `file`, from the project's folder.
pub(crate) fn runtime_command(file: &str) -> String {
    format!("uv pip compile pyproject.toml {UNIVERSAL} --output-file {file}")
}

/// The plain command that compiles the lock of the group `dev` into `file`, with the versions of the runtime lock.
pub(crate) fn dev_command(runtime_file: &str, file: &str) -> String {
    format!(
        "uv pip compile --group dev --constraint {runtime_file} {UNIVERSAL} --output-file {file}"
    )
}

/// Exactly what is to be installed, on every platform that its author covered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    packages: Vec<Pinned>,
}

/// One package in a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pinned {
    /// Normalized as PEP 503 says.
    pub(crate) name: String,
    /// What exactly.
    pub(crate) source: Source,
    /// On which machines.
    pub(crate) marker: Marker,
    /// The SHA-256 of each of its files in hexadecimal, sorted.
    pub(crate) hashes: Vec<String>,
}

/// A marker with the words it was written in: one marker can be written in many ways, and a resolver's own way stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marker {
    tree: MarkerTree,
    words: String,
}

impl Marker {
    /// What it means.
    pub(crate) fn tree(&self) -> &MarkerTree {
        &self.tree
    }
}

impl From<MarkerTree> for Marker {
    fn from(tree: MarkerTree) -> Self {
        let words = tree.try_to_string().unwrap_or_default();
        Self { tree, words }
    }
}

impl FromStr for Marker {
    type Err = pep508_rs::Pep508Error;

    fn from_str(words: &str) -> std::result::Result<Self, Self::Err> {
        let tree = match words.trim() {
            "" => MarkerTree::TRUE,
            words => words.parse()?,
        };
        let words = words.trim().to_owned();
        Ok(Self { tree, words })
    }
}

impl PartialEq for Marker {
    /// By meaning.
    fn eq(&self, other: &Self) -> bool {
        self.tree == other.tree
    }
}

impl Eq for Marker {}

/// What exactly is to be installed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// This version, from the index.
    Version(Version),
    /// The archive at this address.
    Url(String),
}

impl Pinned {
    /// As a PEP 508 requirement, without hashes.
    pub(crate) fn requirement(&self) -> String {
        let mut text = match &self.source {
            Source::Version(version) => format!("{}=={version}", self.name),
            Source::Url(url) => format!("{} @ {url}", self.name),
        };
        if !self.marker.words.is_empty() {
            text.push_str(" ; ");
            text.push_str(&self.marker.words);
        }
        text
    }

    /// The version, or the address that takes its place.
    pub(crate) fn version(&self) -> String {
        match &self.source {
            Source::Version(version) => version.to_string(),
            Source::Url(url) => url.clone(),
        }
    }
}

impl Lock {
    /// Puts packages in their order.
    pub(crate) fn new(mut packages: Vec<Pinned>) -> Self {
        packages.sort_by(|a, b| (&a.name, &a.source).cmp(&(&b.name, &b.source)));
        for package in &mut packages {
            package.hashes.sort_unstable();
            package.hashes.dedup();
        }
        Self { packages }
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    /// When something in it is no pinned requirement; names the line.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        entries(text).collect::<Result<Vec<_>>>().map(Self::new)
    }

    /// Reads the text of such a file as far as it is one: what was edited by hand into something else is passed over.
    pub(crate) fn parse_leniently(text: &str) -> Self {
        Self::new(entries(text).filter_map(Result::ok).collect())
    }

    /// All packages, sorted by name.
    pub(crate) fn packages(&self) -> &[Pinned] {
        &self.packages
    }

    /// The same, to change what is known of them but their order.
    pub(crate) fn packages_mut(&mut self) -> impl Iterator<Item = &mut Pinned> {
        self.packages.iter_mut()
    }

    /// The packages of this name: more than one where different machines get different versions.
    pub(crate) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Pinned> {
        self.packages.iter().filter(move |it| it.name == name)
    }

    /// The names in it.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.packages.iter().map(|it| it.name.as_str()).collect()
    }

    /// The whole file. `header_command` is the plain command that does the same, without a line break.
    pub(crate) fn requirements_text(&self, header_command: &str) -> String {
        self.text_below(&format!(
            "# This file was autogenerated by uv via the following command:\n#    {header_command}\n"
        ))
    }

    /// The whole file below a header of the caller's own, which ends in a line break.
    pub(crate) fn text_below(&self, header: &str) -> String {
        let mut text = header.to_owned();
        for package in &self.packages {
            text.push_str(&package.requirement());
            for hash in &package.hashes {
                text.push_str(" \\\n    --hash=sha256:");
                text.push_str(hash);
            }
            text.push('\n');
        }
        text
    }

    /// The versions alone, as PEP 508 strings: for `[tool.uv] constraint-dependencies`.
    pub(crate) fn constraints(&self) -> Vec<String> {
        self.packages.iter().map(Pinned::requirement).collect()
    }
}

/// The logical lines of a requirements file that are not comments, each read or refused.
fn entries(text: &str) -> impl Iterator<Item = Result<Pinned>> {
    let mut lines = text.lines().enumerate();
    std::iter::from_fn(move || {
        let (number, first) = lines.find(|(_, line)| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        })?;
        let mut logical = String::new();
        let mut line = first;
        while let Some(continued) = line.trim_end().strip_suffix('\\') {
            logical.push_str(continued);
            line = lines.next().map_or("", |(_, next)| next);
        }
        logical.push_str(line);
        Some(read_entry(&logical).ok_or_else(|| {
            Error::new(format!(
                "line {} is no pinned requirement: `{}`",
                number + 1,
                first.trim_end().trim_end_matches('\\').trim()
            ))
        }))
    })
}

fn read_entry(line: &str) -> Option<Pinned> {
    let mut parts = line.split(" --hash=");
    let requirement = parts.next()?.trim();
    let hashes = parts
        .map(|it| it.trim().strip_prefix("sha256:").map(str::to_owned))
        .collect::<Option<Vec<_>>>()?;
    // uv writes ` ; `; other tools leave the spaces out. An address may hold a semicolon, never one after a space.
    let (pin, marker) = match requirement.split_once(" ;") {
        Some((pin, marker)) => (pin, marker.trim()),
        None if requirement.contains(" @ ") => (requirement, ""),
        None => requirement.split_once(';').unwrap_or((requirement, "")),
    };
    let (name, source) = if let Some((name, url)) = pin.split_once(" @ ") {
        (name, Source::Url(url.trim().to_owned()))
    } else {
        let (name, version) = pin.split_once("==")?;
        let version = Version::from_str(version.trim()).ok()?;
        (name, Source::Version(version))
    };
    let name = name.split_once('[').map_or(name, |(name, _)| name).trim();
    Some(Pinned {
        name: PackageName::from_str(name).ok()?.to_string(),
        source,
        marker: marker.parse().ok()?,
        hashes,
    })
}

#[cfg(test)]
mod tests {
    use super::Lock;

    const TEXT: &str = "\
# This file was autogenerated by uv via the following command:
#    plain command
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
pandas==2.3.3 ; python_full_version >= '3.14' \\
    --hash=sha256:cc
pandas==3.1.1 ; python_full_version < '3.14' \\
    --hash=sha256:dd
six @ https://example.com/six-1.17.0-py2.py3-none-any.whl \\
    --hash=sha256:ee
";

    #[test]
    fn the_text_reads_back_and_is_written_the_same() {
        let lock = Lock::parse(TEXT).unwrap();
        assert_eq!(lock.requirements_text("plain command"), TEXT);
        assert_eq!(
            lock.constraints(),
            [
                "colorama==0.4.6 ; sys_platform == 'win32'",
                "pandas==2.3.3 ; python_full_version >= '3.14'",
                "pandas==3.1.1 ; python_full_version < '3.14'",
                "six @ https://example.com/six-1.17.0-py2.py3-none-any.whl",
            ]
        );
        assert_eq!(lock.named("pandas").count(), 2);
        let uv = "a==1 ; (os_name == 'a' or os_name == 'b') and sys_platform == 'linux'\n";
        assert_eq!(Lock::parse(uv).unwrap().text_below(""), uv);
    }

    #[test]
    fn no_packages_make_a_file_with_its_header() {
        let text = Lock::default().requirements_text("plain command");
        assert_eq!(text.lines().count(), 2);
        assert_eq!(Lock::parse(&text).unwrap(), Lock::default());
    }

    #[test]
    fn a_line_that_pins_nothing_is_named() {
        let error = Lock::parse("# x\na==1\nrequests>=2 \\\n    --hash=sha256:aa\n").unwrap_err();
        assert_eq!(
            error.message(),
            "line 3 is no pinned requirement: `requests>=2`"
        );
        let lenient = Lock::parse_leniently("Some.Name[x]==1;os_name=='nt'\n-e .\nb==2");
        assert_eq!(
            lenient.names().into_iter().collect::<Vec<_>>(),
            ["b", "some-name"]
        );
    }
}
