//! The price book as SQL: tables, and views that price a usage table as `reprice` prices a log.

use super::price_book::{BookError, PriceBook};
use super::table::{ExportTable, TableCell, tables};
use crate::catalog::Size;

mod dialect;
mod narrow;

pub use dialect::Dialect;

/// The views of all engines, and the totals, which are added up otherwise where numbers are narrow.
const VIEWS: &str = include_str!("../../templates/export/views.sql");
const TOTALS: &str = include_str!("../../templates/export/totals.sql");
const NARROW_TOTALS: &str = include_str!("../../templates/export/totals-sqlite.sql");

const SQLITE_USAGE: &str = include_str!("../../templates/export/usage-sqlite.sql");

/// What is done with an older book in `PostgreSQL`, and says nothing: it goes with its views, unless
/// others depend on them. Then it is filled anew.
const REPLACED_BOOK: &str = "\
SET LOCAL client_min_messages = warning;
DO $book$ BEGIN
  DROP VIEW IF EXISTS cogdex_refusals, cogdex_totals, cogdex_groups, cogdex_usage;
  DROP TABLE IF EXISTS cogdex_books, cogdex_conditions, cogdex_prices;
EXCEPTION WHEN dependent_objects_still_exist THEN NULL;
END $book$;
";

/// Rows of one INSERT: engines take long over very long statements.
const ROWS_AT_ONCE: usize = 500;

/// The book as a file of statements, each of which ends with `;` at the end of a line.
pub fn sql(book: &PriceBook, dialect: Dialect) -> Result<String, BookError> {
    if dialect == Dialect::Sqlite {
        fits_narrow(book)?;
    }
    let mut text = header(book, dialect);
    let tables = tables(book)?;
    let in_one = matches!(dialect, Dialect::Duckdb | Dialect::Postgres | Dialect::Sqlite);
    if in_one {
        text.push_str("\nBEGIN;\n");
    }
    if dialect == Dialect::Postgres {
        text.push_str(REPLACED_BOOK);
    } else if dialect != Dialect::Spark {
        text.push('\n');
        for view in ["refusals", "totals", "groups", "usage"] {
            line(&mut text, &format!("DROP VIEW IF EXISTS cogdex_{view};"));
        }
        for table in &tables {
            line(&mut text, &format!("DROP TABLE IF EXISTS {};", table.name));
        }
    }
    for table in &tables {
        if dialect == Dialect::Spark {
            line(&mut text, &inline(table, dialect));
        } else {
            stored(&mut text, table, dialect);
        }
    }
    text.push('\n');
    text.push_str(&filled(VIEWS, &|token| value(book, dialect, token)));
    if in_one {
        text.push_str("\nCOMMIT;\n");
    }
    Ok(text)
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// Says where an amount is too long for `SQLite`.
fn fits_narrow(book: &PriceBook) -> Result<(), BookError> {
    for row in &book.rows {
        let amounts = book.amounts(row)?.map(|it| [it.comparable, it.comparable_base]);
        let longest = amounts.into_iter().flatten().max().unwrap_or(0);
        let digits = longest.to_string().len();
        if digits > narrow::MAX_DIGITS {
            let digits = u32::try_from(narrow::MAX_DIGITS).unwrap_or(u32::MAX);
            return Err(BookError::Digits { listing: row.listing.clone(), digits });
        }
    }
    Ok(())
}

/// What the file is, of which data, and how it is used.
fn header(book: &PriceBook, dialect: Dialect) -> String {
    let edition = book.edition.as_deref().unwrap_or("under edit");
    let currency = book.currency.code();
    let mut rates: Vec<String> = Vec::new();
    for charge in book.rows.iter().filter_map(|row| row.entry.charge.as_ref()) {
        let stated = charge.rate.as_ref().map(|rate| {
            let date = rate.date.map_or_else(String::new, |date| format!(" of {date}"));
            format!("{} ({}{date})", rate.stated, rate.source)
        });
        rates.extend(stated.filter(|stated| !rates.contains(stated)));
    }
    let facts = book.as_of.map_or_else(
        || "each row is priced with the facts of its own UTC day".to_owned(),
        |day| format!("as of {day}: every row is priced with the facts of that day"),
    );
    let mut lines = vec![
        format!("The price book of cogdex for {}.", dialect.name()),
        format!("edition {edition}, digest {}", book.digest),
        facts,
        format!(
            "amounts of one image are whole numbers of 1e-{} {currency}; low and high are {currency}",
            book.scale
        ),
        "an amount is divided by its divisor, once, for all images that cost the same".to_owned(),
    ];
    lines.extend(rates.into_iter().map(|rate| format!("rate {rate}")));
    lines.push(String::new());
    lines.extend(USE.lines().map(str::to_owned));
    lines.extend(time_of(dialect).lines().map(str::to_owned));
    if dialect == Dialect::Sqlite {
        lines.push(
            "  SELECT * FROM cogdex_groups;   -- amounts of one image, day by day".to_owned(),
        );
        lines
            .push("low and high are exact texts; sort and compare by whole millionths:".to_owned());
        lines.push(
            "  SELECT listing, high FROM cogdex_totals WHERE high_millionths < 50 * 1000000"
                .to_owned(),
        );
        lines.push("    ORDER BY high_millionths;".to_owned());
    } else {
        lines.push(
            "  SELECT day, listing, sum(low), sum(high), max(is_floor) FROM cogdex_groups"
                .to_owned(),
        );
        lines.push("    GROUP BY day, listing;       -- or by tag, or by log_listing".to_owned());
        lines.push("is_floor = 1: rows without a price are missing in the sum.".to_owned());
        lines.push(
            "Sums of groups may differ from cogdex_totals in the last digit, where a price is a \
             quotient."
                .to_owned(),
        );
    }
    let mut text = String::new();
    for line in lines {
        // A line break in an edition's name or a source's id would end the comment, and Spark
        // puts settings and variables in place of ${…} in comments, too.
        let plain: String = line.chars().map(|c| if breaks(c) { ' ' } else { c }).collect();
        let plain = plain.replace("${", "$ {");
        text.push_str(format!("-- {plain}").trim_end());
        text.push('\n');
    }
    text
}

fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

const USE: &str = "\
First have a table or view `usage` with the columns time, images, size, quality,
listing and tag; what your log lacks is NULL, and what it calls otherwise is renamed:
  CREATE VIEW usage AS SELECT ts AS time, n AS images, resolution AS size,
    NULL AS quality, NULL AS listing, NULL AS tag FROM my_log
Then run this file, and ask as often as you like:
  SELECT * FROM cogdex_totals;     -- is_floor: rows are missing in the total
  SELECT * FROM cogdex_refusals;   -- which, and why; never priced at 0";

fn time_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Duckdb => "",
        Dialect::Postgres => {
            "Run it so that an error ends it: psql -v ON_ERROR_STOP=1 -f prices.sql. Views of yours\n\
             that depend on these stay, and see the new book."
        }
        Dialect::Clickhouse => {
            "A time without a zone is best kept as DateTime('UTC'). Whole numbers are seconds to\n\
             nanoseconds since 1970; texts are read by parseDateTime64BestEffort."
        }
        Dialect::Spark => {
            "Times are TIMESTAMP, TIMESTAMP_NTZ (read as UTC) or DATE. The views last as long as\n\
             the session in which they are made."
        }
        Dialect::Sqlite => {
            "Times are texts such as 2026-11-20T12:00:00Z, without an offset UTC, or seconds to\n\
             nanoseconds since 1970; counts may be texts, as .import --csv makes them. Totals of\n\
             more than nine billion images are an error."
        }
    }
}

/// A table with its rows, as statements that keep them.
fn stored(text: &mut String, table: &ExportTable, dialect: Dialect) {
    let columns =
        table.columns.iter().map(|(name, kind)| format!("{name} {}", dialect.kind(*kind)));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let engine =
        if dialect == Dialect::Clickhouse { " ENGINE = MergeTree ORDER BY tuple()" } else { "" };
    let name = table.name;
    if dialect == Dialect::Postgres {
        line(text, &format!("\nCREATE TABLE IF NOT EXISTS {name} ({columns});"));
        line(text, &format!("DELETE FROM {name};"));
    } else {
        line(text, &format!("\nCREATE TABLE {name} ({columns}){engine};"));
    }
    for rows in table.rows.chunks(ROWS_AT_ONCE) {
        line(text, &format!("INSERT INTO {name} VALUES\n{};", values(rows, table, dialect)));
    }
}

/// A table as a view that has its rows within it; nothing is left behind by it.
fn inline(table: &ExportTable, dialect: Dialect) -> String {
    let names: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
    let typed = table
        .columns
        .iter()
        .map(|(name, kind)| format!("CAST({name} AS {}) AS {name}", dialect.kind(*kind)));
    format!(
        "\n{} {} AS SELECT {} FROM VALUES\n{}\nAS t({});",
        dialect.view(),
        table.name,
        typed.collect::<Vec<_>>().join(", "),
        values(&table.rows, table, dialect),
        names.join(", ")
    )
}

fn values(rows: &[Vec<TableCell>], table: &ExportTable, dialect: Dialect) -> String {
    let row = |cells: &Vec<TableCell>| {
        let cells = cells.iter().zip(&table.columns).map(|(cell, (_, kind))| match cell {
            TableCell::Absent => "NULL".to_owned(),
            TableCell::Text(text) => dialect.literal(text),
            TableCell::Whole(number) if dialect == Dialect::Spark && kind.is_wide() => {
                format!("{number}BD")
            }
            TableCell::Whole(number) if dialect == Dialect::Sqlite && kind.is_wide() => {
                format!("'{number:0width$}'", width = narrow::MAX_DIGITS)
            }
            TableCell::Whole(number) => number.to_string(),
            TableCell::Day(day) if dialect == Dialect::Clickhouse => format!("'{day}'"),
            TableCell::Day(day) => dialect.date(&day.to_string()),
        });
        format!("({})", cells.collect::<Vec<_>>().join(", "))
    };
    rows.iter().map(row).collect::<Vec<_>>().join(",\n")
}

/// A template with the values of its tokens in their places: `{{day}}`, `{{text u.size}}`.
fn filled(template: &str, value: &dyn Fn(&str) -> String) -> String {
    let (mut made, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once("{{") {
        let (token, after) = after.split_once("}}").unwrap_or((after, ""));
        made.push_str(before);
        made.push_str(&value(token));
        rest = after;
    }
    made.push_str(rest);
    made
}

fn value(book: &PriceBook, dialect: Dialect, token: &str) -> String {
    let (word, of) = token.split_once(' ').unwrap_or((token, ""));
    let [width, height] = dialect.sides();
    match word {
        "view" => dialect.view().to_owned(),
        "day" => dialect.day().to_owned(),
        "text" => dialect.text(of),
        "spelled" => dialect.spelled(of),
        "usage" if dialect == Dialect::Sqlite => SQLITE_USAGE.to_owned(),
        "usage" => "usage".to_owned(),
        "is_size" => dialect.is_size().to_owned(),
        "sides" => "replace(replace(p.spelled, ' ', ''), '-', '')".to_owned(),
        "width" => width,
        "height" => height,
        "is_no_count" => dialect.is_no_count(),
        "no_day" if dialect == Dialect::Sqlite => "not-a-time".to_owned(),
        "no_day" => "time-out-of-range".to_owned(),
        "date" => dialect.date(of),
        "longest" => Size::MAX_SIDE.to_string(),
        "bytes" => dialect.bytes(of),
        "count" => dialect.count(of),
        "wide" => dialect.wide(of),
        "each" => {
            of.split_once(' ').map_or_else(String::new, |(each, base)| dialect.each(each, base))
        }
        "share" => {
            let mut columns = of.split(' ');
            let mut column = || columns.next().unwrap_or_default();
            share(book, dialect, [column(), column(), column()])
        }
        "group_amounts" => group_amounts(book, dialect),
        "totals" => {
            let template = if dialect == Dialect::Sqlite { NARROW_TOTALS } else { TOTALS };
            filled(template.trim_end(), &|token| value(book, dialect, token))
        }
        "products" => narrow::products(),
        "dividend" => narrow::dividend(),
        "tail_digits" => narrow::tail_digits(book.scale).to_string(),
        "tail_zeros" => "0".repeat(narrow::tail_digits(book.scale) - 1),
        "half" => format!("5{}", "0".repeat(narrow::tail_digits(book.scale) - 1)),
        "sums" => narrow::sums(book.scale),
        "total" => narrow::total(),
        "decimal" => narrow::decimal(of, book.scale),
        "millionths" => narrow::millionths(of, book.scale),
        "sum" => dialect.sum(of, book.scale),
        "currency" => dialect.literal(book.currency.code()),
        "scale" => book.scale.to_string(),
        _ => String::new(),
    }
}

/// The amounts of a group as decimals, where the engine has any that are wide enough.
fn group_amounts(book: &PriceBook, dialect: Dialect) -> String {
    if dialect == Dialect::Sqlite {
        return String::new();
    }
    let amounts = ["low", "high"].map(|end| {
        let [each, divisor] = [format!("x.{end}_each"), format!("x.{end}_divisor")];
        let money = share(book, dialect, [&each, &divisor, "x.images"]);
        format!("\n  CASE WHEN {each} IS NOT NULL THEN {money} END AS {end},")
    });
    amounts.concat()
}

/// What images of one cost come to, as a decimal: by columns of the cost, its divisor and images.
fn share(book: &PriceBook, dialect: Dialect, [each, divisor, images]: [&str; 3]) -> String {
    dialect.money(&dialect.share(each, divisor, images, book.scale), book.scale)
}
