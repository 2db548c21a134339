//! What pip would install here and now, as it reports it.
//!
//! Read by `pip` from the file that the program leaves. It must not know what becomes of it.

use pep508_rs::MarkerEnvironment;
use serde::Deserialize;

/// pip's report (<https://pip.pypa.io/en/stable/reference/installation-report/>), as far as it is needed.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    /// The machine that it was made on.
    pub(super) environment: MarkerEnvironment,
    /// What would be installed.
    pub(super) install: Vec<Installed>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Installed {
    /// What the package says of itself.
    pub(super) metadata: Metadata,
    /// Where its file lies.
    pub(super) download_info: Download,
}

#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) name: String,
    pub(super) version: String,
    #[serde(default)]
    pub(super) requires_dist: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Download {
    pub(super) archive_info: Option<Archive>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Archive {
    /// `sha256=…`; pip before 23 has nothing else.
    hash: Option<String>,
    #[serde(default)]
    hashes: std::collections::BTreeMap<String, String>,
}

impl Archive {
    /// The hash of the file, in hexadecimal.
    pub(super) fn sha256(&self) -> Option<&str> {
        let old = || self.hash.as_deref()?.strip_prefix("sha256=");
        self.hashes.get("sha256").map(String::as_str).or_else(old)
    }
}
