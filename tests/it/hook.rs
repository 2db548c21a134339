//! `scaffold hook` in real repositories: what is installed, kept, chained, refused and put back, and what git then really calls.
//!
//! Where a test has to see what a hook hands on, a script that writes it down lies at the place of the program.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::{Finished, Sandbox, names, run};

/// Writes its arguments and its standard input into files, with nothing but the shell.
const RECORDER: &str = r#"#!/bin/sh
printf '<%s>' "$@" >>"$RECORD.arguments"
while IFS= read -r line; do printf '%s\n' "$line" >>"$RECORD.stdin"; done
"#;

/// A sandbox with a repository and a program in it.
struct Trial {
    sandbox: Sandbox,
    program: PathBuf,
}

impl Trial {
    fn new() -> Self {
        Self::with_program("bin/scaffold")
    }

    /// With a program of its own at this path in the sandbox.
    fn with_program(path: impl AsRef<OsStr>) -> Self {
        let sandbox = Sandbox::new();
        let program = sandbox.home().join(Path::new(path.as_ref()));
        std::fs::create_dir_all(program.parent().unwrap()).unwrap();
        let trial = Self { sandbox, program };
        trial.put_program();
        trial.git(&["init", "--quiet"]).code(0);
        trial
    }

    /// The real program, at its place.
    fn put_program(&self) {
        drop(std::fs::remove_file(&self.program));
        let built = env!("CARGO_BIN_EXE_scaffold");
        if std::fs::hard_link(built, &self.program).is_err() {
            std::fs::copy(built, &self.program).unwrap();
        }
    }

    /// A script that writes down what it is given, at the program's place.
    fn put_recorder(&self) {
        std::fs::remove_file(&self.program).unwrap();
        write_script(&self.program, RECORDER);
    }

    fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        let mut command = self.sandbox.command(program);
        command
            .current_dir(folder)
            .env("RECORD", self.sandbox.home().join("record"));
        command
    }

    fn git_in(&self, folder: &Path, arguments: &[&str]) -> Finished {
        run(self.command("git", folder).args(arguments))
    }

    fn git(&self, arguments: &[&str]) -> Finished {
        self.git_in(&self.sandbox.work(), arguments)
    }

    fn hook_in(&self, folder: &Path, arguments: &[&str]) -> Finished {
        run(self
            .command(&self.program, folder)
            .arg("hook")
            .args(arguments))
    }

    fn hook(&self, arguments: &[&str]) -> Finished {
        self.hook_in(&self.sandbox.work(), arguments)
    }

    fn status_in(&self, folder: &Path) -> serde_json::Value {
        let finished = self
            .hook_in(folder, &["status", "--format", "json"])
            .code(0);
        serde_json::from_str(&finished.stdout).unwrap()
    }

    /// The state of a stage.
    fn state(&self, stage: &str) -> String {
        self.entry(stage)["state"].as_str().unwrap().to_owned()
    }

    fn entry(&self, stage: &str) -> serde_json::Value {
        let status = self.status_in(&self.sandbox.work());
        let hooks = status["hooks"].as_array().unwrap();
        hooks
            .iter()
            .find(|it| it["stage"] == stage)
            .unwrap()
            .clone()
    }

    /// A path in the repository's own folder of hooks.
    fn at(&self, name: &str) -> PathBuf {
        self.sandbox.path(".git/hooks").join(name)
    }

    /// What lies in a folder of hooks, but for git's samples.
    fn hooks_in(folder: &Path) -> Vec<String> {
        let mut names = names(folder);
        names.retain(|it| !it.ends_with(".sample"));
        names
    }

    fn hooks(&self) -> Vec<String> {
        Self::hooks_in(&self.sandbox.path(".git/hooks"))
    }

    /// What the recorder wrote down since the last time: arguments and standard input.
    fn recorded(&self) -> (String, String) {
        let take = |name: &str| {
            let path = self.sandbox.home().join(name);
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            drop(std::fs::remove_file(path));
            text
        };
        (take("record.arguments"), take("record.stdin"))
    }

    /// Commits a new file, through the hooks.
    fn commit_in(&self, folder: &Path, name: &str) -> Finished {
        std::fs::write(folder.join(name), name).unwrap();
        self.git_in(folder, &["add", name]).code(0);
        self.git_in(folder, &["commit", "--quiet", "--message", name])
    }
}

fn write_script(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn hooks_come_and_go_and_git_calls_them() {
    let trial = Trial::new();
    let before = names(&trial.sandbox.path(".git/hooks"));
    assert_eq!(trial.state("pre-commit"), "absent");
    let said = trial.hook(&["install"]).code(0).stderr;
    assert_eq!(said, "✓ installed pre-commit\n✓ installed pre-push\n");
    assert_eq!(trial.hooks(), ["pre-commit", "pre-push"]);
    assert_eq!(mode(&trial.at("pre-commit")) & 0o111, 0o111);
    let entry = trial.entry("pre-push");
    assert_eq!(entry["state"], "installed");
    assert_eq!(entry["program"], trial.program.to_str().unwrap());
    assert_eq!(entry["program_found"], true);
    assert_eq!(entry["chained"], serde_json::Value::Null);

    let said = trial.hook(&["install"]).code(0).stderr;
    assert_eq!(
        said,
        "✓ already installed pre-commit\n✓ already installed pre-push\n"
    );
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");

    trial.put_program();
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(names(&trial.sandbox.path(".git/hooks")), before);
    let said = trial.hook(&["uninstall"]).code(0).stderr;
    assert_eq!(said, "no hook of scaffold's is installed\n");
}

#[test]
fn stages_are_those_that_something_runs_at() {
    let trial = Trial::new();
    trial
        .hook(&["install", "--stage", "commit-msg,pre-merge-commit"])
        .code(0);
    assert_eq!(trial.hooks(), ["commit-msg", "pre-merge-commit"]);
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    assert_eq!(
        trial.recorded().0,
        "<hook><run><commit-msg><--><.git/COMMIT_EDITMSG>"
    );
    trial.put_program();
    trial.hook(&["uninstall", "--stage", "commit-msg"]).code(0);
    assert_eq!(trial.hooks(), ["pre-merge-commit"]);
    for (stage, words) in [
        ("post-commit", "scaffold runs nothing then"),
        ("commit", "there is no stage `commit`"),
    ] {
        let said = trial.hook(&["install", "--stage", stage]).code(2).stderr;
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(trial.hooks(), ["pre-merge-commit"]);
    let outside = trial.sandbox.home();
    let said = trial.hook_in(&outside, &["install"]).code(2).stderr;
    assert!(said.contains("not inside the work tree"), "{said}");
}

#[test]
fn a_foreign_hook_is_kept_runs_first_and_comes_back() {
    let trial = Trial::new();
    let foreign = "#!/bin/sh\necho \"first $#\" >>\"$RECORD.arguments\"\n[ ! -e stop ]\n";
    write_script(&trial.at("pre-commit"), foreign);
    std::fs::set_permissions(trial.at("pre-commit"), PermissionsExt::from_mode(0o750)).unwrap();
    let said = trial
        .hook(&["install", "--stage", "pre-commit"])
        .code(0)
        .stderr;
    assert_eq!(
        said,
        "✓ installed pre-commit; the hook that was there runs first\n"
    );
    assert_eq!(trial.hooks(), ["pre-commit", "pre-commit.before-scaffold"]);
    let chained = trial.entry("pre-commit")["chained"].clone();
    assert!(
        chained
            .as_str()
            .unwrap()
            .ends_with(".git/hooks/pre-commit.before-scaffold"),
        "{chained}"
    );
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    assert_eq!(trial.recorded().0, "first 0\n<hook><run><pre-commit><-->");
    // Its failure is the hook's, and ours does not run.
    std::fs::write(trial.sandbox.path("stop"), "").unwrap();
    trial.commit_in(&trial.sandbox.work(), "b").code(1);
    assert_eq!(trial.recorded().0, "first 0\n");

    trial.put_program();
    trial.hook(&["install"]).code(0);
    let said = trial.hook(&["uninstall"]).code(0).stderr;
    assert!(said.contains("before is back"), "{said}");
    assert_eq!(trial.hooks(), ["pre-commit"]);
    assert_eq!(
        std::fs::read_to_string(trial.at("pre-commit")).unwrap(),
        foreign
    );
    assert_eq!(mode(&trial.at("pre-commit")), 0o750);
    // Left alone once it is nobody's but its owner's.
    let said = trial
        .hook(&["uninstall", "--stage", "pre-commit"])
        .code(0)
        .stderr;
    assert!(said.contains("is not scaffold's, and stays"), "{said}");
}

#[test]
fn a_linked_foreign_hook_stays_a_link_and_one_that_git_ignores_stays_ignored() {
    let trial = Trial::new();
    let script = trial.sandbox.path("mine.sh");
    write_script(&script, "#!/bin/sh\nexit 1\n");
    std::os::unix::fs::symlink("../../mine.sh", trial.at("pre-commit")).unwrap();
    std::fs::write(trial.at("pre-push"), "#!/bin/sh\nexit 1\n").unwrap();
    trial.hook(&["install"]).code(0);
    assert_eq!(
        std::fs::read_link(trial.at("pre-commit.before-scaffold")).unwrap(),
        Path::new("../../mine.sh")
    );
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(1);
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o644)).unwrap();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    run(trial
        .command(trial.at("pre-push"), &trial.sandbox.work())
        .args(["origin", "url"]))
    .code(0);
    assert!(
        trial
            .recorded()
            .0
            .ends_with("<hook><run><pre-push><--><origin><url>")
    );
    trial.put_program();
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(
        std::fs::read_link(trial.at("pre-commit")).unwrap(),
        Path::new("../../mine.sh")
    );
    assert_eq!(mode(&trial.at("pre-push")) & 0o111, 0);
}

#[test]
fn what_is_pushed_reaches_the_kept_hook_and_ours() {
    let trial = Trial::new();
    let remote = trial.sandbox.home().join("remote.git");
    trial
        .git(&["init", "--quiet", "--bare", remote.to_str().unwrap()])
        .code(0);
    trial
        .git(&["remote", "add", "origin", remote.to_str().unwrap()])
        .code(0);
    trial
        .git_in(&remote, &["config", "receive.denyDeleteCurrent", "ignore"])
        .code(0);
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    let kept = "#!/bin/sh\nwhile read -r line; do echo \"kept $line\" >>\"$RECORD.stdin\"; done\n";
    for hook in [None, Some(kept), Some("#!/bin/sh\nexit 0\n")] {
        if let Some(text) = hook {
            write_script(&trial.at("pre-push"), text);
        }
        trial.hook(&["install", "--stage", "pre-push"]).code(0);
        trial.put_recorder();
        trial
            .git(&["push", "--quiet", "origin", "main", "HEAD:other"])
            .code(0);
        let (arguments, stdin) = trial.recorded();
        assert_eq!(
            arguments,
            format!("<hook><run><pre-push><--><origin><{}>", remote.display())
        );
        let id = trial.git(&["rev-parse", "HEAD"]).code(0).stdout;
        let (id, none) = (id.trim(), "0".repeat(40));
        let refs = [
            format!("refs/heads/main {id} refs/heads/main {none}\n"),
            format!("HEAD {id} refs/heads/other {none}\n"),
        ];
        let seen: String = match hook {
            Some(text) if text == kept => refs
                .iter()
                .map(|line| format!("kept {line}"))
                .chain(refs.clone())
                .collect(),
            _ => refs.concat(),
        };
        assert_eq!(stdin, seen);
        // Pushed anew the next time, with nothing of the hooks left.
        trial
            .git(&[
                "push",
                "--quiet",
                "--no-verify",
                "origin",
                ":main",
                ":other",
            ])
            .code(0);
        trial.put_program();
        trial.hook(&["uninstall"]).code(0);
        drop(std::fs::remove_file(trial.at("pre-push")));
    }
    // Nothing to push is nothing to read, and more than any pipe holds at once arrives whole.
    write_script(&trial.at("pre-push"), "#!/bin/sh\nexit 0\n");
    trial.hook(&["install", "--stage", "pre-push"]).code(0);
    trial.put_recorder();
    let long: String = (0..4000)
        .map(|it| format!("refs/heads/{it} a\\b  c\n"))
        .collect();
    for text in ["", "unfinished", &long] {
        let input = trial.sandbox.home().join("input");
        std::fs::write(&input, text).unwrap();
        let mut hook = trial.command(trial.at("pre-push"), &trial.sandbox.work());
        hook.args(["origin", "url"])
            .stdin(std::fs::File::open(input).unwrap());
        run(&mut hook).code(0);
        let seen = trial.recorded().1;
        assert_eq!(
            seen,
            if text == "unfinished" {
                "unfinished\n"
            } else {
                text
            }
        );
    }
}

#[test]
fn a_hooks_path_inside_the_repository_is_honoured() {
    let trial = Trial::new();
    let absolute = trial.sandbox.path(".git/other hooks");
    for (value, folder) in [
        (".githooks/mine", trial.sandbox.path(".githooks/mine")),
        (absolute.to_str().unwrap(), absolute.clone()),
    ] {
        trial.git(&["config", "core.hooksPath", value]).code(0);
        // From a folder below, too: the setting counts from the top.
        let below = trial.sandbox.path("below");
        std::fs::create_dir_all(&below).unwrap();
        let said = trial.hook_in(&below, &["install"]).code(0).stderr;
        assert!(
            said.contains(&format!("core.hooksPath is `{value}`")),
            "{said}"
        );
        assert_eq!(names(&folder), ["pre-commit", "pre-push"]);
        trial.put_recorder();
        trial
            .commit_in(&trial.sandbox.work(), "a")
            .code(i32::from(value != ".githooks/mine"));
        assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");
        trial.put_program();
        let status = trial.status_in(&below);
        assert_eq!(status["hooks_path"]["value"], value);
        assert_eq!(status["hooks_path"]["scope"], "local");
        trial.hook(&["uninstall"]).code(0);
        assert_eq!(names(&folder), [""; 0]);
    }
    assert_eq!(trial.hooks(), [""; 0]);
}

#[test]
fn a_hooks_path_elsewhere_is_refused_with_the_file_that_sets_it() {
    let trial = Trial::new();
    let shared = trial.sandbox.home().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let global = trial.sandbox.home().join(".gitconfig");
    trial
        .git(&["config", "--global", "core.hooksPath", "~/shared"])
        .code(0);
    let said = trial.hook(&["install"]).code(2).stderr;
    for words in [
        "lies outside of it",
        global.to_str().unwrap(),
        "(global)",
        "git config --global --unset-all core.hooksPath",
        "git config core.hooksPath ",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let status = trial.status_in(&trial.sandbox.work());
    assert!(status["refusal"]["reason"].is_string(), "{status:#}");
    assert_eq!(status["hooks_path"]["scope"], "global");
    trial.hook(&["uninstall"]).code(2);
    assert_eq!(names(&shared), [""; 0]);
    // The way out that it names is one.
    let way = said.lines().find_map(|line| {
        line.split_once("try again: ")
            .map(|(_, way)| way.to_owned())
    });
    run(trial
        .command("sh", &trial.sandbox.work())
        .args(["-c", &way.unwrap()]))
    .code(0);
    trial.hook(&["install"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-push"]);

    // Empty, the work tree itself, or through a link.
    trial
        .git(&["config", "--global", "--unset", "core.hooksPath"])
        .code(0);
    std::os::unix::fs::symlink(&shared, trial.sandbox.path("link")).unwrap();
    for value in ["", ".", "link", "../home/shared", "/dev/null"] {
        trial.git(&["config", "core.hooksPath", value]).code(0);
        let said = trial.hook(&["install"]).code(2).stderr;
        assert!(said.contains("(local)"), "{value}: {said}");
    }
    let mut command = trial.command(&trial.program, &trial.sandbox.work());
    command.args(["hook", "install"]);
    command.envs([
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.hooksPath"),
        ("GIT_CONFIG_VALUE_0", "/nowhere"),
    ]);
    let said = run(&mut command).code(2).stderr;
    assert!(said.contains("in the environment"), "{said}");
    assert_eq!(names(&shared), [""; 0]);
    assert_eq!(names(&trial.sandbox.work()), [".git", "link"]);
}

#[test]
fn a_linked_folder_of_hooks_that_leads_out_is_refused() {
    let trial = Trial::new();
    let shared = trial.sandbox.home().join("shared");
    std::fs::rename(trial.sandbox.path(".git/hooks"), &shared).unwrap();
    let before = names(&shared);
    std::os::unix::fs::symlink(&shared, trial.sandbox.path(".git/hooks")).unwrap();
    let said = trial.hook(&["install"]).code(2).stderr;
    assert!(said.contains("leads out of the repository"), "{said}");
    assert_eq!(names(&shared), before);
    // One that is missing altogether is made.
    std::fs::remove_file(trial.sandbox.path(".git/hooks")).unwrap();
    trial.hook(&["install"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-push"]);
}

#[test]
fn every_kind_of_work_tree_has_its_hooks() {
    let trial = Trial::new();
    let work = trial.sandbox.work();
    trial.commit_in(&work, "a").code(0);
    let home = trial.sandbox.home();
    // Work trees of one repository share them.
    let linked = home.join("linked");
    trial
        .git(&["worktree", "add", "--quiet", linked.to_str().unwrap()])
        .code(0);
    trial.hook_in(&linked, &["install"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-push"]);
    trial.put_recorder();
    for folder in [&linked, &work] {
        trial.commit_in(folder, "b").code(0);
        assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");
    }
    trial.put_program();
    trial.hook(&["uninstall"]).code(0);

    // A submodule has its own, in the repository around it.
    let other = home.join("other");
    std::fs::create_dir(&other).unwrap();
    trial.git_in(&other, &["init", "--quiet"]).code(0);
    trial.commit_in(&other, "c").code(0);
    trial
        .git(&[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "--quiet",
            "add",
            other.to_str().unwrap(),
            "sub",
        ])
        .code(0);
    trial
        .hook_in(&trial.sandbox.path("sub"), &["install"])
        .code(0);
    assert_eq!(
        Trial::hooks_in(&trial.sandbox.path(".git/modules/sub/hooks")),
        ["pre-commit", "pre-push"]
    );
    assert_eq!(trial.hooks(), [""; 0]);

    // A repository beside its work tree, behind a `.git` file.
    let (apart, tree) = (home.join("apart.git"), home.join("tree"));
    trial
        .git(&[
            "init",
            "--quiet",
            "--separate-git-dir",
            apart.to_str().unwrap(),
            tree.to_str().unwrap(),
        ])
        .code(0);
    trial.hook_in(&tree, &["install"]).code(0);
    assert_eq!(
        Trial::hooks_in(&apart.join("hooks")),
        ["pre-commit", "pre-push"]
    );
    trial.put_recorder();
    trial.commit_in(&tree, "d").code(0);
    assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");
    trial.put_program();

    // A bare one, whose work tree only the environment names.
    let (bare, files) = (home.join("dotfiles.git"), home.join("files"));
    std::fs::create_dir(&files).unwrap();
    trial
        .git(&["init", "--quiet", "--bare", bare.to_str().unwrap()])
        .code(0);
    let mut command = trial.command(&trial.program, &files);
    command
        .args(["hook", "install"])
        .env("GIT_DIR", &bare)
        .env("GIT_WORK_TREE", &files);
    run(&mut command).code(0);
    assert_eq!(
        Trial::hooks_in(&bare.join("hooks")),
        ["pre-commit", "pre-push"]
    );
    assert_eq!(names(&files), [""; 0]);
}

/// The shells of this machine that may stand behind `/bin/sh` somewhere, as commands that run a script.
fn shells() -> Vec<Vec<PathBuf>> {
    let path = std::env::var_os("PATH").unwrap();
    let find = |name: &str| {
        std::env::split_paths(&path)
            .map(|folder| folder.join(name))
            .find(|it| it.is_file())
    };
    let plain = ["sh", "dash", "bash", "ksh93", "zsh"];
    let mut shells: Vec<Vec<PathBuf>> = plain
        .iter()
        .filter_map(|name| Some(vec![find(name)?]))
        .collect();
    if let Some(busybox) = find("busybox") {
        shells.push(vec![busybox, PathBuf::from("sh")]);
    }
    assert!(!shells.is_empty(), "this test needs sh on PATH");
    shells
}

/// Runs a hook by a shell in an environment with nothing but what is given.
fn bare(trial: &Trial, shell: &[PathBuf], hook: &Path, path: Option<&OsStr>) -> Finished {
    let mut command = Command::new(&shell[0]);
    command
        .args(&shell[1..])
        .arg(hook)
        .args(["origin", "a b", ""])
        .current_dir(trial.sandbox.work())
        .env_clear()
        .env("RECORD", trial.sandbox.home().join("record"))
        .stdin(Stdio::null());
    if let Some(path) = path {
        command.env("PATH", path);
    }
    run(&mut command)
}

#[test]
fn any_shell_and_any_path_of_the_program_will_do() {
    for path in [
        b"bin/scaffold".as_slice(),
        b"a b/it's \"x\"/$HOME/`id`/$(id)/;&|<>*?[a]!#~/sca ffold",
        b"-dash/\\back/new\nline/scaffold",
        b"\xff\xfe/\xc3\xa9/\x81\x82\x88/scaffold",
    ] {
        let trial = Trial::with_program(OsStr::from_bytes(path));
        trial.hook(&["install"]).code(0);
        write_script(&trial.at("pre-push.before-scaffold"), RECORDER);
        trial.put_recorder();
        for shell in shells() {
            for search in [None, Some(OsStr::new("")), Some(OsStr::new("/nowhere"))] {
                let hook = trial.at("pre-commit");
                let finished = bare(&trial, &shell, &hook, search).code(0);
                assert_eq!((&*finished.stdout, &*finished.stderr), ("", ""));
                let recorded = trial.recorded();
                assert_eq!(
                    recorded.0, "<hook><run><pre-commit><--><origin><a b><>",
                    "{shell:?}"
                );
                // With a hook to run before, and what comes on standard input.
                bare(&trial, &shell, &trial.at("pre-push"), search).code(0);
                let recorded = trial.recorded();
                assert_eq!(
                    recorded.0, "<origin><a b><><hook><run><pre-push><--><origin><a b><>",
                    "{shell:?}"
                );
            }
        }
    }
}

#[test]
fn a_program_that_is_gone_is_looked_for_and_its_lack_is_a_failure() {
    let trial = Trial::new();
    trial.hook(&["install"]).code(0);
    std::fs::remove_file(&trial.program).unwrap();
    // What lies in the work tree is never the program.
    write_script(&trial.sandbox.path("scaffold"), "#!/bin/sh\nexit 0\n");
    let hook = trial.at("pre-commit");
    for shell in shells() {
        for path in [
            None,
            Some(""),
            Some("/nowhere"),
            Some("."),
            Some(":/nowhere"),
        ] {
            let finished = bare(&trial, &shell, &hook, path.map(OsStr::new)).code(1);
            assert_eq!(finished.stdout, "");
            assert_eq!(finished.stderr.lines().count(), 1, "{}", finished.stderr);
            for words in [
                "scaffold (pre-commit hook): no program at",
                trial.program.to_str().unwrap(),
                "install scaffold again",
                "rm ",
            ] {
                assert!(finished.stderr.contains(words), "{}", finished.stderr);
            }
        }
    }
    trial.commit_in(&trial.sandbox.work(), "a").code(1);
    // A folder of that name is none either; one on PATH is.
    std::fs::create_dir(&trial.program).unwrap();
    bare(&trial, &shells()[0], &hook, None).code(1);
    let elsewhere = trial.sandbox.home().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    write_script(&elsewhere.join("scaffold"), RECORDER);
    for shell in shells() {
        bare(&trial, &shell, &hook, Some(elsewhere.as_os_str())).code(0);
        assert_eq!(
            trial.recorded().0,
            "<hook><run><pre-commit><--><origin><a b><>"
        );
    }
    let status = run(trial.sandbox.scaffold().args(["hook", "status"])).code(0);
    assert!(
        status.stdout.contains("which is not there any more"),
        "{}",
        status.stdout
    );
}

#[test]
fn another_path_is_renewed_and_a_link_on_the_search_path_is_what_is_written() {
    let trial = Trial::new();
    run(trial.sandbox.scaffold().args(["hook", "install"])).code(0);
    assert_eq!(trial.entry("pre-commit")["state"], "installed");
    let said = trial.hook(&["install"]).code(0).stderr;
    assert_eq!(said, "✓ renewed pre-commit\n✓ renewed pre-push\n");
    assert_eq!(
        trial.entry("pre-commit")["program"],
        trial.program.to_str().unwrap()
    );
    let links = trial.sandbox.home().join("links");
    std::fs::create_dir(&links).unwrap();
    std::os::unix::fs::symlink(&trial.program, links.join("scaffold")).unwrap();
    let search = std::env::join_paths(
        std::iter::once(links.clone())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = trial.command(links.join("scaffold"), &trial.sandbox.work());
    run(command
        .args(["hook", "install"])
        .env("PATH", search.unwrap()))
    .code(0);
    assert_eq!(
        trial.entry("pre-commit")["program"],
        links.join("scaffold").to_str().unwrap()
    );
    // No longer executable, it is renewed too.
    std::fs::set_permissions(trial.at("pre-commit"), PermissionsExt::from_mode(0o644)).unwrap();
    assert_eq!(trial.state("pre-commit"), "outdated");
    trial.hook(&["install"]).code(0);
    assert_eq!(trial.state("pre-commit"), "installed");
}

#[test]
fn what_somebody_made_of_our_hook_is_not_lost() {
    let trial = Trial::new();
    write_script(&trial.at("pre-push"), "#!/bin/sh\necho before\n");
    trial.hook(&["install"]).code(0);
    let edit = |name: &str| {
        let mut text = std::fs::read_to_string(trial.at(name)).unwrap();
        text = text.replace("exec ", "echo mine; exec ");
        std::fs::write(trial.at(name), &text).unwrap();
        text
    };
    let edited = edit("pre-commit");
    assert_eq!(trial.state("pre-commit"), "edited");
    let said = trial.hook(&["install"]).code(0).stderr;
    assert!(
        said.contains("✓ installed pre-commit\n")
            && said.contains(
                "had been edited: what it was lies in .git/hooks/pre-commit.edited-scaffold now"
            ),
        "{said}"
    );
    let aside = |name: &str| std::fs::read_to_string(trial.at(name)).unwrap();
    assert_eq!(aside("pre-commit.edited-scaffold"), edited);
    assert_eq!(trial.state("pre-commit"), "installed");
    let (again, pushed) = (edit("pre-commit"), edit("pre-push"));
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(aside("pre-commit.edited-scaffold"), edited);
    assert_eq!(aside("pre-commit.edited-scaffold.2"), again);
    assert_eq!(aside("pre-push.edited-scaffold"), pushed);
    assert_eq!(aside("pre-push"), "#!/bin/sh\necho before\n");
    assert_eq!(
        trial.hooks(),
        [
            "pre-commit.edited-scaffold",
            "pre-commit.edited-scaffold.2",
            "pre-push",
            "pre-push.edited-scaffold"
        ]
    );
}

#[test]
fn two_foreign_hooks_are_too_many_and_nothing_is_written() {
    let trial = Trial::new();
    write_script(&trial.at("pre-push"), "#!/bin/sh\necho one\n");
    trial.hook(&["install", "--stage", "pre-push"]).code(0);
    write_script(&trial.at("pre-push"), "#!/bin/sh\necho two\n");
    let said = trial.hook(&["install"]).code(2).stderr;
    assert!(said.contains("only one of them can be kept"), "{said}");
    assert_eq!(trial.hooks(), ["pre-push", "pre-push.before-scaffold"]);
    // As a run that was killed between two steps leaves it.
    std::fs::copy(trial.at("pre-push"), trial.at("pre-push.before-scaffold")).unwrap();
    trial.hook(&["install", "--stage", "pre-push"]).code(0);
    assert_eq!(trial.state("pre-push"), "installed");
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(
        std::fs::read_to_string(trial.at("pre-push")).unwrap(),
        "#!/bin/sh\necho two\n"
    );
    std::fs::create_dir(trial.at("commit-msg")).unwrap();
    let said = trial
        .hook(&["install", "--stage", "commit-msg,pre-commit"])
        .code(2)
        .stderr;
    assert!(said.contains("is no file"), "{said}");
    assert_eq!(trial.hooks(), ["commit-msg", "pre-push"]);
}

#[test]
fn under_another_manager_ours_runs_once() {
    let trial = Trial::new();
    trial.hook(&["install", "--stage", "pre-commit"]).code(0);
    // What such a manager does: ours under another name, run by its own.
    let manager = "#!/bin/sh\n: hook-impl\n\"${0%/*}/pre-commit.legacy\" \"$@\"\n";
    std::fs::rename(trial.at("pre-commit"), trial.at("pre-commit.legacy")).unwrap();
    write_script(&trial.at("pre-commit"), manager);
    assert_eq!(trial.state("pre-commit"), "installed");
    trial.hook(&["install", "--stage", "pre-commit"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit", "pre-commit.legacy"]);
    trial.put_recorder();
    trial.commit_in(&trial.sandbox.work(), "a").code(0);
    assert_eq!(trial.recorded().0, "<hook><run><pre-commit><-->");
    trial.put_program();
    trial.hook(&["uninstall"]).code(0);
    assert_eq!(trial.hooks(), ["pre-commit"]);
    assert_eq!(
        std::fs::read_to_string(trial.at("pre-commit")).unwrap(),
        manager
    );
}
