//! Choosing files by globs.
//!
//! Called by the selection and the configuration. It looks at names alone.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};

/// The files that globs choose.
pub(super) struct Chosen {
    files: Option<Globs>,
    exclude: Globs,
}

impl Chosen {
    /// By these globs, all where there are none, less those of `exclude`.
    ///
    /// # Errors
    /// When one is no glob, or they are too many.
    pub(super) fn new<F: AsRef<str>>(files: &[F], exclude: &[String]) -> Result<Self> {
        Ok(Self {
            files: (!files.is_empty()).then(|| Globs::new(files)).transpose()?,
            exclude: Globs::new(exclude)?,
        })
    }

    /// Whether a path, seen from the project, is chosen.
    pub(super) fn has(&self, path: &[u8]) -> bool {
        self.files.as_ref().is_none_or(|it| it.have(path)) && !self.exclude.have(path)
    }
}

/// Globs, of which one that fits is enough.
struct Globs {
    /// The ends of names, for `*.py` and the like: most globs are, and a path is compared with them faster than with a set.
    ends: Vec<Vec<u8>>,
    /// The others.
    set: GlobSet,
}

impl Globs {
    /// One without a slash is for names in any folder, as in `.gitignore`; `*` stays within a name.
    fn new<G: AsRef<str>>(patterns: &[G]) -> Result<Self> {
        let (mut ends, mut set) = (Vec::new(), GlobSetBuilder::new());
        for pattern in patterns {
            let pattern = pattern.as_ref();
            if let Some(end) = end(pattern) {
                ends.push(end.as_bytes().to_vec());
                continue;
            }
            let anywhere = if pattern.contains('/') {
                pattern.trim_start_matches("./").to_owned()
            } else {
                format!("**/{pattern}")
            };
            let glob = GlobBuilder::new(&anywhere)
                .literal_separator(true)
                .build()
                .map_err(|error| Error::new(format!("`{pattern}` is no glob")).caused_by(error))?;
            set.add(glob);
        }
        let set = set
            .build()
            .map_err(|error| Error::new("the globs are too many or too large").caused_by(error))?;
        Ok(Self { ends, set })
    }

    fn have(&self, path: &[u8]) -> bool {
        self.ends.iter().any(|end| path.ends_with(end))
            || !self.set.is_empty()
                && crate::repo_path::bytes_to_path(path)
                    .is_some_and(|path| self.set.is_match_candidate(&Candidate::new(&path)))
    }
}

/// What names end with that fit a glob, where it says no more than that: `.py` for `*.py`.
fn end(pattern: &str) -> Option<&str> {
    let end = pattern.strip_prefix('*')?;
    let plain = |it: char| !matches!(it, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '/');
    (!end.is_empty() && end.chars().all(plain)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::Chosen;

    fn has(files: &[&str], exclude: &[&str], path: &str) -> bool {
        let exclude: Vec<String> = exclude.iter().map(|it| (*it).to_owned()).collect();
        Chosen::new(files, &exclude).unwrap().has(path.as_bytes())
    }

    #[test]
    fn a_glob_without_a_slash_is_for_any_folder() {
        assert!(has(&["*.py"], &[], "a/b.py"));
        assert!(has(&["*.py"], &[], "b.py"));
        assert!(!has(&["*.py"], &[], "b.pyi"));
        assert!(has(&["src/*.py"], &[], "src/b.py"));
        assert!(!has(&["src/*.py"], &[], "src/a/b.py"));
        assert!(has(&["src/**"], &[], "src/a/b.py"));
        assert!(has(&[], &[], "anything"));
        assert!(!has(&["*.py"], &["old/**"], "old/b.py"));
        for name in [".py", "a.py", "a/.py", "a.py/b", "a/b.py.py", "py", "a,py"] {
            // The first is compared with the end of the name, the second by a set of globs.
            assert_eq!(
                has(&["*.py"], &[], name),
                has(&["*.p[y]"], &[], name),
                "{name}"
            );
        }
        assert!(has(&["*.md", "*.py", "a?"], &["*.txt", "b*"], "x/a1"));
        assert!(!has(&["*.md", "*.py", "a?"], &["*.txt", "b*"], "x/b.py"));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_of_any_bytes_can_be_chosen() {
        let chosen = Chosen::new(&["*.py"], &[]).unwrap();
        assert!(chosen.has(b"a\n\xff.py"));
        assert!(chosen.has(b"--exclude=b.py"));
    }
}
