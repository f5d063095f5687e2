//! Reads a jobs file, TOML with one `[[job]]` per job, into keys and words.
//! What the keys mean is the comparator's business.

use toml::de::DeValue;

use super::diagnostic::{DiagnosticCode, Finding, FindingPlace};
use super::toml_file::{TomlFile, TomlItem};

/// One key of a job.
#[derive(Debug, Clone)]
pub struct JobKey {
    pub key: String,
    /// Its value: a string as it is, a number in its digits.
    pub text: String,
    pub key_place: FindingPlace,
    pub place: FindingPlace,
}

/// One `[[job]]`.
#[derive(Debug, Clone)]
pub struct JobTable {
    /// Its keys; one with several values stands here once for each.
    pub keys: Vec<JobKey>,
    pub place: FindingPlace,
}

/// Reads a jobs file; all findings where it can't be.
pub fn read_jobs(path: &str, bytes: &[u8]) -> Result<Vec<JobTable>, Vec<Finding>> {
    let (mut document, table) = TomlFile::parse(path, bytes);
    let mut jobs = Vec::new();
    for (key, item) in table.iter().flatten() {
        if key.get_ref() != "job" {
            document.unknown_key(key, ["job"].into_iter());
            continue;
        }
        for item in document.array("job", item).unwrap_or_default() {
            let Some(table) = document.table("job", item) else { continue };
            let mut keys = Vec::new();
            for (key, item) in table {
                let key_place = document.place(key.span().start);
                let key = key.get_ref().to_string();
                for (text, place) in texts(&mut document, &key, item) {
                    keys.push(JobKey {
                        key: key.clone(),
                        text,
                        key_place: key_place.clone(),
                        place,
                    });
                }
            }
            jobs.push(JobTable { keys, place: document.place(item.span().start) });
        }
    }
    if jobs.is_empty() && !document.has_findings() {
        document.missing_key(0..0, "[[job]]");
    }
    let mut findings = document.into_findings();
    findings.sort();
    if findings.is_empty() { Ok(jobs) } else { Err(findings) }
}

/// The words of a value, or of each item of an array.
fn texts<'i>(
    document: &mut TomlFile<'i>,
    key: &str,
    item: &TomlItem<'i>,
) -> Vec<(String, FindingPlace)> {
    let text = match item.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(integer) => integer.to_string(),
        DeValue::Array(items) => {
            if items.is_empty() {
                let text = format!("`{key}` is an empty array; leave it out");
                document.find(DiagnosticCode::BadValue, item.span(), text, None);
            }
            return items.iter().flat_map(|item| texts(document, key, item)).collect();
        }
        _ => {
            document.wrong_type(key, item, "a string, a whole number or an array of strings");
            return Vec::new();
        }
    };
    vec![(text, document.place(item.span().start))]
}
