//! The package index that this machine and this project use, as their own configuration says: pip's variables and files, uv's, else PyPI.
//!
//! Asked by the checks that may go online. Its address can hold credentials: [`Index::shown`] is what may be printed.

use std::path::{Path, PathBuf};

use super::Facts;
use super::node::Node;
use crate::host::Host;

/// Where packages come from unless somebody says otherwise.
const PYPI: &str = "https://pypi.org/simple";

/// A package index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    /// Its address as it was said, credentials included: never to be printed.
    address: String,
    /// The variable or file that says so; `None` where nobody does.
    pub(crate) said_by: Option<String>,
}

/// An option of pip, wherever it is set, with who says so.
pub(crate) fn pip_option(facts: &Facts, key: &str) -> Option<(String, String)> {
    let setting = facts.pip_config().of_install(key)?;
    Some((setting.value.clone(), setting.said_by(facts)))
}

impl Index {
    /// The one that is configured.
    pub(crate) fn configured(facts: &Facts) -> Self {
        let found = pip_option(facts, "index-url")
            .or_else(|| of_variables(&facts.host))
            .or_else(|| of_uv(facts));
        match found {
            Some((address, said_by)) => Self {
                address,
                said_by: Some(said_by),
            },
            None => Self {
                address: PYPI.to_owned(),
                said_by: None,
            },
        }
    }

    /// Its address without credentials, queries and fragments.
    pub(crate) fn shown(&self) -> String {
        without_credentials(&self.address)
    }

    /// Whether it is PyPI itself.
    pub(crate) fn is_pypi(&self) -> bool {
        let shown = self.shown();
        shown.trim_end_matches('/') == PYPI
    }

    /// Its own address, to be asked and never printed.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The page of a project (PEP 503), to be asked and never printed.
    pub(crate) fn page(&self, project: &str) -> String {
        format!("{}/{project}/", self.address.trim_end_matches('/'))
    }
}

fn of_variables(host: &Host) -> Option<(String, String)> {
    ["UV_DEFAULT_INDEX", "UV_INDEX_URL"]
        .iter()
        .find_map(|name| {
            let value = host.text(name).filter(|it| !it.is_empty())?;
            // uv takes `NAME=URL` as well.
            let address = match value.split_once('=') {
                Some((name, address)) if !name.contains("://") => address,
                _ => value,
            };
            Some((address.to_owned(), (*name).to_owned()))
        })
}

/// uv's settings: of the project, then of the user.
fn of_uv(facts: &Facts) -> Option<(String, String)> {
    let pyproject = facts.in_project("pyproject.toml");
    let own = facts.in_project("uv.toml");
    let user = facts.host.config_dir().map(|it| sibling(&it, "uv"));
    let tool = facts
        .pyproject()
        .at(&["tool", "uv"])
        .and_then(default_index)
        .map(|address| (address, facts.shown(&pyproject)));
    tool.or_else(|| {
        [Some(own), user].into_iter().flatten().find_map(|file| {
            let address = default_index(&facts.node(&file))?;
            Some((address, facts.shown(&file)))
        })
    })
}

/// `uv.toml` beside our own folder of configuration.
fn sibling(folder: &Path, name: &str) -> PathBuf {
    let parent = folder.parent().unwrap_or(folder);
    parent.join(name).join("uv.toml")
}

fn default_index(uv: &Node) -> Option<String> {
    let default = uv.at(&["index"]).and_then(|list| {
        let mut items = list.items().iter();
        let item = items.find(|it| it.at(&["default"]).and_then(Node::truth) == Some(true))?;
        item.at(&["url"])?.text()
    });
    let address = default.or_else(|| uv.at(&["index-url"])?.text());
    address.map(str::to_owned)
}

/// An address without what may be secret in it: `https://user:word@host/a?token=b` is `https://host/a`.
pub(crate) fn without_credentials(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let (host, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::{Index, without_credentials};
    use crate::doctor::testing::Rig;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        for (address, shown) in [
            (
                "https://me:secret@host:8080/simple?token=x#y",
                "https://host:8080/simple",
            ),
            ("https://a@b@host", "https://host"),
            ("https://host/a@b", "https://host/a@b"),
            ("simple", "simple"),
        ] {
            assert_eq!(without_credentials(address), shown);
        }
    }

    #[test]
    fn the_nearest_word_counts() {
        let index = |rig: &Rig| {
            let index = Index::configured(&rig.facts());
            (index.shown(), index.said_by)
        };
        let rig = Rig::new();
        assert_eq!(index(&rig), ("https://pypi.org/simple".to_owned(), None));
        assert!(Index::configured(&rig.facts()).is_pypi());
        let rig = rig.file(
            "system/etc/pip.conf",
            "[global]\nindex-url = https://me:word@system/simple\n",
        );
        assert_eq!(index(&rig).0, "https://system/simple");
        let rig = rig.file(
            "home/.config/pip/pip.conf",
            "[global]\nindex-url: https://user/simple\n",
        );
        let (shown, said_by) = index(&rig);
        assert_eq!(shown, "https://user/simple");
        assert!(said_by.unwrap().ends_with(".config/pip/pip.conf"));
        let word = "https://me:word@variable/simple/";
        let rig = rig.with(|host| host.with_variable("PIP_INDEX_URL", word));
        let index = Index::configured(&rig.facts());
        assert_eq!(index.shown(), "https://variable/simple/");
        assert_eq!(
            index.page("flask"),
            "https://me:word@variable/simple/flask/"
        );
        let rig = Rig::new().file(
            "project/uv.toml",
            "[[index]]\nurl = \"https://other/\"\n[[index]]\nurl = \"https://uv/\"\ndefault = true\n",
        );
        assert_eq!(Index::configured(&rig.facts()).shown(), "https://uv/");
    }
}
