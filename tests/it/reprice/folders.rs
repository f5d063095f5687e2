//! Logs in folders whose names are columns, as Hive writes them.

use super::{World, document, groups, said, total};

/// Writes a log at each place, and prices the folder of all.
fn hive(files: &[(&str, &str)], flags: &[&str]) -> std::process::Output {
    let world = World::new();
    for (path, text) in files {
        let path = world.logs.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    world.run(world.logs.path().to_str().unwrap(), &[&["--format", "json"], flags].concat())
}

const ROWS: &str = "images,size\n2,1024x1024\n1,1024x1024\n";
const LINES: &str = "{\"images\": 2, \"size\": \"1024x1024\"}\n";

#[test]
fn a_folder_is_a_column_where_the_file_has_none_of_its_meaning() {
    let days = [("day=2026-01-15/a.csv", ROWS), ("day=2026-02-15/b.csv", ROWS)];
    let document = document(&hive(&days, &["--by", "day"]), 0);
    assert_eq!(total(&document, "p/l"), "0.063");
    let of_days: Vec<_> = groups(&document, "p/l").into_iter().map(|(by, _)| by).collect();
    assert_eq!(of_days[1]["day"], "2026-02-15");
    for files in [
        &[("date=2026-01-15/a.jsonl", LINES)][..],
        &[("year=2026/month=1/day=15/hour=7/a.csv", "n,size\n2,1024x1024\n")],
        &[("dt=2026-01-15/quality=standard/a.jsonl", LINES)],
        // The file's own column goes first.
        &[("day=2026-02-15/a.csv", "time,n,size\n2026-01-15,2,1024x1024\n")],
        &[("time=2026-01-15T10%3A00%3A00Z/size=1024x1024/a.csv", "n\n2\n")],
    ] {
        assert_eq!(total(&super::document(&hive(files, &[]), 0), "p/l"), "0.02", "{files:?}");
    }
    let hd = [("day=2026-01-15/quality=hd/a.jsonl", LINES)];
    assert_eq!(total(&super::document(&hive(&hd, &[]), 0), "p/l"), "0.04");
    let null = [("day=2026-01-15/quality=__HIVE_DEFAULT_PARTITION__/a.csv", ROWS)];
    assert_eq!(total(&super::document(&hive(&null, &[]), 0), "p/l"), "0.03");
}

#[test]
fn a_folder_may_be_named_and_filtered_by() {
    let files =
        [("when=2026-01-15/kind=image/a.csv", ROWS), ("when=2026-01-16/kind=chat/b.csv", ROWS)];
    let map = ["--map", "time=when"];
    let sum = |flags: &[&str]| {
        let output = hive(&files, &[&map[..], flags].concat());
        total(&document(&output, 0), "p/l").to_owned()
    };
    assert_eq!(sum(&[]), "0.06");
    assert_eq!(sum(&["--where", "kind=image"]), "0.03");
    assert_eq!(sum(&["--where", "kind!=image"]), "0.03");
    let none = hive(&files, &[&map[..], &["--where", "kind=video"]].concat());
    assert_eq!(none.status.code(), Some(1));
    assert!(said(&none).contains("kind=chat, kind=image"), "{}", said(&none));
    let missing = hive(&files, &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(said(&missing).contains("the log has: images, size, when, kind"), "{}", said(&missing));
}
