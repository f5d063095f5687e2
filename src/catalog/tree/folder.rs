//! The folder of a catalog: which files it holds, and their bytes, within bounds. It opens nothing
//! but regular files, follows no link out of the folder, and waits for nobody.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::{MAX_FILE_BYTES, MAX_FILES, TreeError, is_data};

/// Says why something in a catalog's folder can't be one of its files.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// A pipe, a socket, a device or a folder.
    #[error("it is no regular file")]
    NotRegular,
    #[error("it has more than {} MiB", MAX_FILE_BYTES >> 20)]
    TooLarge,
    #[error("it is a link that leads out of the catalog's folder")]
    OutsideLink,
    #[error("it is a link that leads nowhere")]
    BrokenLink,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl FileFault {
    /// Whether it is so until somebody changes the folder: what the system refused for a reason of
    /// its own, such as too many open files, may pass by itself.
    pub(crate) fn is_lasting(&self) -> bool {
        match self {
            Self::NotRegular | Self::TooLarge | Self::OutsideLink | Self::BrokenLink => true,
            Self::Io(error) => {
                matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidFilename)
            }
        }
    }
}

/// Paths of all files below a folder, in any order, with `/` between the parts. A folder that can't
/// be listed is a path that ends in `/`.
pub(super) fn paths(root: &Path) -> Result<Vec<String>, TreeError> {
    let mut paths = Vec::new();
    let mut folders = vec![String::new()];
    // Folders that hold nothing take time, too.
    let mut seen_folders = 0;
    while let Some(prefix) = folders.pop() {
        // One after the other, so that however deep they stand, one is open at a time.
        match list(root, &prefix, &mut folders, &mut paths) {
            Ok(()) => {}
            Err(error) => {
                let source = FileFault::from(error);
                if prefix.is_empty() || !source.is_lasting() {
                    return Err(TreeError::Read { path: root.join(prefix), source });
                }
                paths.push(prefix);
            }
        }
        seen_folders += 1;
        if paths.len() > MAX_FILES || seen_folders + folders.len() > MAX_FILES {
            return Err(TreeError::TooManyFiles(root.to_owned()));
        }
    }
    Ok(paths)
}

fn list(
    root: &Path,
    prefix: &str,
    folders: &mut Vec<String>,
    paths: &mut Vec<String>,
) -> io::Result<()> {
    for entry in fs::read_dir(root.join(prefix))? {
        let entry = entry?;
        let path = format!("{prefix}{}", readable(entry.file_name().as_encoded_bytes()));
        if !is_data(&path) {
            continue;
        }
        // What has a name that no path can have is listed, and not entered.
        let is_named = entry.file_name().to_str().is_some_and(|it| !it.contains(char::is_control));
        // No link to a folder is followed, so a loop can't be walked.
        if is_named && entry.file_type()?.is_dir() {
            folders.push(format!("{path}/"));
        } else {
            paths.push(path);
        }
        if paths.len() > MAX_FILES || folders.len() > MAX_FILES {
            break;
        }
    }
    Ok(())
}

/// A file's name with `\xff` for what is no text, so that two such names stay two.
fn readable(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&chunk.invalid().escape_ascii().to_string());
    }
    text
}

/// The bytes of a file in a folder.
pub(super) fn read(root: &Path, path: &str) -> Result<Vec<u8>, FileFault> {
    let full = root.join(path);
    // To open a device may do something, so what it is is asked first; and what another put in its
    // place meanwhile is found after.
    let found = fs::symlink_metadata(&full)?;
    let length = if found.is_symlink() { linked(root, &full)? } else { regular(&found, &full)? };
    let file = open(&full)?;
    regular(&file.metadata()?, &full)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default() + 1);
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(FileFault::TooLarge);
    }
    Ok(bytes)
}

/// The length of the file at the end of a link within the folder.
fn linked(root: &Path, link: &Path) -> Result<u64, FileFault> {
    let target = link.canonicalize().map_err(|_| FileFault::BrokenLink)?;
    if !target.starts_with(root.canonicalize()?) {
        return Err(FileFault::OutsideLink);
    }
    regular(&fs::metadata(&target)?, &target)
}

/// The length of a regular file within the bounds.
fn regular(found: &Metadata, full: &Path) -> Result<u64, FileFault> {
    if found.is_dir() {
        // Whoever may not list a folder is told so.
        fs::read_dir(full)?;
    }
    match found.len() {
        _ if !found.is_file() => Err(FileFault::NotRegular),
        length if length > MAX_FILE_BYTES => Err(FileFault::TooLarge),
        length => Ok(length),
    }
}

/// Opens for reading, without waiting for somebody to write into a pipe.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    {
        /// The system's flag, which the standard library has no name for.
        const O_NONBLOCK: i32 = 0o4000;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, O_NONBLOCK);
    }
    options.open(path)
}
