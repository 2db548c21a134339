//! What is built for the platform: native code for its processor, within its size.

use std::path::{Path, PathBuf};

use super::of;
use crate::doctor::facts::Facts;
use crate::doctor::facts::deployment::Function;
use crate::doctor::facts::reading::{beginning, names};
use crate::doctor::fix::{Action, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// No more folders and libraries than that are looked at for each function.
const MOST: usize = 400;

/// What native code runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Machine {
    LinuxX86,
    LinuxArm,
    LinuxOther,
    MacOs,
    Windows,
}

impl Machine {
    /// By the first bytes of a file.
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes.first_chunk::<4>()? {
            b"\x7fELF" => {
                let bytes: [u8; 2] = bytes.get(18..20)?.try_into().ok()?;
                Some(match u16::from_le_bytes(bytes) {
                    0x3e => Self::LinuxX86,
                    0xb7 => Self::LinuxArm,
                    _ => Self::LinuxOther,
                })
            }
            [0xcf | 0xce, 0xfa, 0xed, 0xfe] | [0xfe, 0xed, 0xfa, _] | [0xca, 0xfe, 0xba, 0xbe] => {
                Some(Self::MacOs)
            }
            [b'M', b'Z', ..] => Some(Self::Windows),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::LinuxX86 => "Linux on x86_64",
            Self::LinuxArm => "Linux on arm64",
            Self::LinuxOther => "another processor",
            Self::MacOs => "macOS",
            Self::Windows => "Windows",
        }
    }

    /// Whether it runs on Lambda's processor of this name; where none is named, on any of them.
    fn fits(self, architecture: Option<&str>) -> bool {
        match architecture {
            Some("arm64") => self == Self::LinuxArm,
            Some(_) => self == Self::LinuxX86,
            None => matches!(self, Self::LinuxX86 | Self::LinuxArm),
        }
    }
}

/// PLAT006.
pub(super) fn other_machine(facts: &Facts) -> Outcome {
    of(facts, "aws-lambda", |_, deployment| {
        let functions = deployment.functions.iter();
        functions.flat_map(|it| foreign(facts, it)).collect()
    })
}

fn foreign(facts: &Facts, function: &Function) -> Vec<Symptom> {
    let wanted = function.architecture.as_ref();
    let built = facts.in_project(".aws-sam/build").join(&function.name);
    let is_ours = |it: &Path| it != facts.in_project("").as_path();
    let vendored = function.code.clone();
    let folders = [(Some(built), true), (vendored, false)];
    let mut symptoms = Vec::new();
    for (folder, is_built) in folders {
        let Some(folder) = folder.filter(|it| it.is_dir() && is_ours(it)) else {
            continue;
        };
        let Some((file, machine)) = first_foreign(&folder, wanted.map(|it| it.value.as_str()))
        else {
            continue;
        };
        let runs = wanted.map_or("Linux".to_owned(), |it| it.value.clone());
        let mut symptom = Symptom::new(format!(
            "`{}` is for {}, and `{}` runs on {runs}",
            facts.shown(&file),
            machine.name(),
            function.name
        ))
        .seen_in(Evidence::path(&file));
        if let Some(wanted) = wanted {
            symptom = symptom.seen_in(wanted.place.evidence().says(&wanted.text));
        }
        symptoms.push(if is_built {
            let action = Action::run(["sam", "build"]);
            symptom.fix(Fix::ask("build again with `sam build`", [action]))
        } else {
            symptom.next("sam build")
        });
    }
    symptoms
}

/// The first library below a folder that does not run there.
fn first_foreign(folder: &Path, architecture: Option<&str>) -> Option<(PathBuf, Machine)> {
    let mut looked = 0;
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for name in names(&folder) {
            if name.starts_with('.') || name.ends_with(".dist-info") || name == "__pycache__" {
                continue;
            }
            let path = folder.join(&name);
            if name.ends_with(".so") || name.ends_with(".pyd") || name.ends_with(".dylib") {
                looked += 1;
                let machine = Machine::of(&beginning(&path, 20));
                if let Some(machine) = machine.filter(|it| !it.fits(architecture)) {
                    return Some((path, machine));
                }
            } else if depth < 2 && !name.contains('.') && path.is_dir() && !path.is_symlink() {
                folders.push((path, depth + 1));
            }
            looked += 1;
            if looked > 4 * MOST || folders.len() > MOST {
                return None;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Machine;

    #[test]
    fn a_library_tells_its_machine() {
        let elf = |machine: u8| {
            let mut bytes = b"\x7fELF".to_vec();
            bytes.resize(18, 0);
            bytes.extend([machine, 0]);
            Machine::of(&bytes)
        };
        assert_eq!(elf(0x3e), Some(Machine::LinuxX86));
        assert_eq!(elf(0xb7), Some(Machine::LinuxArm));
        assert_eq!(elf(3), Some(Machine::LinuxOther));
        assert_eq!(Machine::of(b"\xcf\xfa\xed\xfe\x07"), Some(Machine::MacOs));
        assert_eq!(Machine::of(b"MZ\x90\x00"), Some(Machine::Windows));
        assert_eq!(Machine::of(b"\x7fELF"), None);
        assert_eq!(Machine::of(b""), None);
        assert_eq!(Machine::of(b"text"), None);
    }
}
