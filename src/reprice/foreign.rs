//! Files that are no logs, or that are packed in a way that is not read here: known by their first
//! bytes, named as what they are, with the way out.

use std::path::Path;

use strum::Display;

/// What a file is that can't be read as a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
pub enum ForeignFile {
    #[strum(serialize = "a zip archive")]
    Zip,
    #[strum(serialize = "an Excel workbook")]
    Workbook,
    #[strum(serialize = "packed with xz")]
    Xz,
    #[strum(serialize = "a 7z archive")]
    SevenZip,
    #[strum(serialize = "packed with lz4")]
    Lz4,
    #[strum(serialize = "packed with compress")]
    Compress,
    #[strum(serialize = "a tar archive")]
    Tar,
    #[strum(serialize = "an image")]
    Image,
    #[strum(serialize = "a PDF document")]
    Pdf,
    #[strum(serialize = "a Parquet file with an encrypted footer")]
    EncryptedParquet,
    #[strum(serialize = "an ORC file")]
    Orc,
    #[strum(serialize = "an Avro file")]
    Avro,
    #[strum(serialize = "an Arrow file")]
    Arrow,
    #[strum(serialize = "an SQLite database")]
    Sqlite,
}

/// The first bytes of each; those of a workbook are a zip archive's or an older document's.
const MAGIC: [(&[u8], ForeignFile); 19] = [
    (b"PK\x03\x04", ForeignFile::Zip),
    (b"PK\x05\x06", ForeignFile::Zip),
    (b"\xd0\xcf\x11\xe0", ForeignFile::Workbook),
    (b"\xfd7zXZ\0", ForeignFile::Xz),
    (b"7z\xbc\xaf\x27\x1c", ForeignFile::SevenZip),
    (b"\x04\x22\x4d\x18", ForeignFile::Lz4),
    (b"\x1f\x9d", ForeignFile::Compress),
    (b"\x89PNG", ForeignFile::Image),
    (b"\xff\xd8\xff", ForeignFile::Image),
    (b"GIF8", ForeignFile::Image),
    (b"RIFF", ForeignFile::Image),
    (b"II*\0", ForeignFile::Image),
    (b"MM\0*", ForeignFile::Image),
    (b"%PDF", ForeignFile::Pdf),
    (b"PARE", ForeignFile::EncryptedParquet),
    (b"ORC\x0b", ForeignFile::Orc),
    (b"Obj\x01", ForeignFile::Avro),
    (b"ARROW1\0\0", ForeignFile::Arrow),
    (b"SQLite format 3\0", ForeignFile::Sqlite),
];

/// Where a tar archive says what it is.
const TAR_MAGIC: (usize, &[u8]) = (257, b"ustar");

/// How a zip archive's first file is called, where it is a workbook.
const WORKBOOK_NAMES: [&[u8]; 4] = [b"[Content_Types].xml", b"_rels/", b"xl/", b"docProps/"];

impl ForeignFile {
    /// Whether more bytes may tell that it is one of these, by the first four.
    pub(super) fn may_begin_with(start: &[u8]) -> bool {
        let is_one = |magic: &[u8]| start.starts_with(&magic[..magic.len().min(start.len())]);
        !start.is_empty() && MAGIC.iter().any(|(magic, _)| is_one(magic))
    }

    /// Finds out by the first bytes.
    pub(super) fn from_magic(start: &[u8]) -> Option<Self> {
        let found = MAGIC.iter().find(|(magic, _)| start.starts_with(magic));
        let (at, tar) = TAR_MAGIC;
        let tar = start.get(at..).filter(|rest| rest.starts_with(tar)).map(|_| Self::Tar);
        // A local file header has 30 bytes before the name.
        let name = start.get(30..).unwrap_or_default();
        let found = found.map(|(_, kind)| *kind).or(tar)?;
        let is_workbook = WORKBOOK_NAMES.iter().any(|it| name.starts_with(it));
        Some(if found == Self::Zip && is_workbook { Self::Workbook } else { found })
    }

    /// Says how it becomes a log.
    pub fn way_out(self, path: &Path) -> String {
        let path = path.display();
        match self {
            Self::Zip => format!("unpack it: unzip -p {path} | cogdex reprice -"),
            Self::Workbook => "save the sheet as CSV".to_owned(),
            Self::Xz => format!("unpack it: xz -dc {path} | cogdex reprice -"),
            Self::SevenZip => format!("unpack it: 7z x -so {path} | cogdex reprice -"),
            Self::Lz4 => format!("unpack it: lz4 -dc {path} | cogdex reprice -"),
            Self::Compress => format!("unpack it: uncompress -c {path} | cogdex reprice -"),
            Self::Tar => format!("unpack it: tar -xOf {path} | cogdex reprice -"),
            Self::Image | Self::Pdf => "give a log as CSV, JSON or Parquet".to_owned(),
            Self::EncryptedParquet => "write it again without encryption".to_owned(),
            Self::Orc | Self::Avro | Self::Arrow => "write it as Parquet or CSV".to_owned(),
            Self::Sqlite => {
                format!(
                    "print a table: sqlite3 -csv -header {path} 'SELECT * FROM usage' | cogdex reprice -"
                )
            }
        }
    }
}
