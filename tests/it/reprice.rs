//! `cogdex reprice`: logs of every shape, their totals beside the sum of single quotes, and rows that
//! can't be read.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::{cogdex, folder};

mod bad;
mod columnar;
mod columnar_flags;
mod early_end;
mod exact;
mod folders;
mod forms;
mod mixed;
mod refunds;
mod shapes;
mod sources;
mod spellings;
mod volume;

/// Two sellers: `p/l` by size and quality, with a price that changes; `q/l` in yuan, from 2026-03-01.
const SELLERS: [(&str, &str); 2] = [
    (
        "listings/p/l.toml",
        "model = \"m\"\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
         price = [{ price = \"0.010 USD / image\", size = \"1024x1024\", quality = \"standard\" }, \
         { price = \"0.020 USD / image\", size = \"1024x1024\", quality = \"hd\" }]\n\
         default-quality = \"standard\"\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-02-01\n\
         price = [{ price = \"0.011 USD / image\", size = \"1024x1024\", quality = \"standard\" }, \
         { price = \"0.022 USD / image\", size = \"1024x1024\", quality = \"hd\" }]\n",
    ),
    (
        "listings/q/l.toml",
        "model = \"m\"\n\
         [[statement]]\nsource = \"page\"\nseen = 2026-03-01\nprice = \"0.06 CNY / image\"\n",
    ),
];

/// A catalog in a folder, and a folder for a log.
struct World {
    catalog: tempfile::TempDir,
    logs: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self { catalog: folder(&SELLERS), logs: tempfile::tempdir().unwrap() }
    }

    /// Writes a log, and prices it.
    fn reprice(&self, log: impl AsRef<[u8]>, flags: &[&str]) -> Output {
        let path = self.logs.path().join("usage");
        std::fs::write(&path, log).unwrap();
        self.run(path.to_str().unwrap(), flags)
    }

    fn run(&self, log: &str, flags: &[&str]) -> Output {
        let catalog = self.catalog.path().to_str().unwrap();
        let fixed = ["reprice", log, "--catalog", catalog, "--rate", "CNY/USD=0.14", "-q"];
        cogdex(&[&fixed[..], flags].concat())
    }

    /// The same, as JSON; panics where the exit is not 0.
    fn json(&self, log: impl AsRef<[u8]>, flags: &[&str]) -> Value {
        document(&self.reprice(log, &[&["--format", "json"], flags].concat()), 0)
    }

    /// Pipes a log in.
    fn piped(&self, log: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cogdex"))
            .args(["reprice", "-", "--format", "json", "--rate", "CNY/USD=0.14", "-q", "--catalog"])
            .arg(self.catalog.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let log = log.to_vec();
        let writing = std::thread::spawn(move || stdin.write_all(&log));
        let output = child.wait_with_output().unwrap();
        // Where the program refuses to read, the pipe breaks.
        drop(writing.join().unwrap());
        output
    }
}

/// The document of an answer with this exit.
fn document(output: &Output, exit: i32) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn row<'d>(document: &'d Value, listing: &str) -> &'d Value {
    let rows = document["rows"].as_array().unwrap();
    rows.iter().find(|row| row["listing"] == listing).unwrap()
}

fn total<'d>(document: &'d Value, listing: &str) -> &'d str {
    let total = &row(document, listing)["total"];
    assert_eq!(total["low"], total["high"]);
    total["high"].as_str().unwrap()
}

/// Each group's key and its total on a listing.
fn groups(document: &Value, listing: &str) -> Vec<(Value, Value)> {
    let groups = document["groups"].as_array().unwrap().iter();
    let of = groups.filter(|group| group["listing"] == listing);
    of.map(|group| (group["by"].clone(), group["total"]["high"].clone())).collect()
}

/// A log with these rows under the usual header.
fn log(rows: &[&str]) -> String {
    let mut log = String::from("time,images,size,quality,tag\n");
    for row in rows {
        writeln!(log, "{row}").unwrap();
    }
    log
}

/// What stands in stderr.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
