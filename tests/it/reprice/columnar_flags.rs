//! Parquet with what the flags say of a log: constants, filters, gateways, places within columns.

use std::sync::Arc;

use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use serde_json::json;

use super::{World, document, groups, said, total};

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

fn write<T: DataType>(group: &mut Group<'_>, values: &[T::T], levels: Option<&[i16]>) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, levels, None).unwrap();
    column.close().unwrap();
}

fn texts(group: &mut Group<'_>, values: &[&str]) {
    let values: Vec<ByteArray> = values.iter().map(|text| (*text).into()).collect();
    write::<ByteArrayType>(group, &values, None);
}

/// A file with these columns, which `write_columns` writes.
fn file(columns: &str, write_columns: impl FnOnce(&mut Group<'_>)) -> Vec<u8> {
    let text = format!("message log {{ {columns} }}");
    let schema = Arc::new(parquet::schema::parser::parse_message_type(&text).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    write_columns(&mut group);
    group.close().unwrap();
    file.into_inner().unwrap()
}

/// 2026-01-15, in milliseconds.
const DAY: i64 = 1_768_435_200_000;

/// Three rows of 1, 2 and 4 images: two of a kind, the last of another.
fn three() -> Vec<u8> {
    let columns = "required int64 time (TIMESTAMP(MILLIS, true)); required binary kind (STRING); \
                   required group usage { required int64 n; required binary size (STRING); } \
                   required int32 project; required boolean cached;";
    file(columns, |group| {
        write::<Int64Type>(group, &[DAY, DAY + 86_400_000, DAY], None);
        texts(group, &["image", "image", "chat"]);
        write::<Int64Type>(group, &[1, 2, 4], None);
        texts(group, &["1024x1024", "1024 x 1024", "none"]);
        write::<Int32Type>(group, &[7, 7, 8], None);
        write::<BoolType>(group, &[true, false, false], None);
    })
}

#[test]
fn constants_and_filters_hold_for_parquet_too() {
    let map = ["--map", "images=usage.n,size=usage.size,tag=project"];
    for (flags, sum) in [
        (&["--where", "kind=image"][..], "0.03"),
        (&["--where", "kind!=chat"], "0.03"),
        (&["--where", "cached=true"], "0.01"),
        (&["--where", "project=7", "--where", "time~2026-01-16"], "0.02"),
        (&["--where", "kind=image", "--set", "quality=hd"], "0.06"),
    ] {
        let document = World::new().json(three(), &[&map[..], flags].concat());
        assert_eq!(total(&document, "p/l"), sum, "{flags:?}");
    }
    let output = World::new().reprice(three(), &[&map[..], &["--format", "json"]].concat());
    let bad = &document(&output, 1)["bad_rows"]["first"];
    assert_eq!(*bad, json!([{ "line": 3, "reason": "not-a-size", "value": "none" }]));
    let flags = ["--where", "kind=image", "--by", "tag"];
    let document = World::new().json(three(), &[&map[..], &flags].concat());
    assert_eq!(groups(&document, "p/l"), [(json!({ "tag": "7" }), json!("0.03"))]);
    let set = ["--set", "images=3", "--set", "size=1024x1024", "--map", "tag=project"];
    let document = World::new().json(three(), &[&set[..], &["--by", "tag"]].concat());
    let sums: Vec<_> = groups(&document, "p/l").into_iter().map(|(_, sum)| sum).collect();
    assert_eq!(sums, ["0.06", "0.03"].map(|sum| json!(sum)));
    let none = World::new().reprice(three(), &[&map[..], &["--where", "project=9"]].concat());
    assert_eq!(none.status.code(), Some(1));
    assert!(said(&none).contains("project=7, project=8"), "{}", said(&none));
    let both = World::new().reprice(three(), &["--map", "images=usage.n", "--set", "images=1"]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn a_gateways_log_may_be_parquet() {
    let columns = "required binary call_type (STRING); required int96 startTime; \
                   required binary metadata (STRING); required binary request_tags (STRING);";
    let mut day = Int96::new();
    day.set_data(0, 0, 2_461_056);
    let log = file(columns, |group| {
        texts(group, &["aimage_generation", "acompletion", "image_generation"]);
        write::<Int96Type>(group, &[day; 3], None);
        texts(group, &["{\"n\": 1}", "{}", "{\"n\": \"2\"}"]);
        texts(group, &["[\"web\"]", "", "[]"]);
    });
    let flags = ["--log", "litellm", "--set", "size=1024x1024", "--by", "day"];
    let document = World::new().json(log, &flags);
    assert_eq!(groups(&document, "p/l"), [(json!({ "day": "2026-01-15" }), json!("0.03"))]);
    assert_eq!(document["left_out_rows"], 1);
}

#[test]
fn a_time_format_is_for_what_is_no_time_yet() {
    let texts_log = file("required binary time (STRING); required int32 n;", |group| {
        texts(group, &["15.01.2026", "16.01.2026"]);
        write::<Int32Type>(group, &[1, 2], None);
    });
    let set = ["--set", "size=1024x1024"];
    let format = |format| ["--time-format", format];
    let json = |log, form| World::new().json(log, &[set, format(form)].concat());
    assert_eq!(total(&json(texts_log, "%d.%m.%Y"), "p/l"), "0.03");
    let numbers = file("required int32 time; required int32 n;", |group| {
        write::<Int32Type>(group, &[20_260_115, 20_260_116], None);
        write::<Int32Type>(group, &[1, 2], None);
    });
    assert_eq!(total(&json(numbers, "%Y%m%d"), "p/l"), "0.03");
    let times = file("required int64 time (TIMESTAMP(MILLIS, true)); required int32 n;", |group| {
        write::<Int64Type>(group, &[DAY, DAY], None);
        write::<Int32Type>(group, &[1, 2], None);
    });
    assert_eq!(total(&json(times, "%Y%m%d"), "p/l"), "0.03");
}

#[test]
fn a_column_of_nulls_may_have_any_type() {
    let columns = "required int64 time (TIMESTAMP(MILLIS, true)); required int32 n; \
                   required binary size (STRING); optional int32 quality; optional boolean tag;";
    let log = file(columns, |group| {
        write::<Int64Type>(group, &[DAY; 2], None);
        write::<Int32Type>(group, &[1, 2], None);
        texts(group, &["1024x1024"; 2]);
        write::<Int32Type>(group, &[], Some(&[0, 0]));
        write::<BoolType>(group, &[], Some(&[0, 0]));
    });
    let document = World::new().json(log, &["--by", "tag"]);
    assert_eq!(total(&document, "p/l"), "0.03");
    let columns = "required int64 n; optional boolean time; required binary size (STRING);";
    let log = file(columns, |group| {
        write::<Int64Type>(group, &[1, 2], None);
        write::<BoolType>(group, &[], Some(&[0, 0]));
        texts(group, &["1024x1024"; 2]);
    });
    let output = World::new().reprice(log, &["--format", "json"]);
    let bad = &super::document(&output, 1)["bad_rows"];
    assert_eq!(bad["reasons"], json!([{ "reason": "missing-value", "count": 2 }]));
}

#[test]
fn refunds_in_parquet_lower_the_total() {
    let columns = "required int32 time (DATE); required double n; required binary size (STRING);";
    let log = file(columns, |group| {
        write::<Int32Type>(group, &[20_468; 2], None);
        write::<parquet::data_type::DoubleType>(group, &[3.0, -1.0], None);
        texts(group, &["1024x1024"; 2]);
    });
    assert_eq!(total(&World::new().json(&log, &["--allow-negative"]), "p/l"), "0.02");
    assert_eq!(World::new().reprice(&log, &[]).status.code(), Some(1));
}
