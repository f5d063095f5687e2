//! A size or quality that no source knows, and a flag without effect, get no price but a hint: on
//! the command line, in a jobs file and from the API, in the same words.

use cogdex::pricing::{PriceTable, Query};
use jiff::civil::date;

use crate::support::{TODAY, catalog, cogdex, folder, listing, program, root};

const LISTING: &str = "model = \"m\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n";

fn with(fields: &str) -> String {
    format!("[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n{fields}\n")
}

/// What a query of some keys says to a listing of these fields: nothing, or why not.
fn asked(fields: &str, keys: &[(&str, &str)]) -> Result<(), String> {
    let catalog = listing(&with(fields));
    let mut query = Query::default();
    for (key, text) in keys {
        query.set(key, text).unwrap();
    }
    let table = PriceTable::new(&catalog, query.terms(&query.job).unwrap());
    query.answer(&table, TODAY).map(drop)
}

#[test]
fn a_quality_that_no_source_knows_is_an_error_with_a_hint() {
    let fields = "price = \"1 USD / image\"\nqualities = [\"standard\", \"hd\"]";
    assert_eq!(asked(fields, &[("quality", "hd")]), Ok(()));
    let wanted = "--quality: no source knows `ultra`; did you mean `hd`? Known are: hd, standard";
    assert_eq!(asked(fields, &[("quality", "ultra")]), Err(wanted.to_owned()));
    let near = asked(fields, &[("quality", "standart")]).unwrap_err();
    assert!(near.contains("did you mean `standard`?"), "{near}");
    // Known is also what has a price, a time, or is drawn where nobody asks.
    let row = "price = [{ price = \"1 USD / image\", quality = \"low\" }]";
    assert_eq!(asked(row, &[("quality", "low")]), Ok(()));
    let default = "price = \"1 USD / image\"\ndefault-quality = \"fine\"";
    assert_eq!(asked(default, &[("quality", "fine")]), Ok(()));
    assert!(asked(default, &[("quality", "hd")]).is_err());
    // Where no source speaks of quality, nobody knows that there is none.
    assert_eq!(asked("price = \"1 USD / image\"", &[("quality", "hd")]), Ok(()));
}

#[test]
fn a_size_that_no_source_knows_is_an_error_with_the_nearest() {
    let asked = |fields: &str, size: &str| {
        asked(&format!("price = \"1 USD / image\"\n{fields}"), &[("size", size)])
    };
    let list = "sizes = [\"512x512\", \"1024x1024\", \"2048x2048\"]";
    assert_eq!(asked(list, "512x512"), Ok(()));
    let wanted = "--size: no source knows `9999x9999`; the nearest that are known are 2048x2048 and 1024x1024";
    assert_eq!(asked(list, "9999x9999"), Err(wanted.to_owned()));
    let rule = "sizes = { min = 512, max = 2048, divisor = 16 }";
    assert_eq!(asked(rule, "528x1040"), Ok(()));
    let wanted = "--size: no source knows `9999x9999`; the one that is known is 2048x2048";
    assert_eq!(asked(rule, "9999x9999"), Err(wanted.to_owned()));
    // What a row of prices or any other field mentions is known, too.
    let rows = "price = [{ price = \"1 USD / image\", size = \"300x300\" }]";
    assert_eq!(super::known_words::asked(rows, &[("size", "300x300")]), Ok(()));
    assert!(super::known_words::asked(rows, &[("size", "301x300")]).is_err());
    assert_eq!(asked("default-size = \"640x640\"", "640x640"), Ok(()));
    // The size that is drawn where nobody asks needs no source, and where none speaks of sizes
    // nobody knows that there is none.
    assert_eq!(asked("sizes = [\"512x512\"]", "1024x1024"), Ok(()));
    assert_eq!(asked("", "777x777"), Ok(()));
}

#[test]
fn a_model_or_another_seller_may_know_it() {
    let sized = with("sizes = [\"512x512\"]\nqualities = [\"hd\"]");
    let priced = format!("{LISTING}price = \"1 USD / image\"\n");
    let catalog = catalog(&[
        ("models/m.toml", &format!("name = \"M\"\nfamily = \"cogview-4\"\n{sized}")),
        ("listings/p/l.toml", &priced),
    ]);
    let mut query = Query::default();
    query.set("size", "512x512").unwrap();
    query.set("quality", "hd").unwrap();
    let table = PriceTable::new(&catalog, query.terms(&query.job).unwrap());
    assert!(query.answer(&table, date(2026, 11, 20)).is_ok());
}

#[test]
fn hardware_is_named_where_it_changes_a_price() {
    let rows = "price = [{ price = \"0.001 USD / second\", hardware = \"H100\" }]";
    let seconds = ("seconds-per-image", "20");
    assert_eq!(asked(rows, &[("hardware", "H100"), seconds]), Ok(()));
    let wanted = "--hardware: `H100` has no effect without --seconds-per-image";
    assert_eq!(asked(rows, &[("hardware", "H100")]), Err(wanted.to_owned()));
    let plain = "price = \"1 USD / image\"";
    let wanted = "--hardware: no listing has a price for any hardware";
    assert_eq!(asked(plain, &[("hardware", "H100"), seconds]), Err(wanted.to_owned()));
}

#[test]
fn the_program_says_it_once_for_flags_and_jobs_files_and_diff() {
    let fields = with("price = \"1 USD / image\"\nqualities = [\"hd\"]\nsizes = [\"512x512\"]");
    let folder = folder(&[("listings/p/l.toml", &format!("model = \"m\"\n{fields}"))]);
    let path = folder.path().to_str().unwrap();
    let jobs = folder.path().join(".jobs.toml");
    std::fs::write(&jobs, "[[job]]\nimages = 1\n[[job]]\nquality = \"ultra\"\n").unwrap();
    let jobs = jobs.to_str().unwrap();
    let wanted = "error: --quality: no source knows `ultra`; did you mean `hd`? Known are: hd\n";
    for arguments in [
        &["compare", "--quality", "ultra", "--catalog", path][..],
        &["compare", "--jobs", jobs, "--catalog", path],
        &["diff", path, path, "--quality", "ultra"],
        &["diff", path, path, "--jobs", jobs],
    ] {
        let output = cogdex(&[arguments, &["--quiet"]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), wanted, "{arguments:?}");
    }
    // A size that is not asked for is nobody's slip.
    let output = cogdex(&["compare", "--catalog", path, "--quiet"]);
    assert!(output.status.success());
}

/// Runs the program with a text on stdin.
fn piped(arguments: &[&str], text: &[u8]) -> std::process::Output {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new(program())
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may be done before it has read all.
    drop(child.stdin.take().unwrap().write_all(text));
    child.wait_with_output().unwrap()
}

#[test]
fn jobs_come_from_stdin_too() {
    let arguments = ["compare", "--jobs", "-", "--format", "json", "--as-of", "2026-11-20"];
    let output = piped(&arguments, b"[[job]]\nname = \"a\"\nimages = 7\n");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["job"]["images"], 7);
    let output = piped(&arguments, b"[[job]]\nimagse = 7\n");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: stdin:2:1: unknown-key: there is no key `imagse`"), "{said}");
    // What has no end is not read for ever.
    let output = piped(&arguments, &vec![b' '; (4 << 20) + 1]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), said.as_str()),
        (Some(2), "error: --jobs: stdin has more than 4 MiB\n")
    );
}

#[test]
fn a_jobs_file_has_every_flag_of_the_command_line_as_a_key() {
    let jobs = "[[job]]\nname = \"yuan\"\nmodel = \"bigmodel/cogview-4-250304\"\ncurrency = \"CNY\"\n\
        as-of = \"2026-11-20\"\nimages = 1000\nsize = \"1024x1024\"\nquality = \"hd\"\n\
        deadline = \"7d\"\nconcurrency = 2\nreject-rate = \"10%\"\nfail-rate = \"5%\"\n\
        seconds-per-image = \"20\"\nrequire = [\"sync\"]\n\
        [[job]]\nname = \"dollars\"\nmodel = \"replicate\"\nbudget = \"20 USD\"\n\
        hardware = \"H100\"\nseconds-per-image = \"20\"\nrate = \"CNY/USD=0.14\"\n";
    let output = piped(&["compare", "--jobs", "-", "--format", "json"], jobs.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let documents: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [yuan, dollars] = &documents[..] else { panic!("{said}") };
    assert_eq!((&yuan["currency"], &yuan["as_of"]), (&"CNY".into(), &"2026-11-20".into()));
    assert_eq!(yuan["rows"][0]["listing"], "bigmodel/cogview-4-250304");
    assert_eq!(yuan["rows"].as_array().unwrap().len(), 1);
    assert_eq!((&dollars["currency"], &dollars["job"]["name"]), (&"USD".into(), &"dollars".into()));
    // A fault stands at its place, as that of a job's own key.
    let wrong = "[[job]]\nmodel = [\"a\", \"b\"]\n[[job]]\ncurrency = \"EURO\"\n";
    let output = piped(&["compare", "--jobs", "-"], wrong.as_bytes());
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[0], "error: stdin:2:15: bad-value: `model` takes one value");
    assert!(lines[1].starts_with("error: stdin:4:12: bad-value: `EURO` is not an ISO 4217"));
}

#[test]
fn diff_compares_on_one_day_and_one_selection() {
    let jobs = "[[job]]\nmodel = \"zai\"\n[[job]]\nmodel = \"fal\"\n";
    let output = piped(&["diff", "catalog", "catalog", "--jobs", "-"], jobs.as_bytes());
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    let wanted =
        "error: the jobs are of several models or days; give them with --model and --as-of";
    assert_eq!(said.lines().last(), Some(wanted));
}
