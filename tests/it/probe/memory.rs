//! Memory: whatever a server sends, a run ends well with little of it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen, VARIABLE};

/// What the program may have of the memory, in kilobytes, whatever is sent: this is
/// a few times the largest answer that is read.
const MOST: &str = "200000";

/// The program with a key, under a bound that the system keeps; beyond it, it is aborted.
fn bounded(bench: &Bench, base: &str, most: &str, arguments: &[&str]) -> Command {
    let plain = bench.command(base, arguments);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -d \"$0\" && exec \"$@\"", most]).arg(plain.get_program());
    command.args(plain.get_args()).current_dir(crate::support::root());
    command.env_clear().env("HOME", bench.folder.path()).env(VARIABLE, KEY);
    command.stdin(Stdio::null());
    command
}

#[test]
fn the_bound_is_kept_by_the_system() {
    let server = Recorder::saying(200, "{}");
    let output = bounded(&Bench::small(), &server.base("p"), "400", &["p/l"]).output().unwrap();
    assert!(!matches!(output.status.code(), Some(0 | 1 | 3)), "{output:?}");
}

/// A server that refuses strangers, and sends a body that never ends to whoever has the key.
fn endless(head: &'static str, packed: bool) -> (Recorder, Arc<AtomicU64>) {
    let written = Arc::<AtomicU64>::default();
    let count = Arc::clone(&written);
    let server = Recorder::start(move |request, socket| {
        if !request.contains(KEY) {
            return say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
        let _ = socket.write_all(head.as_bytes());
        let piece = [b' '; 1 << 14];
        if packed {
            let mut encoder = GzEncoder::new(socket, Compression::fast());
            while encoder.write_all(&piece).is_ok() {
                count.fetch_add(1 << 14, Ordering::SeqCst);
            }
        } else {
            while socket.write_all(&piece).is_ok() {
                count.fetch_add(1 << 14, Ordering::SeqCst);
            }
        }
    });
    (server, written)
}

/// A server that says one packed body to whoever has the key.
fn saying(packed: Vec<u8>) -> Recorder {
    Recorder::start(move |request, socket| {
        if request.contains(KEY) {
            say(socket, 200, "content-encoding: gzip\r\n", &packed);
        } else {
            say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
        }
    })
}

fn run(bench: &Bench, base: &str, listing: &str) -> Seen {
    let limits = [listing, "--spend-limit", "0.01 USD", "--timeout", "100s"];
    Seen::of(bounded(bench, base, MOST, &limits))
}

#[test]
fn a_body_without_end_is_read_to_its_cap_and_no_further() {
    let plain = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
    let zipped = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    for listing in ["p/l", "q/l"] {
        for (head, packed) in [(plain, false), (zipped, true)] {
            let (server, written) = endless(head, packed);
            let seen = run(&Bench::small(), &server.base(&listing[..1]), listing);
            assert_eq!(seen.check("accepted")["verdict"], "broken", "{listing} {packed}");
            assert_eq!(server.posted_with(KEY).len(), 1);
            if !packed {
                // The cap, and what stands in the buffers of two sockets.
                let written = written.load(Ordering::SeqCst);
                assert!(written < 80 << 20, "{listing}: {written} bytes were taken");
            }
        }
    }
}

/// Packs a text of so many times a piece between a head and a tail.
fn packed(head: &str, piece: &str, tail: &str, most: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(head.as_bytes()).unwrap();
    let many = piece.repeat(1000);
    for _ in 0..(most - head.len() - tail.len()) / many.len() {
        encoder.write_all(many.as_bytes()).unwrap();
    }
    encoder.write_all(tail.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_body_that_is_small_enough_to_be_read_takes_no_more_memory_than_others() {
    let (most, some) = (20 << 20, 4 << 20);
    // Each item of an array has the place of the array, and each check the words of a refusal.
    let place = format!("{{\"{}\":[0", "k".repeat(1 << 16));
    for (name, head, piece, tail, length, bound) in [
        ("numbers", "{\"data\":[0", ",0", "]}", most, MOST),
        ("text", "{\"data\":[{\"b64_json\":\"", "AAAA", "\"}]}", most, MOST),
        // Each escape is remembered until the key was sought: less of the body has to do.
        ("escapes", "{\"data\":[{\"b64_json\":\"", "\\u0041", "\"}]}", some, "100000"),
        ("percents", "{\"data\":[{\"url\":\"", "%41", "\"}]}", some, "100000"),
        ("places", &place, ",\"http://e\"", "]}", 1 << 20, MOST),
        ("words", "{\"error\":{\"message\":\"", "AAAA", "\"}}", most, MOST),
    ] {
        let server = saying(packed(head, piece, tail, length));
        let limits = ["p/l", "--spend-limit", "0.01 USD", "--timeout", "100s"];
        let output = bounded(&Bench::small(), &server.base("p"), bound, &limits).output().unwrap();
        assert_eq!(server.posted_with(KEY).len(), 1, "{name}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
    }
}
