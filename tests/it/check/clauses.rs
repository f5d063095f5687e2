//! Contracts: what is written once for several sources, and a source's errors as one table.

use cogdex::catalog::Clause;

use super::{inspect, told};
use crate::support::tree;

/// The clauses of an endpoint's file, in their order, each as id, source, place, day, note and
/// payload.
fn clauses(lines: &str) -> Vec<String> {
    let file = format!("name = \"E\"\n{lines}");
    let inspection = inspect(&tree(&[("endpoints/p/e.toml", &file)]));
    let endpoint = inspection.catalog.endpoints.values().next().expect("the file was read");
    let text = |clause: &Clause| {
        let Clause { id, source, at, seen, note, body, .. } = clause;
        format!("{id} {source} {at:?} {seen} {note:?} {body:?}")
    };
    endpoint.entity.clauses.iter().map(text).collect()
}

/// `line:column code` of what is wrong with an endpoint's file.
fn faults(lines: &str) -> Vec<String> {
    let file = format!("name = \"E\"\n{lines}");
    let found = told(&tree(&[("endpoints/p/e.toml", &file)]));
    found
        .iter()
        .filter_map(|told| Some(told.strip_prefix("endpoints/p/e.toml:")?.to_owned()))
        .collect()
}

const AUTH: &str =
    "auth = { calls = [\"create\"], header = \"Authorization\", scheme = \"Key\" }\n";

#[test]
fn a_key_may_stand_in_its_header_alone() {
    let alone = AUTH.replace(", scheme = \"Key\"", "");
    let file = format!("[[clause]]\nid = \"auth\"\nsource = \"page\"\nseen = 2026-11-20\n{alone}");
    assert_eq!(faults(&file), [""; 0]);
    let empty = file.replace("\"Authorization\"", "\"x-key\", scheme = \"\"");
    assert_eq!(faults(&empty), ["6:57 bad-value"]);
}

#[test]
fn a_clause_by_several_sources_is_a_clause_of_each() {
    let by = "by = [\n  { source = \"page\", seen = 2026-11-20 },\n  \
              { source = \"page\", at = \"Keys\", seen = 2026-11-19, note = \"Own.\" },\n]\n";
    let once = format!("[[clause]]\nid = \"auth\"\n{by}note = \"Shared.\"\n{AUTH}");
    let head = "[[clause]]\nid = \"auth\"\nsource = \"page\"\n";
    let long = format!(
        "{head}seen = 2026-11-20\nnote = \"Shared.\"\n{AUTH}\
         {head}at = \"Keys\"\nseen = 2026-11-19\nnote = \"Own.\"\n{AUTH}"
    );
    assert_eq!(clauses(&once).len(), 2);
    assert_eq!(clauses(&once), clauses(&long));
    assert_eq!(faults(&once), [""; 0]);
}

#[test]
fn a_table_of_errors_is_a_clause_for_each_row_among_the_others() {
    let first = format!("[[clause]]\nid = \"auth\"\nsource = \"page\"\nseen = 2026-11-20\n{AUTH}");
    let last = first.replace("\"auth\"", "\"auth.2\"");
    let table = "[[errors]]\nsource = \"page\"\nat = \"Errors\"\nseen = 2026-11-20\nrows = [\n\
                 { status = 429, code = \"1302\", when = \"rate-limit\", note = \"By key.\" },\n\
                 { status = 500, retryable = true },\n\
                 { code-number = 7 },\n\
                 { id = \"error.500.other\", status = 500 },\n]\n";
    let row = |id: &str, rest: &str| {
        format!(
            "[[clause]]\nid = \"{id}\"\nsource = \"page\"\nat = \"Errors\"\nseen = 2026-11-20\n{rest}\n"
        )
    };
    let long = [
        row(
            "error.429.1302",
            "error = { status = 429, code = \"1302\", when = \"rate-limit\" }\nnote = \"By key.\"",
        ),
        row("error.500", "error = { status = 500, retryable = true }"),
        row("error.7", "error = { code-number = 7 }"),
        row("error.500.other", "error = { status = 500 }"),
    ];
    let short = format!("{first}{table}{last}");
    assert_eq!(clauses(&short), clauses(&format!("{first}{}{last}", long.concat())));
    assert_eq!(clauses(&short).len(), 6);
    assert_eq!(faults(&short), [""; 0]);
}

#[test]
fn what_is_wrong_with_them_is_told_at_its_place() {
    let clause = |by: &str| format!("[[clause]]\nid = \"auth\"\n{by}\n{AUTH}");
    let of_clause = |by: &str| faults(&clause(by));
    assert_eq!(of_clause("by = []"), ["4:6 bad-value"]);
    assert_eq!(of_clause("by = 1"), ["4:6 wrong-type", "4:6 bad-value"]);
    assert_eq!(of_clause("by = [\"page\"]"), ["4:7 wrong-type"]);
    assert_eq!(of_clause("by = [{ source = \"page\" }]"), ["4:7 missing-key"]);
    assert_eq!(
        of_clause("by = [{ source = \"page\", seen = 2026-11-20, hour = 1 }]"),
        ["4:45 unknown-key"]
    );
    assert_eq!(
        of_clause("by = [{ source = \"page\", seen = 2026-11-20 }]\nsource = \"page\""),
        ["5:1 unknown-key"]
    );
    assert_eq!(
        of_clause("by = [{ source = \"nowhere\", seen = 2026-11-20 }]"),
        ["4:18 undefined-source"]
    );
    let rows = |rows: &str| {
        faults(&format!("[[errors]]\nsource = \"page\"\nseen = 2026-11-20\nrows = {rows}\n"))
    };
    assert_eq!(rows("[]"), [""; 0]);
    assert_eq!(rows("[{ message = \"bad\" }]"), ["5:9 missing-key"]);
    assert_eq!(rows("[{ status = 400, reason = \"bad\" }]"), ["5:25 unknown-key"]);
    assert_eq!(rows("[{ status = \"400\" }]"), ["5:20 wrong-type"]);
    assert_eq!(rows("7"), ["5:8 wrong-type"]);
    assert_eq!(faults("[[errors]]\nsource = \"page\"\n"), ["2:1 missing-key", "2:1 missing-key"]);
    assert_eq!(faults("errors = 5\n"), ["2:10 wrong-type"]);
}
