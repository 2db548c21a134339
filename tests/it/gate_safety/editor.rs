//! Somebody at work on the same files while gates run: an editor that saves, and `git add` from another terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::content::{LineEnd, text};
use super::node::at;
use super::random::Random;
use super::repository::Repository;

/// What was done last to each file.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// What the editor saved.
    pub(super) saved: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What git was told to add, as it stores it.
    pub(super) added: BTreeMap<Vec<u8>, String>,
    /// The files of which it had opened one, and written to it only later: that may have been replaced by then.
    pub(super) held: BTreeSet<Vec<u8>>,
    pub(super) saves: usize,
    pub(super) adds: usize,
}

/// How a file is saved.
#[derive(Debug, Clone, Copy)]
enum Save {
    /// Emptied and written.
    InPlace,
    /// A new file is given the old one's name.
    ByRename,
    /// Opened, and written in two parts, a while later each.
    Held,
}

/// Works on these files until `over`.
pub(super) fn work(repository: &Repository, paths: &[Vec<u8>], over: &AtomicBool) -> Done {
    let mut random = Random::new(repository.seed ^ 0xed17);
    let mut done = Done::default();
    while !over.load(Ordering::Relaxed) {
        let path = random.pick(paths).clone();
        let mark = format!("e{}n{}", repository.seed, done.saves);
        let content = text(&mut random, &mark, LineEnd::Lf);
        let save = *random.pick(&[Save::InPlace, Save::ByRename, Save::Held]);
        write(repository, &path, &content, save, &mut random);
        done.saves += 1;
        if random.one_in(3) {
            add(repository, &path, &mut done);
        }
        if matches!(save, Save::Held) {
            done.held.insert(path.clone());
        } else {
            done.held.remove(&path);
        }
        done.saved.insert(path, content);
        rest(&mut random, 4000);
    }
    done
}

fn write(repository: &Repository, path: &[u8], content: &[u8], save: Save, random: &mut Random) {
    let place = at(&repository.root, path);
    match save {
        Save::InPlace => fs::write(place, content).unwrap(),
        Save::ByRename => {
            let new = repository.sandbox.home().join("new");
            fs::write(&new, content).unwrap();
            let mode = place.metadata().unwrap().permissions();
            fs::set_permissions(&new, mode).unwrap();
            fs::rename(new, place).unwrap();
        }
        Save::Held => {
            let mut file = File::options().write(true).open(place).unwrap();
            for part in content.chunks(content.len().div_ceil(2).max(1)) {
                rest(random, 30_000);
                file.write_all(part).unwrap();
            }
            file.set_len(u64::try_from(content.len()).unwrap()).unwrap();
        }
    }
}

/// `git add`, and what it then has in the index; another program may have locked that, and git adds no file that it is to skip.
fn add(repository: &Repository, path: &[u8], done: &mut Done) {
    let list = [path, b"\0"].concat();
    let mut command = repository.command("git");
    command.env("GIT_LITERAL_PATHSPECS", "1");
    command.args(["add", "--pathspec-from-file=-", "--pathspec-file-nul"]);
    let output = command
        .stdin(super::repository::file_of(&list))
        .output()
        .unwrap();
    if output.status.success() {
        let entry = repository.git(&["ls-files", "--stage", "-z"]);
        let entry = entry.split(|byte| *byte == 0).find_map(|line| {
            let tab = line.iter().position(|byte| *byte == b'\t')?;
            (line[tab + 1..] == *path).then(|| String::from_utf8(line[..tab].to_vec()).unwrap())
        });
        let id = entry.unwrap().split(' ').nth(1).unwrap().to_owned();
        done.added.insert(path.to_vec(), id);
        done.adds += 1;
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        let is_known = ["index.lock", "sparse-checkout"]
            .iter()
            .any(|it| said.contains(it));
        assert!(is_known, "{said}");
    }
}

fn rest(random: &mut Random, most: usize) {
    let pause = u64::try_from(random.below(most)).unwrap();
    std::thread::sleep(Duration::from_micros(pause));
}
