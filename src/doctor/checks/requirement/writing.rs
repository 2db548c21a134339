//! How requirements files are written down: encoding and line ends.

use std::collections::BTreeSet;

use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::reading::Reading;
use crate::doctor::facts::requirements::{Encoding, File};
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};

/// REQ004.
pub(super) fn encoding(facts: &Facts) -> Outcome {
    let sources = &facts.requirements().sources;
    let files = sources.iter().flat_map(|it| &it.files);
    let mut seen = BTreeSet::new();
    Outcome::of(files.filter_map(|included| {
        let file = &*included.file;
        // What lies elsewhere is not the project's.
        let is_inside = file.path.starts_with(facts.in_project(""));
        (is_inside && seen.insert(file.path.clone()))
            .then(|| look(facts, file))
            .flatten()
    }))
}

fn look(facts: &Facts, file: &File) -> Option<Symptom> {
    let (what, severity) = match file.encoding {
        Encoding::Utf8WithMark => ("begins with a mark of byte order", Severity::Warning),
        Encoding::Utf16Little | Encoding::Utf16Big => ("is UTF-16", Severity::Warning),
        Encoding::Unknown => ("is not UTF-8", Severity::Warning),
        // On Windows, git itself may write them so.
        Encoding::Utf8 if file.has_crlf && !facts.host.is_windows() => {
            ("has the line ends of Windows", Severity::Information)
        }
        Encoding::Utf8 => return None,
    };
    let symptom = Symptom::new(format!("`{}` {what}", facts.shown(&file.path)))
        .severity(severity)
        .seen_in(Evidence::path(file.path.clone()).line(1));
    let Reading::Bytes(old) = &*facts.read(&file.path) else {
        return Some(symptom);
    };
    let Some(text) = text(old, file.encoding) else {
        return Some(symptom);
    };
    let edit = Edit::Replace {
        old: old.clone(),
        new: text.replace("\r\n", "\n").into_bytes(),
    };
    let action = Action::edit(file.path.clone(), edit);
    Some(symptom.fix(Fix::safe(
        "write it as UTF-8, with line ends as on Linux",
        [action],
    )))
}

/// The whole text, where every byte of it is known.
fn text(bytes: &[u8], encoding: Encoding) -> Option<String> {
    let wide = |number: fn([u8; 2]) -> u16| {
        let units: Option<Vec<u16>> = bytes
            .get(2..)?
            .chunks(2)
            .map(|it| it.try_into().ok().map(number))
            .collect();
        String::from_utf16(&units?).ok()
    };
    match encoding {
        Encoding::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
        Encoding::Utf8WithMark => String::from_utf8(bytes.get(3..)?.to_vec()).ok(),
        Encoding::Utf16Little => wide(u16::from_le_bytes),
        Encoding::Utf16Big => wide(u16::from_be_bytes),
        Encoding::Unknown => None,
    }
}
