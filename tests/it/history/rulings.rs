//! What decides a dispute: a probe, an invoice, or a ruling that lapses when a side moves.

use cogdex::catalog::{Catalog, DiagnosticCode, FactState, Settlement, Tree};
use jiff::civil::{Date, date};

use super::{JUNE, MARCH, answers, fact, said, state};
use crate::support::{TODAY, Terms, job, listing, quote, terms, tree};

/// The answer that counts on a day, where one alone does.
fn counts(catalog: &Catalog, key: &str, day: Date) -> Option<String> {
    fact(catalog, key, day)?.value().map(ToString::to_string)
}

fn dispute() -> String {
    said("page", "03-01", "mode = \"sync\"") + &said("other", "03-01", "mode = \"async\"")
}

const RULING: &str = "[[ruling]]\nfield = \"mode\"\ndecides = \"async\"\ndate = 2026-05-01\n\
                      reason = \"we asked\"\nsides = { page = \"sync\", other = \"async\" }\n";

#[test]
fn a_ruling_settles_a_dispute_from_its_day_on_and_hides_no_side() {
    let catalog = listing(&(dispute() + RULING));
    assert_eq!(state(&catalog, "mode", date(2026, 4, 30)), FactState::Disputed);
    assert_eq!(state(&catalog, "mode", date(2026, 5, 1)), FactState::Settled);
    assert_eq!(counts(&catalog, "mode", TODAY).as_deref(), Some("async"));
    assert_eq!(answers(&catalog, "mode", TODAY), ["sync", "async"]);
    let fact = fact(&catalog, "mode", TODAY).unwrap();
    assert!(
        matches!(fact.settled, Some((1, Settlement::Ruling(ruling))) if ruling.reason == "we asked")
    );
}

#[test]
fn a_ruling_lapses_as_soon_as_a_side_moves() {
    for (moved, after) in [
        (said("page", "06-01", "mode = \"sync or async\""), FactState::Disputed),
        (said("bill", "06-01", "mode = \"sync\""), FactState::Disputed),
        (said("page", "06-01", "withdrawn = [\"mode\"]"), FactState::Agreed),
        (said("page", "06-01", "at = \"Elsewhere\"\nmode = \"sync\""), FactState::Disputed),
    ] {
        let text = format!("{}{moved}{RULING}", dispute());
        let catalog = listing(&text);
        assert_eq!(state(&catalog, "mode", date(2026, 5, 31)), FactState::Settled, "{moved}");
        assert_eq!(state(&catalog, "mode", JUNE), after, "{moved}");
        let files = tree(&[("listings/p/l.toml", &format!("model = \"m\"\n{text}"))]);
        assert!(lapsed(&files, TODAY), "{moved}");
        assert!(!lapsed(&files, date(2026, 5, 31)), "{moved}");
    }
}

fn lapsed(tree: &Tree, day: Date) -> bool {
    let findings = Catalog::inspect(tree, day).unwrap().findings;
    findings.iter().any(|finding| finding.code == DiagnosticCode::LapsedRuling)
}

#[test]
fn a_source_that_says_the_same_again_moves_nothing() {
    let again = said("page", "06-01", "mode = \"sync\"");
    let catalog = listing(&format!("{}{again}{RULING}", dispute()));
    assert_eq!(state(&catalog, "mode", TODAY), FactState::Settled);
}

#[test]
fn a_ruling_may_decide_one_key_of_a_table() {
    let catalog = listing(
        &[
            said("page", "03-01", "capabilities = { n = true, seed = true }"),
            said("other", "03-01", "capabilities = { n = false, seed = false }"),
            "[[ruling]]\nfield = \"capabilities.n\"\ndecides = \"no\"\ndate = 2026-03-01\n\
         reason = \"r\"\nsides = { page = \"yes\", other = \"no\" }\n"
                .to_owned(),
        ]
        .concat(),
    );
    assert_eq!(counts(&catalog, "capabilities.n", MARCH).as_deref(), Some("no"));
    assert_eq!(state(&catalog, "capabilities.seed", MARCH), FactState::Disputed);
}

#[test]
fn a_probe_settles_what_can_be_observed_and_no_price() {
    let prices = said("page", "03-01", "price = \"1 USD / image\"")
        + &said("other", "03-01", "price = \"3 USD / image\"");
    let run = said("run", "06-01", "mode = \"async\"\nprice = \"3 USD / image\"");
    let catalog = listing(
        &(dispute() + &prices.replace("[[statement]]", "[[statement]]\nat = \"P\"") + &run),
    );
    assert_eq!(state(&catalog, "mode", date(2026, 5, 31)), FactState::Disputed);
    assert_eq!(counts(&catalog, "mode", JUNE).as_deref(), Some("async"));
    assert!(matches!(
        fact(&catalog, "mode", JUNE).unwrap().settled,
        Some((_, Settlement::Probe(_)))
    ));
    assert_eq!(state(&catalog, "price", JUNE), FactState::Disputed);
}

#[test]
fn a_probe_does_not_settle_what_it_cannot_see() {
    let catalog = listing(
        &[said("page", "03-01", "maker = \"A\""), said("run", "03-01", "maker = \"B\"")].concat(),
    );
    assert_eq!(state(&catalog, "maker", MARCH), FactState::Disputed);
}

#[test]
fn the_newest_probe_decides_and_two_that_differ_decide_nothing() {
    let runs = said("run", "03-01", "at = \"first\"\nmode = \"sync\"")
        + &said("run", "06-01", "mode = \"async\"");
    let catalog = listing(&(said("page", "03-01", "mode = \"sync\"") + &runs));
    assert_eq!(counts(&catalog, "mode", MARCH).as_deref(), Some("sync"));
    assert_eq!(counts(&catalog, "mode", JUNE).as_deref(), Some("async"));
    let both = said("run", "03-01", "at = \"first\"\nmode = \"sync\"")
        + &said("run", "03-01", "at = \"second\"\nmode = \"async\"");
    assert_eq!(state(&listing(&both), "mode", MARCH), FactState::Disputed);
}

#[test]
fn an_invoice_settles_a_price_and_the_quote_follows_it() {
    let prices = said("page", "03-01", "price = \"1 USD / image\"")
        + &said("other", "03-01", "price = \"3 USD / image\"");
    let bill = said("bill", "06-01", "price = \"3 USD / image\"");
    let catalog = listing(&(prices + &bill));
    let quoted = |day: Date| {
        let terms = Terms { as_of: day, ..terms() };
        let quote = quote(&catalog, &catalog.listings["p/l"], &job(&[]), &terms);
        let total = quote.total.unwrap();
        (quote.state.as_str(), total.low.to_string(), total.high.to_string())
    };
    assert_eq!(quoted(MARCH), ("disputed", "1".to_owned(), "3".to_owned()));
    assert_eq!(quoted(JUNE), ("priced", "3".to_owned(), "3".to_owned()));
    assert_eq!(answers(&catalog, "price", JUNE), ["1 USD / image", "3 USD / image"]);
}

#[test]
fn an_invoice_settles_no_way_of_delivery() {
    let catalog = listing(&(dispute() + &said("bill", "06-01", "mode = \"sync\"")));
    assert_eq!(state(&catalog, "mode", JUNE), FactState::Disputed);
}
