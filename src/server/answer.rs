//! An answer built beforehand: its head and body in one piece for each encoding, and the answer
//! that nothing has changed.

use std::io::{self, Write};
use std::sync::LazyLock;

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::long::{Long, Store};
use crate::site::FileKind;

/// Smaller bodies gain nothing by being compressed.
const LEAST_COMPRESSED: usize = 512;

/// How hard is compressed: pages are made once and read often, but a start should not take long.
const BROTLI_QUALITY: i32 = 6;

/// Encodings in the order in which they are preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    pub(super) const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "",
        }
    }

    fn encode(self, body: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Identity => Some(body.to_vec()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(body).ok()?;
                encoder.finish().ok()
            }
            Self::Brotli => {
                let mut encoded = Vec::new();
                let settings = BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    ..BrotliEncoderParams::default()
                };
                brotli::BrotliCompress(&mut &*body, &mut encoded, &settings).ok()?;
                Some(encoded)
            }
        }
    }
}

/// What follows the status line and the date: the rest of the head, and the body.
#[derive(Debug)]
pub(super) struct Wire {
    /// The rest of the head, and the body unless it is long.
    bytes: Vec<u8>,
    head: usize,
    long: Option<Long>,
    /// The validator, in its quotes.
    pub(super) tag: String,
    unchanged: Vec<u8>,
}

impl Wire {
    /// Head and body; or the head, and apart from it a body that is long.
    pub(super) fn whole(&self) -> (&[u8], Option<&Long>) {
        (&self.bytes, self.long.as_ref())
    }

    /// The head alone.
    pub(super) fn head(&self) -> &[u8] {
        &self.bytes[..self.head]
    }

    /// The rest of the head of a 304.
    pub(super) fn unchanged(&self) -> &[u8] {
        &self.unchanged
    }

    /// The body alone.
    pub(super) fn body(&self) -> io::Result<Vec<u8>> {
        match &self.long {
            Some(long) => long.read(),
            None => Ok(self.bytes[self.head..].to_vec()),
        }
    }
}

/// One file in each encoding that is worth it.
#[derive(Debug)]
pub(super) struct Answer {
    /// What the file is.
    pub(super) kind: FileKind,
    wires: [Option<Wire>; 3],
}

/// What every answer says besides: nothing is guessed, framed or loaded from elsewhere.
pub(super) const SAFETY: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
];

/// The same as lines of a head.
static SAFE_LINES: LazyLock<String> = LazyLock::new(|| {
    let lines = SAFETY.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    lines.collect::<Vec<_>>().concat()
});

/// What every answer to a question begins with.
const MOMENT: &str = "content-type: application/json\r\ncache-control: no-store\r\n";

impl Answer {
    /// Builds the answer of a file. What is named by its content may be kept for ever.
    pub(super) fn of(
        kind: FileKind,
        body: &[u8],
        digest: &str,
        for_ever: bool,
        store: &Store,
    ) -> Self {
        let cache = if for_ever { "public, max-age=31536000, immutable" } else { "no-cache" };
        let compressible = body.len() >= LEAST_COMPRESSED;
        let safety = &*SAFE_LINES;
        let wire = |encoding: Encoding| {
            if encoding != Encoding::Identity && !compressible {
                return None;
            }
            let encoded = encoding.encode(body)?;
            if encoding != Encoding::Identity && encoded.len() >= body.len() {
                return None;
            }
            let word = encoding.word();
            let tag = format!("\"{digest}{}{word}\"", if word.is_empty() { "" } else { "-" });
            let common =
                format!("etag: {tag}\r\ncache-control: {cache}\r\nvary: accept-encoding\r\n");
            let content = if word.is_empty() {
                String::new()
            } else {
                format!("content-encoding: {word}\r\n")
            };
            let mut bytes = format!(
                "content-type: {}\r\ncontent-length: {}\r\n{content}{common}{safety}\r\n",
                kind.content_type(),
                encoded.len(),
            )
            .into_bytes();
            let head = bytes.len();
            let long = store.keep(&encoded);
            if long.is_none() {
                bytes.extend_from_slice(&encoded);
            }
            let unchanged = format!("{common}\r\n").into_bytes();
            Some(Wire { bytes, head, long, tag, unchanged })
        };
        Self { kind, wires: Encoding::ALL.map(wire) }
    }

    /// Begins the answer to a question, which is not packed: that would take longer than it saves.
    /// So many bytes have to follow.
    pub(super) fn of_the_moment(length: usize) -> Vec<u8> {
        let safety = &*SAFE_LINES;
        let mut bytes = Vec::with_capacity(MOMENT.len() + 32 + safety.len() + length);
        bytes.extend_from_slice(MOMENT.as_bytes());
        bytes.extend_from_slice(safety.as_bytes());
        // A write to a vector can't fail.
        let _ = write!(bytes, "content-length: {length}\r\n\r\n");
        bytes
    }

    /// The answer that was begun, with so many bytes behind its head.
    pub(super) fn begun(bytes: Vec<u8>, length: usize) -> Self {
        let head = bytes.len() - length;
        let wire = Wire { bytes, head, long: None, tag: String::new(), unchanged: Vec::new() };
        Self { kind: FileKind::Json, wires: [None, None, Some(wire)] }
    }

    /// The first encoding that the client takes.
    pub(super) fn wire(&self, takes: impl Fn(Encoding) -> bool) -> Option<&Wire> {
        let wires = Encoding::ALL.iter().zip(&self.wires);
        let mut there = wires.filter_map(|(encoding, wire)| Some((*encoding, wire.as_ref()?)));
        let fit = there.find(|(encoding, _)| takes(*encoding));
        fit.map(|(_, wire)| wire).or(self.wires[2].as_ref())
    }
}
