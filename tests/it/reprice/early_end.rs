//! Logs that end before their end: an interrupt while a pipe says nothing or has no line's end, and
//! files that become shorter.

use std::io::{Cursor, Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use cogdex::reprice::{EarlyEnd, Input, ReadOptions, ReadProgress, Usage};

use super::{World, document, total};

fn waiting(world: &World, path: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_cogdex"))
        .args(["reprice", path, "--format", "json", "-q", "--catalog"])
        .arg(world.catalog.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn interrupt(child: &Child) {
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
}

/// Waits until the program has read something, which the kernel tells.
fn until_it_reads(child: &Child) {
    let io = format!("/proc/{}/status", child.id());
    loop {
        // The thread that reads the pipe is there once interrupts are listened for.
        let status = std::fs::read_to_string(&io).unwrap();
        let threads = status.lines().find_map(|line| line.strip_prefix("Threads:"));
        if threads.is_some_and(|count| count.trim() != "1") {
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap();
            if caught & 2 > 0 {
                return;
            }
        }
        std::thread::yield_now();
    }
}

#[test]
fn an_interrupt_ends_a_pipe_whatever_it_waits_for() {
    for begun in
        ["", "time,n,si", "time,n,size\n", "time,n,size\n2026-01-15,1,1024x1024\nbad\n2026-01-1"]
    {
        let world = World::new();
        let mut child = waiting(&world, "-");
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(begun.as_bytes()).unwrap();
        until_it_reads(&child);
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        let document = document(&output, 3);
        assert_eq!(document["partial"], true, "{begun}");
        drop(stdin);
    }
}

/// A log of which nothing comes after some bytes, in the middle of a row.
struct Cut(Cursor<Vec<u8>>);

impl Read for Cut {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(std::io::Error::other(EarlyEnd::Cut)),
            read => Ok(read),
        }
    }
}

#[test]
fn the_row_in_which_a_log_is_cut_does_not_count() {
    let log = b"time,n,size\n2026-01-15,1,1024x1024\n2026-01-15,200,1024x1024".to_vec();
    let lines = b"{\"time\": \"2026-01-15\", \"n\": 1, \"size\": \"1024x1024\"}\n{\"time\": 1";
    for log in [log, lines.to_vec()] {
        let input = Input::Text(Box::new(Cut(Cursor::new(log))));
        let usage = Usage::read(input, &ReadOptions::default(), &ReadProgress::default()).unwrap();
        assert_eq!((usage.rows, usage.bad.count), (1, 0));
        assert_eq!(usage.partial, Some(EarlyEnd::Cut));
    }
}

#[test]
fn a_file_that_becomes_shorter_is_told() {
    let world = World::new();
    let path = world.logs.path().join("usage.csv");
    let row = "2026-01-15,1,1024x1024\n";
    let rows = 100_000;
    std::fs::write(&path, format!("time,n,size\n{}", row.repeat(rows))).unwrap();
    let progress = Arc::default();
    let input = Input::open(&path, &progress).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(1_200_000).unwrap();
    let usage = Usage::read(input, &ReadOptions::default(), &progress).unwrap();
    assert_eq!(usage.partial, Some(EarlyEnd::Cut));
    assert!(usage.rows > 10_000 && usage.rows < 100_000 && usage.bad.count == 0, "{}", usage.rows);
    // One that is as short as it says is whole.
    let whole = world.json("time,n,size\n2026-01-15,1,1024x1024", &[]);
    assert_eq!((total(&whole, "p/l"), &whole["partial"]), ("0.01", &false.into()));
}
