//! pip's report as a graph: every marker is decided, for the machine that pip ran on.
//!
//! Made by `pip` from a report, so that a lock can be cut from it as from the pinned closure. It starts nothing.

use std::str::FromStr;

use pep508_rs::{MarkerEnvironment, MarkerTree, Requirement, VerbatimUrl};

use super::report::{Archive, Report};
use crate::error::{Error, Result};
use crate::template::closure::{Closure, Need, Package};

/// A package of the report with names normalized and markers decided.
struct Node {
    name: String,
    version: String,
    hash: String,
    edges: Vec<Edge>,
}

/// A requirement that holds here.
struct Edge {
    extra: Option<String>,
    name: String,
    extras: Vec<String>,
}

/// The report as a graph in which no marker is left.
pub(super) struct Graph<'a> {
    environment: &'a MarkerEnvironment,
    nodes: Vec<Node>,
}

impl<'a> Graph<'a> {
    /// Reads a report.
    ///
    /// # Errors
    /// When a package in it has no file with a hash.
    pub(super) fn new(report: &'a Report) -> Result<Self> {
        let names: Vec<String> = report
            .install
            .iter()
            .map(|it| normal(&it.metadata.name))
            .collect();
        let mut nodes = Vec::new();
        for (installed, name) in report.install.iter().zip(&names) {
            let archive = installed.download_info.archive_info.as_ref();
            let hash = archive.and_then(Archive::sha256).ok_or_else(|| {
                Error::new(format!("pip gave no hash for `{name}`"))
                    .hint("require a released version of it, from an index or a folder of wheels")
            })?;
            let requirements = installed.metadata.requires_dist.iter();
            let requirements = requirements.filter_map(|it| Requirement::from_str(it).ok());
            nodes.push(Node {
                name: name.clone(),
                version: installed.metadata.version.clone(),
                hash: hash.to_owned(),
                edges: requirements
                    .filter_map(|it| edge(&it, &report.environment))
                    .filter(|it| names.contains(&it.name))
                    .collect(),
            });
        }
        Ok(Self {
            environment: &report.environment,
            nodes,
        })
    }

    /// The same as a closure, to cut locks from.
    ///
    /// # Errors
    /// When it is not whole.
    pub(super) fn closure(&self) -> Result<Closure<'_>> {
        let packages = self.nodes.iter().map(|node| Package {
            name: &node.name,
            version: &node.version,
            marker: "",
            needs: node
                .edges
                .iter()
                .map(|edge| Need {
                    extra: edge.extra.as_deref(),
                    name: &edge.name,
                    extras: edge.extras.iter().map(String::as_str).collect(),
                    version: None,
                    marker: "",
                })
                .collect(),
            hashes: vec![&node.hash],
        });
        Closure::new(packages.collect())
    }

    /// A requirement as it reads here: without its marker, and without the extras that bring nothing; `None` where it
    /// does not hold.
    pub(super) fn here(&self, text: &str) -> Option<String> {
        let mut requirement = Requirement::<VerbatimUrl>::from_str(text).ok()?;
        if !requirement.marker.evaluate(self.environment, &[]) {
            return None;
        }
        requirement.marker = MarkerTree::TRUE;
        let name = requirement.name.to_string();
        let node = self.nodes.iter().find(|it| it.name == name);
        requirement.extras.retain(|extra| {
            let brought = |it: &Edge| it.extra.as_deref() == Some(extra.as_ref());
            node.is_some_and(|it| it.edges.iter().any(brought))
        });
        Some(requirement.to_string())
    }
}

/// A requirement of a package with its marker decided for this machine: it holds always, for one extra, or not at all.
fn edge(requirement: &Requirement<VerbatimUrl>, environment: &MarkerEnvironment) -> Option<Edge> {
    let marker = &requirement.marker;
    let extra = if marker.evaluate(environment, &[]) {
        None
    } else {
        let mut named = Vec::new();
        for clause in marker.to_dnf() {
            for expression in clause {
                if let pep508_rs::MarkerExpression::Extra {
                    name: pep508_rs::MarkerValueExtra::Extra(name),
                    ..
                } = expression
                {
                    named.push(name);
                }
            }
        }
        let holds =
            |it: &pep508_rs::ExtraName| marker.evaluate(environment, std::slice::from_ref(it));
        Some(named.into_iter().find(holds)?.to_string())
    };
    Some(Edge {
        extra,
        name: requirement.name.to_string(),
        extras: requirement.extras.iter().map(ToString::to_string).collect(),
    })
}

fn normal(name: &str) -> String {
    pep508_rs::PackageName::from_str(name).map_or_else(|_| name.to_owned(), |it| it.to_string())
}
