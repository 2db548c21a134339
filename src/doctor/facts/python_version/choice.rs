//! What one thing takes its Python from: a step of continuous integration, an image, a file.

use std::collections::BTreeSet;

use super::Mention;
use crate::doctor::fix::Action;
use crate::python::Series;

/// One version, or several of which each is taken once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Where they are said, in order; never empty.
    pub(crate) mentions: Vec<Mention>,
    /// Whether they are one list, which another one can be added to.
    is_list: bool,
}

impl Choice {
    /// What is said here and there.
    pub(super) fn of(mentions: Vec<Mention>) -> Self {
        Self {
            mentions,
            is_list: false,
        }
    }

    /// What is said in one list.
    pub(super) fn list(mentions: Vec<Mention>) -> Self {
        Self {
            mentions,
            is_list: true,
        }
    }

    /// The versions.
    pub(crate) fn versions(&self) -> BTreeSet<Series> {
        self.mentions.iter().map(|it| it.series).collect()
    }

    /// Whether this one is among them.
    pub(crate) fn has(&self, series: Series) -> bool {
        self.mentions.iter().any(|it| it.series == series)
    }

    /// The change that puts this one beside the others, where they are one list that a program can add to.
    pub(crate) fn joined(&self, to: Series) -> Option<Action> {
        if !self.is_list {
            return None;
        }
        match self.mentions.iter().find(|it| it.series > to) {
            Some(later) => later.joined(to, true),
            None => self.mentions.last()?.joined(to, false),
        }
    }

    /// The change that takes a version out of the list that it stands in.
    pub(crate) fn without(&self, mention: &Mention) -> Option<Action> {
        let stays = |it: &Mention| it.series != mention.series;
        let can_go = self.is_list && self.mentions.iter().any(stays);
        can_go.then(|| mention.removed()).flatten()
    }
}
