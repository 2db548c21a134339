//! What the files of a repository hold: the same for the same numbers, whoever makes them.

use std::fmt::Write as _;

/// Random numbers that are the same in every run: `SplitMix64`, by Steele, Lea and Flood (2014).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many.
    fn of(&mut self, count: u64) -> u64 {
        self.next() % count
    }
}

/// A file of the repository: its path and its content. Of twenty, one is YAML and one Markdown; the others are Python, as black
/// and flake8 want it.
pub(crate) fn file(number: usize) -> (String, String) {
    let mut seeded = Seeded(number as u64);
    let folder = format!("src/package_{:03}", number / 50);
    match number % 20 {
        7 => (
            format!("{folder}/settings_{number:05}.yaml"),
            yaml(&mut seeded),
        ),
        13 => (format!("{folder}/notes_{number:05}.md"), prose(&mut seeded)),
        _ => (
            format!("{folder}/module_{number:05}.py"),
            python(number, &mut seeded),
        ),
    }
}

/// From 0.3 to 5 kB.
fn python(number: usize, seeded: &mut Seeded) -> String {
    let mut text = format!("\"\"\"Module {number} of a made-up repository.\"\"\"\n");
    for function in 0..=seeded.of(20) {
        let (factor, limit) = (seeded.of(100), seeded.of(10_000));
        write!(
            text,
            "\n\ndef weigh_{function}(values, start={limit}):\n    \"\"\"Add up what is worth it, {factor} times.\"\"\"\n    \
             result = start\n    for value in values:\n        if value > {factor}:\n            result += value * {factor}\n    \
             return result\n"
        )
        .unwrap();
    }
    text
}

fn yaml(seeded: &mut Seeded) -> String {
    let mut text = String::new();
    for key in 0..5 + seeded.of(30) {
        let (port, name) = (seeded.of(65_536), seeded.of(1 << 32));
        writeln!(
            text,
            "service_{key}:\n  port: {port}\n  tags: [one, two]\n  name: \"{name:x}\""
        )
        .unwrap();
    }
    text
}

fn prose(seeded: &mut Seeded) -> String {
    let mut text = String::from("# Notes\n");
    for _ in 0..=seeded.of(20) {
        writeln!(
            text,
            "\nWhat was measured is {}, and {} was expected.",
            seeded.next(),
            seeded.next()
        )
        .unwrap();
    }
    text
}
