//! Values that nobody writes by mistake: huge, deep, long, of the wrong kind, and such as steer
//! a terminal.

use cogdex::catalog::{DiagnosticCode, Finding};

use super::inspect;
use crate::support::{cogdex, tree};

const HEAD: &str = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n";

/// What is told of a catalog with one listing, besides its lack of an edition.
fn found(listing: &str) -> Vec<Finding> {
    let mut findings = inspect(&tree(&[("listings/p/l.toml", listing)])).findings;
    findings.retain(|finding| {
        !matches!(finding.code, DiagnosticCode::EditionDigest | DiagnosticCode::UncitedSource)
    });
    findings
}

/// The one finding in line 5, of which the text begins with `text`.
fn refused(line: &str, column: u32, code: DiagnosticCode, text: &str) {
    let found = found(&format!("{HEAD}{line}\n"));
    let [finding] = &found[..] else { panic!("{line:.60}: {found:#?}") };
    assert_eq!((finding.place.line, finding.place.column, finding.code), (5, column, code));
    assert!(finding.text.starts_with(text), "{}", finding.text);
    assert!(finding.text.chars().count() <= 241, "{}", finding.text.len());
}

fn passes(lines: &str) {
    let found = found(&format!("{HEAD}{lines}\n"));
    assert!(found.is_empty(), "{lines:.60}: {found:#?}");
}

#[test]
fn a_whole_number_is_from_0_on_and_fits() {
    passes("concurrency = 18446744073709551615");
    passes("concurrency = 0xff");
    for number in ["18446744073709551616", "-1", "0xffffffffffffffffff", "99999999999999999999999"]
    {
        let text = format!("`{number}` is not a whole number from 0 on");
        refused(&format!("concurrency = {number}"), 15, DiagnosticCode::BadValue, &text);
    }
    refused(
        "concurrency = 1.0",
        15,
        DiagnosticCode::WrongType,
        "`concurrency` is a whole number, not",
    );
}

#[test]
fn a_price_is_a_string_and_never_a_float() {
    let text = "`price` is a string, or an array of rows, not of type float";
    for float in ["0.02", "1e-2", "nan", "inf", "-0.0"] {
        refused(&format!("price = {float}"), 9, DiagnosticCode::WrongType, text);
    }
    refused(
        "price = [{ price = 0.02 }]",
        20,
        DiagnosticCode::WrongType,
        "`price` is a string, not of type float",
    );
}

#[test]
fn a_price_has_the_decimals_that_are_computed_with() {
    passes("price = \"79228162514264337593543950335 USD / image\"");
    passes("price = \"0.000000000001 USD / image\"");
    let bad = |amount: &str, why: &str| {
        let text = format!(
            "`{amount} USD / image` is not a price, such as \"0.100 USD / image\": `{amount}` {why}"
        );
        refused(&format!("price = \"{amount} USD / image\""), 9, DiagnosticCode::BadValue, &text);
    };
    bad("79228162514264337593543950336", "is beyond the decimal range");
    bad("79228162514264337593543950335.5", "is beyond the decimal range");
    passes("price = \"0.0000000000000000000000000001 USD / image\"");
    bad("0.00000000000000000000000000001", "has more than 28 decimals");
    for amount in ["-1", "+1", "1e3", ".5", "5.", "1.2.3", "1,000", "", "0x1", "NaN", "٣", "½"] {
        bad(amount, "is not a plain decimal number");
    }
}

#[test]
fn a_date_has_no_time() {
    for date in ["2026-11-20T00:00:00Z", "2026-11-20T00:00:00", "2026-11-20 10:00:00+08:00"] {
        let text = format!("`{}` is not a date alone", date.replace(' ', "T"));
        refused(&format!("page-date = {date}"), 13, DiagnosticCode::BadValue, &text);
    }
    refused("page-date = 10:00:00", 13, DiagnosticCode::BadValue, "`10:00:00` is not a date alone");
    let text = "`page-date` is a date such as 2026-11-20, without quotes, not of type string";
    refused("page-date = \"2026-11-20\"", 13, DiagnosticCode::WrongType, text);
    refused("page-date = 2026-02-30", 13, DiagnosticCode::Syntax, "");
}

#[test]
fn what_is_nested_deeply_is_refused_and_not_followed() {
    let deep = |open: &str, close: &str| {
        format!("promotion = {}{}", open.repeat(20_000), close.repeat(20_000))
    };
    for line in [deep("[", "]"), deep("{a=", "}"), format!("{}a = 1", "a.".repeat(20_000))] {
        let found = found(&format!("{HEAD}{line}\n"));
        assert!(!found.is_empty());
        assert!(found.iter().all(|finding| finding.code == DiagnosticCode::Syntax), "{found:#?}");
    }
}

#[test]
fn a_long_value_is_taken_or_told_in_brief() {
    let long = "x".repeat(200_000);
    passes(&format!("name = \"{long}\""));
    refused(&format!("price = \"{long}\""), 9, DiagnosticCode::BadValue, "`xxxx");
    refused(&format!("{long} = 1"), 1, DiagnosticCode::UnknownKey, "there is no key `xxxx");
    let line = format!("price = \"1 USD / image\"\nexcerpt = {{ price = \"1{long}\" }}");
    let found = found(&format!("{HEAD}{line}\n"));
    assert_eq!(found[0].code, DiagnosticCode::ExcerptTooLong);
    assert_eq!(found[0].text, "the excerpt of `price` has 200001 characters, or several lines");
}

#[test]
fn a_brief_text_keeps_what_was_found_and_the_rule() {
    let long = "é".repeat(1_000);
    let found = found(&format!("{HEAD}price = \"{long}\"\n"));
    let text = &found[0].text;
    assert!(text.starts_with("`éé"), "{text}");
    assert!(text.contains("é…é"), "{text}");
    assert!(text.ends_with("é` is not a price, such as \"0.100 USD / image\""), "{text}");
}

#[test]
fn words_say_something_in_one_line() {
    passes("name = \" a \"");
    let empty = |key: &str| format!("`{key}` says nothing; leave it out");
    refused("name = \"\"", 8, DiagnosticCode::BadValue, &empty("name"));
    refused("price = \"  \"", 9, DiagnosticCode::BadValue, &empty("price"));
    refused("strengths = [\"a\", \"\"]", 19, DiagnosticCode::BadValue, &empty("strengths"));
    refused("benchmarks = { x = \"\" }", 20, DiagnosticCode::BadValue, &empty("x"));
    let control = |key: &str| format!("`{key}` is one line, without control characters");
    refused("name = \"a\\nb\"", 8, DiagnosticCode::BadValue, &control("name"));
    refused("claims = { x = \"\\u001b[31m\" }", 16, DiagnosticCode::BadValue, &control("x"));
    refused("at = \"a\\tb\"", 6, DiagnosticCode::BadValue, &control("at"));
}

#[test]
fn a_size_rule_lets_something_through() {
    passes("sizes = { min = 512, max = 2048, divisor = 16, max-pixels = 2097152 }");
    refused("sizes = {}", 9, DiagnosticCode::BadValue, "the rule of `sizes` says nothing");
    let nothing = "the rule of `sizes` lets no size through";
    for rule in [
        "min = 4294967295, divisor = 4294967294",
        "min = 2048, max = 512",
        "min = 100, max = 110, divisor = 16",
        "min = 512, max-pixels = 262143",
        "max-pixels = 0",
    ] {
        refused(&format!("sizes = {{ {rule} }}"), 9, DiagnosticCode::BadValue, nothing);
    }
    passes("sizes = { min = 512, max-pixels = 262144 }");
    let text = "`divisor` is a number of pixels above 0, not 0";
    refused("sizes = { divisor = 0 }", 21, DiagnosticCode::BadValue, text);
    refused("sizes = []", 9, DiagnosticCode::BadValue, "`sizes` has no sizes");
    refused("price = []", 9, DiagnosticCode::BadValue, "`price` has no rows");
}

#[test]
fn statements_may_stand_in_one_line() {
    let inline =
        "model = \"m\"\nstatement = [{ source = \"page\", seen = 2026-11-20, mode = \"sync\" }]\n";
    assert!(found(inline).is_empty());
    let wrong = found("model = \"m\"\nstatement = [1, \"a\", [], {}]\n");
    let places: Vec<_> = wrong.iter().map(|f| (f.place.column, f.code)).collect();
    let missing = (25, DiagnosticCode::MissingKey);
    let wanted = [14, 17, 22].map(|column| (column, DiagnosticCode::WrongType));
    assert_eq!(places, [&wanted[..], &[(26, missing.1), (26, missing.1)]].concat());
}

#[test]
fn line_ends_of_windows_are_as_good() {
    let text = format!("{HEAD}price = 1\nmode = \"x\"\n");
    let places = |text: &str| {
        let told = |finding: &Finding| (finding.place.to_string(), finding.code);
        found(text).iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(places(&text.replace('\n', "\r\n")), places(&text));
    assert_eq!(places(&text).len(), 2);
    let fine = format!("{HEAD}mode = \"sync\"\n");
    assert!(found(&fine.replace('\n', "\r\n")).is_empty());
    let digest = |text: &str| inspect(&tree(&[("listings/p/l.toml", text)])).catalog.digest;
    assert_eq!(digest(&fine.replace('\n', "\r\n")), digest(&fine));
    // A carriage return alone ends no line.
    assert!(found(&fine.replace('\n', "\r")).iter().all(|f| f.code == DiagnosticCode::Syntax));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let marked = |text: &str| found(&format!("\u{feff}{text}"));
    assert!(marked(&format!("{HEAD}mode = \"sync\"\n")).is_empty());
    let found = marked("modle = \"m\"\nmodel = \"m\"\n");
    let [finding] = &found[..] else { panic!("{found:#?}") };
    assert_eq!((finding.place.line, finding.place.column), (1, 1));
    assert_eq!(finding.hint.as_deref(), Some("did you mean `model`?"));
}

#[test]
fn columns_count_characters() {
    refused("name = \"é智谱🎨\", x", 14, DiagnosticCode::Syntax, "");
    refused("\"智谱\" = 1", 1, DiagnosticCode::UnknownKey, "there is no key `智谱` here");
    refused("excerpt = { prompt-limit = \"智谱\", 智谱 = 1 }", 34, DiagnosticCode::Syntax, "");
}

#[test]
fn no_key_value_or_file_name_steers_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let whole = folder.path().join(path);
        std::fs::create_dir_all(whole.parent().unwrap()).unwrap();
        std::fs::write(whole, text).unwrap();
    };
    put("catalog.toml", "format = 1\n");
    put(
        "sources.toml",
        "[\"a\\u001b[31mbc\"]\naddress = \"https://a.b\"\ntitle = \"T\"\nkind = \"page\"\n",
    );
    put(
        "models/m.toml",
        "name = \"M\"\n\"na\\u001b]0;me\" = 1\nfamily = \"\u{202e}\"\n\
         [[statement]]\nsource = \"a\\u001b[31mbd\"\nseen = 2026-07-01\nmode = \"\u{202e}\\u0007\"\n",
    );
    #[cfg(unix)]
    put("mo\u{1b}[31m.toml", "x");
    let path = folder.path().to_str().unwrap();
    for arguments in
        [&["check", "--color", "never"][..], &["compare"], &["check", "--format", "json"]]
    {
        let output = cogdex(&[arguments, &["--catalog", path]].concat());
        // `check` has an answer, and it is no; what needs the catalog can't be done.
        let code = if arguments[0] == "check" { 1 } else { 2 };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        for said in [output.stdout, output.stderr] {
            let said = String::from_utf8(said).unwrap();
            let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!said.contains(|c: char| steers(c) && arguments.len() < 3), "{said:?}");
            assert!(!said.contains('\u{1b}'), "{said:?}");
        }
    }
}
