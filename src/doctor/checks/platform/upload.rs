//! What goes to the platform and must not: secrets, and an environment of thousands of files.

use super::each;
use crate::doctor::check::Severity;
use crate::doctor::facts::Facts;
use crate::doctor::facts::target::Target;
use crate::doctor::fix::{Action, Edit, Fix};
use crate::doctor::symptom::{Evidence, Outcome, Symptom};
use crate::git::wildcard::is_match;
use crate::platform::Upload;

/// PLAT009.
pub(super) fn not_kept_back(facts: &Facts) -> Outcome {
    each(facts, |target, _| {
        let uploads = target.facts.upload.iter();
        uploads
            .filter_map(|it| look(facts, target, it))
            .collect::<Vec<_>>()
    })
}

fn look(facts: &Facts, target: &Target, upload: &Upload) -> Option<Symptom> {
    if let Some(recipe) = &upload.when {
        let text = facts.text(&facts.in_project(recipe))?;
        text.lines().find(|it| copies_all(it))?;
    }
    // The file that counts: the platform's own, else the one that it reads in its place.
    let own = facts.in_project(&upload.ignore);
    let file = match &upload.otherwise {
        Some(other) if !facts.is_file(&own) => facts.in_project(other),
        _ => own,
    };
    let text = facts.text(&file);
    if text.is_none() && facts.is_there(&file) {
        return None;
    }
    let text = text.unwrap_or_default();
    // With a line that takes in another file, that one counts too.
    if text.lines().any(|it| it.trim() == "#!include:.gitignore") {
        let more = facts.text(&facts.in_project(".gitignore"));
        return judge(
            facts,
            target,
            upload,
            &file,
            &[&more.unwrap_or_default(), &text],
        );
    }
    judge(facts, target, upload, &file, &[&text])
}

fn judge(
    facts: &Facts,
    target: &Target,
    upload: &Upload,
    file: &std::path::Path,
    texts: &[&str],
) -> Option<Symptom> {
    let mut lost = Vec::new();
    let mut has_secret = false;
    // Where nobody has said what is kept back, what git ignores and is not there goes nowhere.
    let ignored = (upload.from_git && !file.is_file())
        .then(|| facts.text(&facts.in_project(".gitignore")))
        .flatten();
    let is_ignored = |name: &str, is_folder: bool| {
        let ignored = ignored.as_deref();
        ignored.is_some_and(|it| is_kept_back(name, is_folder, &[it]))
    };
    let mut is_only_here = false;
    for name in &upload.keep {
        let (names, is_folder) = if name == ".venv" {
            let environments = facts.environments().iter();
            let names = environments.filter_map(|it| it.folder.file_name());
            (
                names.map(|it| it.to_string_lossy().into_owned()).collect(),
                true,
            )
        } else {
            let is_used = facts.is_file(&facts.in_project(name))
                || facts.is_file(&facts.in_project(&format!("{name}.example")));
            (
                is_used
                    .then(|| name.clone())
                    .into_iter()
                    .collect::<Vec<_>>(),
                false,
            )
        };
        for name in names {
            let path = facts.in_project(&name);
            let is_there = facts.is_file(&path) || facts.is_folder(&path);
            let is_ignored = is_ignored(&name, is_folder);
            if !is_kept_back(&name, is_folder, texts) && (is_there || !is_ignored) {
                has_secret |= !is_folder && is_there && !is_ignored;
                is_only_here |= is_ignored;
                lost.push(if is_folder { format!("{name}/") } else { name });
            }
        }
    }
    if lost.is_empty() {
        return None;
    }
    let quoted: Vec<String> = lost.iter().map(|it| format!("`{it}`")).collect();
    let mut words = format!(
        "`{}` does not keep {} from {}",
        facts.shown(file),
        quoted.join(" and "),
        target.title
    );
    if is_only_here {
        words.push_str(" when it is deployed from this machine: `.gitignore` does not count there");
    }
    let symptom = Symptom::new(words).seen_in(Evidence::path(file).says(&upload.source));
    let title = format!("add {} to `{}`", quoted.join(" and "), facts.shown(file));
    let fix = Fix::safe(title, [Action::edit(file, Edit::Append(lost))]);
    let symptom = symptom.fix(fix);
    Some(if has_secret {
        symptom
    } else {
        symptom.severity(Severity::Warning)
    })
}

/// A line of a Dockerfile that takes the whole folder.
fn copies_all(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let is_copy = words
        .next()
        .is_some_and(|it| it.eq_ignore_ascii_case("COPY") || it.eq_ignore_ascii_case("ADD"));
    let mut words = words.filter(|it| !it.starts_with("--")).peekable();
    // `COPY --from=…` takes it from an image.
    is_copy && !line.contains("--from") && matches!(words.peek(), Some(&"." | &"./"))
}

/// Whether a name right in the project's folder is kept back by these lines, as gitignore(5) reads them: the last one that fits decides.
fn is_kept_back(name: &str, is_folder: bool, texts: &[&str]) -> bool {
    let mut kept = false;
    for line in texts.iter().flat_map(|it| it.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (pattern, is_kept) = match line.strip_prefix('!') {
            Some(pattern) => (pattern, false),
            None => (line, true),
        };
        let only_folders = pattern.ends_with('/');
        let pattern = pattern.trim_end_matches('/');
        let pattern = pattern.strip_suffix("/**").unwrap_or(pattern);
        let pattern = pattern.strip_prefix("**/").unwrap_or(pattern);
        let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
        let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
        if (only_folders && !is_folder) || pattern.contains('/') {
            continue;
        }
        // A name has no folders, and so two stars are no more than one.
        if is_match(pattern.as_bytes(), name.as_bytes()) {
            kept = is_kept;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{copies_all, is_kept_back};

    #[test]
    fn names_are_kept_back_as_git_does_it() {
        for (text, expected) in [
            (".env", true),
            ("/.env\n", true),
            (".env*", true),
            ("*", true),
            ("**/.env", true),
            ("*\n!.env\n", false),
            ("*\n!api/**\n", true),
            (".env.*", false),
            (".env/", false),
            ("a/.env", false),
            ("# .env", false),
            ("", false),
        ] {
            assert_eq!(is_kept_back(".env", false, &[text]), expected, "{text}");
        }
        assert!(is_kept_back(".venv", true, &["", ".venv/"]));
        assert!(is_kept_back("venv", true, &["*env/"]));
    }

    #[test]
    fn only_what_takes_the_whole_folder_counts() {
        for line in ["COPY . .", "ADD . /app", "  copy --chown=1 ./ /app"] {
            assert!(copies_all(line), "{line}");
        }
        for line in [
            "COPY app.py .",
            "COPY --from=build . .",
            "# COPY . .",
            "COPY",
        ] {
            assert!(!copies_all(line), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read(text in "[!/*?.\\[\\]{}a-z\\\\\n ]{0,40}|\\PC{0,40}") {
            is_kept_back(".env", false, &[&text]);
            copies_all(&text);
        }
    }
}
