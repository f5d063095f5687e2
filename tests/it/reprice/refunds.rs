//! Images that were given back: bad rows, or with `--allow-negative` less of what was drawn.

use serde_json::json;

use super::{World, document, groups, row, said, total};
use crate::support::{cogdex, folder};

const LOG: &str = "time,n,size,tag\n2026-01-15,5,1024x1024,a\n2026-01-15,-2,1024x1024,b\n\
                   \"2026-01-15\",-1.0,1024x1024,a\n2026-02-15,3,1024x1024,b\n";

#[test]
fn refunds_are_bad_rows_unless_they_are_allowed() {
    let output = World::new().reprice(LOG, &["--format", "json"]);
    let bad = &document(&output, 1)["bad_rows"];
    assert_eq!((&bad["count"], &bad["first"][0]["value"]), (&json!(2), &json!("-2")));
    assert!(said(&output).contains("--allow-negative"), "{}", said(&output));
}

#[test]
fn refunds_lower_the_total_of_their_own_day_and_group() {
    let world = World::new();
    let document = world.json(LOG, &["--allow-negative", "--by", "month,tag"]);
    // 5 - 2 - 1 images of January at 0.010, 3 of February at 0.011.
    assert_eq!(total(&document, "p/l"), "0.053");
    assert_eq!(
        (&row(&document, "p/l")["images"], &document["bad_rows"]["count"]),
        (&5.into(), &0.into())
    );
    let sums: Vec<_> = groups(&document, "p/l").into_iter().map(|(_, total)| total).collect();
    assert_eq!(sums, ["0.04", "-0.02", "0.033"].map(|sum| json!(sum)));
    let lines = LOG.lines().skip(1).map(|line| {
        let fields: Vec<_> = line.split(',').collect();
        let (time, n, size) = (fields[0].trim_matches('"'), fields[1], fields[2]);
        format!("{{\"time\": \"{time}\", \"n\": {n}, \"size\": \"{size}\"}}\n")
    });
    let lines: String = lines.collect();
    assert_eq!(total(&world.json(lines, &["--allow-negative"]), "p/l"), "0.053");
    let only = "time,n,size\n2026-01-15,-7,1024x1024\n";
    let output = world.reprice(only, &["--allow-negative"]);
    assert_eq!(output.status.code(), Some(0));
    let only = world.json(only, &["--allow-negative"]);
    assert_eq!((total(&only, "p/l"), &row(&only, "p/l")["state"]), ("-0.07", &json!("priced")));
}

#[test]
fn a_month_of_steps_counts_what_was_kept() {
    let steps = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n\
                 price = [{ price = \"0.02 USD / image\", up-to = 10 }, \
                 { price = \"0.01 USD / image\" }]\n";
    let catalog = folder(&[("listings/p/l.toml", steps)]);
    let logs = tempfile::tempdir().unwrap();
    let path = logs.path().join("usage.csv");
    for (rows, wanted) in [
        ("2026-01-15,20,1024x1024\n2026-01-16,-5,1024x1024", "0.25"),
        ("2026-01-15,20,1024x1024\n2026-01-16,-20,1024x1024", "0"),
        ("2026-01-15,-15,1024x1024", "-0.25"),
    ] {
        std::fs::write(&path, format!("time,n,size\n{rows}\n")).unwrap();
        let (log, catalog) = (path.to_str().unwrap(), catalog.path().to_str().unwrap());
        let flags = ["reprice", log, "--catalog", catalog, "--allow-negative", "--format", "json"];
        for by in [&[][..], &["--by", "day"]] {
            let document = document(&cogdex(&[&flags[..], by].concat()), 0);
            assert_eq!(total(&document, "p/l"), wanted, "{rows}");
        }
    }
}
