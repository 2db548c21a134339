//! Wheel tags: for which Pythons and machines a wheel was built.
//! <https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/>
//!
//! Read from WHEEL by [`Distribution::tags`](super::Distribution::tags). Only what is certainly wrong counts as wrong: versions of glibc and of
//! macOS are not compared.

use crate::python::Series;

/// A tag: `cp312-cp312-manylinux_2_17_x86_64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    python: String,
    abi: String,
    platform: String,
}

/// What a wheel must be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The Python.
    pub(crate) series: Series,
    /// What platforms of its system begin with: `manylinux`, `win`, …
    pub(crate) systems: &'static [&'static str],
    /// What they end with on its machine: `x86_64`; `None` where that is not known.
    pub(crate) machine: Option<&'static str>,
}

/// The tags in a WHEEL file.
pub(super) fn parse(text: &str) -> Vec<Tag> {
    let values = text.lines().take(2_000).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("tag").then(|| value.trim())
    });
    values.flat_map(expanded).collect()
}

/// One tag of those that `py2.py3-none-any` stands for.
fn expanded(text: &str) -> Vec<Tag> {
    let mut parts = text.splitn(3, '-');
    let (Some(pythons), Some(abis), Some(platforms)) = (parts.next(), parts.next(), parts.next())
    else {
        return Vec::new();
    };
    let mut tags = Vec::new();
    for python in pythons.split('.').take(16) {
        for abi in abis.split('.').take(16) {
            for platform in platforms.split('.').take(16) {
                tags.push(Tag {
                    python: python.to_owned(),
                    abi: abi.to_owned(),
                    platform: platform.to_owned(),
                });
            }
        }
    }
    tags
}

impl Tag {
    /// Whether it may work there.
    pub(crate) fn may_fit(&self, target: &Target) -> bool {
        self.fits_python(target.series) && self.fits_platform(target)
    }

    fn fits_python(&self, series: Series) -> bool {
        let Some((kind, wanted)) = of_python(&self.python) else {
            // Another implementation: `pp310`.
            return false;
        };
        let is_exact = kind == "cp" && !matches!(self.abi.as_str(), "abi3" | "none");
        match wanted {
            None => true,
            Some(wanted) if is_exact => wanted == series,
            Some(wanted) => wanted.major == series.major && wanted <= series,
        }
    }

    fn fits_platform(&self, target: &Target) -> bool {
        let platform = self.platform.as_str();
        if platform == "any" {
            return true;
        }
        let is_of_system = target.systems.iter().any(|it| platform.starts_with(it));
        let is_of_machine = target.machine.is_none_or(|it| platform.ends_with(it));
        is_of_system && is_of_machine
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

/// The kind of a Python tag and its series: of `py3` there is none, as any 3.x will do; a tag for Python 2 or of another
/// implementation is none at all.
fn of_python(tag: &str) -> Option<(&str, Option<Series>)> {
    let kind = ["py", "cp"].into_iter().find(|it| tag.starts_with(it))?;
    let digits = tag.strip_prefix(kind)?;
    let minor = digits.strip_prefix('3')?;
    if minor.is_empty() {
        return Some((kind, None));
    }
    Some((kind, Some(Series::new(3, minor.parse().ok()?))))
}
