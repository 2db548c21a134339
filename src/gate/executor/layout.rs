//! Laying out the files that tools are given, and what configures them.
//!
//! Called by the executor before each round.

use std::collections::{BTreeMap, BTreeSet};

use super::super::file::File;
use super::super::run::Mended;
use super::super::settings::Needs;
use super::super::shadow::FileShadow;
use super::Executor;
use super::open::Open;
use crate::error::Result;
use crate::repo_path::RepoPath;

impl Executor<'_, '_> {
    /// Lays out the files of some tools and what configures them; `None` where none of them is given files.
    pub(super) fn lay_out<'o, 's: 'o>(
        &self,
        name: &str,
        open: impl Iterator<Item = &'o Open<'s>> + Clone,
        mended: &BTreeMap<usize, Mended>,
    ) -> Result<Option<FileShadow>> {
        let open = open.filter(|it| it.task.given == Needs::Files);
        if open.clone().next().is_none() {
            return Ok(None);
        }
        let mut numbers: BTreeSet<usize> = BTreeSet::new();
        let mut configuration: BTreeMap<&RepoPath, &File> = BTreeMap::new();
        for it in open {
            numbers.extend(&it.files);
            configuration.extend(&it.task.configuration);
        }
        let files = numbers.iter().map(|number| {
            let file = &self.snapshot.files[*number];
            let bytes = match mended.get(number) {
                Some(mended) => mended.bytes.clone(),
                None => self.reader.read(file)?,
            };
            Ok((file.path.clone(), file.mode, bytes))
        });
        let known: BTreeSet<&RepoPath> = numbers
            .iter()
            .map(|it| &self.snapshot.files[*it].path)
            .collect();
        let configuration = configuration
            .iter()
            .filter(|(path, _)| !known.contains(*path))
            .map(|(path, file)| Ok(((*path).clone(), file.mode, self.reader.read(file)?)));
        // The first content that cannot be read ends the laying out.
        let mut unreadable = None;
        let readable = files.chain(configuration).map_while(|it| match it {
            Ok(it) => Some(it),
            Err(error) => {
                unreadable = Some(error);
                None
            }
        });
        let shadow = FileShadow::lay_out(&self.place.join(name), readable);
        unreadable.map_or(shadow, Err).map(Some)
    }
}
