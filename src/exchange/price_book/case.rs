//! The cases that a price book tells apart: every size and quality that a source names, all that
//! none names, and rows of a log that have no price anywhere.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Field, FieldKey, FieldValue, Listing, Size, SizeRule, Sizes, Texts};
use crate::reprice::RowErrorKind;

/// The faults that a row of a table may have; it has its columns, and is text, in any case.
const FAULTS: [RowErrorKind; 6] = [
    RowErrorKind::NotATime,
    RowErrorKind::TimeOutOfRange,
    RowErrorKind::NotACount,
    RowErrorKind::NotASize,
    RowErrorKind::LongWord,
    RowErrorKind::MissingValue,
];

/// One case of a row of a log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum BookCase {
    Bad(RowErrorKind),
    SizeOpen,
    Drawn { size: Option<Size>, quality: CaseQuality },
}

/// The quality that a row asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseQuality {
    /// None: each listing's own default.
    Default,
    /// One that some source names.
    Named(String),
    Other,
}

impl CaseQuality {
    /// Which of the three it is, in documents.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Named(_) => "named",
            Self::Other => "other",
        }
    }
}

/// The sizes and qualities that sources name.
#[derive(Debug, Default)]
pub(super) struct NamedValues {
    sizes: BTreeSet<Size>,
    qualities: BTreeSet<String>,
}

impl NamedValues {
    /// What the listings' sources name, with `sizes` besides.
    pub(super) fn new(catalog: &Catalog, listings: &[&Listing], sizes: &[Size]) -> Self {
        let mut named = Self::default();
        named.sizes.extend(sizes);
        for listing in listings {
            let statements = catalog.levels(listing).flat_map(|subject| &subject.statements);
            for stated in statements.flat_map(|statement| &statement.stated) {
                named.add(&stated.key, &stated.value);
            }
        }
        // Without a quality a row asks for the default; as a word it would be two things.
        named.qualities.remove("");
        named
    }

    fn add(&mut self, key: &FieldKey, value: &FieldValue) {
        if let FieldValue::Sizes(Sizes::List(sizes)) = value {
            self.sizes.extend(sizes);
        } else if let FieldValue::Price(rows) = value {
            for row in &rows.0 {
                self.sizes.extend(row.when.size);
                self.qualities.extend(row.when.quality.clone());
            }
        } else if let FieldValue::Texts(Texts(texts)) = value
            && key.field == Field::Qualities
        {
            self.qualities.extend(texts.iter().cloned());
        } else if let FieldValue::Text(text) = value
            && key.field == Field::DefaultQuality
        {
            self.qualities.insert(text.clone());
        }
    }

    /// Every case, in order.
    pub(super) fn cases(&self) -> Vec<BookCase> {
        let mut cases: Vec<BookCase> = FAULTS.into_iter().map(BookCase::Bad).collect();
        cases.push(BookCase::SizeOpen);
        let sizes = self.sizes.iter().copied().map(Some).chain([None]);
        for size in sizes {
            let named = self.qualities.iter().cloned().map(CaseQuality::Named);
            let qualities =
                [CaseQuality::Default].into_iter().chain(named).chain([CaseQuality::Other]);
            cases.extend(qualities.map(|quality| BookCase::Drawn { size, quality }));
        }
        cases
    }

    /// A quality that stands for all that no source names.
    pub(super) fn other_quality(&self) -> String {
        let mut word = "other".to_owned();
        while self.qualities.contains(&word) {
            word.push('-');
        }
        word
    }

    /// A size that no source names and the rule lets through, where there is one.
    pub(super) fn other_size(&self, rule: SizeRule) -> Option<Size> {
        let step = rule.divisor.unwrap_or(1).max(1);
        let first = rule.min.unwrap_or(1).max(1).checked_next_multiple_of(step)?;
        let sides = || (first..=Size::MAX_SIDE).step_by(step as usize);
        for width in sides() {
            // The sides grow, so that no later size is allowed where one is too large.
            let allowed = sides().map(|height| Size { width, height });
            let mut allowed = allowed.take_while(|size| rule.allows(*size)).peekable();
            allowed.peek()?;
            if let Some(size) = allowed.find(|size| !self.sizes.contains(size)) {
                return Some(size);
            }
        }
        None
    }
}
