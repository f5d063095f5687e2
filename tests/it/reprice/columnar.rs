//! Logs in Parquet: written in every shape that is read, they cost what the same rows cost as CSV.

use std::sync::Arc;

use cogdex::reprice::{Input, ReadOptions, ReadProgress, Usage};
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type,
    Int64Type, Int96, Int96Type,
};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use serde_json::{Value, json};

use super::{World, document, row, said, total};

/// The rows of all files: seconds since 1970, images, and places in these lists.
const SIZES: [&str; 3] = ["1024x1024", "768x1344", "auto"];
const QUALITIES: [Option<&str>; 4] = [Some("standard"), Some("hd"), None, Some("")];

/// How a file is written.
#[derive(Debug, Clone, Copy)]
struct Shape {
    dictionary: bool,
    numbers: Encoding,
    texts: Encoding,
    version: WriterVersion,
    compression: Compression,
    groups: usize,
    time: Option<TimeUnit>,
    nullable: bool,
}

const PLAIN: Shape = Shape {
    dictionary: true,
    numbers: Encoding::PLAIN,
    texts: Encoding::PLAIN,
    version: WriterVersion::PARQUET_1_0,
    compression: Compression::UNCOMPRESSED,
    groups: 1,
    time: Some(TimeUnit::MILLIS),
    nullable: false,
};

/// 30,000 rows: each time, its images, its size and quality.
fn rows() -> Vec<(i64, i32, &'static str, Option<&'static str>)> {
    let row = |number: usize| {
        // 2026-01-20 and on, a row each 97 seconds.
        let seconds = 1_768_867_200 + i64::try_from(number).unwrap() * 97;
        let images = i32::try_from(number % 11).unwrap() + 1;
        (seconds, images, SIZES[number % 7 % 3], QUALITIES[number / 100 % 4])
    };
    (0..30_000).map(row).collect()
}

fn csv() -> String {
    let lines = rows().into_iter().map(|(seconds, images, size, quality)| {
        format!("{seconds},{images},{size},{}\n", quality.unwrap_or_default())
    });
    std::iter::once("time,images,size,quality\n".to_owned()).chain(lines).collect()
}

fn write<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    levels: Option<&[i16]>,
) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, levels, None).unwrap();
    column.close().unwrap();
}

fn file(shape: Shape) -> Vec<u8> {
    let field = |name: &str, physical, logical, nullable| {
        let repetition = if nullable { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let field = Type::primitive_type_builder(name, physical).with_logical_type(logical);
        Arc::new(field.with_repetition(repetition).build().unwrap())
    };
    let stamp = shape.time.map(|unit| LogicalType::timestamp(true, unit));
    let fields = vec![
        field("time", Physical::INT64, stamp, false),
        field("images", Physical::INT32, None, shape.nullable),
        field("size", Physical::BYTE_ARRAY, Some(LogicalType::String), false),
        field("quality", Physical::BYTE_ARRAY, Some(LogicalType::String), true),
    ];
    let schema = Type::group_type_builder("log").with_fields(fields).build().unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(shape.dictionary)
        .set_writer_version(shape.version)
        .set_compression(shape.compression)
        .set_encoding(shape.texts)
        .set_column_encoding("time".into(), shape.numbers)
        .set_column_encoding("images".into(), shape.numbers)
        .set_data_page_row_count_limit(5_000)
        .build();
    let mut file =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).unwrap();
    let scale = match shape.time {
        None => 1,
        Some(TimeUnit::MILLIS) => 1_000,
        Some(TimeUnit::MICROS) => 1_000_000,
        Some(TimeUnit::NANOS) => 1_000_000_000,
    };
    let all = rows();
    for rows in all.chunks(all.len().div_ceil(shape.groups)) {
        let mut group = file.next_row_group().unwrap();
        let times: Vec<i64> = rows.iter().map(|row| row.0 * scale).collect();
        write::<Int64Type>(&mut group, &times, None);
        let images: Vec<i32> = rows.iter().map(|row| row.1).collect();
        let levels = vec![1; images.len()];
        write::<Int32Type>(&mut group, &images, shape.nullable.then_some(&levels));
        let sizes: Vec<ByteArray> = rows.iter().map(|row| row.2.into()).collect();
        write::<ByteArrayType>(&mut group, &sizes, None);
        let qualities: Vec<ByteArray> = rows.iter().filter_map(|row| Some(row.3?.into())).collect();
        let levels: Vec<i16> = rows.iter().map(|row| row.3.is_some().into()).collect();
        write::<ByteArrayType>(&mut group, &qualities, Some(&levels));
        group.close().unwrap();
    }
    file.into_inner().unwrap()
}

fn shapes() -> Vec<Shape> {
    vec![
        PLAIN,
        Shape { dictionary: false, ..PLAIN },
        Shape { version: WriterVersion::PARQUET_2_0, nullable: true, ..PLAIN },
        Shape { compression: Compression::SNAPPY, groups: 3, ..PLAIN },
        Shape { compression: Compression::ZSTD(parquet::basic::ZstdLevel::default()), ..PLAIN },
        Shape { compression: Compression::LZ4_RAW, nullable: true, dictionary: false, ..PLAIN },
        Shape { compression: Compression::GZIP(parquet::basic::GzipLevel::default()), ..PLAIN },
        Shape { time: Some(TimeUnit::MICROS), groups: 5, ..PLAIN },
        Shape { time: Some(TimeUnit::NANOS), ..PLAIN },
        Shape { time: None, ..PLAIN },
        Shape { compression: Compression::BROTLI(parquet::basic::BrotliLevel::default()), ..PLAIN },
        Shape {
            dictionary: false,
            numbers: Encoding::DELTA_BINARY_PACKED,
            texts: Encoding::DELTA_LENGTH_BYTE_ARRAY,
            ..PLAIN
        },
        Shape {
            dictionary: false,
            version: WriterVersion::PARQUET_2_0,
            numbers: Encoding::BYTE_STREAM_SPLIT,
            texts: Encoding::DELTA_BYTE_ARRAY,
            nullable: true,
            ..PLAIN
        },
    ]
}

#[test]
fn a_file_of_every_shape_costs_what_its_rows_cost_as_text() {
    let world = World::new();
    let flags = ["--by", "day", "--read", "size:auto=1024x1024"];
    let wanted = world.json(csv(), &flags);
    assert_eq!(row(&wanted, "p/l")["floor"], true);
    for shape in shapes() {
        assert_eq!(world.json(file(shape), &flags), wanted, "{shape:?}");
    }
}

/// A log of two rows, of whose columns one is written by `own`.
fn two_rows(column: &str, own: impl FnOnce(&mut SerializedRowGroupWriter<'_, Vec<u8>>)) -> Vec<u8> {
    let is_time = column.contains(" time");
    let (time, images) = ("required int64 time (TIMESTAMP(MILLIS, true))", "required int32 images");
    let columns = if is_time { [column, images] } else { [time, column] };
    let text = format!("message log {{ {}; required binary size (STRING); }}", columns.join("; "));
    let schema = Arc::new(parquet::schema::parser::parse_message_type(&text).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    if is_time {
        own(&mut group);
        write::<Int32Type>(&mut group, &[3, 4], None);
    } else {
        write::<Int64Type>(&mut group, &[1_768_867_200_000; 2], None);
        own(&mut group);
    }
    write::<ByteArrayType>(&mut group, &["1024x1024", "1024x1024"].map(ByteArray::from), None);
    group.close().unwrap();
    file.into_inner().unwrap()
}

/// A decimal in two's complement, as long as it is wanted.
fn decimal(units: i128, length: usize) -> Vec<u8> {
    units.to_be_bytes()[16 - length..].to_vec()
}

#[test]
fn counts_are_read_as_their_type_says() {
    let files = [
        two_rows("required int32 images (DECIMAL(9, 2))", |group| {
            write::<Int32Type>(group, &[300, 150], None);
        }),
        two_rows("required int64 images (DECIMAL(18, 3))", |group| {
            write::<Int64Type>(group, &[3000, 1500], None);
        }),
        two_rows("required fixed_len_byte_array(9) images (DECIMAL(20, 4))", |group| {
            let values = [30_000, -10_000].map(|units| decimal(units, 9).into());
            write::<FixedLenByteArrayType>(group, &values, None);
        }),
        two_rows("required binary images (DECIMAL(38, 2))", |group| {
            let values = [300, -1].map(|units| ByteArray::from(decimal(units, 16)));
            write::<ByteArrayType>(group, &values, None);
        }),
        two_rows("required double images", |group| {
            write::<DoubleType>(group, &[3.0, f64::NAN], None);
        }),
        two_rows("required float images", |group| {
            write::<FloatType>(group, &[3.0, 1.5], None);
        }),
        two_rows("required int64 images (INTEGER(64, false))", |group| {
            write::<Int64Type>(group, &[3, -1], None);
        }),
    ];
    for (number, file) in files.into_iter().enumerate() {
        let output = World::new().reprice(file, &["--format", "json"]);
        let document = document(&output, 1);
        assert_eq!(total(&document, "p/l"), "0.03", "{number}");
        let values = ["1.50", "1.500", "-1.0000", "-0.01", "NaN", "1.5", "18446744073709551615"];
        let value = values[number];
        let bad = json!([{ "line": 2, "reason": "not-a-count", "value": value }]);
        let rows = &document["bad_rows"];
        assert_eq!((&rows["count"], &rows["first"]), (&json!(1), &bad), "{number}");
    }
}

#[test]
fn times_are_read_as_their_type_says() {
    let mut late = Int96::new();
    late.set_data(0, 0, 2_461_061);
    let files = [
        two_rows("required int96 time", |group| write::<Int96Type>(group, &[late; 2], None)),
        two_rows("required int32 time (DATE)", |group| {
            write::<Int32Type>(group, &[20_473; 2], None);
        }),
        two_rows("required int64 time (DECIMAL(18, 3))", |group| {
            write::<Int64Type>(group, &[1_768_867_200_123; 2], None);
        }),
        two_rows("required int64 time (TIMESTAMP(NANOS, false))", |group| {
            write::<Int64Type>(group, &[1_768_867_200_000_000_000; 2], None);
        }),
    ];
    for (number, file) in files.into_iter().enumerate() {
        let document = World::new().json(file, &["--by", "day"]);
        assert_eq!(document["groups"][0]["by"]["day"], "2026-01-20", "{number}");
        assert_eq!(total(&document, "p/l"), "0.07", "{number}");
    }
    for unit in ["int32 time (TIME(MILLIS, true))", "int64 time (TIME(MICROS, false))"] {
        let file = two_rows(&format!("required {unit}"), |group| {
            if unit.starts_with("int32") {
                write::<Int32Type>(group, &[1, 2], None);
            } else {
                write::<Int64Type>(group, &[1, 2], None);
            }
        });
        let output = World::new().reprice(file, &[]);
        assert_eq!(output.status.code(), Some(2));
        let why = "`time` can't be the time: it is a time of day";
        assert!(said(&output).contains(why), "{output:?}");
    }
}

#[test]
fn a_damaged_footer_is_an_error_and_never_a_panic() {
    let whole = file(PLAIN);
    let length = u32::from_le_bytes(*whole[whole.len() - 8..].first_chunk().unwrap());
    let footer = whole.len() - 8 - usize::try_from(length).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usage.parquet");
    let mut refused = 0;
    for place in footer..whole.len() {
        let mut damaged = whole.clone();
        // A number's lowest bit is its sign.
        damaged[place] ^= 1;
        std::fs::write(&path, damaged).unwrap();
        let input = Input::Parquet(path.clone());
        let usage = Usage::read(input, &ReadOptions::default(), &ReadProgress::default());
        refused += usize::from(usage.is_err());
    }
    assert!(refused > 20, "{refused}");
}

#[test]
fn null_and_impossible_values_are_bad_rows_with_their_number() {
    let schema = "message log { required int64 time (TIMESTAMP(MILLIS, true)); \
                  optional int64 images; required binary size (STRING); }";
    let schema = Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    let day = 1_767_225_600_000;
    write::<Int64Type>(&mut group, &[day, day, day, day, -1, i64::MAX], None);
    let levels = [1, 0, 1, 1, 1, 1];
    write::<Int64Type>(&mut group, &[7, -3, 2, 1, 1], Some(&levels));
    let sizes = ["1024x1024", "1024x1024", "1024x1024", "huge", "1024x1024", "1024x1024"];
    write::<ByteArrayType>(&mut group, &sizes.map(ByteArray::from), None);
    group.close().unwrap();
    let output = World::new().reprice(file.into_inner().unwrap(), &["--format", "json"]);
    let document = document(&output, 1);
    assert_eq!(total(&document, "p/l"), "0.07");
    let bad = |line, reason, value| json!({ "line": line, "reason": reason, "value": value });
    let wanted = [
        json!({ "line": 2, "reason": "missing-value" }),
        bad(3, "not-a-count", "-3"),
        bad(4, "not-a-size", "huge"),
        bad(5, "time-out-of-range", "1969-12-31T23:59:59.999Z"),
        bad(6, "time-out-of-range", "second 9223372036854775"),
    ];
    let rows = &document["bad_rows"];
    assert_eq!((&rows["count"], &rows["first"]), (&json!(5), &json!(wanted)));
}

#[test]
fn what_a_column_can_not_be_is_told_before_anything_is_read() {
    let schema = "message log { required double time; required int64 images; \
                  required binary size (STRING); }";
    let schema = Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let file = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let output = World::new().reprice(file.into_inner().unwrap(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("`time` can't be the time: it is of type DOUBLE"), "{output:?}");
    assert_eq!(said(&output).matches("of type DOUBLE").count(), 1, "{output:?}");
}

#[test]
fn a_damaged_file_or_one_in_a_pipe_is_refused() {
    let world = World::new();
    let whole = file(PLAIN);
    for cut in [4, 100, whole.len() / 2, whole.len() - 1] {
        let output = world.reprice(&whole[..cut], &[]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{cut}");
    }
    let output = world.piped(&whole);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("give its path"), "{output:?}");
}

#[test]
fn a_damaged_byte_never_ends_in_a_panic() {
    let (world, whole) = (World::new(), file(Shape { groups: 2, ..PLAIN }));
    for place in (4..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x55;
        let output = world.reprice(&damaged, &["--format", "json"]);
        assert!(matches!(output.status.code(), Some(0..=2)), "{place}: {output:?}");
    }
}

#[test]
fn an_answer_in_parquet_can_be_read_again() {
    let world = World::new();
    let output = world.reprice(csv(), &["--format", "parquet", "--by", "month"]);
    let json: Value = world.json(csv(), &["--by", "month"]);
    let file = SerializedFileReader::new(bytes::Bytes::from(output.stdout)).unwrap();
    let rows: Vec<_> = file.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), json["groups"].as_array().unwrap().len());
    for (row, group) in rows.iter().zip(json["groups"].as_array().unwrap()) {
        let text = |name: &str| {
            let mut columns = row.get_column_iter();
            columns.find(|(column, _)| *column == name).unwrap().1.to_string()
        };
        assert_eq!(text("month"), group["by"]["month"].to_string());
        assert_eq!(text("listing"), group["listing"].to_string());
        assert_eq!(text("images"), group["images"].to_string());
        assert_eq!(text("floor"), group["floor"].to_string());
        let amount = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
        let wanted = group["total"]["high"].as_str().and_then(amount);
        assert_eq!(amount(&text("total_high")), wanted, "{}", text("total_high"));
    }
}
