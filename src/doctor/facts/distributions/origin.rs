//! Where a distribution was installed from, if not from an index: `direct_url.json` (PEP 610).
//! <https://packaging.python.org/en/latest/specifications/direct-url/>
//!
//! Read by [`Distribution::origin`](super::Distribution::origin).

use std::path::PathBuf;

use serde_json::Value;

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The address, without the user and password that it may have.
    pub(crate) url: String,
    /// The place on this machine, where it is one.
    pub(crate) path: Option<PathBuf>,
    /// Whether the source stays where it is, and is imported from there.
    pub(crate) is_editable: bool,
    /// Whether it is a repository's.
    pub(crate) is_repository: bool,
}

impl Origin {
    /// Reads one.
    pub(super) fn parse(bytes: &[u8], is_windows: bool) -> Option<Self> {
        let document: Value = serde_json::from_slice(bytes).ok()?;
        let url = document.get("url")?.as_str()?;
        let editable = document.get("dir_info").and_then(|it| it.get("editable"));
        Some(Self {
            url: without_user(url),
            path: path(url, is_windows),
            is_editable: editable.and_then(Value::as_bool).unwrap_or(false),
            is_repository: document.get("vcs_info").is_some(),
        })
    }
}

fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) => (host, format!("/{path}")),
        None => (rest, String::new()),
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

/// The path of a `file:` address.
fn path(url: &str, is_windows: bool) -> Option<PathBuf> {
    let rest = url.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let text = decoded(rest);
    let text = match text.strip_prefix('/') {
        Some(drive) if is_windows => drive,
        _ => &text,
    };
    (!text.is_empty() && !text.contains('\0')).then(|| PathBuf::from(text))
}

/// With the bytes that `%20` and the like stand for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digit = |it: Option<u8>| char::from(it?).to_digit(16);
        if byte == b'%'
            && let (Some(high), Some(low)) = (digit(ahead.next()), digit(ahead.next()))
            && let Ok(value) = u8::try_from(high * 16 + low)
        {
            bytes.push(value);
            rest = ahead;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
