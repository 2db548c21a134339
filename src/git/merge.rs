//! A merge of one file's contents, as git merges them.
//!
//! Called by `gate`. It must not know where the contents come from.

use std::path::Path;

use super::work_tree::WorkTree;
use crate::error::{Error, Result};

impl WorkTree {
    /// What `ours` and `theirs` made of `base`, put together; `None` where they touch the same lines, or it is no text.
    /// `scratch` is a folder that the caller throws away.
    ///
    /// # Errors
    /// When the contents cannot be written there, or git fails.
    pub(crate) fn merged(
        &self,
        scratch: &Path,
        base: &[u8],
        ours: &[u8],
        theirs: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        let is_binary = |bytes: &[u8]| bytes[..bytes.len().min(8000)].contains(&0);
        if [base, ours, theirs].into_iter().any(is_binary) {
            return Ok(None);
        }
        let mut command = self.git().args(["merge-file", "--stdout", "--quiet"]);
        for (name, bytes) in [("ours", ours), ("base", base), ("theirs", theirs)] {
            let file = scratch.join(name);
            crate::fs::remove_file(&file)?;
            crate::fs::write_new(&file, bytes, false)?;
            command = command.arg(file);
        }
        let output = command.run()?;
        match output.code {
            Some(0) => Ok(Some(output.stdout)),
            // The number of conflicts, or 255 where it gave up.
            Some(_) => Ok(None),
            None => Err(Error::new("cannot merge a fix into a file")
                .caused_by(format!("`{command}`: {}", output.last_words(6)))),
        }
    }
}
