//! A log of ten million rows priced on six listings, beside the peers that price it with a plan by
//! hand.
//!
//! The peers stand outside this project: `cargo bench --bench reprice -- LOGS PEERS PYTHON` names the
//! folder of their log and price book, that of their scripts, and a Python that has them. Without
//! these, nothing is measured.
#![expect(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use std::path::Path;
use std::process::{Command, Stdio};

#[path = "reprice/catalog.rs"]
mod catalog;

/// How often each pair takes turns.
const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--catalog", prices, folder] => {
            let prices = std::fs::read_to_string(prices).expect("the price book can be read");
            catalog::write(Path::new(folder), &prices).expect("the catalog can be written");
        }
        [logs, peers, python] => pairs(logs, peers, python),
        _ => println!("nothing is measured without a log and the peers"),
    }
}

/// One run of a program: processor time in microseconds, memory in KiB, what it printed.
type Ran = (u64, u64, String);

fn run(python: &str, command: &[&str]) -> Ran {
    // The accounting of one child alone takes a call that no safe library has.
    const ACCOUNT: &str = "import os,subprocess,sys\n\
        p=subprocess.Popen(sys.argv[1:],stdout=subprocess.PIPE)\n\
        o=p.stdout.read();_,s,r=os.wait4(p.pid,0)\n\
        assert s==0,s\n\
        print(round((r.ru_utime+r.ru_stime)*1e6),r.ru_maxrss)\n\
        sys.stdout.flush();sys.stdout.buffer.write(o)";
    let output = Command::new(python)
        .args(["-c", ACCOUNT])
        .args(command)
        .stderr(Stdio::inherit())
        .output()
        .expect("the command can be started");
    assert!(output.status.success(), "{command:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    let (figures, printed) = text.split_once('\n').expect("the first line has the figures");
    let figures: Vec<u64> = figures.split(' ').filter_map(|figure| figure.parse().ok()).collect();
    (figures[0], figures[1], printed.to_owned())
}

/// An amount in units of 1e-5 dollars.
fn units(row: &serde_json::Value) -> i128 {
    let total = row["total"]["high"].as_str().expect("it has a total");
    let total: rust_decimal::Decimal = total.parse().expect("it is exact");
    let units = (total * rust_decimal::Decimal::from(100_000)).normalize();
    assert_eq!(units.scale(), 0, "it has five decimals");
    units.mantissa()
}

/// Our totals in the peers' form: by provider, and a checksum of those by day and provider.
fn totals(printed: &str) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_str(printed).expect("it is JSON");
    let rows = document["rows"].as_array().expect("it has rows");
    let provider = |row: &serde_json::Value| {
        let listing = row["listing"].as_str().expect("it has a listing");
        listing.split('/').next().unwrap_or_default().to_owned()
    };
    let mut totals: Vec<String> =
        rows.iter().map(|row| format!("{} {}", provider(row), units(row))).collect();
    totals.sort();
    let groups = document["groups"].as_array().expect("it has groups");
    let check = groups.iter().fold(0, |check, group| {
        let day = group["by"]["day"].as_str().expect("it has a day").replace('-', "");
        let day: i128 = day.parse().expect("it is a date");
        let name: i128 = provider(group).bytes().map(i128::from).sum();
        (check + (day * 1_000_003 + name) * units(group)) % (1 << 61)
    });
    totals.push(format!("rows {} check {check}", groups.len()));
    totals
}

/// Runs each plan of the peers and ours in turn.
fn pairs(logs: &str, peers: &str, python: &str) {
    let folder = tempfile::tempdir().expect("there is room for the files");
    let prices = format!("{logs}/prices.csv");
    let text = std::fs::read_to_string(&prices).expect("the price book can be read");
    catalog::write(folder.path(), &text).expect("the catalog can be written");
    let catalog = folder.path().to_str().expect("its path is text");
    let script = format!("{peers}/batch_peer.py");
    println!("{:24} {:>12} {:>12} {:>8} {:>8}", "CPU", "its ms", "ours ms", "ratio", "MiB");
    for (log, engine, plan) in [
        ("usage.csv", "duckdb", "pre2"),
        ("usage.csv", "duckdb", "pre"),
        ("usage.csv", "duckdb", "naive"),
        ("usage.csv", "polars", "pre"),
        ("usage.csv", "cat", ""),
        ("usage.parquet", "duckdb", "pre"),
        ("usage.parquet", "polars", "pre"),
    ] {
        let path = format!("{logs}/{log}");
        let peer: Vec<&str> = match engine {
            "cat" => vec!["sh", "-c", "exec cat \"$0\" >/dev/null", &path],
            _ => vec![python, &script, engine, &path, &prices, plan],
        };
        pair(python, catalog, &path, &peer, &format!("{log} {engine} {plan}"));
    }
}

fn pair(python: &str, catalog: &str, log: &str, peer: &[&str], name: &str) {
    let read = format!("size:auto={}", catalog::AUTO);
    let ours = [env!("CARGO_BIN_EXE_cogdex"), "reprice", log, "--catalog", catalog, "-q"];
    let flags = ["--read", &read, "--by", "day", "--format", "json"];
    let ours = [&ours[..], &flags].concat();
    let mut rounds: Vec<[u64; 4]> = Vec::new();
    for round in 0..=ROUNDS {
        let (theirs, mine) = (run(python, peer), run(python, &ours));
        if peer[0] != "sh" {
            let wanted: Vec<_> = theirs.2.lines().map(str::to_owned).collect();
            assert_eq!(totals(&mine.2), wanted, "the totals are the peer's to the last digit");
        }
        // The first round warms the caches.
        if round > 0 {
            rounds.push([theirs.0, mine.0, theirs.0 * 100 / mine.0, mine.1]);
        }
    }
    let median = |which: usize| {
        let mut figures: Vec<u64> = rounds.iter().map(|round| round[which]).collect();
        figures.sort_unstable();
        figures[figures.len() / 2]
    };
    let [theirs, mine] = [median(0), median(1)].map(|us| us.div_ceil(1000));
    let (ratio, mib) = (median(2), median(3) / 1024);
    println!("{name:24} {theirs:>12} {mine:>12} {:>5}.{:02} {mib:>8}", ratio / 100, ratio % 100);
}
