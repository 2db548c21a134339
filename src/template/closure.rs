//! The pinned closure: one resolution of everything that the layers require, kept as data beside them.
//!
//! `new` and `lock` cut a project's own lock out of it (see [`super::lock`]), so that nothing has to be resolved then;
//! `template lock` writes it anew. It must not know how it was resolved, nor where packages come from.
//!
//! The format is made for reading in well under a millisecond and for diffs that a person can review:
//!
//! ```text
//! # comment
//! requests 2.34.2                  a package and its version, sorted; where one name has several versions, each with
//! pandas 3.1.1 ; MARKER            the marker under which it was chosen
//! - certifi                        requires certifi
//! - pandas==3.1.1 ; MARKER         requires this version under this marker, where there are several
//! + socks pysocks                  requires pysocks for its extra `socks`
//! = 0123…                          the SHA-256 of one of its files, any platform, sorted
//! ```

use std::fmt::Write as _;

use crate::error::{Error, Result};

/// Where the closure lies in a catalog.
pub(crate) const FILE: &str = "closure.lock";

/// The oldest Python that every lock holds for, as `X.Y`.
pub(crate) const PYTHON_FLOOR: &str = "3.11";

/// Packages with their dependencies and hashes, resolved together for all platforms and for Python 3.11 and later.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Closure<'a> {
    /// Sorted by name; several versions of one name stand together.
    packages: Vec<Package<'a>>,
}

/// One version of one package.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Package<'a> {
    /// Normalized as PEP 503 says.
    pub(crate) name: &'a str,
    /// Exact, as PEP 440 says.
    pub(crate) version: &'a str,
    /// Where this version was chosen, for a name with several; empty for everywhere.
    pub(crate) marker: &'a str,
    /// What it requires.
    pub(crate) needs: Vec<Need<'a>>,
    /// The SHA-256 of each of its files, in hexadecimal.
    pub(crate) hashes: Vec<&'a str>,
}

/// An edge of the graph: a package requires another one.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Need<'a> {
    /// The extra of the requiring package that brings this edge; `None` where it always holds.
    pub(crate) extra: Option<&'a str>,
    /// The package required.
    pub(crate) name: &'a str,
    /// The extras of the package required.
    pub(crate) extras: Vec<&'a str>,
    /// Which version, for a name with several.
    pub(crate) version: Option<&'a str>,
    /// Where it holds; empty for everywhere.
    pub(crate) marker: &'a str,
}

impl<'a> Closure<'a> {
    /// Puts packages together.
    ///
    /// # Errors
    /// When a package requires one that is not among them.
    pub(crate) fn new(mut packages: Vec<Package<'a>>) -> Result<Self> {
        for package in &mut packages {
            package.needs.sort_unstable();
            package.hashes.sort_unstable();
            package.hashes.dedup();
        }
        // Versions compare as text here: any order does, as long as it is always the same.
        packages.sort_unstable_by_key(|it| (it.name, it.version));
        let closure = Self { packages };
        closure.check()?;
        Ok(closure)
    }

    /// Reads the format above.
    ///
    /// # Errors
    /// When a line is none of the format's, or the packages are unsorted or incomplete; names the line.
    pub(crate) fn parse(text: &'a str) -> Result<Self> {
        let mut packages: Vec<Package<'a>> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            read_line(line, &mut packages).ok_or_else(|| {
                Error::new(format!(
                    "line {} of the pinned closure is malformed: `{line}`",
                    number + 1
                ))
            })?;
        }
        let closure = Self { packages };
        closure.check()?;
        Ok(closure)
    }

    /// The same in the format above; the same closure gives the same bytes.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!(
            "# All that the layers beside this file require, resolved together for every platform and Python {PYTHON_FLOOR} and later.\n\
             # Written by `scaffold template lock`, read by src/template/closure.rs. Do not edit.\n"
        );
        for package in &self.packages {
            write_package(&mut text, package);
        }
        text
    }

    /// All packages, sorted by name.
    pub(crate) fn packages(&self) -> &[Package<'a>] {
        &self.packages
    }

    /// The packages of this name, with their places in [`Closure::packages`].
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = (usize, &Package<'a>)> {
        let start = self.packages.partition_point(|it| it.name < name);
        let length = self.packages[start..].partition_point(|it| it.name == name);
        (start..).zip(&self.packages[start..start + length])
    }

    /// The walk relies on this: names are sorted, and every edge leads somewhere.
    fn check(&self) -> Result<()> {
        let sorted = self.packages.is_sorted_by_key(|it| (it.name, it.version));
        if !sorted {
            return Err(Error::new("the pinned closure is not sorted by name"));
        }
        for package in &self.packages {
            for need in &package.needs {
                let mut targets = self.named(need.name);
                if !targets.any(|(_, it)| need.version.is_none_or(|version| version == it.version))
                {
                    return Err(Error::new(format!(
                        "the pinned closure lacks `{}`, which {} {} requires",
                        need.name, package.name, package.version
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Reads one line into the list; `None` where it is malformed.
fn read_line<'a>(line: &'a str, packages: &mut Vec<Package<'a>>) -> Option<()> {
    match line.split_at_checked(2) {
        Some(("= ", hash)) => packages.last_mut()?.hashes.push(hash),
        Some(("- ", need)) => packages.last_mut()?.needs.push(read_need(None, need)?),
        Some(("+ ", rest)) => {
            let (extra, need) = rest.split_once(' ')?;
            let need = read_need(Some(extra), need)?;
            packages.last_mut()?.needs.push(need);
        }
        _ => {
            let (pin, marker) = split_marker(line);
            let (name, version) = pin.split_once(' ')?;
            packages.push(Package {
                name,
                version,
                marker,
                ..Package::default()
            });
        }
    }
    Some(())
}

fn read_need<'a>(extra: Option<&'a str>, text: &'a str) -> Option<Need<'a>> {
    let (target, marker) = split_marker(text);
    let (target, version) = match target.split_once("==") {
        Some((target, version)) => (target, Some(version)),
        None => (target, None),
    };
    let (name, extras) = match target.split_once('[') {
        Some((name, extras)) => (name, extras.strip_suffix(']')?.split(',').collect()),
        None => (target, Vec::new()),
    };
    (!name.is_empty()).then_some(Need {
        extra,
        name,
        extras,
        version,
        marker,
    })
}

fn split_marker(text: &str) -> (&str, &str) {
    text.split_once(" ; ").unwrap_or((text, ""))
}

fn write_package(text: &mut String, package: &Package<'_>) {
    let marker = |marker: &str| match marker {
        "" => String::new(),
        marker => format!(" ; {marker}"),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "\n{} {}{}",
        package.name,
        package.version,
        marker(package.marker)
    );
    for need in &package.needs {
        let sign = need
            .extra
            .map_or_else(|| "-".to_owned(), |extra| format!("+ {extra}"));
        let extras = match need.extras.as_slice() {
            [] => String::new(),
            extras => format!("[{}]", extras.join(",")),
        };
        let version = need
            .version
            .map_or_else(String::new, |version| format!("=={version}"));
        let _ = writeln!(
            text,
            "{sign} {}{extras}{version}{}",
            need.name,
            marker(need.marker)
        );
    }
    for hash in &package.hashes {
        let _ = writeln!(text, "= {hash}");
    }
}

#[cfg(test)]
mod tests {
    use super::Closure;

    const SMALL: &str = "\
# about

anyio 4.16.0
- idna
- typing-extensions ; python_full_version < '3.15'
= aa
= bb

idna 3.20

numpy 1.0 ; python_full_version < '3.12'

numpy 2.0 ; python_full_version >= '3.12'
- numpy-base==2.0

numpy-base 2.0

requests 2.34.2
- idna
+ all anyio[a,b] ; sys_platform == 'win32'

typing-extensions 4.16.0
";

    #[test]
    fn what_is_written_reads_back_the_same() {
        let closure = Closure::parse(SMALL).unwrap();
        let text = closure.to_text();
        assert_eq!(Closure::parse(&text).unwrap(), closure);
        let body = |text: &str| text[text.find("\n\n").unwrap()..].to_owned();
        assert_eq!(body(&text), body(SMALL));
        let need = &closure.named("requests").next().unwrap().1.needs[1];
        assert_eq!(need.extra, Some("all"));
        assert_eq!(need.extras, ["a", "b"]);
        assert_eq!(need.marker, "sys_platform == 'win32'");
        assert_eq!(closure.named("numpy").count(), 2);
        assert_eq!(closure.named("nump").count(), 0);
    }

    #[test]
    fn a_malformed_line_is_named() {
        for (text, line) in [
            ("a 1\n- b[c\n\nb 1\n", "line 2"),
            ("- a\n", "line 1"),
            ("\n\nalone\n", "line 3"),
        ] {
            let error = Closure::parse(text).unwrap_err();
            assert!(error.message().starts_with(line), "{error}");
        }
    }

    #[test]
    fn an_edge_that_leads_nowhere_is_an_error() {
        let error = Closure::parse("a 1\n- b\n").unwrap_err();
        assert!(error.message().contains("lacks `b`"), "{error}");
        let error = Closure::parse("a 1\n- b==2\n\nb 1\n").unwrap_err();
        assert!(error.message().contains("lacks `b`"), "{error}");
    }

    #[test]
    fn the_closure_of_our_layers_is_whole_and_has_no_address_in_it() {
        let text = include_str!("../../templates/closure.lock");
        let closure = Closure::parse(text).unwrap();
        assert!(!closure.packages().is_empty());
        assert!(!text.contains("://"));
        for package in closure.packages() {
            assert!(!package.hashes.is_empty(), "{}", package.name);
            for hash in &package.hashes {
                assert!(hash.len() == 64 && hash.bytes().all(|it| it.is_ascii_hexdigit()));
            }
            let needs = package.needs.iter().map(|it| it.marker);
            for marker in needs.chain([package.marker]).filter(|it| !it.is_empty()) {
                marker.parse::<pep508_rs::MarkerTree>().unwrap();
            }
        }
        assert_eq!(closure.to_text(), text);
    }
}
