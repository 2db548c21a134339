//! Files of certificates that variables name.
//!
//! The look functions of NET001 and NET002.

use std::path::{Path, PathBuf};

use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::pip_config::unset;
use crate::doctor::facts::reading::{Reading, beginning};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// Variables that name a file of certificates; `requests` and what is built on it (pip, the AWS command line) take a folder as well.
const FILES: [(&str, bool); 7] = [
    ("SSL_CERT_FILE", false),
    ("REQUESTS_CA_BUNDLE", true),
    ("CURL_CA_BUNDLE", true),
    ("PIP_CERT", true),
    ("AWS_CA_BUNDLE", true),
    ("GIT_SSL_CAINFO", false),
    ("NODE_EXTRA_CA_CERTS", false),
];

/// How a certificate begins in the format that OpenSSL and rustls read (RFC 7468); text may come before it.
const PEM: &[u8] = b"-----BEGIN ";

pub(super) fn leads_nowhere(facts: &Facts) -> Outcome {
    let host = &facts.host;
    let mut symptoms = Vec::new();
    let mut say = |name: &str, path: &Path, what: &str| {
        let symptom = Symptom::new(format!("{name} is `{}`, {what}", path.display()));
        let symptom = symptom.seen_in(Evidence::path(path));
        // Node trusts these besides its own, and says so itself.
        let symptom = match name {
            "NODE_EXTRA_CA_CERTS" => symptom.severity(Severity::Warning),
            _ => symptom,
        };
        symptoms.push(symptom.next(unset(host, name)));
    };
    // Most often they all name the same file.
    let mut sound: Option<PathBuf> = None;
    for (name, may_be_folder) in FILES {
        let path = host.variable(name).map(PathBuf::from);
        let Some(path) = path.filter(|it| sound.as_ref() != Some(it)) else {
            continue;
        };
        match mistake(facts, &path, may_be_folder) {
            Some(what) => say(name, &path, what),
            None if path.is_file() => sound = Some(path),
            None => {}
        }
    }
    if let Some(folders) = host.variable("SSL_CERT_DIR") {
        let folders: Vec<PathBuf> = std::env::split_paths(folders)
            .filter(|it| !it.as_os_str().is_empty())
            .collect();
        // Of several folders, it does not matter where one is missing.
        if let Some(first) = folders.first()
            && !folders.iter().any(|it| it.is_dir())
        {
            say("SSL_CERT_DIR", first, "which is no folder");
        }
    }
    // The variable counts more than the file, and was looked at.
    if host.variable("PIP_CERT").is_none()
        && let Some(setting) = facts.pip_config().of_install("cert")
        && let Some(what) = mistake(facts, Path::new(&setting.value), true)
    {
        let symptom = Symptom::new(format!("`cert` of pip is `{}`, {what}", setting.value));
        symptoms.push(setting.show(symptom));
    }
    Outcome::of(symptoms)
}

/// What is wrong with a file of certificates.
fn mistake(facts: &Facts, path: &Path, may_be_folder: bool) -> Option<&'static str> {
    if path.is_dir() {
        return (!may_be_folder).then_some("which is a folder");
    }
    let has_one = |bytes: &[u8]| memchr::memmem::find(bytes, PEM).is_some();
    // All that a system trusts is a quarter of a megabyte, and the first of it is right at the top.
    if has_one(&beginning(path, 4 << 10)) {
        return None;
    }
    match &*facts.read(path) {
        Reading::Absent => Some("which is not there"),
        Reading::Unreadable(_) => Some("which cannot be read"),
        Reading::Bytes(bytes) if !has_one(bytes) => {
            Some("which holds no certificate in PEM format")
        }
        Reading::Bytes(_) => None,
    }
}

/// What names certificates for what is built on `requests`.
const OF_REQUESTS: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

pub(super) fn for_some_only(facts: &Facts) -> Outcome {
    let host = &facts.host;
    let is_set = |name: &str| host.variable(name).is_some();
    let of_requests = OF_REQUESTS.into_iter().find(|it| is_set(it));
    let of_pip = is_set("PIP_CERT").then_some("PIP_CERT");
    let is_for_uv = is_set("SSL_CERT_FILE") || is_set("SSL_CERT_DIR");
    let mut symptoms = Vec::new();
    if let Some(name) = of_requests.or(of_pip)
        && !is_for_uv
        && !uv_asks_the_system(facts)
        && facts.has_program("uv")
    {
        let symptom = Symptom::new(format!("{name} is set, which uv does not read"));
        symptoms.push(symptom.next(export(facts, "SSL_CERT_FILE", name)));
    }
    // Some systems set this one by themselves, to the certificates that everybody trusts.
    if let Some(file) = host.variable("SSL_CERT_FILE")
        && of_requests.is_none()
        && !is_usual(Path::new(file))
    {
        let message = "SSL_CERT_FILE is set, which `requests` and what is built on it do not read";
        let symptom = Symptom::new(message).seen_in(Evidence::path(file));
        symptoms.push(symptom.next(export(facts, "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")));
    }
    Outcome::of(symptoms)
}

/// Whether uv takes the system's certificates (`native-tls` is what older ones call it).
fn uv_asks_the_system(facts: &Facts) -> bool {
    let variables = ["UV_SYSTEM_CERTS", "UV_NATIVE_TLS"];
    let keys = ["system-certs", "native-tls"];
    variables.iter().any(|it| facts.host.variable(it).is_some())
        || facts.uv_configs().iter().any(|config| {
            keys.iter()
                .any(|it| config.option(it).is_some_and(|it| it.truth() == Some(true)))
        })
}

/// Whether a file is the system's own, Nix's, or the one of certifi or conda: the certificates that everybody trusts.
fn is_usual(file: &Path) -> bool {
    const FOLDERS: [&str; 6] = [
        "/etc/ssl",
        "/etc/pki",
        "/etc/ca-certificates",
        "/usr/share/ca-certificates",
        "/usr/lib/ssl",
        "/nix",
    ];
    let is_of_package = file
        .parent()
        .is_some_and(|it| it.ends_with("certifi") || beside_conda(it));
    is_of_package || FOLDERS.iter().any(|it| file.starts_with(it))
}

/// Whether a folder is the one of certificates in an environment of conda: `PREFIX/ssl`, `PREFIX\Library\ssl`.
fn beside_conda(folder: &Path) -> bool {
    let is_prefix = |it: &Path| it.join("conda-meta").is_dir();
    folder.ends_with("ssl") && folder.ancestors().skip(1).take(2).any(is_prefix)
}

/// What a person types to give one variable the value of another.
fn export(facts: &Facts, name: &str, from: &str) -> String {
    if facts.host.is_windows() {
        format!("$env:{name} = $env:{from}")
    } else {
        format!("export {name}=\"${from}\"")
    }
}
