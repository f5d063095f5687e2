//! Streams that end early: a closed pipe is enough read, a full disk is an error.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::TINY;

/// Answers that are longer than any buffer between, and one that is short.
const ANSWERS: [&[&str]; 10] = [
    &["show", "apiin/cogview-4"],
    &["show", "apiin/cogview-4", "--format", "json"],
    &["compare", "--model", "any", "--explain"],
    &["compare", "--model", "any", "--format", "json"],
    &["compare", "--model", "any", "--format", "csv"],
    &["compare", "--model", "any", "--format", "markdown"],
    &["check", "--catalog", "tests/fixtures/invalid/unknown-key"],
    &["diff", TINY, "--model", "any", "--format", "json"],
    &["export", "schema"],
    &["compare", "--help"],
];

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cogdex"));
    command.args(arguments).current_dir(crate::support::root()).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("CLICOLOR_FORCE");
    command
}

#[test]
fn a_pipe_that_was_closed_is_success() {
    for arguments in ANSWERS {
        for read in [false, true] {
            let mut child = program(arguments).spawn().unwrap();
            let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
            if read {
                let mut line = String::new();
                assert!(reader.read_line(&mut line).unwrap() > 0, "{arguments:?}");
            }
            drop(reader);
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            let lines = said.lines().filter(|line| !line.starts_with("warning: "));
            assert_eq!(lines.collect::<Vec<_>>(), [""; 0], "{arguments:?}");
            // A short answer may have gone out whole before the pipe was closed.
            let found = i32::from(arguments[0] == "check");
            let code = output.status.code().unwrap();
            assert!(code == 0 || code == found, "{arguments:?}: {code}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_an_error() {
    for arguments in ANSWERS {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = program(arguments).stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let errors: Vec<_> = said.lines().filter(|line| !line.starts_with("warning: ")).collect();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(errors, ["error: No space left on device (os error 28)"], "{arguments:?}");
    }
}
