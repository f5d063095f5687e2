//! `--fail-on`: when a move of a total makes the answer "no", and when it can't be told.

use std::process::Output;

use crate::support::{cogdex, folder};

/// Compares two catalogs of one listing, each given by the fields of its statement.
fn judged(old: &str, new: &str, flags: &[&str]) -> Output {
    let catalog = |fields: &str| {
        let text = format!("model = \"m\"\n{}", super::said(fields));
        folder(&[("listings/p/l.toml", &text)])
    };
    let (old, new) = (catalog(old), catalog(new));
    let places = ["diff", old.path().to_str().unwrap(), new.path().to_str().unwrap()];
    cogdex(&[&places[..], flags].concat())
}

fn code(old: &str, new: &str, alarm: &str) -> Option<i32> {
    let price = |amount: &str| format!("price = \"{amount} USD / image\"");
    judged(&price(old), &price(new), &["--fail-on", alarm, "--images", "1000"]).status.code()
}

#[test]
fn an_increase_fires_from_its_share_on() {
    assert_eq!(code("0.1", "0.105", "increase=5%"), Some(1), "exactly five per cent");
    assert_eq!(code("0.1", "0.10499", "increase=5%"), Some(0));
    assert_eq!(code("0.1", "0.2", "increase=5%"), Some(1));
    assert_eq!(code("0.1", "0.05", "increase=5%"), Some(0), "cheaper is no increase");
    assert_eq!(code("3", "3.0000000001", "increase=0%"), Some(1), "any increase at all");
    assert_eq!(code("3", "3.0", "increase=0%"), Some(0));
}

#[test]
fn a_decrease_fires_from_its_share_on() {
    assert_eq!(code("0.1", "0.095", "decrease=5%"), Some(1));
    assert_eq!(code("0.1", "0.09501", "decrease=5%"), Some(0));
    assert_eq!(code("0.1", "0.2", "decrease=5%"), Some(0));
    assert_eq!(code("0.1", "0", "decrease=100%"), Some(1));
}

#[test]
fn from_nothing_to_something_is_an_increase_without_limit() {
    assert_eq!(code("0", "0.000001", "increase=1000000%"), Some(1));
    assert_eq!(code("0", "0.000001", "decrease=5%"), Some(0));
}

#[test]
fn any_of_several_alarms_is_enough() {
    let price = |amount: &str| format!("price = \"{amount} USD / image\"");
    let both = ["--fail-on", "increase=50%", "--fail-on", "decrease=5%"];
    assert_eq!(judged(&price("1"), &price("0.9"), &both).status.code(), Some(1));
    assert_eq!(judged(&price("1"), &price("1.4"), &both).status.code(), Some(0));
    assert_eq!(judged(&price("1"), &price("1.5"), &both).status.code(), Some(1));
}

#[test]
fn a_price_that_was_lost_cannot_be_judged() {
    let (price, none) = ("price = \"1 USD / image\"", "mode = \"sync\"");
    assert_eq!(judged(price, none, &["--fail-on", "increase=5%"]).status.code(), Some(3));
    assert_eq!(judged(price, none, &[]).status.code(), Some(0), "nobody asked for a judgement");
    let sizes = "price = \"1 USD / image\"\nsizes = [\"512x512\"]";
    assert_eq!(
        judged(price, sizes, &["--fail-on", "increase=5%"]).status.code(),
        Some(3),
        "refused now"
    );
}

#[test]
fn what_had_no_price_before_and_has_none_now_raises_no_question() {
    let (unknown, refused) = ("mode = \"sync\"", "price = \"1 USD / second\"");
    let output = judged(unknown, refused, &["--fail-on", "increase=5%"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("p/l: unknown -> refused"), "{text}");
    assert_eq!(output.status.code(), Some(0), "no total came or went");
}

#[test]
fn a_budget_that_buys_less_than_before_is_an_increase() {
    let price = |amount: &str| format!("price = \"{amount} USD / image\"");
    let asked = ["--budget", "20 USD", "--fail-on", "increase=50%"];
    let output = judged(&price("0.1"), &price("0.2"), &asked);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("p/l: 200 images -> 100 images"), "{text}");
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(judged(&price("0.1"), &price("0.11"), &asked).status.code(), Some(0));
}

#[test]
fn an_alarm_is_loud_only_where_it_fires() {
    let price = |amount: &str| format!("price = \"{amount} USD / image\"");
    let red = |alarm: &str| {
        let flags = ["--fail-on", alarm, "--color", "always"];
        let output = judged(&price("1"), &price("1.1"), &flags);
        String::from_utf8(output.stdout).unwrap().contains("\u{1b}[1m\u{1b}[31m")
    };
    assert!(red("increase=10%"));
    assert!(!red("increase=11%"));
}

#[test]
fn what_is_no_alarm_is_one_clear_line() {
    for alarm in ["increase", "increase=5", "rise=5%", "increase=-5%", "", "increase=5%%"] {
        let output = judged("price = \"1 USD / image\"", "mode = \"sync\"", &["--fail-on", alarm]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{alarm}: {said}");
        assert!(said.contains("increase=5%"), "{alarm}: {said}");
    }
}

#[test]
fn either_end_of_a_range_fires() {
    let range = |low: &str, high: &str| {
        format!(
            "price = \"{low} USD / image\"\n[[statement]]\nsource = \"other\"\n\
                 seen = 2026-11-20\nprice = \"{high} USD / image\""
        )
    };
    let code = |old: &str, new: &str, alarm: &str| {
        judged(old, new, &["--fail-on", alarm, "--images", "1000"]).status.code()
    };
    // The high end stays, the low one rises by half, or falls.
    let (before, risen, fallen) = (range("1", "4"), range("1.5", "4"), range("0.5", "4"));
    assert_eq!(code(&before, &risen, "increase=50%"), Some(1));
    assert_eq!(code(&before, &risen, "increase=50.1%"), Some(0));
    assert_eq!(code(&before, &risen, "decrease=1%"), Some(0));
    assert_eq!(code(&before, &fallen, "decrease=50%"), Some(1));
    assert_eq!(code(&before, &fallen, "increase=1%"), Some(0));
    // One end rises while the other falls: both alarms are right.
    let wider = range("0.5", "6");
    assert_eq!(code(&before, &wider, "increase=50%"), Some(1));
    assert_eq!(code(&before, &wider, "decrease=50%"), Some(1));
}

#[test]
fn fewer_images_for_the_same_budget_are_an_increase() {
    let judged = |old: &str, new: &str, alarm: &str| {
        judged(old, new, &["--budget", "20 USD", "--fail-on", alarm]).status.code()
    };
    let (three, two) = ("price = \"6 USD / image\"", "price = \"7 USD / image\"");
    // Three images become two: each takes half as much again of the budget.
    assert_eq!(judged(three, two, "increase=50%"), Some(1));
    assert_eq!(judged(three, two, "increase=51%"), Some(0));
    assert_eq!(judged(three, two, "decrease=1%"), Some(0));
    // The other way round a third is saved.
    assert_eq!(judged(two, three, "decrease=33%"), Some(1));
    assert_eq!(judged(two, three, "increase=1%"), Some(0));
}
