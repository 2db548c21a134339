//! Choosing files by globs.
//!
//! Called by the selection and the configuration. It looks at names alone.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};

/// The files that globs choose.
pub(super) struct Chosen {
    files: Option<GlobSet>,
    exclude: GlobSet,
}

impl Chosen {
    /// By these globs, all where there are none, less those of `exclude`.
    ///
    /// # Errors
    /// When one is no glob, or they are too many.
    pub(super) fn new<F: AsRef<str>>(files: &[F], exclude: &[String]) -> Result<Self> {
        Ok(Self {
            files: (!files.is_empty()).then(|| globs(files)).transpose()?,
            exclude: globs(exclude)?,
        })
    }

    /// Whether a path, seen from the project, is chosen.
    pub(super) fn has(&self, path: &[u8]) -> bool {
        if self.files.is_none() && self.exclude.is_empty() {
            return true;
        }
        let Some(path) = crate::repo_path::bytes_to_path(path) else {
            return false;
        };
        let candidate = Candidate::new(&path);
        self.files
            .as_ref()
            .is_none_or(|it| it.is_match_candidate(&candidate))
            && !self.exclude.is_match_candidate(&candidate)
    }
}

/// A set of globs. One without a slash is for names in any folder, as in `.gitignore`; `*` stays within a name.
fn globs<G: AsRef<str>>(patterns: &[G]) -> Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.as_ref();
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
    set.build()
        .map_err(|error| Error::new("the globs are too many or too large").caused_by(error))
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
    }

    #[cfg(unix)]
    #[test]
    fn a_name_of_any_bytes_can_be_chosen() {
        let chosen = Chosen::new(&["*.py"], &[]).unwrap();
        assert!(chosen.has(b"a\n\xff.py"));
        assert!(chosen.has(b"--exclude=b.py"));
    }
}
