//! Setting an option of an INI file as configparser reads it: sections in brackets, `option = value` or `option: value`, further lines indented.

use super::line_end;

/// With the option set.
pub(super) fn set(text: &str, section: &str, key: &str, value: &str) -> String {
    let end = line_end(text.as_bytes());
    let option = format!("{key} = {}", value.replace('\n', end));
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_header = |line: &str| line.trim_end().starts_with('[');
    let header = format!("[{section}]");
    let Some(start) = lines.iter().position(|it| it.trim_end() == header) else {
        let gap = match text {
            "" => "",
            _ if text.ends_with('\n') => end,
            _ => "\n\n",
        };
        return format!("{text}{gap}{header}{end}{option}{end}");
    };
    let stop = lines[start + 1..]
        .iter()
        .position(|it| is_header(it))
        .map_or(lines.len(), |it| start + 1 + it);
    let place = (start + 1..stop).find(|at| names(lines[*at], key));
    let new = format!("{option}{end}");
    if let Some(at) = place {
        let old = rest_of(&lines, at, stop);
        let last_has_end = lines[old - 1].ends_with('\n');
        let new = if last_has_end { new } else { option };
        lines.splice(at..old, [new.as_str()]);
        lines.concat()
    } else {
        // Behind the last line of the section that says something.
        let behind = (start..stop)
            .rev()
            .find(|at| !lines[*at].trim().is_empty())
            .map_or(start + 1, |it| it + 1);
        let new = if lines[behind - 1].ends_with('\n') {
            new
        } else {
            format!("{end}{option}")
        };
        lines.insert(behind, &new);
        lines.concat()
    }
}

/// Whether a line sets this option; configparser takes no notice of case.
fn names(line: &str, key: &str) -> bool {
    if line.starts_with([' ', '\t', '#', ';']) {
        return false;
    }
    let name = line.split(['=', ':']).next().unwrap_or_default();
    name.trim_end().eq_ignore_ascii_case(key) && name.len() < line.len()
}

/// The line behind the last one of the option that begins here: its further lines are indented; comments and empty lines between them
/// belong to it.
fn rest_of(lines: &[&str], at: usize, stop: usize) -> usize {
    let mut last = at + 1;
    for (number, line) in lines.iter().enumerate().take(stop).skip(at + 1) {
        if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            last = number + 1;
        } else if !(line.trim().is_empty() || line.starts_with(['#', ';'])) {
            break;
        }
    }
    last
}
