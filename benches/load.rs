//! Loading and checking a large catalog, beside merely reading and parsing the same files.
//!
//! Every measurement is a process of its own, so that memory and processor time are its own, and
//! the kinds take turns, so that a slow minute hits all of them.
#![expect(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use cogdex::catalog::{Catalog, Tree};
use toml::de::DeTable;

#[path = "load/generated.rs"]
mod generated;

/// How many listings a catalog has, and how often each kind is measured on it.
const SIZES: [(usize, usize); 2] = [(10_000, 15), (100_000, 7)];

/// What is measured, in the order in which the kinds take turns; the first is ours.
const KINDS: [(&str, &str); 4] = [
    ("check", "load and check"),
    ("read", "read only"),
    ("borrowed", "read, `DeTable::parse`"),
    ("owned", "read, `from_str::<Table>`"),
];

/// One measurement: wall and processor time in microseconds, peak memory in KiB.
type Measured = [u64; 3];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--measure", kind, folder] => measure(kind, Path::new(folder)),
        ["--generate", listings, folder] => {
            let listings = listings.parse().expect("the number of listings");
            generated::write(Path::new(folder), listings).expect("the files can be written");
        }
        // `cargo test --all-targets` runs this program, too, and is not to measure anything.
        given if given.contains(&"--bench") => SIZES.into_iter().for_each(compare),
        _ => {}
    }
}

/// Prints the table of one size.
fn compare((listings, rounds): (usize, usize)) {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(parent).expect("there is room for the files");
    generated::write(folder.path(), listings).expect("the files can be written");
    // The first round warms the caches, and is not counted.
    let rounds: Vec<[Measured; 4]> =
        (0..=rounds).map(|_| KINDS.map(|(kind, _)| started(kind, folder.path()))).skip(1).collect();
    println!("\n{listings} listings, medians of {} rounds", rounds.len());
    println!("{:26} {:>10} {:>10} {:>10}   ours / this: wall, CPU", "", "wall ms", "CPU ms", "MiB");
    for (number, (_, name)) in KINDS.iter().enumerate() {
        let figure = |which: usize| median(rounds.iter().map(|round| round[number][which]));
        // Of each round its own ratio: a slow round is slow for both.
        let ratio = |which: usize| {
            let ratios = rounds.iter().map(|r| 1000 * r[0][which] / r[number][which].max(1));
            let ratio = median(ratios);
            format!("{}.{:02}", ratio / 1000, ratio % 1000 / 10)
        };
        let [wall, processor] = [figure(0), figure(1)].map(|us| us.div_ceil(1000));
        let mib = figure(2) / 1024;
        println!("{name:26} {wall:>10} {processor:>10} {mib:>10}   {}, {}", ratio(0), ratio(1));
    }
}

fn median(figures: impl Iterator<Item = u64>) -> u64 {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_unstable();
    figures[figures.len() / 2]
}

/// Measures one kind in a process of its own.
fn started(kind: &str, folder: &Path) -> Measured {
    let this = std::env::current_exe().expect("this program has a path");
    let output = Command::new(this).args(["--measure", kind]).arg(folder).output();
    let output = output.expect("this program can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    let figures: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    figures.try_into().unwrap_or_else(|_| panic!("{kind} gave no figures: {text}{said}"))
}

/// Measures one kind, and prints what it took.
fn measure(kind: &str, folder: &Path) {
    let tree = Tree::Folder(folder.to_owned());
    let start = Instant::now();
    match kind {
        "check" => {
            let inspection = Catalog::inspect(&tree, generated::TODAY).expect("it can be read");
            assert_eq!(inspection.findings, [], "the generated catalog has no findings");
            report(start);
            // A process that ends does not free its memory piece by piece.
            std::mem::forget(inspection);
        }
        "read" => {
            on_all_cores(&tree, <[u8]>::len);
            report(start);
        }
        "borrowed" => {
            on_all_cores(&tree, |bytes| {
                let text = std::str::from_utf8(bytes).expect("it is UTF-8");
                black_box(DeTable::parse(text).expect("it is TOML")).get_ref().len()
            });
            report(start);
        }
        _ => {
            on_all_cores(&tree, |bytes| {
                let text = std::str::from_utf8(bytes).expect("it is UTF-8");
                black_box(toml::from_str::<toml::Table>(text).expect("it is TOML")).len()
            });
            report(start);
        }
    }
}

/// Reads all files on as many threads as the catalog does, and hands each to `look`.
fn on_all_cores(tree: &Tree, look: impl Fn(&[u8]) -> usize + Sync) {
    let paths = tree.paths().expect("the folder can be read");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for paths in paths.chunks(paths.len().div_ceil(threads)) {
            scope.spawn(|| {
                let each = paths.iter().map(|path| look(&tree.read(path).expect("it can be read")));
                black_box(each.sum::<usize>())
            });
        }
    });
}

fn report(start: Instant) {
    let wall = start.elapsed().as_micros();
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let processor = time.tv_sec * 1_000_000 + time.tv_nsec / 1000;
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.map_or("0", |line| line.trim().trim_end_matches(" kB"));
    println!("{wall} {processor} {peak}");
}
