//! What is printed may stand in the log of a workflow, where a line can be a command. GitHub's
//! runner takes `::` after any white space for one, and `##[` wherever it stands in a line.

use std::process::Command;

use super::recorder::{Recorder, say};
use super::{Bench, KEY, VARIABLE};
use crate::support::root;

/// Words of which each could begin a line, long enough that some do however wide a line is.
fn hostile() -> String {
    let words = "::error::x ##[add-mask]e ::set-env name=x::y ##[error]x ";
    words.repeat(12)
}

/// Answers in which the hostile text stands wherever a report repeats what it was told.
fn answers() -> Vec<String> {
    let text = hostile();
    let of = |value: serde_json::Value| value.to_string();
    vec![
        of(serde_json::json!({ "error": { "code": text, "message": text, "type": text } })),
        of(serde_json::json!({ "created": 1, "data": [{ "url": text }], text.clone(): 1 })),
        of(serde_json::json!({ "data": [{ "url": format!("http://127.0.0.1:1/{text}") }] })),
        of(serde_json::json!({ "data": { "task_id": "a", "status": text } })),
        of(serde_json::json!({ "data": { "task_id": text, "status": "pending" } })),
    ]
}

/// Lines that a runner would take for commands.
fn commands(printed: &str) -> Vec<&str> {
    let is_command = |line: &&str| line.trim_start().starts_with("::") || line.contains("##[");
    printed.lines().filter(is_command).collect()
}

/// Runs the program on a bench and gives what it printed on both streams.
fn printed(bench: &Bench, form: &[&str], arguments: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cogdex"));
    command.current_dir(root()).env_clear().env("HOME", bench.folder.path()).env(VARIABLE, KEY);
    command.arg("--catalog").arg(bench.path("catalog")).args(form).arg("-v").arg("probe");
    command.arg("--history").arg(bench.path("h.sqlite"));
    command.args(["--key-env", VARIABLE, "--poll-interval", "10ms"]).args(arguments);
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(matches!(code, Some(1 | 3)), "{code:?} {arguments:?}: {err}");
    (out, err)
}

#[test]
fn no_hostile_answer_puts_a_workflow_command_into_what_is_printed() {
    let mut repeated = 0;
    for (number, body) in answers().into_iter().enumerate() {
        for (status, listing) in [(200, "p/l"), (200, "q/l"), (404, "p/l")] {
            let body = body.clone();
            let server = Recorder::start(move |request, socket| {
                let header = "x-request-id: ::error::x ##[error]x\r\n";
                let status = if request.contains(KEY) { status } else { 403 };
                say(socket, status, header, body.as_bytes());
            });
            let bench = Bench::small();
            let base = server.base(&listing[..1]);
            let mut arguments = vec![listing.to_owned(), "--base-url".to_owned(), base];
            arguments
                .extend(["--spend-limit", "0.03 USD", "--task-timeout", "50ms"].map(Into::into));
            let kinds = ["json", "junit", "sarif", "github", "markdown", "prometheus"];
            for kind in kinds {
                let file = bench.text(kind);
                arguments.extend(["--report".to_owned(), format!("{kind}={file}")]);
            }
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            let (table, mut aside) = printed(&bench, &[], &arguments);
            let mut shown = vec![("table", table)];
            for form in ["json", "markdown"] {
                let (out, err) = printed(&bench, &["--format", form], &["--replay", "1"]);
                shown.push((form, out));
                aside.push_str(&err);
            }
            // A file has what `-` would print.
            shown.extend(
                kinds.map(|kind| (kind, std::fs::read_to_string(bench.path(kind)).unwrap())),
            );
            assert_eq!(commands(&aside), Vec::<&str>::new());
            for (position, (form, text)) in shown.iter().enumerate() {
                let about = format!("{number} {status} {listing} {form} {position}");
                repeated += usize::from(text.contains("error::x") || text.contains("[error]"));
                let own = ["::error file=", "::warning file=", "::notice file="];
                let is_own = |line: &&str| own.iter().any(|start| line.starts_with(start));
                let strange: Vec<_> = commands(text)
                    .into_iter()
                    .filter(|line| *form != "github" || !is_own(line))
                    .collect();
                assert_eq!(strange, Vec::<&str>::new(), "{about}");
            }
        }
    }
    assert!(repeated > 20, "the hostile text has to be repeated to be harmless: {repeated}");
}
