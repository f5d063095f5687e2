//! Logs as writers really write them: delimiters, encodings, what stands before the header, and the
//! spellings of times, counts, sizes, quotes and tags.

use std::io::Write as _;

use super::{World, document, groups, log, row, said, total};

/// Three rows with six images at 0.010 USD.
const PLAIN: &str = "time,images,size\n2026-01-01T09:00:00Z,1,1024x1024\n\
                     2026-01-02T09:00:00Z,2,1024x1024\n2026-01-03T09:00:00Z,3,1024x1024\n";

/// Reads a log that has to be the same as [`PLAIN`].
fn is_plain(log: impl AsRef<[u8]>, flags: &[&str]) {
    let document = World::new().json(&log, flags);
    let shown = String::from_utf8_lossy(log.as_ref());
    assert_eq!(total(&document, "p/l"), "0.06", "{shown}");
    let counts = &row(&document, "p/l")["log_rows"]["priced"];
    assert_eq!((counts, &document["bad_rows"]["count"]), (&3.into(), &0.into()), "{shown}");
}

#[test]
fn the_delimiter_is_found_named_or_given() {
    for delimiter in [";", "\t", "|"] {
        let log = PLAIN.replace(',', delimiter);
        is_plain(&log, &[]);
        is_plain(log.replace('\n', "\r\n"), &[]);
        is_plain(format!("sep={delimiter}\n{log}"), &[]);
        let quoted: Vec<_> = log
            .lines()
            .map(|line| format!("\"{}\"\n", line.replace(delimiter, &format!("\"{delimiter}\""))))
            .collect();
        is_plain(quoted.concat(), &[]);
    }
    is_plain(PLAIN.replace(',', "^"), &["--delimiter", "^"]);
    is_plain(PLAIN.replace(',', "\t"), &["--delimiter", "tab"]);
    let output = World::new().reprice(PLAIN, &["--delimiter", "ab"]);
    assert_eq!(output.status.code(), Some(2));
    // A comma within a name is no delimiter where another comes more often.
    is_plain(
        PLAIN.replace(',', ";").replace("size", "size;note (a, b)").replace("024\n", "024;\n"),
        &[],
    );
}

#[test]
fn what_stands_before_the_header_is_left_out_and_lines_are_counted() {
    is_plain(format!("\n\n{PLAIN}"), &[]);
    is_plain(format!("# exported, by hand\n#\n\n{PLAIN}"), &[]);
    is_plain(format!("\u{feff}{PLAIN}"), &[]);
    is_plain(format!("\u{feff}sep=,\n{}", PLAIN.replace("time,", "\"time\",")), &[]);
    let log = format!("# remark\n\n{PLAIN}yesterday,1,1024x1024\n");
    let output = World::new().reprice(log, &["--format", "json"]);
    assert_eq!(document(&output, 1)["bad_rows"]["first"][0]["line"], 7);
}

#[test]
fn utf_16_is_read_where_it_says_what_it_is() {
    let text =
        format!("\u{feff}{}", PLAIN.replace("size", "size,note").replace("024\n", "024,图🎨\n"));
    let units: Vec<u16> = text.encode_utf16().collect();
    is_plain(units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>(), &[]);
    is_plain(units.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<u8>>(), &[]);
    // More than is turned at a time, with characters of two units at every border.
    let many =
        format!("\u{feff}time,images,size,tag\n{}", "2026-01-01,1,1024x1024,🎨\n".repeat(20_000));
    let bytes: Vec<u8> = many.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let document = World::new().json(bytes, &["--by", "tag"]);
    assert_eq!(document["groups"].as_array().unwrap().len(), 2);
    assert_eq!(document["groups"][0]["by"]["tag"], "🎨");
    assert_eq!(total(&document, "p/l"), "200");
}

#[test]
fn a_log_packed_by_bzip2_is_read_in_all_its_parts() {
    let pack = |text: &str| {
        let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    is_plain(pack(PLAIN), &[]);
    let (first, second) = PLAIN.split_at(40);
    is_plain([pack(first), pack(second)].concat(), &[]);
}

#[test]
fn what_is_no_log_is_named_with_the_way_out() {
    let mut tar = vec![b'x'; 257];
    tar.extend_from_slice(b"ustar");
    let workbook = [&b"PK\x03\x04"[..], &[0; 26], b"[Content_Types].xml"].concat();
    for (bytes, words) in [
        (&b"PK\x03\x04\x14\0\0\0"[..], "is a zip archive; unpack it: unzip -p"),
        (&workbook, "is an Excel workbook; save the sheet as CSV"),
        (b"\xfd7zXZ\0\0", "is packed with xz; unpack it: xz -dc"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive"),
        (b"\x89PNG\r\n", "is an image"),
        (b"PARE1234", "is a Parquet file with an encrypted footer"),
        (b"SQLite format 3\0", "is an SQLite database"),
    ] {
        let output = World::new().reprice(bytes, &[]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{words}");
        let said = said(&output);
        assert!(said.contains(words) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn times_are_read_in_every_common_spelling() {
    for time in [
        "2026-01-15",
        " 2026-01-15 ",
        "2026-01-15T09:00",
        "2026-01-15T09:00Z",
        "2026-01-15 09:00",
        "2026-01-15 10:00:00 UTC",
        "2026-01-15 10:00:00 utc",
        "2026-01-15 10:00:00.123456 GMT",
        "\"2026-01-15 10:00:00,123\"",
        "2026-01-16 01:00:00 +0800",
        "2026-01-16 01:00:00 +08:00",
        "2026-01-16 01:00:00.5 +0800 CST",
        "2026-01-15 01:00:00 +0000 UTC",
        "2026-01-14 20:00:00-05",
        "2026/01/15",
        "2026/1/15 09:00",
        "2026/01/15 09:00:00",
        "1768467600",
        "1768467600.123",
        "1768467600123",
        "1768467600123456",
        "1768467600123456789",
    ] {
        let document = World::new().json(log(&[&format!("{time},1,1024x1024,standard,t")]), &[]);
        assert_eq!(document["period"]["from"], "2026-01-15", "{time}");
    }
    for (format, time) in [
        ("%m/%d/%Y", "01/15/2026"),
        ("%d.%m.%Y %H:%M", "15.01.2026 09:00"),
        ("%b %d %Y %I:%M:%S %p %z", "Jan 16 2026 01:00:00 AM +0800"),
        ("%Y%m%d", "20260115"),
    ] {
        let rows =
            log(&[&format!("{time},1,1024x1024,standard,t"), &format!("{time},1,1024x1024,,")]);
        let document = World::new().json(rows, &["--time-format", format]);
        assert_eq!(document["period"]["to"], "2026-01-15", "{time}");
    }
    for format in ["%H:%M", "%!", "yesterday"] {
        let output = World::new().reprice(log(&[]), &["--time-format", format]);
        assert_eq!(output.status.code(), Some(2), "{format}");
    }
}

#[test]
fn counts_and_sizes_are_read_in_every_common_spelling() {
    for count in ["2", "+2", "2.0", "2.000", " 2 ", "\"2\"", " \"2\" "] {
        let document = World::new().json(log(&[&format!("2026-01-15,{count},1024x1024,hd,")]), &[]);
        assert_eq!(total(&document, "p/l"), "0.04", "{count}");
    }
    for size in [
        "1024x1024",
        "1024X1024",
        "1024×1024",
        "1024*1024",
        "1024 x 1024",
        "1024-x-1024",
        " 1024 × 1024 ",
    ] {
        let document = World::new().json(log(&[&format!("2026-01-15,2,{size},hd,")]), &[]);
        assert_eq!(total(&document, "p/l"), "0.04", "{size}");
    }
    let none =
        World::new().json(log(&["2026-01-15,0,1024x1024,hd,", "2026-01-15,2,1024x1024,hd,"]), &[]);
    assert_eq!((total(&none, "p/l"), &none["bad_rows"]["count"]), ("0.04", &0.into()));
    assert_eq!(row(&none, "p/l")["log_rows"]["priced"], 2);
}

#[test]
fn quotes_within_fields_are_read_as_their_writer_meant_them() {
    let tags = |rows: &[&str]| -> Vec<String> {
        let document = World::new().json(log(rows), &["--by", "tag"]);
        groups(&document, "p/l")
            .iter()
            .map(|(by, _)| by["tag"].as_str().unwrap().to_owned())
            .collect()
    };
    for (field, tag) in [
        ("5\" shelf", "5\" shelf"),
        ("\"say \"\"hi\"\", all\"", "say \"hi\", all"),
        ("\"say \\\"hi\\\", all\"", "say \"hi\", all"),
        ("\"{\\\"a\\\": \\\"b\\\\c\\\"}\"", "{\"a\": \"b\\c\"}"),
        ("  \"a, b\"  ", "a, b"),
        ("C:\\logs", "C:\\logs"),
        ("\"C:\\logs\\\"", "C:\\logs\\"),
    ] {
        let row = format!("2026-01-15,1,1024x1024,hd,{field}");
        assert_eq!(tags(&[&row, &row]), [tag], "{field}");
    }
}

#[test]
fn a_tag_fails_no_row_that_nobody_asks_for_it() {
    let two = "time,images,size,project,team\n2026-01-15,2,1024x1024,shop,web\n";
    assert_eq!(total(&World::new().json(two, &[]), "p/l"), "0.02");
    let output = World::new().reprice(two, &["--by", "tag"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("`project` and `team` may both be the tag"));
    let (one, other) = (format!("{}a", "图".repeat(200)), format!("{}b", "图".repeat(200)));
    let long = format!(
        "time,images,size,tag\n2026-01-15,1,1024x1024,{one}\n2026-01-15,2,1024x1024,{other}\n"
    );
    for flags in [&[][..], &["--by", "tag"]] {
        assert_eq!(total(&World::new().json(&long, flags), "p/l"), "0.03");
    }
    let groups = groups(&World::new().json(&long, &["--by", "tag"]), "p/l");
    assert_eq!(groups.len(), 2);
    assert!(
        groups.iter().all(|(by, _)| by["tag"]
            .as_str()
            .is_some_and(|it| it.contains("…#") && it.len() <= 200))
    );
}

#[test]
fn a_total_that_lacks_rows_stands_behind_and_has_no_rank() {
    // `p/l` has no price for one size: dear or cheap, it comes second.
    let rows = ["2026-03-15,1,1024x1024,standard,", "2026-03-15,1,512x512,standard,"];
    let output = World::new().reprice(log(&rows), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("/l ")).collect();
    assert!(lines[0].starts_with("1  q/l") && lines[1].starts_with("-  p/l"), "{text}");
}
