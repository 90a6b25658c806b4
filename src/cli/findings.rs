//! The file of findings, which has its name when it is whole: what is cut off would look like a check that found less.

use crate::records::{FINDINGS, UNFINISHED};
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::{Path, PathBuf};

/// Bytes of findings kept before they are written.
const BUFFER: usize = 1 << 18;

/// Takes findings as they come; nowhere without a folder.
pub(super) struct Findings {
    open: Option<(BufWriter<File>, PathBuf)>,
}

impl Findings {
    /// Starts a file in a folder, under a name that tells it is not whole.
    ///
    /// # Errors
    /// It cannot be made.
    pub(super) fn new(folder: Option<&Path>) -> Result<Findings> {
        let Some(folder) = folder else { return Ok(Findings { open: None }) };
        let file = File::create(folder.join(UNFINISHED))?;
        Ok(Findings { open: Some((BufWriter::with_capacity(BUFFER, file), folder.to_owned())) })
    }

    /// Everything is written: the file gets its name.
    ///
    /// # Errors
    /// The rest cannot be written.
    pub(super) fn end(mut self) -> Result<()> {
        let Some((file, folder)) = &mut self.open else { return Ok(()) };
        file.flush()?;
        std::fs::rename(folder.join(UNFINISHED), folder.join(FINDINGS))
    }
}

impl Write for Findings {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.open.as_mut().map_or(Ok(bytes.len()), |(file, _)| file.write(bytes))
    }

    fn flush(&mut self) -> Result<()> {
        self.open.as_mut().map_or(Ok(()), |(file, _)| file.flush())
    }
}

impl Drop for Findings {
    /// What did not come about is taken away; after `end` there is nothing of that name.
    fn drop(&mut self) {
        if let Some((_, folder)) = &self.open {
            let _ = std::fs::remove_file(folder.join(UNFINISHED));
        }
    }
}
