//! Reports: each form stays well-formed and harmless, whatever a server or a catalog said.

use cogdex::contract::{Assessment, Citation, Verdict};
use cogdex::probe::{
    CheckResult, ProbeReport, ProbeSummary, Spend, github, junit, markdown, prometheus, sarif,
};
use serde_json::{Value, json};

mod github;
mod junit;
mod markdown;
mod prometheus;
mod sarif;

const OUTCOMES: [Verdict; 5] =
    [Verdict::Holds, Verdict::Broken, Verdict::Looser, Verdict::Inconclusive, Verdict::Skipped];

fn row(id: &str, outcome: Verdict, text: &str) -> CheckResult {
    let evidence = Citation {
        source: text.to_owned(),
        path: format!("endpoints/{text}.toml"),
        line: 7,
        text: text.to_owned(),
    };
    let (reason, observed) = (text.to_owned(), text.to_owned());
    let verdict = Assessment { outcome, reason, observed, skip: None, cause: None };
    let cost = Some("0.0080".parse().unwrap());
    let id = id.to_owned();
    let earlier = None;
    CheckResult { id, evidence, verdict, may_bill: true, cost, latency_ms: Some(1204), earlier }
}

fn report(listing: &str, rows: Vec<CheckResult>, observations: &[&str]) -> ProbeReport {
    ProbeReport {
        run: "12".to_owned(),
        catalog: json!({ "edition": "2026.11", "digest": "ab" }),
        listing: listing.to_owned(),
        base_url: "https://example.com".to_owned(),
        started_ms: 1_800_000_000_000,
        as_of: "2026-11-20".to_owned(),
        limit: Some("0.50".parse().unwrap()),
        currency: "USD".to_owned(),
        spend: Spend {
            reserved: "0.10".parse().unwrap(),
            spent: "0.0080".parse().unwrap(),
            calls_billable: 1,
        },
        rows,
        observations: observations.iter().map(|text| (*text).to_owned()).collect(),
        folder: "catalog/".to_owned(),
    }
}

/// What a hostile server or catalog might say.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "]]>",
        "<script>alert(1)</script>",
        "\"'><x y='z'/>&amp;&#0;",
        "a\0b\u{1}c\u{b}d\u{1b}[31me\u{7f}f\u{9b}g\u{fffe}h\u{ffff}",
        "::error file=x::y",
        "one\n::error file=x,line=1::two\r\n::stop-commands::three\rfour",
        "a|b||c\\|d\\",
        "`` ` ``` `x`",
        "left\u{202e}right\u{200b}\u{2066}\u{feff}",
        "%0A::error::x%0D%25",
        "[click](https://example.com/x) ![i](http://example.com/p.png) <https://example.com>",
        "@someone see https://example.com, www.example.com and someone@example.com",
        "# heading\n\n- list\n\n|---|\n***\n~~~\n$x$",
        "} 1\ncogdex_check{listing=\"x\"} 0\n# TYPE cogdex_check counter\\",
        "a\u{2028}b\u{2029}c\u{85}d\u{c}e",
        "{0} {{x}} ${{ secrets.X }}",
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x|\"<\n".repeat(20_000));
    texts
}

/// Reports in which the text stands wherever a text can stand, with every outcome.
fn reports_of(text: &str) -> Vec<ProbeReport> {
    let rows = OUTCOMES.map(|outcome| row(&format!("{text}{}", outcome.word()), outcome, text));
    let plain =
        rows.clone().map(|row| CheckResult { id: row.verdict.outcome.word().to_owned(), ..row });
    let mut all = rows.to_vec();
    all.extend(plain);
    let odd = ProbeReport {
        folder: text.to_owned(),
        base_url: text.to_owned(),
        ..report(text, all, &[text, text])
    };
    vec![odd, report("p/l", plain_rows(), &[])]
}

fn plain_rows() -> Vec<CheckResult> {
    OUTCOMES.map(|outcome| row(outcome.word(), outcome, "plain")).to_vec()
}

/// Every hostile text, and reports made of it.
fn hostile_reports() -> impl Iterator<Item = (String, Vec<ProbeReport>)> {
    hostile().into_iter().map(|text| {
        let reports = reports_of(&text);
        (text, reports)
    })
}

/// No report has what a terminal, an editor or a reader's eye could be fooled with.
fn is_visible(c: char) -> bool {
    let fools = |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    c == '\n' || !(c.is_control() || fools(c))
}

#[test]
fn no_form_passes_on_invisible_characters_or_endless_text() {
    for (text, reports) in hostile_reports() {
        let documents: Vec<_> = reports.iter().map(|r| r.document().to_string()).collect();
        let forms = [
            ("json", documents.concat()),
            ("junit", junit(&reports).unwrap()),
            ("sarif", sarif(&reports).to_string()),
            ("github", github(&reports)),
            ("markdown", markdown(&reports)),
            ("prometheus", prometheus(&reports)),
        ];
        for (form, written) in forms {
            let bad = written.chars().find(|c| !is_visible(*c));
            assert_eq!(bad, None, "{form} of {text:.40?}");
            assert!(written.len() < 500_000, "{form} has {} bytes", written.len());
        }
    }
}

/// The keys of an object, in the order in which they stand.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_document_has_exactly_the_keys_of_the_design() {
    let document = report("p/l", plain_rows(), &["seen"]).document();
    let top = "format run catalog listing base_url as_of spend causes checks observations summary";
    assert_eq!(keys(&document).join(" "), top);
    assert_eq!(keys(&document["spend"]).join(" "), "limit reserved spent calls_billable");
    let check = "id clause source path line verdict reason cost latency_ms expected observed";
    for row in document["checks"].as_array().unwrap() {
        assert_eq!(keys(row).join(" "), check);
    }
    let cause =
        "class status code message condition request_id location verdict reason observed checks";
    let causes = document["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 3);
    for row in causes {
        assert_eq!(keys(row).join(" "), cause);
    }
    let summary = json!({ "holds": 1, "broken": 1, "looser": 1, "inconclusive": 1, "skipped": 1 });
    assert_eq!(document["summary"], summary);
    assert_eq!(document["spend"]["limit"], "0.5 USD");
    assert_eq!(document["spend"]["spent"], "0.008");
    assert_eq!((&document["run"], &document["format"]), (&json!(12), &json!(1)));
    assert_eq!(document["checks"][0]["cost"], "0.008");
}

#[test]
fn a_document_stays_one_line_and_reads_back_whatever_is_said() {
    for (_, reports) in hostile_reports() {
        for report in reports {
            let line = report.document().to_string();
            assert!(!line.contains('\n'));
            let back: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(back["checks"].as_array().unwrap().len(), report.rows.len());
        }
    }
}

#[test]
fn a_summary_counts_every_outcome_once() {
    let one = ProbeSummary { holds: 1, broken: 1, looser: 1, inconclusive: 1, skipped: 1 };
    assert_eq!(report("p/l", plain_rows(), &[]).summary(), one);
    assert_eq!(report("p/l", Vec::new(), &[]).summary(), ProbeSummary::default());
}
