//! What a terminal shows: no figure and no id is broken, lines fit, colours mean something; and a
//! pipe gets whole lines without colour.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::{folder, json, program, root, stdout};

mod check;
mod compare;
mod help;
mod show;

/// The widths of terminals that all commands are looked at in.
const WIDTHS: [u16; 4] = [40, 60, 80, 200];

/// Opens a terminal of so many columns; what is written to the second is read from the first.
pub(crate) fn open(columns: u16) -> (File, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&master, size).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = File::options().read(true).write(true).open(name).unwrap();
    (File::from(master), terminal)
}

/// Reads all that is written to a terminal, until nobody has it open any more.
pub(crate) fn read(mut master: File) -> String {
    let mut written = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        match master.read(&mut chunk) {
            Ok(length @ 1..) => written.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A terminal that nobody has open is an error to its reader, or an end.
            Ok(0) | Err(_) => return String::from_utf8(written).unwrap(),
        }
    }
}

/// What a command shows on a terminal of so many columns: its exit code, and stdout as it is.
pub(crate) fn shown(columns: u16, arguments: &[&str]) -> (i32, String) {
    shown_with(columns, arguments, &[])
}

/// The same with variables of the environment.
fn shown_with(columns: u16, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let (master, terminal) = open(columns);
    let mut command = Command::new(program());
    command
        .args(arguments)
        .current_dir(root())
        .env_remove("CLICOLOR_FORCE")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .envs(variables.iter().copied())
        .env("XDG_DATA_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::from(terminal))
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // Without its copy of the terminal, reading ends when the program does.
    drop(command);
    let written = read(master).replace("\r\n", "\n");
    (child.wait().unwrap().code().unwrap(), written)
}

/// The same without colours; panics where the command failed.
pub(crate) fn plain(columns: u16, arguments: &[&str]) -> String {
    let (code, written) = shown(columns, &[arguments, &["--color", "never"]].concat());
    assert_eq!(code, 0, "{arguments:?}: {written}");
    assert!(!written.contains('\u{1b}'), "{written:?}");
    written
}

/// A text in a colour, as a terminal gets it.
fn coloured(colour: u8, text: &str) -> String {
    format!("\u{1b}[{colour}m{text}\u{1b}[0m")
}

const GREEN: u8 = 32;
const YELLOW: u8 = 33;

/// Columns of a text: a Chinese character takes two.
fn columns_of(line: &str) -> usize {
    line.chars().map(|c| if ('\u{2e80}'..'\u{a000}').contains(&c) { 2 } else { 1 }).sum()
}

/// Fails where a line is wider than the terminal, unless it is a word or address, which is whole.
fn assert_fits(columns: u16, text: &str) {
    for line in text.lines() {
        let is_whole = !line.trim().contains(' ') || line.contains("https://");
        assert!(columns_of(line) <= usize::from(columns) || is_whole, "{columns}: {line}");
    }
}

/// A file of a test's own.
fn file(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}
