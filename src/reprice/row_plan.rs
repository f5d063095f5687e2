//! Where the fields of a row come from: columns, places within a column that holds JSON, what the
//! user sets for all rows, or two sides that make a size; and which rows count at all.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::columns::{ColumnError, ColumnNames, ColumnPath, Columns, Meaning, missing};
use super::dictionary::ReadOptions;

/// More values of a filtered column are not kept for a message.
const MAX_VALUES: usize = 10;

/// Where one field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FieldSource {
    Column(ColumnPath),
    Constant(String),
    /// The width and the height of a size.
    Sides(ColumnPath, ColumnPath),
}

/// A rule for which rows count: `call_type=aimage_generation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCondition {
    pub column: String,
    pub test: ConditionTest,
    pub value: String,
}

/// How a value is held against that of a [`RowCondition`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionTest {
    Is,
    IsNot,
    StartsWith,
}

impl RowCondition {
    fn holds(&self, value: &str) -> bool {
        match self.test {
            ConditionTest::Is => value == self.value,
            ConditionTest::IsNot => value != self.value,
            ConditionTest::StartsWith => value.starts_with(&self.value),
        }
    }
}

/// The conditions on one column.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ColumnFilter {
    column: ColumnPath,
    conditions: Vec<RowCondition>,
}

impl ColumnFilter {
    /// One of the values has to be there, and none that must not be.
    fn holds(&self, value: &str) -> bool {
        let (not, any): (Vec<_>, Vec<_>) =
            self.conditions.iter().partition(|it| it.test == ConditionTest::IsNot);
        not.iter().all(|it| it.holds(value))
            && (any.is_empty() || any.iter().any(|it| it.holds(value)))
    }
}

/// Rows that were left out by a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    pub count: u64,
    /// Each filtered column with the first of its values that were left out.
    pub values: BTreeSet<(String, String)>,
}

impl LeftOut {
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        for (column, value) in &other.values {
            self.add_value(column, value);
        }
    }

    fn add_value(&mut self, column: &str, value: &str) {
        let of_column = self.values.iter().filter(|(of, _)| of == column).count();
        if of_column < MAX_VALUES {
            self.values.insert((column.to_owned(), value.to_owned()));
        }
    }
}

/// Where the fields of all rows of a log come from, in the order of a batch's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowPlan {
    fields: [Option<FieldSource>; 6],
    filters: Vec<ColumnFilter>,
    /// How many columns the log itself has; those of its folders come after them.
    pub(super) count: usize,
    /// What stands in the columns of folders.
    folders: Vec<String>,
}

impl RowPlan {
    /// Finds out where fields are, by the names of the columns.
    pub(super) fn new(names: &[String], options: &ReadOptions) -> Result<Self, ColumnError> {
        check_constants(options)?;
        let is_mapped = |meaning| options.map.iter().any(|(mapped, _)| *mapped == meaning);
        let folders = options.folders.iter().filter(|(name, _)| !names.contains(name));
        let (of_folders, folders): (Vec<String>, Vec<String>) = folders.cloned().unzip();
        let names = ColumnNames { all: [names, &of_folders].concat(), own: names.len() };
        let of = |meaning| source(&names, options, meaning);
        let missing = |meaning| missing(meaning, &names.all);
        let needed = |meaning| of(meaning)?.ok_or_else(|| missing(meaning));
        let wanted = |meaning, is_wanted: bool| {
            if is_wanted || is_mapped(meaning) { of(meaning) } else { Ok(None) }
        };
        let (time, images) = (needed(Meaning::Time)?, needed(Meaning::Images)?);
        let size =
            of(Meaning::Size)?.map_or_else(|| sides(&names, options), |size| Ok(Some(size)))?;
        let size = size.ok_or_else(|| missing(Meaning::Size))?;
        let listing = wanted(Meaning::Listing, options.by_listing)?;
        let listing = listing.map_or_else(
            || wanted(Meaning::Model, options.by_listing),
            |listing| Ok(Some(listing)),
        )?;
        let tag = wanted(Meaning::Tag, options.by_tag)?;
        if options.by_tag && tag.is_none() {
            return Err(missing(Meaning::Tag));
        }
        if options.by_listing && listing.is_none() {
            return Err(missing(Meaning::Listing));
        }
        let fields = [Some(time), Some(images), Some(size), of(Meaning::Quality)?, listing, tag];
        Ok(Self { fields, filters: filters(&names, options)?, count: names.own, folders })
    }

    /// Whether the log tells the quality of its images.
    pub(super) fn has_quality(&self) -> bool {
        self.fields[3].is_some()
    }

    /// Every place of the log itself that is read.
    pub(super) fn places(&self) -> Vec<&ColumnPath> {
        let of_fields = self.fields.iter().flatten().flat_map(|field| match field {
            FieldSource::Column(column) => vec![column],
            FieldSource::Sides(width, height) => vec![width, height],
            FieldSource::Constant(_) => Vec::new(),
        });
        let of_filters = self.filters.iter().map(|filter| &filter.column);
        of_fields.chain(of_filters).filter(|place| place.at < self.count).collect()
    }

    /// The column of the time or of the images, where it is one of the log itself.
    pub(super) fn column_of(&self, meaning: Meaning) -> Option<&ColumnPath> {
        match self.fields.get(usize::from(meaning == Meaning::Images))? {
            Some(FieldSource::Column(column)) if column.at < self.count => Some(column),
            Some(FieldSource::Column(_) | FieldSource::Constant(_) | FieldSource::Sides(..))
            | None => None,
        }
    }

    /// The columns, where each field is one as it is and every row counts.
    pub(super) fn columns(&self) -> Option<Columns> {
        let [time, images, size, quality, listing, tag] = &self.fields;
        let place = |field: &Option<FieldSource>| match field {
            None => Some(None),
            Some(FieldSource::Column(column))
                if column.path.is_empty() && column.at < self.count =>
            {
                Some(Some(column.at))
            }
            Some(FieldSource::Column(_) | FieldSource::Constant(_) | FieldSource::Sides(..)) => {
                None
            }
        };
        if !self.filters.is_empty() {
            return None;
        }
        Some(Columns {
            count: self.count,
            time: place(time)??,
            images: place(images)??,
            size: place(size)??,
            quality: place(quality)?,
            listing: place(listing)?,
            tag: place(tag)?,
        })
    }

    /// The columns of rows that were gathered by the plan.
    pub(super) fn gathered_columns(&self) -> Columns {
        let place = |at: usize| self.fields[at].is_some().then_some(at);
        let (quality, listing, tag) = (place(3), place(4), place(5));
        Columns { count: 6, time: 0, images: 1, size: 2, quality, listing, tag }
    }

    /// Gathers the fields of a row; `None` where the row does not count. `value` tells what stands in
    /// a place of the row.
    pub(super) fn gather<'r>(
        &'r self,
        left_out: &mut LeftOut,
        value: impl Fn(&'r ColumnPath) -> Cow<'r, str>,
    ) -> Option<[Cow<'r, str>; 6]> {
        let value = |column: &'r ColumnPath| match column.at.checked_sub(self.count) {
            Some(at) => self.folders.get(at).map_or(Cow::Borrowed(""), Cow::from),
            None => value(column),
        };
        for filter in &self.filters {
            let value = value(&filter.column);
            if !filter.holds(value.trim()) {
                left_out.count += 1;
                let column = filter.conditions.first().map_or("", |it| it.column.as_str());
                left_out.add_value(column, value.trim());
                return None;
            }
        }
        Some(self.fields.each_ref().map(|field| match field {
            None => Cow::Borrowed(""),
            Some(FieldSource::Column(column)) => value(column),
            Some(FieldSource::Constant(text)) => Cow::Borrowed(text.as_str()),
            Some(FieldSource::Sides(width, height)) => {
                Cow::Owned(format!("{}x{}", value(width).trim(), value(height).trim()))
            }
        }))
    }
}

/// Refuses what is set beside a column of the same meaning, or twice.
fn check_constants(options: &ReadOptions) -> Result<(), ColumnError> {
    for (at, (set, _)) in options.constants.iter().enumerate() {
        if options.constants[..at].iter().any(|(other, _)| other == set) {
            return Err(ColumnError::SetTwice(*set));
        }
        let groups: [&[Meaning]; 2] = [
            &[Meaning::Size, Meaning::Width, Meaning::Height],
            &[Meaning::Listing, Meaning::Model],
        ];
        let same = groups.into_iter().find(|group| group.contains(set));
        let same = same.unwrap_or(std::slice::from_ref(set));
        if let Some((mapped, _)) = options.map.iter().find(|(mapped, _)| same.contains(mapped)) {
            return Err(ColumnError::SetAndMapped(*set, *mapped));
        }
    }
    Ok(())
}

fn source(
    names: &ColumnNames,
    options: &ReadOptions,
    meaning: Meaning,
) -> Result<Option<FieldSource>, ColumnError> {
    let mut constants = options.constants.iter().filter(|(of, _)| *of == meaning);
    if let Some((_, value)) = constants.next() {
        return Ok(Some(FieldSource::Constant(value.clone())));
    }
    if let Some(column) = names.find(options, meaning)? {
        return Ok(Some(FieldSource::Column(column)));
    }
    let of_kind = options.kind.and_then(|kind| kind.constant(meaning));
    Ok(of_kind.map(|value| FieldSource::Constant(value.to_owned())))
}

/// Width and height, where both are there.
fn sides(names: &ColumnNames, options: &ReadOptions) -> Result<Option<FieldSource>, ColumnError> {
    let width = names.find(options, Meaning::Width)?;
    let height = names.find(options, Meaning::Height)?;
    Ok(width.zip(height).map(|(width, height)| FieldSource::Sides(width, height)))
}

fn filters(names: &ColumnNames, options: &ReadOptions) -> Result<Vec<ColumnFilter>, ColumnError> {
    let mut filters: Vec<ColumnFilter> = Vec::new();
    let mut add = |column: ColumnPath, condition: RowCondition| match filters
        .iter_mut()
        .find(|filter| filter.column == column)
    {
        Some(filter) => filter.conditions.push(condition),
        None => filters.push(ColumnFilter { column, conditions: vec![condition] }),
    };
    for condition in &options.conditions {
        let missing = || ColumnError::no_condition(&condition.column, &names.all);
        add(names.named(&condition.column).ok_or_else(missing)?, condition.clone());
    }
    // What a kind leaves out stands behind what the user says of the same column.
    for condition in options.kind.map(super::log_kind::LogKind::conditions).unwrap_or_default() {
        let is_said = options.conditions.iter().any(|it| it.column == condition.column);
        if let Some(column) = names.named(&condition.column).filter(|_| !is_said) {
            add(column, condition);
        }
    }
    Ok(filters)
}
