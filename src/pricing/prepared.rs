//! An answer prepared for any number of images: its text is written once, and of each figure in it
//! what one image makes of it, so that an answer is multiplications and their digits.
//!
//! Only where all that depends on the number of images is in proportion to it; such an answer is
//! held against the one that is worked out before it is given to anybody.

use rust_decimal::Decimal;

use super::document::document_text;
use super::job::Job;
use super::question::Question;
use super::ranking::{Comparison, compare};
use crate::catalog::{Catalog, Overflow};
use jiff::civil::Date;

/// The most images that are answered for. A prime, so that no product with it ends in more zeros
/// than its other factor: what can be held to the last digit for so many can be for fewer.
pub const MOST_PREPARED: u64 = 999_999_937;

/// Stands in the text where the first figure goes, and those after it for the others. A figure of
/// a catalog that is taken for one shows when the answer is held against the one worked out.
const FIRST_MARK: u64 = 7_131_719_232_931_000_000;

/// How many of the digits of a mark are the number of its figure.
const NUMBER_DIGITS: usize = 6;

/// What depends on the number of images.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Figure {
    /// So much for each.
    Amount { mantissa: u128, scale: u32 },
    /// Their number as people read it.
    Grouped,
    /// What makes a word of one a word of several.
    Plural,
}

/// The answer to a question, but for how many images are asked for.
#[derive(Debug)]
pub struct Prepared {
    text: String,
    /// Where in the text a figure goes, and which.
    places: Vec<(usize, usize)>,
    /// Each figure, and in how many places it stands.
    figures: Vec<(Figure, usize)>,
}

impl Question {
    /// Prepares the answer for any number of images; `None` where it is not in proportion to that.
    pub fn prepare(&self, catalog: &Catalog, today: Date) -> Option<Prepared> {
        let job = &self.job;
        let lost = !job.reject_rate.0.is_zero() || !job.fail_rate.0.is_zero();
        if lost || job.budget.is_some() || job.deadline_ms.is_some() || job.concurrency > 1 {
            return None;
        }
        let listings = self.listings(catalog).ok()?;
        let terms = self.terms(catalog, job, today).ok()?;
        let of = |images| {
            let job = Job { images, ..job.clone() };
            let comparison = compare(catalog, &listings, &job, &terms).ok()?;
            Some((job, comparison))
        };
        let (mut one, mut comparison) = of(1)?;
        let text_of_one = document_text(catalog, &terms, &one, &comparison);
        let mut figures = Figures(Vec::new());
        figures.take(&mut one, &mut comparison);
        let text = document_text(catalog, &terms, &one, &comparison);
        let prepared = Prepared::of(&text, figures.0)?;

        let (most, comparison) = of(MOST_PREPARED)?;
        let text_of_most = document_text(catalog, &terms, &most, &comparison);
        let same = |images, text: &str| prepared.answer(images).as_deref() == Some(text.as_bytes());
        (same(1, &text_of_one) && same(MOST_PREPARED, &text_of_most)).then_some(prepared)
    }
}

/// The figures that were found so far.
struct Figures(Vec<Figure>);

impl Figures {
    /// Puts a mark in the place of each figure of a comparison for one image.
    fn take(&mut self, job: &mut Job, comparison: &mut Comparison) {
        let one = Figure::Amount { mantissa: 1, scale: 0 };
        job.images = self.mark(one);
        for (_, quote) in &mut comparison.quotes {
            if let Some(span) = &mut quote.duration_s {
                span.low = self.mark(Figure::Amount { mantissa: span.low.into(), scale: 0 });
                span.high = self.mark(Figure::Amount { mantissa: span.high.into(), scale: 0 });
            }
            for line in &mut quote.lines {
                self.amount(&mut line.quantity);
                self.amount(&mut line.amount);
                self.words(&mut line.what);
            }
            let totals = quote.readings.iter_mut().filter_map(|reading| reading.total.as_mut());
            for total in totals.chain(&mut quote.total) {
                self.amount(&mut total.low);
                self.amount(&mut total.high);
            }
        }
    }

    fn mark(&mut self, figure: Figure) -> u64 {
        let known = self.0.iter().position(|known| *known == figure);
        let number = known.unwrap_or_else(|| {
            self.0.push(figure);
            self.0.len() - 1
        });
        FIRST_MARK + number as u64
    }

    fn amount(&mut self, amount: &mut Decimal) {
        let one = amount.normalize();
        let mantissa = one.mantissa().unsigned_abs();
        *amount = Decimal::from(self.mark(Figure::Amount { mantissa, scale: one.scale() }));
    }

    fn words(&mut self, what: &mut String) {
        for noun in ["image", "call"] {
            let rest = what.strip_prefix("1 ").and_then(|what| what.strip_prefix(noun));
            if let Some(rest) = rest {
                let (number, ending) = (self.mark(Figure::Grouped), self.mark(Figure::Plural));
                *what = format!("{number} {noun}{ending}{rest}");
                return;
            }
        }
    }
}

impl Prepared {
    /// Parts a text with marks into what stays and what does not.
    fn of(marked: &str, figures: Vec<Figure>) -> Option<Self> {
        let mark = FIRST_MARK.to_string();
        let sign = &mark[..mark.len() - NUMBER_DIGITS];
        let mut parts = marked.split(sign);
        let mut text = parts.next()?.to_owned();
        let mut places = Vec::new();
        for part in parts {
            let (number, after) = part.split_at_checked(NUMBER_DIGITS)?;
            places.push((text.len(), number.parse().ok().filter(|at| *at < figures.len())?));
            text.push_str(after);
        }
        let uses = |number| places.iter().filter(|(_, at)| *at == number).count();
        let figures = figures.into_iter().enumerate();
        let figures = figures.map(|(number, figure)| (figure, uses(number))).collect();
        Some(Self { text, places, figures })
    }

    /// How many bytes it takes, about.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.places.len() * size_of::<(usize, usize)>()
    }

    /// The answer for so many images, as the question itself gives it; `None` where they are more
    /// than it was prepared for.
    pub fn answer(&self, images: u64) -> Option<Vec<u8>> {
        self.answer_after(images, Vec::with_capacity)
    }

    /// The same behind what is begun when the answer's length is known.
    pub fn answer_after(
        &self,
        images: u64,
        begin: impl FnOnce(usize) -> Vec<u8>,
    ) -> Option<Vec<u8>> {
        if images > MOST_PREPARED {
            return None;
        }
        let mut written = Vec::with_capacity(self.figures.len() * 16);
        let mut ends = Vec::with_capacity(self.figures.len() + 1);
        let mut length = self.text.len();
        ends.push(0);
        for (figure, uses) in &self.figures {
            let start = written.len();
            figure.write(&mut written, images).ok()?;
            length += (written.len() - start) * uses;
            ends.push(written.len());
        }
        let mut answer = begin(length);
        let mut from = 0;
        for (to, figure) in &self.places {
            answer.extend_from_slice(&self.text.as_bytes()[from..*to]);
            answer.extend_from_slice(&written[ends[*figure]..ends[*figure + 1]]);
            from = *to;
        }
        answer.extend_from_slice(&self.text.as_bytes()[from..]);
        Some(answer)
    }
}

impl Figure {
    fn write(self, text: &mut Vec<u8>, images: u64) -> Result<(), Overflow> {
        match self {
            Self::Plural if images == 1 => {}
            Self::Plural => text.push(b's'),
            Self::Grouped => {
                text.extend_from_slice(super::grouped(Decimal::from(images)).as_bytes());
            }
            Self::Amount { mantissa, scale } => {
                let short = u64::try_from(mantissa).ok();
                match short.and_then(|mantissa| mantissa.checked_mul(images)) {
                    Some(mantissa) => write_amount(text, mantissa, scale as usize),
                    None => write_long(text, mantissa, scale, images)?,
                }
            }
        }
        Ok(())
    }
}

/// Writes an amount without the zeros at its end, as its decimal would be.
fn write_amount(text: &mut Vec<u8>, mantissa: u64, scale: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(mantissa).as_bytes();
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(scale));
    let zeros = fraction.iter().rev().take_while(|digit| **digit == b'0').count();
    let fraction = &fraction[..fraction.len() - zeros];
    text.extend_from_slice(if whole.is_empty() { b"0" } else { whole });
    if !fraction.is_empty() {
        text.push(b'.');
        text.resize(text.len() + scale.saturating_sub(digits.len()), b'0');
        text.extend_from_slice(fraction);
    }
}

/// The same for one that does not fit 64 bits.
fn write_long(text: &mut Vec<u8>, mantissa: u128, scale: u32, images: u64) -> Result<(), Overflow> {
    let mantissa = mantissa.checked_mul(images.into()).ok_or(Overflow)?;
    let mantissa = i128::try_from(mantissa).map_err(|_| Overflow)?;
    let amount = Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Overflow)?;
    text.extend_from_slice(super::amount(amount).as_bytes());
    Ok(())
}
