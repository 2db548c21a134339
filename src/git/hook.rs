//! The text of a hook of ours: made for a stage and a program, and recognised again; and the names that hooks are kept under.
//!
//! Used by `gate`, which installs hooks, and by `doctor`. The script itself is `hooks/shim.sh`. It must not touch a file.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The script, with four places to fill.
const TEMPLATE: &str = include_str!("../../hooks/shim.sh");

/// Raised with every change of the script.
pub(crate) const VERSION: u32 = 1;

/// What the name of a hook that was there before ours ends with; the script in `hooks/shim.sh` knows it too.
pub(crate) const KEPT: &str = ".before-scaffold";

/// What pre-commit and prek put at the end of the name of a hook that was there before theirs, which theirs runs first.
pub(crate) const LEGACY: &str = ".legacy";

/// What the first two lines of every one of ours begin with; the second goes on with version and digest of what follows.
const HEAD: &str = "#!/bin/sh\n# scaffold-hook ";

/// What tells a hook of ours, even one that somebody has edited.
const MARKER: &[u8] = b"# scaffold-hook ";

/// How many hexadecimal digits of the digest it carries.
const DIGITS: usize = 16;

/// A hook of ours, byte for byte as some version of this program wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shim {
    /// The version of the script.
    pub(crate) version: u32,
    /// The program that it looks for first.
    pub(crate) program: PathBuf,
}

/// Whose a hook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Author {
    /// Ours, as it was written.
    Ours(Shim),
    /// Ours once; somebody has changed it since.
    Edited,
    /// Somebody else's.
    Foreign,
}

/// Whether a hook is one of pre-commit's or prek's, which run the one that was there before them.
pub(crate) fn runs_legacy(bytes: &[u8]) -> bool {
    let word = b"hook-impl";
    bytes.windows(word.len()).any(|window| window == word)
}

/// The hook of a stage, by the name that git has for it, for the program at this absolute path.
///
/// # Errors
/// When the path is not absolute.
pub(crate) fn render(stage: &str, program: &Path) -> Result<Vec<u8>> {
    if !program.is_absolute() {
        return Err(Error::new(format!(
            "a hook needs the absolute path of the program, and `{}` is none",
            program.display()
        )));
    }
    // A checkout may have given the script the line ends of Windows, which no shell takes.
    let script = TEMPLATE.replace('\r', "").replace("@stage@", stage);
    let (_, body) = script.split_once("@digest@\n").unwrap_or_default();
    let (before, after) = body.split_once("@program@").unwrap_or_default();
    let mut body = before.as_bytes().to_vec();
    body.extend(quoted(&shell_bytes(program)));
    body.extend(after.as_bytes());
    let mut text = format!("{HEAD}{VERSION} {}\n", digest(&body)).into_bytes();
    text.extend(body);
    Ok(text)
}

/// Says whose these bytes are. The digest tells what any version wrote, older or newer, from what was edited since.
pub(crate) fn author(bytes: &[u8]) -> Author {
    if !bytes.windows(MARKER.len()).any(|window| window == MARKER) {
        return Author::Foreign;
    }
    parse(bytes).map_or(Author::Edited, Author::Ours)
}

fn parse(bytes: &[u8]) -> Option<Shim> {
    let rest = bytes.strip_prefix(HEAD.as_bytes())?;
    let end = rest.iter().position(|it| *it == b'\n')?;
    let (line, body) = (std::str::from_utf8(&rest[..end]).ok()?, &rest[end + 1..]);
    let (version, written) = line.split_once(' ')?;
    if written != digest(body) {
        return None;
    }
    let key = b"\nprogram=";
    let start = body.windows(key.len()).position(|it| it == key)? + key.len();
    Some(Shim {
        version: version.parse().ok()?,
        program: crate::repo_path::bytes_to_path(&unquoted(&body[start..]))?,
    })
}

fn digest(body: &[u8]) -> String {
    blake3::hash(body).to_hex()[..DIGITS].to_owned()
}

/// A word that every POSIX shell reads back as exactly these bytes.
fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut word = vec![b'\''];
    for byte in bytes {
        if *byte == b'\'' {
            word.extend(br"'\''");
        } else {
            word.push(*byte);
        }
    }
    word.push(b'\'');
    word
}

/// The bytes that a word made by [`quoted`] stands for; what follows the word is not looked at.
fn unquoted(word: &[u8]) -> Vec<u8> {
    let (mut bytes, mut at, mut inside) = (Vec::new(), 0, false);
    while let Some(byte) = word.get(at) {
        match byte {
            b'\'' => inside = !inside,
            b'\\' if !inside => {
                at += 1;
                bytes.extend(word.get(at));
            }
            byte if inside => bytes.push(*byte),
            _ => break,
        }
        at += 1;
    }
    bytes
}

/// A path as the shell that runs hooks takes it.
#[cfg(unix)]
fn shell_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

/// A path as the shell that comes with git takes it: `C:/Tools/scaffold.exe`, without the prefix of long paths.
#[cfg(not(unix))]
fn shell_bytes(path: &Path) -> Vec<u8> {
    let text = path.to_string_lossy();
    text.strip_prefix(r"\\?\")
        .unwrap_or(&text)
        .replace('\\', "/")
        .into_bytes()
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use super::{Author, HEAD, Shim, TEMPLATE, VERSION, author, render};

    const STAGES: [&str; 4] = ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"];

    #[test]
    fn what_was_written_is_known_again_whatever_the_path() {
        for path in [
            &b"/usr/bin/scaffold"[..],
            b"/a b/it's/$HOME/`id`/\"x\"/scaffold",
            b"/new\nline\n/\xff\xfe/\\back/scaffold",
            b"/'",
        ] {
            let program = Path::new(OsStr::from_bytes(path));
            for stage in STAGES {
                let bytes = render(stage, program).unwrap();
                let shim = Shim {
                    version: VERSION,
                    program: program.to_owned(),
                };
                assert_eq!(author(&bytes), Author::Ours(shim), "{program:?}");
                assert!(!bytes.contains(&b'\r'));
            }
        }
    }

    #[test]
    fn an_edit_is_seen_and_a_stranger_is_one() {
        let bytes = render("pre-commit", Path::new("/bin/scaffold")).unwrap();
        let mut longer = bytes.clone();
        longer.extend(b"echo mine\n");
        assert_eq!(author(&longer), Author::Edited);
        let crlf = String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
        assert_eq!(author(crlf.as_bytes()), Author::Edited);
        assert_eq!(author(b"#!/bin/sh\nexec scaffold check\n"), Author::Foreign);
        assert_eq!(author(b""), Author::Foreign);
        assert!(render("pre-commit", Path::new("scaffold")).is_err());
    }

    #[test]
    fn another_script_has_another_version() {
        let bytes = render("pre-commit", Path::new("/bin/scaffold")).unwrap();
        let head = String::from_utf8_lossy(&bytes);
        let head: Vec<&str> = head.lines().take(2).collect();
        // Who changes the script raises VERSION, then this line.
        assert_eq!(head, ["#!/bin/sh", "# scaffold-hook 1 9451d88d2298a2f0"]);
    }

    #[test]
    fn the_script_has_each_place_to_fill_once() {
        let head = format!("{HEAD}@version@ @digest@\n");
        assert!(TEMPLATE.replace('\r', "").starts_with(&head));
        for place in ["@version@", "@digest@\n", "@stage@", "@program@"] {
            assert_eq!(TEMPLATE.matches(place).count(), 1, "{place}");
        }
    }
}
