//! What does not fit into memory: temporary files that nobody else can open.

use std::fs::File;
use std::io::{Cursor, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write, copy};

/// The most bytes of a file that are kept in memory where it must be read from any place.
const KEPT: u64 = 8 << 20;
/// The most bytes of such a file.
const MOST: u64 = 16 << 30;

/// What can be read from any place.
pub(super) trait Stored: Read + Seek + Send {}

impl<F: Read + Seek + Send> Stored for F {}

/// Reads a stream to its end, so that it can be read from any place; gives its size as well.
pub(super) fn store(mut from: Box<dyn Read + Send>) -> Result<(Box<dyn Stored>, u64)> {
    let mut bytes = Vec::new();
    let read = from.by_ref().take(KEPT).read_to_end(&mut bytes)? as u64;
    if read < KEPT {
        return Ok((Box::new(Cursor::new(bytes)), read));
    }
    let mut file = temporary()?;
    file.write_all(&bytes)?;
    drop(bytes);
    let size = read + copy(&mut from.take(MOST - read + 1), &mut file)?;
    if size > MOST {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it has more than {MOST} bytes; export it in parts")));
    }
    file.seek(SeekFrom::Start(0))?;
    Ok((Box::new(file), size))
}

/// A file of our own that is gone when it is closed. It holds personal data: nobody else may open it.
pub(super) fn temporary() -> Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    #[cfg(windows)]
    // FILE_FLAG_DELETE_ON_CLOSE
    std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0400_0000);
    let folder = std::env::temp_dir();
    for number in 0..1000u32 {
        let path = folder.join(format!("dci-conform-{}-{number}.rows", std::process::id()));
        match options.open(&path) {
            Ok(file) => {
                #[cfg(unix)]
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(Error::new(error.kind(), format!("no temporary file in {}: {error}", folder.display())));
            }
        }
    }
    Err(Error::other(format!("no temporary file in {}: too many of the same name", folder.display())))
}
