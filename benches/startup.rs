//! `cogdex compare` as a whole process, beside `rg --version`, in turns; and the program's size.
#![expect(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// So many rounds are counted; a process takes a few milliseconds.
const ROUNDS: usize = 300;

/// The first rounds fill the caches.
const UNCOUNTED: usize = 20;

const COGDEX: &str = env!("CARGO_BIN_EXE_cogdex");

/// What is started in each round; the first is the floor.
const PROGRAMS: [(&str, &str, &[&str]); 5] = [
    ("rg --version", "rg", &["--version"]),
    ("cogdex compare", COGDEX, &["compare"]),
    ("cogdex compare --format json", COGDEX, &["compare", "--format", "json"]),
    ("cogdex show apiin/cogview-4", COGDEX, &["show", "apiin/cogview-4"]),
    ("cogdex --version", COGDEX, &["--version"]),
];

fn main() {
    // `cargo test --all-targets` runs this program, too, and is not to measure anything.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let bytes = std::fs::metadata(COGDEX).expect("the program was built").len();
    println!("\nthe program has {}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10);
    if Command::new("rg").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("there is no `rg` to compare with; on Debian: apt-get install ripgrep");
        return;
    }
    let rounds = (0..UNCOUNTED + ROUNDS).map(|_| PROGRAMS.map(|(_, path, args)| run(path, args)));
    let rounds: Vec<[Duration; 5]> = rounds.skip(UNCOUNTED).collect();
    println!("{:30} {:>9} {:>9}   this / rg", "medians of 300 pairs", "ms", "fastest");
    for (number, (name, ..)) in PROGRAMS.iter().enumerate() {
        let took = |round: &[Duration; 5]| micros(round[number]);
        let fastest = rounds.iter().map(took).min().unwrap_or_default();
        // Of each pair its own ratio: a slow moment is slow for both.
        let ratio = median(rounds.iter().map(|round| 1000 * took(round) / micros(round[0])));
        let [middle, fastest] = [median(rounds.iter().map(took)), fastest].map(thousandths);
        println!("{name:30} {middle:>9} {fastest:>9}   {}", thousandths(ratio));
    }
}

fn run(path: &str, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    let status = Command::new(path).args(arguments).stdout(Stdio::null()).status();
    let took = start.elapsed();
    assert!(status.is_ok_and(|status| status.success()), "`{path}` failed");
    took
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX).max(1)
}

fn median(figures: impl Iterator<Item = u64>) -> u64 {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_unstable();
    figures[figures.len() / 2]
}

/// `2.345` for 2345.
fn thousandths(number: u64) -> String {
    format!("{}.{:03}", number / 1000, number % 1000)
}
