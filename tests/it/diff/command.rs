//! The command: what it prints, its JSON, jobs from a file, and the newer catalog by default.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::said;
use crate::support::{cogdex, folder, stdout};

fn listed(fields: &str) -> TempDir {
    folder(&[("listings/p/l.toml", &format!("model = \"m\"\n{}", said(fields)))])
}

fn place(folder: &TempDir) -> &str {
    folder.path().to_str().unwrap()
}

fn pair() -> (TempDir, TempDir) {
    let old = listed("price = \"0.100 USD / image\"\nmode = \"sync\"\nmaker = \"A\"");
    let new = listed("price = \"0.125 USD / image\"\nmode = \"sync\"\nactive = true");
    (old, new)
}

#[test]
fn facts_and_jobs_are_told_in_lines() {
    let (old, new) = pair();
    let text = stdout(&["diff", place(&old), place(&new), "--images", "1000"]);
    insta::assert_snapshot!(text, @r"

    Facts
    changed    p/l price: 0.100 USD / image -> 0.125 USD / image
    added      p/l active: unknown -> yes
    removed    p/l maker: A -> unknown

    Jobs
    p/l: $100 -> $125 (+25%)
    ");
}

#[test]
fn totals_that_differ_are_told_apart() {
    let at = |price: &str| listed(&format!("price = \"{price} USD / image\""));
    let text = stdout(&["diff", place(&at("0.1000")), place(&at("0.1003"))]);
    assert!(text.contains("p/l: $0.10 -> $0.1003 (+0.3%)"), "{text}");
}

#[test]
fn the_first_payment_is_compared_where_it_is_ranked_by() {
    let minimum = |least: &str| {
        listed(&format!("price = \"0.01 USD / image\"\ntop-up = {{ minimum = \"{least} USD\" }}"))
    };
    let (old, new) = (minimum("10"), minimum("15"));
    let fixed = ["diff", place(&old), place(&new), "--fail-on", "increase=20%"];
    let by_total = cogdex(&fixed);
    assert_eq!(by_total.status.code(), Some(0));
    // What an image costs did not move, so that no job did.
    let text = String::from_utf8(by_total.stdout).unwrap();
    assert!(text.contains("top-up: at least 10 USD") && !text.contains("p/l: $0.01"), "{text}");
    let by_payment = cogdex(&[&fixed[..], &["--rank-by", "first-payment"]].concat());
    assert_eq!(by_payment.status.code(), Some(1));
    let text = String::from_utf8(by_payment.stdout).unwrap();
    assert!(text.contains("p/l: $10 -> $15 (+50%)"), "{text}");
    let json = [&fixed[..3], &["--rank-by", "first-payment", "--format", "json"]].concat();
    let json: Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(json["effects"][0]["new"]["first_payment"], json!({ "low": "15", "high": "15" }));
    assert_eq!(json["effects"][0]["share"], "0.5");
}

#[test]
fn a_warning_of_both_catalogs_is_told_once() {
    let (old, new) = pair();
    let output = cogdex(&["diff", place(&old), place(&new)]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told.matches("unpublished changes").count(), 1, "{told}");
}

#[test]
fn nothing_changed_is_said_and_is_success() {
    let (old, same) = (pair().0, pair().0);
    let output = cogdex(&["diff", place(&old), place(&same), "--fail-on", "increase=0%"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "Nothing changed.\n");
}

#[test]
fn the_newer_catalog_is_that_of_the_flag_or_the_embedded_one() {
    let (old, new) = pair();
    let flagged = stdout(&["diff", place(&old), "--catalog", place(&new), "--images", "1000"]);
    assert!(flagged.contains("p/l: $100 -> $125 (+25%)"), "{flagged}");
    let embedded = stdout(&["diff", place(&old), "--rate", "CNY/USD=0.14"]);
    assert!(embedded.contains("p/l: $0.10 -> not listed"), "{embedded}");
    assert!(embedded.contains("zai/cogview-4-250304: not listed -> $0.01"), "{embedded}");
    let own = crate::support::root().join("catalog");
    assert_eq!(stdout(&["diff", own.to_str().unwrap()]), "Nothing changed.\n");
}

#[test]
fn the_json_has_both_states_the_facts_and_the_effects() {
    let (old, new) = pair();
    let text = stdout(&[
        "diff",
        place(&old),
        place(&new),
        "--images",
        "1000",
        "--as-of",
        "2026-11-20",
        "--format",
        "json",
    ]);
    let document: Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["format", "old", "new", "as_of", "currency", "facts", "effects"] {
        assert!(keys.contains(&key), "{key}: {keys:?}");
    }
    assert_eq!(
        (&document["format"], &document["as_of"], &document["currency"]),
        (&json!(1), &json!("2026-11-20"), &json!("USD"))
    );
    assert_ne!(document["old"]["digest"], document["new"]["digest"]);
    assert!(document["old"]["edition"].is_null());
    assert_eq!(
        document["facts"],
        json!([
            { "level": "listing", "id": "p/l", "field": "price", "change": "changed",
              "old": "0.100 USD / image", "new": "0.125 USD / image" },
            { "level": "listing", "id": "p/l", "field": "active", "change": "added", "old": null, "new": "yes" },
            { "level": "listing", "id": "p/l", "field": "maker", "change": "removed", "old": "A", "new": null },
        ])
    );
    let effect = &document["effects"][0];
    assert_eq!(
        (&effect["job"], &effect["listing"], &effect["share"]),
        (&json!(""), &json!("p/l"), &json!("0.25"))
    );
    assert_eq!(effect["old"]["total"], json!({ "low": "100", "high": "100" }));
    assert_eq!(effect["new"]["total"], json!({ "low": "125", "high": "125" }));
    assert_eq!(effect["new"]["state"], "priced");
}

#[test]
fn jobs_of_a_file_are_judged_one_by_one() {
    let sized = |small: &str, large: &str| {
        listed(&format!(
            "price = [{{ price = \"{small} USD / image\", size = \"512x512\" }}, \
             {{ price = \"{large} USD / image\", size = \"1024x1024\" }}]"
        ))
    };
    let (old, new) = (sized("1", "2"), sized("1", "3"));
    let jobs = folder(&[(
        "jobs.toml",
        "[[job]]\nname = \"small\"\nsize = \"512*512\"\n[[job]]\nname = \"large\"\nimages = 10\n[[job]]\nsize = \"1024x1024\"\n",
    )]);
    let file = jobs.path().join("jobs.toml");
    let text = stdout(&["diff", place(&old), place(&new), "--jobs", file.to_str().unwrap()]);
    assert!(
        text.ends_with("\nJobs\nlarge: p/l: $20 -> $30 (+50%)\njob 3: p/l: $2 -> $3 (+50%)\n"),
        "{text}"
    );
}

#[test]
fn a_mended_slip_is_called_ours() {
    let old = listed("price = \"1 USD / image\"");
    let new = listed("price = \"2 USD / image\"\ncorrected = 2026-11-20");
    let text = stdout(&["diff", place(&old), place(&new)]);
    assert!(
        text.contains("corrected (our slip) p/l price: 1 USD / image -> 2 USD / image"),
        "{text}"
    );
}

#[test]
fn a_rate_that_moved_is_told_with_what_it_does() {
    let of = |rate: &str| {
        let rates = format!(
            "[[rate]]\nrate = \"1 USD = {rate} CNY\"\ndate = 2026-11-19\nsource = \"page\"\nofficial = true\n"
        );
        folder(&[
            ("rates.toml", &rates),
            ("listings/p/l.toml", &format!("model = \"m\"\n{}", said("price = \"1 CNY / image\""))),
        ])
    };
    let (old, new) = (of("8"), of("5"));
    let text = stdout(&["diff", place(&old), place(&new)]);
    assert!(text.contains("p/l: $0.125 -> $0.20 (+60%)"), "{text}");
    assert!(text.contains("1 USD = 8 CNY") && text.contains("1 USD = 5 CNY"), "{text}");
}

#[test]
fn siblings_take_part_only_with_any_model_or_by_name() {
    let of = |price: &str| {
        let sibling =
            format!("model = \"k\"\n{}", said(&format!("price = \"{price} USD / image\"")));
        folder(&[("models/k.toml", "name = \"K\"\n"), ("listings/p/k.toml", &sibling)])
    };
    let (old, new) = (of("1"), of("2"));
    let jobs = |flags: &[&str]| {
        let text = stdout(&[&["diff", place(&old), place(&new)], flags].concat());
        assert!(text.contains("p/k price"), "facts are told of all: {text}");
        text.contains("p/k: $1 -> $2")
    };
    assert!(!jobs(&[]) && jobs(&["--model", "any"]) && jobs(&["--model", "k"]));
    let output = cogdex(&["diff", place(&old), place(&new), "--model", "kk"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn lines_fit_eighty_columns() {
    let name = "a name that is rather long, as names of jobs in files of jobs may well be";
    let jobs = folder(&[(
        "jobs.toml",
        &format!("[[job]]\nname = \"{name}\"\nimages = 123456\nreject-rate = \"13%\"\n"),
    )]);
    let file = jobs.path().join("jobs.toml");
    let (old, new) = pair();
    let arguments = ["diff", place(&old), place(&new), "--jobs", file.to_str().unwrap()];
    let text = crate::terminal::plain(80, &arguments);
    let long: Vec<_> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(text.contains("a name") && long.is_empty(), "{long:#?}");
}

#[test]
fn a_damaged_side_is_told_and_nothing_is_compared() {
    let (old, _) = pair();
    let damaged = listed("price = \"1 dollar\"");
    for sides in [[place(&old), place(&damaged)], [place(&damaged), place(&old)]] {
        let output = cogdex(&["diff", sides[0], sides[1]]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
        assert!(said.contains("listings/p/l.toml:5:9: bad-value"), "{said}");
    }
    let output = cogdex(&["diff", "no-such-folder", place(&old)]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
}
