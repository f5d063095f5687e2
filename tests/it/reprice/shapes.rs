//! The shapes of a log that say the same: columns, times, quotes, line ends, packing, pipes.

use std::fmt::Write as _;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::{World, document, log, row, said, total};

/// 3 images standard before the price moves, 2 in hd after it.
const PLAIN: &str = "time,images,size,quality,tag\n\
                     2026-01-31T23:59:59Z,3,1024x1024,standard,shop\n\
                     2026-02-01T00:00:00Z,2,1024x1024,hd,blog\n";

/// 3 × 0.010 + 2 × 0.022.
const COSTS: &str = "0.074";

#[test]
fn each_row_is_priced_as_of_its_own_day_from_midnight_utc() {
    let document = World::new().json(PLAIN, &[]);
    assert_eq!(total(&document, "p/l"), COSTS);
    assert_eq!(document["period"], serde_json::json!({ "from": "2026-01-31", "to": "2026-02-01" }));
    assert_eq!(row(&document, "p/l")["images"], 5);
    assert_eq!(row(&document, "p/l")["log_rows"]["priced"], 2);
    assert_eq!(document["partial"], false);
}

#[test]
fn columns_may_stand_in_any_order_among_others() {
    let shuffled = "note,Quality,N,Timestamp,ID,Size\n\
                    x,standard,3,2026-01-31 12:00:00,17,1024*1024\n\
                    ,hd,2,2026-02-01,18,1024x1024\n";
    assert_eq!(total(&World::new().json(shuffled, &[]), "p/l"), COSTS);
}

#[test]
fn columns_with_names_of_their_own_are_mapped() {
    let odd = "wann,viele,gross,gut\n2026-01-31,3,1024x1024,standard\n2026-02-01,2,1024x1024,hd\n";
    let flags = ["--map", "time=wann,images=viele", "--map", "size=gross,quality=gut"];
    assert_eq!(total(&World::new().json(odd, &flags), "p/l"), COSTS);
    let output = World::new().reprice(odd, &["--map", "time=wann,images=viele"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("no column says the size; the log has: wann, viele, gross, gut")
    );
}

#[test]
fn two_columns_that_may_be_the_time_are_told_apart_by_the_user() {
    let log = "created,time,images,size\n2026-01-01,2026-02-01,1,1024x1024\n";
    let output = World::new().reprice(log, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("`created` and `time` may both be the time"));
    assert_eq!(total(&World::new().json(log, &["--map", "time=created"]), "p/l"), "0.01");
    assert_eq!(total(&World::new().json(log, &["--map", "time=time"]), "p/l"), "0.011");
}

#[test]
fn a_meaning_has_one_column_or_a_message_that_helps() {
    for (header, map, message) in [
        ("time,time,images,size", "", "two columns are called `time`, and either may be the time"),
        ("a,b,images,size", "time=a,time=b", "--map names two columns for the time: a and b"),
    ] {
        let log = format!("{header}\n2026-01-01,2026-02-01,1,1024x1024\n");
        let flags: &[&str] = if map.is_empty() { &[] } else { &["--map", map] };
        let output = World::new().reprice(log, flags);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(message), "{}", said(&output));
    }
}

#[test]
fn every_way_to_write_a_time_gives_its_utc_day() {
    // The first day with the higher price is 2026-02-01.
    for (time, price) in [
        ("2026-02-01", "0.011"),
        ("2026-01-31", "0.01"),
        ("2026-01-31T23:59:59.999Z", "0.01"),
        ("2026-01-31T23:30:00-01:00", "0.011"),
        ("2026-02-01T00:30:00+01:00", "0.01"),
        ("2026-02-01T00:30:00+0100", "0.01"),
        ("2026-01-31t23:59:60z", "0.01"),
        ("2026-02-01 00:00:00", "0.011"),
        ("1769903999", "0.01"),
        ("1769904000", "0.011"),
        ("1769903999999", "0.01"),
        ("1769904000000", "0.011"),
        ("1769903999.75", "0.01"),
    ] {
        let document = World::new().json(log(&[&format!("{time},1,1024x1024,,")]), &[]);
        assert_eq!(total(&document, "p/l"), price, "{time}");
    }
}

#[test]
fn quotes_returns_marks_and_a_missing_last_newline_change_nothing() {
    let world = World::new();
    let plain = world.json(PLAIN, &["--by", "tag"]);
    let quoted = "\"time\",\"images\",\"size\",\"quality\",\"tag\"\n\
                  \"2026-01-31T23:59:59Z\",\"3\",\"1024x1024\",\"standard\",\"shop\"\n\
                  2026-02-01T00:00:00Z,2,\"1024x1024\",hd,\"blog\"\n";
    let marked = format!("\u{feff}{PLAIN}");
    for log in [
        quoted,
        &PLAIN.replace('\n', "\r\n"),
        &quoted.replace('\n', "\r\n"),
        &marked,
        PLAIN.trim_end(),
        &PLAIN.replace("\n2026-02", "\n\n\r\n2026-02"),
    ] {
        assert_eq!(world.json(log, &["--by", "tag"]), plain, "{log}");
    }
}

#[test]
fn a_quoted_field_may_have_commas_newlines_and_quotes() {
    let log = "time,prompt,images,size,tag\n\
               2026-01-01,\"a cat,\n\"\"sitting\"\",\n\non a mat\",3,1024x1024,\"a, \"\"b\"\"\"\n\
               2026-01-01,plain,x,1024x1024,c\n";
    let output = World::new().reprice(log, &["--format", "json", "--by", "tag"]);
    let document = document(&output, 1);
    assert_eq!(total(&document, "p/l"), "0.03");
    assert_eq!(document["groups"][0]["by"]["tag"], "a, \"b\"");
    // The row after it begins on line 6.
    assert_eq!(document["bad_rows"]["first"][0]["line"], 6);
}

/// Enough rows that several blocks are read, by several threads.
fn long() -> (String, u64) {
    let mut rows = String::from("time,images,size,quality,note\n");
    let mut images = 0;
    for number in 0..60_000_u64 {
        let count = number % 7 + 1;
        images += count;
        let note = if number % 1000 == 3 { "\"a,\nb\"" } else { "none" };
        let day = number % 31 + 1;
        writeln!(rows, "2026-01-{day:02}T10:11:12Z,{count},1024x1024,standard,{note}").unwrap();
    }
    (rows, images)
}

#[test]
fn a_long_log_comes_to_the_same_packed_piped_or_plain() {
    let world = World::new();
    let (log, images) = long();
    let plain = world.json(&log, &[]);
    assert_eq!(row(&plain, "p/l")["images"], images);
    assert_eq!(row(&plain, "p/l")["log_rows"]["priced"], 60_000);
    let gzip = |text: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    };
    let (first, second) = log.as_bytes().split_at(1_000_003);
    let twice = [gzip(first), gzip(second)].concat();
    let zstd = zstd::encode_all(log.as_bytes(), 1).unwrap();
    for packed in [gzip(log.as_bytes()), twice, zstd] {
        assert_eq!(world.json(&packed, &[]), plain);
        assert_eq!(document(&world.piped(&packed), 0), plain);
    }
    assert_eq!(document(&world.piped(log.as_bytes()), 0), plain);
}

#[test]
fn a_packed_log_that_was_cut_off_is_no_answer() {
    let packed = zstd::encode_all(long().0.as_bytes(), 1).unwrap();
    let output = World::new().reprice(&packed[..packed.len() / 2], &[]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(said(&output).contains("can't be read to its end"), "{}", said(&output));
}

#[test]
fn the_same_log_gives_the_same_bytes() {
    let (world, (log, _)) = (World::new(), long());
    let ask = || world.reprice(&log, &["--format", "json", "--by", "day"]).stdout;
    let first = ask();
    assert!((0..5).all(|_| ask() == first));
}

#[test]
fn a_word_of_the_log_can_stand_for_another() {
    let rows = log(&["2026-01-01,1,auto,high,", "2026-01-01,1,,standard,"]);
    let flags = ["--read", "size:auto=1024x1024", "--read", "quality:high=hd"];
    let document: Value = World::new().json(&rows, &flags);
    assert_eq!(total(&document, "p/l"), "0.02");
    let refused = &row(&document, "p/l")["log_rows"]["refused"];
    assert_eq!(refused[0]["count"], 1);
    assert!(refused[0]["reason"].as_str().unwrap().starts_with("size-not-given"));
}
