//! How answers are written down: JSON on lines a reader can compare, long documents as their shape
//! and digests, and prose reduced to its figures, so that a message may be reworded.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// A document whose written form is longer is kept as its shape and digests.
const MAX_FORM_BYTES: usize = 12_000;

/// What is longer is broken into lines.
const MAX_LINE_BYTES: usize = 240;

/// Keys whose values are sentences for people; of these only the figures are held.
const PROSE: &[&str] = &[
    "text",
    "reason",
    "hint",
    "rule",
    "message",
    "error",
    "why",
    "note",
    "description",
    "refused",
];

/// JSON, or several documents one after the other, with its prose reduced; whole or, where it is
/// long, as shape and digests.
pub(super) fn document(text: &str) -> String {
    let write = |value: Value| {
        let value = without_prose(value);
        let form = lines(&value);
        if form.len() > MAX_FORM_BYTES { summary(&value) } else { form }
    };
    let documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    documents
        .map(|document| write(document.unwrap_or_else(|why| panic!("{why}: {text}"))))
        .collect()
}

/// A line in which each quoted sentence is reduced to its figures.
pub(super) fn without_quoted_prose(line: &str, quote: char) -> String {
    let parts = line.split(quote).enumerate();
    let parts = parts.map(|(at, part)| if at % 2 == 1 { cell(part) } else { part.to_owned() });
    parts.collect::<Vec<_>>().join(&quote.to_string())
}

/// A digest that is long enough to tell texts apart.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The words of a sentence that hold a figure; a code, which has no space, stays as it is.
pub(super) fn figures(prose: &str) -> String {
    if !prose.trim().contains(' ') {
        return prose.to_owned();
    }
    let inner = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let words = prose.split_whitespace().map(inner);
    let figures: Vec<_> =
        words.filter(|word| word.contains(|c: char| c.is_ascii_digit())).collect();
    format!("… {}", figures.join(" ")).trim_end().to_owned()
}

/// The document with the sentences under [`PROSE`] reduced to their figures.
pub(super) fn without_prose(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(without_prose).collect(),
        Value::Object(entries) => {
            let reduced = entries.into_iter().map(|(key, value)| match value {
                Value::String(text) if PROSE.contains(&key.as_str()) => {
                    (key, Value::String(figures(&text)))
                }
                value => (key, without_prose(value)),
            });
            Value::Object(reduced.collect())
        }
        leaf => leaf,
    }
}

/// Indented JSON in which what fits stands on one line.
pub(super) fn lines(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, 0, &mut text);
    text.push('\n');
    text
}

fn write_value(value: &Value, depth: usize, text: &mut String) {
    let short = value.to_string();
    if short.len() + 2 * depth <= MAX_LINE_BYTES || !(value.is_array() || value.is_object()) {
        text.push_str(&short);
        return;
    }
    let indent = "  ".repeat(depth + 1);
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    text.push(open);
    let children: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().map(|item| (String::new(), item)).collect(),
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| (format!("{key:?}: "), value)).collect()
        }
        _ => Vec::new(),
    };
    for (at, (key, child)) in children.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\n{indent}{key}");
        write_value(child, depth + 1, text);
    }
    let _ = write!(text, "\n{}{close}", "  ".repeat(depth));
}

/// What is kept of a long document: every path with the type and number of its values, and a digest
/// of each part.
pub(super) fn summary(value: &Value) -> String {
    let mut paths = BTreeMap::new();
    collect_paths(value, String::new(), &mut paths);
    let mut text = format!("digest {}\npaths\n", digest(&value.to_string()));
    for (path, kinds) in paths {
        let kinds: Vec<_> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let _ = writeln!(text, "  {path}: {}", kinds.join(", "));
    }
    text.push_str("parts\n");
    for (key, part) in value.as_object().into_iter().flatten() {
        write_part(key, part, &mut text);
    }
    text
}

fn write_part(key: &str, part: &Value, text: &mut String) {
    let short = part.to_string();
    if short.len() <= 100 {
        let _ = writeln!(text, "  {key} {short}");
        return;
    }
    let children: Vec<(String, &Value)> = match part {
        Value::Array(items) => items.iter().map(|item| (label(item), item)).collect(),
        Value::Object(entries) => entries.iter().map(|(name, one)| (name.clone(), one)).collect(),
        _ => vec![(String::new(), part)],
    };
    for (name, child) in children {
        let _ = writeln!(text, "  {key} {name} {}", digest(&child.to_string()));
    }
}

/// By what a person knows an element of a list.
fn label(item: &Value) -> String {
    let keys = ["level", "listing", "id", "field", "name", "job"];
    keys.iter().filter_map(|key| item[*key].as_str()).collect::<Vec<_>>().join(" ")
}

fn collect_paths(
    value: &Value,
    path: String,
    paths: &mut BTreeMap<String, BTreeMap<&'static str, usize>>,
) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(items) => {
            for item in items {
                collect_paths(item, format!("{path}[]"), paths);
            }
            return;
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                // Names of the catalog's things are data, not keys.
                let key = if key.contains(['/', '$', ' ']) { "*" } else { key };
                collect_paths(value, format!("{path}.{key}"), paths);
            }
            return;
        }
    };
    *paths.entry(path).or_default().entry(kind).or_default() += 1;
}

/// CSV or a Markdown table's text with the cells that are sentences reduced to their figures.
pub(super) fn table(text: &str, separator: char) -> String {
    if separator == ',' {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).from_reader(text.as_bytes());
        let row = |row: Result<csv::StringRecord, csv::Error>| {
            let cells: Vec<_> = row.unwrap().iter().map(cell).collect();
            cells.join(",") + "\n"
        };
        return reader.into_records().map(row).collect();
    }
    let line = |line: &str| line.split(separator).map(cell).collect::<Vec<_>>().join("|") + "\n";
    text.lines().map(line).collect()
}

/// A cell of at most two words is data.
pub(super) fn cell(text: &str) -> String {
    if text.split_whitespace().count() > 2 { figures(text) } else { text.trim().to_owned() }
}

/// What a reader of a page sees: no tags, scripts or styles, a block on each line.
pub(super) fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        rest = &rest[open..];
        let unseen = ["script", "style"].iter().find(|name| rest[1..].starts_with(**name));
        let end = unseen.and_then(|name| rest.find(&format!("</{name}>"))).unwrap_or(0);
        let close = end + rest[end..].find('>').map_or(rest.len() - end, |at| at + 1);
        let inline = ["a ", "a>", "/a>", "b>", "/b>", "code>", "/code>", "em>", "/em>", "span"];
        if !inline.iter().any(|tag| rest[1..].starts_with(tag)) {
            text.push('\n');
        }
        rest = &rest[close..];
    }
    text.push_str(rest);
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let seen: Vec<_> = text.lines().map(line).filter(|line| !line.is_empty()).collect();
    seen.join("\n") + "\n"
}
