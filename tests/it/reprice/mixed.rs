//! Logs in which rows of every shape follow each other in any order: read as each would be alone.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Cursor;

use cogdex::reprice::{Input, Periods, ReadOptions, ReadProgress, RowErrorKind, Usage};
use jiff::civil::Date;
use proptest::prelude::*;

/// A row as it is written, without its line end; the lines it has; and its day, size, quality, tag
/// and images, or what is wrong with it.
type Shape = (&'static [u8], u64, Result<[&'static str; 4], RowErrorKind>, u64);

const SHAPES: &[Shape] = &[
    (b"2026-01-02T03:04:05Z,1,1024x1024,hd,a", 1, Ok(["2026-01-02", "1024x1024", "hd", "a"]), 1),
    (b"2026-01-02T03:59:59Z,9,1024x1024,hd,a", 1, Ok(["2026-01-02", "1024x1024", "hd", "a"]), 9),
    (b"2026-01-02T03:59:60Z,2,1024x1024,hd,a", 1, Ok(["2026-01-02", "1024x1024", "hd", "a"]), 2),
    (b"2026-01-02T03:04:05,12,512x512,hd,", 1, Ok(["2026-01-02", "512x512", "hd", ""]), 12),
    (
        b"2026-01-02 23:04:05,3,1024x1536,standard,b",
        1,
        Ok(["2026-01-02", "1024x1536", "standard", "b"]),
        3,
    ),
    (b"2026-01-02T23:04:05-01:00,4,1024x1536,,b", 1, Ok(["2026-01-03", "1024x1536", "", "b"]), 4),
    (b"2026-01-03,5,1024*1024,hd,b", 1, Ok(["2026-01-03", "1024x1024", "hd", "b"]), 5),
    (
        b"2026-01-03T00:00:00Z,6,1024x1024,exactly-15-long,\xc3\xa4",
        1,
        Ok(["2026-01-03", "1024x1024", "exactly-15-long", "ä"]),
        6,
    ),
    (
        b"2026-01-03T00:00:00Z,6,1024x1024,sixteen-bytes-16,a,",
        1,
        Err(RowErrorKind::ExtraColumns),
        0,
    ),
    (
        b"2026-01-03T00:00:00Z,7,1024x1024,sixteen-bytes-16,a",
        1,
        Ok(["2026-01-03", "1024x1024", "sixteen-bytes-16", "a"]),
        7,
    ),
    (
        b"2026-01-03T00:00:00Z,8,1024x1024,sixteen-bytes-16-and-more,a",
        1,
        Ok(["2026-01-03", "1024x1024", "sixteen-bytes-16-and-more", "a"]),
        8,
    ),
    (
        b"\"2026-01-03T00:00:00Z\",\"2\",1024x1024,\"h\"\"d\",\"a,\nb\"",
        2,
        Ok(["2026-01-03", "1024x1024", "h\"d", "a,\nb"]),
        2,
    ),
    (
        b"2026-01-03T00:00:00Z,1,1024x1024,\"hd,\",\"a\"",
        1,
        Ok(["2026-01-03", "1024x1024", "hd,", "a"]),
        1,
    ),
    (b"", 1, Err(RowErrorKind::MissingValue), 0),
    (b"2026-01-02T03:04:05Z,1,1024x1024,hd", 1, Err(RowErrorKind::MissingColumns), 0),
    (b"2026-01-02T03:6a:05Z,1,1024x1024,hd,a", 1, Err(RowErrorKind::NotATime), 0),
    (b"2026-01-02T03:60:05Z,1,1024x1024,hd,a", 1, Err(RowErrorKind::TimeOutOfRange), 0),
    (b"2026-01-02T25:00:05Z,1,1024x1024,hd,a", 1, Err(RowErrorKind::TimeOutOfRange), 0),
    (b"2026-02-30T03:04:05Z,1,1024x1024,hd,a", 1, Err(RowErrorKind::TimeOutOfRange), 0),
    (b"2026-01-02T03:04:05X,1,1024x1024,hd,a", 1, Err(RowErrorKind::NotATime), 0),
    (b"2026-01-02T03:04:05Z,-1,1024x1024,hd,a", 1, Err(RowErrorKind::NotACount), 0),
    (b"2026-01-02T03:04:05Z,a,1024x1024,hd,a", 1, Err(RowErrorKind::NotACount), 0),
    (b"2026-01-02T03:04:05Z,1,large,hd,a", 1, Err(RowErrorKind::NotASize), 0),
    (b"2026-01-02T03:04:05Z,1,1024x1024,hd,\xff", 1, Err(RowErrorKind::NotUtf8), 0),
    (b"2026-01-02T03:04:05Z,1,1024x1024,\"hd,a", 1, Err(RowErrorKind::BrokenQuoting), 0),
];

/// Rows by shape and how often each comes in a row, with whether they end in a return.
fn rows() -> impl Strategy<Value = Vec<(usize, usize, bool)>> {
    let good = 0..13_usize;
    let run = prop_oneof![4 => Just(1_usize), 1 => 1..700_usize];
    let shape = prop_oneof![3 => good, 1 => 0..SHAPES.len()];
    // An unclosed quote looks for its end in what follows; then nothing else may be quoted.
    proptest::collection::vec((shape, run, any::<bool>()), 1..60).prop_map(|mut rows| {
        if rows.iter().any(|(shape, ..)| *shape == SHAPES.len() - 1) {
            rows.retain(|(shape, ..)| {
                *shape == SHAPES.len() - 1 || !SHAPES[*shape].0.contains(&b'"')
            });
            rows.dedup_by_key(|(shape, ..)| *shape);
            rows.iter_mut()
                .filter(|row| row.0 == SHAPES.len() - 1)
                .skip(1)
                .for_each(|row| row.0 = 0);
            rows.iter_mut().filter(|row| row.0 == SHAPES.len() - 1).for_each(|row| row.1 = 1);
        }
        rows
    })
}

type Groups = BTreeMap<(Date, String, String, String), (u64, u64)>;

/// What must come out: groups with rows and images, the lines of bad rows, and how many those are.
fn expected(rows: &[(usize, usize, bool)]) -> (Groups, Vec<(u64, RowErrorKind)>, u64) {
    let (mut groups, mut bad, mut count, mut line) = (Groups::new(), Vec::new(), 0, 2);
    for (shape, times, _) in rows {
        let (text, lines, read, images) = SHAPES[*shape];
        for _ in 0..*times {
            match read {
                _ if text.is_empty() => {}
                Ok([day, size, quality, tag]) => {
                    let key = (day.parse().unwrap(), size.into(), quality.into(), tag.into());
                    let group = groups.entry(key).or_default();
                    *group = (group.0 + 1, group.1 + images);
                }
                Err(fault) => {
                    count += 1;
                    bad.push((line, fault));
                }
            }
            line += lines;
        }
    }
    bad.truncate(20);
    (groups, bad, count)
}

fn read(log: Vec<u8>) -> (Groups, Vec<(u64, RowErrorKind)>, u64) {
    let reading = ReadOptions {
        periods: Periods::new(&[], true, false),
        by_tag: true,
        ..ReadOptions::default()
    };
    let input = Input::Text(Box::new(Cursor::new(log)));
    let usage = Usage::read(input, &reading, &ReadProgress::default()).unwrap();
    let groups = usage.groups.into_iter().map(|(alike, count)| {
        let size = alike.size.map_or_else(String::new, |size| size.to_string());
        let [quality, tag] = [alike.quality, alike.tag].map(Option::unwrap_or_default);
        ((alike.period, size, quality, tag), (count.rows, count.images))
    });
    let bad = usage.bad.first.iter().map(|row| (row.line, row.kind));
    (groups.collect(), bad.collect(), usage.bad.count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn rows_of_every_shape_are_read_in_any_order(rows in rows()) {
        let mut log = b"time,images,size,quality,tag\n".to_vec();
        for (shape, times, returns) in &rows {
            let mut row = SHAPES[*shape].0.to_vec();
            row.extend_from_slice(if *returns { b"\r\n" } else { b"\n" });
            log.extend_from_slice(&row.repeat(*times));
        }
        prop_assert_eq!(read(log), expected(&rows));
    }
}

#[test]
fn a_log_of_many_columns_is_read_as_one_of_few() {
    for columns in [40, 5_000] {
        let rest = ",x".repeat(columns);
        let mut log = format!("time,images,size,quality,tag{}\n", rest.replace('x', "column"));
        for number in 0..600 {
            let images = number % 9 + 1;
            writeln!(log, "2026-01-02T03:04:05Z,{images},1024x1024,hd,a{rest}").unwrap();
        }
        let (groups, bad, _) = read(log.into_bytes());
        let counts: Vec<_> = groups.values().collect();
        assert_eq!((counts, bad.len()), (vec![&(600, 2991)], 0));
    }
}

#[test]
fn sizes_and_qualities_are_told_apart_however_many_there_are() {
    let mut log = String::from("time,images,size,quality\n");
    for number in 0..60_000 {
        let (side, quality) = (number % 1_000 + 1, number % 7);
        writeln!(log, "2026-01-02T03:04:05Z,1,{side}x{side},quality-{quality}").unwrap();
    }
    let reading = ReadOptions::default();
    let input = Input::Text(Box::new(Cursor::new(log)));
    let usage = Usage::read(input, &reading, &ReadProgress::default()).unwrap();
    assert_eq!((usage.rows, usage.groups.len()), (60_000, 7_000));
    let images: Vec<u64> = usage.groups.values().map(|count| count.images).collect();
    assert_eq!((images.iter().min(), images.iter().max()), (Some(&8), Some(&9)));
}
