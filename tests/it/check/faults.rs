//! Many faults at once, faults that must not breed others, and what a damaged catalog stops.

use std::path::Path;
use std::process::Output;

use cogdex::catalog::{DiagnosticCode, Tree};

use super::{fixture, inspect, told};
use crate::support::{cogdex, tree};

/// What is told of a small catalog with files added or replaced, without the edition that it lacks and
/// the sources that it does not use.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let inspection = inspect(&tree(files));
    let quiet = [DiagnosticCode::EditionDigest, DiagnosticCode::UncitedSource];
    let findings = inspection.findings.iter().filter(|finding| !quiet.contains(&finding.code));
    findings.map(|finding| format!("{} {}", finding.place, finding.code)).collect()
}

fn statement(lines: &str) -> String {
    format!("model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n{lines}")
}

#[test]
fn the_faults_of_all_files_come_at_once_in_the_order_of_the_files() {
    let found = faults(&[
        ("listings/p/a.toml", "model = \"nowhere\"\n"),
        ("listings/p/b.toml", &statement("price = 0.1\nsizes = [\"0x0\"]\n")),
        ("listings/stray.toml", "model = \"m\"\n"),
        ("makers.toml", ""),
        ("models/m.toml", "name = \"M\nfamily = 5\n"),
        ("rates.toml", "[[rate]]\nrate = \"1 USD = 0 CNY\"\n"),
    ]);
    let wanted = [
        "listings/p/a.toml:1:9 undefined-reference",
        "listings/p/b.toml:5:9 wrong-type",
        "listings/p/b.toml:6:10 bad-value",
        "listings/stray.toml:1:1 unknown-file",
        "makers.toml:1:1 empty-file",
        "models/m.toml:1:10 syntax",
        "rates.toml:1:1 missing-key",
        "rates.toml:2:8 bad-value",
    ];
    // One missing key each: `date`, `source`, `official`.
    let mut wanted = wanted.to_vec();
    wanted.splice(6..7, ["rates.toml:1:1 missing-key"; 3]);
    assert_eq!(found, wanted);
}

#[test]
fn the_faults_of_one_statement_come_at_once() {
    let found = faults(&[(
        "listings/p/l.toml",
        &statement(
            "price = [{ price = \"1 USD / pixie\", size = \"1\", mode = \"x\", colour = 1 }]\n\
             sizes = { min = 0, max = -1, divisor = \"8\", step = 1 }\n\
             withdrawn = [\"prize\", 5]\n\
             excerpt = { latency = 5, prize = \"x\" }\n\
             capabilities = { streaming = \"yes\", steaming = true }\n\
             fee = { rate = \"5\", on = 5, off = 1 }\n\
             [[ruling]]\nfield = \"prize\"\nsides = { page = 1 }\ndate = \"today\"\n",
        ),
    )]);
    let codes = |line: u32| {
        let place = format!("listings/p/l.toml:{line}:");
        let of_line = found.iter().filter(|told| told.starts_with(&place));
        of_line.map(|told| told.split(' ').nth(1).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(codes(5), ["bad-value", "bad-value", "bad-value", "unknown-key"], "{found:#?}");
    assert_eq!(codes(6), ["bad-value", "bad-value", "wrong-type", "unknown-key"], "{found:#?}");
    assert_eq!(codes(7), ["bad-value", "wrong-type"], "{found:#?}");
    assert_eq!(codes(8), ["wrong-type", "unknown-key"], "{found:#?}");
    assert_eq!(codes(9), ["wrong-type", "unknown-key"], "{found:#?}");
    assert_eq!(codes(10), ["bad-value", "wrong-type", "unknown-key"], "{found:#?}");
    assert_eq!(codes(11), ["missing-key", "missing-key"], "{found:#?}");
    assert_eq!(codes(12), ["bad-value"], "{found:#?}");
    assert_eq!(codes(13), ["wrong-type"], "{found:#?}");
    assert_eq!(codes(14), ["wrong-type"], "{found:#?}");
}

#[test]
fn who_cites_a_source_with_a_fault_is_not_wrong_as_well() {
    let cites = statement("price = \"1 USD / image\"\n");
    let listing = ("listings/p/l.toml", cites.as_str());
    let lacking = "[page]\naddress = \"https://example.com\"\ntitle = \"A page\"\n";
    assert_eq!(faults(&[listing, ("sources.toml", lacking)]), ["sources.toml:1:1 missing-key"]);
    assert_eq!(faults(&[listing, ("sources.toml", "")]), ["sources.toml:1:1 empty-file"]);
}

#[test]
fn a_statement_that_could_not_be_read_may_have_cited_the_source() {
    let source = "[page]\naddress = \"https://example.com\"\ntitle = \"T\"\nkind = \"page\"\n";
    let lost = "model = \"m\"\n[[statement]]\nsource = \"page\"\nmode = \"sync\"\n";
    let files = [("sources.toml", source), ("listings/p/l.toml", lost)];
    assert_eq!(told(&tree(&files)), ["listings/p/l.toml:2:1 missing-key"]);
    let without = told(&tree(&[("sources.toml", source)]));
    assert_eq!(without, ["editions.toml:1:1 edition-digest", "sources.toml:1:2 uncited-source"]);
}

#[test]
fn who_names_a_file_or_maker_with_a_fault_is_not_wrong_as_well() {
    let listing = ("listings/p/l.toml", "model = \"m\"\nendpoint = \"p/e\"\n");
    let files = [listing, ("models/m.toml", ""), ("endpoints/p/e.toml", "x")];
    assert_eq!(faults(&files), ["endpoints/p/e.toml:1:2 syntax", "models/m.toml:1:1 empty-file"]);
    let makers = ("makers.toml", "[z]\nname = \"Z\"\naliases = \"Zhipu\"\n");
    let model = ("models/m.toml", "name = \"M\"\nmaker = \"z\"\n");
    assert_eq!(faults(&[makers, model]), ["makers.toml:3:11 wrong-type"]);
    // Nor does a listing without a model name one that does not exist.
    assert_eq!(
        faults(&[("listings/p/l.toml", "slug = \"m\"\n")]),
        ["listings/p/l.toml:1:1 missing-key"]
    );
}

#[test]
fn what_rests_on_a_value_that_could_not_be_read_is_not_wrong_as_well() {
    let unread = "price = \"$1\"\nexcerpt = { price = \"$1\" }\n";
    let gone = "[[statement]]\nsource = \"page\"\nseen = 2026-11-21\nwithdrawn = [\"price\"]\n";
    let ruled = "[[ruling]]\nfield = \"price\"\ndecides = \"1 USD / image\"\ndate = 2026-11-20\n\
                 reason = \"x\"\nsides = { page = \"1 USD / image\" }\n";
    for rest in ["", &gone.replace("-21", "-20"), ruled] {
        let listing = format!("{}{rest}", statement(unread).replacen("-20", "-19", 1));
        let found = faults(&[("listings/p/l.toml", &listing)]);
        assert_eq!(found, ["listings/p/l.toml:5:9 bad-value"], "{listing}");
    }
    // With a price that can be read, all of these hold, and the excerpt and the ruling are checked.
    let read = format!("{}{ruled}", statement(&unread.replacen("\"$1\"", "\"2 USD / image\"", 1)));
    assert_eq!(
        faults(&[("listings/p/l.toml", &read)]),
        [
            "listings/p/l.toml:6:21 excerpt-lacks-figure",
            "listings/p/l.toml:7:1 unknown-ruling-side"
        ]
    );
}

#[test]
fn a_row_that_lost_its_condition_does_not_overlap_the_others() {
    let rows = |size: &str| {
        statement(&format!(
            "price = [\n{{ price = \"1 USD / image\", size = \"9x9\" }},\n\
             {{ price = \"2 USD / image\", size = \"{size}\" }},\n]\n"
        ))
    };
    let found = |size: &str| faults(&[("listings/p/l.toml", &rows(size))]);
    assert_eq!(found("9by9"), ["listings/p/l.toml:7:35 bad-value"]);
    assert_eq!(found("9*9"), ["listings/p/l.toml:5:9 price-overlap"]);
    assert!(found("8x8").is_empty());
}

#[test]
fn a_share_or_a_fee_of_more_than_the_whole_is_told() {
    let found = |facts: &str| faults(&[("listings/p/l.toml", &statement(facts))]);
    let fee = |rate: &str| {
        found(&format!("price = \"1 USD / image\"\nfee = {{ rate = \"{rate}\", on = \"tax\" }}\n"))
    };
    assert_eq!(fee("1900%"), ["listings/p/l.toml:6:16 above-whole"]);
    assert!(fee("100%").is_empty());
    let batch = |share: &str| {
        found(&format!(
            "price = [{{ price = \"1 USD / image\" }}, {{ price = \"{share}\", mode = \"batch\" }}]\n"
        ))
    };
    assert_eq!(batch("100.5%"), ["listings/p/l.toml:5:9 above-whole"]);
    assert!(batch("100%").is_empty());
}

#[test]
fn what_does_not_belong_is_told_once_and_not_read() {
    let strays = [
        ("listings/p/notes.txt", "= = ="),
        ("listings/p/l/m.toml", "[["),
        ("listings/P/l.toml", ""),
        ("listing/p/l.toml", "model = \"m\"\n"),
        ("sources.json", "{}"),
    ];
    for (path, text) in strays {
        assert_eq!(faults(&[(path, text)]), [format!("{path}:1:1 unknown-file")]);
    }
    // Prose, the schema and an editor's hidden files are no data.
    let passed = [("README.md", "# x"), ("schema.json", "{}"), ("listings/p/.l.toml.swp", "\0")];
    assert!(faults(&passed).is_empty());
}

#[test]
fn an_empty_and_a_non_utf8_file_stand_at_their_first_character() {
    let Tree::Files(whole) = tree(&[("listings/p/l.toml", &statement(""))]) else { panic!() };
    let tables = ["editions.toml", "makers.toml", "rates.toml", "endpoints/p/e.toml"];
    let paths = whole.keys().cloned().chain(tables.map(str::to_owned));
    for path in paths.collect::<Vec<_>>() {
        let texts: [(&[u8], DiagnosticCode); 5] = [
            (b"", DiagnosticCode::EmptyFile),
            (b" \r\n\t\n", DiagnosticCode::EmptyFile),
            ("\u{feff}".as_bytes(), DiagnosticCode::EmptyFile),
            (b"\xff\xfef\0o\0", DiagnosticCode::NotUtf8),
            (b"format = 1\nname = \"\xe9\"\n", DiagnosticCode::NotUtf8),
        ];
        for (text, code) in texts {
            let mut files = whole.clone();
            files.insert(path.clone(), text.to_vec());
            assert_eq!(told(&Tree::Files(files)), [format!("{path}:1:1 {code}")]);
        }
    }
}

#[test]
fn many_files_are_told_of_like_few_whatever_thread_read_them() {
    let text = statement("price = 1\n");
    let paths: Vec<_> = (0..200).map(|n| format!("listings/p/l{n:03}.toml")).collect();
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), text.as_str())).collect();
    let wanted: Vec<_> = paths.iter().map(|path| format!("{path}:5:9 wrong-type")).collect();
    assert_eq!(faults(&files), wanted);
}

#[test]
fn the_block_that_the_hint_prints_makes_the_data_an_edition() {
    let Tree::Files(mut files) = tree(&[("listings/p/l.toml", &statement(""))]) else { panic!() };
    files.insert(
        "sources.toml".to_owned(),
        b"[page]\naddress = \"https://example.com\"\ntitle = \"T\"\nkind = \"page\"\n".to_vec(),
    );
    let mut editions = String::new();
    for (file, name) in [
        ("models/m.toml", "2026-11-20"),
        ("providers/p.toml", "2026-11-20.2"),
        ("providers/q.toml", "2026-11-20.3"),
    ] {
        files.get_mut(file).unwrap().extend(b"note = \"changed\"\n");
        let found = inspect(&Tree::Files(files.clone())).findings;
        let [finding] = &found[..] else { panic!("{found:#?}") };
        assert_eq!(finding.code, DiagnosticCode::EditionDigest);
        let block = finding.hint.as_ref().unwrap().strip_prefix("append:\n").unwrap();
        editions = format!("{editions}{block}\n");
        files.insert("editions.toml".to_owned(), editions.clone().into_bytes());
        let inspection = inspect(&Tree::Files(files.clone()));
        assert_eq!(inspection.findings, []);
        assert_eq!(inspection.catalog.edition().unwrap().name, name);
    }
}

#[test]
fn nothing_vanishes_from_a_page_that_states_it() {
    let both = "price = \"1 USD / image\"\nwithdrawn = [\"price\"]\n";
    let old = "[[statement]]\nsource = \"page\"\nseen = 2026-11-19\nprice = \"1 USD / image\"\n";
    for rest in ["", old] {
        let listing = format!("{}{rest}", statement(both));
        let found = faults(&[("listings/p/l.toml", &listing)]);
        assert_eq!(found, ["listings/p/l.toml:6:14 withdrawn-unknown"]);
    }
    let gone = format!("{}{old}", statement("withdrawn = [\"price\"]\n"));
    assert!(faults(&[("listings/p/l.toml", &gone)]).is_empty());
}

#[test]
fn a_source_gives_one_rate_of_a_pair_for_a_day() {
    let rate = |equation: &str, source: &str| {
        format!(
            "[[rate]]\nrate = \"{equation}\"\ndate = 2026-11-20\nsource = \"{source}\"\n\
             official = true\n"
        )
    };
    let first = rate("1 USD = 7 CNY", "page");
    let found = |second: &str| faults(&[("rates.toml", &format!("{first}{second}"))]);
    let again = ["rates.toml:6:1 duplicate-statement"];
    assert_eq!(found(&rate("1 USD = 7.1 CNY", "page")), again);
    assert_eq!(found(&rate("1 CNY = 0.14 USD", "page")), again);
    assert!(found(&rate("1 USD = 0.9 EUR", "page")).is_empty());
    assert!(found(&rate("1 USD = 7.1 CNY", "other")).is_empty());
}

#[test]
fn the_excerpt_of_a_rate_shows_its_figure_and_no_sentence() {
    let found = |excerpt: &str| {
        let rate = "rate = \"1 USD = 7.0197 CNY\"\ndate = 2026-11-20\nsource = \"page\"";
        let text = format!("[[rate]]\n{rate}\nofficial = true\nexcerpt = \"{excerpt}\"\n");
        faults(&[("rates.toml", &text)])
    };
    assert!(found("the central parity rate is 7.0197").is_empty());
    assert_eq!(found("7.0179 per dollar"), ["rates.toml:1:1 excerpt-lacks-figure"]);
    assert_eq!(found(&"7.0197 ".repeat(9)), ["rates.toml:1:1 excerpt-too-long"]);
}

#[test]
fn nothing_of_the_future_is_taken_for_known() {
    let future = "2026-11-21";
    let ruled = format!(
        "[[ruling]]\nfield = \"price\"\ndecides = \"1 USD / image\"\ndate = {future}\nreason = \"x\"\n\
         sides = {{ page = \"1 USD / image\" }}\n"
    );
    let listing = format!("{}{ruled}", statement("price = \"1 USD / image\"\n"));
    let rates = format!(
        "[[rate]]\nrate = \"1 USD = 7 CNY\"\ndate = {future}\nsource = \"page\"\nofficial = true\n"
    );
    let editions =
        format!("[[edition]]\nname = \"x\"\ndate = {future}\ndigest = \"{}\"\n", "0".repeat(64));
    let files = [
        ("listings/p/l.toml", listing.as_str()),
        ("rates.toml", &rates),
        ("editions.toml", &editions),
    ];
    let wanted = [
        "editions.toml:1:1 future-date",
        "listings/p/l.toml:6:1 future-date",
        "rates.toml:1:1 future-date",
    ];
    assert_eq!(faults(&files), wanted);
}

/// The tiny catalog with two of its files damaged, on disk.
fn damaged() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap_or_else(|why| panic!("{why}"));
    let tree = Tree::Folder(fixture("catalog"));
    for path in tree.paths().unwrap_or_else(|why| panic!("{why}")) {
        let mut bytes = tree.read(&path).unwrap_or_default().into_owned();
        if path == "rates.toml" || path == "providers/atelier.toml" {
            bytes.extend_from_slice(b"colour = \"red\"\n");
        }
        put(folder.path(), &path, &bytes);
    }
    folder
}

fn put(folder: &Path, path: &str, bytes: &[u8]) {
    let whole = folder.join(path);
    let written = whole.parent().map_or(Ok(()), std::fs::create_dir_all);
    written.and_then(|()| std::fs::write(&whole, bytes)).unwrap_or_else(|why| panic!("{why}"));
}

fn refused(output: &Output) {
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    let first = "error: providers/atelier.toml:10:1: unknown-key: there is no key `colour` here";
    assert!(lines[0].starts_with(first), "{said}");
    let second = "error: rates.toml:6:1: unknown-key: there is no key `colour` here";
    assert!(lines[1].starts_with(second), "{said}");
    let last = "is damaged, and nothing of it is used; see `cogdex check`";
    assert!(lines[2].ends_with(last), "{said}");
}

#[test]
fn nothing_of_a_damaged_catalog_is_used() {
    let folder = damaged();
    let (bad, good) = (folder.path().to_str().unwrap(), "tests/fixtures/catalog");
    for format in ["table", "json"] {
        let run = |arguments: &[&str]| cogdex(&[arguments, &["--format", format]].concat());
        refused(&run(&["compare", "--catalog", bad]));
        refused(&run(&["show", "atelier/cogview-4", "--catalog", bad]));
        // Not even to say that there is no such listing.
        refused(&run(&["show", "atelier/nothing", "--catalog", bad]));
        refused(&run(&["diff", bad, good]));
        refused(&run(&["diff", good, bad]));
        refused(&run(&["diff", good, "--catalog", bad]));
    }
    refused(&cogdex(&["compare", "--catalog", bad, "--format", "csv"]));
    refused(&cogdex(&["compare", "--catalog", bad, "--format", "markdown"]));
    assert!(cogdex(&["compare", "--catalog", good]).status.success());
}
