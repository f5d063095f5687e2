//! A check of prices against those of other sellers of the same model.

use rust_decimal::Decimal;

use super::Checking;
use super::figures::slip;
use crate::catalog::fact::{self, Side};
use crate::catalog::field::Field;
use crate::catalog::finding::Code;
use crate::catalog::price::{Conditions, Price};
use crate::catalog::statement::Key;
use crate::catalog::subject::{Level, Subject};
use crate::catalog::value::Value;

/// Prices are held against each other within one family, currency and unit, for one condition,
/// and where they have the same digits: only then can one be the other with its unit mistaken.
/// The digits come first, since they tell most prices apart at once.
type Group<'c> = (i128, &'c str, &'static str, &'static str, &'c Conditions);

/// A price that counts today.
pub(super) struct Stated<'c> {
    group: Group<'c>,
    amount: Decimal,
    listing: &'c Subject,
    side: Side<'c>,
}

/// An amount from which another is a slip away.
struct Slipped<'c> {
    amount: Decimal,
    factor: u32,
    /// Two of its sellers, so that one of them is another than whoever asks.
    sellers: [Option<&'c str>; 2],
}

impl<'c> Slipped<'c> {
    /// How far prices of one amount are from others of one amount, where that is a slip.
    fn of(prices: &[Stated<'_>], others: &[Stated<'c>]) -> Option<Self> {
        let (price, other) = (prices.first()?, others.first()?);
        let factor = slip(price.amount, other.amount)?;
        let first = other.listing.provider();
        let mut sellers = others.iter().map(|other| other.listing.provider());
        let sellers = [Some(first), sellers.find(|seller| *seller != first)];
        Some(Self { amount: other.amount.normalize(), factor, sellers })
    }

    fn seller_beside(&self, own: &str) -> Option<&'c str> {
        self.sellers.into_iter().flatten().find(|seller| *seller != own)
    }
}

pub(super) fn collect<'c>(check: &mut Checking<'c>, subject: &'c Subject) {
    if subject.level != Level::Listing {
        return;
    }
    let family = check.catalog.family(subject);
    for side in fact::current(subject, &Key::of(Field::Price), check.today) {
        let Value::Price(rows) = &side.stated.value else { continue };
        for row in &rows.0 {
            let Price { amount, currency, unit } = row.value;
            let group = (digits(amount), family, currency.code(), unit.word(), &row.when);
            check.prices.push(Stated { group, amount, listing: subject, side });
        }
    }
}

/// The digits of an amount without the zeros at its ends, which are all that a slip changes.
fn digits(amount: Decimal) -> i128 {
    let mut digits = amount.mantissa();
    while digits != 0 && digits % 10 == 0 {
        digits /= 10;
    }
    digits
}

pub(super) fn sellers(check: &mut Checking<'_>) {
    let mut prices = std::mem::take(&mut check.prices);
    prices.sort_by(|a, b| (&a.group, a.amount).cmp(&(&b.group, b.amount)));
    for group in prices.chunk_by(|a, b| a.group == b.group) {
        let amounts: Vec<_> = group.chunk_by(|a, b| a.amount == b.amount).collect();
        // Most groups are of one amount, and done with.
        if amounts.len() == 1 {
            continue;
        }
        for prices in &amounts {
            let others = amounts.iter().filter_map(|others| Slipped::of(prices, others));
            let others: Vec<_> = others.collect();
            for price in prices.iter().filter(|price| price.side.statement.confirmed.is_none()) {
                off_others(check, price, &others);
            }
        }
    }
}

fn off_others(check: &mut Checking<'_>, price: &Stated<'_>, others: &[Slipped<'_>]) {
    let own = price.listing.provider();
    let off = others.iter().find_map(|it| Some((it.amount, it.seller_beside(own)?, it.factor)));
    let Some((other, seller, factor)) = off else { return };
    let text = format!("{} here, {other} at {seller}: {factor} times off", price.amount);
    let hint = "look at the unit, or say `confirmed = \"reason\"`";
    let (path, at) = (&price.listing.path, price.side.stated.position);
    check.find(path, at, Code::OffOtherSellers, text, Some(hint));
}
