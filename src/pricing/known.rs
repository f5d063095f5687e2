//! Which words of a query mean anything: the sizes and qualities that any source of the catalog
//! knows, and the hardware that any listing has a price for. A slip of the hand gets no price.

use super::job::Job;
use crate::catalog::{
    Catalog, ConditionTable, Field, FieldValue, Listing, Size, Sizes, Statement, Texts, Unit,
    UnitPrice, nearest,
};

/// Everything that is stated of anything, on whatever day.
fn stated(catalog: &Catalog) -> impl Iterator<Item = (Field, &FieldValue)> {
    let statements = catalog.entities().flat_map(|entity| &entity.statements);
    values(statements)
}

fn values<'c>(
    statements: impl Iterator<Item = &'c Statement>,
) -> impl Iterator<Item = (Field, &'c FieldValue)> {
    statements.flat_map(|it| it.stated.iter().map(|stated| (stated.key.field, &stated.value)))
}

/// Fails where no source knows a quality, and some know others.
pub(super) fn quality(catalog: &Catalog, wanted: &str) -> Result<(), String> {
    let mut known: Vec<&str> = Vec::new();
    for (field, value) in stated(catalog) {
        if matches!(field, Field::Qualities | Field::ShownQualities) {
            let words = value.try_as_texts_ref().map(|Texts(words)| words);
            known.extend(words.into_iter().flatten().map(String::as_str));
        }
        if field == Field::DefaultQuality {
            known.extend(value.try_as_text_ref().map(String::as_str));
        }
        known.extend(value.try_as_price_ref().into_iter().flat_map(qualities));
        known.extend(value.try_as_latency_ref().into_iter().flat_map(qualities));
    }
    known.sort_unstable();
    known.dedup();
    if known.is_empty() || known.contains(&wanted) {
        return Ok(());
    }
    let near = nearest(wanted, known.iter().copied());
    let near = near.or_else(|| known.iter().copied().min_by_key(|word| word.len()));
    let all = known.join(", ");
    Err(format!(
        "no source knows `{wanted}`; did you mean `{}`? Known are: {all}",
        near.unwrap_or_default()
    ))
}

fn qualities<T>(rows: &ConditionTable<T>) -> impl Iterator<Item = &str> {
    rows.0.iter().filter_map(|row| row.when.quality.as_deref())
}

/// Fails where no source allows or mentions a size, and some speak of others.
pub(super) fn size(catalog: &Catalog, wanted: Size) -> Result<(), String> {
    // What is drawn where nobody asks for a size needs no source.
    if wanted == Job::default().size {
        return Ok(());
    }
    let mut nearest: Vec<Size> = Vec::new();
    for (_, value) in stated(catalog) {
        let mut near =
            value.try_as_sizes_ref().map(|sizes| near(sizes, wanted)).unwrap_or_default();
        near.extend(value.try_as_size_ref());
        let rows = value.try_as_price_ref().into_iter().flat_map(|rows| &rows.0);
        for when in rows.map(|row| &row.when) {
            near.extend(when.size);
            near.extend(when.max_pixels.filter(|most| wanted.pixels() <= *most).map(|_| wanted));
        }
        if near.contains(&wanted) {
            return Ok(());
        }
        nearest.extend(near);
    }
    nearest.sort_by_key(|size| (size.distance(wanted), *size));
    nearest.dedup();
    match nearest.as_slice() {
        [] => Ok(()),
        [one] => Err(format!("no source knows `{wanted}`; the one that is known is {one}")),
        [one, two, ..] => Err(format!(
            "no source knows `{wanted}`; the nearest that are known are {one} and {two}"
        )),
    }
}

/// The size itself where it is offered, else what is.
fn near(sizes: &Sizes, wanted: Size) -> Vec<Size> {
    if sizes.offers(wanted) {
        return vec![wanted];
    }
    match sizes {
        Sizes::List(list) => list.clone(),
        Sizes::Rule(rule) => rule.nearest(wanted).into_iter().collect(),
    }
}

/// Fails where hardware changes no price: no row names any, or all that do are by the second, and
/// nobody says how many.
pub(super) fn hardware(listings: &[&Listing], name: &str, seconds: bool) -> Result<(), String> {
    let own = listings.iter().flat_map(|listing| values(listing.entity.statements.iter()));
    let rows = own.filter_map(|(_, value)| value.try_as_price_ref()).flat_map(|rows| &rows.0);
    let mut rows = rows.filter(|row| row.when.hardware.is_some()).peekable();
    if rows.peek().is_none() {
        return Err("no listing has a price for any hardware".to_owned());
    }
    let by_second = |part: &UnitPrice| part.unit == Unit::Second;
    if !seconds && rows.all(|row| row.value.parts().iter().any(by_second)) {
        return Err(format!("`{name}` has no effect without --seconds-per-image"));
    }
    Ok(())
}
