//! Annotations of a workflow: a line each, and no command of a stranger's.

use cogdex::contract::Verdict;
use cogdex::probe::github;

use super::{hostile_reports, report, row};

#[test]
fn each_annotation_is_one_line_with_one_command() {
    for (text, reports) in hostile_reports() {
        let written = github(&reports);
        let lines: Vec<_> = written.split_terminator('\n').collect();
        assert_eq!(lines.len(), 6, "{text:.40?}: {written:.400}");
        for line in lines {
            let rest = line.strip_prefix("::").unwrap();
            let (command, _message) = rest.split_once("::").unwrap();
            let (name, properties) = command.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&name), "{line:.200}");
            let keys: Vec<_> =
                properties.split(',').map(|pair| pair.split_once('=').unwrap().0).collect();
            assert_eq!(keys, ["file", "line", "title"], "{line:.200}");
            // GitHub undoes these escapes only; any other percent sign was escaped itself.
            let mut escapes = line.split('%').skip(1);
            assert!(escapes.all(|e| ["25", "3A", "2C"].iter().any(|known| e.starts_with(known))));
        }
    }
}

#[test]
fn an_annotation_says_what_was_promised_broken_and_where() {
    let reports = [report("p/l", vec![row("c", Verdict::Broken, "50%: a, b")], &[])];
    assert_eq!(
        github(&reports),
        "::error file=catalog/endpoints/50%25%3A a%2C b.toml,line=7,title=p/l c::\
         broken: 50%25: a, b 50%25: a, b\n"
    );
}
