//! A text as the signs that count when words of a page are compared: letters without case, signs
//! in one width and one form, and numbers by their value. Blanks, quotation marks and marks of
//! emphasis do not count.

use rust_decimal::Decimal;

/// What stands before a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    None,
    /// A blank that also parts thousands.
    Thin,
    Wide,
}

/// One sign, or one number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// The character; for a number, [`NUMBER`] and its place among the values.
    pub(super) code: u32,
    /// Where it stands in the text, in bytes.
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) line: u32,
    pub(super) gap: Gap,
}

/// The first code that is no character.
pub(super) const NUMBER: u32 = 0x11_0000;

/// More digits have no value.
const MAX_DIGITS: usize = 30;

/// The signs of a text.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    pub(super) text: &'t str,
    pub(super) all: Vec<Token>,
    /// The places of all numbers.
    pub(super) numbers: Vec<u32>,
    values: Vec<Decimal>,
}

impl<'t> Tokens<'t> {
    /// Splits a text, of at most 4 GiB.
    pub(super) fn new(text: &'t str) -> Self {
        let signs = signs(text);
        let mut tokens = Self { text, all: Vec::new(), numbers: Vec::new(), values: Vec::new() };
        tokens.all.reserve(signs.len());
        let mut at = 0;
        while at < signs.len() {
            let (length, value) = number(&signs, at).unwrap_or((1, None));
            let (first, last) = (&signs[at], &signs[at + length - 1]);
            match value {
                Some(value) => {
                    tokens.numbers.push(small(tokens.all.len()));
                    let code = NUMBER + small(tokens.values.len());
                    tokens.values.push(value);
                    tokens.all.push(Token { code, end: last.end, ..*first });
                }
                // An apostrophe was only kept for the thousands that it may part.
                None if first.code != u32::from('\'') => tokens.all.push(*first),
                None => {}
            }
            at += length;
        }
        tokens
    }

    /// The value of a number.
    pub(super) fn value(&self, at: usize) -> Option<Decimal> {
        let code = self.all.get(at)?.code.checked_sub(NUMBER)?;
        self.values.get(code as usize).copied()
    }

    /// The character at a place.
    pub(super) fn char(&self, at: usize) -> Option<char> {
        char::from_u32(self.all.get(at)?.code)
    }

    /// Whether a sign follows the one before it without a blank.
    pub(super) fn is_joined(&self, at: usize) -> bool {
        self.all.get(at).is_some_and(|token| token.gap == Gap::None) && at > 0
    }

    /// The text from one sign up to another, in one line.
    pub(super) fn slice(&self, from: usize, to: usize) -> String {
        let (Some(first), Some(last)) = (self.all.get(from), self.all.get(to.saturating_sub(1)))
        else {
            return String::new();
        };
        let text = &self.text[first.start as usize..last.end.max(first.end) as usize];
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The characters that count, each with its place.
fn signs(text: &str) -> Vec<Token> {
    let mut signs: Vec<Token> = Vec::with_capacity(text.len() / 2);
    let (mut gap, mut line, mut before) = (Gap::Wide, 0, ' ');
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        match c {
            '\n' => (gap, line) = (Gap::Wide, line + 1),
            '\u{a0}' | '\u{2009}' | '\u{202f}' if gap == Gap::None => gap = Gap::Thin,
            _ if c.is_whitespace() || matches!(c, '|' | '\u{2800}') => gap = Gap::Wide,
            _ if is_mark(c, before, next) => {}
            _ => {
                let code = u32::from(canonical(c));
                let (start, end) = (small(start), small(start + c.len_utf8()));
                signs.push(Token { code, start, end, line, gap });
                gap = Gap::None;
            }
        }
        before = c;
    }
    signs
}

/// Whether a character is a mark that a reader does not read.
fn is_mark(c: char, before: char, next: char) -> bool {
    let between_digits = digit(before).is_some() && digit(next).is_some();
    match c {
        '\'' | '‘' | '’' | 'ʼ' => !between_digits,
        // Between digits it multiplies, unless there are two of it.
        '*' => before == '*' || next == '*' || !between_digits,
        _ => {
            "\"`_\\“”„‟«»「」\u{ad}\u{feff}\u{fe0e}\u{fe0f}".contains(c)
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        }
    }
}

/// The one character that stands for all that are read alike.
fn canonical(c: char) -> char {
    if let Some(value) = digit(c) {
        return char::from(b'0' + value);
    }
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        _ if c.is_ascii() => c,
        '￥' => '¥',
        '￠' => '¢',
        '￡' => '£',
        '￦' => '₩',
        '﹩' => '$',
        '‐'..='―' | '−' | '﹣' => '-',
        '×' | '✕' | '✖' | '⨯' => 'x',
        '‘' | '’' | 'ʼ' => '\'',
        '～' | '〜' | '∼' | '˜' => '~',
        '⁄' | '∕' => '/',
        '。' | '٫' => '.',
        '٬' | '،' => ',',
        '٪' => '%',
        '圓' | '圆' => '元',
        '·' | '•' | '・' | '‧' => '·',
        // The full width of what ASCII has.
        '\u{ff01}'..='\u{ff5e}' => {
            let narrow = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c);
            narrow.to_ascii_lowercase()
        }
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// The zeros of the scripts whose digits stand in a row of ten.
const ZEROS: [u32; 20] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
    0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xff10, 0x1d7ce,
];

/// What a digit of any script is worth, where digits are written one after the other.
fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).and_then(|value| u8::try_from(value).ok());
    }
    let code = u32::from(c);
    // Mathematical digits come in five styles.
    if (0x1d7ce..0x1d800).contains(&code) {
        return u8::try_from((code - 0x1d7ce) % 10).ok();
    }
    if let Some(value) = "〇一二三四五六七八九".chars().position(|known| known == c) {
        return u8::try_from(value).ok();
    }
    if c == '零' {
        return Some(0);
    }
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    u8::try_from(code - zero).ok()
}

/// How many signs the number at a place has, and its value; one that is too long for a decimal
/// stays signs. A group of thousands is three digits behind a comma, an apostrophe or a thin blank.
fn number(signs: &[Token], at: usize) -> Option<(usize, Option<Decimal>)> {
    let char_at = |i: usize| signs.get(i).and_then(|sign| char::from_u32(sign.code));
    let joined = |i: usize| signs.get(i).is_some_and(|sign| sign.gap == Gap::None);
    let digit_at = |i: usize| char_at(i).filter(char::is_ascii_digit);
    let run = |from: usize, text: &mut String| {
        let mut i = from;
        // No decimal is longer, and what has no end is not read again from each of its digits.
        while let Some(c) = digit_at(i).filter(|_| i == from || joined(i)) {
            if text.len() > MAX_DIGITS {
                break;
            }
            text.push(c);
            i += 1;
        }
        i
    };
    let mut text = String::new();
    let mut end = run(at, &mut text);
    let is_point = |i: usize| char_at(i) == Some('.') && joined(i + 1) && digit_at(i + 1).is_some();
    if end == at {
        // `.06` is 0.06, save behind a digit or a word.
        let free = at == 0 || !joined(at) || !char_at(at - 1).is_some_and(char::is_alphanumeric);
        if !(is_point(at) && free) {
            return None;
        }
        text.push('0');
    } else if end - at <= 3 && !text.starts_with('0') {
        while let Some(group) = thousands(signs, end) {
            let mut digits = String::new();
            if run(group, &mut digits) != group + 3 {
                break;
            }
            text.push_str(&digits);
            end = group + 3;
        }
    }
    let is_comma = |i: usize| char_at(i) == Some(',') && joined(i + 1) && digit_at(i + 1).is_some();
    if joined(end) || end == at {
        // A comma behind a lone zero can only be the decimal one.
        if is_point(end) || (text == "0" && is_comma(end)) {
            text.push('.');
            end = run(end + 1, &mut text);
        }
    }
    let value = Decimal::from_str_exact(&text).ok().map(|value| value.normalize());
    Some(if value.is_some() { (end - at, value) } else { (1, None) })
}

/// Where the next group of thousands would begin.
fn thousands(signs: &[Token], at: usize) -> Option<usize> {
    let sign = signs.get(at)?;
    let next = || signs.get(at + 1).is_some_and(|next| next.gap == Gap::None);
    match char::from_u32(sign.code)? {
        ',' | '\'' if sign.gap == Gap::None && next() => Some(at + 1),
        '0'..='9' if sign.gap == Gap::Thin => Some(at),
        _ => None,
    }
}
