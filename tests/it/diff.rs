//! `cogdex diff`: facts that moved between two states of the catalog, and what that does to jobs.

use cogdex::catalog::Catalog;
use cogdex::diff::{Differences, FactChangeKind, diff};
use cogdex::pricing::RankBy;

use crate::support::{TODAY, catalog, job, listing, terms};

mod alarms;
mod command;
mod revisions;

/// A statement of `page` with these fields.
fn said(fields: &str) -> String {
    format!("[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n{fields}\n")
}

fn between(old: &Catalog, new: &Catalog) -> Differences {
    let jobs = [job(&[("name", "thousand"), ("images", "1000")])];
    let jobs: Vec<_> = jobs.iter().map(|job| (job.clone(), RankBy::Total)).collect();
    diff((&terms().table(old), &terms().table(new)), &jobs, TODAY, |_, _| true)
}

/// The facts that moved: id, field, how, before and now.
fn facts(differences: &Differences) -> Vec<String> {
    let facts = differences.facts.iter().map(|moved| {
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
        let word = moved.change.as_str();
        format!("{} {} {word}: {} > {}", moved.id, moved.key, side(&moved.old), side(&moved.new))
    });
    facts.collect()
}

#[test]
fn what_moved_is_changed_added_removed_or_corrected() {
    let old = listing(&said("price = \"1 USD / image\"\nmode = \"sync\""));
    let new = listing(&said("price = \"2 USD / image\"\nactive = true"));
    let found = between(&old, &new);
    let wanted = [
        "p/l price changed: 1 USD / image > 2 USD / image",
        "p/l active added: - > yes",
        "p/l mode removed: sync > -",
    ];
    assert_eq!(facts(&found), wanted);
    let mended =
        listing(&said("corrected = 2026-11-20\nprice = \"2 USD / image\"\nmode = \"sync\""));
    assert_eq!(
        facts(&between(&old, &mended)),
        ["p/l price corrected: 1 USD / image > 2 USD / image"]
    );
}

#[test]
fn a_newer_statement_of_the_seller_is_a_change_and_our_mended_slip_is_not() {
    let old = listing(&said("price = \"1 USD / image\"").replace("11-20", "11-10"));
    let newer = said("price = \"2 USD / image\"");
    let new = listing(&(said("price = \"1 USD / image\"").replace("11-20", "11-10") + &newer));
    assert_eq!(between(&old, &new).facts[0].change, FactChangeKind::Changed);
    // A slip was mended, and besides it another source says something new.
    let mended = said("corrected = 2026-11-20\nprice = \"2 USD / image\"")
        .replace("seen = 2026-11-20", "seen = 2026-11-10");
    let both = listing(&(mended + &said("price = \"3 USD / image\"").replace("page", "other")));
    assert_eq!(between(&old, &both).facts[0].change, FactChangeKind::Changed);
}

#[test]
fn a_new_side_makes_a_dispute_and_a_ruling_ends_it() {
    let (page, other) =
        (said("mode = \"sync\""), said("mode = \"async\"").replace("page", "other"));
    let (one, two) = (listing(&page), listing(&(page.clone() + &other)));
    assert_eq!(facts(&between(&one, &two)), ["p/l mode changed: sync > sync | async"]);
    let ruling = "[[ruling]]\nfield = \"mode\"\ndecides = \"sync\"\ndate = 2026-11-20\nreason = \"r\"\n\
                  sides = { page = \"sync\", other = \"async\" }\n";
    let ruled = listing(&(page + &other + ruling));
    assert_eq!(facts(&between(&two, &ruled)), ["p/l mode changed: sync | async > sync"]);
}

#[test]
fn the_same_said_again_or_in_other_words_is_no_change() {
    let old = listing(&said("price = \"1.0 USD / image\"\ninput = [\"text\", \"image\"]"));
    let again = said("price = \"1 USD / image\"\ninput = [\"image\", \"text\"]");
    let earlier = said("price = \"1.0 USD / image\"\ninput = [\"text\", \"image\"]")
        .replace("11-20", "11-10");
    let new = listing(&(earlier + &again));
    let found = between(&old, &new);
    assert!(found.facts.is_empty() && found.effects.is_empty(), "{:?}", facts(&found));
}

#[test]
fn a_fact_is_told_at_the_level_where_it_stands() {
    let of = |worth: &str| {
        let provider =
            format!("name = \"P\"\n{}", said(&format!("credits = \"1 credit = {worth} USD\"")));
        catalog(&[
            ("providers/p.toml", &provider),
            (
                "listings/p/l.toml",
                &format!("model = \"m\"\n{}", said("price = \"1 credits / image\"")),
            ),
            (
                "listings/p/k.toml",
                &format!("model = \"m\"\n{}", said("price = \"2 credits / image\"")),
            ),
        ])
    };
    let found = between(&of("0.1"), &of("0.2"));
    assert_eq!(facts(&found), ["p credits changed: 1 credit = 0.1 USD > 1 credit = 0.2 USD"]);
    assert_eq!(found.facts[0].level, cogdex::catalog::EntityKind::Provider);
    let effects: Vec<_> = found.effects.iter().map(|effect| effect.listing.as_str()).collect();
    assert_eq!(effects, ["p/k", "p/l"], "one fact moves the jobs of both listings");
}

#[test]
fn an_effect_has_both_quotes_and_the_exact_share() {
    let found = between(
        &listing(&said("price = \"0.03 USD / image\"")),
        &listing(&said("price = \"0.04 USD / image\"")),
    );
    let effect = &found.effects[0];
    assert_eq!((effect.job.as_str(), effect.listing.as_str()), ("thousand", "p/l"));
    let high = |quote: &Option<cogdex::pricing::Quote>| quote.as_ref().unwrap().total.unwrap().high;
    assert_eq!((high(&effect.old), high(&effect.new)), (30.into(), 40.into()));
    assert_eq!(effect.share.unwrap().to_string(), "0.333333333333");
    assert_eq!(effect.percent().as_deref(), Some("+33.33%"));
}

#[test]
fn listings_come_and_go_with_their_facts() {
    let one = listing(&said("price = \"1 USD / image\""));
    let none = catalog(&[]);
    let found = between(&none, &one);
    assert_eq!(facts(&found), ["p/l price added: - > 1 USD / image"]);
    let effect = &found.effects[0];
    assert!(effect.old.is_none() && effect.new.is_some() && effect.share.is_none());
    let gone = between(&one, &none);
    assert_eq!(facts(&gone), ["p/l price removed: 1 USD / image > -"]);
    assert!(gone.effects[0].new.is_none());
}
