//! Tests import the staged code, and not what an editable install of the work tree leads to.

use super::support::Repo;
use crate::runtime::tools::{run, uv};

const PROJECT: &str = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n\
    [project]\nname = 'demo'\nversion = '1'\n[tool.scaffold.stages]\npre-commit = ['pytest']\n";

const TEST: &str = "from demo import answer\n\n\ndef test_answer():\n    assert answer() == 42\n";

/// A project with an environment of its own, into which it is installed from this layout of its code.
fn installed(code: &str, configuration: &str) -> Repo {
    let repo = Repo::new();
    repo.configure(&format!("{PROJECT}{configuration}"));
    repo.stage(code, "def answer():\n    return 42\n");
    repo.stage("tests/test_demo.py", TEST);
    repo.ignore("*.egg-info");
    repo.ignore("build");
    repo.make_environment(&["pytest"]);
    let own = repo.path(".venv/bin/python");
    let mut install = repo.command(uv());
    install.args(["pip", "install", "--quiet", "--no-config", "--no-cache"]);
    install.args(["--no-deps", "--no-build-isolation", "--python"]);
    run(install.arg(own).args(["--editable", "."]));
    repo.commit_unchecked("start");
    repo
}

/// Staged code decides, whichever way the work tree differs from it.
fn assert_staged_code_decides(repo: &Repo, code: &str) {
    let (good, bad) = (
        "def answer():\n    return 42\n",
        "def answer():\n    return 41\n",
    );
    repo.stage(code, bad);
    repo.write(code, good);
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("assert 41 == 42"), "{said:?}");
    repo.stage(code, format!("{good}\n\nMORE = 1\n"));
    repo.write(code, bad);
    repo.commit().code(0);
    assert_eq!(repo.read(code), bad);
}

#[test]
fn what_is_not_staged_is_not_found_in_the_work_tree() {
    let code = "src/demo/__init__.py";
    let repo = installed(code, "");
    // Modules that are not staged, beside one that is.
    repo.write("src/helper.py", "VALUE = 42\n");
    repo.write("src/demo/more.py", "VALUE = 42\n");
    for module in ["helper", "demo.more"] {
        let import = format!("from {module} import VALUE\n\n\ndef answer():\n    return VALUE\n");
        repo.stage(code, import);
        let said = repo.commit().code(1);
        assert!(said.stderr.contains("No module named"), "{said:?}");
    }
    // The whole package is taken out of the next commit, and still lies in the work tree.
    repo.git(["rm", "--quiet", "-r", "--cached", "src"]).code(0);
    let said = repo.commit().code(1);
    assert!(said.stderr.contains("No module named 'demo'"), "{said:?}");
    repo.add("src");
    repo.commit().code(0);
}

#[test]
fn a_sitecustomize_of_the_environment_is_run_all_the_same() {
    let repo = installed("src/demo/__init__.py", "");
    let file = repo.site_packages().join("sitecustomize.py");
    std::fs::write(file, "import builtins\nbuiltins.MINE = 42\n").unwrap();
    repo.stage("src/demo/__init__.py", "def answer():\n    return MINE\n");
    repo.commit().code(0);
}

#[test]
fn a_package_below_src_is_imported_as_staged() {
    let repo = installed("src/demo/__init__.py", "");
    assert_staged_code_decides(&repo, "src/demo/__init__.py");
}

#[test]
fn a_package_in_a_folder_that_only_the_install_knows_is_imported_as_staged() {
    let repo = installed(
        "lib/python/demo/__init__.py",
        "[tool.setuptools.packages.find]\nwhere = ['lib/python']\n",
    );
    assert_staged_code_decides(&repo, "lib/python/demo/__init__.py");
}

#[test]
fn a_package_that_a_finder_maps_is_imported_as_staged() {
    let repo = installed(
        "demo/__init__.py",
        "[tool.setuptools]\npackages = ['demo']\n",
    );
    assert_staged_code_decides(&repo, "demo/__init__.py");
}

#[test]
fn a_package_under_another_name_than_its_folder_is_imported_as_staged() {
    let repo = installed(
        "source/__init__.py",
        "[tool.setuptools]\npackages = ['demo']\npackage-dir = { demo = 'source' }\n",
    );
    assert_staged_code_decides(&repo, "source/__init__.py");
}
