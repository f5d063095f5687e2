//! Hostile answers: nothing crashes, and every report stays whole.

use super::Bench;
use super::recorder::Recorder;

/// Bodies that honest servers do not send.
fn bodies() -> Vec<String> {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let nasty = "]]>|\\u001b[31m\\n::error file=x::y\\u0000\\u202e`<script>|\\r\\n# HELP {}\\\"";
    let mut bodies = vec![
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "\"\"".to_owned(),
        "1e999".to_owned(),
        deep(100_000),
        format!("{{\"data\":{}}}", deep(120)),
    ];
    for created in ["-9223372036854775808", "9223372036854775807", "18446744073709551615", "1e308"]
    {
        bodies.push(format!("{{\"created\":{created},\"data\":[{{\"url\":\"\"}}]}}"));
        bodies.push(format!("{{\"created\":\"{created}\",\"data\":[{{\"url\":\"x\"}}]}}"));
    }
    bodies.push(format!("{{\"{nasty}\":1,\"created\":1,\"data\":[{{\"url\":\"{nasty}\"}}]}}"));
    bodies.push(format!("{{\"error\":{{\"code\":\"{nasty}\",\"message\":\"{nasty}\"}}}}"));
    bodies.push(format!("{{\"data\":{{\"task_id\":\"{nasty}\",\"status\":\"{nasty}\"}}}}"));
    bodies.push("{\"data\":{\"task_id\":\"../../x\",\"status\":\"IN_PROGRESS\"}}".to_owned());
    bodies.push(
        "{\"data\":{\"task_id\":\"a\",\"status\":\"]]>|\\u001b[1m\\n::error::x\"}}".to_owned(),
    );
    bodies.push(format!("{{\"data\":[{{\"b64_json\":\"{}\"}}]}}", "A".repeat(9)));
    bodies
}

fn reports(bench: &Bench) -> Vec<String> {
    let kinds = ["json", "junit", "sarif", "github", "markdown", "prometheus"];
    let report = |kind: &str| ["--report".to_owned(), format!("{kind}={}", bench.text(kind))];
    kinds.into_iter().flat_map(report).collect()
}

#[test]
fn no_body_crashes_a_run_or_breaks_a_report() {
    for (number, body) in bodies().iter().enumerate() {
        let (status, provider) = [(200, "p"), (200, "q"), (404, "p")][number % 3];
        for (status, provider) in [(status, provider), (200, "q")] {
            let server = Recorder::saying(status, body);
            let bench = Bench::small();
            let listing = format!("{provider}/l");
            let mut arguments = vec![&listing[..], "--spend-limit", "0.03 USD"];
            arguments.extend(["--task-timeout", "50ms"]);
            let reports = reports(&bench);
            arguments.extend(reports.iter().map(String::as_str));
            let seen = bench.run(&server.base(provider), &arguments);
            let about = &body[..body.len().min(80)];
            assert!([1, 3].contains(&seen.code), "{about}: {} {}", seen.code, seen.stderr);
            whole(&bench, about);
        }
    }
}

/// Every report is read by whoever reads its kind.
fn whole(bench: &Bench, about: &str) {
    let read = |kind: &str| std::fs::read_to_string(bench.path(kind)).unwrap();
    for kind in ["json", "junit", "sarif", "github", "markdown", "prometheus"] {
        let text = read(kind);
        let odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.chars().any(odd), "{kind} of {about}: {text:?}");
    }
    for kind in ["json", "sarif"] {
        let parsed = serde_json::from_str::<serde_json::Value>(&read(kind));
        assert!(parsed.is_ok(), "{kind} of {about}");
    }
    for line in read("github").lines() {
        let command = ["::error file=", "::warning file=", "::notice file="];
        assert!(command.iter().any(|start| line.starts_with(start)), "{line}");
    }
    assert!(!read("junit").contains("]]>"), "{about}");
    let rows = read("markdown");
    let width = |line: &str| line.replace("\\|", "").matches('|').count();
    let table: Vec<_> = rows.lines().filter(|line| line.starts_with('|')).collect();
    assert!(table.windows(2).all(|two| width(two[0]) == width(two[1])), "{about}: {rows}");
}
