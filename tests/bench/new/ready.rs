//! What the jobs with an environment need: uv's cache warm, and what our program would run, to be run by hand.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::place::{Place, remove};
use crate::peers::Bench;
use crate::sample::{NAME, Sample};
use crate::tools::run;

/// The locks of the project, which is one for Vercel.
const LOCKS: [&str; 2] = ["requirements.txt", "requirements-dev.txt"];

/// A place where everything to be installed is in uv's cache.
pub(crate) struct Ready {
    pub(crate) place: Place,
    /// The Python that our program chose.
    pub(crate) python: PathBuf,
    /// The project's locks.
    pub(crate) locks: Vec<String>,
    /// The project's gates, each as a line for a shell.
    pub(crate) gates: Vec<String>,
    /// A folder with the project's files.
    pub(crate) files: PathBuf,
}

impl Ready {
    /// Makes the project once with the network allowed, and looks at what came of it.
    pub(crate) fn prepare(bench: &Bench) -> Self {
        let place = Place::temporary(bench.options.within.as_deref());
        bench.furnish(&place);
        let files = place.path("files");
        Sample::render(bench, &place).write(&files);
        place.empty("work");
        let mut command = bench.machine.online(&place, env!("CARGO_BIN_EXE_scaffold"));
        command
            .args([
                "new",
                NAME,
                "--defaults",
                "--installer",
                "uv",
                "--format",
                "json",
            ])
            .env("SCAFFOLD_NO_STORE", "1");
        let said: Value = serde_json::from_slice(&run(&mut command).stdout).unwrap();
        let gates = said["environment"]["gates"].as_array().unwrap();
        let gates = gates
            .iter()
            .map(|gate| gate["command"].as_str().unwrap().to_owned())
            .collect();
        let settings = place.path("work").join(NAME).join(".venv/pyvenv.cfg");
        let settings = std::fs::read_to_string(settings).unwrap();
        let home = settings
            .lines()
            .find_map(|line| line.strip_prefix("home = "))
            .unwrap();
        let series = said["answers"]["python"].as_str().unwrap();
        let ready = Self {
            python: PathBuf::from(home).join(format!("python{series}")),
            locks: LOCKS.map(str::to_owned).to_vec(),
            gates,
            files,
            place,
        };
        ready.fill_cache(bench);
        ready
    }

    /// Installs once as the script does: it reads metadata that our program, which never resolves, leaves alone.
    fn fill_cache(&self, bench: &Bench) {
        let environment = self.place.path("first");
        let mut command = bench.machine.online(&self.place, &bench.uv);
        command.arg("venv").arg("--python").arg(&self.python);
        run(command.arg(&environment));
        let mut command = bench.machine.online(&self.place, &bench.uv);
        command.args(["pip", "install", "--require-hashes", "--python"]);
        command.arg(&environment);
        for lock in &self.locks {
            command.arg("-r").arg(self.files.join(lock));
        }
        run(&mut command);
        remove(&environment);
    }

    /// Nothing of an earlier run: no project, none of what its tools remember of it in the home folder.
    pub(crate) fn forget(&self) {
        self.place.empty("work");
        remove(&self.place.home().join(".cache"));
    }

    /// `scaffold new` to the end, with the store in this folder or with none.
    pub(crate) fn scaffold(&self, bench: &Bench, store: Option<&Path>) -> Command {
        let mut command = bench.scaffold(
            &self.place,
            &["new", NAME, "--defaults", "--installer", "uv"],
        );
        match store {
            Some(store) => command.env("SCAFFOLD_CACHE_DIR", store),
            None => command.env("SCAFFOLD_NO_STORE", "1"),
        };
        command
    }
}
