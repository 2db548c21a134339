//! Fixers that are shown everything: what of their work counts, what becomes of the rest, and their place among other fixers.

use super::support::{Repo, gate};
use crate::support::run;

/// A fixer of the whole tree, run in a shell.
fn fixer(name: &str, files: &str, script: &str) -> String {
    format!(
        "[tool.scaffold.gates.{name}]\nneeds = 'tree'\nfix = true\nfiles = ['{files}']\n\
         command = ['sh', '-c', '''{script}''', 'sh']\n"
    )
}

/// A repository with these gates at each commit, and some files in it.
fn repository(gates: &[&str], more: &str) -> Repo {
    let repo = Repo::new();
    repo.gates(gates, more);
    repo.stage("words.txt", "one\n");
    repo.stage("kept.txt", "kept\n");
    repo.stage("deep/kept.txt", "deep\n");
    repo.commit_unchecked("start");
    repo
}

#[test]
fn what_it_changes_in_the_files_that_it_is_for_is_the_fix() {
    let script = "cat words.txt kept.txt > all; for it in *.txt; do cat all >> $it; done";
    let repo = repository(&["mine"], &fixer("mine", "new*.txt", script));
    repo.stage("new.txt", "new\n");
    repo.write("new-untracked.txt", "");
    let said = repo.commit().code(0);
    assert!(
        said.stderr.contains("new.txt: mended, and staged"),
        "{said:?}"
    );
    assert!(!said.stderr.contains("kept.txt"), "{said:?}");
    assert_eq!(repo.at_revision("HEAD", "new.txt"), "new\none\nkept\n");
    assert_eq!(repo.read("new.txt"), "new\none\nkept\n");
    assert_eq!(repo.read("kept.txt"), "kept\n");
    assert_eq!(repo.ask(&["status", "--porcelain"]), "?? new-untracked.txt");
    assert_eq!(repo.read("new-untracked.txt"), "");
}

#[test]
fn what_else_it_does_to_the_copy_is_seen_by_nobody() {
    let spoils = "echo fixed >> new.txt; echo spoilt > kept.txt; rm words.txt; chmod +x pyproject.toml; \
        rm -r deep; ln -s / deep; mkdir made; echo x > made/by.txt; mkdir -p .git";
    let looks = "test \"$(tail -n 1 new.txt; cat kept.txt deep/kept.txt words.txt)\" = \"$(printf \"fixed\\nkept\\ndeep\\none\")\" \
        && ! test -x pyproject.toml && ! test -L deep && ! test -e made && ! test -e .git";
    let check = format!(
        "[tool.scaffold.gates.check]\nneeds = 'tree'\nfiles = ['new.txt']\ncommand = ['sh', '-c', '''{looks}''']\n"
    );
    let gates = [
        fixer("spoil", "new.txt", spoils),
        fixer("look", "new.txt", looks),
        check,
    ];
    let repo = repository(&["spoil", "look", "check"], &gates.concat());
    for round in 0..3 {
        repo.stage("new.txt", format!("{round}\n"));
        repo.commit().code(0);
        assert_eq!(
            repo.at_revision("HEAD", "new.txt"),
            format!("{round}\nfixed\n")
        );
        assert_eq!(repo.read("kept.txt"), "kept\n");
        assert_eq!(repo.ask(&["status", "--porcelain"]), "");
    }
}

#[test]
fn what_a_killed_run_left_in_the_copy_is_seen_by_nobody() {
    let spoils = "echo fixed >> new.txt; echo spoilt > kept.txt; \
        test -e \"$MARK\" || { touch \"$MARK\"; kill -KILL $PPID; }";
    let gates = [
        fixer(
            "look",
            "new.txt",
            "grep -qx kept kept.txt && test \"$(cat new.txt)\" = new",
        ),
        fixer("spoil", "new.txt", spoils),
    ];
    let mut repo = repository(&["look", "spoil"], &gates.concat());
    repo.set("MARK", repo.sandbox.home().join("mark"));
    repo.stage("new.txt", "new\n");
    assert_ne!(repo.commit().code, Some(0));
    assert_eq!(repo.read("new.txt"), "new\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "new.txt"), "new\nfixed\n");
    assert_eq!(repo.ask(&["status", "--porcelain"]), "");
}

#[test]
fn each_fixer_sees_what_those_before_it_left_whatever_they_are_shown() {
    let of_files = |letter: &str| {
        format!(
            "[tool.scaffold.gates.file-{letter}]\nfix = true\nfiles = ['*.txt']\n\
             command = ['sh', '-c', 'for it; do echo {letter} >> \"$it\"; done', 'sh']\n"
        )
    };
    let of_tree = |letter: &str| {
        let script = format!("for it in new.txt words.txt; do echo {letter} >> $it; done");
        fixer(&format!("tree-{letter}"), "*.txt", &script)
    };
    let all = [of_files("a"), of_tree("b"), of_files("c"), of_tree("d")].concat();
    for order in [
        ["file-a", "tree-b", "file-c", "tree-d"],
        ["tree-d", "tree-b", "file-c", "file-a"],
        ["tree-b", "file-a", "tree-d", "file-c"],
    ] {
        let repo = repository(&order, &all);
        repo.stage("new.txt", "");
        repo.commit().code(0);
        let letters: String = order.map(|it| format!("{}\n", &it[5..])).concat();
        assert_eq!(repo.at_revision("HEAD", "new.txt"), letters);
        assert_eq!(repo.at_revision("HEAD", "words.txt"), "one\n");
        assert_eq!(repo.ask(&["status", "--porcelain"]), "");
    }
}

#[test]
fn what_is_edited_and_not_staged_is_kept() {
    let repo = repository(
        &["mine"],
        &fixer("mine", "words.txt", "sed -i s/bad/good/ words.txt"),
    );
    let text = |first: &str, last: &str| format!("{first}\n{}{last}\n", "same\n".repeat(8));
    repo.stage("words.txt", text("bad", "old"));
    repo.write("words.txt", text("bad", "new"));
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "words.txt"), text("good", "old"));
    assert_eq!(repo.read("words.txt"), text("good", "new"));
}

#[test]
fn by_hand_it_mends_where_that_is_asked_for() {
    let script = "tr a-z A-Z < new.txt > t; cat t > new.txt; cat link >> new.txt; test -x run";
    let repo = repository(&["mine"], &fixer("mine", "new.txt", script));
    repo.write("new.txt", "text\n");
    repo.write("run", "#!/bin/sh\n");
    run(repo.command("chmod").args(["+x", "run"])).code(0);
    std::os::unix::fs::symlink("kept.txt", repo.path("link")).unwrap();
    repo.ignore("ignored.txt");
    repo.write("ignored.txt", "");
    repo.write("kept.txt", "as it stands\n");
    let said = repo.check([""; 0]).code(1);
    assert!(
        said.stdout.contains("new.txt") && said.stdout.contains("would be changed"),
        "{said:?}"
    );
    assert_eq!(repo.read("new.txt"), "text\n");
    repo.check(["--fix"]).code(0);
    assert_eq!(repo.read("new.txt"), "TEXT\nas it stands\n");
    assert!(repo.path("link").symlink_metadata().unwrap().is_symlink());
    assert_eq!(repo.read("kept.txt"), "as it stands\n");
    // Staged or not, the index is the user's.
    assert_eq!(
        repo.ask(&["status", "--porcelain"]),
        " M kept.txt\n?? link\n?? new.txt\n?? run"
    );
    // A folder that has become a link is no reason to stop.
    std::fs::rename(repo.path("deep"), repo.path("moved")).unwrap();
    std::os::unix::fs::symlink("moved", repo.path("deep")).unwrap();
    repo.write("new.txt", "text\n");
    repo.check(["--fix"]).code(0);
    assert_eq!(repo.read("new.txt"), "TEXT\nas it stands\n");
}

#[test]
fn an_editor_that_saves_meanwhile_wins() {
    let script = "echo edited > \"$REAL\"; echo fixed >> new.txt";
    let mut repo = repository(&["mine"], &fixer("mine", "new.txt", script));
    repo.set("REAL", repo.path("new.txt"));
    repo.write("new.txt", "text\n");
    let said = repo.check(["--fix"]).code(1);
    assert!(said.stderr.contains("meanwhile"), "{said:?}");
    assert_eq!(repo.read("new.txt"), "edited\n");
    repo.stage("new.txt", "text\n");
    let said = repo.commit().code(0);
    assert!(said.stderr.contains("new.txt"), "{said:?}");
    assert_eq!(repo.read("new.txt"), "edited\n");
    assert_eq!(repo.at_revision("HEAD", "new.txt"), "text\nfixed\n");
}

#[test]
fn a_check_of_the_tree_is_held_to_what_fixers_of_the_tree_made() {
    for names in [["judge", "mine"], ["mine", "judge"]] {
        let judge = "[tool.scaffold.gates.judge]\nneeds = 'tree'\nfiles = ['new.txt']\n\
             command = ['sh', '-c', 'echo look >> \"$LOG\"; grep -q good new.txt']\n";
        let mends = fixer("mine", "new.txt", "echo good > new.txt");
        let mut repo = repository(&names, &[judge, &mends].concat());
        let log = repo.sandbox.home().join("log");
        repo.set("LOG", &log);
        repo.stage("new.txt", "bad\n");
        repo.commit().code(0);
        assert_eq!(repo.at_revision("HEAD", "new.txt"), "good\n");
        // Not before, when it would only have to look again.
        assert_eq!(std::fs::read_to_string(log).unwrap(), "look\n");
    }
}

#[test]
fn a_fixer_that_breaks_down_or_removes_a_file_mends_nothing() {
    for script in [
        "echo mended > new.txt; exit 127",
        "echo mended > new.txt; sleep 30",
        "rm new.txt",
        "chmod +x new.txt",
        "echo mended > new.txt; kill -INT $PPID; sleep 30",
    ] {
        let gates = [
            fixer("mine", "new.txt", script),
            "timeout = 2\n".to_owned(),
            fixer("next", "new.txt", "echo next >> new.txt"),
        ];
        let repo = repository(&["mine", "next"], &gates.concat());
        repo.stage("new.txt", "new\n");
        let said = repo.commit();
        assert_ne!(said.code, Some(0), "{script}: {said:?}");
        // Whoever interrupts knows it.
        let is_silent = said.stderr.is_empty();
        assert_eq!(is_silent, script.contains("INT"), "{script}: {said:?}");
        assert_eq!(repo.read("new.txt"), "new\n", "{script}");
        assert_eq!(repo.at_revision("", "new.txt"), "new\n", "{script}");
        assert_eq!(repo.ask(&["status", "--porcelain"]), "A  new.txt");
    }
}

#[test]
fn a_fixer_that_is_given_files_changes_those_only_too() {
    let adds = "[tool.scaffold.gates.first]\nfix = true\nfiles = ['new.txt']\n\
         command = ['sh', '-c', 'echo first >> new.txt; echo first >> words.txt']\n\
         [tool.scaffold.gates.second]\nfix = true\nfiles = ['words.txt']\n\
         command = ['sh', '-c', 'echo second >> words.txt']\n";
    let repo = repository(&["first", "second"], adds);
    repo.stage("new.txt", "new\n");
    repo.stage("words.txt", "two\n");
    repo.commit().code(0);
    assert_eq!(repo.at_revision("HEAD", "new.txt"), "new\nfirst\n");
    assert_eq!(repo.at_revision("HEAD", "words.txt"), "two\nsecond\n");
}

#[test]
fn the_work_tree_itself_is_mended_by_no_tool() {
    let repo = Repo::new();
    for (name, more) in [("mine", "command = ['x']\n"), ("ruff", "")] {
        repo.configure(&format!(
            "[tool.scaffold.gates.{name}]\n{more}needs = 'worktree'\nfix = true\n"
        ));
        let said = repo.check(["--staged"]).code(2);
        let place = format!("`{name}` mends files, which no tool may do in the work tree itself");
        assert!(said.stderr.contains(&place), "{said:?}");
        assert!(said.stderr.contains("needs = \"tree\""), "{said:?}");
    }
    // Where nobody asks it to mend, it only looks.
    repo.use_tools();
    repo.gates(
        &["ruff"],
        "[tool.scaffold.gates.ruff]\nneeds = 'worktree'\n",
    );
    repo.stage("a.py", "import os\n");
    let report = repo.checked(&["--fix"], 1);
    assert_eq!(gate(&report, "ruff")["state"], "failed");
    assert_eq!(repo.read("a.py"), "import os\n");
    let plan = repo.checked(&["--fix", "--gate", "ruff"], 1);
    assert_eq!(gate(&plan, "ruff")["mended"], serde_json::json!([]));
}
