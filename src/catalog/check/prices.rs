//! Checks of prices against those of other sellers of the same model, and against all prices.

use rust_decimal::Decimal;

use super::Checking;
use super::figures::slip;
use crate::catalog::condition::Conditions;
use crate::catalog::diagnostic::DiagnosticCode;
use crate::catalog::entity::{Entity, EntityKind, Listing};
use crate::catalog::fact::{self, ClaimSide};
use crate::catalog::field::Field;
use crate::catalog::money::{product, quotient};
use crate::catalog::price::{Currency, Unit, UnitPrice};
use crate::catalog::size::Size;
use crate::catalog::statement::FieldKey;
use crate::catalog::value::FieldValue;

/// Prices are held against each other within one family, currency and unit, for one condition,
/// and where they have the same digits: only then can one be the other with its unit mistaken.
/// The digits come first, since they tell most prices apart at once.
type Group<'c> = (i128, &'c str, &'static str, &'static str, &'c Conditions, Option<u64>);

/// A price that counts today.
pub(super) struct StatedPrice<'c> {
    group: Group<'c>,
    amount: Decimal,
    unit: Unit,
    listing: &'c Listing,
    side: ClaimSide<'c>,
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
    fn new(prices: &[StatedPrice<'_>], others: &[StatedPrice<'c>]) -> Option<Self> {
        let (price, other) = (prices.first()?, others.first()?);
        let factor = slip(price.amount, other.amount)?;
        let first = &*other.listing.provider;
        let mut sellers = others.iter().map(|other| &*other.listing.provider);
        let sellers = [Some(first), sellers.find(|seller| *seller != first)];
        Some(Self { amount: other.amount.normalize(), factor, sellers })
    }

    fn seller_beside(&self, own: &str) -> Option<&'c str> {
        self.sellers.into_iter().flatten().find(|seller| *seller != own)
    }
}

pub(super) fn collect<'c>(check: &mut Checking<'c>, entity: &'c Entity) {
    if entity.kind != EntityKind::Listing {
        return;
    }
    let Some(listing) = check.catalog.listings.get(&*entity.id) else { return };
    let family = check.catalog.family(listing);
    for side in fact::current(entity, &FieldKey::new(Field::Price), check.today) {
        let FieldValue::Price(rows) = &side.stated.value else { continue };
        for row in &rows.0 {
            // A sum is of no one unit, in which it could have slipped.
            let Some(UnitPrice { amount, currency, per, unit }) = row.value.single().copied()
            else {
                continue;
            };
            let one = if per == 1 { Ok(amount) } else { quotient(amount, per.into()) };
            let Ok(amount) = one else { continue };
            let (digits, code) = (digits(amount), currency.code());
            let group = (digits, family, code, unit.as_str(), &row.when, row.up_to);
            check.prices.push(StatedPrice { group, amount, unit, listing, side });
        }
    }
}

/// A price or a credit in a currency that no rate is of can't be compared with others.
pub(super) fn currencies(check: &mut Checking<'_>, entity: &Entity) {
    let rates = &check.catalog.rates;
    let is_rated = |currency: Currency| {
        let is_money = currency != Currency::Credits && currency != Currency::DOLLARS;
        !is_money || rates.iter().any(|rate| rate.one == currency || rate.of == currency)
    };
    let mut found = Vec::new();
    for stated in entity.statements.iter().flat_map(|statement| &statement.stated) {
        let rows = stated.value.try_as_price_ref().into_iter().flat_map(|rows| &rows.0);
        let credits = stated.value.try_as_credits_ref().map(|credits| credits.currency);
        let mut currencies = rows.filter_map(|row| row.value.currency()).chain(credits);
        let currency = currencies.find(|currency| !is_rated(*currency));
        found.extend(currency.map(|currency| (stated.position, currency)));
    }
    for (at, currency) in found {
        let text = format!("there is no rate of {currency} to anything");
        let hint = "add one to rates.toml, with its source";
        check.find(&entity.path, at, DiagnosticCode::NoRate, text, Some(hint));
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

/// So many prices have a middle that says something.
const MIN_PRICES: usize = 5;

/// How far from the middle of all prices an image may be: a unit slips by thousands or millions.
const FAR: u32 = 1_000;

/// A price for a pixel that is one for an image makes an image a million times dearer, whatever
/// its digits are.
pub(super) fn kinds(check: &mut Checking<'_>) {
    let worth = |price: &StatedPrice<'_>| Some((price.group.2, image(price)?));
    let mut worths: Vec<_> = check.prices.iter().filter_map(worth).collect();
    worths.sort_unstable();
    let middle = |code: &str| {
        let of_code: Vec<_> = worths.iter().filter(|(known, _)| *known == code).collect();
        let middle = of_code.get(of_code.len() / 2).filter(|_| of_code.len() >= MIN_PRICES);
        middle.map(|(_, worth)| *worth)
    };
    let mut middles = std::collections::BTreeMap::new();
    for price in std::mem::take(&mut check.prices) {
        let code = price.group.2;
        let middle = *middles.entry(code).or_insert_with(|| middle(code));
        if let Some((worth, middle)) = image(&price).zip(middle)
            && price.side.statement.confirmed.is_none()
            && (is_far(worth, middle) || is_far(middle, worth))
        {
            let (size, worth) = (size(&price), worth.normalize());
            let text = format!(
                "an image of {size} costs {worth} {code} at this price, and {} in the middle of all",
                middle.normalize()
            );
            let hint = "look at the unit, or say `confirmed = \"reason\"`";
            let (path, at) = (&price.listing.entity.path, price.side.stated.position);
            check.find(path, at, DiagnosticCode::OffAllPrices, text, Some(hint));
        }
        check.prices.push(price);
    }
}

fn is_far(a: Decimal, b: Decimal) -> bool {
    product(b, Decimal::from(FAR)).is_ok_and(|far| a > far)
}

fn size(price: &StatedPrice<'_>) -> Size {
    price.group.4.size.unwrap_or(Size { width: 1024, height: 1024 })
}

/// What one image costs; `None` for nothing, for credits, whose worth differs, and for
/// seconds and tokens.
fn image(price: &StatedPrice<'_>) -> Option<Decimal> {
    let units = match price.unit {
        Unit::Image | Unit::Call => Decimal::ONE,
        Unit::Pixel => Decimal::from(size(price).pixels()),
        Unit::Megapixel => product(Decimal::from(size(price).pixels()), Decimal::new(1, 6)).ok()?,
        Unit::Second | Unit::ImageToken | Unit::InputToken => return None,
    };
    let is_money = price.group.2 != Currency::Credits.code() && !price.amount.is_zero();
    product(price.amount, units).ok().filter(|_| is_money)
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
            let others = amounts.iter().filter_map(|others| Slipped::new(prices, others));
            let others: Vec<_> = others.collect();
            for price in prices.iter().filter(|price| price.side.statement.confirmed.is_none()) {
                off_others(check, price, &others);
            }
        }
    }
}

fn off_others(check: &mut Checking<'_>, price: &StatedPrice<'_>, others: &[Slipped<'_>]) {
    let own = &*price.listing.provider;
    let off = others.iter().find_map(|it| Some((it.amount, it.seller_beside(own)?, it.factor)));
    let Some((other, seller, factor)) = off else { return };
    let text = format!("{} here, {other} at {seller}: {factor} times off", price.amount);
    let hint = "look at the unit, or say `confirmed = \"reason\"`";
    let (path, at) = (&price.listing.entity.path, price.side.stated.position);
    check.find(path, at, DiagnosticCode::OffOtherSellers, text, Some(hint));
}
