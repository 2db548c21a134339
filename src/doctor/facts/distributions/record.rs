//! RECORD: the files of a distribution with their hashes and sizes.
//! <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>
//!
//! Read by [`Distribution::record`](super::Distribution::record). Any path may stand in it, so whoever opens one of them looks first where it
//! leads.

/// More files than that are not looked at.
const MOST: usize = 200_000;

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// The path, relative to the folder of packages, with `/`; or absolute.
    pub(crate) path: String,
    /// The SHA-256 in base64 for addresses, without padding; `None` where there is none, or another kind.
    pub(crate) sha256: Option<String>,
    /// The size in bytes.
    pub(crate) size: Option<u64>,
}

/// Reads the lines; those that are no CSV of three fields are passed over.
pub(super) fn parse(text: &str) -> Vec<Recorded> {
    text.lines().filter_map(line).take(MOST).collect()
}

fn line(text: &str) -> Option<Recorded> {
    let (path, rest) = if let Some(quoted) = text.strip_prefix('"') {
        unquoted(quoted)?
    } else {
        let (path, rest) = text.split_once(',')?;
        (path.to_owned(), rest)
    };
    if path.is_empty() || path.contains('\0') {
        return None;
    }
    let (hash, size) = rest.split_once(',')?;
    let sha256 = hash.trim_matches('"').strip_prefix("sha256=");
    Some(Recorded {
        path,
        sha256: sha256.map(|it| it.trim_end_matches('=').to_owned()),
        size: size.trim_matches('"').trim().parse().ok(),
    })
}

/// A field in quotes, in which a quote stands twice, and what follows its comma.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once('"')?;
        field.push_str(part);
        if let Some(behind) = behind.strip_prefix('"') {
            field.push('"');
            rest = behind;
        } else {
            return Some((field, behind.strip_prefix(',')?));
        }
    }
}
