//! How far a run is: told on a terminal, and nowhere else.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::{Bench, base};
use crate::served::Mock;

/// What the program writes to stderr where that is a terminal.
fn on_a_terminal(arguments: &[&str]) -> String {
    let mock = Mock::small(&[]);
    let bench = Bench::small();
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&master, size).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = File::options().read(true).write(true).open(name).unwrap();
    let mut command = bench.command(&base(&mock, "p"), arguments);
    command.env("TERM", "xterm").stdout(Stdio::null()).stderr(Stdio::from(terminal));
    let mut child = command.spawn().unwrap();
    // Without its copy of the terminal, reading ends when the program does.
    drop(command);
    let mut written = Vec::new();
    let mut chunk = [0; 4096];
    let mut master = File::from(master);
    while let Ok(length @ 1..) = master.read(&mut chunk) {
        written.extend_from_slice(&chunk[..length]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8(written).unwrap()
}

#[test]
fn a_terminal_is_told_how_far_a_run_is() {
    let written = on_a_terminal(&["p/l"]);
    assert!(written.contains("p/l: auth.no-key"), "{written:?}");
    // The line goes away: the cursor's line is cleared at the end.
    let last = written.rsplit("p/l: ").next().unwrap();
    assert!(last.contains("\u{1b}[2K"), "{written:?}");
}

#[test]
fn a_terminal_is_told_nothing_where_quiet_is_asked_for() {
    assert_eq!(on_a_terminal(&["p/l", "-q"]), "");
}

#[test]
fn without_a_terminal_nothing_is_told() {
    let mock = Mock::start(&["apiin"]);
    let seen = Bench::new().run(&base(&mock, "apiin"), &["apiin/cogview-4"]);
    assert_eq!((seen.code, seen.stderr.as_str()), (0, ""));
}
