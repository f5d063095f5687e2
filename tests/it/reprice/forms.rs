//! The answer: refusals, floors, parts, forms, and what becomes of an interrupt.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{World, document, groups, log, row, said, total};

const LOG: [&str; 5] = [
    "2025-12-31,1,1024x1024,standard,shop",
    "2026-01-15,2,1024x1024,hd,blog",
    "2026-02-15,3,512x512,hd,shop",
    "2026-03-01,4,1024x1024,,",
    "2026-03-02,5,1024x1024,standard,shop",
];

fn refused(row: &Value) -> Vec<(String, u64)> {
    let refused = row["log_rows"]["refused"].as_array().unwrap().iter();
    let each = refused
        .map(|it| (it["reason"].as_str().unwrap().to_owned(), it["count"].as_u64().unwrap()));
    each.collect()
}

#[test]
fn what_a_listing_can_not_price_is_counted_and_named() {
    let document = World::new().json(log(&LOG), &[]);
    let (p, q) = (row(&document, "p/l"), row(&document, "q/l"));
    // 2 × 0.020 + (4 + 5) × 0.011, and 9 × 0.06 × 0.14.
    assert_eq!((total(&document, "p/l"), total(&document, "q/l")), ("0.139", "0.0756"));
    assert_eq!((&p["floor"], &q["floor"]), (&json!(true), &json!(true)));
    assert_eq!((&p["images"], &q["images"]), (&json!(11), &json!(9)));
    let early = |count| ("before-first-statement".to_owned(), count);
    let size = "no source states a price for this size, quality and mode".to_owned();
    assert_eq!(refused(p), [early(1), (size, 1)]);
    assert_eq!(refused(q), [early(3)]);
    assert_eq!((&p["state"], &q["state"]), (&json!("priced"), &json!("priced")));
}

#[test]
fn one_day_may_price_all_rows() {
    let document = World::new().json(log(&LOG), &["--as-of", "2026-03-01"]);
    // Of 15 images, 3 have a size without a price at p/l.
    assert_eq!((total(&document, "p/l"), total(&document, "q/l")), ("0.154", "0.126"));
    assert_eq!(row(&document, "q/l")["floor"], false);
    assert_eq!(document["as_of"], "2026-03-01");
    // Whole totals stand before floors, though they are no cheaper.
    assert_eq!(document["rows"][0]["listing"], "q/l");
}

#[test]
fn a_listing_without_any_price_has_no_total() {
    let rows = log(&["2026-01-15,2,1024x1024,hd,"]);
    let output = World::new().reprice(&rows, &["--format", "json"]);
    let document = document(&output, 0);
    let q = row(&document, "q/l");
    assert_eq!((&q["total"], &q["images"], &q["floor"]), (&Value::Null, &json!(0), &json!(false)));
    assert_eq!((&q["state"], &document["rows"][1]["listing"]), (&json!("unknown"), &json!("q/l")));
}

#[test]
fn rows_before_the_first_statement_are_refused_with_a_hint() {
    let world = World::new();
    let path = world.logs.path().join("usage");
    std::fs::write(&path, log(&LOG)).unwrap();
    let catalog = world.catalog.path().to_str().unwrap();
    let arguments =
        ["reprice", path.to_str().unwrap(), "--catalog", catalog, "--rate", "CNY/USD=1"];
    let output = crate::support::cogdex(&arguments);
    assert!(said(&output).contains("give --as-of DATE"), "{}", said(&output));
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("before-first-statement: price them with --as-of DATE"), "{table}");
}

#[test]
fn a_day_without_a_rate_refuses_its_rows_and_no_others() {
    let world = World::new();
    std::fs::write(
        world.catalog.path().join("rates.toml"),
        "[[rate]]\nrate = \"1 USD = 8 CNY\"\ndate = 2026-03-02\nsource = \"page\"\nofficial = true\n",
    )
    .unwrap();
    let path = world.logs.path().join("usage");
    std::fs::write(&path, log(&LOG)).unwrap();
    let catalog = world.catalog.path().to_str().unwrap();
    let flags = ["reprice", path.to_str().unwrap(), "--catalog", catalog, "-q", "--format", "json"];
    let document = document(&crate::support::cogdex(&flags), 0);
    assert_eq!(total(&document, "q/l"), "0.0375");
    let reasons = refused(row(&document, "q/l"));
    assert!(
        reasons.iter().any(|(why, rows)| why.starts_with("no-rate:") && *rows == 1),
        "{reasons:?}"
    );
    assert_eq!(document["rates"][0]["date"], "2026-03-02");
}

#[test]
fn totals_are_parted_by_day_month_tag_or_the_logs_listing() {
    let world = World::new();
    let asked = |by: &str| groups(&world.json(log(&LOG), &["--by", by]), "p/l");
    assert_eq!(
        asked("month"),
        [
            (json!({ "month": "2025-12" }), Value::Null),
            (json!({ "month": "2026-01" }), json!("0.04")),
            (json!({ "month": "2026-02" }), Value::Null),
            (json!({ "month": "2026-03" }), json!("0.099")),
        ]
    );
    assert_eq!(
        asked("tag"),
        [
            (json!({ "tag": "" }), json!("0.044")),
            (json!({ "tag": "blog" }), json!("0.04")),
            (json!({ "tag": "shop" }), json!("0.055")),
        ]
    );
    assert_eq!(asked("day").len(), 5);
    assert_eq!(asked("tag,month").len(), 5);
    let models = LOG.map(|row| row.replace("shop", "m-1")).join("\n");
    let models = format!("time,images,size,quality,model\n{models}\n");
    let by = groups(&world.json(&models, &["--by", "listing"]), "p/l");
    assert_eq!(by[2], (json!({ "listing": "m-1" }), json!("0.055")));
    let output = world.reprice("time,images,size\n", &["--by", "tag"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("no column says the tag"));
}

#[test]
fn a_table_marks_floors() {
    let world = World::new();
    for flags in [&[][..], &["--by", "day"], &["--by", "tag,month"]] {
        let output = world.reprice(log(&[&LOG[..], &["bad"]].concat()), flags);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("≥ $0.139"), "{text}");
        assert!(text.contains("missing-columns: 1, line 7"), "{text}");
    }
}

#[test]
fn neither_a_long_name_nor_a_figure_is_broken() {
    let world = World::new();
    let long = "l".repeat(70);
    let statement = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
                     price = \"0.0123456 USD / image\"\n";
    let path = world.catalog.path().join(format!("listings/p/{long}.toml"));
    std::fs::write(path, statement).unwrap();
    let output = world.reprice(log(&LOG[4..]), &["--by", "day"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("1 row, 5 images, 2026-03-02\n"), "{text}");
    assert_eq!(text.matches(&format!("p/{long}  $0.0617 ")).count(), 2, "{text}");
    assert_eq!(text.matches("  Total  Images").count(), 2, "{text}");
}

#[test]
fn a_spreadsheet_has_a_row_a_listing_or_part() {
    let text = |flags: &[&str]| {
        let output = World::new().reprice(log(&LOG), &[&["--format", "csv"], flags].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let rows: Vec<_> = csv::Reader::from_reader(text(&[]).as_bytes())
        .deserialize::<std::collections::BTreeMap<String, String>>()
        .collect::<Result<_, _>>()
        .unwrap();
    // Of two floors, the one with more of its rows priced comes first.
    assert_eq!((rows.len(), rows[0]["total_high"].as_str()), (2, "0.139"));
    assert_eq!((rows[0]["floor"].as_str(), rows[0]["rows_refused"].as_str()), ("true", "2"));
    assert!(text(&["--by", "tag"]).starts_with("tag,listing,provider,state,currency,"));
    assert_eq!(text(&["--by", "tag"]).lines().count(), 7);
}

#[test]
fn an_interrupt_prints_what_was_read_so_far() {
    let world = World::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cogdex"))
        .args(["reprice", "-", "--format", "json", "--rate", "CNY/USD=0.14", "-q", "--catalog"])
        .arg(world.catalog.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than pipe and buffers hold: once it is written, the program has read most of it.
    let row = "2026-01-15T10:11:12Z,2,1024x1024,hd,blog\n";
    stdin.write_all(log(&[]).as_bytes()).unwrap();
    stdin.write_all(row.repeat(60_000).as_bytes()).unwrap();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    // It ends at the next block, or tells so by closing the pipe.
    while stdin.write_all(row.repeat(1000).as_bytes()).is_ok() {}
    let document = document(&child.wait_with_output().unwrap(), 3);
    assert_eq!(document["partial"], true);
    let images = row_images(&document);
    assert!(images > 0 && images.is_multiple_of(2), "{images}");
}

fn row_images(document: &Value) -> u64 {
    row(document, "p/l")["images"].as_u64().unwrap()
}
