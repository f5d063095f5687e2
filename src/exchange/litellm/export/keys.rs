//! The keys of the map for the prices of a listing, each with the job that its price is of.

use super::Seller;
use crate::catalog::{ConditionRow, Fact, Field, Price, Size};
use crate::pricing::Job;

/// The quality that `LiteLLM` takes for a job that names none.
const STANDARD: &str = "standard";

/// Qualities of which one stands for all that no row names.
const QUALITIES: [&str; 4] = [STANDARD, "auto", "medium", "high"];

/// The most entries of a listing: sizes times qualities.
const MAX_ENTRIES: usize = 1000;

/// Keys of the map with the job that their price is of.
#[derive(Debug)]
pub(super) struct Keyed {
    pub(super) keys: Vec<String>,
    pub(super) job: Job,
    /// Whether the price is one for images of any size.
    pub(super) is_of_any_size: bool,
}

/// What the rows of a listing name.
struct NamedConditions<'c> {
    rows: Vec<&'c ConditionRow<Price>>,
    /// The sizes of the rows and, where a price for all sizes depends on something, those listed.
    sizes: Vec<Size>,
    /// Whether the sizes are all that are offered.
    is_whole: bool,
}

/// Finds the jobs of a listing.
pub(super) struct JobFinder<'s, 'c>(pub(super) &'s Seller<'c>);

impl<'c> JobFinder<'_, 'c> {
    /// Whether a source states a price for a batch.
    pub(super) fn has_batch(&self) -> bool {
        self.0.all_rows().iter().any(|row| row.when.is_batch())
    }

    /// The jobs whose prices make up the listing, each with its keys; or why there are none.
    pub(super) fn jobs(&self) -> Vec<Result<Keyed, String>> {
        let mut rows = self.0.all_rows();
        rows.retain(|row| !row.when.is_batch());
        if rows.iter().any(|row| row.up_to.is_some()) {
            let why = "its price depends on the images of a month, and none of the map does";
            return vec![Err(why.to_owned())];
        }
        let is_plain = |row: &&ConditionRow<Price>| {
            let when = &row.when;
            (when.size.is_none() && when.quality.is_none())
                && (when.max_pixels.is_none() && when.steps.is_none())
        };
        if rows.iter().all(is_plain) {
            let job = Job { size: self.any_size(), ..tokens() };
            return vec![Ok(self.keyed_plain(job))];
        }
        let default = self.0.field(Field::DefaultQuality);
        let default = default.as_ref().and_then(Fact::value).map(ToString::to_string);
        let default = default.filter(|default| default != STANDARD);
        let is_standard =
            |row: &&ConditionRow<Price>| row.when.quality.as_deref() == Some(STANDARD);
        if let Some(default) = default.as_ref().filter(|_| rows.iter().any(is_standard)) {
            return vec![Err(format!(
                "it draws in `{default}` where no quality is asked for, and LiteLLM takes \
                 `{STANDARD}` then"
            ))];
        }
        let has_plain = rows.iter().any(is_plain);
        let named = self.named(rows);
        let mut jobs = Vec::new();
        if let Err(why) = named.of_all_sizes() {
            jobs.push(Err(why));
        }
        for size in &named.sizes {
            let keyed = self.jobs_of_size(&named, *size, default.is_some());
            jobs.extend(keyed.into_iter().map(Ok));
        }
        if !named.is_whole {
            jobs.extend(self.jobs_of_other_sizes(&named, has_plain).into_iter().map(Ok));
        }
        if jobs.len() > MAX_ENTRIES {
            return vec![Err(format!("it would have more than {MAX_ENTRIES} entries"))];
        }
        jobs
    }

    fn named(&self, rows: Vec<&'c ConditionRow<Price>>) -> NamedConditions<'c> {
        let mut sizes = Vec::new();
        if rows.iter().any(|row| row.when.size.is_none()) {
            sizes = self.0.listed_sizes();
        }
        let is_whole = !sizes.is_empty();
        sizes.extend(rows.iter().filter_map(|row| row.when.size));
        NamedConditions { rows, sizes: sorted(sizes), is_whole }
    }

    /// The jobs of one size: without a quality where none matters or `LiteLLM` would not know it, and
    /// in each quality and number of steps that has its price.
    fn jobs_of_size(
        &self,
        named: &NamedConditions<'c>,
        size: Size,
        by_default: bool,
    ) -> Vec<Keyed> {
        let here = || named.rows.iter().filter(|row| row.when.size.is_none_or(|its| its == size));
        let qualities = sorted(here().filter_map(|row| row.when.quality.as_deref()).collect());
        let steps: Vec<u64> = sorted(here().filter_map(|row| row.when.steps).collect());
        let other_steps = unnamed_steps(&steps);
        let word = format!("{}-x-{}", size.width, size.height);
        let job = |quality: Option<&str>, steps| {
            let quality = quality.map(str::to_owned);
            Job { size, quality, steps, ..tokens() }
        };
        let mut jobs = Vec::new();
        // Who asks for any other quality gets the row that names none.
        let is_of_others = |row: &&&ConditionRow<Price>| {
            let when = &row.when;
            let is_found = when.size.is_some() || named.is_whole;
            is_found && when.quality.is_none() && when.steps.is_none()
        };
        let of_others = here().any(|row| is_of_others(&row));
        if (qualities.is_empty() && steps.is_empty()) || by_default {
            jobs.push(self.keyed(&word, job(None, other_steps)));
        } else if of_others {
            let other = QUALITIES.into_iter().find(|quality| !qualities.contains(quality));
            let other = other.filter(|_| !qualities.is_empty());
            jobs.push(self.keyed(&word, job(other, other_steps)));
        }
        for quality in qualities {
            let when = format!("{quality}/{word}");
            jobs.push(self.keyed(&when, job(Some(quality), other_steps)));
        }
        for steps in steps {
            jobs.push(self.keyed(&format!("{word}/{steps}-steps"), job(None, Some(steps))));
        }
        jobs
    }

    /// The jobs of sizes that no row names: in each number of steps, and of the row for all others.
    fn jobs_of_other_sizes(&self, named: &NamedConditions<'c>, has_plain: bool) -> Vec<Keyed> {
        let usual = Job::default().size;
        let mut sizes =
            std::iter::once(usual).chain((1..).map(|side| Size { width: side, height: side }));
        let size = sizes.find(|size| !named.sizes.contains(size)).unwrap_or(usual);
        let open = || named.rows.iter().filter(|row| row.when.size.is_none());
        let is_by_class = open().any(|row| row.when.max_pixels.is_some());
        if is_by_class || open().any(|row| row.when.quality.is_some()) {
            return Vec::new();
        }
        let steps: Vec<u64> = sorted(open().filter_map(|row| row.when.steps).collect());
        let mut jobs = Vec::new();
        for steps in &steps {
            let job = Job { size, steps: Some(*steps), ..tokens() };
            let keyed = self.keyed(&format!("max-x-max/{steps}-steps"), job);
            jobs.push(Keyed { is_of_any_size: true, ..keyed });
        }
        if has_plain {
            let job = Job { size, steps: unnamed_steps(&steps), ..tokens() };
            jobs.push(self.keyed_plain(job));
        }
        jobs
    }

    fn keyed_plain(&self, job: Job) -> Keyed {
        Keyed { keys: vec![self.0.listing.id.to_string()], job, is_of_any_size: true }
    }

    /// A job of one image, with the keys under which `LiteLLM` looks for its price: the first where
    /// it does not know the provider, the second where it does.
    fn keyed(&self, when: &str, job: Job) -> Keyed {
        let (provider, code) = self.0.listing.id.split_once('/').unwrap_or_default();
        let keys = vec![format!("{when}/{provider}/{code}"), format!("{provider}/{when}/{code}")];
        Keyed { keys, job, is_of_any_size: false }
    }

    /// A size that every source lets through, for a price that does not depend on it.
    fn any_size(&self) -> Size {
        let usual = Job::default().size;
        let Some(fact) = self.0.field(Field::Sizes) else { return usual };
        let all: Vec<_> = fact
            .effective_claims()
            .iter()
            .filter_map(|view| view.value.try_as_sizes_ref())
            .collect();
        let nearest = all.iter().filter_map(|sizes| sizes.nearest(usual));
        let listed = self.0.listed_sizes();
        let mut candidates = std::iter::once(usual).chain(nearest).chain(listed);
        let fits = |size: &Size| all.iter().all(|sizes| sizes.offers(*size));
        candidates.find(fits).unwrap_or(usual)
    }
}

impl NamedConditions<'_> {
    /// Why prices for images of all sizes have no key, where they have none.
    fn of_all_sizes(&self) -> Result<(), String> {
        let needs_size = |row: &&&ConditionRow<Price>| {
            let when = &row.when;
            when.size.is_none() && (when.quality.is_some() || when.max_pixels.is_some())
        };
        match self.rows.iter().find(needs_size).filter(|_| !self.is_whole) {
            None => Ok(()),
            Some(row) if row.when.max_pixels.is_some() => {
                Err("a price depends on a class of sizes, \
                no source lists its sizes, and a key of the map has one size"
                    .to_owned())
            }
            Some(_) => {
                Err("a price depends on the quality alone, no source lists its sizes, and a \
                            key of the map has both"
                    .to_owned())
            }
        }
    }
}

/// A job of one image, and of one token of each kind, for sellers of tokens.
fn tokens() -> Job {
    Job { tokens_per_image: Some(1), prompt_tokens: Some(1), ..Job::default() }
}

/// A number of steps that no row names, where rows name some.
fn unnamed_steps(named: &[u64]) -> Option<u64> {
    named.iter().max().map(|most| most.saturating_add(1))
}

pub(super) fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}
