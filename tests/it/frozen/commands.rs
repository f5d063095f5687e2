//! Commands that read the catalog: compare, show, check, diff, reprice, import, export, and help.

use std::fmt::Write as _;
use std::path::Path;

use ::parquet::file::reader::{FileReader, SerializedFileReader};

use super::Form::{Csv, Json, JsonOfToday, Markdown, Nothing, Parquet, Sql};
use super::{DAY, Form, Frozen, answer, form};
use crate::support::{cogdex, root, stdout};

/// `compare` on the built-in catalog: a name, its flags, and how the answer is written down.
const COMPARE: &[(&str, &str, Form)] = &[
    ("one-image", "--format json", Json),
    ("any-wide", "--format json --model any --images 100 --size 768x1344", Json),
    ("yuan", "--format json --currency CNY --images 1000", Json),
    ("budget", "--format json --budget 20|USD", Json),
    ("budget-credits", "--format json --budget 500|credits", Json),
    ("budget-yuan", "--format json --budget 7.5|CNY --currency USD", Json),
    ("deadline", "--format json --deadline 60s --images 10 --concurrency 2", Json),
    ("quality", "--format json --quality hd --images 3", Json),
    ("size-of-no-name", "--format json --size 1000x1000", Json),
    ("losses", "--format json --reject-rate 10% --fail-rate 5% --images 7", Json),
    ("seconds", "--format json --seconds-per-image 8.5 --hardware H100", Json),
    ("require-webhook", "--format json --require webhook", Json),
    ("require-async", "--format json --require async --model any", Json),
    ("rate", "--format json --rate CNY/USD=0.14", Json),
    ("jobs", "--format json --jobs tests/it/frozen/input/jobs.toml", Json),
    ("csv", "--format csv --model any --images 10", Csv),
    ("jobs-csv", "--format csv --jobs tests/it/frozen/input/jobs.toml", Csv),
    ("markdown", "--format markdown --images 10", Markdown),
    ("small-catalog", "--format json --catalog tests/fixtures/catalog --model any", Json),
    ("no-such-model", "--model nobody", Nothing),
    ("no-such-flag", "--bogus", Nothing),
    ("no-such-size", "--size 0x1024", Nothing),
    ("no-such-quality", "--quality splendid --format json", Json),
    ("no-such-currency", "--currency QQQ", Nothing),
    ("no-rate", "--currency EUR --format json", Json),
    ("no-such-format", "--format parquet", Nothing),
    ("no-such-catalog", "--catalog tests/no-such-folder", Nothing),
];

/// Other commands on the built-in catalog, or on what stands in their arguments.
const OTHERS: &[(&str, &str, Form)] = &[
    ("compare/past", "compare --as-of 2026-01-10 --format json", Json),
    ("compare/before-all", "compare --as-of 2020-01-01 --format json", Json),
    ("show/apiin", "show apiin/cogview-4 --as-of 2026-11-25 --format json", Json),
    ("show/zai", "show zai/cogview-4-250304 --as-of 2026-11-25 --format json", Json),
    ("show/zai-past", "show zai/cogview-4-250304 --as-of 2025-10-30 --format json", Json),
    ("show/bigmodel", "show bigmodel/cogview-4 --as-of 2026-11-25 --format json", Json),
    ("show/fal", "show fal/cogview4 --as-of 2026-11-25 --format json", Json),
    ("show/replicate", "show replicate/cogview4-6b --as-of 2026-11-25 --format json", Json),
    ("show/nobody", "show nobody/nothing --format json", Nothing),
    ("check/valid", "check --catalog tests/fixtures/catalog --format json", JsonOfToday),
    (
        "diff/added",
        "diff tests/fixtures/catalog --as-of 2026-11-25 --model any --format json",
        Json,
    ),
    (
        "diff/removed",
        "diff catalog tests/fixtures/catalog --as-of 2026-11-25 --images 10 --format json",
        Json,
    ),
    (
        "diff/equal",
        "diff tests/fixtures/catalog tests/fixtures/catalog --as-of 2026-11-25 --format json",
        Json,
    ),
    (
        "diff/markdown",
        "diff tests/fixtures/catalog --as-of 2026-11-25 --model any --format markdown",
        Markdown,
    ),
    ("diff/fail-on", "diff tests/fixtures/catalog catalog --fail-on increase=5%", Nothing),
    ("diff/fail-on-nonsense", "diff tests/fixtures/catalog --fail-on sideways=5%", Nothing),
    ("reprice/own-day", "reprice tests/it/frozen/input/usage.csv --format json", Json),
    (
        "reprice/groups",
        "reprice tests/it/frozen/input/usage.csv --by day,tag --as-of 2026-11-25 --format json",
        Json,
    ),
    (
        "reprice/listing",
        "reprice tests/it/frozen/input/usage.csv --by listing --currency CNY --model any \
         --format json",
        Json,
    ),
    ("reprice/month-csv", "reprice tests/it/frozen/input/usage.csv --by month --format csv", Csv),
    ("reprice/csv", "reprice tests/it/frozen/input/usage.csv --format csv", Csv),
    ("reprice/parquet", "reprice tests/it/frozen/input/usage.csv --format parquet", Parquet),
    ("reprice/markdown", "reprice tests/it/frozen/input/usage.csv --format markdown", Markdown),
    (
        "reprice/seconds",
        "reprice tests/it/frozen/input/usage.csv --seconds-per-image 9 --hardware L40S \
         --rate CNY/USD=0.14 --as-of 2026-11-25 --format json",
        Json,
    ),
    (
        "reprice/bad-rows",
        "reprice tests/it/frozen/input/bad.csv --map time=ts,images=n,size=resolution,quality=mode \
         --read size:auto=1024x1024 --format json",
        Json,
    ),
    (
        "reprice/bad-rows-allowed",
        "reprice tests/it/frozen/input/bad.csv --map time=ts,images=n,size=resolution,quality=mode \
         --read size:auto=1024x1024 --allow-bad 3 --format json",
        Json,
    ),
    ("reprice/no-such-file", "reprice tests/no-such-log.csv", Nothing),
    ("export/json", "export json --as-of 2026-11-25", Json),
    ("export/json-one-model", "export json --as-of 2026-11-25 --model cogview-3-flash", Json),
    ("export/litellm", "export litellm --as-of 2026-11-25", Json),
    ("export/schema", "export schema", Json),
    ("export/openapi-apiin", "export openapi apiin/cogview-4", JsonOfToday),
    ("export/openapi-fal", "export openapi fal/cogview4", JsonOfToday),
    ("export/openapi-none", "export openapi replicate/cogview4-6b", Nothing),
    ("export/sql-duckdb", "export sql --dialect duckdb", Sql),
    ("export/sql-clickhouse", "export sql --dialect clickhouse", Sql),
    ("export/sql-postgres", "export sql --dialect postgres", Sql),
    ("export/sql-spark", "export sql --dialect spark", Sql),
    ("export/sql-sqlite", "export sql --dialect sqlite --as-of 2026-11-25 --model any", Sql),
    ("export/parquet", "export parquet", Parquet),
    ("export/parquet-day", "export parquet --as-of 2026-11-25 --currency CNY", Parquet),
    ("probe/plan-apiin", "probe --plan apiin/cogview-4 --format json", JsonOfToday),
    ("probe/plan-zai", "probe --plan zai/cogview-4-250304 --format json", JsonOfToday),
    ("probe/plan-bigmodel", "probe --plan bigmodel/cogview-4 --format json", JsonOfToday),
    ("probe/plan-fal", "probe --plan fal/cogview4 --format json", JsonOfToday),
    ("probe/plan-wavespeed", "probe --plan wavespeed/cogview-4 --format json", JsonOfToday),
    (
        "probe/plan-limit",
        "probe --plan apiin/cogview-4 --spend-limit 0.50|USD --format json",
        JsonOfToday,
    ),
    ("probe/plan-no-contract", "probe --plan replicate/cogview4-6b --format json", Nothing),
];

/// Every command that has flags.
const HELPS: &[&str] = &[
    "",
    "compare",
    "show",
    "check",
    "diff",
    "build",
    "serve",
    "reprice",
    "probe",
    "history",
    "mock",
    "export",
    "export schema",
    "export openapi",
    "export sql",
    "export parquet",
    "export json",
    "export litellm",
    "import",
    "import litellm",
];

/// The words of a line of the tables above; `|` stands for a space within one.
fn words(line: &str) -> Vec<String> {
    line.split(' ').map(|word| word.replace('|', " ")).collect()
}

fn run(line: &str, form: Form) -> String {
    let words = words(line);
    answer(&words.iter().map(String::as_str).collect::<Vec<_>>(), form)
}

#[test]
fn compare_answers_as_before() {
    let mut frozen = Frozen::default();
    for (name, flags, form) in COMPARE {
        let answer = run(&format!("compare --as-of {DAY} {flags}"), *form);
        frozen.hold(&format!("compare/{name}.txt"), &answer);
    }
    frozen.check();
}

#[test]
fn other_commands_answer_as_before() {
    let mut frozen = Frozen::default();
    for (name, line, form) in OTHERS {
        frozen.hold(&format!("{name}.txt"), &run(line, *form));
    }
    frozen.check();
}

#[test]
fn each_fault_of_a_catalog_is_found_as_before() {
    let mut frozen = Frozen::default();
    let mut folders: Vec<_> = std::fs::read_dir(root().join("tests/fixtures/invalid"))
        .unwrap()
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let all: Vec<_> = folders
        .iter()
        .map(|folder| {
            let line = format!("check --catalog tests/fixtures/invalid/{folder} --format json");
            run(&line, JsonOfToday)
        })
        .collect();
    frozen.hold("check/invalid.txt", &all.join("\n"));
    frozen.check();
}

#[test]
fn flags_are_as_before() {
    let mut text = String::new();
    for command in HELPS {
        let _ = writeln!(text, "cogdex {command}");
        let mut arguments: Vec<_> = command.split_whitespace().collect();
        arguments.push("--help");
        let help = stdout(&arguments);
        // The same flags follow below each command.
        let own = help.split("Flags of every command").next().unwrap();
        let shown = if command.is_empty() { help.as_str() } else { own };
        for line in shown.lines().map(str::trim_start) {
            if let Some(value) = line.strip_prefix("- ") {
                let value = value.split(':').next().unwrap();
                let _ = writeln!(text, "      {value}");
            } else if line.starts_with('-') {
                let flag = line.split("  ").next().unwrap();
                let _ = writeln!(text, "  {flag}");
            } else if let Some(default) = line.split_once("[default: ") {
                let _ =
                    writeln!(text, "      default {}", form::cell(default.1.trim_end_matches(']')));
            }
        }
    }
    let mut frozen = Frozen::default();
    frozen.hold("flags.txt", &text);
    frozen.check();
}

#[test]
fn the_import_of_a_map_is_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("catalog").to_str().unwrap().to_owned();
    let map = "tests/it/frozen/input/litellm.json";
    let output =
        cogdex(&["import", "litellm", map, "--out", &out, "--seen", DAY, "--format", "json"]);
    let document = String::from_utf8(output.stdout).unwrap();
    let mut text = format!("exit {}\n{}", output.status.code().unwrap(), form::document(&document));
    let mut files = Vec::new();
    walk(Path::new(&out), Path::new(&out), &mut files);
    files.sort();
    for (path, content) in files {
        let _ = write!(text, "\n== {path}\n{content}");
    }
    let mut frozen = Frozen::default();
    frozen.hold("import/litellm.txt", &text);
    frozen.check();
}

/// Every file of a folder with its text; what is no text is empty.
pub(super) fn walk(base: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(base, &path, files);
        } else {
            let name = path.strip_prefix(base).unwrap().to_str().unwrap().to_owned();
            files.push((name, std::fs::read_to_string(&path).unwrap_or_default()));
        }
    }
}

/// The tables and views of a script with the rows they get, and a digest of all statements.
pub(super) fn sql(text: &str) -> String {
    let statements: Vec<_> =
        text.lines().filter(|line| !line.starts_with("--") && !line.is_empty()).collect();
    let reduced: Vec<_> =
        statements.iter().map(|line| form::without_quoted_prose(line, '\'')).collect();
    let mut form = format!("digest {}\n", form::digest(&reduced.join("\n")));
    let (mut rows, mut table) = (0, String::new());
    for line in &statements {
        if line.starts_with('(') {
            rows += 1;
        } else if let Some(into) = line.strip_prefix("INSERT INTO ") {
            into.trim_end_matches(" VALUES").clone_into(&mut table);
        } else if line.starts_with("CREATE") {
            let _ = writeln!(form, "{line}");
        }
        if line.starts_with('(') && line.ends_with(';') {
            let _ = writeln!(form, "  {rows} rows into {table}");
            rows = 0;
        }
    }
    form
}

/// The schema of a Parquet file, the number of its rows, the first ones, and a digest of all.
pub(super) fn parquet(bytes: Vec<u8>) -> String {
    let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let mut schema = Vec::new();
    ::parquet::schema::printer::print_schema(&mut schema, file.metadata().file_metadata().schema());
    let rows: Vec<_> = file
        .get_row_iter(None)
        .unwrap()
        .map(|row| form::without_quoted_prose(&row.unwrap().to_string(), '"'))
        .collect();
    let first = rows[..rows.len().min(5)].join("\n");
    let schema = String::from_utf8(schema).unwrap();
    format!("{schema}\n{} rows, digest {}\n{first}\n", rows.len(), form::digest(&rows.join("\n")))
}

#[test]
fn faults_of_the_mock_are_named_as_before() {
    let names: Vec<_> = stdout(&["mock", "--fault-list"])
        .lines()
        .map(|line| line.split(' ').next().unwrap().to_owned() + "\n")
        .collect();
    let mut frozen = Frozen::default();
    frozen.hold("mock/faults.txt", &names.concat());
    frozen.check();
}
