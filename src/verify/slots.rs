//! What may stand in a figure beside its number: currencies and units, as pages write them.

use super::tokens::Tokens;

/// Signs and words of currencies, as signs that count.
const CURRENCIES: &[&str] = &[
    "$",
    "€",
    "£",
    "¥",
    "₹",
    "₩",
    "₽",
    "¢",
    "₫",
    "₺",
    "฿",
    "元",
    "美元",
    "日元",
    "欧元",
    "英镑",
    "港元",
    "港币",
    "韩元",
    "人民币",
    "usd",
    "eur",
    "gbp",
    "cny",
    "rmb",
    "jpy",
    "hkd",
    "krw",
    "inr",
    "sgd",
    "dollar",
    "dollars",
    "euro",
    "euros",
    "yuan",
    "yen",
    "cent",
    "cents",
    "credit",
    "credits",
    "coins",
    "points",
];

/// Words of units, as signs that count.
const UNITS: &[&str] = &[
    "image",
    "images",
    "img",
    "picture",
    "pictures",
    "generation",
    "generations",
    "call",
    "calls",
    "request",
    "requests",
    "run",
    "runs",
    "task",
    "tasks",
    "prediction",
    "video",
    "videos",
    "megapixel",
    "megapixels",
    "mp",
    "pixel",
    "pixels",
    "px",
    "token",
    "tokens",
    "char",
    "chars",
    "character",
    "characters",
    "word",
    "words",
    "byte",
    "bytes",
    "second",
    "seconds",
    "sec",
    "secs",
    "s",
    "ms",
    "millisecond",
    "milliseconds",
    "minute",
    "minutes",
    "min",
    "mins",
    "hour",
    "hours",
    "hr",
    "h",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "model",
    "models",
    "kb",
    "mb",
    "gb",
    "credit",
    "credits",
    "step",
    "steps",
    "次",
    "张",
    "幅",
    "个",
    "秒",
    "毫秒",
    "分钟",
    "小时",
    "天",
    "日",
    "周",
    "月",
    "年",
    "字符",
    "字",
    "像素",
    "千次",
    "百次",
    "万次",
    "百万像素",
    "百万",
    "千",
];

/// The kind of words that a slot of a figure takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Currency,
    Unit,
}

impl Slot {
    /// How many signs of a text the longest word of the slot takes at a place.
    pub(super) fn longest(self, tokens: &Tokens<'_>, at: usize) -> Option<usize> {
        let words = match self {
            Self::Currency => CURRENCIES,
            Self::Unit => UNITS,
        };
        let plain = words.iter().filter(|word| stands(tokens, at, word));
        let longest = plain.map(|word| word.chars().count()).max();
        let foreign = (self == Self::Currency).then(|| dollars(tokens, at)).flatten();
        longest.max(foreign)
    }
}

/// Whether a word stands at a place, and ends there.
fn stands(tokens: &Tokens<'_>, at: usize, word: &str) -> bool {
    let mut end = at;
    for c in word.chars() {
        if tokens.char(end) != Some(c) || (end > at && !tokens.is_joined(end)) {
            return false;
        }
        end += 1;
    }
    let latin = |c: char| c.is_ascii_alphabetic();
    let before = at.checked_sub(1).and_then(|before| tokens.char(before));
    let is_latin = word.starts_with(latin);
    let goes_on = tokens.is_joined(end) && tokens.char(end).is_some_and(latin);
    let began = tokens.is_joined(at) && before.is_some_and(latin);
    !(is_latin && (goes_on || began))
}

/// The signs of a dollar that names its country: `HK$`, `A$`.
fn dollars(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let letters = (0..3).take_while(|i| {
        let joined = *i == 0 || tokens.is_joined(at + i);
        joined && tokens.char(at + i).is_some_and(|c| c.is_ascii_alphabetic())
    });
    let letters = letters.count();
    let is_dollar = tokens.is_joined(at + letters) && tokens.char(at + letters) == Some('$');
    (letters > 0 && is_dollar).then_some(letters + 1)
}

/// Whether the `$` at a place is another country's: one or two capitals stand before it that are
/// not those of the United States.
pub(super) fn is_foreign_dollar(tokens: &Tokens<'_>, at: usize) -> bool {
    const FOREIGN: [&str; 14] =
        ["A", "AU", "C", "CA", "HK", "NZ", "S", "SG", "R", "MX", "NT", "TT", "J", "B"];
    let Some(start) = tokens.all.get(at).map(|token| token.start as usize) else { return false };
    let before = &tokens.text[..start];
    let capitals = before.len() - before.trim_end_matches(|c: char| c.is_ascii_uppercase()).len();
    let (rest, word) = before.split_at(before.len() - capitals);
    tokens.char(at) == Some('$')
        && FOREIGN.contains(&word)
        && !rest.ends_with(|c: char| c.is_alphanumeric())
}
