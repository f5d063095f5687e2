//! Bad command lines: one clear line on stderr, nothing on stdout, exit 2.

use std::path::Path;
use std::process::{Output, Stdio};

use crate::support::{cogdex, cogdex_in};

mod files;
mod limits;
mod streams;

/// The tiny catalog, which is an edition and so brings no warning of its own.
const TINY: &str = "tests/fixtures/catalog";

/// The one line on stderr, after `error: `.
fn line(output: &Output, arguments: &[&str]) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap_or_default();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
    let one = said.strip_suffix('\n').filter(|line| !line.contains('\n'));
    let Some(one) = one else { panic!("{arguments:?}: not one line: {said:?}") };
    let message = one.strip_prefix("error: ");
    message.map_or_else(|| panic!("{arguments:?}: {one}"), str::to_owned)
}

fn refused(arguments: &[&str]) -> String {
    line(&cogdex(arguments), arguments)
}

fn refused_in(folder: &Path, arguments: &[&str]) -> String {
    line(&cogdex_in(folder, arguments), arguments)
}

/// Each value of one flag of `compare` with what is said of it after the flag's name.
fn flag(flag: &str, values: &[(&str, &str)]) {
    for (value, wanted) in values {
        let said = refused(&["compare", flag, value]);
        assert_eq!(said, format!("{flag}: {wanted}"));
        // A value in one word with its flag is the same value.
        assert_eq!(refused(&["compare", &format!("{flag}={value}")]), said);
    }
}

/// Values of which the same is said, with the value in front.
fn flag_each(name: &str, values: &[&str], wanted: &str) {
    for value in values {
        let text = format!("`{value}` {wanted}");
        assert_eq!(refused(&["compare", &format!("{name}={value}")]), format!("{name}: {text}"));
    }
}

#[test]
fn a_command_that_does_not_exist() {
    let cases: [(&[&str], &str); 7] = [
        (&["nonsense"], "there is no command `nonsense`"),
        (&["compair"], "there is no command `compair`; did you mean `compare`?"),
        (&["COMPARE"], "there is no command `COMPARE`"),
        (&["export", "schemas"], "there is no command `schemas`; did you mean `schema`?"),
        (&["--nope"], "unknown option --nope"),
        (&["no\u{1b}[31m\nsense"], "there is no command `no\u{fffd}[31m\u{fffd}sense`"),
        (&[""], "there is no command ``"),
    ];
    for (arguments, wanted) in cases {
        assert_eq!(refused(arguments), wanted, "{arguments:?}");
    }
}

#[test]
fn a_flag_that_does_not_exist_or_lacks_its_value() {
    let cases: [(&[&str], &str); 15] = [
        (&["compare", "--nope"], "unknown option --nope"),
        (&["compare", "--imags", "5"], "unknown option --imags; did you mean `--images`?"),
        (&["compare", "extra"], "there is no `extra` here"),
        (&["check", "extra"], "there is no `extra` here"),
        (&["compare", "-x"], "unknown option -x"),
        (&["compare", "--images"], "--images lacks its value"),
        (&["compare", "--hardware"], "--hardware lacks its value"),
        (&["compare", "--model"], "--model lacks its value"),
        (&["check", "--catalog"], "--catalog lacks its value"),
        (&["check", "--catalog", ""], "--catalog lacks its value"),
        (&["compare", "--images", "1", "--images", "2"], "--images is given more than once"),
        (&["check", "-q", "--quiet"], "--quiet is given more than once"),
        (&["compare", "--explain", "--explain"], "--explain is given more than once"),
        (&["show"], "<NAME> is missing"),
        (&["diff"], "<OLD> is missing"),
    ];
    for (arguments, wanted) in cases {
        assert_eq!(refused(arguments), wanted, "{arguments:?}");
    }
}

#[test]
fn a_size_is_two_sides_in_pixels() {
    let forms = [
        "0x0",
        "1024",
        "1024x",
        "x1024",
        "x",
        "-5x5",
        "5x-5",
        "1024×1024",
        "1024X1024",
        "01x1",
        " 1x1",
        "1x1 ",
        "1.5x2",
        "1x1x1",
        "1*1x1",
        "+1x1",
        "",
        "99999999999999999999x1",
        "٣x٣",
    ];
    flag_each("--size", &forms, "is not a size, such as 1024x1024");
    let long = ["99999999x1", "1x16385", "4294967295x1"];
    flag_each("--size", &long, "has a side of more than 16384 pixels");
    // As its own word, a value that begins with a dash is still the flag's value.
    let said = refused(&["compare", "--size", "-5x5"]);
    assert_eq!(said, "--size: `-5x5` is not a size, such as 1024x1024");
}

#[test]
fn a_count_is_a_whole_number_within_reason() {
    let values = [
        "0",
        "-1",
        "1e9",
        "99999999999999999999",
        "1000000000001",
        "abc",
        "1.5",
        "",
        " 5",
        "+5",
        "1_000",
        "1,000",
        "0x10",
        "١",
    ];
    flag_each("--images", &values, "is not a number of images from 1 to 1000000000000");
    let values = ["0", "-1", "1000001", "18446744073709551616", "many"];
    flag_each("--concurrency", &values, "is not a number of calls at once from 1 to 1000000");
    assert!(cogdex(&["compare", "--images", "0001", "--catalog", TINY]).status.success());
}

#[test]
fn a_currency_is_money_by_its_code() {
    let not = "is not an ISO 4217 currency, such as USD";
    flag_each("--currency", &["XYZ", "", "US", "USDT", "$", "XXX", "XTS", "-", "¥", "us d"], not);
    flag(
        "--currency",
        &[
            ("usd", "`usd` is not an ISO 4217 currency, such as USD (did you mean `USD`?)"),
            ("Eur", "`Eur` is not an ISO 4217 currency, such as USD (did you mean `EUR`?)"),
            ("credits", "totals are in money, not in credits"),
        ],
    );
}

#[test]
fn a_day_is_written_as_in_the_catalog_and_not_before_every_statement() {
    let values = [
        "2026-13-01",
        "2026-02-30",
        "2026-00-10",
        "yesterday",
        "today",
        "20261120",
        "2026-11-2",
        "26-11-20",
        "2026-11-20T00:00",
        "2026/11/20",
        "11-20-2026",
        "-001-01-01",
        " 2026-1-01",
        "",
    ];
    flag_each("--as-of", &values, "is not a date such as 2026-11-20");
    for command in [&["compare"][..], &["show", "atelier/cogview-4"], &["diff", TINY]] {
        let arguments = [command, &["--as-of", "2026-05-31", "--catalog", TINY]].concat();
        let wanted = "--as-of: nothing was stated by 2026-05-31; the first is of 2026-06-01";
        assert_eq!(refused(&arguments), wanted);
        let arguments = [command, &["--as-of", "someday", "--catalog", TINY]].concat();
        assert_eq!(refused(&arguments), "--as-of: `someday` is not a date such as 2026-11-20");
    }
    assert!(cogdex(&["compare", "--as-of", "2026-07-01", "--catalog", TINY]).status.success());
}

#[test]
fn a_rate_is_a_pair_and_above_zero() {
    let form = |value: &str| format!("`{value}` is not a rate such as CNY/USD=0.14");
    for value in ["CNY=1", "CNY/USD", "0.14", "", "=", "CNY-USD=1"] {
        flag("--rate", &[(value, &form(value))]);
    }
    let cases = [
        ("CNY/USD=0", "it is above zero, between two currencies"),
        ("CNY/USD=0.000", "it is above zero, between two currencies"),
        ("CNY/CNY=1", "it is above zero, between two currencies"),
        ("CNY/USD=-1", "`-1` is not a plain decimal number"),
        ("CNY/USD=", "`` is not a plain decimal number"),
        ("CNY/USD=1e3", "`1e3` is not a plain decimal number"),
        ("CNY/USD=NaN", "`NaN` is not a plain decimal number"),
        ("CNY/USD=0,14", "`0,14` is not a plain decimal number"),
        ("CNY/USD=1=2", "`1=2` is not a plain decimal number"),
        (
            "CNY/USD=0.12345678901234567890123456789",
            "`0.12345678901234567890123456789` has more than 28 decimals",
        ),
        (
            "CNY/USD=79228162514264337593543950336",
            "`79228162514264337593543950336` is beyond the decimal range",
        ),
        ("credits/USD=1", "credits have no rate"),
        ("USD/credits=1", "credits have no rate"),
        ("XYZ/USD=1", "`XYZ` is not an ISO 4217 currency, such as USD"),
        ("cny/USD=1", "`cny` is not an ISO 4217 currency, such as USD (did you mean `CNY`?)"),
        ("A/B/C=1", "`A` is not an ISO 4217 currency, such as USD"),
        ("/=1", "`` is not an ISO 4217 currency, such as USD"),
    ];
    for (value, why) in cases {
        flag("--rate", &[(value, &format!("{}: {why}", form(value)))]);
    }
    for second in ["CNY/USD=0.15", "CNY/USD=0.14", "USD/CNY=7"] {
        let said = refused(&["compare", "--rate", "CNY/USD=0.14", "--rate", second]);
        assert_eq!(said, format!("--rate: {} is given more than once", &second[..7]));
    }
}

#[test]
fn a_rate_that_is_not_there_is_asked_for() {
    let rows = |flags: &[&str]| -> Vec<(String, String)> {
        let always = ["compare", "--format", "json", "--catalog", TINY];
        let document = crate::support::json(&[&always[..], flags].concat());
        let row = |row: &serde_json::Value| {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            (text("reason_code"), text("reason"))
        };
        document["rows"].as_array().unwrap().iter().map(row).collect()
    };
    let missing = |rows: Vec<(String, String)>, from: &str, to: &str| {
        let rate = format!("from {from} to {to} by that day; give one with --rate {from}/{to}=…");
        rows.iter().filter(|(code, why)| code == "no-rate" && why.ends_with(&rate)).count()
    };
    // What has no rate is unknown; all others are ranked.
    assert!(missing(rows(&["--currency", "EUR"]), "USD", "EUR") > 0);
    assert!(missing(rows(&["--currency", "EUR"]), "CNY", "EUR") > 0);
    let one = ["--currency", "EUR", "--rate", "USD/EUR=0.9"];
    assert_eq!(missing(rows(&one), "USD", "EUR"), 0);
    assert!(missing(rows(&one), "CNY", "EUR") > 0);
    let early = rows(&["--as-of", "2026-06-15", "--currency", "CNY"]);
    assert!(missing(early, "USD", "CNY") > 0);
}

#[test]
fn a_share_is_below_all() {
    for name in ["--reject-rate", "--fail-rate"] {
        let below = |value: &str| format!("a rate is below 100%, not `{value}`");
        for value in ["100%", "100.0%", "150%", "79228162514264337593543950335%"] {
            flag(name, &[(value, &below(value))]);
        }
        let values = ["-5%", "10", "0.1", "%", "5 %", "5%%", "5.5.5%", "five%", "", "1e1%"];
        flag_each(name, &values, "is not a share such as 5%");
    }
}

#[test]
fn a_deadline_is_a_duration() {
    let values = [
        "0s",
        "0ms",
        "5x",
        "5",
        "s",
        "",
        "-5s",
        "1.5h",
        "5 s",
        "5S",
        "99999999999999999999s",
        "18446744073709551615d",
        "１s",
    ];
    flag_each("--deadline", &values, "is not a duration such as 50ms, 10s, 10m, 2h or 7d");
}

#[test]
fn a_budget_is_money_or_credits_above_zero() {
    for value in ["0 USD", "0.00 USD", "0 credits"] {
        flag("--budget", &[(value, &format!("a budget is above zero, not `{value}`"))]);
    }
    let cases = [
        ("USD", "`USD` lacks its currency"),
        ("5", "`5` lacks its currency"),
        ("", "`` lacks its currency"),
        ("USD 5", "`USD` is not a plain decimal number"),
        ("-5 USD", "`-5` is not a plain decimal number"),
        ("$5 USD", "`$5` is not a plain decimal number"),
        ("5  USD", "` USD` is not an ISO 4217 currency, such as USD, nor credits"),
        ("5 XYZ", "`XYZ` is not an ISO 4217 currency, such as USD, nor credits"),
        ("5 credit", "`credit` is not an ISO 4217 currency, such as USD, nor credits"),
    ];
    for (value, why) in cases {
        let wanted = format!("a budget is such as \"20 USD\" or \"500 credits\": {why}");
        flag("--budget", &[(value, &wanted)]);
    }
    let said = refused(&["compare", "--budget", "5 USD", "--images", "5"]);
    let wanted = "use either images or a budget, not both";
    assert_eq!(said, format!("--images: {wanted}"));
    let said = refused(&["compare", "--budget", "5 USD", "--currency", "CNY"]);
    assert_eq!(said, "--budget is in USD, and --currency in CNY; give one of them");
}

#[test]
fn words_that_mean_nothing() {
    let capabilities = "streaming, tools, vision, json-mode, caching, byok, webhook, n, seed, \
                        negative-prompt, commercial-use, safety-checker, watermark, sync, async";
    for feature in ["nonsense", "", "Webhook", "sync or async", "-x"] {
        let said = refused(&["compare", &format!("--require={feature}")]);
        let wanted = format!("unknown feature `{feature}`; choose from: {capabilities}");
        assert_eq!(said, format!("--require: {wanted}"));
    }
    flag("--quality", &[("", "a quality is a word"), ("h\nd", "a quality is a word")]);
    flag("--hardware", &[("", "hardware is a word"), ("\u{1b}[31m", "hardware is a word")]);
    let not = "is not a plain decimal number";
    flag_each("--seconds-per-image", &["-1", "", "1e3", "10s", "NaN"], not);
    flag("--seconds-per-image", &[("0", "seconds per image are above zero, not `0`")]);
}

#[test]
fn a_model_that_nobody_sells_and_a_listing_that_does_not_exist() {
    let cases: [(&[&str], &str); 8] = [
        (&["compare", "--model", "nonsense"], "--model: there is no model `nonsense`"),
        (
            &["compare", "--model", "cogview4"],
            "--model: there is no model `cogview4`; did you mean `cogview-4`?",
        ),
        (&["compare", "--model", ""], "--model: there is no model ``"),
        (&["diff", TINY, "--model", "nonsense"], "--model: there is no model `nonsense`"),
        (&["show", "nonsense"], "there is no listing `nonsense`"),
        (
            &["show", "atelier/cogview4"],
            "there is no listing `atelier/cogview4`; did you mean `atelier/cogview-4`?",
        ),
        (&["show", "../catalog"], "there is no listing `../catalog`"),
        (&["show", ""], "there is no listing ``"),
    ];
    for (arguments, wanted) in cases {
        let arguments = [arguments, &["--catalog", TINY]].concat();
        assert_eq!(refused(&arguments), wanted);
    }
}

#[test]
fn a_way_of_writing_that_a_command_does_not_know() {
    let known = "none of: table, json, csv, markdown, parquet";
    for value in ["xml", "JSON", "jsn"] {
        assert_eq!(
            refused(&["check", "--format", value]),
            format!("--format: `{value}` is {known}")
        );
    }
    let said = refused(&["check", "--color", "maybe"]);
    assert_eq!(said, "--color: `maybe` is none of: auto, always, never");
    for (name, arguments) in [
        ("show", &["show", "atelier/cogview-4"][..]),
        ("check", &["check"]),
        ("diff", &["diff", TINY]),
        ("export", &["export", "schema"]),
    ] {
        for format in ["csv", "markdown"] {
            let arguments = [arguments, &["--format", format, "--catalog", TINY]].concat();
            assert_eq!(refused(&arguments), format!("--format: `{name}` writes table or json"));
        }
    }
}

#[test]
fn an_alarm_of_a_diff_is_a_move_and_a_share() {
    for value in
        ["nonsense", "increase", "increase=", "increase=5", "rise=5%", "increase=-5%", "-x"]
    {
        let said = refused(&["diff", TINY, "--fail-on", value]);
        let wanted = format!("`{value}` is not such as increase=5% or decrease=5%");
        assert_eq!(said, format!("--fail-on: {wanted}"));
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cogdex"));
    let bytes = std::ffi::OsStr::from_bytes(b"a\xff");
    let output = command.arg("show").arg(bytes).stdin(Stdio::null()).output().unwrap();
    assert_eq!(line(&output, &["show"]), "an argument is not UTF-8");
}
