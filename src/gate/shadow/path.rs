//! Which paths can be laid out, and which links.
//!
//! A repository's paths are somebody else's: git refuses the wild ones, and so does this, on its own.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::repo_path::{RepoPath, bytes_to_path};

/// The place of a path of the repository below a folder.
///
/// # Errors
/// When it would lie elsewhere or inside a `.git`, or is no path on this system.
pub(super) fn place(root: &Path, path: &RepoPath) -> Result<PathBuf> {
    check(path)?;
    path.below(root).ok_or_else(|| refusal(path))
}

/// Whether a path can be laid out at all.
///
/// # Errors
/// As [`place`].
pub(super) fn check(path: &RepoPath) -> Result<()> {
    let is_good = path.as_bytes().split(|byte| *byte == b'/').all(is_name);
    if is_good { Ok(()) } else { Err(refusal(path)) }
}

fn refusal(path: &RepoPath) -> Error {
    Error::new(format!(
        "`{path}` cannot be laid out: no path of a repository looks like this"
    ))
    .hint("take it out of the index: `git rm --cached`")
}

/// Whether this can be the name of a file or folder in a repository.
fn is_name(name: &[u8]) -> bool {
    let is_strange = |byte: &u8| matches!(*byte, b'\\' | b':' | 0);
    let is_wild = matches!(name, b"" | b"." | b"..") || is_git(name) || name.contains(&0);
    !is_wild && (!cfg!(windows) || !name.iter().any(is_strange))
}

/// Whether some file system takes this name for `.git`.
fn is_git(name: &[u8]) -> bool {
    if name.is_ascii() && !name.starts_with(b".") && !name.contains(&b'~') {
        return false;
    }
    // HFS ignores such characters (all begin with these bytes), NTFS what stands at the end.
    let text = String::from_utf8_lossy(name);
    let ignored = |it: char| matches!(it, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let letters: String = text.chars().filter(|it| !ignored(*it)).collect();
    let stem = letters.split(':').next().unwrap_or_default();
    let stem = stem.trim_end_matches(['.', ' ']);
    stem.eq_ignore_ascii_case(".git") || stem.eq_ignore_ascii_case("git~1")
}

/// Where a link leads, if that is inside the copy: `..` only in front, and not more of them than there are folders above the link
/// (which are real ones, never links). So it holds whatever the other links are, as long as they obey the same.
pub(super) fn leads_inside(link: &RepoPath, target: &[u8]) -> Option<PathBuf> {
    if cfg!(windows) || target.is_empty() || target.contains(&0) {
        return None;
    }
    let above = link.folders().count().saturating_sub(1);
    let (mut up, mut is_down) = (0, false);
    for (at, part) in target.split(|byte| *byte == b'/').enumerate() {
        match part {
            b"" if at == 0 => return None,
            b"" | b"." => {}
            b".." if is_down || up == above => return None,
            b".." => up += 1,
            name if is_git(name) => return None,
            _ => is_down = true,
        }
    }
    bytes_to_path(target)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{leads_inside, place};
    use crate::repo_path::RepoPath;

    #[test]
    fn wild_paths_are_refused() {
        for path in [
            "",
            "/etc/passwd",
            "../a",
            "a/../../b",
            "a//b",
            "a/",
            "./a",
            ".git/config",
            "a/.GIT/hooks/x",
            "a/.git. /x",
            ".g\u{200c}it/config",
            "git~1/config",
            ".git::$INDEX_ALLOCATION/config",
        ] {
            let error = place(Path::new("/s"), &RepoPath::new(path)).unwrap_err();
            assert!(error.message().contains("cannot be laid out"), "{path}");
        }
        for path in ["a", "-a", "a b/c\n", ".gitignore", "..a", "a./.gitx", "git"] {
            assert_eq!(
                place(Path::new("/s"), &RepoPath::new(path)).unwrap(),
                Path::new("/s").join(path)
            );
        }
        assert!(
            cfg!(not(unix)) || place(Path::new("/s"), &RepoPath::new(b"\xff".to_vec())).is_ok()
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_laid_out_only_if_it_stays_inside() {
        let inside = |link: &str, target: &str| {
            leads_inside(&RepoPath::new(link), target.as_bytes()).is_some()
        };
        assert!(inside("a", "b/c"));
        assert!(inside("x/a", "../b"));
        assert!(inside("x/y/a", "../.././b"));
        assert!(inside("x/a", "../"));
        for (link, target) in [
            ("a", "/etc/passwd"),
            ("a", ".."),
            ("x/a", "../../b"),
            ("x/y/a", "b/../c"),
            ("a", "b/.."),
            ("a", ""),
            ("a", ".git/hooks"),
        ] {
            assert!(!inside(link, target), "{link} -> {target}");
        }
    }
}
