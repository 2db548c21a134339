//! The pinned closure: locking from it without any tool, and making it.

use super::support::{OURS, Place, header_command};
use crate::runtime::tools::uv;
use crate::support::run;

#[test]
fn the_closure_needs_no_tool_and_is_what_uv_makes_of_the_same_versions() {
    let bare = Place::bare();
    bare.write("pyproject.toml", OURS);
    let data = bare.lock(&["--format", "json"]).code(0).stdout;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["resolver"], "closure");
    assert_eq!(data["holds_for"], "every platform");
    assert_eq!(data["files"][1]["state"], "new");
    assert!(data["changes"].as_array().unwrap().len() > 25);

    // The plain commands in the headers change nothing, not even the headers.
    let place = Place::with_uv();
    let files = ["requirements.txt", "requirements-dev.txt"];
    for name in ["pyproject.toml", files[0], files[1]] {
        place.write(name, &bare.read(name));
    }
    for name in files {
        run(place.command(uv()).args(header_command(&bare.read(name)))).code(0);
        assert_eq!(place.read(name), bare.read(name));
    }
    // Made anew, with nothing but the versions given, they name the same packages under the same markers.
    let bare_pins = [bare.pins(files[0]), bare.pins(files[1])];
    let versions = bare_pins
        .iter()
        .flatten()
        .map(|it| it.split(' ').next().unwrap());
    place.write(
        "versions.txt",
        &versions.map(|it| format!("{it}\n")).collect::<String>(),
    );
    for (name, expected) in files.iter().zip(&bare_pins) {
        std::fs::remove_file(place.sandbox.path(name)).unwrap();
        let mut command = place.command(uv());
        command.args(header_command(&bare.read(name)));
        run(command.args(["--constraint", "versions.txt"])).code(0);
        assert_eq!(place.pins(name), *expected);
        // The index may have got files since; all of ours are still there.
        let now = place.read(name);
        for hash in bare
            .read(name)
            .lines()
            .filter_map(|it| it.trim().strip_prefix("--hash="))
        {
            assert!(
                now.contains(hash.trim_end_matches('\\').trim()),
                "{name}: {hash}"
            );
        }
    }
}

#[test]
fn a_closure_is_made_from_the_layers_and_the_same_bytes_each_time() {
    let place = Place::with_uv().small_index();
    let layer = place.sandbox.path("layers/base");
    std::fs::create_dir_all(&layer).unwrap();
    std::fs::write(
        layer.join("layer.toml"),
        "title = 'Base'\nsummary = 'All.'\n[contribute]\nrequirements = ['gamma[more]', \"beta<2 ; python_version < '3.12'\", \"beta>=2 ; python_version >= '3.12'\"]\ndev_requirements = ['alpha==1.0']\n",
    )
    .unwrap();
    let make = || {
        let mut command = place.command(env!("CARGO_BIN_EXE_scaffold"));
        run(command.args(["template", "lock", "layers"])).code(0);
        place.read("layers/closure.lock")
    };
    let text = make();
    let lines: Vec<&str> = text
        .lines()
        .filter(|it| !it.starts_with(['#', '=']))
        .collect();
    assert_eq!(
        lines.join("\n"),
        "
alpha 1.0
- beta==1.1 ; python_full_version < '3.12'
- beta==2.0 ; python_full_version >= '3.12'

beta 1.1 ; python_full_version < '3.12'

beta 2.0 ; python_full_version >= '3.12'

delta 1.0
- gamma

gamma 1.0
- alpha ; sys_platform == 'win32'
+ more delta"
    );
    assert_eq!(text.lines().filter(|it| it.starts_with("= ")).count(), 5);
    assert!(!text.contains("file:") && !text.contains("://"));
    assert_eq!(make(), text);
}
