//! Made-up environments, and what pip, uv and the doctor say of each: the same where pip and uv look.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{packages, pip};
use crate::doctor::Patient;
use crate::runtime::tools::uv;

/// Metadata as pip leaves it.
fn install(packages: &Path, name: &str, version: &str, headers: &str, tag: &str) {
    let folder = packages.join(format!("{}-{version}.dist-info", name.replace('-', "_")));
    std::fs::create_dir(&folder).unwrap();
    for (file, text) in [
        (
            "METADATA",
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{headers}\n"),
        ),
        ("WHEEL", format!("Wheel-Version: 1.0\nTag: {tag}\n")),
        ("INSTALLER", "pip\n".to_owned()),
        ("RECORD", String::new()),
    ] {
        std::fs::write(folder.join(file), text).unwrap();
    }
}

/// Numbers without an order, the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Fills an environment so that nearly everything in it is wrong somewhere.
fn generate(patient: &Patient, seed: u64) {
    let packages = packages(patient);
    std::fs::remove_dir_all(&packages).unwrap();
    std::fs::create_dir(&packages).unwrap();
    let mut numbers = Numbers(seed);
    let versions = ["1.0", "1.5.post1", "2.0", "2.1rc1", "3.0.dev2", "2.0+local"];
    let wanted = [
        "", ">=1", ">=2", "<2", "==2.0", "==1.*", "~=1.5", "!=2.0", ">=1,<3", " (>1.5)", "===2.0",
    ];
    let markers = [
        "",
        "",
        "",
        " ; python_version >= '3.8'",
        " ; python_version < \"3.8\"",
        " ; sys_platform == 'win32'",
        " ; platform_system != 'Windows' and (os_name == 'posix' or os_name == 'nt')",
        " ; extra == 'more'",
        " ; implementation_name == 'cpython' and python_full_version >= '3.11.0'",
        " ; python_version not in '3.6, 3.7' and 'linux' in sys_platform",
        " ; (extra == 'more') or platform_python_implementation == 'PyPy'",
    ];
    // Of these, uv looks at the lower bounds only.
    let pythons = ["", "", "", ">=3.8", ">=3.99", ">=3.8,>3.9.1", "!=3.0.*"];
    let tags = [
        "py3-none-any",
        "py3-none-any",
        "py2.py3-none-any",
        "cp38-abi3-manylinux_2_17_x86_64",
        "cp38-cp38-manylinux_2_17_x86_64",
        "py3-none-win_amd64",
        "cp39-abi3-macosx_11_0_arm64",
    ];
    // More are needed than there are.
    let names: Vec<String> = (0..16).map(|it| format!("Package_{it}.x")).collect();
    for name in names.iter().take(12) {
        let mut headers = String::new();
        for _ in 0..numbers.below(5) {
            let need = &names[numbers.below(names.len())];
            let need = need.replace('_', numbers.one(&["_", "-", ".", "--"]));
            let versions = numbers.one(&wanted);
            let marker = numbers.one(&markers);
            writeln!(headers, "Requires-Dist: {need}{versions}{marker}").unwrap();
        }
        let python = numbers.one(&pythons);
        if !python.is_empty() {
            writeln!(headers, "Requires-Python: {python}").unwrap();
        }
        headers.push_str("\nRequires-Dist: nothing-of-the-description\n");
        let version = numbers.one(&versions);
        install(&packages, name, version, &headers, numbers.one(&tags));
    }
}

/// What is wrong, in words that all three come down to: who, what, with whom.
type Verdicts = BTreeSet<[String; 3]>;

fn verdict(what: &str, by: &str, with: &str) -> [String; 3] {
    let normal = |it: &str| {
        let name: String = it
            .chars()
            .take_while(|it| it.is_ascii_alphanumeric() || "._-".contains(*it))
            .collect();
        let parts = name.split(['.', '_', '-']).filter(|it| !it.is_empty());
        parts.collect::<Vec<_>>().join("-").to_lowercase()
    };
    [what.to_owned(), normal(by), normal(with)]
}

fn of_pip(patient: &Patient) -> Verdicts {
    let mut check = Command::new(patient.path(".venv/bin/python"));
    check
        .args(["-m", "pip", "--disable-pip-version-check", "check"])
        .env("PYTHONPATH", pip());
    let output = check.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let verdicts: Verdicts = text
        .lines()
        .filter_map(|line| {
            let (by, rest) = line.split_once(' ')?;
            let (_, rest) = rest.split_once(' ')?;
            let need = |it: &str| verdict("missing", by, it);
            rest.strip_prefix("requires ")
                .map(need)
                .or_else(|| {
                    let it = rest.strip_prefix("has requirement ")?;
                    Some(verdict("conflict", by, it))
                })
                .or_else(|| {
                    rest.starts_with("is not supported")
                        .then(|| verdict("machine", by, ""))
                })
        })
        .collect();
    assert_eq!(output.status.success(), verdicts.is_empty(), "{text}");
    verdicts
}

fn of_uv(patient: &Patient) -> Verdicts {
    let mut check = Command::new(uv());
    check
        .args(["pip", "check", "--no-config", "--python"])
        .arg(patient.path(".venv/bin/python"));
    let output = check.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let verdicts: Verdicts = text
        .lines()
        .filter_map(|line| {
            let mut words = line.strip_prefix("The package `")?.splitn(2, "` ");
            let (by, rest) = (words.next()?, words.next()?);
            let rest = match rest.strip_prefix("requires `") {
                Some(need) if need.contains("it's not installed") => {
                    return Some(verdict("missing", by, need));
                }
                Some(need) => return Some(verdict("conflict", by, need)),
                None => rest,
            };
            let what = match rest {
                it if it.starts_with("requires Python") => "python",
                it if it.starts_with("was built for") => "machine",
                _ => return None,
            };
            Some(verdict(what, by, ""))
        })
        .collect();
    assert_eq!(output.status.success(), verdicts.is_empty(), "{text}");
    verdicts
}

fn ours(patient: &Patient) -> Verdicts {
    let said = patient.doctor(&["DEP004", "DEP005", "DEP006", "DEP012", "--format", "json"]);
    let document: Value = serde_json::from_str(&said.stdout).unwrap();
    let mut verdicts = Verdicts::new();
    for check in document["checks"].as_array().unwrap() {
        let what = match check["code"].as_str().unwrap() {
            "DEP004" => "missing",
            "DEP005" => "conflict",
            "DEP006" => "python",
            _ => "machine",
        };
        for symptom in check["symptoms"].as_array().unwrap() {
            let quoted: Vec<&str> = symptom["message"].as_str().unwrap().split('`').collect();
            let has_need = matches!(what, "missing" | "conflict");
            let with = if has_need { quoted[3] } else { "" };
            verdicts.insert(verdict(what, quoted[1], with));
        }
    }
    verdicts
}

#[test]
fn the_verdicts_of_pip_and_uv() {
    let mut kinds = BTreeSet::new();
    let patient = Patient::healthy();
    for seed in 1..=5 {
        generate(&patient, seed);
        let ours = ours(&patient);
        assert_eq!(ours, of_uv(&patient), "seed {seed}: uv");
        // Older pips look at fewer conditions.
        let pips = of_pip(&patient);
        let known: BTreeSet<&String> = pips.iter().map(|[what, ..]| what).collect();
        let mut of_its_kinds = ours.clone();
        of_its_kinds.retain(|[what, ..]| {
            matches!(what.as_str(), "missing" | "conflict") || known.contains(what)
        });
        assert_eq!(of_its_kinds, pips, "seed {seed}: pip");
        kinds.extend(ours.into_iter().map(|[what, ..]| what));
    }
    let all = ["conflict", "machine", "missing", "python"];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), all);
}
