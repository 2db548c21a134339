//! What uv is told by files: `uv.toml` of the machine, of the user and of the project, and `[tool.uv]` of `pyproject.toml`
//! (<https://docs.astral.sh/uv/concepts/configuration-files/>).
//!
//! Called by checks of indexes and certificates. Values may hold passwords: a check says names, and where. It must not judge.

use std::path::PathBuf;
use std::sync::Arc;

use super::Facts;
use super::node::Node;

/// A file that uv reads, and what it says.
pub(crate) struct UvConfig {
    /// The file.
    pub(crate) file: PathBuf,
    node: Arc<Node>,
    /// The table that uv's options stand in; none for the top of the file.
    table: &'static [&'static str],
}

impl UvConfig {
    /// The value of an option, also where it is set for `uv pip` alone.
    pub(crate) fn option(&self, key: &str) -> Option<&Node> {
        let top = self.node.at(self.table)?;
        top.at(&[key]).or_else(|| top.at(&["pip", key]))
    }
}

impl Facts {
    /// The files that uv reads here, the strongest first.
    pub(crate) fn uv_configs(&self) -> Vec<UvConfig> {
        let host = &self.host;
        if host.variable("UV_NO_CONFIG").is_some() {
            return Vec::new();
        }
        let whole = |file: PathBuf| UvConfig {
            node: self.node(&file),
            file,
            table: &[],
        };
        if let Some(file) = host.variable("UV_CONFIG_FILE") {
            return vec![whole(PathBuf::from(file))];
        }
        let mut configs = Vec::new();
        if self.project.is_some() {
            let file = self.in_project("uv.toml");
            // Where there is a `uv.toml`, what `pyproject.toml` says is not read.
            if file.is_file() {
                configs.push(whole(file));
            } else {
                let file = self.in_project("pyproject.toml");
                configs.push(UvConfig {
                    node: self.node(&file),
                    file,
                    table: &["tool", "uv"],
                });
            }
        }
        let folder = |name: &str| host.variable(name).map(PathBuf::from);
        let (own, shared) = if host.is_windows() {
            (folder("APPDATA"), folder("PROGRAMDATA"))
        } else {
            let home = || host.home().map(|it| it.join(".config"));
            let own = folder("XDG_CONFIG_HOME").or_else(home);
            (own, Some(host.system_file("/etc")))
        };
        for folder in [own, shared].into_iter().flatten() {
            configs.push(whole(folder.join("uv").join("uv.toml")));
        }
        configs
    }
}

#[cfg(test)]
mod tests {
    use crate::doctor::testing::Rig;

    #[test]
    fn the_projects_own_file_hides_its_pyproject() {
        let rig = Rig::new()
            .file("project/pyproject.toml", "[tool.uv]\nno-index = true\n")
            .file("home/.config/uv/uv.toml", "[pip]\nsystem-certs = true\n");
        let said = |rig: &Rig, key: &str| {
            let facts = rig.facts();
            let configs = facts.uv_configs();
            configs
                .iter()
                .find_map(|it| it.option(key)?.text().map(str::to_owned))
        };
        assert_eq!(said(&rig, "no-index").as_deref(), Some("true"));
        assert_eq!(said(&rig, "system-certs").as_deref(), Some("true"));
        let rig = rig.file("project/uv.toml", "");
        assert_eq!(said(&rig, "no-index"), None);
        let rig = rig.variable("UV_NO_CONFIG", "1");
        assert_eq!(said(&rig, "system-certs"), None);
    }
}
