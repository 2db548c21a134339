//! The store for real: environments saved, restored elsewhere, poisoned, deleted, and used by several runs at once.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::save::files;
use super::{Store, save};
use crate::environment::decision::EnvironmentPlan;
use crate::environment::testing::{
    DISTRIBUTIONS, Place, distributions, locks, planned, project, usable,
};
use crate::environment::{Built, Gate, Installer, build, prove};
use crate::host::Host;
use crate::process::Command;
use crate::python::{Interpreter, Venv};

/// A machine whose projects share one store.
struct Shared {
    place: Place,
    host: Host,
    base: Interpreter,
}

impl Shared {
    fn new() -> Self {
        let place = Place::new();
        let host = place.host();
        let base = usable(&host).remove(0);
        Self { place, host, base }
    }

    fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.host = self.host.with_variable(name, value);
        self
    }

    fn host(&self) -> Host {
        self.host.clone()
    }

    fn store(&self) -> Store {
        Store::open(&self.host()).unwrap()
    }

    fn plan(&self, installer: Installer) -> EnvironmentPlan {
        planned(&self.host(), &self.base, installer)
    }

    fn build(&self, place: &Place, installer: Installer) -> Built {
        let (folder, locks) = (place.folder(), locks());
        let plan = self.plan(installer);
        let project = project(&folder, &locks);
        build(&self.host(), &plan, project, Some(&self.store()), &|_| {}).unwrap()
    }

    /// A first environment, its gate run, saved.
    fn filled(&self, installer: Installer) -> Place {
        let place = Place::new();
        let built = self.build(&place, installer);
        assert!(!built.from_store);
        gate(&self.host(), &place, &built);
        assert!(save(&built));
        place
    }

    fn entries(&self) -> Vec<PathBuf> {
        crate::fs::list(&self.store().root).unwrap()
    }

    fn entry(&self) -> PathBuf {
        let [entry] = &self.entries()[..] else {
            panic!("{:?}", self.entries())
        };
        entry.clone()
    }
}

/// Runs what compiles bytecode, and asserts that it passes.
fn gate(host: &Host, place: &Place, built: &Built) {
    let arguments = ["-m", "pycodestyle", "--version"].map(str::to_owned);
    let gate = Gate {
        name: "pycodestyle",
        arguments: &arguments,
    };
    let import = ["-c", "import iniconfig"].map(str::to_owned);
    let other = Gate {
        arguments: &import,
        ..gate
    };
    let reports = prove(host, &built.venv, &place.folder(), &[gate, other]).unwrap();
    assert!(reports.iter().all(|it| it.passed), "{reports:?}");
}

/// Every file of an environment, relative, with its bytes; links and what differs by nature left out.
fn content(root: &Path) -> Vec<(String, Vec<u8>)> {
    files(root)
        .unwrap()
        .into_iter()
        .filter(|it| !root.join(it).is_symlink() && !it.starts_with("bin/activate"))
        .map(|it| {
            (
                it.display().to_string(),
                std::fs::read(root.join(&it)).unwrap(),
            )
        })
        .collect()
}

/// Asks pip's own code whether every row of every RECORD is true.
fn records_are_true(host: &Host, built: &Built) {
    let code = "import base64, hashlib, importlib.metadata as m\n\
                for d in m.distributions():\n\
                \tfor f in d.files:\n\
                \t\tif f.hash is None: continue\n\
                \t\tdata = f.locate().read_bytes()\n\
                \t\tdigest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()\n\
                \t\tassert (digest, len(data)) == (f.hash.value, f.size), f\n";
    let output = Command::new(host, built.venv.python())
        .args(["-B", "-c", code])
        .run()
        .unwrap();
    assert!(output.success(), "{}", output.last_words(9));
}

fn works(host: &Host, place: &Place, built: &Built) {
    assert_eq!(distributions(&built.venv), DISTRIBUTIONS);
    let program = built.venv.programs().join("pycodestyle");
    let output = Command::new(host, program).arg("--version").run().unwrap();
    assert_eq!(output.stdout, b"2.15.0\n", "{}", output.last_words(9));
    records_are_true(host, built);
    gate(host, place, built);
}

#[test]
fn what_is_restored_is_what_the_installer_and_the_gates_made() {
    for installer in [Installer::Uv, Installer::Pip] {
        let shared = Shared::new();
        let first = shared.filled(installer);
        let second = Place::new();
        let built = shared.build(&second, installer);
        assert!(built.from_store);
        let before = first.path(".venv").display().to_string();
        let after = second.path(".venv").display().to_string();
        let (one, two) = (
            content(&first.path(".venv")),
            content(&second.path(".venv")),
        );
        let paths = |it: &[(String, Vec<u8>)]| -> Vec<String> {
            it.iter().map(|(path, _)| path.clone()).collect()
        };
        assert_eq!(paths(&one), paths(&two));
        assert!(
            paths(&one).iter().any(|it| it.contains("/__pycache__/")),
            "{one:?}"
        );
        for ((path, one), (_, two)) in one.iter().zip(&two) {
            if path.ends_with("RECORD") {
                continue;
            }
            if path.starts_with("bin/") {
                let expected = String::from_utf8_lossy(one).replace(&before, &after);
                assert_eq!(expected, String::from_utf8_lossy(two), "{path}");
            } else {
                assert!(one == two, "{path}");
            }
        }
        // Linked, not copied; and the bytecode is taken, not compiled again.
        let bytecode = built
            .venv
            .packages(shared.base.version.series)
            .join("__pycache__");
        let bytecode = crate::fs::list(&bytecode).unwrap().remove(0);
        let compiled = std::fs::metadata(&bytecode).unwrap();
        assert!(compiled.nlink() >= 3, "{bytecode:?}");
        works(&shared.host(), &second, &built);
        assert_eq!(std::fs::metadata(&bytecode).unwrap().ino(), compiled.ino());
        let launcher = built.venv.programs().join("pycodestyle");
        assert_eq!(std::fs::metadata(launcher).unwrap().mode() & 0o111, 0o111);
    }
}

#[test]
fn another_lock_or_installer_is_another_environment() {
    let shared = Shared::new();
    shared.filled(Installer::Uv);
    assert!(!shared.build(&Place::new(), Installer::Pip).from_store);
    assert!(!shared.build(&Place::with_pip(), Installer::Uv).from_store);
    assert!(shared.build(&Place::new(), Installer::Uv).from_store);
}

#[test]
fn a_path_with_spaces_or_of_great_length_works() {
    let shared = Shared::new();
    shared.filled(Installer::Uv);
    for name in ["it's a folder".to_owned(), "x".repeat(140)] {
        let place = Place::new();
        let folder = place.beside(&name);
        std::fs::rename(place.folder(), &folder).unwrap();
        let plan = shared.plan(Installer::Uv);
        let locks = locks();
        let project = project(&folder, &locks);
        let built = build(
            &shared.host(),
            &plan,
            project,
            Some(&shared.store()),
            &|_| {},
        )
        .unwrap();
        assert!(built.from_store);
        let program = built.venv.programs().join("pycodestyle");
        let output = Command::new(&shared.host(), program)
            .arg("--version")
            .run()
            .unwrap();
        assert_eq!(output.stdout, b"2.15.0\n", "{}", output.last_words(9));
        records_are_true(&shared.host(), &built);
    }
}

/// What somebody does to a file.
type Change<'a> = &'a dyn Fn(&Path);

#[test]
fn an_entry_that_was_changed_is_dropped_and_poisons_nothing() {
    let edit = |it: &Path| std::fs::write(it, "raise SystemExit('poisoned')\n").unwrap();
    let chmod = |it: &Path| {
        std::fs::set_permissions(it, std::fs::Permissions::from_mode(0o777)).unwrap();
    };
    let same_size = |it: &Path| {
        let mut bytes = std::fs::read(it).unwrap();
        bytes[0] ^= 1;
        std::fs::write(it, bytes).unwrap();
    };
    let remove = |it: &Path| std::fs::remove_file(it).unwrap();
    let through_the_link: [Change<'_>; 3] = [&edit, &chmod, &same_size];
    let series = usable(&Host::current().unwrap()).remove(0).version.series;
    let module = format!("lib/python{series}/site-packages/pycodestyle.py");
    let mut spoil: Vec<(String, Change<'_>)> = vec![
        (format!("files/{module}"), &remove),
        ("files/bin/pycodestyle".to_owned(), &edit),
        ("manifest".to_owned(), &edit),
        ("manifest".to_owned(), &remove),
    ];
    for change in through_the_link {
        spoil.push((String::new(), change));
    }
    for (path, change) in spoil {
        // Copies: a link of uv's would lead the edit into uv's own cache.
        let shared = Shared::new().with_variable("UV_LINK_MODE", "copy");
        let first = shared.filled(Installer::Uv);
        if path.is_empty() {
            change(&first.path(".venv").join(&module));
        } else {
            change(&shared.entry().join(&path));
        }
        let second = Place::new();
        let built = shared.build(&second, Installer::Uv);
        assert!(!built.from_store, "{path}");
        works(&shared.host(), &second, &built);
        assert!(save(&built), "{path}");
        let third = Place::new();
        assert!(shared.build(&third, Installer::Uv).from_store, "{path}");
    }
}

#[test]
fn an_entry_is_kept_where_only_the_project_has_no_room_for_it() {
    let shared = Shared::new();
    shared.filled(Installer::Uv);
    let (before, place) = (shared.entry(), Place::new());
    let store = shared.store();
    let locks = locks();
    let folder = place.folder();
    let entry = store
        .entry(&shared.plan(Installer::Uv), project(&folder, &locks))
        .unwrap();
    // A folder where a file has to be: it can be neither linked nor copied.
    let venv = Venv::at(&shared.host(), folder.join(".venv"));
    let taken = Manifest::read(&before).unwrap().files[0].path.clone();
    std::fs::create_dir_all(venv.root().join(taken)).unwrap();
    assert!(!entry.restore(&venv).unwrap());
    assert_eq!(shared.entry(), before);
    assert!(shared.build(&Place::new(), Installer::Uv).from_store);
}

#[test]
fn runs_at_once_and_a_store_deleted_meanwhile_harm_nobody() {
    let shared = Shared::new();
    shared.filled(Installer::Uv);
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = std::fs::remove_dir_all(shared.place.beside("cache"));
                std::thread::sleep(std::time::Duration::from_millis(7));
            }
        });
        let runs: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..4 {
                        let place = Place::new();
                        let host = shared.host();
                        let plan = shared.plan(Installer::Uv);
                        let (folder, locks) = (place.folder(), locks());
                        let project = project(&folder, &locks);
                        let store = Store::open(&host);
                        let built = build(&host, &plan, project, store.as_ref(), &|_| {}).unwrap();
                        works(&host, &place, &built);
                        save(&built);
                    }
                })
            })
            .collect();
        let failed = runs.into_iter().filter_map(|it| it.join().err()).count();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(failed, 0);
    });
}

#[test]
fn two_that_save_the_same_leave_one_entry() {
    let shared = Shared::new();
    let places = [Place::new(), Place::new()];
    let built: Vec<Built> = places
        .iter()
        .map(|it| shared.build(it, Installer::Uv))
        .collect();
    let saved: Vec<bool> = built.iter().map(save).collect();
    assert_eq!(saved, [true, false]);
    assert!(shared.entry().join("manifest").is_file());
}

#[test]
fn what_names_its_own_place_is_not_kept() {
    let shared = Shared::new();
    let place = Place::new();
    let built = shared.build(&place, Installer::Uv);
    let path = built
        .venv
        .packages(shared.base.version.series)
        .join("x.pth");
    std::fs::write(&path, built.venv.root().to_str().unwrap()).unwrap();
    assert!(!save(&built));
    assert_eq!(shared.entries(), Vec::<PathBuf>::new());
    std::fs::remove_file(path).unwrap();
    assert!(save(&built));
}

#[test]
fn the_store_can_be_refused_and_is_private() {
    let shared = Shared::new();
    let host = shared.host();
    assert!(Store::open(&host.clone().with_variable("SCAFFOLD_NO_STORE", "1")).is_none());
    assert!(Store::open(&host.clone().with_variable("SCAFFOLD_NO_STORE", "0")).is_some());
    let root = shared.store().root;
    assert_eq!(std::fs::metadata(&root).unwrap().mode() & 0o777, 0o700);
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert!(Store::open(&host).is_none());
}

#[test]
fn a_store_on_another_file_system_is_copied() {
    let memory = Path::new("/dev/shm");
    let temporary = std::env::temp_dir();
    let device = |it: &Path| std::fs::metadata(it).map(|it| it.dev()).ok();
    if device(memory).is_none() || device(memory) == device(&temporary) {
        // Nothing to test it on: the other file system of this test is Linux's own.
        return;
    }
    let cache = tempfile::tempdir_in(memory).unwrap();
    let shared = Shared::new();
    let host = shared
        .host()
        .with_variable("SCAFFOLD_CACHE_DIR", cache.path().as_os_str());
    let store = Store::open(&host).unwrap();
    let plan = shared.plan(Installer::Uv);
    let locks = locks();
    for from_store in [false, true] {
        let place = Place::new();
        let folder = place.folder();
        let project = project(&folder, &locks);
        let built = build(&host, &plan, project, Some(&store), &|_| {}).unwrap();
        assert_eq!(built.from_store, from_store);
        let bytecode = built
            .venv
            .packages(shared.base.version.series)
            .join("__pycache__");
        let found = || {
            let file = crate::fs::list(&bytecode)
                .unwrap_or_default()
                .into_iter()
                .next()?;
            std::fs::metadata(file).ok().map(|it| it.ino())
        };
        let before = found();
        assert_eq!(before.is_some(), from_store);
        works(&host, &place, &built);
        if from_store {
            assert_eq!(found(), before, "bytecode was compiled again");
        }
        save(&built);
    }
}
