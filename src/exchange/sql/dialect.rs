//! How the engines differ: types, literals, and the few functions that the views need.

use super::super::table::ColumnKind;
use super::narrow;
use crate::catalog::DECIMALS;
use crate::reprice::MAX_IMAGES;

/// A database engine, by its SQL.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum Dialect {
    Duckdb,
    Clickhouse,
    #[strum(to_string = "postgres", serialize = "postgresql")]
    Postgres,
    Spark,
    Sqlite,
}

impl Dialect {
    /// The engine's own name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Duckdb => "DuckDB",
            Self::Clickhouse => "ClickHouse",
            Self::Postgres => "PostgreSQL",
            Self::Spark => "Spark SQL",
            Self::Sqlite => "SQLite",
        }
    }

    /// The type of a column.
    pub(super) fn kind(self, kind: ColumnKind) -> &'static str {
        match (self, kind) {
            (Self::Duckdb | Self::Postgres, ColumnKind::Text)
            | (
                Self::Sqlite,
                ColumnKind::Text
                | ColumnKind::Day
                | ColumnKind::Amount
                | ColumnKind::Stated
                | ColumnKind::Order,
            ) => "TEXT",
            (Self::Duckdb | Self::Postgres | Self::Spark, ColumnKind::Number) => "BIGINT",
            (Self::Duckdb | Self::Postgres | Self::Spark, ColumnKind::Day) => "DATE",
            (Self::Duckdb, ColumnKind::Amount | ColumnKind::Stated | ColumnKind::Order) => {
                "HUGEINT"
            }
            (Self::Postgres, ColumnKind::Amount | ColumnKind::Stated | ColumnKind::Order) => {
                "NUMERIC(38, 0)"
            }
            (Self::Spark, ColumnKind::Amount | ColumnKind::Stated | ColumnKind::Order) => {
                "DECIMAL(38, 0)"
            }
            (Self::Spark, ColumnKind::Text) => "STRING",
            (Self::Sqlite, ColumnKind::Number) => "INTEGER",
            (Self::Clickhouse, ColumnKind::Text) => "String",
            (Self::Clickhouse, ColumnKind::Number) => "Nullable(Int64)",
            (Self::Clickhouse, ColumnKind::Amount | ColumnKind::Stated | ColumnKind::Order) => {
                "Nullable(Int256)"
            }
            (Self::Clickhouse, ColumnKind::Day) => "Nullable(Date32)",
        }
    }

    /// A text as a literal from which nothing can break out, whatever the engine's settings, and
    /// in which no line ends.
    pub(super) fn literal(self, text: &str) -> String {
        let inner: String = text.chars().map(|c| self.escaped(c)).collect();
        // Only so does a backslash mean the same whatever standard_conforming_strings says.
        let mark = if self == Self::Postgres && inner.contains('\\') { "E" } else { "" };
        format!("{mark}'{inner}'")
    }

    fn escaped(self, c: char) -> String {
        let number = u32::from(c);
        match (c, self) {
            // No engine but some holds it in a text.
            ('\0', _) => '\u{fffd}'.to_string(),
            ('\'', Self::Clickhouse | Self::Spark) => "\\'".to_owned(),
            ('\'', _) => "''".to_owned(),
            ('\\', Self::Clickhouse | Self::Spark | Self::Postgres) => "\\\\".to_owned(),
            // Spark puts settings and variables in place of ${…}, within literals too.
            ('$', Self::Spark) => "\\u0024".to_owned(),
            (c, _) if !c.is_control() => c.to_string(),
            (c, Self::Clickhouse) => {
                let bytes = c.to_string().into_bytes();
                bytes.iter().map(|byte| format!("\\x{byte:02X}")).collect::<Vec<_>>().concat()
            }
            (_, Self::Postgres | Self::Spark) => format!("\\u{number:04X}"),
            (_, Self::Duckdb) => format!("' || chr({number}) || '"),
            (_, Self::Sqlite) => format!("' || char({number}) || '"),
        }
    }

    /// A day as a literal.
    pub(super) fn date(self, day: &str) -> String {
        match self {
            Self::Clickhouse => format!("toDate32('{day}')"),
            Self::Sqlite => format!("'{day}'"),
            Self::Duckdb | Self::Postgres | Self::Spark => format!("DATE '{day}'"),
        }
    }

    /// The start of a view.
    pub(super) fn view(self) -> &'static str {
        match self {
            // A permanent view of Spark's can't be of a temporary usage table.
            Self::Spark => "CREATE OR REPLACE TEMPORARY VIEW",
            Self::Postgres => "CREATE OR REPLACE VIEW",
            Self::Duckdb | Self::Clickhouse | Self::Sqlite => "CREATE VIEW",
        }
    }

    /// The UTC day of `u.time`, whatever the session's time zone.
    pub(super) fn day(self) -> &'static str {
        match self {
            Self::Duckdb => "CAST(make_timestamp(epoch_us(u.time)) AS DATE)",
            // A number is what it must be, as in a log; what is no number is absent.
            Self::Clickhouse => {
                "multiIf(\n      match(toTypeName(u.time), 'Int[0-9]|Decimal|Float'), \
                 toDate32(toDateTime64(multiIf(\
                 (toInt64OrNull(toString(u.time)) AS number) BETWEEN 946684800 AND 4102444799, number, \
                 number BETWEEN 946684800000 AND 4102444799999, intDiv(number, 1000), \
                 number BETWEEN 946684800000000 AND 4102444799999999, intDiv(number, 1000000), \
                 number BETWEEN 946684800000000000 AND 4102444799999999999, \
                 intDiv(number, 1000000000), NULL), 0, 'UTC')),\n      \
                 match(toTypeName(u.time), 'String'), \
                 toDate32(parseDateTime64BestEffortOrNull(toString(u.time), 6, 'UTC')),\n      \
                 toDate32(toDateTime64(u.time, 6, 'UTC')))"
            }
            Self::Postgres => {
                "CASE WHEN isfinite(u.time) THEN DATE '1970-01-01' + \
                 CAST(floor(extract(epoch FROM u.time) / 86400) AS INTEGER) END"
            }
            Self::Spark => {
                "CASE WHEN typeof(u.time) IN ('date', 'timestamp_ntz') THEN CAST(u.time AS DATE) \
                 WHEN typeof(u.time) = 'timestamp' THEN date_add(DATE '1970-01-01', CAST(\
                 (unix_seconds(CAST(u.time AS TIMESTAMP)) + 86400000000) div 86400 - 1000000 \
                 AS INT)) END"
            }
            Self::Sqlite => "u.day",
        }
    }

    /// A column as text, empty where it is absent.
    pub(super) fn text(self, column: &str) -> String {
        let kind = match self {
            Self::Clickhouse => "Nullable(String)",
            other @ (Self::Duckdb | Self::Postgres | Self::Spark | Self::Sqlite) => {
                other.kind(ColumnKind::Text)
            }
        };
        format!("coalesce(trim(CAST({column} AS {kind})), '')")
    }

    /// A size with one letter between its sides, whichever it was written with.
    pub(super) fn spelled(self, column: &str) -> String {
        ["X", "×", "*"]
            .iter()
            .fold(self.text(column), |text, other| format!("replace({text}, '{other}', 'x')"))
    }

    /// Whether `p.spelled` is written as a size is.
    pub(super) fn is_size(self) -> &'static str {
        match self {
            Self::Duckdb => {
                "regexp_full_match(p.spelled, '[1-9][0-9]{0,4}[- ]*x[- ]*[1-9][0-9]{0,4}')"
            }
            Self::Clickhouse => "match(p.spelled, '^[1-9][0-9]{0,4}[- ]*x[- ]*[1-9][0-9]{0,4}$')",
            Self::Postgres => "p.spelled ~ '^[1-9][0-9]{0,4}[- ]*x[- ]*[1-9][0-9]{0,4}$'",
            // $ would let a newline through, and a backslash depends on a setting.
            Self::Spark => "p.spelled RLIKE '^[1-9][0-9]{0,4}[- ]*x[- ]*[1-9][0-9]{0,4}(?![^0]|0)'",
            Self::Sqlite => {
                "rtrim(substr(p.spelled, 1, instr(p.spelled, 'x') - 1), ' -') GLOB '[1-9]*'\n      \
                 AND rtrim(substr(p.spelled, 1, instr(p.spelled, 'x') - 1), ' -') \
                 NOT GLOB '*[^0-9]*'\n      \
                 AND ltrim(substr(p.spelled, instr(p.spelled, 'x') + 1), ' -') GLOB '[1-9]*'\n      \
                 AND ltrim(substr(p.spelled, instr(p.spelled, 'x') + 1), ' -') \
                 NOT GLOB '*[^0-9]*'\n      \
                 AND length(replace(replace(p.spelled, ' ', ''), '-', '')) <= 11"
            }
        }
    }

    /// Width and height of `n.sides`.
    pub(super) fn sides(self) -> [String; 2] {
        match self {
            Self::Clickhouse => [1, 2].map(|part| {
                format!("toInt64OrNull(splitByChar('x', coalesce(n.sides, 'x'))[{part}])")
            }),
            Self::Sqlite => [
                "CAST(substr(n.sides, 1, instr(n.sides, 'x') - 1) AS INTEGER)".to_owned(),
                "CAST(substr(n.sides, instr(n.sides, 'x') + 1) AS INTEGER)".to_owned(),
            ],
            Self::Duckdb | Self::Postgres | Self::Spark => {
                [1, 2].map(|part| format!("CAST(split_part(n.sides, 'x', {part}) AS INTEGER)"))
            }
        }
    }

    /// Whether `s.images` is no whole number that a row may have.
    pub(super) fn is_no_count(self) -> String {
        // What is no number is above all of them.
        let beyond = format!("NOT (s.images >= 0 AND s.images <= {MAX_IMAGES})");
        match self {
            Self::Sqlite => beyond,
            Self::Duckdb | Self::Clickhouse | Self::Postgres | Self::Spark => {
                format!("{beyond} OR s.images <> floor(s.images)")
            }
        }
    }

    /// The bytes of a text.
    pub(super) fn bytes(self, column: &str) -> String {
        match self {
            Self::Duckdb => format!("strlen({column})"),
            Self::Clickhouse => format!("length({column})"),
            Self::Postgres | Self::Spark => format!("octet_length({column})"),
            Self::Sqlite => format!("length(CAST({column} AS BLOB))"),
        }
    }

    /// A count in a type in which sums of counts don't overflow.
    pub(super) fn count(self, value: &str) -> String {
        match self {
            Self::Clickhouse => format!("toInt256({value})"),
            Self::Spark => format!("CAST({value} AS DECIMAL(20, 0))"),
            Self::Sqlite => value.to_owned(),
            Self::Duckdb | Self::Postgres => format!("CAST({value} AS BIGINT)"),
        }
    }

    /// A side in a type in which the product of two does not overflow.
    pub(super) fn wide(self, value: &str) -> String {
        match self {
            Self::Clickhouse => format!("toInt64({value})"),
            Self::Sqlite => value.to_owned(),
            Self::Duckdb | Self::Postgres | Self::Spark => format!("CAST({value} AS BIGINT)"),
        }
    }

    /// What one image costs by columns of one row of the book: so much a unit, and so much more.
    pub(super) fn each(self, amount: &str, base: &str) -> String {
        let rounded_up = |pixels: u32| {
            let sum = format!("k.pixels + {}", pixels - 1);
            match self {
                Self::Duckdb => format!("({sum}) // {pixels}"),
                Self::Clickhouse => format!("intDiv({sum}, {pixels})"),
                Self::Spark => format!("({sum}) div {pixels}"),
                Self::Postgres | Self::Sqlite => format!("({sum}) / {pixels}"),
            }
        };
        let (whole, whole_binary) = (rounded_up(1_000_000), rounded_up(1_048_576));
        let units = format!(
            "CASE p.per WHEN 'pixel' THEN k.pixels WHEN 'whole-megapixel' THEN {whole} \
             WHEN 'whole-binary-megapixel' THEN {whole_binary} ELSE 1 END"
        );
        let units = match self {
            Self::Spark => format!("CAST({units} AS DECIMAL(20, 0))"),
            Self::Clickhouse => format!("toInt256({units})"),
            Self::Duckdb | Self::Postgres | Self::Sqlite => format!("({units})"),
        };
        if self == Self::Sqlite {
            return narrow::each(amount, &units, base);
        }
        self.product(&format!("{amount} * {units} + {base}"), amount)
    }

    /// What images of one cost come to, in units of ten to the power of minus `scale`: exact, or
    /// where there is a divisor rounded once, half to even by the remainder, at 12 decimals.
    pub(super) fn share(self, each: &str, divisor: &str, images: &str, scale: u32) -> String {
        let unit = format!("1{}", "0".repeat((scale - DECIMALS) as usize));
        let dividend = self.product(&format!("{each} * {images}"), each);
        let by = format!("coalesce({divisor}, 1)");
        let (unit, by) = match self {
            Self::Duckdb => (format!("CAST({unit} AS HUGEINT)"), format!("CAST({by} AS HUGEINT)")),
            Self::Clickhouse => (format!("toInt256('{unit}')"), format!("toInt256({by})")),
            Self::Spark => (format!("{unit}BD"), format!("CAST({by} AS DECIMAL(20, 0))")),
            Self::Postgres | Self::Sqlite => {
                (format!("CAST({unit} AS NUMERIC)"), format!("CAST({by} AS NUMERIC)"))
            }
        };
        let by = format!("({by} * {unit})");
        let (floor, rest) = match self {
            Self::Duckdb => (format!("({dividend}) // {by}"), format!("({dividend}) % {by}")),
            Self::Clickhouse => {
                (format!("intDiv({dividend}, {by})"), format!("modulo({dividend}, {by})"))
            }
            Self::Postgres | Self::Sqlite => {
                (format!("div({dividend}, {by})"), format!("mod({dividend}, {by})"))
            }
            // Its `div` has 64 bits; without the remainder a division is exact.
            Self::Spark => {
                let rest = format!("({dividend}) % {by}");
                let floor = format!("(({dividend}) - {rest}) / {by}");
                (format!("CAST({floor} AS DECIMAL(38, 0))"), rest)
            }
        };
        let up = format!(
            "CASE WHEN 2 * ({rest}) > {by} OR (2 * ({rest}) = {by} AND ({floor}) % 2 = 1) \
             THEN 1 ELSE 0 END"
        );
        let rounded = self.product(&format!("({floor} + {up}) * {unit}"), each);
        format!("CASE WHEN {divisor} = 1 THEN {dividend} ELSE {rounded} END")
    }

    /// A product that is exact, or an error where it is too wide; absent where `absent` is.
    pub(super) fn product(self, product: &str, absent: &str) -> String {
        match self {
            // By its settings, what is too wide may be absent instead.
            Self::Spark => format!(
                "CASE WHEN {absent} IS NOT NULL THEN coalesce({product}, \
                 CAST(raise_error('a total is beyond 38 digits') AS DECIMAL(38, 0))) END"
            ),
            // What is too wide would become a float; no absolute value has room for this one.
            Self::Sqlite => format!(
                "CASE WHEN typeof({product}) = 'real' THEN abs(-9223372036854775807 - 1) \
                 ELSE {product} END"
            ),
            Self::Duckdb | Self::Clickhouse | Self::Postgres => product.to_owned(),
        }
    }

    /// A sum of decimals that is exact, or an error where it is too wide.
    pub(super) fn sum(self, column: &str, scale: u32) -> String {
        match self {
            Self::Spark => format!(
                "CASE WHEN count({column}) > 0 THEN coalesce(sum({column}), \
                 CAST(raise_error('a total is beyond 38 digits') AS DECIMAL(38, {scale}))) END"
            ),
            Self::Duckdb | Self::Clickhouse | Self::Postgres | Self::Sqlite => {
                format!("sum({column})")
            }
        }
    }

    /// A whole number of ten to the power of minus `scale` as a decimal.
    pub(super) fn money(self, units: &str, scale: u32) -> String {
        let kind = match self {
            Self::Clickhouse => {
                let digits = format!("toString({units})");
                let padded =
                    format!("leftPad({digits}, greatest(length({digits}), {}), '0')", scale + 1);
                return format!(
                    "toDecimal256(concat(substring({padded}, 1, length({padded}) - {scale}), '.', \
                     substring({padded}, -{scale})), {scale})"
                );
            }
            Self::Spark => "STRING",
            Self::Duckdb | Self::Postgres | Self::Sqlite => "TEXT",
        };
        // A view whose numbers have another scale than those of an older book can't replace it.
        let decimal = match self {
            Self::Postgres => "NUMERIC".to_owned(),
            Self::Duckdb | Self::Clickhouse | Self::Spark | Self::Sqlite => {
                format!("DECIMAL(38, {scale})")
            }
        };
        let digits = format!("CAST({units} AS {kind})");
        let padded = format!(
            "lpad({digits}, CAST(greatest(length({digits}), {}) AS INTEGER), '0')",
            scale + 1
        );
        format!(
            "CAST(concat(left({padded}, length({padded}) - {scale}), '.', right({padded}, \
             {scale})) AS {decimal})"
        )
    }
}
