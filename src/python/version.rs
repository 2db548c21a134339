//! Versions of Python: the series (`3.12`) that decides compatibility, and the full version of one installation.
//!
//! Called wherever a Python version is asked for, compared or shown. It must not know where versions are written.

use std::fmt;
use std::str::FromStr;

/// A feature series of Python, such as 3.12: what platforms name, and what wheels and bytecode are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Series {
    /// 3, for every Python that matters here.
    pub(crate) major: u8,
    /// 12 in 3.12.
    pub(crate) minor: u8,
}

impl Series {
    /// A series from its two numbers.
    pub(crate) const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Series {
    type Err = ();

    /// Reads exactly `X.Y`; neither a patch number nor anything else may follow.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (major, minor) = text.split_once('.').ok_or(())?;
        Ok(Self::new(
            number(major).ok_or(())?,
            number(minor).ok_or(())?,
        ))
    }
}

/// The oldest Python that templates, locks and environments are made for.
pub(crate) const FLOOR: Series = Series::new(3, 11);

/// The newest one.
pub(crate) const CEILING: Series = Series::new(3, 14);

/// The version of one installation, as far as it can be read from its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Version {
    /// 3.12 in 3.12.1.
    pub(crate) series: Series,
    /// Whether it is a release and not an alpha, a beta or a candidate; after the series, so that releases sort higher.
    pub(crate) release: bool,
    /// 1 in 3.12.1; not every installation says.
    pub(crate) patch: Option<u8>,
}

impl Version {
    /// Reads `X.Y`, `X.Y.Z` or a pre-release such as `3.15.0rc1`, with whatever a build may add after a `+`.
    /// `None` for anything else, a free-threaded build (`3.13.0t`) among it: no wheel of ours fits that one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.split('+').next()?;
        let mut parts = text.splitn(3, '.');
        let series = Series::new(number(parts.next()?)?, number(parts.next()?)?);
        let Some(rest) = parts.next() else {
            return Some(Self {
                series,
                release: true,
                patch: None,
            });
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (patch, suffix) = rest.split_at(digits);
        let pre_release = ["a", "b", "rc"].iter().any(|kind| {
            suffix
                .strip_prefix(kind)
                .is_some_and(|it| number(it).is_some())
        });
        (suffix.is_empty() || pre_release).then_some(Self {
            series,
            release: suffix.is_empty(),
            patch: Some(number(patch)?),
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.series)?;
        if let Some(patch) = self.patch {
            write!(f, ".{patch}")?;
        }
        if !self.release {
            write!(f, " (pre-release)")?;
        }
        Ok(())
    }
}

/// A number without sign or spaces, as versions have them.
fn number(text: &str) -> Option<u8> {
    let digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Series, Version};

    #[test]
    fn a_series_is_exactly_two_numbers() {
        assert_eq!("3.12".parse(), Ok(Series::new(3, 12)));
        for wrong in ["3", "3.", "3.12.1", "3.x", " 3.12", "+3.12", "3.300", ""] {
            assert_eq!(wrong.parse::<Series>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn versions_of_installations_are_read() {
        let shown = |text| Version::parse(text).map(|it| it.to_string());
        assert_eq!(shown("3.12"), Some("3.12".to_owned()));
        assert_eq!(shown("3.12.1"), Some("3.12.1".to_owned()));
        assert_eq!(shown("3.12.1+"), Some("3.12.1".to_owned()));
        assert_eq!(shown("3.15.0rc1"), Some("3.15.0 (pre-release)".to_owned()));
        for other in ["3.13.0t", "3.13-dev", "pypy3.10", "system", "3", "3.12.x"] {
            assert_eq!(shown(other), None, "{other}");
        }
    }

    #[test]
    fn a_release_is_newer_than_its_candidates_and_ten_is_more_than_nine() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("3.12.0rc2") < version("3.12.0"));
        assert!(version("3.12.9") < version("3.12.10"));
        assert!(version("3.9.20") < version("3.10"));
    }
}
