//! `LiteLLM`'s price map: an entry for every price that the map can say, so that `LiteLLM` computes
//! what [`compare`](crate::pricing) finds for the same job. What it can't say is left out with its
//! reason, and never a zero.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::catalog::{
    ConditionRow, Fact, Field, Listing, Price, Size, Sizes, SourcePlace, Unit, product,
};
use crate::pricing::{
    Job, PriceTable, Quote, QuoteError, QuoteState, Reason, Warning, WarningCode, amount,
    catalog_stamp, rate as rate_document,
};

/// The quality that `LiteLLM` takes for a job that names none.
const STANDARD: &str = "standard";

/// The warnings that say why a total is a range.
const OPEN: [WarningCode; 2] = [WarningCode::MegapixelRounding, WarningCode::QualityOpen];

/// The most entries of a listing: sizes times qualities.
const MAX_ENTRIES: usize = 1000;

/// A price map, and what it lacks.
#[derive(Debug, Default)]
pub struct PriceMap {
    /// The entries by key, in the order of the listings.
    pub entries: Vec<(String, Entry)>,
    /// What is left out, by listing or key, and why.
    pub left_out: Vec<(String, String)>,
}

/// One entry of the map.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The field of the price.
    pub field: &'static str,
    /// The price in US dollars, exact.
    pub cost: Decimal,
    provider: String,
    metadata: Value,
    source: Option<String>,
}

impl serde::Serialize for PriceMap {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|(key, entry)| (key, entry)))
    }
}

impl serde::Serialize for Entry {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        // The digits as they are: a float would have others.
        let digits = RawValue::from_string(amount(self.cost)).map_err(serde::ser::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("litellm_provider", &self.provider)?;
        map.serialize_entry("mode", "image_generation")?;
        map.serialize_entry(self.field, &digits)?;
        if let Some(source) = &self.source {
            map.serialize_entry("source", source)?;
        }
        map.serialize_entry("metadata", &self.metadata)?;
        map.end()
    }
}

/// Makes the map of some listings. The terms are in US dollars, the map's only currency.
pub fn price_map(
    table: &PriceTable<'_>,
    listings: &[&Listing],
    as_of: Date,
) -> Result<PriceMap, QuoteError> {
    let mut map = PriceMap::default();
    for listing in listings {
        let seller = Seller { table, listing, as_of };
        for job in seller.jobs() {
            match job {
                Ok(keyed) => match seller.entry(&keyed)? {
                    Ok(entry) => {
                        map.entries.extend(keyed.keys.into_iter().map(|key| (key, entry.clone())));
                    }
                    Err(why) => map.left_out.push((keyed.keys[0].clone(), why)),
                },
                Err(why) => map.left_out.push((listing.id.to_string(), why)),
            }
        }
    }
    Ok(map)
}

/// One listing on a day.
struct Seller<'c> {
    table: &'c PriceTable<'c>,
    listing: &'c Listing,
    as_of: Date,
}

/// Keys of the map with the job that their price is of.
struct Keyed {
    keys: Vec<String>,
    job: Job,
    /// Whether the price is one for pixels, for a job of any size.
    by_pixel: bool,
}

impl<'c> Seller<'c> {
    fn field(&self, field: Field) -> Option<Fact<'c>> {
        self.table.catalog().field(self.listing, field, self.as_of)
    }

    /// The rows of all prices that count; none where no source states any.
    fn rows(&self) -> Vec<&'c ConditionRow<Price>> {
        let fact = self.field(Field::Price);
        let views = fact.iter().flat_map(Fact::effective_claims).map(|view| view.value);
        let rows = views.filter_map(|value| value.try_as_price_ref().map(|rows| &rows.0));
        rows.flatten().collect()
    }

    /// The jobs whose prices make up the listing, each with its keys; or why there are none.
    fn jobs(&self) -> Vec<Result<Keyed, String>> {
        let rows = self.rows();
        let by_size = rows.iter().any(|row| row.when.size.is_some());
        if !by_size && rows.iter().all(|row| row.when.quality.is_none()) {
            let by_pixel = !rows.is_empty() && rows.iter().all(|it| is_by_pixel(&it.value));
            let job = Job { size: self.any_size(), ..Job::default() };
            return vec![Ok(Keyed { keys: vec![self.listing.id.to_string()], job, by_pixel })];
        }
        let (mut jobs, mut sizes) = (Vec::new(), Vec::new());
        if rows.iter().any(|row| row.when.size.is_none()) {
            sizes = self.listed_sizes();
            if sizes.is_empty() {
                let why = "a price depends on the quality alone, no source lists its sizes, and a \
                           key of the map has both";
                jobs.push(Err(why.to_owned()));
            }
        }
        sizes.extend(rows.iter().filter_map(|row| row.when.size));
        let default = self.field(Field::DefaultQuality);
        let default = default.as_ref().and_then(Fact::value).map(ToString::to_string);
        let default = default.filter(|default| default != STANDARD);
        let standard = |row: &&ConditionRow<Price>| row.when.quality.as_deref() == Some(STANDARD);
        if let (Some(default), true) = (&default, rows.iter().any(standard)) {
            return vec![Err(format!(
                "it draws in `{default}` where no quality is asked for, and LiteLLM takes \
                 `{STANDARD}` then"
            ))];
        }
        for size in sorted(sizes) {
            let here = rows.iter().filter(|row| row.when.size.is_none_or(|its| its == size));
            let named = sorted(here.filter_map(|row| row.when.quality.as_deref()).collect());
            if named.is_empty() || default.is_some() {
                jobs.push(Ok(self.keyed(size, None)));
            }
            jobs.extend(named.into_iter().map(|quality| Ok(self.keyed(size, Some(quality)))));
        }
        if jobs.len() > MAX_ENTRIES {
            return vec![Err(format!("it would have more than {MAX_ENTRIES} entries"))];
        }
        jobs
    }

    /// A job of one image, with the keys under which `LiteLLM` looks for its price: the first where
    /// it does not know the provider, the second where it does.
    fn keyed(&self, size: Size, quality: Option<&str>) -> Keyed {
        let job = Job { size, quality: quality.map(str::to_owned), ..Job::default() };
        let quality = quality.map(|quality| format!("{quality}/")).unwrap_or_default();
        let when = format!("{quality}{}-x-{}", size.width, size.height);
        let (provider, code) = self.listing.id.split_once('/').unwrap_or_default();
        let keys = vec![format!("{when}/{provider}/{code}"), format!("{provider}/{when}/{code}")];
        Keyed { keys, job, by_pixel: false }
    }

    /// A size that every source lets through, for a price that does not depend on it.
    fn any_size(&self) -> Size {
        let usual = Job::default().size;
        let Some(fact) = self.field(Field::Sizes) else { return usual };
        let all: Vec<_> = fact
            .effective_claims()
            .iter()
            .filter_map(|view| view.value.try_as_sizes_ref())
            .collect();
        let nearest = all.iter().filter_map(|sizes| sizes.nearest(usual));
        let listed = self.listed_sizes();
        let mut candidates = std::iter::once(usual).chain(nearest).chain(listed);
        let fits = |size: &Size| all.iter().all(|sizes| sizes.offers(*size));
        candidates.find(fits).unwrap_or(usual)
    }

    /// The sizes that the sources list.
    fn listed_sizes(&self) -> Vec<Size> {
        let fact = self.field(Field::Sizes);
        let views = fact.iter().flat_map(Fact::effective_claims);
        let lists = views.filter_map(|view| match view.value.try_as_sizes_ref() {
            Some(Sizes::List(list)) => Some(list),
            Some(Sizes::Rule(_)) | None => None,
        });
        sorted(lists.flatten().copied().collect())
    }

    /// The entry of a job, or why the map can't say its price.
    fn entry(&self, keyed: &Keyed) -> Result<Result<Entry, String>, QuoteError> {
        let job = &keyed.job;
        let quote = self.table.quote(self.listing, self.as_of, job)?;
        let total = match total(&quote) {
            Ok(total) => total,
            Err(why) => return Ok(Err(why)),
        };
        let (field, cost) = if keyed.by_pixel {
            let pixels = Decimal::from(job.size.pixels());
            // The division is taken only where it is exact.
            let each = total.checked_div(pixels).filter(|it| product(*it, pixels) == Ok(total));
            match each {
                Some(each) => ("input_cost_per_pixel", each),
                None => {
                    return Ok(Err("its price for a pixel has no end in US dollars".to_owned()));
                }
            }
        } else {
            ("output_cost_per_image", total)
        };
        Ok(Ok(Entry {
            field,
            cost,
            provider: self.listing.provider.as_str().to_owned(),
            metadata: self.metadata(&quote),
            source: self.address(),
        }))
    }

    /// From which data the price was made, line by line, with every assumption.
    fn metadata(&self, quote: &Quote) -> Value {
        let lines = quote.lines.iter();
        let lines = lines.map(|line| {
            format!("{}, {}, {}", line.what, line.unit_price, SourcePlace::list(&line.sources))
        });
        let warnings = quote.warnings.iter().map(|w| format!("{}: {}", w.code, w.text));
        json!({
            "catalog": catalog_stamp(self.table.catalog()),
            "as_of": self.as_of.to_string(),
            "listing": self.listing.id,
            "slug": self.listing.slug(),
            "lines": lines.collect::<Vec<_>>(),
            "rates": quote.rates.iter().map(rate_document).collect::<Vec<_>>(),
            "assumptions": warnings.collect::<Vec<_>>(),
        })
    }

    /// The page that states the price.
    fn address(&self) -> Option<String> {
        let fact = self.field(Field::Price)?;
        let statement = fact.effective_claims().first()?.sides.first()?.statement;
        Some(self.table.catalog().sources.get(&statement.source)?.address.clone())
    }
}

/// The one total of a quote, or why there is none.
fn total(quote: &Quote) -> Result<Decimal, String> {
    let Some(total) = quote.total else {
        return Err(match &quote.reason {
            // The map has no place for how long an image takes, so no flag would help.
            Some(Reason::SecondsNotGiven) => "billed by the second".to_owned(),
            Some(reason) => reason.to_string(),
            None => "it has no total".to_owned(),
        });
    };
    if quote.state == QuoteState::Disputed {
        let readings = quote.readings.iter().map(|reading| reading.reason.as_str());
        let reasons: Vec<_> = readings.filter(|reason| !reason.is_empty()).collect();
        return Err(format!("disputed: {}", reasons.join("; or ")));
    }
    if total.low != total.high {
        let is_open = |warning: &&Warning| OPEN.contains(&warning.code);
        let open = quote.warnings.iter().filter(is_open);
        let open = open.map(|warning| warning.text.as_str());
        return Err(format!("price is a range: {}", open.collect::<Vec<_>>().join("; ")));
    }
    Ok(total.high)
}

fn is_by_pixel(price: &Price) -> bool {
    price.single().is_some_and(|part| part.unit == Unit::Pixel)
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}
