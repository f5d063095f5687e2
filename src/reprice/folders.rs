//! Columns that stand in the names of folders, as Hive, Spark and DuckDB write them:
//! `day=2026-11-20/part-0.parquet`.

use std::path::Path;

/// What stands for a null in such a name.
const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The columns of a file's folders, from the outermost on; year, month and day are one day.
pub fn folder_columns(path: &Path) -> Vec<(String, String)> {
    let folders = path.parent().into_iter().flat_map(Path::components);
    let mut columns: Vec<(String, String)> = folders
        .filter_map(|folder| folder.as_os_str().to_str()?.split_once('='))
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| {
            let value = decoded(value);
            (decoded(name), if value == NULL { String::new() } else { value })
        })
        .collect();
    if let Some(day) = day_of_parts(&columns) {
        columns.retain(|(name, _)| name != "day");
        columns.push(("day".to_owned(), day));
    }
    columns
}

/// The day that is written as three folders.
fn day_of_parts(columns: &[(String, String)]) -> Option<String> {
    let part = |wanted: &str| {
        let (_, value) = columns.iter().find(|(name, _)| name == wanted)?;
        value.parse::<u16>().ok()
    };
    let (year, month, day) = (part("year")?, part("month")?, part("day")?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// A name without escapes: `%3A` is a colon.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let [first, others @ ..] = rest {
        let escaped = others.first_chunk::<2>().filter(|two| two.iter().all(u8::is_ascii_hexdigit));
        let escaped = escaped.and_then(|two| std::str::from_utf8(two).ok());
        let escaped = escaped.and_then(|two| u8::from_str_radix(two, 16).ok());
        let escaped = escaped.filter(|_| *first == b'%');
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &others[2..] } else { others };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}
