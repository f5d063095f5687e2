//! Rows that can't be read: counted, named by line, and no harm to the others.

use std::fmt::Write as _;
use std::io::Read;

use cogdex::reprice::{Input, Periods, ReadOptions, ReadProgress, RowErrorKind, Usage};
use serde_json::{Value, json};

use super::{World, document, log, said, total};

/// One good row, before and after each bad one.
const GOOD: &str = "2026-01-01,1,1024x1024,standard,t";

fn bad(rows: &[&str]) -> Value {
    let rows: Vec<_> = rows.iter().flat_map(|row| [GOOD, row]).chain([GOOD]).collect();
    let output = World::new().reprice(log(&rows), &["--format", "json"]);
    let document = document(&output, 1);
    let good = rows.len() / 2 + 1;
    assert_eq!(total(&document, "p/l"), format!("0.0{good}"), "{rows:?}");
    document["bad_rows"].clone()
}

#[test]
fn every_kind_of_bad_row_is_counted_with_its_line() {
    for (row, reason) in [
        ("2026-01-01,1,1024x1024,\"standard,t", "broken-quoting"),
        ("2026-01-01,1,1024x1024,\"standard\"x,t", "broken-quoting"),
        ("2026-01-01,1,1024x1024", "missing-columns"),
        ("\"2026-01-01\",1", "missing-columns"),
        ("2026-01-01,1,1024x1024,standard,t,more", "extra-columns"),
        ("yesterday,1,1024x1024,standard,t", "not-a-time"),
        (",1,1024x1024,standard,t", "not-a-time"),
        ("20260101,1,1024x1024,standard,t", "not-a-time"),
        ("2026-01-01T,1,1024x1024,standard,t", "not-a-time"),
        ("2026-01-01T10:00:00Q,1,1024x1024,standard,t", "not-a-time"),
        ("2026-01-01T1a:00:00Z,1,1024x1024,standard,t", "not-a-time"),
        ("2026-02-30,1,1024x1024,standard,t", "time-out-of-range"),
        ("2026-01-01T24:00:00Z,1,1024x1024,standard,t", "time-out-of-range"),
        ("2026-01-01T10:60:00Z,1,1024x1024,standard,t", "time-out-of-range"),
        ("1969-12-31,1,1024x1024,standard,t", "time-out-of-range"),
        ("99999999999999999999,1,1024x1024,standard,t", "time-out-of-range"),
        ("2026-01-01,one,1024x1024,standard,t", "not-a-count"),
        ("2026-01-01,\"1,000\",1024x1024,standard,t", "not-a-count"),
        ("2026-01-01,1.,1024x1024,standard,t", "not-a-count"),
        ("2026-01-01,++1,1024x1024,standard,t", "not-a-count"),
        ("11/18/2026,1,1024x1024,standard,t", "ambiguous-time"),
        ("18.11.2026 09:00,1,1024x1024,standard,t", "ambiguous-time"),
        ("46344.375,1,1024x1024,standard,t", "not-a-time"),
        ("10:00:00,1,1024x1024,standard,t", "not-a-time"),
        ("2026-01-01T10:00:00 CST,1,1024x1024,standard,t", "not-a-time"),
        ("2026-01-01,-1,1024x1024,standard,t", "not-a-count"),
        ("2026-01-01,1.5,1024x1024,standard,t", "not-a-count"),
        ("2026-01-01,,1024x1024,standard,t", "not-a-count"),
        ("2026-01-01,1000000000001,1024x1024,standard,t", "not-a-count"),
        ("2026-01-01,1,large,standard,t", "not-a-size"),
        ("2026-01-01,1,1024x,standard,t", "not-a-size"),
    ] {
        let bad = bad(&[row]);
        assert_eq!(bad["count"], 1, "{row}");
        assert_eq!(bad["reasons"], json!([{ "reason": reason, "count": 1 }]), "{row}");
        let first = &bad["first"][0];
        assert_eq!((&first["line"], &first["reason"]), (&json!(3), &json!(reason)), "{row}");
    }
}

#[test]
fn a_bad_row_is_told_with_what_stands_there_and_what_is_accepted() {
    for (row, value, words) in [
        ("11/18/2026,1,1024x1024,standard,t", "11/18/2026", "--time-format %m/%d/%Y"),
        ("46344.375,1,1024x1024,standard,t", "46344.375", "times are such as 2026-11-26T10:00:00Z"),
        ("2026-01-01,\"1,000\",1024x1024,standard,t", "1,000", "without separators of thousands"),
        ("2026-01-01,1,large,standard,t", "large", "sizes are such as 1024x1024"),
    ] {
        let output = World::new().reprice(log(&[GOOD, row]), &["--format", "json"]);
        assert_eq!(document(&output, 1)["bad_rows"]["first"][0]["value"], value, "{row}");
        let said = said(&output);
        assert!(said.contains(&format!("line 3 `{value}`")) && said.contains(words), "{said}");
    }
    let long = format!("{}\u{1b}[31m{}", "x".repeat(20), "y".repeat(500));
    let first = bad(&[&format!("2026-01-01,1,{long},standard,t")])["first"][0].clone();
    let value = first["value"].as_str().unwrap();
    assert!(value.ends_with('…') && value.chars().count() == 61 && !value.contains('\u{1b}'));
}

#[test]
fn bytes_that_are_no_text_spoil_their_row_where_they_are_asked_for() {
    let mut bytes = log(&[GOOD]).into_bytes();
    bytes.extend_from_slice(b"2026-01-01,1,1024x1024,standard,\xff\xfe\n");
    bytes.extend_from_slice("2026-01-01,1,1024x1024,standard,schön\n".as_bytes());
    bytes.extend_from_slice(b"2026-01-01,1,1024x1024,standard,\"\xff\"\n");
    bytes.extend_from_slice(b"2026-01-01,1,1024x1024,\xe4,t\n");
    let bad = |flags: &[&str]| {
        let output = World::new().reprice(&bytes, &[&["--format", "json"], flags].concat());
        let document = document(&output, 1);
        let first = document["bad_rows"]["first"].as_array().unwrap().iter();
        assert!(first.clone().all(|row| row["reason"] == "not-utf-8"));
        let lines: Vec<_> = first.map(|row| row["line"].as_u64().unwrap()).collect();
        (total(&document, "p/l").to_owned(), lines)
    };
    assert_eq!(bad(&[]), ("0.04".to_owned(), vec![6]));
    assert_eq!(bad(&["--by", "tag"]), ("0.02".to_owned(), vec![3, 5, 6]));
}

#[test]
fn a_word_without_end_is_no_quality() {
    let row = format!("2026-01-01,1,1024x1024,{},t", "q".repeat(300));
    assert_eq!(bad(&[&row])["first"][0]["reason"], "word-too-long");
}

#[test]
fn so_many_bad_rows_may_be_allowed() {
    let rows = log(&[GOOD, "x", "y", GOOD]);
    for (most, exit) in [("0", 1), ("1", 1), ("2", 0), ("9", 0)] {
        let output = World::new().reprice(&rows, &["--allow-bad", most]);
        assert_eq!(output.status.code(), Some(exit), "{most}");
    }
    let output = World::new().reprice(&rows, &[]);
    let line = "2 rows could not be read and were left out: 2 missing-columns (line 3, 4); \
                to let that pass, give --allow-bad 2";
    assert!(said(&output).contains(line), "{}", said(&output));
    let output = World::new().reprice(&rows, &["--allow-bad", "-1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--allow-bad: "), "{}", said(&output));
}

#[test]
fn an_empty_log_and_one_without_a_header_are_refused() {
    for (log, words) in [
        ("", "not even a header"),
        ("\n\n", "not even a header"),
        ("\"time,images,size\n2026-01-01,1,1024x1024\n", "no header: broken-quoting"),
        ("2026-01-01,1,1024x1024\n", "no column says the time"),
    ] {
        let output = World::new().reprice(log, &[]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{log}");
        assert!(said(&output).contains(words), "{}", said(&output));
    }
    let document = World::new().json(log(&[]), &[]);
    assert_eq!((&document["period"], &document["groups"]), (&Value::Null, &json!([])));
}

#[test]
fn what_is_no_log_at_all_is_refused_in_few_words() {
    let many = (0..500).map(|number| format!("column-{number}")).collect::<Vec<_>>().join(",");
    for (log, words) in [
        (vec![b'x'; 3 << 20], "no header: line-too-long"),
        (
            b"\x7fELF\x1b[31m,\x07,\0\n1,2,3\n".to_vec(),
            "the log has: \u{fffd}ELF\u{fffd}[31m, \u{fffd}, \u{fffd};",
        ),
        (format!("{many}\n").into_bytes(), "column-19, and 480 more;"),
        (format!("{}\n", "n".repeat(2000)).into_bytes(), "nnn…;"),
    ] {
        let output = World::new().reprice(&log, &[]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        assert!(said(&output).contains(words) && said(&output).len() < 2000, "{}", said(&output));
    }
}

/// A log of which nobody holds the whole: a header, a row, a line of so many bytes, a row.
struct Endless {
    before: &'static [u8],
    line: u64,
    fill: Vec<u8>,
    after: &'static [u8],
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = if !self.before.is_empty() {
            self.before.read(into)?
        } else if self.line > 0 {
            let most = into.len().min(self.fill.len());
            let length = most.min(usize::try_from(self.line).unwrap_or(usize::MAX));
            into[..length].copy_from_slice(&self.fill[..length]);
            self.line -= length as u64;
            length
        } else {
            self.after.read(into)?
        };
        Ok(read)
    }
}

fn usage(log: impl Read + Send + 'static) -> Usage {
    let reading = ReadOptions { periods: Periods::new(&[], true, false), ..ReadOptions::default() };
    Usage::read(Input::Text(Box::new(log)), &reading, &ReadProgress::default()).unwrap()
}

#[test]
fn a_line_of_a_gigabyte_is_one_bad_row_and_fills_no_memory() {
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    for fill in [&b"x"[..], b"\"\"", b"\"x", b","] {
        let before = peak();
        let usage = usage(Endless {
            before: b"time,images,size\n2026-01-01,1,1024x1024\n",
            line: 1 << 30,
            fill: fill.repeat(1 << 17),
            after: b"\n2026-01-02,2,1024x1024\n2026-01-03,x,1024x1024\n",
        });
        assert_eq!(usage.rows, 2);
        let first: Vec<_> = usage.bad.first.iter().map(|row| (row.line, row.kind)).collect();
        assert_eq!(first, [(3, RowErrorKind::TooLong), (5, RowErrorKind::NotACount)]);
        // Far less than a gigabyte: other tests of the same process have their share in it. What
        // the system tells is summed up from its threads, and can be a little less than before.
        let grown = peak().saturating_sub(before);
        assert!(grown < 512 << 10, "{grown} kB");
    }
}

#[test]
fn a_quote_that_is_never_closed_costs_its_own_line_alone() {
    let mut log = String::from("time,images,size,note\n");
    for number in 0..200_000 {
        let note = if number == 1000 { "\"lost" } else { "none" };
        writeln!(log, "2026-01-01,1,1024x1024,{note}").unwrap();
    }
    let usage = usage(std::io::Cursor::new(log));
    assert_eq!(usage.rows, 199_999);
    let first: Vec<_> = usage.bad.first.iter().map(|row| (row.line, row.kind)).collect();
    assert_eq!(first, [(1002, RowErrorKind::BrokenQuoting)]);
}

#[test]
fn the_first_bad_rows_are_kept_and_all_are_counted() {
    let mut log = String::from("time,images,size\n");
    for number in 0..300_000 {
        log.push_str(if number % 3 == 2 { "bad\n" } else { "2026-01-01,1,1024x1024\n" });
    }
    let usage = usage(std::io::Cursor::new(log));
    assert_eq!((usage.rows, usage.bad.count), (200_000, 100_000));
    let lines: Vec<u64> = usage.bad.first.iter().map(|row| row.line).collect();
    assert_eq!(lines, (0..20).map(|number| number * 3 + 4).collect::<Vec<_>>());
}
