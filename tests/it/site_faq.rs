//! The questions of a listing: filled from facts, silent on what is unknown, and never more than text.

use cogdex::catalog::Catalog;
use cogdex::site::{FaqAnswer, ProbeRecords, Settings, Site};
use jiff::civil::{Date, date};

use crate::served::CONTRACTS;
use crate::support::{TODAY, catalog, listing};

fn answers(catalog: &Catalog, id: &str) -> Vec<FaqAnswer> {
    answers_on(catalog, id, TODAY)
}

fn answers_on(catalog: &Catalog, id: &str, as_of: Date) -> Vec<FaqAnswer> {
    let records = ProbeRecords::default();
    let site = Site::new(catalog, &records, Settings { as_of, served: false });
    site.answers(&catalog.listings[id])
}

fn find<'a>(answers: &'a [FaqAnswer], anchor: &str) -> Option<&'a FaqAnswer> {
    answers.iter().find(|answer| answer.anchor == anchor)
}

/// The paragraphs of an answer that has to be there.
fn text(catalog: &Catalog, anchor: &str) -> String {
    let answers = answers(catalog, "p/l");
    let answer = find(&answers, anchor).unwrap_or_else(|| panic!("{anchor} is not answered"));
    answer.paragraphs.join("\n")
}

fn stated(field: &str) -> Catalog {
    listing(&format!("[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n{field}\n"))
}

fn file(catalog: &Catalog, path: &str) -> String {
    let records = ProbeRecords::default();
    let site = Site::new(catalog, &records, Settings { as_of: TODAY, served: false });
    let files = site.files();
    let file = files.iter().find(|file| file.path == path).unwrap();
    String::from_utf8(site.render(file).unwrap()).unwrap()
}

#[test]
fn a_changed_fact_changes_its_answer() {
    for (anchor, before, after, one, other) in [
        (
            "faq-cost",
            "price = \"0.01 USD / image\"",
            "price = \"0.02 USD / image\"",
            "0.01",
            "0.02",
        ),
        ("faq-sizes", "sizes = [\"512x512\"]", "sizes = [\"64x64\"]", "512x512", "64x64"),
        ("faq-qualities", "qualities = [\"hd\"]", "qualities = [\"draft\"]", "hd", "draft"),
        ("faq-qualities", "latency = \"3-8 s\"", "latency = \"20 s\"", "3-8 s", "20 s"),
        (
            "faq-images",
            "images-per-answer = \"1\"",
            "images-per-answer = \"1-4\"",
            "1 per call",
            "1-4 per call",
        ),
        ("faq-uses", "use-cases = [\"Maps\"]", "use-cases = [\"Posters\"]", "Maps", "Posters"),
        (
            "faq-mode",
            "mode = \"sync\"",
            "mode = \"async\"",
            "Yes: the response",
            "you get a task ID",
        ),
        ("faq-links", "link-lifetime = \"30d\"", "link-lifetime = \"1d\"", "30 days", "1 day;"),
        ("faq-languages", "languages = [\"Thai\"]", "languages = [\"Welsh\"]", "Thai", "Welsh"),
        (
            "faq-prompt",
            "prompt-limit = \"1000 chars\"",
            "prompt-limit = \"1024 tokens\"",
            "1000 characters",
            "1024 tokens",
        ),
        ("faq-licence", "licence = \"MIT\"", "licence = \"Apache-2.0\"", "MIT", "Apache-2.0"),
        ("faq-failure", "failure-charged = true", "failure-charged = false", "Yes", "No"),
        ("faq-errors", "out-of-funds = \"402\"", "out-of-funds = \"429 1113\"", "402", "1113"),
        (
            "faq-capabilities",
            "capabilities = { streaming = true }",
            "capabilities = { streaming = false }",
            "Yes: streaming",
            "No: streaming",
        ),
        (
            "faq-own-key",
            "capabilities = { byok = true }",
            "capabilities = { byok = false }",
            "Yes,",
            "No,",
        ),
    ] {
        let (before, after) = (text(&stated(before), anchor), text(&stated(after), anchor));
        assert!(before.contains(one), "{anchor}: {before}");
        assert!(after.contains(other), "{anchor}: {after}");
        assert_ne!(before, after);
    }
}

#[test]
fn what_is_unknown_is_not_answered() {
    let nothing = listing("");
    let anchors: Vec<_> = answers(&nothing, "p/l").into_iter().map(|a| a.anchor).collect();
    assert_eq!(anchors, ["faq-what", "faq-fresh"]);
    assert!(text(&nothing, "faq-fresh").contains("We have read nothing about it yet."));
    // A price in credits of no stated worth has no total, and so no answer.
    let credits = stated("price = \"4 credits / image\"");
    assert!(find(&answers(&credits, "p/l"), "faq-cost").is_none());
}

#[test]
fn a_stale_fact_is_answered_with_its_day_and_a_mark() {
    let old = "[[statement]]\nsource = \"page\"\nseen = 2026-01-02\nlicence = \"MIT\"\n";
    let answer = |catalog: &Catalog| {
        let answers = answers(catalog, "p/l");
        find(&answers, "faq-licence").unwrap().clone()
    };
    let stale = answer(&listing(old));
    assert_eq!(stale.stale, "2026-01-02");
    assert!(stale.paragraphs.last().unwrap().contains("2026-01-02"), "{:?}", stale.paragraphs);
    // Someone who says the same today makes it fresh.
    let again =
        format!("{old}[[statement]]\nsource = \"other\"\nseen = 2026-11-20\nlicence = \"MIT\"\n");
    assert_eq!(answer(&listing(&again)).stale, "");
    let early = answers_on(&listing(old), "p/l", date(2026, 2, 1));
    assert_eq!(find(&early, "faq-licence").unwrap().stale, "");
}

#[test]
fn a_dispute_names_its_sides() {
    let both = "[[statement]]\nsource = \"page\"\nat = \"Top\"\nseen = 2026-11-20\nmode = \"sync\"\n\
                price = \"0.01 USD / image\"\n\
                [[statement]]\nsource = \"other\"\nseen = 2026-11-20\nmode = \"async\"\n\
                price = \"0.05 USD / image\"\n";
    let disputed = listing(both);
    let mode = text(&disputed, "faq-mode");
    for part in ["“sync” by A page (Top)", "“async” by Another"] {
        assert!(mode.contains(part), "{mode}");
    }
    assert!(text(&disputed, "faq-cost").contains("from 0.01 to 0.05 USD"));
    let readings = text(&disputed, "faq-differ");
    for part in ["0.01 USD, following A page (Top)", "0.05 USD, following Another"] {
        assert!(readings.contains(part), "{readings}");
    }
    assert!(find(&answers(&stated("price = \"1 USD / image\""), "p/l"), "faq-differ").is_none());
    // What settles the dispute also settles the answer.
    let settled =
        format!("{both}[[statement]]\nsource = \"run\"\nseen = 2026-11-20\nmode = \"sync\"\n");
    assert!(text(&listing(&settled), "faq-mode").contains("Yes: the response holds the image"));
}

#[test]
fn the_contract_answers_how_to_call_to_poll_and_what_errors_mean() {
    let catalog = catalog(&CONTRACTS);
    let of = |id: &str, anchor: &str| {
        let answers = answers(&catalog, id);
        find(&answers, anchor).unwrap().paragraphs.join("\n")
    };
    let call = of("p/l", "faq-call");
    for part in [
        "POST",
        "https://api.example.com/v1/images",
        "Authorization after the word Bearer",
        "Required: model and prompt.",
    ] {
        assert!(call.contains(part), "{call}");
    }
    let poll = of("q/l", "faq-mode");
    for part in [
        "While it runs: IN_PROGRESS and pending.",
        "When it is done: completed.",
        "When it failed: failed.",
    ] {
        assert!(poll.contains(part), "{poll}");
    }
    let errors = of("p/l", "faq-errors");
    for part in [
        "When the key is not known: status 401 with code 1002.",
        "When the balance is used up: status 429 with code 1113; trying again does not help.",
        "When too many requests: status 429 with code 1302; may be tried again.",
    ] {
        assert!(errors.contains(part), "{errors}");
    }
}

#[test]
fn every_answer_leads_to_its_evidence() {
    let catalog = Catalog::embedded().unwrap();
    let mut anchors = std::collections::BTreeSet::new();
    for id in catalog.listings.keys() {
        for answer in answers(&catalog, id) {
            let rests = answer.evidence.iter().any(|it| {
                it.href.starts_with(&format!("/listings/{id}/#fact-"))
                    || it.href.starts_with("/sources/#")
            });
            let of_the_catalog = ["faq-what", "faq-fresh"].contains(&answer.anchor.as_str());
            assert!(rests || of_the_catalog, "{id}: {answer:?}");
            let whole = [answer.paragraphs.join(" "), answer.question.clone()].concat();
            assert!(!whole.contains(" ,") && !whole.contains(" ."), "{id}: {whole}");
            anchors.insert(answer.anchor);
        }
    }
    // Every question is answered for some listing; none is dead.
    assert_eq!(anchors.len(), 18, "{anchors:?}");
}

#[test]
fn hostile_text_stays_text_on_the_page() {
    let evil = "<script>alert(1)</script>\u{202e}](javascript:x)";
    let model = format!("name = \"{evil}\"\nfamily = \"cogview-4\"\n");
    let listing = format!("model = \"m\"\nslug = \"{evil}\"\n");
    let catalog = catalog(&[("models/m.toml", &model), ("listings/p/l.toml", &listing)]);
    let first = &answers(&catalog, "p/l")[0];
    // Here it still is what the catalog has; the page escapes it.
    assert!(first.question.contains("<script>alert(1)</script>"));
    let page = file(&catalog, "listings/p/l/index.html");
    assert!(page.contains("alert(1)") && !page.contains("<script>alert"), "{page}");
    assert!(!page.contains('\u{202e}'));
    let twin = file(&catalog, "listings/p/l/index.md");
    assert!(twin.contains("alert(1)") && !twin.contains("<script>"), "{twin}");
    for event in pulldown_cmark::Parser::new(&twin) {
        if let pulldown_cmark::Event::Start(pulldown_cmark::Tag::Link { dest_url, .. }) = event {
            assert!(dest_url.starts_with(['/', 'h']), "{dest_url}");
        }
    }
}

#[test]
fn the_page_of_questions_is_data_too() {
    let catalog = Catalog::embedded().unwrap();
    let page = file(&catalog, "faq/index.html");
    let data = page.split("<script type=\"application/ld+json\">").nth(1).unwrap();
    let data: serde_json::Value =
        serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
    assert_eq!(data["@type"], "FAQPage");
    let questions = data["mainEntity"].as_array().unwrap();
    assert!(questions.len() >= 8);
    for question in questions {
        let name = question["name"].as_str().unwrap().replace('\'', "&#39;");
        assert!(page.contains(&name), "{name}");
        assert!(!question["acceptedAnswer"]["text"].as_str().unwrap().is_empty());
    }
}
