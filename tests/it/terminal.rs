//! What a terminal shows: no figure and no id is broken, lines fit, colours mean something; and a
//! pipe gets whole lines without colour.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::{folder, json, program, root, stdout};

mod check;
mod compare;
mod help;
mod show;

/// The widths of terminals that all commands are looked at in.
const WIDTHS: [u16; 4] = [40, 60, 80, 200];

/// What ends the reading of a terminal; no command writes it.
const END: &[u8] = b"\0end\0";

/// A terminal of which both sides are ours.
pub(crate) struct Terminal {
    ours: File,
    of_commands: File,
}

impl Terminal {
    /// Opens a terminal of so many columns.
    pub(crate) fn open(columns: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&ours, size).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let of_commands = File::options().read(true).write(true).open(name).unwrap();
        Self { ours: File::from(ours), of_commands }
    }

    /// The side that a command writes to.
    pub(crate) fn output(&self) -> Stdio {
        Stdio::from(self.of_commands.try_clone().unwrap())
    }

    /// Runs a command to its end, and gives all that was written to the terminal meanwhile. It
    /// stays open until all is read, so that nothing can get lost with its last writer.
    pub(crate) fn run(mut self, command: &mut Command) -> (ExitStatus, String) {
        let mut ours = self.ours;
        let reader = std::thread::spawn(move || {
            let (mut written, mut chunk) = (Vec::new(), [0; 4096]);
            while !written.ends_with(END) {
                let length = ours.read(&mut chunk).unwrap();
                written.extend_from_slice(&chunk[..length]);
            }
            written.truncate(written.len() - END.len());
            String::from_utf8(written).unwrap()
        });
        let status = command.status().unwrap();
        self.of_commands.write_all(END).unwrap();
        (status, reader.join().unwrap())
    }
}

/// What a command shows on a terminal of so many columns: its exit code, and stdout as it is.
pub(crate) fn shown(columns: u16, arguments: &[&str]) -> (i32, String) {
    shown_with(columns, arguments, &[])
}

/// The same with variables of the environment.
fn shown_with(columns: u16, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let terminal = Terminal::open(columns);
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
        .stdout(terminal.output())
        .stderr(Stdio::null());
    let (status, written) = terminal.run(&mut command);
    (status.code().unwrap(), written.replace("\r\n", "\n"))
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
