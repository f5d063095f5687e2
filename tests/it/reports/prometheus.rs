//! Prometheus: the text exposition grammar, and no series twice.

use std::collections::BTreeSet;

use cogdex::contract::Verdict;
use cogdex::probe::{ProbeReport, prometheus};

use super::hostile_reports;

/// Name and labels of a sample; fails where it breaks the text exposition grammar.
fn series(line: &str) -> String {
    let (name, rest) = line.split_once('{').expect(line);
    assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{line:.200}");
    let mut chars = rest.char_indices();
    let (mut quoted, mut end) = (false, None);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => assert!(quoted && matches!(chars.next(), Some((_, '\\' | '"' | 'n')))),
            '"' => quoted = !quoted,
            '}' if !quoted => {
                end = Some(at);
                break;
            }
            c => assert!(quoted || c.is_ascii_lowercase() || "_=,".contains(c), "{line:.200}"),
        }
    }
    let end = end.expect(line);
    let value = rest[end + 1..].strip_prefix(' ').expect(line);
    assert!(value.bytes().all(|b| b.is_ascii_digit() || b == b'.'), "{value}");
    value.parse::<f64>().expect(line);
    format!("{name}{{{}", &rest[..end])
}

#[test]
fn prometheus_lines_match_the_grammar_and_no_series_stands_twice() {
    for (text, mut reports) in hostile_reports() {
        reports.extend(reports.clone());
        let written = prometheus(&reports);
        assert!(written.ends_with('\n'));
        let (mut declared, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut current = String::new();
        for line in written.split_terminator('\n') {
            if let Some(comment) = line.strip_prefix("# ") {
                let mut words = comment.splitn(3, ' ');
                let (kind, name) = (words.next().unwrap(), words.next().unwrap());
                assert!(declared.insert((kind.to_owned(), name.to_owned())), "{line}");
                if kind == "TYPE" {
                    assert_eq!(words.next(), Some("gauge"));
                    current = format!("{name}{{");
                }
            } else {
                let series = series(line);
                assert!(series.starts_with(&current), "{series} stands under {current}");
                assert!(seen.insert(series), "twice: {line:.200} of {text:.40?}");
            }
        }
        assert_eq!(declared.len(), 10);
        // Two for each check, however its name was cut, a time for each that was looked at, and two for
        // each listing, of its causes and of what it spent.
        let names = |report: &ProbeReport, skipped: bool| {
            let rows = report.rows.iter();
            let rows = rows.filter(|row| skipped || row.verdict.outcome != Verdict::Skipped);
            let ids = rows.map(|row| cogdex::probe::clean(&row.id, 1000));
            ids.collect::<BTreeSet<_>>().len()
        };
        let series = |report: &ProbeReport| 2 * names(report, true) + names(report, false) + 2;
        assert_eq!(seen.len(), series(&reports[0]) + series(&reports[1]));
    }
}
