//! What machine a program was made for, by its first bytes: ELF (elf(5)), Mach-O (`<mach-o/loader.h>`), PE
//! (<https://learn.microsoft.com/windows/win32/debug/pe-format>).
//!
//! Called by checks of interpreters and of compiled modules. Nothing is started. It must not judge.

use std::path::Path;

use super::reading::beginning;

/// A processor, as far as Pythons are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// 32-bit Intel.
    X86,
    /// 64-bit Intel and AMD.
    X86_64,
    /// 32-bit ARM.
    Arm,
    /// 64-bit ARM.
    Aarch64,
}

/// As far as the head of a PE file reaches that comes before its machine: the stub for DOS is a few hundred bytes.
const LONGEST: u64 = 4096;

impl Machine {
    /// The machine that this program itself was made for; `None` where Pythons there are not told apart.
    pub(crate) fn ours() -> Option<Self> {
        match std::env::consts::ARCH {
            "x86" => Some(Self::X86),
            "x86_64" => Some(Self::X86_64),
            "arm" => Some(Self::Arm),
            "aarch64" => Some(Self::Aarch64),
            _ => None,
        }
    }

    /// The machines that a program is made for: several for a universal one of macOS, none where its beginning does not say.
    pub(crate) fn of(program: &Path) -> Vec<Self> {
        Self::read(&beginning(program, LONGEST))
    }

    /// The same, by the first bytes.
    pub(crate) fn read(bytes: &[u8]) -> Vec<Self> {
        match bytes {
            [0x7f, b'E', b'L', b'F', ..] => elf(bytes).into_iter().collect(),
            [b'M', b'Z', ..] => portable(bytes).into_iter().collect(),
            // The order of the bytes of a thin file is that of its machine, which is little-endian for all of these.
            [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => {
                little32(bytes, 4).and_then(mach).into_iter().collect()
            }
            [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..] => universal(bytes),
            _ => Vec::new(),
        }
    }

    /// Its name, as systems write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::X86 => "32-bit x86",
            Self::X86_64 => "x86_64",
            Self::Arm => "32-bit ARM",
            Self::Aarch64 => "arm64",
        }
    }

    /// Whether its pointers have 64 bits.
    pub(crate) fn is_64_bit(self) -> bool {
        matches!(self, Self::X86_64 | Self::Aarch64)
    }
}

fn elf(bytes: &[u8]) -> Option<Machine> {
    let number: [u8; 2] = bytes.get(18..20)?.try_into().ok()?;
    let number = match bytes.get(5)? {
        2 => u16::from_be_bytes(number),
        _ => u16::from_le_bytes(number),
    };
    match number {
        3 => Some(Machine::X86),
        40 => Some(Machine::Arm),
        62 => Some(Machine::X86_64),
        183 => Some(Machine::Aarch64),
        _ => None,
    }
}

fn portable(bytes: &[u8]) -> Option<Machine> {
    let head = usize::try_from(little32(bytes, 0x3c)?).ok()?;
    let head = bytes.get(head..)?.strip_prefix(b"PE\0\0")?;
    match u16::from_le_bytes(head.get(..2)?.try_into().ok()?) {
        0x014c => Some(Machine::X86),
        0x01c4 => Some(Machine::Arm),
        0x8664 => Some(Machine::X86_64),
        0xaa64 => Some(Machine::Aarch64),
        _ => None,
    }
}

fn mach(number: u32) -> Option<Machine> {
    match number {
        7 => Some(Machine::X86),
        12 => Some(Machine::Arm),
        0x0100_0007 => Some(Machine::X86_64),
        0x0100_000c => Some(Machine::Aarch64),
        _ => None,
    }
}

/// The machines of a universal program; its head is big-endian on every machine.
fn universal(bytes: &[u8]) -> Vec<Machine> {
    // A class file of Java begins with the same four bytes, and has its version where the count is.
    const MOST: u32 = 8;
    let entry = if bytes.get(3) == Some(&0xbf) { 32 } else { 20 };
    let count = big32(bytes, 4).filter(|it| *it <= MOST).unwrap_or(0) as usize;
    (0..count)
        .filter_map(|number| big32(bytes, 8 + number * entry).and_then(mach))
        .collect()
}

fn little32(bytes: &[u8], at: usize) -> Option<u32> {
    let part = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(part.try_into().ok()?))
}

fn big32(bytes: &[u8], at: usize) -> Option<u32> {
    little32(bytes, at).map(u32::swap_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Machine;

    #[test]
    fn programs_of_every_kind_are_read() {
        let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0".to_vec();
        assert_eq!(Machine::read(&elf), [Machine::X86_64]);
        elf[18] = 183;
        assert_eq!(Machine::read(&elf), [Machine::Aarch64]);
        assert_eq!(Machine::read(&elf[..19]), []);
        let thin = b"\xcf\xfa\xed\xfe\x07\0\0\x01";
        assert_eq!(Machine::read(thin), [Machine::X86_64]);
        let mut both = b"\xca\xfe\xba\xbe\0\0\0\x02".to_vec();
        for number in [0x0100_0007_u32, 0x0100_000c] {
            both.extend(number.to_be_bytes());
            both.extend([0; 16]);
        }
        assert_eq!(Machine::read(&both), [Machine::X86_64, Machine::Aarch64]);
        assert_eq!(Machine::read(b"\xca\xfe\xba\xbe\0\0\0\x34"), []);
        let mut windows = vec![0; 0x90];
        windows[..2].copy_from_slice(b"MZ");
        windows[0x3c] = 0x80;
        windows[0x80..0x86].copy_from_slice(b"PE\0\0\x4c\x01");
        assert_eq!(Machine::read(&windows), [Machine::X86]);
    }

    #[test]
    fn our_own_test_program_is_of_our_machine() {
        let own = std::env::current_exe().unwrap();
        assert_eq!(Machine::of(&own), Vec::from_iter(Machine::ours()));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(magic in 0..5_usize, bytes: Vec<u8>) {
            let magic: &[u8] = [&b""[..], b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbf", b"\xcf\xfa\xed\xfe"][magic];
            Machine::read(&[magic, &bytes].concat());
        }
    }
}
