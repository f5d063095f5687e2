//! Reads a jobs file, TOML with one `[[job]]` per job, into keys and words.
//! What the keys mean is the comparator's business.

use toml::de::DeValue;

use super::document::Document;
use super::finding::{Finding, Place};

/// One key of a job.
#[derive(Debug, Clone)]
pub struct JobKey {
    /// The key.
    pub key: String,
    /// Its value: a string as it is, a number in its digits.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// One `[[job]]`.
#[derive(Debug, Clone)]
pub struct JobTable {
    /// Its keys.
    pub keys: Vec<JobKey>,
    /// Where it begins.
    pub place: Place,
}

/// Reads a jobs file; all findings where it can't be.
pub fn read_jobs(path: &str, bytes: &[u8]) -> Result<Vec<JobTable>, Vec<Finding>> {
    let (mut document, table) = Document::parse(path, bytes);
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
                let place = document.place(item.span().start);
                let key = key.get_ref().to_string();
                let text = match item.get_ref() {
                    DeValue::String(text) => text.to_string(),
                    DeValue::Integer(integer) => integer.to_string(),
                    _ => {
                        document.wrong_type(&key, item, "a string or a whole number");
                        continue;
                    }
                };
                keys.push(JobKey { key, text, place });
            }
            jobs.push(JobTable { keys, place: document.place(item.span().start) });
        }
    }
    if table.as_ref().is_some_and(|table| !table.contains_key("job")) {
        document.missing_key(0..0, "[[job]]");
    }
    let findings = document.into_findings();
    if findings.is_empty() { Ok(jobs) } else { Err(findings) }
}
