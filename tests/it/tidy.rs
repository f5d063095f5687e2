//! The house rules that a compiler does not know: who may use whom, which outside crate lives
//! where, how long a file may grow, and how things are named.

mod names;

use std::path::{Path, PathBuf};

use crate::support::root;

/// Each module with those it may use; a module that is not here may not exist.
const LAYERS: &[(&str, &[&str])] = &[
    ("catalog", &[]),
    ("pricing", &["catalog"]),
    ("contract", &["catalog"]),
    ("history", &["catalog"]),
    ("show", &["catalog", "pricing", "contract"]),
    ("diff", &["catalog", "pricing"]),
    ("reprice", &["catalog", "pricing"]),
    ("exchange", &["catalog", "pricing", "contract", "reprice", "show"]),
    ("mock", &["catalog", "contract"]),
    ("probe", &["catalog", "pricing", "contract", "history"]),
    ("verify", &["catalog", "pricing", "history", "exchange", "probe"]),
    ("site", &["catalog", "pricing", "contract", "history", "show", "diff"]),
    ("server", &["catalog", "pricing", "contract", "history", "probe", "site"]),
    (
        "cli",
        &[
            "catalog", "pricing", "contract", "history", "show", "diff", "reprice", "exchange",
            "mock", "probe", "verify", "site", "server",
        ],
    ),
];

/// Outside crates that live in one module alone, or in those that each have a row.
const HOMES: &[(&str, &str)] = &[
    ("toml", "catalog"),
    ("sha2", "catalog"),
    ("sha2", "history"),
    ("sha2", "reprice"),
    ("sha2", "site"),
    ("sha2", "server"),
    ("twox_hash", "site"),
    ("axum", "server"),
    ("flate2", "server"),
    ("flate2", "history"),
    ("hyper", "server"),
    ("hyper_util", "server"),
    ("tower", "server"),
    ("tower_http", "server"),
    ("headers", "server"),
    ("brotli", "server"),
    ("prometheus_client", "server"),
    ("notify_debouncer_full", "server"),
    ("self_cell", "server"),
    ("quick_cache", "server"),
    ("getrandom", "cli"),
    ("askama", "site"),
    ("rust_embed", "catalog"),
    ("strsim", "catalog"),
    ("rusqlite", "history"),
    ("rusqlite_migration", "history"),
    ("axum", "mock"),
    ("png", "mock"),
    ("flate2", "mock"),
    ("flate2", "probe"),
    ("flate2", "reprice"),
    ("zstd", "reprice"),
    ("bzip2", "reprice"),
    ("glob", "cli"),
    ("parquet", "reprice"),
    ("parquet", "exchange"),
    ("fearless_simd", "reprice"),
    ("base64", "mock"),
    ("base64", "probe"),
    ("reqwest", "probe"),
    ("rustls", "probe"),
    ("rustls_platform_verifier", "probe"),
    ("secrecy", "probe"),
    ("aho_corasick", "probe"),
    ("imagesize", "probe"),
    ("url", "probe"),
    ("url", "server"),
    ("url", "verify"),
    ("clap", "cli"),
    ("comfy_table", "cli"),
    ("annotate_snippets", "cli"),
    ("anstream", "cli"),
    ("anstyle", "cli"),
    ("anyhow", "cli"),
    ("csv", "cli"),
    ("terminal_size", "cli"),
    ("indicatif", "cli"),
    ("html5ever", "verify"),
    ("quick_xml", "exchange"),
    ("encoding_rs", "verify"),
    ("chardetng", "verify"),
    ("toml_edit", "cli"),
    ("tar", "catalog"),
];

/// The most lines of a file; what grows beyond has outgrown its place.
const MAX_LINES: usize = 400;

/// The program's files, with the module each belongs to: `catalog` for `src/catalog/size.rs`.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    assert!(files.len() > 20, "where is the program?");
    let source = root().join("src");
    let of = |path: PathBuf| {
        let inside = path.strip_prefix(&source).unwrap().to_string_lossy().replace('\\', "/");
        let module = inside.split(['/', '.']).next().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        (module, path, text)
    };
    files.into_iter().map(of).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Lines of code, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// Whether `name` stands in a line as a path's first part: `name::`, and not within another word.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(&format!("{name}::"))
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn each_module_uses_only_what_lies_to_its_left() {
    let mut broken = Vec::new();
    for (module, path, text) in sources() {
        if module == "main" || module == "lib" {
            continue;
        }
        let layer = LAYERS.iter().find(|(name, _)| *name == module);
        let Some((_, may)) = layer else {
            broken.push(format!("{} belongs to no layer; add it to the table", path.display()));
            continue;
        };
        for (other, _) in LAYERS.iter().filter(|(other, _)| *other != module) {
            let uses = code(&text).any(|line| {
                line.contains(&format!("crate::{other}"))
                    || line.contains(&format!("cogdex::{other}"))
            });
            if uses && !may.contains(other) {
                broken.push(format!("{} uses {other}, which {module} may not", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn each_outside_crate_lives_in_its_module() {
    let mut broken = Vec::new();
    for (module, path, text) in sources() {
        for (outside, home) in HOMES.iter().filter(|(_, home)| *home != module) {
            let lives_here = HOMES.contains(&(outside, module.as_str()));
            if !lives_here && code(&text).any(|line| names(line, outside)) {
                broken.push(format!("{}: {outside} lives in {home}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn one_file_alone_speaks_http() {
    let client = root().join("src/probe/client.rs");
    for (_, path, text) in sources() {
        let speaks = code(&text).any(|line| names(line, "reqwest"));
        assert_eq!(speaks, path == client, "{}", path.display());
    }
}

#[test]
fn the_fuzz_targets_lock_knows_every_dependency() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let lock = read("tests/fuzz/Cargo.lock");
    let own = lock.split("[[package]]").find(|it| it.contains("name = \"cogdex\"\n")).unwrap();
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    for name in manifest["dependencies"].as_table().unwrap().keys() {
        let is_known =
            own.contains(&format!(" \"{name}\"")) || own.contains(&format!(" \"{name} "));
        assert!(is_known, "`{name}`: run cargo update -w in tests/fuzz");
    }
}

#[test]
fn no_file_outgrows_its_place_and_each_says_what_it_is_for() {
    let mut broken = Vec::new();
    for (_, path, text) in sources() {
        let lines = text.lines().count();
        if lines > MAX_LINES {
            broken.push(format!("{} has {lines} lines of at most {MAX_LINES}", path.display()));
        }
        if !text.starts_with("//!") {
            broken.push(format!("{} does not say what it is for", path.display()));
        }
        if path.ends_with("mod.rs") {
            broken.push(format!("{}: a module stands beside its folder", path.display()));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_clock_is_read_in_one_place_and_the_library_writes_nothing() {
    for (module, path, text) in sources() {
        let clock = ["Timestamp::now", "SystemTime::now", "Zoned::now"];
        let reads = code(&text).any(|line| clock.iter().any(|clock| line.contains(clock)));
        assert!(!reads || module == "cli", "{} reads the clock", path.display());
        let prints =
            code(&text).any(|line| line.contains("println!") || line.contains("io::stdout"));
        assert!(!prints || module == "cli", "{} writes to the terminal", path.display());
    }
}
