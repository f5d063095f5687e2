//! What was read of pages, in a file of its own beside the history: texts by their content,
//! compressed, the newest of each source, within a bound, so that the ledger never grows for them.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::error::{HistoryError, HistoryFault};

/// So many texts of a source are kept.
const MAX_COPIES: usize = 10;

/// The most bytes of all texts, compressed.
const MAX_BYTES: u64 = 64 << 20;

/// The most bytes of one text.
const MAX_TEXT_BYTES: u64 = 16 << 20;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS texts (
        digest BLOB PRIMARY KEY, body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS copies (
        id INTEGER PRIMARY KEY, source TEXT NOT NULL, address TEXT NOT NULL,
        digest BLOB NOT NULL REFERENCES texts (digest), first_ms INTEGER NOT NULL,
        last_ms INTEGER NOT NULL, etag TEXT, last_modified TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS copies_by_source ON copies (source, last_ms);
    CREATE TABLE IF NOT EXISTS figures (
        source TEXT NOT NULL, path TEXT NOT NULL, field TEXT NOT NULL, excerpt TEXT NOT NULL,
        verdict TEXT NOT NULL, judged_ms INTEGER NOT NULL, confirmed_ms INTEGER,
        PRIMARY KEY (source, path, field, excerpt)
    ) STRICT, WITHOUT ROWID;";

/// One connection to a file of pages.
#[derive(Debug)]
pub struct PageStore {
    path: PathBuf,
    connection: Connection,
}

/// A page as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCopy {
    /// Where it was read.
    pub address: String,
    pub text: String,
    /// When it was last read so, in milliseconds since 1970.
    pub read_ms: i64,
    /// What its server calls this state of it.
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// What was last seen of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRecord {
    pub source: String,
    pub path: String,
    pub field: String,
    pub excerpt: String,
    pub verdict: String,
    /// When it was judged, in milliseconds since 1970.
    pub judged_ms: i64,
    /// When it was last confirmed, if it ever was.
    pub confirmed_ms: Option<i64>,
}

impl PageStore {
    /// Opens the file beside a history; makes it where there is none.
    pub fn open_beside(history: &Path) -> Result<Self, HistoryError> {
        let fails = |source| HistoryError::Folder { path: history.to_owned(), source };
        let history = std::path::absolute(history).map_err(fails)?;
        let path = history.with_file_name("pages.db");
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fails)?;
        }
        let open = || -> Result<Connection, HistoryFault> {
            let connection = Connection::open(&path)?;
            connection.busy_timeout(std::time::Duration::from_secs(10))?;
            connection.execute_batch(TABLES)?;
            Ok(connection)
        };
        match open() {
            Ok(connection) => Ok(Self { path, connection }),
            Err(fault) => Err(fault.during("open the pages", &path)),
        }
    }

    /// The newest copy of a source.
    pub fn newest(&self, source: &str) -> Result<Option<PageCopy>, HistoryError> {
        self.copies(source, 1).map(|mut copies| copies.pop())
    }

    /// The newest copy of a source whose text is another than this.
    pub fn before(&self, source: &str, text: &str) -> Result<Option<PageCopy>, HistoryError> {
        let copies = self.copies(source, MAX_COPIES)?;
        Ok(copies.into_iter().find(|copy| copy.text != text))
    }

    /// The newest copies of a source, the newest first.
    fn copies(&self, source: &str, most: usize) -> Result<Vec<PageCopy>, HistoryError> {
        let read = || -> Result<Vec<PageCopy>, HistoryFault> {
            let mut query = self.connection.prepare(
                "SELECT address, body, last_ms, etag, last_modified FROM copies
                 JOIN texts USING (digest) WHERE source = ?1
                 ORDER BY last_ms DESC, id DESC LIMIT ?2",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = query.query_map(params![source, most], |row| {
                let body: Vec<u8> = row.get(1)?;
                let copy = PageCopy {
                    address: row.get(0)?,
                    text: String::new(),
                    read_ms: row.get(2)?,
                    etag: row.get(3)?,
                    last_modified: row.get(4)?,
                };
                Ok((copy, body))
            })?;
            rows.map(|row| {
                let (copy, body) = row?;
                Ok(PageCopy { text: unpacked(&body)?, ..copy })
            })
            .collect()
        };
        read().map_err(|fault| fault.during("read a page", &self.path))
    }

    /// Keeps a page of a source; what is as it was is only dated anew.
    pub fn keep(&mut self, source: &str, copy: &PageCopy) -> Result<(), HistoryError> {
        let kept = keep(&mut self.connection, source, copy);
        kept.map_err(|fault| fault.during("keep a page", &self.path))
    }

    /// Stores what was seen of figures.
    pub fn judge(&mut self, figures: &[FigureRecord]) -> Result<(), HistoryError> {
        let store = |connection: &mut Connection| -> Result<(), HistoryFault> {
            let transaction = connection.transaction()?;
            for it in figures {
                transaction.execute(
                    "INSERT INTO figures VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT DO UPDATE SET verdict = ?5, judged_ms = ?6,
                     confirmed_ms = coalesce(?7, confirmed_ms)",
                    params![
                        it.source,
                        it.path,
                        it.field,
                        it.excerpt,
                        it.verdict,
                        it.judged_ms,
                        it.confirmed_ms
                    ],
                )?;
            }
            Ok(transaction.commit()?)
        };
        store(&mut self.connection).map_err(|fault| fault.during("store verdicts", &self.path))
    }

    /// What was last seen of each figure, of one source or of all.
    pub fn figures(&self, source: Option<&str>) -> Result<Vec<FigureRecord>, HistoryError> {
        let read = || -> Result<Vec<FigureRecord>, HistoryFault> {
            let mut query = self.connection.prepare(
                "SELECT * FROM figures WHERE ?1 IS NULL OR source = ?1
                 ORDER BY source, path, field, excerpt",
            )?;
            let rows = query.query_map([source], |row| {
                Ok(FigureRecord {
                    source: row.get(0)?,
                    path: row.get(1)?,
                    field: row.get(2)?,
                    excerpt: row.get(3)?,
                    verdict: row.get(4)?,
                    judged_ms: row.get(5)?,
                    confirmed_ms: row.get(6)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        read().map_err(|fault| fault.during("read verdicts", &self.path))
    }
}

fn keep(connection: &mut Connection, source: &str, copy: &PageCopy) -> Result<(), HistoryFault> {
    let digest = Sha256::digest(copy.text.as_bytes());
    let digest = digest.as_slice();
    let transaction = connection.transaction()?;
    let newest: Option<(i64, Vec<u8>)> = transaction
        .query_row(
            "SELECT id, digest FROM copies WHERE source = ?1 ORDER BY last_ms DESC, id DESC LIMIT 1",
            [source],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    match newest {
        Some((id, known)) if known == digest => {
            transaction.execute(
                "UPDATE copies SET last_ms = max(last_ms, ?2), address = ?3, etag = ?4,
                 last_modified = ?5 WHERE id = ?1",
                params![id, copy.read_ms, copy.address, copy.etag, copy.last_modified],
            )?;
        }
        _ => {
            let body = packed(&copy.text)?;
            transaction
                .execute("INSERT OR IGNORE INTO texts VALUES (?1, ?2)", params![digest, body])?;
            transaction.execute(
                "INSERT INTO copies (source, address, digest, first_ms, last_ms, etag,
                 last_modified) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
                params![source, copy.address, digest, copy.read_ms, copy.etag, copy.last_modified],
            )?;
        }
    }
    prune(&transaction, source)?;
    Ok(transaction.commit()?)
}

/// Forgets what is beyond the bounds, the oldest first.
fn prune(connection: &Connection, source: &str) -> Result<(), HistoryFault> {
    let most = i64::try_from(MAX_COPIES).unwrap_or(i64::MAX);
    connection.execute(
        "DELETE FROM copies WHERE source = ?1 AND id NOT IN (SELECT id FROM copies
         WHERE source = ?1 ORDER BY last_ms DESC, id DESC LIMIT ?2)",
        params![source, most],
    )?;
    loop {
        connection
            .execute("DELETE FROM texts WHERE digest NOT IN (SELECT digest FROM copies)", [])?;
        let sum = "SELECT coalesce(sum(length(body)), 0) FROM texts";
        let bytes: i64 = connection.query_row(sum, [], |row| row.get(0))?;
        if u64::try_from(bytes).unwrap_or(0) <= MAX_BYTES {
            return Ok(());
        }
        connection.execute(
            "DELETE FROM copies WHERE id = (SELECT id FROM copies ORDER BY last_ms, id LIMIT 1)",
            [],
        )?;
    }
}

fn packed(text: &str) -> Result<Vec<u8>, HistoryFault> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    packed.map_err(|why| HistoryFault::refused(why.to_string()))
}

fn unpacked(body: &[u8]) -> Result<String, HistoryFault> {
    let mut text = String::new();
    let read = ZlibDecoder::new(body).take(MAX_TEXT_BYTES).read_to_string(&mut text);
    read.map_err(|why| HistoryFault::refused(why.to_string()))?;
    Ok(text)
}
