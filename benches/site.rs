//! A full build of the site of a large catalog, beside opening that catalog, building it again
//! with nothing or one listing changed, and Hugo on a site of as many pages.
//!
//! Hugo takes part where `HUGO` names the program and `HUGO_SITE` a folder with its input. Every
//! measurement is a process of its own, and all is written to memory.
#![expect(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use cogdex::catalog::{Catalog, Tree};
use cogdex::site::{ProbeRecords, Settings, Site, publish};

#[path = "load/generated.rs"]
mod generated;

/// How many listings the catalogs have; what grows with more of them grows in a line.
const SIZES: [usize; 3] = [1_000, 10_000, 20_000];

/// How often each kind is measured; the middle counts.
const ROUNDS: usize = 3;

/// What a process took: wall and processor time in microseconds, peak memory in KiB, and the
/// files it wrote.
type Measured = [u64; 4];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--measure", "open", catalog] => open(Path::new(catalog)),
        ["--measure", "build", catalog, out] => build(Path::new(catalog), Path::new(out)),
        ["--generate", listings, folder] => {
            let listings = listings.parse().expect("the number of listings");
            generated::write(Path::new(folder), listings).expect("the files can be written");
        }
        // `cargo test --all-targets` runs this program, too, and is not to measure anything.
        given if given.contains(&"--bench") => {
            for listings in sizes() {
                compare(listings);
            }
        }
        _ => {}
    }
}

/// The sizes, or the one of `LISTINGS`.
fn sizes() -> Vec<usize> {
    let asked = std::env::var("LISTINGS").ok();
    asked.map_or(SIZES.to_vec(), |text| vec![text.parse().expect("a number of listings")])
}

/// Prints the table of one size.
fn compare(listings: usize) {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(parent).expect("there is room for the files");
    let (catalog, out) = (folder.path().join("catalog"), folder.path().join("out"));
    std::fs::create_dir(&catalog).expect("the folder can be made");
    generated::write(&catalog, listings).expect("the files can be written");
    let changed = catalog.join("listings/provider-0/code-0.toml");
    let before = std::fs::read_to_string(&changed).expect("it was just written");

    let mut rounds: Vec<[Measured; 4]> = Vec::new();
    let mut hugo = Vec::new();
    for round in 0..ROUNDS {
        let opened = started(&["open"], &[&catalog]);
        drop(std::fs::remove_dir_all(&out));
        let full = started(&["build"], &[&catalog, &out]);
        let same = started(&["build"], &[&catalog, &out]);
        let word = format!("Code {round} of another name");
        let text = before.replace("name = \"Code 0\"", &format!("name = \"{word}\""));
        assert_ne!(text, before, "one listing is changed");
        std::fs::write(&changed, text).expect("the file can be written");
        let one = started(&["build"], &[&catalog, &out]);
        std::fs::write(&changed, &before).expect("the file can be written");
        rounds.push([opened, full, same, one]);
        hugo.extend(hugo_once(folder.path()));
    }
    let bytes = size(&out);
    let mb = |bytes: u64| format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10);
    println!("\n{listings} listings, {} MB, medians of {ROUNDS} rounds", mb(bytes));
    println!("{:30} {:>9} {:>9} {:>7} {:>8}", "", "wall ms", "CPU ms", "MiB", "files");
    let kinds = ["open the catalog", "full build", "again, nothing changed", "again, one changed"];
    for (number, kind) in kinds.iter().enumerate() {
        let figure = |which: usize| median(rounds.iter().map(|round| round[number][which]));
        let [wall, processor, peak, files] = [0, 1, 2, 3].map(figure);
        let (wall, processor, peak) = (wall / 1000, processor / 1000, peak / 1024);
        println!("{kind:30} {wall:>9} {processor:>9} {peak:>7} {files:>8}");
    }
    let ours = median(rounds.iter().map(|round| round[1][1])) * 1000 / (bytes / 1000).max(1);
    println!("ours: {ours} CPU µs a MB");
    if hugo.is_empty() {
        println!("Hugo took no part: HUGO and HUGO_SITE name the program and its input");
        return;
    }
    let theirs = median(hugo.iter().map(|(us, bytes)| us * 1000 / (bytes / 1000).max(1)));
    let (us, bytes) = hugo[0];
    println!("Hugo: {theirs} CPU µs a MB ({} ms, {} MB)", us / 1000, mb(bytes));
    println!("Hugo / ours: {}.{:02}", theirs / ours.max(1), theirs * 100 / ours.max(1) % 100);
}

fn median(figures: impl Iterator<Item = u64>) -> u64 {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_unstable();
    figures[figures.len() / 2]
}

/// Bytes of all files, without the list that a build keeps of them.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let size = |path: PathBuf| match path.metadata() {
        Ok(found) if found.is_dir() => size(&path),
        Ok(found) if !path.ends_with(".cogdex-site") => found.len(),
        _ => 0,
    };
    entries.map(|entry| size(entry.expect("the folder can be read").path())).sum()
}

/// Measures one kind in a process of its own.
fn started(kind: &[&str], paths: &[&Path]) -> Measured {
    let this = std::env::current_exe().expect("this program has a path");
    let output = Command::new(this).arg("--measure").args(kind).args(paths).output();
    let output = output.expect("this program can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    let figures: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    figures.try_into().unwrap_or_else(|_| panic!("{kind:?} gave no figures: {text}{said}"))
}

fn read(folder: &Path) -> Catalog {
    let tree = Tree::Folder(folder.to_owned());
    Catalog::open(&tree, generated::TODAY).expect("the generated catalog is whole")
}

fn open(folder: &Path) {
    let start = Instant::now();
    let catalog = read(folder);
    report(start, 0);
    // A process that ends does not free its memory piece by piece.
    std::mem::forget(catalog);
}

fn build(folder: &Path, out: &Path) {
    let start = Instant::now();
    let catalog = read(folder);
    let records = ProbeRecords::default();
    let settings = Settings { as_of: generated::TODAY, served: false };
    let site = Site::new(&catalog, &records, settings);
    let done = publish(&site, out).expect("the folder can be written to");
    report(start, done.written);
    drop(site);
    std::mem::forget(catalog);
}

fn report(start: Instant, files: usize) {
    let wall = start.elapsed().as_micros();
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let processor = time.tv_sec * 1_000_000 + time.tv_nsec / 1000;
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.map_or("0", |line| line.trim().trim_end_matches(" kB"));
    println!("{wall} {processor} {peak} {files}");
}

/// One build by Hugo: its processor time in microseconds, and the bytes it wrote.
fn hugo_once(folder: &Path) -> Option<(u64, u64)> {
    let (program, site) = (std::env::var_os("HUGO")?, std::env::var_os("HUGO_SITE")?);
    let out = folder.join("hugo");
    drop(std::fs::remove_dir_all(&out));
    let before = children();
    let mut command = Command::new(program);
    command.arg("--quiet").arg("-s").arg(site).arg("-d").arg(&out).stdout(Stdio::null());
    assert!(command.status().expect("Hugo can be started").success(), "Hugo builds its site");
    let took = children() - before;
    let bytes = size(&out);
    drop(std::fs::remove_dir_all(&out));
    Some((took, bytes))
}

/// Processor time of the processes that this one waited for, in microseconds.
fn children() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("this is Linux");
    // The program's name may hold anything, and ends with the last parenthesis.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let fields = after.split_whitespace().skip(13).take(2);
    // The system counts in hundredths of a second.
    fields.map(|ticks| ticks.parse::<u64>().expect("a number of ticks") * 10_000).sum()
}
