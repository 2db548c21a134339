//! Whether a path, or the target of a link, stays inside the project.
//!
//! Called by `composition` for every file of a layer, once its name is rendered. It looks at words only, never at a file system.

/// Whether a path stays inside the project, on every system.
pub(super) fn inside(path: &str) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("is empty");
    }
    if path.contains(['\\', ':', '\0', '\n']) {
        return Err("has a character that paths must not have");
    }
    for part in path.split('/') {
        match part {
            "" => return Err("has an empty part or begins with `/`"),
            "." | ".." => return Err("has a part `.` or `..`"),
            part if part.eq_ignore_ascii_case(".git") => return Err("lies in `.git`"),
            _ => {}
        }
    }
    Ok(())
}

/// Whether the target of a link at `path` stays inside the project.
pub(super) fn link_inside(path: &str, target: &str) -> Result<(), &'static str> {
    if target.is_empty() || target.starts_with('/') || target.contains(['\\', ':', '\0']) {
        return Err("is not a relative path");
    }
    let mut depth = path.split('/').count() - 1;
    for part in target.split('/') {
        match part {
            ".." if depth == 0 => return Err("leads outside the project"),
            ".." => depth -= 1,
            "." | "" => {}
            part if part.eq_ignore_ascii_case(".git") => return Err("leads into `.git`"),
            _ => depth += 1,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{inside, link_inside};

    #[test]
    fn a_path_stays_inside() {
        for good in ["a", "a/b.py", ".github/workflows/ci.yml", "..a/b"] {
            assert_eq!(inside(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/a",
            "../a",
            "a/../../b",
            "a//b",
            "c:\\x",
            ".git/hooks/x",
            "a/.GIT/x",
            "a\nb",
            "./a",
        ] {
            assert!(inside(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_link_stays_inside() {
        assert_eq!(link_inside("docs/readme.md", "../README.md"), Ok(()));
        for bad in ["../../x", "/etc/passwd", "", "../.git/config"] {
            assert!(link_inside("docs/readme.md", bad).is_err(), "{bad}");
        }
        assert!(link_inside("readme.md", "../x").is_err());
    }
}
