//! A text log's encoding: UTF-8, with a byte order mark or without, or UTF-16 with one. No other is
//! guessed; what is not text is found row by row.

use std::io::{self, Read};

/// Reads a log as UTF-8 without a byte order mark.
pub(super) fn decoded(mut log: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut start = Vec::new();
    log.by_ref().take(3).read_to_end(&mut start)?;
    let rest = |from: usize| io::Cursor::new(start[from..].to_vec());
    Ok(match start.as_slice() {
        [0xef, 0xbb, 0xbf] => log,
        [0xff, 0xfe, ..] => Box::new(Utf16Reader::new(rest(2).chain(log), u16::from_le_bytes)),
        [0xfe, 0xff, ..] => Box::new(Utf16Reader::new(rest(2).chain(log), u16::from_be_bytes)),
        _ => Box::new(rest(0).chain(log)),
    })
}

/// How much is read at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Turns UTF-16 into UTF-8; half a pair becomes U+FFFD.
struct Utf16Reader<R> {
    log: R,
    unit: fn([u8; 2]) -> u16,
    /// Bytes of a unit or pair whose rest was not read yet.
    pending: Vec<u8>,
    ended: bool,
    /// What was turned, and how much of it was handed out.
    text: Vec<u8>,
    at: usize,
}

impl<R: Read> Utf16Reader<R> {
    fn new(log: R, unit: fn([u8; 2]) -> u16) -> Self {
        Self { log, unit, pending: Vec::new(), ended: false, text: Vec::new(), at: 0 }
    }

    /// Reads and turns the next units.
    fn turn(&mut self) -> io::Result<()> {
        let read = self.log.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut self.pending)?;
        self.ended = read == 0;
        let (pairs, odd) = self.pending.as_chunks::<2>();
        let mut units: Vec<u16> = pairs.iter().map(|pair| (self.unit)(*pair)).collect();
        let mut rest = odd.to_vec();
        let is_half = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        if is_half && !self.ended {
            units.pop();
            rest = self.pending[2 * units.len()..].to_vec();
        }
        self.pending = rest;
        (self.text, self.at) = (String::from_utf16_lossy(&units).into_bytes(), 0);
        if self.ended && !self.pending.is_empty() {
            self.text.extend_from_slice("\u{fffd}".as_bytes());
            self.pending.clear();
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            self.turn()?;
        }
        let read = (&self.text[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}
