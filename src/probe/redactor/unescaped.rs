//! Escapes undone, with the way back: each byte of the plain text knows which bytes of the
//! source it was written by.

use std::borrow::Cow;
use std::ops::Range;

use crate::catalog::is_dangerous;

/// A place where the plain text differs from the source. A hostile body has millions of them:
/// no body is as long as its numbers can tell.
#[derive(Debug)]
struct Seam {
    plain: Range<u32>,
    source: Range<u32>,
}

impl Seam {
    fn new(plain: &Range<usize>, source: &Range<usize>) -> Self {
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let of = |range: &Range<usize>| short(range.start)..short(range.end);
        Self { plain: of(plain), source: of(source) }
    }

    fn plain(&self) -> Range<usize> {
        self.plain.start as usize..self.plain.end as usize
    }

    fn source(&self) -> Range<usize> {
        self.source.start as usize..self.source.end as usize
    }
}

/// Bytes to search, and where they came from.
pub(super) struct ByteView<'b> {
    pub(super) bytes: Cow<'b, [u8]>,
    /// In order; nothing between two seams was changed.
    seams: Vec<Seam>,
}

impl<'b> ByteView<'b> {
    /// The bytes as they stand.
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes: Cow::Borrowed(bytes), seams: Vec::new() }
    }

    /// One level of escapes undone, those that begin with the bytes of a way; `None` where there
    /// is none.
    pub(super) fn unescaped(&self, way: fn(u8) -> bool) -> Option<ByteView<'static>> {
        let mut plain = Vec::new();
        let mut steps: Vec<Seam> = Vec::new();
        let (mut at, mut copied) = (0, 0);
        while let Some(next) = self.bytes[at..].iter().position(|byte| way(*byte)) {
            at += next;
            let Some((length, meaning)) = escape(&self.bytes[at..]) else {
                at += 1;
                continue;
            };
            plain.extend_from_slice(&self.bytes[copied..at]);
            let start = plain.len();
            plain.extend_from_slice(&meaning);
            steps.push(Seam::new(&(start..plain.len()), &(at..at + length)));
            at += length;
            copied = at;
        }
        if steps.is_empty() {
            return None;
        }
        plain.extend_from_slice(&self.bytes[copied..]);
        Some(ByteView { bytes: Cow::Owned(plain), seams: self.through(steps) })
    }

    /// The bytes of the first source that wrote a range.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        if range.is_empty() {
            return range.clone();
        }
        self.byte(range.start).start..self.byte(range.end - 1).end
    }

    /// The bytes of the first source that wrote the byte at `at`.
    fn byte(&self, at: usize) -> Range<usize> {
        let after = self.seams.partition_point(|seam| seam.plain().start <= at);
        let Some(seam) = after.checked_sub(1).map(|before| &self.seams[before]) else {
            return at..at + 1;
        };
        if seam.plain().contains(&at) {
            return seam.source();
        }
        let start = seam.source().end + (at - seam.plain().end);
        start..start + 1
    }

    /// The seams of a next level, led back to the first source, beside those that stay.
    fn through(&self, steps: Vec<Seam>) -> Vec<Seam> {
        if self.seams.is_empty() {
            return steps;
        }
        let mut seams = Vec::with_capacity(self.seams.len() + steps.len());
        let mut old = self.seams.iter().peekable();
        // How far the next level has moved against this one.
        let (mut taken, mut given) = (0, 0);
        for step in steps {
            while let Some(seam) = old.next_if(|seam| seam.plain().end <= step.source().start) {
                let moved = |at: usize| at - taken + given;
                let plain = moved(seam.plain().start)..moved(seam.plain().end);
                seams.push(Seam::new(&plain, &seam.source()));
            }
            while old.next_if(|seam| seam.plain().start < step.source().end).is_some() {}
            let source = self.source(&step.source());
            (taken, given) = (step.source().end, step.plain().end);
            seams.push(Seam::new(&step.plain(), &source));
        }
        seams.extend(old.map(|seam| {
            let plain = seam.plain().start - taken + given..seam.plain().end - taken + given;
            Seam::new(&plain, &seam.source())
        }));
        seams
    }
}

/// One kind of escape alone, as one writer makes them: what looks like another kind is the key's.
pub(super) const SINGLE: [fn(u8) -> bool; 3] =
    [|byte| byte == b'\\', |byte| byte == b'%', |byte| byte == b'&'];

/// Every kind at once.
pub(super) fn any(byte: u8) -> bool {
    matches!(byte, b'%' | b'\\' | b'&' | 0xc2..=0xf4) || byte.is_ascii_control()
}

/// The escape that the bytes begin with: its length, and what it means.
fn escape(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    match bytes[0] {
        b'%' => Some((3, vec![u8::try_from(number(bytes.get(1..3)?, 16)?).ok()?])),
        b'\\' => backslash(bytes),
        b'&' => entity(bytes),
        b'\n' | b'\r' | b'\t' => None,
        // What is not printed can hide within a key, and would show it once it is stripped.
        control if control.is_ascii_control() => Some((1, Vec::new())),
        _ => {
            let (c, length) = first_character(bytes)?;
            let hidden = is_dangerous(c) && c != '\u{85}';
            hidden.then(|| (length, Vec::new()))
        }
    }
}

fn first_character(bytes: &[u8]) -> Option<(char, usize)> {
    let most = &bytes[..bytes.len().min(4)];
    let text = most.utf8_chunks().next()?.valid();
    let c = text.chars().next()?;
    Some((c, c.len_utf8()))
}

/// `\/`, `\"`, `\x41`, `\u0041`, a surrogate pair, or `\u{41}`.
fn backslash(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    match *bytes.get(1)? {
        plain @ (b'"' | b'\'' | b'\\' | b'/') => Some((2, vec![plain])),
        b'x' => Some((4, utf8(number(bytes.get(2..4)?, 16)?)?)),
        b'u' if bytes.get(2) == Some(&b'{') => {
            let end = bytes.iter().take(10).position(|byte| *byte == b'}')?;
            Some((end + 1, utf8(number(&bytes[3..end], 16)?)?))
        }
        b'u' => {
            let high = number(bytes.get(2..6)?, 16)?;
            if let Some(plain) = utf8(high) {
                return Some((6, plain));
            }
            let low = bytes.get(6..12).filter(|pair| pair.starts_with(b"\\u"))?;
            let low = number(&low[2..], 16)?;
            let units = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
            let c = char::decode_utf16(units).next()?.ok()?;
            Some((12, c.to_string().into_bytes()))
        }
        _ => None,
    }
}

/// `&#65;`, `&#x41;`, or one of the names that libraries write.
fn entity(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    const NAMES: [(&str, u8); 12] = [
        ("&amp;", b'&'),
        ("&lt;", b'<'),
        ("&gt;", b'>'),
        ("&quot;", b'"'),
        ("&apos;", b'\''),
        ("&sol;", b'/'),
        ("&plus;", b'+'),
        ("&equals;", b'='),
        ("&lowbar;", b'_'),
        ("&period;", b'.'),
        ("&colon;", b':'),
        ("&dollar;", b'$'),
    ];
    if bytes.get(1) != Some(&b'#') {
        let (name, meaning) = NAMES.iter().find(|(name, _)| bytes.starts_with(name.as_bytes()))?;
        return Some((name.len(), vec![*meaning]));
    }
    let hexadecimal = matches!(bytes.get(2), Some(b'x' | b'X'));
    let (start, radix) = if hexadecimal { (3, 16) } else { (2, 10) };
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    let digits = bytes[start..].iter().take(12).take_while(|byte| is_digit(byte)).count();
    let end = start + digits;
    let meaning = utf8(number(&bytes[start..end], radix)?)?;
    Some((end + usize::from(bytes.get(end) == Some(&b';')), meaning))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok()?;
    // `from_str_radix` takes a sign.
    let all = text.chars().all(|c| c.is_digit(radix));
    all.then(|| u32::from_str_radix(text, radix).ok())?
}

fn utf8(point: u32) -> Option<Vec<u8>> {
    char::from_u32(point).map(|c| c.to_string().into_bytes())
}
