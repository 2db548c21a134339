//! Where the conditions of this group are, and where they only nearly are.

use std::time::{Duration, UNIX_EPOCH};

use crate::doctor::facts::binary_header::Machine;
use crate::doctor::testing::{Case, Rig};
use crate::host::Host;

/// A Python on PATH, without an environment.
pub(super) fn typed(rig: Rig, version: &str) -> Rig {
    rig.python("python", version).on_path(&["python/bin"])
}

/// On the first of January of this year.
pub(super) fn in_year(rig: Rig, year: u64) -> Rig {
    let days = (year - 1970) * 365 + (year - 1969) / 4;
    rig.with(|host| host.at(UNIX_EPOCH + Duration::from_hours(24 * days)))
}

/// Modules of the standard library as shared files.
fn modules(mut rig: Rig, modules: &[&str]) -> Rig {
    for module in modules {
        let file = format!("python/lib/python3.12/lib-dynload/{module}.cpython-312.so");
        rig = rig.file(&file, "");
    }
    rig
}

/// A Python on PATH whose file begins so.
fn beginning(rig: Rig, bytes: &[u8]) -> Rig {
    typed(rig, "3.12.4").program("python/bin/python3.12", bytes)
}

/// The beginning of a program for Linux on this processor.
fn elf(machine: u8) -> [u8; 20] {
    let mut bytes = *b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\0\0";
    bytes[18] = machine;
    bytes
}

/// The number that ELF has for the processor of the tests.
fn own() -> u8 {
    match Machine::ours() {
        Some(Machine::Aarch64) => 183,
        _ => 62,
    }
}

/// A Python of python.org, as its installer for macOS leaves it.
fn framework(rig: Rig) -> Rig {
    let prefix = "system/Library/Frameworks/Python.framework/Versions/3.12";
    rig.python(prefix, "3.12.4")
        .on_path(&[&format!("{prefix}/bin")])
        .with(Host::on_macos)
}

/// With pyenv's shim for `python`, and one version that pyenv has.
fn with_shim(rig: Rig) -> Rig {
    rig.python("pyenv/versions/3.13.0", "3.13.0")
        .variable("PYENV_ROOT", "{root}/pyenv")
        .program(
            "pyenv/shims/python",
            "#!/usr/bin/env bash\nexec pyenv exec python \"$@\"\n",
        )
        .on_path(&["pyenv/shims"])
}

/// At least one for each code.
pub(crate) const CASES: &[Case] = &[
    Case {
        code: "PY001",
        sick: |rig| typed(rig, "3.11.2"),
        well: |rig| typed(rig, "3.12.1"),
    },
    Case {
        code: "PY001",
        sick: |rig| rig,
        well: |rig| rig.environment("3.12.4"),
    },
    Case {
        code: "PY001",
        sick: |rig| rig.with(|host| host.with_current_dir("/")),
        well: |rig| typed(rig, "3.12.1").with(|host| host.with_current_dir("/")),
    },
    Case {
        code: "PY002",
        sick: |rig| typed(rig, "3.12.4").file("project/.python-version", "3.13\n"),
        well: |rig| typed(rig, "3.12.4").file("project/.python-version", "3.12\n"),
    },
    Case {
        code: "PY002",
        sick: |rig| {
            rig.python("pyenv/versions/3.12.4", "3.12.4")
                .variable("PYENV_ROOT", "{root}/pyenv")
                .file("project/.python-version", "# ours\n3.12.4\n3.12.7\n")
        },
        well: |rig| {
            rig.python("pyenv/versions/3.12.4", "3.12.4")
                .variable("PYENV_ROOT", "{root}/pyenv")
                .file(
                    "project/.python-version",
                    "cpython@3.12.4\npypy3.11-7.3.20\nsystem\n",
                )
        },
    },
    Case {
        code: "PY002",
        sick: |rig| rig.file("project/.python-version", "3"),
        // The environment has it, wherever it came from.
        well: |rig| {
            rig.environment("3.12.4")
                .file("project/.python-version", "3.12.9\n")
        },
    },
    Case {
        code: "PY002",
        // Whatever the environment has: `python --version` fails here.
        sick: |rig| {
            with_shim(rig.environment("3.13.0")).file("project/.python-version", "3.13.7\n")
        },
        well: |rig| {
            with_shim(rig.environment("3.13.0")).file("project/.python-version", "3.13.0\n")
        },
    },
    Case {
        code: "PY003",
        sick: |rig| {
            rig.environment("3.11.7")
                .python("other", "3.13.0")
                .on_path(&["other/bin"])
        },
        well: |rig| rig.environment("3.13.0"),
    },
    Case {
        code: "PY004",
        sick: |rig| in_year(rig.environment("3.8.18"), 2026),
        well: |rig| in_year(rig.environment("3.11.7"), 2027),
    },
    Case {
        code: "PY004",
        sick: |rig| in_year(typed(rig, "3.10.2"), 2027),
        well: |rig| in_year(typed(rig, "3.10.2"), 2026),
    },
    Case {
        code: "PY005",
        sick: |rig| {
            typed(rig, "3.12.4")
                .python("other", "3.11.7")
                .with_pip("tools/pip", "other/bin/python3")
                .on_path(&["tools", "python/bin"])
        },
        well: |rig| {
            typed(rig, "3.12.4")
                .with_pip("tools/pip", "python/bin/python3.12")
                .on_path(&["tools", "python/bin"])
        },
    },
    Case {
        code: "PY005",
        sick: |rig| {
            rig.environment("3.12.4")
                .on_path(&["python/bin", "project/.venv/bin"])
                .variable("VIRTUAL_ENV", "{root}/project/.venv")
        },
        // Many Pythons, each with a pip of its own, are no collision.
        well: |rig| {
            rig.environment("3.12.4")
                .python("other", "3.11.7")
                .with_pip("other/bin/pip", "other/bin/python3")
                .with_pip("project/.venv/bin/pip", "project/.venv/bin/python")
                .on_path(&["project/.venv/bin", "python/bin", "other/bin"])
                .variable("VIRTUAL_ENV", "{root}/project/.venv")
        },
    },
    Case {
        code: "PY006",
        sick: |rig| {
            rig.file("home/WindowsApps/python.exe", "")
                .on_path(&["home/WindowsApps"])
                .with(Host::on_windows)
        },
        well: |rig| {
            rig.file("home/WindowsApps/python.exe", "")
                .dir("home/WindowsApps/PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0")
                .on_path(&["home/WindowsApps"])
                .with(Host::on_windows)
        },
    },
    Case {
        code: "PY006",
        sick: |rig| {
            rig.file("home/WindowsApps/python3.exe", "")
                .file("python/python.exe", "MZ")
                .on_path(&["python", "home/WindowsApps"])
                .with(Host::on_windows)
        },
        well: |rig| {
            rig.file("home/WindowsApps/python.exe", "")
                .file("python/python.exe", "MZ")
                .on_path(&["python", "home/WindowsApps"])
                .with(Host::on_windows)
        },
    },
    Case {
        code: "PY007",
        sick: |rig| typed(rig, "3.12.4").file("python/lib/python3.12/EXTERNALLY-MANAGED", ""),
        well: |rig| {
            rig.environment("3.12.4")
                .file("python/lib/python3.12/EXTERNALLY-MANAGED", "")
                .on_path(&["python/bin"])
        },
    },
    Case {
        code: "PY008",
        sick: |rig| typed(rig, "3.12.4").without("python/lib/python3.12/ensurepip"),
        well: |rig| typed(rig, "3.12.4"),
    },
    Case {
        code: "PY008",
        sick: |rig| {
            typed(rig, "3.12.4")
                .without("python/lib/python3.12/ensurepip")
                .with(|host| host.with_current_dir("/"))
        },
        well: |rig| {
            typed(rig, "3.12.4")
                .without("python/lib/python3.12/ensurepip")
                .program("tools/uv", "\x7fELF")
                .on_path(&["tools", "python/bin"])
        },
    },
    Case {
        code: "PY009",
        sick: |rig| {
            let rig = modules(typed(rig, "3.12.4"), &["_json", "_ssl", "_ctypes", "_bz2"]);
            modules(rig, &["_sqlite3", "readline"])
        },
        well: |rig| {
            let rig = modules(typed(rig, "3.12.4"), &["_json", "_ssl", "_ctypes", "_bz2"]);
            modules(rig, &["_sqlite3", "readline", "_lzma"])
        },
    },
    Case {
        code: "PY010",
        sick: |rig| beginning(rig, &elf(3)),
        well: |rig| beginning(rig, &elf(own())),
    },
    // Translated by Rosetta, whatever this program was made for.
    Case {
        code: "PY010",
        sick: |rig| {
            beginning(rig, b"\xcf\xfa\xed\xfe\x07\0\0\x01")
                .file("system/Library/Apple/usr/libexec/oah/libRosettaRuntime", "")
                .with(Host::on_macos)
        },
        well: |rig| {
            beginning(rig, b"\xcf\xfa\xed\xfe\x0c\0\0\x01")
                .file("system/Library/Apple/usr/libexec/oah/libRosettaRuntime", "")
                .with(Host::on_macos)
        },
    },
    Case {
        code: "PY011",
        sick: |rig| rig.variable("PYTHONHOME", "/opt/python"),
        well: |rig| rig.variable("PYTHONHOME", ""),
    },
    Case {
        code: "PY012",
        sick: |rig| {
            rig.dir("old/lib/python3.9/site-packages")
                .variable("PYTHONPATH", "{root}/old/lib/python3.9/site-packages")
        },
        well: |rig| {
            rig.dir("project/src").dir("plugins").variable(
                "PYTHONPATH",
                "{root}/project/src:{root}/plugins:{root}/gone:src",
            )
        },
    },
    Case {
        code: "PY012",
        sick: |rig| {
            rig.file("other/pyproject.toml", "")
                .dir("other/src")
                .variable("PYTHONPATH", "{root}/other/src")
        },
        // Side by side in one repository.
        well: |rig| {
            rig.dir(".git")
                .file("other/pyproject.toml", "")
                .dir("other/src")
                .variable("PYTHONPATH", "{root}/other/src")
        },
    },
    Case {
        code: "PY013",
        sick: |rig| rig.variable("PIP_USER", "1"),
        well: |rig| {
            rig.variable("PIP_USER", "0")
                .file("system/etc/pip.conf", "[global]\nuser = yes\n")
        },
    },
    Case {
        code: "PY013",
        sick: |rig| rig.file("home/.config/pip/pip.conf", "[install]\nuser = true\n"),
        well: |rig| rig.file("home/.config/pip/pip.conf", "[freeze]\nuser = true\n"),
    },
    Case {
        code: "PY013",
        sick: |rig| {
            rig.file("data/pip/pip.ini", "[global]\r\nuser = true\r\n")
                .variable("APPDATA", "{root}/data")
                .with(Host::on_windows)
        },
        well: |rig| {
            rig.file("home/.config/pip/pip.conf", "[global]\nuser = true\n")
                .with(Host::on_windows)
        },
    },
    Case {
        code: "PY014",
        sick: |rig| {
            rig.variable(
                "PIP_EXTRA_INDEX_URL",
                "https://ada:secret@index.example/simple",
            )
        },
        well: |rig| rig.variable("PIP_INDEX_URL", "https://ada:secret@index.example/simple"),
    },
    Case {
        code: "PY014",
        sick: |rig| {
            rig.file(
                "system/etc/pip.conf",
                "[global]\nindex-url = http://index.example/\n",
            )
        },
        well: |rig| {
            rig.file(
                "system/etc/pip.conf",
                "[global]\nindex-url = http://localhost:3141/\ntrusted-host = localhost\nextra-index-url=https://www.piwheels.org/simple\n",
            )
        },
    },
    Case {
        code: "PY014",
        sick: |rig| rig.variable("PIP_TRUSTED_HOST", "index.example:8080"),
        well: |rig| rig.variable("PIP_TRUSTED_HOST", "127.0.0.1:8080"),
    },
    Case {
        code: "PY014",
        sick: |rig| {
            rig.file(
                "project/pyproject.toml",
                "[tool.uv]\nindex-strategy = 'unsafe-best-match'\n[[tool.uv.index]]\nurl = 'http://index.example/'\n",
            )
        },
        // uv takes a package from the first index that has it.
        well: |rig| {
            rig.file(
                "project/pyproject.toml",
                "[tool.uv]\nextra-index-url = ['https://index.example/']\n[[tool.uv.index]]\nurl = 'https://other.example/'\n",
            )
            .variable("UV_EXTRA_INDEX_URL", "https://index.example/")
        },
    },
    Case {
        code: "PY014",
        sick: |rig| rig.variable("UV_INDEX", "ours=http://ada:secret@index.example/simple"),
        well: |rig| rig.variable("UV_INDEX", "ours=https://index.example/simple"),
    },
    Case {
        code: "PY015",
        sick: |rig| rig.variable("PYTHONOPTIMIZE", "x"),
        well: |rig| rig.variable("PYTHONOPTIMIZE", "0"),
    },
    Case {
        code: "PY016",
        sick: |rig| rig.environment("3.12.4").distribution("pip", "22.3.1", ""),
        well: |rig| rig.environment("3.12.4").distribution("pip", "23.1.2", ""),
    },
    Case {
        code: "PY016",
        sick: |rig| rig.environment("3.11.4").distribution("pip", "20.2.4", ""),
        well: |rig| rig.environment("3.11.4").distribution("pip", "22.3.1", ""),
    },
    Case {
        code: "PY017",
        sick: |rig| {
            rig.python("other", "3.13.0")
                .on_path(&["other/bin"])
                .file("project/vercel.json", "{}")
                .file(
                    "project/.venv/pyvenv.cfg",
                    "implementation = PyPy\nversion = 3.11.13\n",
                )
                .program("project/.venv/bin/python", "\x7fELF")
        },
        well: |rig| rig.file("project/vercel.json", "{}").environment("3.12.4"),
    },
    Case {
        code: "PY017",
        sick: |rig| {
            rig.python("other", "3.13.0")
                .on_path(&["other/bin"])
                .file("project/vercel.json", "{}")
                .file("project/.venv/pyvenv.cfg", "version = 3.14.0\n")
                .dir("project/.venv/lib/python3.14t/site-packages")
        },
        well: |rig| {
            rig.file("project/vercel.json", "{}")
                .file(
                    "project/.venv/pyvenv.cfg",
                    "version_info = 3.14.0.final.0\n",
                )
                .dir("project/.venv/lib/python3.14/site-packages")
        },
    },
    Case {
        code: "PY017",
        sick: |rig| {
            rig.python("other", "3.13.0")
                .on_path(&["other/bin"])
                .file("project/vercel.json", "{}")
                .file("project/.venv/pyvenv.cfg", "version_info = 3.15.0rc1\n")
        },
        well: |rig| rig.file("project/vercel.json", "{}").environment("3.12.4"),
    },
    Case {
        code: "PY018",
        sick: framework,
        well: |rig| {
            framework(rig).file(
                "system/Library/Frameworks/Python.framework/Versions/3.12/etc/openssl/cert.pem",
                "",
            )
        },
    },
];
