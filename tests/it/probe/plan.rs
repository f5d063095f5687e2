//! What a plan says before anything is sent, and flags that would be missed in silence.

use super::{Bench, Seen, VARIABLE, base};
use crate::served::Mock;

/// A plan that is printed, with flags.
fn plan(format: &str, arguments: &[&str]) -> Seen {
    let bench = Bench::new();
    let mut command = bench.bare(&["--plan"]);
    command.args(arguments).args(["--format", format]);
    Seen::of(command)
}

#[test]
fn a_request_of_unknown_price_is_never_counted_as_nothing() {
    let told = plan("table", &["302ai/cogview-4", "--spend-limit", "1 USD"]).stdout;
    assert!(told.contains("All of it: $0, and 9 requests of unknown price"), "{told}");
    let document = plan("json", &["302ai/cogview-4"]).document();
    assert_eq!(document["total"], serde_json::Value::Null);
}

#[test]
fn a_plan_is_a_document_too() {
    let document = plan("json", &["zai/cogview-4-250304", "--spend-limit", "0.02 USD"]).document();
    assert_eq!((&document["format"], &document["used"]), (&1.into(), &"0.02".into()));
    let requests = document["requests"].as_array().unwrap();
    let sent = requests.iter().filter(|request| request["sent"] == true);
    assert_eq!(sent.count(), 4, "two are free, and the limit pays for two");
    let unverified = document["unverified"].as_array().unwrap();
    assert!(unverified.iter().any(|id| id == "quality.hd"), "{document}");
}

#[test]
fn what_stays_unverified_is_named_once_and_lines_fit() {
    let told = plan("table", &["bigmodel/cogview-4-250304"]).stdout;
    let (_, unverified) = told.split_once("Not affordable within the limit").unwrap();
    let words = unverified.split([',', ' ', '\n']).filter(|word| *word == "sizes");
    assert_eq!(words.count(), 1, "{told}");
    // What it could cost rests on a rate, and the rate on a day that is long past.
    let rate = told.lines().find(|line| line.starts_with("Rate: 1 USD = 6.7854 CNY")).unwrap();
    assert!(rate.ends_with(" days old"), "{told}");
}

#[test]
fn a_price_that_is_assumed_for_no_listing_is_an_error() {
    let seen = plan("table", &["302ai/cogview-4", "--assume-price", "302ai/cogview=0.01 USD"]);
    assert_eq!(seen.code, 2);
    assert!(seen.stderr.contains("--assume-price: there is no listing"), "{}", seen.stderr);
    assert_eq!(seen.stderr.lines().count(), 1);
}

#[test]
fn a_run_that_leaves_a_check_out_takes_nothing_back_in_the_history() {
    let mock = Mock::start(&["bigmodel"]);
    let bench = Bench::new();
    let at = base(&mock, "bigmodel");
    bench.run(&at, &["bigmodel/cogview-4-250304", "--spend-limit", "0.02 USD"]);
    bench.run(&at, &["bigmodel/cogview-4-250304"]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cogdex"));
    command.args(["history", "--history", &bench.text("h.sqlite")]);
    let told = Seen::of(command).stdout;
    let line = |id: &str| told.lines().find(|line| line.starts_with(id)).expect(&told);
    assert!(line("accepted ").contains("holds"), "{told}");
    let never: Vec<_> = line("quality.outside").split_whitespace().collect();
    assert_eq!(never, ["quality.outside", "skipped", "0"], "never seen, so no day");
}

#[test]
fn a_listing_that_nobody_knows_has_no_history() {
    let mock = Mock::start(&["bigmodel"]);
    let bench = Bench::new();
    bench.run(&base(&mock, "bigmodel"), &["bigmodel/cogview-4"]);
    let asked = |listing: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cogdex"));
        command.args(["history", listing, "--history", &bench.text("h.sqlite")]);
        Seen::of(command)
    };
    assert_eq!(asked("zai/cogview-4-250304").code, 0);
    let slip = asked("bigmodel/cogview-5");
    assert_eq!(slip.code, 2);
    assert!(slip.stderr.contains("there is no listing `bigmodel/cogview-5`"), "{}", slip.stderr);
}

#[test]
fn free_checks_that_are_not_due_are_no_failure_where_no_limit_is_given() {
    let mock = Mock::start(&["bigmodel"]);
    let bench = Bench::new();
    let at = base(&mock, "bigmodel");
    let due = ["bigmodel/cogview-4", "--due", "7d"];
    assert_eq!([bench.run(&at, &due).code, bench.run(&at, &due).code], [0, 0]);
}

#[test]
fn a_code_that_no_source_pairs_is_an_observation() {
    let mock = Mock::start(&["apiin"]);
    let bench = Bench::new();
    let seen = bench.run(&base(&mock, "apiin"), &["apiin/cogview-4"]);
    seen.all_is_well("apiin");
    let told = seen.document()["observations"].to_string();
    let wanted = "no source pairs status 401 with type `invalid_request_error`";
    assert!(told.contains(wanted), "{told}");
}

#[test]
fn a_429_without_the_promised_header_is_an_observation() {
    let mock = Mock::start(&["aigateway", "--fault", "rate-limit"]);
    let limit = ["aigateway/cogview4", "--spend-limit", "0.2 USD"];
    let seen = Bench::new().run(&base(&mock, "aigateway"), &limit);
    let told = seen.document()["observations"].to_string();
    assert!(told.contains("429 came without Retry-After"), "{told}");
}

#[test]
fn the_plainest_request_leaves_first_and_then_other_spellings_of_the_model() {
    let document = plan("json", &["zai/cogview-4-250304"]).document();
    let requests = document["requests"].as_array().unwrap().iter();
    let paid: Vec<_> = requests.filter(|request| request["free"] == false).collect();
    let first: Vec<_> =
        paid[..3].iter().map(|request| request["request"].as_str().unwrap()).collect();
    let wanted = ["plain", "model-code.cogView-4-250304", "model-code.CogView-4-250304"];
    assert_eq!(first, wanted);
}

#[test]
fn what_holds_is_counted_and_listed_where_it_is_asked_for() {
    let mock = Mock::small(&[]);
    let bench = Bench::small();
    let told = |flags: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cogdex"));
        command.args(["probe", "p/l", "--base-url", &base(&mock, "p"), "--key-env", VARIABLE]);
        command.args(["--history", &bench.text("h.sqlite"), "--poll-interval", "10ms"]);
        command
            .arg("--catalog")
            .arg(bench.catalog.as_ref().unwrap())
            .args(flags)
            .env(VARIABLE, super::KEY);
        Seen::of(command).stdout
    };
    let short = told(&[]);
    assert!(short.contains(" hold (-v lists them)\n"), "{short}");
    assert!(!short.contains("holds  "), "{short}");
    assert!(short.contains(", at most $0 spent in 0 billable calls\n"), "{short}");
    let long = told(&["-v"]);
    assert!(long.contains("\nholds        auth.no-key\n"), "{long}");
    let count = long.matches("\nholds  ").count();
    assert!(short.contains(&format!("\n{count} hold (-v lists them)\n")), "{short}\n{long}");
}

#[test]
fn what_was_not_tested_has_a_plain_reason() {
    let (bench, mock) = (Bench::new(), Mock::start(&["apiin"]));
    let all = ["apiin/cogview-4", "--spend-limit", "9 USD", "--format", "table"];
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_cogdex"));
    command.args(["probe", "--base-url", &base(&mock, "apiin"), "--key-env", VARIABLE]).args(all);
    command.args(["--history", &bench.text("h.sqlite"), "--poll-interval", "10ms"]);
    command.env(VARIABLE, super::KEY);
    let told = Seen::of(command).stdout;
    for line in [
        "skipped      not applicable: the response follows apiin-docs: answer.model, ",
        "skipped      not tested: no task reached this state: task.failed\n",
        "note         the image stood at ",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    // The money of a limit has its sign, and no rate where none was used.
    assert!(told.contains(", at most $0.44 spent in 11 billable calls\n"), "{told}");
    assert!(!told.contains("Rate: "), "{told}");
}
