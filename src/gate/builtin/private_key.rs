//! `private-key`: no private key is committed.
//!
//! A key is known by its first line: PEM (RSA, DSA, EC, PKCS #8, encrypted or not), OpenSSH, SSH2, PGP, `OpenVPN`, `PuTTY`. Nothing
//! but the kind of key is ever shown. What is looked for stands here in pieces, so that this file does not find itself.
//!
//! A native gate, called by the run with one content after another. It reads and writes nothing itself.

use memchr::memmem::Finder;

use super::{Builtin, Gate, Subject, arguments, place};
use crate::error::Result;
use crate::finding::Finding;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "private-key",
    title: "No private keys",
    group: "secrets",
    files: &[],
    fixes: false,
    arguments: &[],
    configure: |given| -> Result<Box<dyn Gate>> {
        arguments::read(given, &[], |_, _| Ok(()))?;
        Ok(Box::new(PrivateKey {
            armour: Finder::new("BEGIN ").into_owned(),
            putty: Finder::new(PUTTY).into_owned(),
        }))
    },
};

const KEY: &str = concat!("PRIVATE", " KEY");
const PGP_KEY: &str = concat!("PRIVATE", " KEY", " BLOCK");
const OPENVPN: &str = concat!("OpenVPN Static", " key V1");
const PUTTY: &str = concat!("PuTTY-User", "-Key-File-");

/// The longest label of an armour that is looked at.
const LONGEST: usize = 64;

struct PrivateKey {
    armour: Finder<'static>,
    putty: Finder<'static>,
}

/// What kind of key the armour whose `BEGIN ` ends right before `label` holds, if it is a private one.
fn kind(before: &[u8], label: &[u8]) -> Option<String> {
    // SSH2 writes four dashes and a space where all others write five dashes.
    let before = before.strip_suffix(b" ").unwrap_or(before);
    if !before.ends_with(b"----") {
        return None;
    }
    let label = &label[..label.len().min(LONGEST)];
    let dash = memchr::memchr(b'-', label)?;
    if !label[dash..].starts_with(b"----") {
        return None;
    }
    let label = std::str::from_utf8(&label[..dash]).ok()?;
    let label = label.strip_suffix(' ').unwrap_or(label);
    if !label
        .chars()
        .all(|it| it.is_ascii_alphanumeric() || it == ' ')
    {
        return None;
    }
    if label == OPENVPN {
        return Some("OpenVPN static key".to_owned());
    }
    if label == PGP_KEY {
        return Some("PGP private key".to_owned());
    }
    let name = label.strip_suffix(KEY)?;
    match name.strip_suffix(' ') {
        None if name.is_empty() => Some("private key".to_owned()),
        None => None,
        Some(name) => {
            let name = match name.strip_prefix("ENCRYPTED") {
                Some(rest) => format!("encrypted{rest}"),
                None => name.to_owned(),
            };
            Some(format!("{name} private key"))
        }
    }
}

impl Gate for PrivateKey {
    fn check(&self, subject: &Subject) -> Vec<Finding> {
        let Some(text) = subject.text() else {
            return Vec::new();
        };
        let armour = self.armour.find_iter(text).filter_map(|at| {
            let label = &text[at + self.armour.needle().len()..];
            Some((at, kind(&text[..at], label)?))
        });
        let putty = self
            .putty
            .find_iter(text)
            .filter(|at| {
                let version = &text[at + self.putty.needle().len()..];
                version.first().is_some_and(u8::is_ascii_digit)
            })
            .map(|at| (at, "PuTTY private key".to_owned()));
        let mut keys: Vec<(usize, String)> = armour.chain(putty).collect();
        keys.sort_unstable();
        keys.into_iter()
            .map(|(at, kind)| {
                Finding::error(BUILTIN.name, kind)
                    .in_file(&subject.file.path)
                    .at(place::line(text, at), None)
                    .help("take it out of the commit; if it was ever pushed, replace the key")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{KEY, OPENVPN, PGP_KEY, PUTTY};
    use crate::gate::builtin::tests::{configured, found};

    fn keys(text: &str) -> Vec<String> {
        found(
            &*configured("private-key", &[]),
            "a.txt",
            text.as_bytes(),
            false,
        )
    }

    #[test]
    fn every_kind_of_key_is_known_by_its_first_line() {
        for (label, said) in [
            (KEY.to_owned(), "private key"),
            (format!("RSA {KEY}"), "RSA private key"),
            (format!("DSA {KEY}"), "DSA private key"),
            (format!("EC {KEY}"), "EC private key"),
            (format!("OPENSSH {KEY}"), "OPENSSH private key"),
            (format!("ENCRYPTED {KEY}"), "encrypted private key"),
            (PGP_KEY.to_owned(), "PGP private key"),
            (OPENVPN.to_owned(), "OpenVPN static key"),
        ] {
            let text = format!("a\n-----BEGIN {label}-----\nMIIB\n-----END {label}-----\n");
            assert_eq!(keys(&text), [format!("2:- {said}")]);
        }
        let ssh2 = format!("---- BEGIN SSH2 ENCRYPTED {KEY} ----\n");
        assert_eq!(keys(&ssh2), ["1:- SSH2 ENCRYPTED private key"]);
        for version in [2, 3] {
            let putty = format!("{PUTTY}{version}: ssh-ed25519\n");
            assert_eq!(keys(&putty), ["1:- PuTTY private key"]);
        }
    }

    #[test]
    fn a_key_inside_other_text_is_found_too() {
        let json = format!("{{\"key\": \"-----BEGIN {KEY}-----\\nMIIB\"}}");
        assert_eq!(keys(&json), ["1:- private key"]);
        let two =
            format!("{PUTTY}2: x\r\n  -----BEGIN RSA {KEY}-----\r\n\r\n{PUTTY}3: y\r\n\u{ff}");
        assert_eq!(
            keys(&two),
            [
                "1:- PuTTY private key",
                "2:- RSA private key",
                "4:- PuTTY private key"
            ]
        );
    }

    #[test]
    fn what_only_speaks_of_keys_passes() {
        for text in [
            "-----BEGIN CERTIFICATE-----\n".to_owned(),
            "-----BEGIN PUBLIC KEY-----\n".to_owned(),
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\n".to_owned(),
            format!("-----END RSA {KEY}-----\n"),
            format!("BEGIN RSA {KEY}\n"),
            format!("A file with `BEGIN {KEY}` in it is a key.\n"),
            format!("-----BEGIN {KEY}"),
            format!("-----BEGIN {}{KEY}-----", "X".repeat(80)),
            format!("-----BEGIN NO{KEY}-----"),
            format!("-----BEGIN \"+kind+\" {KEY}-----"),
            format!("{PUTTY}N"),
            PUTTY.to_owned(),
            "BEGIN ".to_owned(),
        ] {
            assert_eq!(keys(&text), [""; 0], "{text}");
        }
    }

    #[test]
    fn this_file_does_not_find_itself() {
        assert_eq!(keys(include_str!("private_key.rs")), [""; 0]);
    }
}
