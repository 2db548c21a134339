//! Which of the user's environment variables reach an installer: those that say how packages are reached, and no others.
//!
//! Called by the providers and by `prove`. Indexes, proxies, certificates, caches and offline switches are the user's own business;
//! variables that change what is installed, or where, would make another environment than the lock says. It must not know what the
//! installer is asked to do.

use std::path::Path;
use std::time::Duration;

use crate::host::Host;
use crate::process::Command;

/// Where a line goes that says what is being done right now.
pub(super) type Note<'a> = &'a (dyn Fn(&str) + Sync);

/// How long an installer may take: a first download of everything over a slow line.
pub(super) const PATIENCE: Duration = Duration::from_hours(1);

/// pip's options that may come from the environment: <https://pip.pypa.io/en/stable/topics/configuration/>.
const PIP: [&str; 19] = [
    "PIP_CACHE_DIR",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_KEYRING_PROVIDER",
    "PIP_NO_CACHE_DIR",
    "PIP_NO_INDEX",
    "PIP_PREFER_BINARY",
    "PIP_PROXY",
    "PIP_RESUME_RETRIES",
    "PIP_RETRIES",
    "PIP_TIMEOUT",
    "PIP_TRUSTED_HOST",
    "PIP_USE_DEPRECATED",
    "PIP_USE_FEATURE",
];

/// Beginnings of the names of uv's variables that may reach it: <https://docs.astral.sh/uv/reference/environment/>.
const UV: [&str; 26] = [
    "UV_AZURE_",
    "UV_CACHE_DIR",
    "UV_CONCURRENT_",
    "UV_CONFIG_FILE",
    "UV_CREDENTIALS_DIR",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_GCS_",
    "UV_HTTP_",
    "UV_INDEX",
    "UV_INSECURE_HOST",
    "UV_KEYRING_PROVIDER",
    "UV_LINK_MODE",
    "UV_LOCK_TIMEOUT",
    "UV_NATIVE_TLS",
    "UV_NO_CACHE",
    "UV_NO_CONFIG",
    "UV_NO_INDEX",
    "UV_OFFLINE",
    "UV_PYTHON_CACHE_DIR",
    "UV_PYTHON_DOWNLOADS",
    "UV_PYTHON_INSTALL_",
    "UV_REQUEST_TIMEOUT",
    "UV_S3_",
    "UV_SYSTEM_CERTS",
];

/// A program started in a folder with none of the variables that would change what it does there, and without colours.
pub(super) fn command(host: &Host, program: &Path, folder: &Path) -> Command {
    Command::new(host, program)
        .keep_env(keeps)
        .env("NO_COLOR", "1")
        .current_dir(folder)
}

fn keeps(name: &str) -> bool {
    const COLOURS: [&str; 4] = ["CLICOLOR_FORCE", "FORCE_COLOR", "PY_COLORS", "PYTEST_THEME"];
    if name.starts_with("PIP_") {
        PIP.contains(&name)
    } else if name.starts_with("UV_") {
        UV.iter().any(|it| name.starts_with(it))
    } else if name.starts_with("PYTHON") {
        // keyring's choice of a backend is how an index is reached; UTF-8 mode is how names are read.
        matches!(name, "PYTHONUTF8") || name.starts_with("PYTHON_KEYRING_")
    } else {
        // pytest reads options and plugins of another project from its variables.
        !COLOURS.contains(&name) && !name.starts_with("PYTEST_") && !name.starts_with("CONDA_")
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;

    use super::command;
    use crate::host::Host;

    #[test]
    fn how_packages_are_reached_passes_and_what_is_installed_where_does_not() {
        let mut host = Host::made_up("/");
        let kept = [
            "HTTPS_PROXY",
            "PIP_FIND_LINKS",
            "PIP_INDEX_URL",
            "PYTHON_KEYRING_BACKEND",
            "SSL_CERT_FILE",
            "UV_CACHE_DIR",
            "UV_INDEX_OURS_PASSWORD",
        ];
        let dropped = [
            "CONDA_PREFIX",
            "FORCE_COLOR",
            "PIP_CONSTRAINT",
            "PIP_TARGET",
            "PIP_USER",
            "PYTEST_ADDOPTS",
            "PYTHONDONTWRITEBYTECODE",
            "PYTHONOPTIMIZE",
            "PYTHONPATH",
            "PYTHONPYCACHEPREFIX",
            "PYTHONWARNINGS",
            "UV_CONSTRAINT",
            "UV_EXCLUDE_NEWER",
            "UV_NO_BINARY",
            "UV_PROJECT_ENVIRONMENT",
            "UV_PYTHON",
            "UV_SYSTEM_PYTHON",
            "VIRTUAL_ENV",
        ];
        for name in kept.iter().chain(&dropped) {
            host = host.with_variable(name, "x");
        }
        let output = command(&host, Path::new("/usr/bin/env"), Path::new("/"))
            .run()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let names: Vec<_> = text
            .lines()
            .filter_map(|it| it.strip_suffix("=x"))
            .collect();
        assert_eq!(names, kept);
        assert!(text.contains("NO_COLOR=1"), "{text}");
    }
}
