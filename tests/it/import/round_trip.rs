//! A map that is read and written again: `compare` and `LiteLLM`'s own formula come to the same total
//! for every row, by the map as it was and by the one that is written.

use std::collections::BTreeMap;

use cogdex::catalog::{Catalog, ConditionRow, Listing, Price, Size, Tree};
use cogdex::exchange::litellm::export::price_map;
use cogdex::exchange::litellm::import::{CatalogFiles, LitellmImport};
use cogdex::pricing::{Job, PriceTable, QuoteState};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{DAY, map, read, row};
use crate::support::{TODAY, terms};

/// The tokens of an image and of a prompt.
const TOKENS: (u64, u64) = (1000, 50);

/// A number of the map, to its last digit.
fn number(entry: &Value, field: &str) -> Option<Decimal> {
    let text = entry.get(field)?.to_string();
    let number = text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap();
    Some(number).filter(|number| !number.is_zero())
}

/// What an image costs by an entry, as `LiteLLM` works it out: whole megapixels where an entry has
/// prices for an image and for a pixel drawn, else an image, a pixel, or tokens.
fn litellm_cost(of: impl Fn(&str) -> Option<Decimal>, size: Size) -> Option<Decimal> {
    let (image, pixel) = (of("output_cost_per_image"), of("output_cost_per_pixel"));
    if let Some(pixel) = pixel.filter(|_| image.is_some()) {
        let whole = size.pixels().div_ceil(1024 * 1024);
        return Some(pixel * Decimal::from(whole * 1024 * 1024));
    }
    if let Some(image) = image.or(of("input_cost_per_image")) {
        return Some(image);
    }
    if let Some(pixel) = of("input_cost_per_pixel").or(pixel) {
        return Some(pixel * Decimal::from(size.pixels()));
    }
    let image = of("output_cost_per_image_token").or(of("output_cost_per_token"))?;
    let input = of("input_cost_per_token").unwrap_or_default();
    Some(image * Decimal::from(TOKENS.0) + input * Decimal::from(TOKENS.1))
}

/// The entry that `LiteLLM` finds for a job: that of the size and quality first.
fn found<'m, E>(
    entry_of: impl Fn(&str) -> Option<&'m E>,
    providers: &[&str],
    code: &str,
    job: &Job,
) -> Option<&'m E> {
    let size = format!("{}-x-{}", job.size.width, job.size.height);
    let steps = job.steps.map(|steps| format!("{steps}-steps"));
    let mut whens = Vec::new();
    whens.extend(job.quality.as_ref().map(|quality| format!("{quality}/{size}/")));
    whens.extend(steps.iter().map(|steps| format!("{size}/{steps}/")));
    whens.extend(steps.iter().map(|steps| format!("max-x-max/{steps}/")));
    whens.extend([format!("{size}/"), String::new()]);
    whens.iter().find_map(|when| {
        let with_provider = providers.iter().flat_map(|provider| {
            [format!("{provider}/{when}{code}"), format!("{when}{provider}/{code}")]
        });
        let mut keys = with_provider.chain([format!("{when}{code}")]);
        keys.find_map(|key| entry_of(&key))
    })
}

/// The job for which a row of a price table counts.
fn job_of(row: &ConditionRow<Price>, rows: &[ConditionRow<Price>]) -> Job {
    let other = rows.iter().filter_map(|row| row.when.steps).max().map(|most| most + 1);
    // Where rows name qualities, a row without one is for all others.
    let quality = |word: &str| rows.iter().any(|row| row.when.quality.as_deref() == Some(word));
    let others = rows
        .iter()
        .any(|row| row.when.quality.is_some())
        .then(|| ["standard", "auto"].into_iter().find(|word| !quality(word)).unwrap().to_owned());
    Job {
        size: row.when.size.unwrap_or(Size { width: 640, height: 480 }),
        quality: row.when.quality.clone().or(others),
        steps: row.when.steps.or(other),
        tokens_per_image: Some(TOKENS.0),
        prompt_tokens: Some(TOKENS.1),
        ..Job::default()
    }
}

/// The total of a job by `compare`; none where it is refused.
fn total(table: &PriceTable<'_>, listing: &Listing, job: &Job) -> Option<Decimal> {
    let quote = table.quote(listing, TODAY, job);
    let total = quote.total.filter(|_| quote.state == QuoteState::Priced)?;
    assert_eq!(total.low, total.high, "{} {job:?}", listing.id);
    Some(total.high)
}

/// Holds every row of what was imported against both maps: how many rows have the one total, and how
/// many have none anywhere.
pub(super) fn compare_totals(map: &Value, import: &LitellmImport) -> (usize, usize) {
    let catalog = Catalog::open(&Tree::Files(import.files.clone()), TODAY).unwrap();
    let table = terms().table(&catalog);
    let listings: Vec<_> = catalog.listings.values().collect();
    let written = price_map(&table, &listings, TODAY);
    let written: BTreeMap<_, _> = written.entries.into_iter().collect();
    let (mut same, mut none) = (0, 0);
    for listing in listings {
        let rows = listing.entity.statements.iter().flat_map(|it| &it.stated);
        let rows: Vec<_> = rows.filter_map(|it| it.value.try_as_price_ref()).collect();
        let [rows] = rows.as_slice() else { continue };
        let provider = catalog.providers[&*listing.provider].entity.statements.len();
        assert_eq!(provider, 0);
        let id = listing.id.as_str();
        let (own, code) = id.split_once('/').unwrap();
        let short = own.split('-').next().unwrap();
        for row in &rows.0 {
            let is_sayable = row.when.max_pixels.is_none() && !row.when.is_batch();
            if !is_sayable || row.value.parts().iter().any(|part| part.unit.as_str() == "call") {
                continue;
            }
            let job = job_of(row, &rows.0);
            let ours = total(&table, listing, &job);
            let after = found(|key| written.get(key), &[own], code, &job);
            let after = after.and_then(|entry| {
                let cost = |name: &str| entry.costs.iter().find(|(field, _)| *field == name);
                litellm_cost(|field| cost(field).map(|(_, cost)| *cost), job.size)
            });
            assert_eq!(after, ours, "{id}, written, {job:?}");
            if ours.is_none() {
                none += 1;
                continue;
            }
            let of_seller = |key: &str| {
                let entry = map.get(key)?;
                (entry["litellm_provider"] == own).then_some(entry)
            };
            let before = found(of_seller, &[own, short], listing.slug(), &job);
            let before =
                before.and_then(|entry| litellm_cost(|field| number(entry, field), job.size));
            assert_eq!(before, ours, "{id}, as it was, {job:?}");
            same += 1;
        }
    }
    (same, none)
}

#[test]
fn every_row_of_a_small_map_has_one_total() {
    let mut map = map();
    for key in ["sides", "a/both", "two", "a/two", "a/big"] {
        map.as_object_mut().unwrap().remove(key);
    }
    map["a/mega"] = row(
        json!({ "output_cost_per_image": 0.025, "output_cost_per_pixel": 2.384_185_791_015_625e-8 }),
    );
    map["max-x-max/30-steps/a/stepped"] = row(json!({ "output_cost_per_image": 0.03 }));
    map["512-x-512/30-steps/a/stepped"] = row(json!({ "output_cost_per_image": 0.02 }));
    map["a/same-tokens"] =
        row(json!({ "input_cost_per_token": 4e-8, "output_cost_per_token": 4e-8 }));
    let import = read(&map, &CatalogFiles::new(), DAY).unwrap();
    assert_eq!(compare_totals(&map, &import), (15, 0));
}
