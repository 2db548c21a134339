//! The same with the real black: files that it writes anew, beside edits that are not staged.

use std::fs;
use std::os::unix::fs::symlink;

use super::ending::{Ending, Moment};
use super::gates::Gates;
use super::job::Job;
use super::killed::{end, recover};
use super::node::{Layout, Node, change};
use super::repository::Repository;
use super::trial::Trial;
use crate::runtime::tools::gates;

/// Staged, and what the work tree has.
const FILES: [(&str, &str, &str); 6] = [
    ("same.py", "a = 'one'\n", "a = 'one'\n"),
    (
        "-dash.py",
        "b = ( 1 )\nc = 2\n\n\n\nd=3\n",
        "b = ( 1 )\nc = 2\n\n\n\nd=3\n",
    ),
    (
        "elsewhere.py",
        "e = 'one'\n\n# 1\n# 2\n# 3\n# 4\nf = 6\n",
        "e = 'one'\n\n# 1\n# 2\n# 3\n# 4\nf = 7, 'mine'\n",
    ),
    ("same line.py", "g = 'one'\n", "g = 'mine'\n"),
    (
        "broken in the work tree.py",
        "h = 'one'\n\n# 1\n# 2\n# 3\n",
        "h = 'one'\n\n# 1\n# 2\n# 3\nh h (\n",
    ),
    (
        "crlf.py",
        "i = 'one'\r\nj = 2\r\n",
        "i = 'one'\r\nj = 2\r\n",
    ),
];

fn trial(seed: u64, job: Job) -> Trial {
    let repository = Repository::clean(seed, Gates::Black);
    symlink(gates().folder(), repository.root.join(".venv")).unwrap();
    let layout = |now: bool| -> Layout {
        let files = FILES.iter().map(|(path, staged, work)| {
            let text = if now { work } else { staged };
            (path.as_bytes().to_vec(), Node::file(*text))
        });
        files.collect()
    };
    let (staged, mut work) = (layout(false), layout(true));
    work.insert(b"untracked.py".to_vec(), Node::file("k = 'mine'\n"));
    change(&repository.root, &Layout::new(), &staged);
    repository.git(&["add", "--all"]);
    repository.git(&["rm", "--quiet", "--cached", ".venv"]);
    let exclude = repository.git(&["rev-parse", "--git-path", "info/exclude"]);
    let exclude = repository
        .root
        .join(std::str::from_utf8(&exclude).unwrap().trim());
    fs::create_dir_all(exclude.parent().unwrap()).unwrap();
    fs::write(exclude, ".venv\n").unwrap();
    change(&repository.root, &staged, &work);
    Trial::new(repository, job)
}

#[test]
fn edits_beside_black_stay() {
    for job in [Job::Hook, Job::Commit] {
        // Without conversion of line ends, so that each file is black's alone to change.
        let trial = trial(1, job);
        let finished = trial.run().code(0);
        let changes = trial.check(&finished.stderr);
        assert_eq!(changes.index.len(), FILES.len(), "{}", finished.stderr);
        // All but the one with edits on the same line.
        assert_eq!(changes.work.len(), FILES.len() - 1, "{}", finished.stderr);
        let merged = fs::read_to_string(trial.repository.root.join("elsewhere.py")).unwrap();
        assert_eq!(merged, "e = \"one\"\n\n# 1\n# 2\n# 3\n# 4\nf = 7, 'mine'\n");
        recover(&trial);
    }
}

#[test]
fn black_is_ended() {
    let length = {
        let trial = trial(2, Job::Hook);
        end(&trial, Ending::Kill, Moment::Never).elapsed
    };
    for (number, ending) in Ending::ALL.iter().cycle().take(10).enumerate() {
        let trial = trial(2, Job::Hook);
        let at = length.mul_f64(f64::from(u32::try_from(number).unwrap()) / 10.0);
        let moment = if number % 2 == 0 {
            Moment::Start(at)
        } else {
            Moment::Writing(at / 20, length * 2)
        };
        let ended = end(&trial, *ending, moment);
        trial.check(&ended.said);
        assert!(ended.is_in_order(), "{}", ended.said);
        recover(&trial);
    }
}
