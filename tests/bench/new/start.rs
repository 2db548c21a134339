//! Start-up: the program's own share of every command.

use std::path::PathBuf;
use std::process::Command;

use crate::harness::job::{self, Against, Budget, Results, Row};
use crate::harness::place::Place;
use crate::peers::Bench;
use crate::tools::{once, run as succeed};

/// Runs it.
pub(crate) fn run(bench: &Bench) -> Results {
    let place = Place::in_memory(bench.options.within.as_deref());
    bench.furnish(&place);
    let exits = program_that_exits();
    let version = |program: &str| {
        let mut command = bench.machine.command(&place, program);
        command.arg("--version");
        command
    };
    let rows = [
        Row::new(
            "a Rust program that exits",
            "`fn main() {}`, compiled as ours is",
            || bench.machine.command(&place, &exits),
        ),
        Row::new(
            "scaffold --version",
            "our program, which prints a line",
            || bench.scaffold(&place, &["--version"]),
        )
        .against(Against::time(0, Some(Budget::AtMost(2.0)))),
        Row::new("git --version", "for comparison", || version("git"))
            .against(Against::time(0, None)),
        Row::new("uv --version", "for comparison", || version("uv"))
            .against(Against::time(0, None)),
    ];
    job::run(
        "start",
        "the start of the program",
        &place,
        bench.rounds(200),
        &rows,
    )
}

/// The least that a Rust program can be, made with the settings of `[profile.release]`.
fn program_that_exits() -> PathBuf {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = succeed(Command::new(&compiler).arg("-vV"));
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    let options = [
        "-Copt-level=3",
        "-Clto=fat",
        "-Ccodegen-units=1",
        "-Cpanic=abort",
        "-Cstrip=symbols",
    ];
    let folder = once("exits", &[&version, &options.join(" ")], |folder| {
        std::fs::create_dir_all(folder).unwrap();
        let source = folder.join("exits.rs");
        std::fs::write(&source, "fn main() {}\n").unwrap();
        let mut command = Command::new(&compiler);
        command.args(["--edition", "2024"]).args(options);
        succeed(command.arg("-o").arg(folder.join("exits")).arg(&source));
    });
    folder.join("exits")
}
