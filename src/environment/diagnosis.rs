//! What to do about the ways in which installing fails, by the words that uv and pip have for them.
//!
//! Called by the providers, and where locks are made, with everything that an installer printed. Unknown words give no
//! hint: the installer's own last lines are shown anyway. It must not know how an installer is started.

use crate::error::{Error, Result};
use crate::process::Output;

/// How many of its last lines a person gets to see.
const LAST_WORDS: usize = 20;

/// Words of a failure, any of which tells it, and what helps.
const KNOWN: [(&[&str], &str); 9] = [
    (
        &["hash mismatch", "do not match the hashes"],
        "the index or a proxy in between serves other files than the locked ones: look at its settings, and install nothing from it",
    ),
    (
        &[
            "no space left on device",
            "disk quota exceeded",
            "not enough space on the disk",
        ],
        "free some space, and try again",
    ),
    (
        &["network was disabled", "network connectivity is disabled"],
        "uv is offline (UV_OFFLINE, or its configuration) and has not everything in its cache: go online once",
    ),
    (
        &["certificate", "unknownissuer", "ssl:"],
        "behind a proxy with a certificate of its own: set SSL_CERT_FILE for uv (or UV_SYSTEM_CERTS=1), PIP_CERT for pip",
    ),
    (
        &["unauthorized", "forbidden", "401 client", "403 client"],
        "the index wants other credentials: look at its address, or at your keyring or netrc file",
    ),
    (
        &[
            "dns error",
            "name resolution",
            "name or service not known",
            "failed to fetch",
            "failed to download",
            "connection refused",
            "max retries exceeded",
            "newconnectionerror",
            "timed out",
            "error sending request",
        ],
        "look at the network and at HTTPS_PROXY; what is in the cache already installs without a network",
    ),
    (
        &["location '", "from versions: none", "no-index"],
        "look at PIP_NO_INDEX, PIP_FIND_LINKS and the index settings; `pip download --require-hashes -r FILE -d FOLDER` fills a folder of wheels",
    ),
    (
        &[
            "failed to build",
            "could not build wheels",
            "subprocess-exited-with-error",
            "error: command 'gcc' failed",
            "microsoft visual c++",
            "build backend returned an error",
        ],
        "this package has no wheel for this machine and must be compiled: install a C compiler (`build-essential`, Xcode's \
         command line tools, or Visual Studio Build Tools), or use a Python that it has wheels for",
    ),
    (
        &["unexpected argument", "no such option"],
        "this version of the installer is too old: update it",
    ),
];

/// The output of an installer that did what it was to do.
///
/// # Errors
/// When it failed: with `what`, which says what it could not do.
pub(super) fn passed(output: Output, what: &str) -> Result<Output> {
    if output.success() {
        Ok(output)
    } else {
        Err(failed(what, &output))
    }
}

/// The error for a failed installer: what it was to do, its last words, and what helps where that is known.
fn failed(what: &str, output: &Output) -> Error {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let text = String::from_utf8_lossy(&all).to_lowercase();
    let words = output.last_words(LAST_WORDS);
    // Of a try that was followed by another, only the last one tells something.
    let mut telling: Vec<&str> = words.lines().collect();
    telling.retain(|line| !line.starts_with("WARNING: Retrying ("));
    let words = if telling.is_empty() {
        words
    } else {
        telling.join("\n")
    };
    let error = Error::new(what).caused_by(Error::new(words));
    let known = KNOWN
        .iter()
        .find(|(words, _)| words.iter().any(|word| text.contains(word)));
    match known {
        Some((_, hint)) => error.hint(*hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::failed;
    use crate::process::Output;

    fn hint(words: &str) -> String {
        let output = Output {
            code: Some(1),
            stdout: Vec::new(),
            stderr: words.as_bytes().to_vec(),
            elapsed: Duration::ZERO,
        };
        let error = failed("uv cannot install", &output);
        assert_eq!(error.causes(), [words]);
        error.hints().join("\n")
    }

    #[test]
    fn tries_that_were_repeated_are_left_out_of_the_last_words() {
        let retry =
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'\n";
        let output = |stderr: String| Output {
            code: Some(1),
            stdout: Vec::new(),
            stderr: stderr.into_bytes(),
            elapsed: Duration::ZERO,
        };
        let error = failed("pip", &output(format!("{retry}{retry}ERROR: no black\n")));
        assert_eq!(error.causes(), ["ERROR: no black"]);
        assert!(error.hints()[0].contains("HTTPS_PROXY"));
        let error = failed("pip", &output(retry.to_owned()));
        assert_eq!(error.causes(), [retry.trim_end()]);
    }

    #[test]
    fn each_failure_has_its_own_hint_and_an_unknown_one_none() {
        for (words, expected) in [
            ("cause: Hash mismatch for `iniconfig==2.3.1`", "other files"),
            (
                "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM",
                "other files",
            ),
            (
                "hint: Packages were unavailable because the network was disabled.",
                "offline",
            ),
            (
                "ERROR: No matching distribution found (from versions: none)",
                "PIP_FIND_LINKS",
            ),
            ("cause: dns error", "HTTPS_PROXY"),
            (
                "Max retries exceeded\nERROR: (from versions: none)",
                "HTTPS_PROXY",
            ),
            (
                "cause: HTTP status client error (401 Unauthorized)",
                "credentials",
            ),
            ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
            ("error: Failed to build `x==1`", "compiler"),
            ("error: unexpected argument '--offline' found", "too old"),
        ] {
            assert!(hint(words).contains(expected), "{words}: {}", hint(words));
        }
        assert_eq!(hint("something else"), "");
    }
}
