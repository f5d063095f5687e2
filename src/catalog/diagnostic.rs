//! What is wrong with a catalog, as values: code, place, rule and hint. Findings are never errors.

use std::collections::BTreeMap;
use std::fmt;

/// Whether a finding makes the answer "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The catalog is damaged, or says what can't be.
    Error,
    /// Worth a look.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(if *self == Self::Error { "error" } else { "warning" })
    }
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident $rule:literal;)*) => {
        /// The kinds of findings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DiagnosticCode {
            $(#[doc = $rule] $name,)*
        }

        impl DiagnosticCode {
            /// Every code, in the order of the check.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as it is printed, in kebab-case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The rule that was broken, in a sentence.
            pub fn rule(self) -> &'static str {
                match self { $(Self::$name => $rule,)* }
            }

            /// Whether it is an error or a warning.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    UnusableFile "unusable-file" Error "a catalog is regular files within its folder, at most 100,000, each of at most 4 MiB";
    NotUtf8 "not-utf8" Error "a catalog file is UTF-8 text";
    EmptyFile "empty-file" Error "a catalog file holds something";
    Syntax "syntax" Error "a catalog file is valid TOML";
    UnknownFile "unknown-file" Error "every file has its place in the layout";
    Format "format" Error "catalog.toml names a format that this program reads";
    MissingKey "missing-key" Error "a required key is there";
    UnknownKey "unknown-key" Error "every key is one of the format's";
    WrongType "wrong-type" Error "a value has the type of its key";
    BadValue "bad-value" Error "a value has the format that its key asks for";
    UndefinedSource "undefined-source" Error "a source is defined in sources.toml";
    UndefinedReference "undefined-reference" Error "a model, endpoint, provider or maker that is named exists";
    DuplicateStatement "duplicate-statement" Error "a source says a thing once at one place on one date";
    FutureDate "future-date" Error "nothing was seen in the future";
    DateOrder "date-order" Error "a page's date is no later than the day it was read, and a correction no earlier";
    WithdrawnUnknown "withdrawn-unknown" Error "only what a source stated earlier, and states no more, can vanish from it";
    ExcerptTooLong "excerpt-too-long" Error "an excerpt is a figure with its label, at most 60 characters in one line";
    ExcerptOnProse "excerpt-on-prose" Error "only figures have excerpts, and only those that the statement states";
    ExcerptLacksFigure "excerpt-lacks-figure" Error "an excerpt shows the figure that is stated";
    OffItsExcerpt "off-its-excerpt" Error "a figure is not 10, 100, 1000 or a million times off its excerpt";
    OffItsPast "off-its-past" Error "a price does not move by 10, 100, 1000 or a million times";
    OverlappingConditions "overlapping-conditions" Error "no two rows of a table hold for the same job";
    PriceOverlap "price-overlap" Error "of two rows of a price table that hold for one job, one has more conditions";
    PriceGap "price-gap" Warning "a price table has a row for every day, and for every number of images";
    AboveWhole "above-whole" Warning "a share of a price, or a fee in per cent, is at most 100%";
    CheckedBeforeSeen "checked-before-seen" Error "a statement was not checked before it was seen";
    NoRate "no-rate" Warning "a currency has a rate to another";
    UnknownRulingSide "unknown-ruling-side" Error "a ruling names sides that were stated, and decides for one of them";
    EditionOrder "edition-order" Error "editions are appended: names differ and dates do not go back";
    EditionDigest "edition-digest" Error "the data's digest is the last edition's, so that no change goes out under an old name";
    Stale "stale" Warning "facts are re-checked every 180 days";
    LapsedRuling "lapsed-ruling" Warning "a ruling holds as long as no side moves";
    UncitedSource "uncited-source" Warning "a source is cited by a statement";
    OffOtherSellers "off-other-sellers" Warning "a price is not a power of ten off another seller's";
    OffAllPrices "off-all-prices" Warning "an image costs no thousand times more or less than the middle one of all prices";
}

impl fmt::Display for DiagnosticCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A place in a catalog file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingPlace {
    /// The file, relative to the catalog.
    pub path: String,
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for FindingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub place: FindingPlace,
    pub code: DiagnosticCode,
    /// What was found there, in a line.
    pub text: String,
    /// The next step, where there is one.
    pub hint: Option<String>,
}

/// The most characters of a finding's text; a value of a megabyte would bury the rule.
const TEXT_CHARS: usize = 240;

/// A text in one line, shortened in its middle where it is long.
pub(crate) fn in_brief(text: String) -> String {
    // A parser's message may span lines.
    let text = if text.contains('\n') { text.lines().collect::<Vec<_>>().join(": ") } else { text };
    if text.chars().nth(TEXT_CHARS).is_none() {
        return text;
    }
    let head = text.chars().take(TEXT_CHARS / 2);
    let tail: Vec<_> = text.chars().rev().take(TEXT_CHARS / 2).collect();
    head.chain(['…']).chain(tail.into_iter().rev()).collect()
}

impl Finding {
    /// Whether the finding is an error.
    pub fn is_error(&self) -> bool {
        self.code.severity() == Severity::Error
    }
}

/// Findings of one code that are printed of one file; the others are counted. One slip of a script
/// would bury all else.
pub const MAX_PRINTED_FINDINGS: usize = 100;

/// A finding that is printed, or how many like it are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintedFinding<'f> {
    One(&'f Finding),
    More {
        /// The first of those that are not printed.
        first: &'f Finding,
        count: usize,
    },
}

impl fmt::Display for PrintedFinding<'_> {
    /// One line: place, code, text and hint.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(finding) => {
                write!(f, "{}: {}: {}", finding.place, finding.code, finding.text)?;
                finding.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
            }
            Self::More { first, count } => {
                write!(f, "{}: {}: and {count} more of these", first.place.path, first.code)
            }
        }
    }
}

/// What of some findings is printed, in their order.
pub fn printed_findings<'f>(
    findings: impl Iterator<Item = &'f Finding>,
) -> Vec<PrintedFinding<'f>> {
    let mut counts: BTreeMap<(&str, DiagnosticCode), (usize, usize)> = BTreeMap::new();
    let mut printed = Vec::new();
    for finding in findings {
        let key = (finding.place.path.as_str(), finding.code);
        let (count, at) = counts.entry(key).or_insert((0, 0));
        *count += 1;
        if *count <= MAX_PRINTED_FINDINGS {
            printed.push(PrintedFinding::One(finding));
        } else if *count == MAX_PRINTED_FINDINGS + 1 {
            *at = printed.len();
            printed.push(PrintedFinding::More { first: finding, count: 1 });
        } else if let Some(PrintedFinding::More { count, .. }) = printed.get_mut(*at) {
            *count += 1;
        }
    }
    printed
}
