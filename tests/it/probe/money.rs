//! Money: nothing without a limit, nothing over it, nothing twice, and a kill changes none of it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use serde_json::Value;

use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen, base, counts};
use crate::served::Mock;

fn money(document: &Value, name: &str) -> Decimal {
    document["spend"][name].as_str().unwrap().parse().unwrap()
}

/// Looks at a server until it was asked; a minute is for a busy machine, no test needs it.
pub(super) fn until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_mins(1), "it never came");
        std::thread::yield_now();
    }
}

#[test]
fn without_a_limit_only_free_calls_leave() {
    for listing in ["bigmodel/cogview-4-250304", "apiin/cogview-4"] {
        let mock = Mock::start(&[]);
        let relay = Recorder::before(&mock, |_| {});
        let provider = listing.split('/').next().unwrap();
        let seen = Bench::new().run(&relay.base(provider), &[listing]);
        assert_eq!(counts(&mock, &format!("{provider}/images")), (2, 0));
        assert!(relay.asked().iter().all(|request| !request.contains(KEY)), "{listing}");
        assert_eq!(seen.document()["spend"]["calls_billable"], 0);
        let free = |id: &String| id.starts_with("auth.") || id.starts_with("error-body.");
        assert!(seen.with("holds").iter().all(free), "{listing}");
        assert_eq!(seen.code, 0);
    }
}

#[test]
fn each_paid_request_is_sent_once_and_counted() {
    for listing in ["bigmodel/cogview-4-250304", "apiin/cogview-4", "aigateway/cogview4"] {
        let mock = Mock::start(&[]);
        let relay = Recorder::before(&mock, |_| {});
        let provider = listing.split('/').next().unwrap();
        let seen = Bench::new().run(&relay.base(provider), &[listing, "--spend-limit", "9 USD"]);
        let posted = relay.posted_with(KEY);
        let different: BTreeSet<_> = posted.iter().collect();
        assert_eq!(posted.len(), different.len(), "{listing}: a body was sent twice");
        let document = seen.document();
        let billed = counts(&mock, &format!("{provider}/images")).1;
        assert!(billed > 2, "{listing}");
        assert!(document["spend"]["calls_billable"].as_u64() >= Some(billed), "{listing}");
        assert!(money(&document, "spent") <= money(&document, "reserved"), "{listing}");
        assert!(money(&document, "spent") > Decimal::ZERO, "{listing}");
    }
}

#[test]
fn an_answer_500_after_drawing_is_paid_once_and_never_asked_again() {
    let mock = Mock::start(&["--fault", "error-after-generating"]);
    let relay = Recorder::before(&mock, |_| {});
    let listing = "bigmodel/cogview-4-250304";
    let seen = Bench::new().run(&relay.base("bigmodel"), &[listing, "--spend-limit", "9 USD"]);
    let posted = relay.posted_with(KEY);
    assert_eq!(posted.len(), posted.iter().collect::<BTreeSet<_>>().len());
    let document = seen.document();
    let billed = counts(&mock, "bigmodel/images").1;
    assert!(document["spend"]["calls_billable"].as_u64() >= Some(billed), "{document}");
    assert_eq!(money(&document, "spent"), money(&document, "reserved"));
    assert_eq!(seen.code, 3);
}

#[test]
fn a_server_that_hangs_or_resets_is_asked_once_and_booked_as_spent() {
    for server in [Recorder::hanging(), Recorder::start(|_, _| {})] {
        let bench = Bench::small();
        let limits = ["p/l", "--spend-limit", "0.02 USD", "--timeout", "300ms"];
        let seen = bench.run(&server.base("p"), &limits);
        let posted = server.posted_with(KEY);
        assert_eq!(posted.len(), posted.iter().collect::<BTreeSet<_>>().len());
        assert_eq!(posted.len(), 2, "two cents are two calls: {posted:?}");
        assert_eq!(money(&seen.document(), "spent"), "0.02".parse().unwrap());
        assert_eq!(seen.document()["spend"]["calls_billable"], 2);
        assert_eq!(seen.with("broken"), Vec::<String>::new());
        // Another run has nothing left to spend.
        let again = bench.run(&server.base("p"), &limits);
        assert_eq!(server.posted_with(KEY).len(), 2);
        assert_eq!(money(&again.document(), "reserved"), Decimal::ZERO);
    }
}

#[test]
fn what_is_over_the_limit_is_skipped_and_says_so() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    let limits = ["p/l", "--spend-limit", "0.015 USD"];
    let seen = bench.run(&base(&mock, "p"), &limits);
    assert_eq!(counts(&mock, "p/images").1, 1);
    assert_eq!(seen.code, 0);
    let skipped = seen.with("skipped").join("\n");
    assert!(
        skipped.contains("it could cost 0.01 USD, and 0.01 of 0.015 USD are used"),
        "{skipped}"
    );
    assert_eq!(seen.check("accepted")["verdict"], "holds", "the plainest request goes first");
    assert_eq!(bench.run(&base(&mock, "p"), &[&limits[..], &["--strict"]].concat()).code, 3);
}

#[test]
fn two_processes_at_once_never_exceed_the_limit_that_they_share() {
    let (bench, mock) = (Bench::small(), Mock::small(&[]));
    let limits = ["p/l", "--spend-limit", "0.07 USD"];
    let runs = [(); 2].map(|()| bench.start(&base(&mock, "p"), &limits));
    for mut run in runs {
        assert!(run.wait().unwrap().code().is_some_and(|code| code != 2));
    }
    let billed = counts(&mock, "p/images").1;
    assert!((1..=7).contains(&billed), "{billed} were billed at a cent each");
    let later = bench.run(&base(&mock, "p"), &limits);
    assert!(counts(&mock, "p/images").1 <= 7);
    assert!(money(&later.document(), "reserved") <= "0.07".parse().unwrap());
}

#[test]
fn what_was_reserved_when_a_run_was_killed_stays_spent() {
    let bench = Bench::small();
    let limits = ["p/l", "--spend-limit", "0.01 USD"];
    // The free calls are refused as they should be; the first paid one hangs.
    let server = Recorder::start(|request, socket| {
        if request.contains(KEY) {
            let _ = std::io::Read::read(socket, &mut [0; 1]);
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    });
    let mut run = bench.start(&server.base("p"), &limits);
    until(|| !server.posted_with(KEY).is_empty());
    run.kill().unwrap();
    run.wait().unwrap();
    let seen = bench.run(&server.base("p"), &[&limits[..], &["--timeout", "300ms"]].concat());
    assert_eq!(server.posted_with(KEY).len(), 1, "that of the run that was killed");
    assert_eq!(money(&seen.document(), "reserved"), Decimal::ZERO);
    assert!(seen.with("skipped").join(" ").contains("0.01 of 0.01 USD are used"));
}

#[test]
fn a_price_that_nobody_knows_has_to_be_assumed() {
    let mock = Mock::start(&[]);
    let (listing, limit) = ("wavespeed/cogview-4", ["--spend-limit", "0.01 USD"]);
    let run = |more: &[&str]| {
        let arguments = [&[listing], &limit[..], more].concat();
        Bench::new().run(&base(&mock, "wavespeed"), &arguments)
    };
    let without = run(&[]);
    assert_eq!(counts(&mock, "wavespeed/cogview-4").1, 0);
    assert!(without.with("skipped").join(" ").contains("give --assume-price"));
    let with = run(&["--assume-price", "wavespeed/cogview-4=0.01 USD / image"]);
    assert_eq!(counts(&mock, "wavespeed/cogview-4").1, 1);
    assert_eq!(money(&with.document(), "reserved"), "0.01".parse().unwrap());
}

#[test]
fn another_currency_is_reserved_with_a_margin_or_at_the_rate_that_was_given() {
    let mock = Mock::start(&[]);
    let listing = "bigmodel/cogview-4-250304";
    let cost = |more: &[&str]| -> Decimal {
        let arguments = [&[listing, "--spend-limit", "9 USD"], more].concat();
        let seen: Seen = Bench::new().run(&base(&mock, "bigmodel"), &arguments);
        seen.check("accepted")["cost"].as_str().unwrap().parse().unwrap()
    };
    // 0.06 CNY an image.
    assert_eq!(cost(&["--rate", "CNY/USD=0.14"]), "0.0084".parse().unwrap());
    let rate = crate::support::json(&[
        "--format",
        "json",
        "compare",
        "--images",
        "1",
        "--currency",
        "USD",
    ]);
    let rows = rate["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["listing"] == listing).unwrap();
    let plain: Decimal = row["total"]["high"].as_str().unwrap().parse().unwrap();
    let reserved = cost(&[]);
    let ratio = reserved / plain;
    assert!((ratio - Decimal::new(11, 1)).abs() < Decimal::new(1, 6), "{reserved} of {plain}");
}

#[test]
fn listings_of_one_key_are_probed_one_after_the_other_whatever_its_variables_are_called() {
    // Who is left waiting for an answer would be overtaken by the other, if it were under way too.
    let server = Recorder::hanging();
    let base = format!("http://127.0.0.1:{}", server.port);
    let listings = ["bigmodel/cogview-4-250304", "apiin/cogview-4"];
    let bench = Bench::new();
    let mut command = bench.bare(&listings);
    command.args(["--base-url", &base, "--spend-limit", "0.05 USD", "--timeout", "1s"]);
    command.env("BIGMODEL_API_KEY", KEY).env("APIIN_API_KEY", KEY);
    Seen::of(command);
    let asked = server.asked();
    let of_second: Vec<_> = asked.iter().map(|r| r.starts_with("POST /api/v1/images")).collect();
    assert!(of_second.contains(&true) && of_second.contains(&false), "{asked:?}");
    assert!(of_second.is_sorted(), "{asked:?}");
}

#[test]
fn a_limit_below_zero_is_told_in_one_line_and_nothing_leaves() {
    let server = Recorder::saying(401, "{}");
    let seen = Bench::small().run(&server.base("p"), &["p/l", "--spend-limit", "-1 USD"]);
    let told: Vec<_> = seen.stderr.lines().filter(|line| !line.starts_with("warning")).collect();
    assert_eq!(told, ["error: --spend-limit: `-1` is not a plain decimal number"]);
    assert_eq!(seen.code, 2);
    assert!(server.asked().is_empty());
}
