//! Who needs whom among what is installed, extras that are asked for included.
//!
//! Made once by [`Facts::graph`](crate::doctor::facts::Facts::graph). Every Requires-Dist is worked out once, or again where somebody turns out to ask for an
//! extra.

use std::collections::{BTreeMap, BTreeSet};

use super::Distributions;
use crate::doctor::facts::requirements::Requirement;

/// What each installed project needs here.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    needs: BTreeMap<String, Vec<Requirement>>,
}

impl Graph {
    /// Works it out; `roots` are what the project asks for.
    pub(crate) fn new<'a>(
        installed: &Distributions,
        roots: impl IntoIterator<Item = &'a Requirement>,
    ) -> Self {
        let mut extras: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for root in roots {
            if !root.extras.is_empty() && root.holds(&installed.values, &[]) {
                let known = extras.entry(root.name.clone()).or_default();
                known.extend(root.extras.iter().cloned());
            }
        }
        let mut needs: BTreeMap<String, Vec<Requirement>> = BTreeMap::new();
        let mut next: Vec<String> = installed
            .projects()
            .map(|(name, _)| name.to_owned())
            .collect();
        // Each round is about an extra that nobody had asked for before, so that there is an end.
        while let Some(name) = next.pop() {
            let Some(distribution) = installed.get(&name) else {
                continue;
            };
            let asked: Vec<&str> = extras
                .get(&name)
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            let needed = distribution.requirements(&installed.values, &asked);
            for requirement in needed.iter().filter(|it| !it.extras.is_empty()) {
                let known = extras.entry(requirement.name.clone()).or_default();
                let before = known.len();
                known.extend(requirement.extras.iter().cloned());
                if known.len() != before {
                    next.push(requirement.name.clone());
                }
            }
            needs.insert(name, needed);
        }
        Self { needs }
    }

    /// Each installed project with each of its needs.
    pub(crate) fn needs(&self) -> impl Iterator<Item = (&str, &Requirement)> {
        self.needs
            .iter()
            .flat_map(|(name, needed)| needed.iter().map(move |it| (name.as_str(), it)))
    }

    /// The projects that these lead to, themselves among them, installed or not.
    pub(crate) fn reached<'a>(
        &'a self,
        roots: impl IntoIterator<Item = &'a str>,
    ) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&str> = roots.into_iter().collect();
        while let Some(name) = next.pop() {
            if reached.insert(name) {
                let needed = self.needs.get(name).map(Vec::as_slice);
                next.extend(needed.unwrap_or_default().iter().map(|it| it.name.as_str()));
            }
        }
        reached
    }
}
