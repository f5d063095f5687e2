//! Where a catalog's files come from: built in, a folder, a git revision, or memory.
//! It reads bytes within bounds and knows no TOML.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rust_embed::RustEmbed;

mod folder;

pub use folder::FileFault;

/// The most files of a catalog, and the most folders that they stand in.
pub const MAX_FILES: usize = 100_000;

/// The most bytes of one file; the largest that anybody wrote has a hundredth of them.
pub const MAX_FILE_BYTES: u64 = 4 << 20;

#[derive(RustEmbed)]
#[folder = "catalog/"]
struct Embedded;

/// The files of one catalog.
#[derive(Debug, Clone)]
pub enum Tree {
    Embedded,
    Folder(PathBuf),
    /// Files by path, from git or a test.
    Files(BTreeMap<String, Vec<u8>>),
}

/// Says what could not be read, and why.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A file or folder could not be read.
    #[error("can't read `{}`", path.display())]
    Read {
        path: PathBuf,
        /// The cause.
        #[source]
        source: FileFault,
    },
    /// The folder is no catalog's.
    #[error("`{}` holds more than {MAX_FILES} files, which no catalog does", .0.display())]
    TooManyFiles(PathBuf),
    /// There is no such folder.
    #[error("there is no folder `{}`", .0.display())]
    NoFolder(PathBuf),
    /// The folder is no catalog.
    #[error("`{}` is not a catalog: it has no `catalog.toml`", .0.display())]
    NoCatalog(PathBuf),
    /// git did not give the revision.
    #[error("can't read `git:{revision}`: {why}")]
    Git { revision: String, why: String },
}

impl Tree {
    /// A folder that holds a `catalog.toml`.
    pub fn folder(path: &Path) -> Result<Self, TreeError> {
        if !path.is_dir() {
            return Err(TreeError::NoFolder(path.to_owned()));
        }
        if !path.join("catalog.toml").is_file() {
            return Err(TreeError::NoCatalog(path.to_owned()));
        }
        Ok(Self::Folder(path.to_owned()))
    }

    /// The folder `folder` as it stands in the revision of the git checkout around it; where
    /// there is no such folder any more, of the checkout at hand.
    pub fn revision(revision: &str, folder: &Path) -> Result<Self, TreeError> {
        let fail = |why: String| TreeError::Git { revision: revision.to_owned(), why };
        if revision.is_empty() || revision.starts_with('-') {
            return Err(fail("that is no revision".to_owned()));
        }
        // git asked from within gives what lies within, wherever the program was started.
        let (at, place) = if folder.is_dir() {
            (folder, format!("{revision}:./"))
        } else {
            (Path::new("."), format!("{revision}:./{}/", folder.display()))
        };
        // `--end-of-options` keeps a revision from being read as a flag.
        let list = ["ls-tree", "-rzl", "--full-tree", "--end-of-options", &place];
        let listed = git(at, &list, &[]);
        let listed = String::from_utf8(listed.map_err(fail)?).map_err(|e| fail(e.to_string()))?;
        let names = blobs(&listed).map_err(fail)?;
        let wanted: Vec<_> = names.iter().map(|name| format!("{place}{name}\n")).collect();
        let contents = git(at, &["cat-file", "--batch=%(objectsize)"], wanted.concat().as_bytes());
        let files = split_batch(&names, &contents.map_err(fail)?);
        let files = files.ok_or_else(|| fail("git's answer was cut short".to_owned()))?;
        if !files.contains_key("catalog.toml") {
            return Err(fail(format!("`{}` has no `catalog.toml` there", folder.display())));
        }
        Ok(Self::Files(files))
    }

    /// Paths of all files with data, sorted, with `/` between the parts; a folder that can't be
    /// listed is among them, and ends in `/`.
    pub fn paths(&self) -> Result<Vec<String>, TreeError> {
        let mut paths = match self {
            Self::Embedded => {
                Embedded::iter().filter(|path| is_data(path)).map(Cow::into_owned).collect()
            }
            Self::Folder(folder) => folder::paths(folder)?,
            Self::Files(files) => files.keys().filter(|path| is_data(path)).cloned().collect(),
        };
        paths.sort_unstable();
        Ok(paths)
    }

    /// All files with data, by path.
    pub fn files(&self) -> Result<BTreeMap<String, Vec<u8>>, TreeError> {
        let paths = self.paths()?.into_iter();
        paths.map(|path| Ok((path.clone(), self.read(&path)?.into_owned()))).collect()
    }

    /// The bytes of a file that [`Tree::paths`] gave.
    pub fn read(&self, path: &str) -> Result<Cow<'_, [u8]>, TreeError> {
        match self {
            Self::Embedded => Ok(Embedded::get(path).map_or(Cow::Borrowed(&[]), |file| file.data)),
            Self::Folder(folder) => folder::read(folder, path)
                .map(Cow::Owned)
                .map_err(|source| TreeError::Read { path: folder.join(path), source }),
            Self::Files(files) => Ok(Cow::Borrowed(files.get(path).map_or(&[], Vec::as_slice))),
        }
    }
}

/// Prose, the schema and hidden files (an editor's, say) are no data; all else has to be.
fn is_data(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !name.starts_with('.') && !matches!(path, "README.md" | "schema.json")
}

fn git(at: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(at)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| format!("git can't be started: {why}"))?;
    let stdin = child.stdin.take();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let output = child.wait_with_output().map_err(|why| why.to_string())?;
    drop(writer.join());
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(said.lines().next().unwrap_or("no reason given").trim_start_matches("fatal: ").to_owned())
}

/// The names of the files that `ls-tree -lz` lists, within the bounds of a folder's.
fn blobs(listed: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    for entry in listed.split_terminator('\0') {
        // `100644 blob 0f3c…  1234 TAB name`; what is no blob has no size.
        let (about, name) = entry.split_once('\t').unwrap_or_default();
        if !is_data(name) {
            continue;
        }
        let size = about.rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
        match size {
            Some(size) if size <= MAX_FILE_BYTES => names.push(name),
            Some(_) => return Err(format!("`{name}`: {}", FileFault::TooLarge)),
            None => return Err(format!("`{name}`: {}", FileFault::NotRegular)),
        }
    }
    if names.len() > MAX_FILES {
        return Err(format!("it holds more than {MAX_FILES} files, which no catalog does"));
    }
    Ok(names)
}

/// Splits `size LF bytes LF …`, the form of `cat-file --batch=%(objectsize)`.
fn split_batch(names: &[&str], mut rest: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for name in names {
        let end = memchr::memchr(b'\n', rest)?;
        let size: usize = std::str::from_utf8(&rest[..end]).ok()?.parse().ok()?;
        let bytes = rest.get(end + 1..end + 1 + size)?;
        files.insert((*name).to_owned(), bytes.to_vec());
        rest = rest.get(end + size + 2..)?;
    }
    Some(files)
}
