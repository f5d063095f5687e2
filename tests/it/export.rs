//! `cogdex export sql` and `export parquet`: what stands in the price book, and that a log comes to
//! the same with it as with `reprice`. The other engines are asked by `tests/exports/run`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Cursor;

use cogdex::catalog::Catalog;
use cogdex::exchange::price_book::{BookError, PriceBook};
use cogdex::exchange::sql::{Dialect, sql};
use cogdex::pricing::{PriceTable, PricingTerms, Selection, Variant, changes_of, select};
use cogdex::reprice::{GroupBy, Input, Periods, ReadOptions, ReadProgress, RepriceReport, Usage};
use jiff::civil::Date;
use proptest::prelude::*;
use rusqlite::Connection;

use crate::support::{catalog, cogdex, json, listing, stdout, usd};

const DIALECTS: [(&str, Dialect); 5] = [
    ("duckdb", Dialect::Duckdb),
    ("clickhouse", Dialect::Clickhouse),
    ("postgres", Dialect::Postgres),
    ("spark", Dialect::Spark),
    ("sqlite", Dialect::Sqlite),
];

fn table(catalog: &Catalog) -> PriceTable<'_> {
    let rates = vec!["USD/CNY=7.0197".parse().unwrap()];
    PriceTable::new(catalog, PricingTerms { currency: usd(), rates })
}

fn book(catalog: &Catalog, as_of: Option<Date>) -> Result<PriceBook, BookError> {
    let listings = select(catalog, &Selection::Any).unwrap();
    PriceBook::new(&table(catalog), &listings, &[], &Variant::default(), as_of)
}

/// What one listing comes to: low, high, rows priced, rows refused; absent where nothing is priced.
type Sum = (String, Option<String>, Option<String>, u64, u64);

/// What the report says of a log.
fn reported(catalog: &Catalog, log: &str, as_of: Option<Date>) -> Vec<Sum> {
    let listings = select(catalog, &Selection::Any).unwrap();
    let mut days = Vec::new();
    for listing in &listings {
        days.extend(changes_of(catalog, listing));
    }
    let reading =
        ReadOptions { periods: Periods::new(&days, false, false), ..ReadOptions::default() };
    let input = Input::Text(Box::new(Cursor::new(log.to_owned())));
    let usage = Usage::read(input, &reading, &ReadProgress::default()).unwrap();
    let by = GroupBy::default();
    let report =
        RepriceReport::new(&table(catalog), &listings, &usage, &Variant::default(), by, as_of);
    let sum = |line: &cogdex::reprice::ReportLine<'_>| {
        let total = line.sum.total().map(|(low, high)| (low.to_string(), high.to_string()));
        let (low, high) = total.unzip();
        let refused = line.sum.refused.values().sum();
        (line.listing.id.to_string(), low, high, line.sum.priced.rows, refused)
    };
    let mut sums: Vec<_> = report.lines.iter().map(sum).collect();
    sums.sort();
    sums
}

/// What `SQLite` says of the same log.
fn asked(book: &PriceBook, log: &str) -> Vec<Sum> {
    let database = Connection::open_in_memory().unwrap();
    database
        .execute_batch("CREATE TABLE usage (time, images, size, quality, listing, tag)")
        .unwrap();
    for row in log.lines().skip(1) {
        let fields: Vec<_> = row.split(',').collect();
        let images: i64 = fields[1].parse().unwrap();
        let values = (fields[0], images, fields[2], fields[3]);
        database.execute("INSERT INTO usage VALUES (?, ?, ?, ?, NULL, NULL)", values).unwrap();
    }
    database.execute_batch(&sql(book, Dialect::Sqlite).unwrap()).unwrap();
    let question = "SELECT listing, low, high, rows_priced, rows_refused FROM cogdex_totals";
    let mut statement = database.prepare(question).unwrap();
    // In the table the decimals are all there; in the report none that is not needed.
    let short = |decimal: Option<String>| {
        decimal.map(|text| text.trim_end_matches('0').trim_end_matches('.').to_owned())
    };
    let sums = statement.query_map([], |row| {
        let (priced, refused): (i64, i64) = (row.get(3)?, row.get(4)?);
        let count = |count: i64| u64::try_from(count).unwrap();
        Ok((row.get(0)?, short(row.get(1)?), short(row.get(2)?), count(priced), count(refused)))
    });
    let mut sums: Vec<Sum> = sums.unwrap().map(Result::unwrap).collect();
    sums.sort();
    sums
}

/// Two sellers whose sides differ on sizes, prices and credits.
fn sellers(price: u32, rules: [(u32, u32, u32); 2]) -> Catalog {
    let [(min, step, more), (other_min, other_step, other_more)] = rules;
    let first = format!(
        "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-03-01\n\
         price = \"0.{price:04} USD / megapixel\"\nfee = {{ rate = \"2.5%\", on = \"top-up\" }}\n\
         sizes = {{ min = {min}, max = {}, divisor = {step} }}\n\
         [[statement]]\nsource = \"other\"\nseen = 2026-05-01\n\
         sizes = {{ min = {other_min}, max = {}, divisor = {other_step}, max-pixels = 600000 }}\n\
         price = \"0.{:04} USD / image\"\n",
        min + more,
        other_min + other_more,
        price + 3
    );
    let second = format!(
        "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-02-11\n\
         price = [{{ price = \"7 credits / image\", size = \"512x512\" }}, \
         {{ price = \"0.0000001{price} CNY / pixel\", size = \"640x480\", quality = \"hd\" }}]\n\
         credits = \"7 credits = 0.03 CNY\"\nqualities = [\"standard\", \"hd\"]\n\
         [[statement]]\nsource = \"other\"\nseen = 2026-06-01\nqualities = [\"hd\"]\n\
         sizes = [\"512x512\", \"640x480\"]\n"
    );
    catalog(&[("listings/p/l.toml", &first), ("listings/q/l.toml", &second)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_sizes_a_log_has_the_book_comes_to_what_the_report_says(
        price in 1_u32..9000,
        rules in prop::array::uniform2((1_u32..700, 1_u32..40, 40_u32..900)),
        rows in prop::collection::vec(
            (1_u8..13, 1_u64..100_000_000, (1_u32..1200, 1_u32..1200), 0_usize..6, 0_usize..4),
            1..60,
        ),
        one_day in any::<bool>(),
    ) {
        let catalog = sellers(price, rules);
        let mut log = String::from("time,images,size,quality\n");
        for (month, images, (width, height), named, quality) in rows {
            let size = match named {
                0 => "512*512".to_owned(),
                1 => "640x480".to_owned(),
                2 => format!("{}x{}", rules[0].0.next_multiple_of(rules[0].1), rules[0].1 * 20),
                _ => format!("{width}x{height}"),
            };
            let quality = ["", "hd", "standard", "else"][quality];
            writeln!(log, "2026-{month:02}-01T00:30:00+01:00,{images},{size},{quality}").unwrap();
        }
        let as_of = one_day.then(|| jiff::civil::date(2026, 5, 2));
        let book = book(&catalog, as_of).unwrap();
        prop_assert_eq!(asked(&book, &log), reported(&catalog, &log, as_of));
    }
}

#[test]
fn what_a_model_can_draw_refuses_no_size() {
    let stated = |source: &str, what: &str| {
        format!("[[statement]]\nsource = \"{source}\"\nseen = 2026-01-01\n{what}\n")
    };
    let model = stated("page", "sizes = [\"512x512\"]");
    let offer = stated("other", "price = \"0.02 USD / image\"");
    let catalog = catalog(&[
        ("models/m.toml", &format!("name = \"M\"\nfamily = \"cogview-4\"\n{model}")),
        ("listings/p/l.toml", &format!("model = \"m\"\n{offer}")),
    ]);
    let log = "time,images,size,quality\n2026-02-01,5,640x480,\n2026-02-01,5,512x512,\n";
    let sums = asked(&book(&catalog, None).unwrap(), log);
    assert_eq!(sums, reported(&catalog, log, None));
    assert_eq!((sums[0].1.as_deref(), sums[0].3, sums[0].4), (Some("0.2"), 2, 0));
}

#[test]
fn totals_beyond_64_bits_are_exact_where_numbers_are_narrow() {
    let price = "price = \"1234567.123456789012 USD / image\"";
    let catalog =
        listing(&format!("[[statement]]\nsource = \"page\"\nseen = 2026-01-01\n{price}\n"));
    let mut log = String::from("time,images,size,quality\n");
    for day in 1..=8 {
        writeln!(log, "2026-02-{day:02},999999999,1024x1024,").unwrap();
    }
    let book = book(&catalog, None).unwrap();
    let sums = asked(&book, &log);
    assert_eq!(sums, reported(&catalog, &log, None));
    assert_eq!(sums[0].1.as_deref(), Some("9876536977777775.108345687904"));
    let too_wide = log.replace(",999999999,", ",1000000000000,");
    let database = Connection::open_in_memory().unwrap();
    database
        .execute_batch("CREATE TABLE usage (time, images, size, quality, listing, tag)")
        .unwrap();
    for row in too_wide.lines().skip(1) {
        let row = row.split(',').next().unwrap();
        let question = "INSERT INTO usage VALUES (?, 1000000000000, '1x1', '', '', '')";
        database.execute(question, [row]).unwrap();
    }
    database.execute_batch(&sql(&book, Dialect::Sqlite).unwrap()).unwrap();
    let answer: rusqlite::Result<String> =
        database.query_row("SELECT low FROM cogdex_totals", [], |row| row.get(0));
    assert!(answer.unwrap_err().to_string().contains("integer overflow"));
}

/// What `SQLite` says of rows whose fields are as they are written here: totals, and bad rows.
fn in_sqlite(book: &PriceBook, rows: &str) -> (i64, i64, i64) {
    let database = Connection::open_in_memory().unwrap();
    let table = "CREATE TABLE usage (time, images, size, quality, listing, tag)";
    database.execute_batch(table).unwrap();
    for row in rows.split(';') {
        let values = format!("INSERT INTO usage VALUES ({row}, '1024x1024', '', '', '')");
        database.execute_batch(&values).unwrap();
    }
    database.execute_batch(&sql(book, Dialect::Sqlite).unwrap()).unwrap();
    let question = "SELECT images, rows_priced, rows_bad FROM cogdex_totals";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    database.query_row(question, [], read).unwrap()
}

#[test]
fn sqlite_reads_times_and_counts_as_a_log_has_them() {
    let catalog = listing(
        "[[statement]]\nsource = \"page\"\nseen = 2026-01-01\nprice = \"0.02 USD / image\"\n",
    );
    let book = book(&catalog, Some(jiff::civil::date(2026, 2, 1))).unwrap();
    for good in [
        "'2026-11-20', 3",
        "'2026-11-20', '3'",
        "' 2026-11-20 ', ' +3.00 '",
        "'2026/11/20', 3.0",
        "'2026-11-20T10:00', 3",
        "'2026-11-20T10:00:00.123456Z', 3",
        "'2026-11-20 10:00:60,5', 3",
        "'2026-11-20 10:00:00 UTC', 3",
        "'2026-11-20T10:00:00+0800', 3",
        "'2026-11-20T10:00:00 -08:00', 3",
        "'2026-11-20T10:00-08', 3",
        "1795132800, 3",
        "1795132800.25, 3",
        "'1795132800123', 3",
        "1795132800123456, 3",
        "1795132800123456789, 3",
    ] {
        assert_eq!(in_sqlite(&book, good), (3, 1, 0), "{good}");
    }
    for bad in [
        "'2026-02-30', 3",
        "'2026-02-30T10:00:00Z', 3",
        "'2026-11-20T24:00:00Z', 3",
        "'2026-11-20T10:60:00Z', 3",
        "'2026-11-20T10:00:61Z', 3",
        "'2026-11-20T10:00:00Q', 3",
        "'2026-11-20T10:00:00+99:00', 3",
        "'2026-11-20T', 3",
        "'2026-11-20x', 3",
        "'11/20/2026', 3",
        "'now', 3",
        "'', 3",
        "20261120, 3",
        "46344.375, 3",
        "'1969-12-31', 3",
        "NULL, 3",
        "'2026-11-20', -1",
        "'2026-11-20', '-1'",
        "'2026-11-20', 1.5",
        "'2026-11-20', '1.5'",
        "'2026-11-20', '3.'",
        "'2026-11-20', '1,000'",
        "'2026-11-20', ''",
        "'2026-11-20', 'x'",
        "'2026-11-20', NULL",
        "'2026-11-20', 1000000000001",
        "'2026-11-20', 1e20",
        "'2026-11-20', x'33'",
    ] {
        assert_eq!(in_sqlite(&book, bad), (0, 0, 1), "{bad}");
    }
    assert_eq!(in_sqlite(&book, "'2026-11-20', 0;'2026-11-20', 2"), (2, 2, 0));
    assert_eq!(in_sqlite(&book, "'2026-11-20T23:30:00-01:00', 1;'2026-11-20', 2"), (3, 2, 0));
}

#[test]
fn totals_of_sqlite_are_sorted_and_compared_by_their_millionths() {
    let listings = [("p/l", "0.5"), ("q/l", "12"), ("q/m", "3.0000009")];
    let listings = listings.map(|(name, price)| {
        let page = "[[statement]]\nsource = \"page\"\nseen = 2026-01-01";
        let text = format!("model = \"m\"\n{page}\nprice = \"{price} USD / image\"\n");
        (format!("listings/{name}.toml"), text)
    });
    let files: Vec<_> =
        listings.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let database = Connection::open_in_memory().unwrap();
    let table = "CREATE TABLE usage (time, images, size, quality, listing, tag); \
                 INSERT INTO usage VALUES ('2026-02-01', 1, '9x9', '', '', '')";
    database.execute_batch(table).unwrap();
    let book = book(&catalog(&files), None).unwrap();
    database.execute_batch(&sql(&book, Dialect::Sqlite).unwrap()).unwrap();
    let ask = |question: &str| {
        let mut asked = database.prepare(question).unwrap();
        let rows = asked.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>()
    };
    let ordered = "SELECT listing FROM cogdex_totals ORDER BY high_millionths";
    assert_eq!(ask(ordered), ["p/l", "q/m", "q/l"]);
    let cheap = "SELECT high_millionths || ' ' || typeof(low_millionths) FROM cogdex_totals \
                 WHERE high_millionths < 10 * 1000000 ORDER BY high_millionths DESC";
    assert_eq!(ask(cheap), ["3000000 integer", "500000 integer"]);
}

#[test]
fn sums_fees_promotions_and_batches_come_to_what_the_report_says() {
    let stated = |source: &str, what: &str| {
        format!("[[statement]]\nsource = \"{source}\"\nseen = 2026-01-01\n{what}\n")
    };
    let fees = "fee = [{ rate = \"7.3%\", on = \"top-up\" }, \
                { amount = \"0.0007 USD\", on = \"call\" }, { rate = \"19%\", on = \"tax\" }]";
    let first = "price = \"0.0012345678901 USD / call + 0.0123456789 USD / megapixel\"";
    let other = "price = \"0.003 CNY / call + 0.02 CNY / megapixel\"";
    let credits = "price = \"3 credits / call + 2 credits / megapixel\"\n\
                   credits = \"7 credits = 0.03 USD\"";
    let promotion = "price = [{ price = \"0.05 CNY / image\" }, { price = \"50%\", mode = \"batch\" }, \
                     { price = \"0.03 CNY / image\", from = 2026-02-11, until = 2026-03-12 }]";
    let files = [
        (
            "listings/p/sum.toml",
            [stated("page", &format!("{first}\n{fees}")), stated("other", other)].concat(),
        ),
        ("listings/p/credits.toml", stated("page", credits)),
        ("listings/q/promotion.toml", stated("page", promotion)),
    ]
    .map(|(path, text)| (path, format!("model = \"m\"\n{text}")));
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let catalog = catalog(&files);
    let mut log = String::from("time,images,size,quality\n");
    for number in 1..60 {
        let size = format!("{}x{}", 100 + 37 * number, 2000 - 31 * number);
        writeln!(log, "2026-{:02}-{:02},{number},{size},", 1 + number % 4, 1 + number % 27)
            .unwrap();
    }
    let sums = asked(&book(&catalog, None).unwrap(), &log);
    assert_eq!(sums, reported(&catalog, &log, None));
    assert!(
        sums.iter()
            .all(|(_, low, _, priced, refused)| low.is_some() && (*priced, *refused) == (59, 0))
    );
}

#[test]
fn each_listing_has_an_answer_for_each_case_on_each_day() {
    let catalog = Catalog::embedded().unwrap();
    let book = book(&catalog, None).unwrap();
    let listings: BTreeSet<_> = book.rows.iter().map(|row| &row.listing).collect();
    assert_eq!(listings.len(), catalog.listings.len());
    let days: BTreeSet<Date> = book.rows.iter().map(|row| row.from).collect();
    let cases: BTreeSet<_> = book.conditions.iter().flatten().collect();
    assert!(days.len() > 3 && cases.len() > 20);
    for listing in listings {
        let rows: Vec<_> = book.rows.iter().filter(|row| row.listing == *listing).collect();
        for day in &days {
            let now: Vec<_> = rows
                .iter()
                .filter(|row| row.from <= *day && row.to.is_none_or(|to| *day < to))
                .collect();
            for case in &cases {
                // A row within a rule is for some sizes alone; one without is for all.
                let answers = now.iter().filter(|row| row.entry.rule.is_none());
                let sets: BTreeSet<_> = answers
                    .map(|row| row.condition)
                    .filter(|set| book.conditions[*set].contains(case))
                    .collect();
                assert_eq!(sets.len(), 1, "{listing} on {day}: {case:?}");
            }
        }
    }
}

/// The statements without their literals and comments, by the rules of an engine.
fn bare(sql: &str, dialect: Dialect) -> String {
    let escapes = matches!(dialect, Dialect::Clickhouse | Dialect::Spark);
    let (mut bare, mut rest) = (String::new(), sql);
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("--") {
            rest = rest.split_once('\n').unwrap().1;
            continue;
        }
        if c != '\'' {
            bare.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let escapes = escapes || bare.ends_with('E');
        rest = &rest[1..];
        loop {
            assert!(!rest.starts_with('\n'), "a line ends within a text");
            let doubled = !matches!(dialect, Dialect::Clickhouse | Dialect::Spark);
            if (doubled && rest.starts_with("''")) || (escapes && rest.starts_with('\\')) {
                rest = &rest[2..];
            } else if let Some(after) = rest.strip_prefix('\'') {
                rest = after;
                break;
            } else {
                rest = &rest[rest.chars().next().unwrap().len_utf8()..];
            }
        }
    }
    bare
}

#[test]
fn no_text_of_a_catalog_breaks_out_of_a_literal() {
    for hostile in [
        "'); DROP TABLE prices_of_others; --",
        "\\'); DROP TABLE prices_of_others; --",
        "\\\\'); DROP TABLE prices_of_others; --",
        "\\u0027); DROP TABLE prices_of_others; --",
        "''); DROP TABLE prices_of_others; --",
        "${DROP} prices_of_others",
        "a line;\nDROP TABLE prices_of_others;\n",
    ] {
        // The catalog takes no word of several lines; the exporter does not rely on that.
        // As in a log, blanks around a word are none of it.
        let one_line = hostile.replace('\n', " ").trim().to_owned();
        let quoted = serde_json::to_string(&one_line).unwrap();
        let catalog = listing(&format!(
            "[[statement]]\nsource = \"page\"\nat = {quoted}\nseen = 2026-01-01\n\
             price = [{{ price = \"1 USD / image\", quality = {quoted} }}, \
             {{ price = \"2 USD / image\", quality = \"hd\" }}]\n"
        ));
        let mut book = book(&catalog, None).unwrap();
        book.edition = Some(hostile.to_owned());
        for (word, dialect) in DIALECTS {
            let text = sql(&book, dialect).unwrap();
            assert!(text.contains("prices_of_others"), "{word}");
            let bare = bare(&text, dialect);
            assert!(!bare.contains("prices_of_others"), "{word}: {hostile}");
            // Spark puts variables in the place of such, even within texts.
            assert!(dialect != Dialect::Spark || !text.contains("${"), "{word}");
        }
        let database = Connection::open_in_memory().unwrap();
        database.execute_batch("CREATE TABLE prices_of_others (a); CREATE TABLE usage (time, images, size, quality, listing, tag)").unwrap();
        let usage = "INSERT INTO usage VALUES ('2026-03-01', 3, '9x9', ?, NULL, NULL)";
        database.execute(usage, [&one_line]).unwrap();
        database.execute_batch(&sql(&book, Dialect::Sqlite).unwrap()).unwrap();
        let total: String =
            database.query_row("SELECT low FROM cogdex_totals", [], |row| row.get(0)).unwrap();
        assert_eq!(total, "3.000000000000", "{hostile}");
        let edition: String =
            database.query_row("SELECT edition FROM cogdex_books", [], |row| row.get(0)).unwrap();
        assert_eq!(edition, hostile);
        assert!(database.prepare("SELECT * FROM prices_of_others").is_ok());
    }
}

#[test]
fn an_export_is_the_same_twice_and_names_edition_and_digest() {
    let stamp = json(&["compare", "--format", "json"])["catalog"].clone();
    for (word, _) in DIALECTS {
        let arguments = ["export", "sql", "--dialect", word, "--model", "any"];
        let text = stdout(&arguments);
        assert_eq!(text, stdout(&arguments), "{word}");
        let (edition, digest) =
            (stamp["edition"].as_str().unwrap(), stamp["digest"].as_str().unwrap());
        let comment = format!("-- edition {edition}, digest {digest}\n");
        assert!(text.contains(&comment) && text.contains(&format!("'{edition}', '{digest}'")));
        assert!(text.contains("-- rate 1 USD = 6.7854 CNY (pboc-august of 2026-08-19)\n"));
        let units = "-- amounts of one image are whole numbers of 1e-";
        let units = text.lines().find(|line| line.starts_with(units)).unwrap();
        assert!(units.ends_with(" USD; low and high are USD"), "{units}");
        // What follows the last statement is nothing.
        assert!(text.ends_with(";\n"), "{word}");
    }
    let file = || cogdex(&["export", "parquet", "-q"]).stdout;
    assert!(file().starts_with(b"PAR1") && file() == file());
}

#[test]
fn help_names_tools_as_they_name_themselves() {
    for (arguments, words) in [
        (&["export", "--help"][..], &[" LiteLLM price map", " OpenAPI 3.1"][..]),
        (&["export", "sql", "--help"], &[" DuckDB\n", " ClickHouse\n", " SQLite\n"]),
        (&["import", "--help"], &[" LiteLLM price map"]),
    ] {
        let help = stdout(arguments);
        assert!(words.iter().all(|word| help.contains(word)), "{help}");
    }
}

#[test]
fn refusals_are_rows_and_what_has_no_price_is_told_on_stderr() {
    let output = cogdex(&["export", "sql", "--dialect", "duckdb", "--as-of", "2026-11-20"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let told = "`wavespeed/cogview-4` has no price, only refusals: no source states a price\n";
    assert!(said.contains(told), "{said}");
    let row = text.lines().find(|line| line.contains("'wavespeed/cogview-4'")).unwrap();
    assert!(text.contains("as of 2026-11-20: every row"), "{text}");
    assert!(row.contains("DATE '1970-01-01', NULL"), "one day's facts hold always: {row}");
    let refused = text.lines().any(|line| {
        line.contains("'wavespeed/cogview-4'") && line.ends_with("'no source states a price'),")
    });
    assert!(refused);
    assert!(!said.contains("apiin/cogview-4"), "{said}");
}

/// A size that no source names may be of any class, and a ladder is no price of an image: neither is
/// priced by a table that counts images and pixels. A sum is.
#[test]
fn what_a_table_cannot_say_is_refused_and_never_priced_wrong() {
    let refused = |price: &str| {
        let stated =
            format!("[[statement]]\nsource = \"page\"\nseen = 2026-01-01\nprice = {price}\n");
        let book = book(&listing(&stated), None).unwrap();
        let drawn = book.rows.iter().filter(|row| !row.entry.reason.starts_with("bad-row"));
        drawn
            .filter(|row| row.entry.charge.is_none())
            .map(|row| row.entry.reason.clone())
            .collect::<Vec<_>>()
    };
    let classes = "[{ price = \"0.03 USD / image\", max-pixels = 1_048_576 }, \
                   { price = \"0.05 USD / image\" }]";
    assert!(refused(classes).iter().any(|why| why.starts_with("its price depends on the pixels")));
    let ladder = "[{ price = \"0 USD / image\", up-to = 100 }, { price = \"0.05 USD / image\" }]";
    let why = refused(ladder);
    assert!(why.iter().any(|why| why.contains("depends on the month's volume")), "{why:?}");
    assert!(
        refused("\"0.04 USD / call + 0.03 USD / megapixel\"")
            .iter()
            .all(|why| !why.contains("can't say"))
    );
}

#[test]
fn a_book_is_as_fine_as_its_finest_price_and_no_finer_than_engines_hold() {
    let priced = |price: &str| {
        listing(&format!("[[statement]]\nsource = \"page\"\nseen = 2026-01-01\nprice = {price}\n"))
    };
    assert_eq!(book(&priced("\"0.5 USD / image\""), None).unwrap().scale, 12);
    let catalog = priced("\"0.123456789012 USD / megapixel\"");
    let book_of_pixels = book(&catalog, None).unwrap();
    assert_eq!(book_of_pixels.scale, 18);
    let amounts: Vec<_> = book_of_pixels
        .rows
        .iter()
        .filter_map(|row| Some(book_of_pixels.amounts(row).unwrap()?.amount))
        .collect();
    // By the pixel of either megapixel, and by whole ones of either.
    let [pixel, whole, binary] =
        [123_456_789_012, 123_456_789_012_000_000, 123_456_789_012_000_000 / 4];
    assert_eq!(amounts, [pixel, whole, binary, whole]);
    let wide = "[{ price = \"100000000000000000000000000 USD / image\", quality = \"hd\" }, \
                { price = \"0.123456789012 USD / megapixel\", quality = \"standard\" }]";
    let error = sql(&book(&priced(wide), None).unwrap(), Dialect::Postgres).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a price of `p/l` needs more than 38 digits, and is not rounded to fit"
    );
}

#[test]
fn flags_that_make_no_book_are_refused() {
    for (flags, told) in [
        (&["--dialect", "oracle"][..], "oracle"),
        (&["--dialect", "duckdb", "--as-of", "1999-01-01"], "nothing was stated by 1999-01-01"),
        (&["--dialect", "duckdb", "--model", "cogview-9"], "there is no model `cogview-9`"),
        (&["--dialect", "duckdb", "--sizes", "large"], "`large` is not a size"),
        (&["--dialect", "duckdb", "--rate", "CNY"], "is not a rate"),
        (&[], "--dialect"),
    ] {
        let output = cogdex(&[&["export", "sql"], flags].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert!(said.contains(told) && output.stdout.is_empty(), "{flags:?}: {said}");
    }
}

#[test]
fn a_size_that_is_given_has_its_nearest_in_its_refusal() {
    let flags = ["export", "sql", "--dialect", "sqlite", "-q"];
    let hint = "{size} is not offered; the nearest is 1024x1024'";
    let given = stdout(&[&flags[..], &["--sizes", "1000x1000,1024*1000"]].concat());
    assert!(given.contains("'1000x1000', 'default'") && given.contains("'1024x1000', 'default'"));
    assert!(given.contains(hint));
    assert!(!stdout(&flags).contains("'1000x1000', 'default'"));
}
