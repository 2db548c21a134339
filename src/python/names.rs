//! Names that Python has taken: keywords, the standard library of each version, what is imported at start, and the import names of
//! distributions that are not called like what they install.
//!
//! Called by the name gate. It must not know what a project is.

use super::version::Series;

/// The words that no module can be called, the same in Python 3.11 to 3.14. Soft keywords (`match`, `case`, `type`) are not among
/// them: they are ordinary names wherever a module can be named.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// The public modules of Python 3.11 to 3.14 alike: `sys.stdlib_module_names` of each, without the names that start with an
/// underscore. A test compares these tables with every Python of these versions that the machine has.
const MODULES: &[&str] = &[
    "abc",
    "antigravity",
    "argparse",
    "array",
    "ast",
    "asyncio",
    "atexit",
    "base64",
    "bdb",
    "binascii",
    "bisect",
    "builtins",
    "bz2",
    "cProfile",
    "calendar",
    "cmath",
    "cmd",
    "code",
    "codecs",
    "codeop",
    "collections",
    "colorsys",
    "compileall",
    "concurrent",
    "configparser",
    "contextlib",
    "contextvars",
    "copy",
    "copyreg",
    "csv",
    "ctypes",
    "curses",
    "dataclasses",
    "datetime",
    "dbm",
    "decimal",
    "difflib",
    "dis",
    "doctest",
    "email",
    "encodings",
    "ensurepip",
    "enum",
    "errno",
    "faulthandler",
    "fcntl",
    "filecmp",
    "fileinput",
    "fnmatch",
    "fractions",
    "ftplib",
    "functools",
    "gc",
    "genericpath",
    "getopt",
    "getpass",
    "gettext",
    "glob",
    "graphlib",
    "grp",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "idlelib",
    "imaplib",
    "importlib",
    "inspect",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "keyword",
    "linecache",
    "locale",
    "logging",
    "lzma",
    "mailbox",
    "marshal",
    "math",
    "mimetypes",
    "mmap",
    "modulefinder",
    "msvcrt",
    "multiprocessing",
    "netrc",
    "nt",
    "ntpath",
    "nturl2path",
    "numbers",
    "opcode",
    "operator",
    "optparse",
    "os",
    "pathlib",
    "pdb",
    "pickle",
    "pickletools",
    "pkgutil",
    "platform",
    "plistlib",
    "poplib",
    "posix",
    "posixpath",
    "pprint",
    "profile",
    "pstats",
    "pty",
    "pwd",
    "py_compile",
    "pyclbr",
    "pydoc",
    "pydoc_data",
    "pyexpat",
    "queue",
    "quopri",
    "random",
    "re",
    "readline",
    "reprlib",
    "resource",
    "rlcompleter",
    "runpy",
    "sched",
    "secrets",
    "select",
    "selectors",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtplib",
    "socket",
    "socketserver",
    "sqlite3",
    "sre_compile",
    "sre_constants",
    "sre_parse",
    "ssl",
    "stat",
    "statistics",
    "string",
    "stringprep",
    "struct",
    "subprocess",
    "symtable",
    "sys",
    "sysconfig",
    "syslog",
    "tabnanny",
    "tarfile",
    "tempfile",
    "termios",
    "textwrap",
    "this",
    "threading",
    "time",
    "timeit",
    "tkinter",
    "token",
    "tokenize",
    "tomllib",
    "trace",
    "traceback",
    "tracemalloc",
    "tty",
    "turtle",
    "turtledemo",
    "types",
    "typing",
    "unicodedata",
    "unittest",
    "urllib",
    "uuid",
    "venv",
    "warnings",
    "wave",
    "weakref",
    "webbrowser",
    "winreg",
    "winsound",
    "wsgiref",
    "xml",
    "xmlrpc",
    "zipapp",
    "zipfile",
    "zipimport",
    "zlib",
    "zoneinfo",
];

/// Modules that went, with the last version that has them.
const REMOVED: &[(Series, &[&str])] = &[
    (
        Series::new(3, 11),
        &["asynchat", "asyncore", "distutils", "imp", "smtpd"],
    ),
    (
        Series::new(3, 12),
        &[
            "aifc",
            "audioop",
            "cgi",
            "cgitb",
            "chunk",
            "crypt",
            "imghdr",
            "lib2to3",
            "mailcap",
            "msilib",
            "nis",
            "nntplib",
            "ossaudiodev",
            "pipes",
            "sndhdr",
            "spwd",
            "sunau",
            "telnetlib",
            "uu",
            "xdrlib",
        ],
    ),
];

/// Modules that came, with the first version that has them.
const ADDED: &[(Series, &[&str])] = &[(Series::new(3, 14), &["annotationlib", "compression"])];

/// Modules that belong to every Python and are not listed as its library: its own tests, an example that is built in, and what
/// `site` imports at every start where it is there.
const UNLISTED: [&str; 4] = ["test", "xxsubtype", "sitecustomize", "usercustomize"];

/// Distributions that install modules under other names than their own.
const IMPORT_NAMES: &[(&str, &[&str])] = &[
    ("attrs", &["attr", "attrs"]),
    ("beautifulsoup4", &["bs4"]),
    ("black", &["black", "blackd", "blib2to3"]),
    ("mkdocs-material", &["material"]),
    ("opencv-python", &["cv2"]),
    ("pillow", &["pil"]),
    ("protobuf", &["google"]),
    ("pyjwt", &["jwt"]),
    ("pytest", &["pytest", "py"]),
    ("python-dateutil", &["dateutil"]),
    ("python-dotenv", &["dotenv"]),
    ("pyyaml", &["yaml"]),
    ("pyyaml-env-tag", &["yaml_env_tag"]),
    ("scikit-learn", &["sklearn"]),
    ("setuptools", &["setuptools", "pkg_resources"]),
];

/// The keyword that this word is, or differs from in case alone.
pub(crate) fn keyword(word: &str) -> Option<&'static str> {
    KEYWORDS
        .into_iter()
        .find(|it| it.eq_ignore_ascii_case(word))
}

/// The module of this version's standard library that is called so, or differs in case alone.
pub(crate) fn standard_module(python: Series, word: &str) -> Option<&'static str> {
    standard_modules(python).find(|it| it.eq_ignore_ascii_case(word))
}

/// The public modules that every Python of this version has. A version that is newer than the tables counts as the newest in them.
pub(crate) fn standard_modules(python: Series) -> impl Iterator<Item = &'static str> {
    let removed = REMOVED.iter().filter(move |(last, _)| python <= *last);
    let added = ADDED.iter().filter(move |(first, _)| python >= *first);
    let changing = removed.chain(added).flat_map(|(_, names)| names.iter());
    MODULES.iter().chain(&UNLISTED).chain(changing).copied()
}

/// What a distribution lets one import, in lower case; for a distribution that is not known, its own name.
pub(crate) fn import_names(distribution: &str) -> Vec<String> {
    match IMPORT_NAMES.iter().find(|(name, _)| *name == distribution) {
        Some((_, names)) => names.iter().map(|name| (*name).to_owned()).collect(),
        None => vec![distribution.replace('-', "_")],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::version::{CEILING, FLOOR};
    use super::{KEYWORDS, UNLISTED, keyword, standard_module, standard_modules};
    use crate::host::Host;
    use crate::process::Command;
    use crate::python::Series;

    #[test]
    fn the_tables_are_those_of_the_real_pythons() {
        let host = Host::current().unwrap();
        let mut seen = BTreeSet::new();
        for interpreter in crate::python::interpreters(&host) {
            let python = interpreter.version.series;
            if !(FLOOR..=CEILING).contains(&python) || !seen.insert(python) {
                continue;
            }
            let script = "import keyword, sys\nprint(*sys.stdlib_module_names)\nprint(*keyword.kwlist)\nprint(*sys.builtin_module_names)";
            let output = Command::new(&host, &interpreter.path)
                .args(["-I", "-c", script])
                .run()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let lines: Vec<BTreeSet<&str>> = text
                .lines()
                .map(|line| {
                    line.split(' ')
                        .filter(|name| !name.starts_with('_'))
                        .collect()
                })
                .collect();
            let ours: BTreeSet<&str> = standard_modules(python)
                .filter(|name| !UNLISTED.contains(name))
                .collect();
            assert_eq!(ours, lines[0], "Python {python}");
            assert_eq!(BTreeSet::from(KEYWORDS), lines[1], "Python {python}");
            for name in &lines[2] {
                assert!(
                    standard_module(python, name).is_some(),
                    "{name} is built into Python {python}"
                );
            }
        }
        assert!(
            !seen.is_empty(),
            "these tests need a Python from {FLOOR} to {CEILING}"
        );
    }

    #[test]
    fn what_went_and_what_came_depends_on_the_version() {
        let has = |minor, name| standard_module(Series::new(3, minor), name).is_some();
        assert!(has(11, "distutils") && !has(12, "distutils"));
        assert!(has(12, "cgi") && !has(13, "cgi"));
        assert!(!has(13, "compression") && has(14, "compression") && has(15, "compression"));
        assert!(UNLISTED.iter().all(|name| has(13, name)));
    }

    #[test]
    fn case_alone_makes_no_difference() {
        assert_eq!(keyword("none"), Some("None"));
        assert_eq!(standard_module(FLOOR, "cprofile"), Some("cProfile"));
        assert_eq!(keyword("match"), None);
    }
}
