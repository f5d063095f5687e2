//! What users hold, as the program of before the redesign answered it: flags, JSON keys, ids, codes,
//! exit codes and figures. Sentences for people are reduced to their figures and may be reworded.
//!
//! The answers stand in `tests/it/frozen/answers/`. `COGDEX_FREEZE=1 cargo test --test it frozen::`
//! writes them anew, and `COGDEX_PROGRAM=/path/of/another/cogdex` asks another build.

mod commands;
mod form;
mod served;
mod site;

use std::path::{Path, PathBuf};

use crate::support::{cogdex, root};

/// The day of all answers.
const DAY: &str = "2026-11-25";

fn answers() -> PathBuf {
    root().join("tests/it/frozen/answers")
}

/// Collects answers, and fails at the end with all that differ.
#[derive(Default)]
struct Frozen {
    differences: Vec<String>,
}

impl Frozen {
    /// Compares an answer with the stored one, or stores it.
    fn hold(&mut self, name: &str, answer: &str) {
        let stored = answers().join(name);
        if std::env::var_os("COGDEX_FREEZE").is_some() {
            write(&stored, answer);
            return;
        }
        let before = std::fs::read_to_string(&stored).unwrap_or_default();
        if before != answer {
            let now = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frozen").join(name);
            write(&now, answer);
            let first = first_difference(&before, answer);
            let (stored, now) = (stored.display(), now.display());
            self.differences.push(format!("diff {stored} {now}\n{first}"));
        }
    }

    fn check(self) {
        let count = self.differences.len();
        assert!(
            count == 0,
            "{count} answers are not what they were:\n{}",
            self.differences.join("\n")
        );
    }
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The first lines that differ, as much of them as fits on a screen.
fn first_difference(before: &str, now: &str) -> String {
    let (mut old, mut new) = (before.lines(), now.lines());
    let cut = |line: Option<&str>| line.unwrap_or("(end)").chars().take(300).collect::<String>();
    for number in 1.. {
        let (old, new) = (old.next(), new.next());
        if old != new || old.is_none() {
            return format!("line {number}\n- {}\n+ {}", cut(old), cut(new));
        }
    }
    String::new()
}

/// How a command's stdout is written down.
#[derive(Clone, Copy)]
enum Form {
    /// One JSON document.
    Json,
    /// The same, of a command that takes no day.
    JsonOfToday,
    Csv,
    Markdown,
    /// Tables, views and their columns, and a digest of the statements.
    Sql,
    /// Schema, number of rows and a digest of them.
    Parquet,
    /// Only the exit code is held.
    Nothing,
}

/// Runs a command and writes down its exit code and what it answered.
fn answer(arguments: &[&str], form: Form) -> String {
    let output = cogdex(arguments);
    let code = output.status.code().expect("an exit code");
    let mut text = format!("$ cogdex {}\nexit {code}\n", arguments.join(" "));
    if output.stdout.is_empty() {
        return text;
    }
    let out = String::from_utf8_lossy(&output.stdout);
    match form {
        Form::Json => text.push_str(&form::document(&out)),
        Form::JsonOfToday => {
            let document = serde_json::from_str(&out).unwrap();
            text.push_str(&form::document(&served::steady(document, "no address").to_string()));
        }
        Form::Csv => text.push_str(&form::table(&out, ',')),
        Form::Markdown => text.push_str(&form::table(&out, '|')),
        Form::Sql => text.push_str(&commands::sql(&out)),
        Form::Parquet => text.push_str(&commands::parquet(output.stdout)),
        Form::Nothing => {}
    }
    text
}
