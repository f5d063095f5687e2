//! Tables whose rows hold under conditions: which of them holds for an image on a day, and where a
//! table says too much or too little.

use std::cmp::Reverse;
use std::fmt;

use jiff::civil::Date;

use super::size::Size;

/// When a row of a table holds; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conditions {
    pub size: Option<Size>,
    /// The largest number of pixels.
    pub max_pixels: Option<u64>,
    pub quality: Option<String>,
    pub mode: Option<DeliveryMode>,
    /// The machine it runs on.
    pub hardware: Option<String>,
    /// The number of inference steps.
    pub steps: Option<u64>,
    /// The first day of the offer.
    pub from: Option<Date>,
    /// The last day of the offer.
    pub until: Option<Date>,
}

/// How an image comes. A row without a mode never holds for a batch.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
pub enum DeliveryMode {
    /// With the answer.
    Sync,
    /// By a task.
    Async,
    /// From a queue of jobs, at what that costs.
    Batch,
}

impl DeliveryMode {
    /// The modes that a word of the field `mode` stands for.
    pub fn stated(word: &str) -> &'static [Self] {
        match word {
            "sync" => &[Self::Sync],
            "async" => &[Self::Async],
            _ => &[Self::Sync, Self::Async],
        }
    }
}

/// What the conditions of a row are held against.
#[derive(Debug, Clone, Copy)]
pub struct ConditionCase<'a> {
    pub size: Size,
    pub quality: Option<&'a str>,
    pub mode: DeliveryMode,
    pub steps: Option<u64>,
    pub day: Date,
}

impl Conditions {
    /// Whether all of them hold for a case, the hardware aside.
    pub fn hold(&self, case: ConditionCase<'_>) -> bool {
        let mode = match self.mode {
            Some(mode) => mode == case.mode,
            None => case.mode != DeliveryMode::Batch,
        };
        mode && self.size.is_none_or(|size| size == case.size)
            && self.max_pixels.is_none_or(|most| case.size.pixels() <= most)
            && self.quality.as_deref().is_none_or(|quality| case.quality == Some(quality))
            && self.steps.is_none_or(|steps| case.steps == Some(steps))
            && self.is_on(case.day)
    }

    /// Whether a day is one of the offer's.
    fn is_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Whether it holds wherever the other does, days aside.
    fn holds_wherever(&self, other: &Self) -> bool {
        fn implied<T: PartialEq>(wanted: Option<&T>, given: Option<&T>) -> bool {
            wanted.is_none() || wanted == given
        }
        implied(self.size.as_ref(), other.size.as_ref())
            && self.max_pixels.is_none_or(|most| {
                other.max_pixels.is_some_and(|its| its <= most)
                    || other.size.is_some_and(|size| size.pixels() <= most)
            })
            && implied(self.quality.as_ref(), other.quality.as_ref())
            && implied(self.mode.as_ref(), other.mode.as_ref())
            && (self.mode.is_some() || !other.is_batch())
            && implied(self.hardware.as_ref(), other.hardware.as_ref())
            && implied(self.steps.as_ref(), other.steps.as_ref())
    }

    /// Whether they are those of a batch.
    pub fn is_batch(&self) -> bool {
        self.mode == Some(DeliveryMode::Batch)
    }

    /// How many there are; a span of days is one.
    pub fn count(&self) -> usize {
        let all = [
            self.size.is_some(),
            self.max_pixels.is_some(),
            self.quality.is_some(),
            self.mode.is_some(),
            self.hardware.is_some(),
            self.steps.is_some(),
            self.from.is_some() || self.until.is_some(),
        ];
        all.into_iter().filter(|it| *it).count()
    }

    /// Which of two rows that hold goes before the other: the one with more conditions, then the
    /// one for the smaller class of sizes.
    fn precedence(&self) -> (Reverse<usize>, u64) {
        (Reverse(self.count()), self.max_pixels.unwrap_or(u64::MAX))
    }

    /// What tells its ladder from others of a table; one that goes on in other days is the same.
    pub fn ladder_name(&self) -> String {
        Self { from: None, until: None, ..self.clone() }.to_string() + " "
    }

    /// Whether some job meets both: no key on which the two exclude each other.
    pub fn overlap(&self, other: &Self) -> bool {
        fn free<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.zip(b).is_none_or(|(a, b)| a == b)
        }
        let within = |a: &Self, b: &Self| {
            a.size.zip(b.max_pixels).is_none_or(|(size, most)| size.pixels() <= most)
        };
        let after =
            |a: &Self, b: &Self| a.until.zip(b.from).is_none_or(|(end, start)| start <= end);
        let batch = |a: &Self, b: &Self| !a.is_batch() || b.mode.is_some();
        free(self.size.as_ref(), other.size.as_ref())
            && within(self, other)
            && within(other, self)
            && free(self.quality.as_ref(), other.quality.as_ref())
            && free(self.mode.as_ref(), other.mode.as_ref())
            && batch(self, other)
            && batch(other, self)
            && free(self.hardware.as_ref(), other.hardware.as_ref())
            && free(self.steps.as_ref(), other.steps.as_ref())
            && after(self, other)
            && after(other, self)
    }

    /// Both together, where some job meets both.
    fn and(&self, other: &Self) -> Self {
        let smaller = |a: Option<u64>, b: Option<u64>| a.into_iter().chain(b).min();
        Self {
            size: self.size.or(other.size),
            max_pixels: smaller(self.max_pixels, other.max_pixels),
            quality: self.quality.clone().or_else(|| other.quality.clone()),
            mode: self.mode.or(other.mode),
            hardware: self.hardware.clone().or_else(|| other.hardware.clone()),
            steps: self.steps.or(other.steps),
            from: None,
            until: None,
        }
    }

    /// Whether both hold for some job, and neither goes before the other.
    fn collide(&self, other: &Self) -> bool {
        // Of two classes of sizes the smaller goes first; nothing else is ordered by its size.
        let are_classes = self.max_pixels.zip(other.max_pixels).is_some_and(|(a, b)| a != b);
        self.count() == other.count() && !are_classes && self.overlap(other)
    }
}

impl fmt::Display for Conditions {
    /// ` if size 1024x1024 and quality hd`, or nothing at all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: [(&str, Option<String>); 8] = [
            ("size", self.size.map(|size| size.to_string())),
            ("at most", self.max_pixels.map(|most| format!("{most} pixels"))),
            ("quality", self.quality.clone()),
            ("mode", self.mode.map(|mode| mode.to_string())),
            ("hardware", self.hardware.clone()),
            ("steps", self.steps.map(|steps| steps.to_string())),
            ("from", self.from.map(|day| day.to_string())),
            ("until", self.until.map(|day| day.to_string())),
        ];
        let mut word = " if ";
        for (key, value) in named {
            if let Some(value) = value {
                write!(f, "{word}{key} {value}")?;
                word = " and ";
            }
        }
        Ok(())
    }
}

/// More pairs of rows that another row decides between than any table needs.
const MAX_COLLISIONS: usize = 10_000;

/// One value with the conditions under which it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ConditionRow<T> {
    pub when: Conditions,
    /// The last image of a calendar month, UTC, for which it holds: rows of equal conditions are
    /// the steps of a ladder.
    pub up_to: Option<u64>,
    pub value: T,
}

impl<T> ConditionRow<T> {
    /// Whether both hold for some job, and neither goes before the other.
    fn collides_with(&self, other: &Self) -> bool {
        if self.when == other.when {
            return self.up_to == other.up_to;
        }
        self.when.collide(&other.when)
    }
}

impl<T: fmt::Display> fmt::Display for ConditionRow<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.value, self.when)?;
        let Some(last) = self.up_to else { return Ok(()) };
        let word = if self.when.count() == 0 { "if" } else { "and" };
        write!(f, " {word} up to {last} images a month")
    }
}

/// Values by condition. Of the rows that hold, the one with the most conditions counts.
#[derive(Debug, Clone)]
pub struct ConditionTable<T>(pub Vec<ConditionRow<T>>);

impl<T> ConditionTable<T> {
    /// One value that holds for every job.
    pub fn always(value: T) -> Self {
        Self(vec![ConditionRow { when: Conditions::default(), up_to: None, value }])
    }

    /// The rows that count where these hold: one, or the steps of a ladder from its first image.
    pub fn most_specific<'t>(
        rows: impl Iterator<Item = &'t ConditionRow<T>>,
    ) -> Vec<&'t ConditionRow<T>>
    where
        T: 't,
    {
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|row| (row.when.precedence(), row.up_to.unwrap_or(u64::MAX)));
        let Some(first) = rows.first().map(|row| &row.when) else { return rows };
        rows.retain(|row| row.when == *first);
        rows
    }

    /// Where two rows could hold for one job and neither goes before, their places in the table.
    pub fn overlap(&self) -> Option<(usize, usize)> {
        let mut looked = 0;
        let mut pairs = (0..self.0.len()).flat_map(|late| (0..late).map(move |it| (it, late)));
        pairs.find(|&(early, late)| {
            let (early, late) = (&self.0[early], &self.0[late]);
            if !early.collides_with(late) {
                return false;
            }
            looked += 1;
            looked > MAX_COLLISIONS || !self.is_decided(&early.when, &late.when)
        })
    }

    /// Whether a row with more conditions says what holds where both rows do.
    fn is_decided(&self, a: &Conditions, b: &Conditions) -> bool {
        let both = a.and(b);
        let decides = |row: &ConditionRow<T>| {
            let is_dated = row.when.from.is_some() || row.when.until.is_some();
            row.when.count() > a.count() && !is_dated && row.when.holds_wherever(&both)
        };
        self.0.iter().any(decides)
    }

    /// What the table leaves without a row: where a ladder ends, or the first day without a row
    /// between the first and the last that it speaks of.
    pub fn gap(&self) -> Option<TableGap> {
        let last_of = |row: &ConditionRow<T>| {
            let steps = self.0.iter().filter(|step| step.when == row.when);
            steps.map(|step| step.up_to).max_by_key(|last| last.unwrap_or(u64::MAX)).flatten()
        };
        if let Some(last) = self.0.iter().find_map(last_of) {
            return Some(TableGap::Volume(last));
        }
        let whens = || self.0.iter().map(|row| &row.when);
        let ends = whens().filter_map(|when| when.until?.tomorrow().ok());
        let starts = whens().filter_map(|when| when.from?.yesterday().ok());
        let mut days: Vec<Date> = ends.chain(starts).collect();
        days.sort_unstable();
        let is_dated = |when: &&Conditions| when.from.is_some() || when.until.is_some();
        let day = days.into_iter().find(|day| {
            whens()
                .filter(is_dated)
                .any(|dated| !whens().any(|other| other.is_on(*day) && other.holds_wherever(dated)))
        });
        day.map(TableGap::Day)
    }
}

/// What a table leaves without a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableGap {
    /// Images of a month beyond this number.
    Volume(u64),
    Day(Date),
}

impl fmt::Display for TableGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Volume(last) => write!(f, "no row says what is beyond image {last} of a month"),
            Self::Day(day) => write!(f, "no row holds on {day}"),
        }
    }
}

impl<T: PartialEq> PartialEq for ConditionTable<T> {
    /// Equal for every job: the same rows, in whatever order.
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|row| other.0.contains(row))
    }
}

impl<T: PartialEq> ConditionTable<T> {
    /// Whether both say the same wherever both speak: rows that hold for one job are equal.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let differs = |a: &ConditionRow<T>, b: &ConditionRow<T>| {
            a.value != b.value && a.up_to == b.up_to && a.when.overlap(&b.when)
        };
        !self.0.iter().any(|row| other.0.iter().any(|it| differs(row, it)))
    }
}

impl<T: fmt::Display> fmt::Display for ConditionTable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, row) in self.0.iter().enumerate() {
            write!(f, "{}{row}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}
