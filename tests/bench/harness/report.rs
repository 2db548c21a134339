//! The results, as tables for people or as data for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use super::figures::Spread;
use super::job::{Budget, Comparison, Measure, Outcome, Results};
use super::{machine, measure};

/// The machine and what was measured on it, in one line.
pub(crate) fn heading(versions: &[String]) -> String {
    let busy = machine::load().map_or(String::new(), |it| format!(", load {it:.1}"));
    let warning = if cfg!(debug_assertions) {
        "\nnot a release build: these figures mean nothing"
    } else {
        ""
    };
    format!(
        "{} {}, {} cores{busy}; {}{warning}",
        std::env::consts::OS,
        std::env::consts::ARCH,
        machine::cores(),
        versions.join(", ")
    )
}

/// The table of one job.
pub(crate) fn table(results: &Results) -> String {
    let heads = [
        "",
        "row",
        "wall ms, min",
        "median",
        "max",
        "cpu ms",
        "peak MB",
        "ratio, median [min..max]",
        "cpu ratio",
        "budget",
        "",
    ];
    let mut lines = vec![heads.map(str::to_owned)];
    for (index, row) in results.rows.iter().enumerate() {
        lines.push(line(results, index, row));
    }
    let widths: Vec<usize> = (0..heads.len())
        .map(|column| {
            let cells = lines.iter().map(|cells| cells[column].chars().count());
            cells.max().unwrap_or_default()
        })
        .collect();
    let mut text = format!(
        "\n{}: {}\n{} rounds, in {}\n\n",
        results.name, results.title, results.rounds, results.place
    );
    for cells in &lines {
        let mut written = String::new();
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            // Words to the left, figures to the right.
            let padded = match column {
                2..=6 | 8 => format!("{cell:>width$}"),
                _ => format!("{cell:<width$}"),
            };
            written.push_str(&padded);
            written.push_str("  ");
        }
        text.push_str(written.trim_end());
        text.push('\n');
    }
    text.push('\n');
    for (index, row) in results.rows.iter().enumerate() {
        writeln!(text, "{}  {}", letter(index), row.does).unwrap();
    }
    for row in &results.rows {
        if let Some(failure) = &row.failure {
            writeln!(text, "\n{} cannot be measured: {failure}", row.name).unwrap();
        }
    }
    text
}

fn line(results: &Results, index: usize, row: &Outcome) -> [String; 11] {
    let name = row.name.to_owned();
    let (Some(wall), Some(cpu), Some(peak)) = (row.wall(), row.cpu(), row.peak()) else {
        let mut cells: [String; 11] = Default::default();
        (cells[0], cells[1], cells[2]) = (letter(index), name, "failed".to_owned());
        return cells;
    };
    let compared = results.comparison(index);
    let (mut ratio, mut cpu_ratio, mut budget, mut verdict) =
        (String::new(), String::new(), String::new(), "");
    if let Some(Comparison {
        against,
        ratio: spread,
        cpu,
        met,
    }) = compared
    {
        let what = match against.measure {
            Measure::Wall => "",
            Measure::Peak => " peak",
        };
        let below = match against.or {
            Some(or) => format!("min({},{})", letter(against.row), letter(or)),
            None => letter(against.row),
        };
        ratio = format!(
            "{}/{below}{what} {} [{}..{}]",
            letter(index),
            figure(spread.median),
            figure(spread.min),
            figure(spread.max)
        );
        cpu_ratio = cpu.map_or(String::new(), |it| figure(it.median));
        budget = against.budget.map_or(String::new(), limit);
        verdict = match met {
            Some(true) => "met",
            Some(false) => "NOT MET",
            None => "",
        };
    }
    [
        letter(index),
        name,
        figure(wall.min * 1e3),
        figure(wall.median * 1e3),
        figure(wall.max * 1e3),
        figure(cpu.median * 1e3),
        figure(peak.median / 1e6),
        ratio,
        cpu_ratio,
        budget,
        verdict.to_owned(),
    ]
}

/// Everything, each single run included.
pub(crate) fn data(versions: &[String], jobs: &[Results]) -> Value {
    json!({
        "schema": 1,
        "machine": {
            "os": std::env::consts::OS,
            "arch": std::env::consts::ARCH,
            "cores": machine::cores(),
            "load": machine::load(),
            "release": !cfg!(debug_assertions),
            "bench_peak_bytes": measure::high_water("self"),
        },
        "versions": versions,
        "jobs": jobs.iter().map(job).collect::<Vec<_>>(),
    })
}

fn job(results: &Results) -> Value {
    let row = |(index, row): (usize, &Outcome)| {
        json!({
            "letter": letter(index),
            "name": row.name,
            "does": row.does,
            "failure": row.failure,
            "wall_seconds": row.wall().map(spread),
            "cpu_seconds": row.cpu().map(spread),
            "peak_bytes": row.peak().map(spread),
            "runs": row.runs.iter().map(|it| json!([it.wall, it.cpu, it.peak])).collect::<Vec<_>>(),
            "comparison": results.comparison(index).map(|it| json!({
                "against": letter(it.against.row),
                "or_against": it.against.or.map(letter),
                "measure": match it.against.measure {
                    Measure::Wall => "wall",
                    Measure::Peak => "peak",
                },
                "ratio": spread(it.ratio),
                "cpu_ratio": it.cpu.map(spread),
                "budget": it.against.budget.map(limit),
                "met": it.met,
            })),
        })
    };
    json!({
        "name": results.name,
        "title": results.title,
        "place": results.place,
        "rounds": results.rounds,
        "rows": results.rows.iter().enumerate().map(row).collect::<Vec<_>>(),
    })
}

fn spread(it: Spread) -> Value {
    json!({ "min": it.min, "median": it.median, "max": it.max })
}

fn letter(index: usize) -> String {
    (b'A'..=b'Z')
        .nth(index)
        .map_or_else(|| index.to_string(), |it| char::from(it).to_string())
}

fn limit(budget: Budget) -> String {
    match budget {
        Budget::AtMost(limit) => format!("<= {limit}"),
        Budget::AtLeast(limit) => format!(">= {limit}"),
    }
}

/// Three digits, as far as there are so many before the point.
fn figure(value: f64) -> String {
    let decimals = match value {
        it if it < 0.1 => 3,
        it if it < 10.0 => 2,
        it if it < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}
