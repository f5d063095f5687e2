//! A check of prices against those of other sellers of the same model.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Checking;
use super::figures::slip;
use crate::catalog::field::Field;
use crate::catalog::finding::Code;
use crate::catalog::price::Price;
use crate::catalog::statement::Key;
use crate::catalog::value::Value;

/// Prices are held against each other within one family, currency and unit, and for one condition.
type Group<'c> = (&'c str, &'static str, &'static str, String);

pub(super) fn sellers(check: &mut Checking<'_>) {
    let (catalog, today, key) = (check.catalog, check.today, Key::of(Field::Price));
    let mut groups: BTreeMap<Group<'_>, BTreeMap<Decimal, Vec<&str>>> = BTreeMap::new();
    let mut stated = Vec::new();
    for listing in catalog.listings.values() {
        for side in super::fact::current(listing, &key, today) {
            let Value::Price(rows) = &side.stated.value else { continue };
            for row in &rows.0 {
                let Price { amount, currency, unit } = row.value;
                let when = row.when.to_string();
                let group = (catalog.family(listing), currency.code(), unit.word(), when);
                let amounts = groups.entry(group.clone()).or_default();
                amounts.entry(amount.normalize()).or_default().push(listing.provider());
                stated.push((group, amount, listing, side));
            }
        }
    }
    for (group, amount, listing, side) in stated {
        if side.statement.confirmed.is_some() {
            continue;
        }
        let off = groups[&group].iter().find_map(|(other, providers)| {
            let seller = providers.iter().find(|provider| **provider != listing.provider())?;
            Some((*other, *seller, slip(amount, *other)?))
        });
        if let Some((other, seller, factor)) = off {
            let text = format!("{amount} here, {other} at {seller}: {factor} times off");
            let hint = "look at the unit, or say `confirmed = \"reason\"`";
            let (path, at) = (&listing.path, side.stated.position);
            check.find(path, at, Code::OffOtherSellers, text, Some(hint));
        }
    }
}
