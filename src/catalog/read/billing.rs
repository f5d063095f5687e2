//! Reads what stands beside a price on a bill: fees, packs of credits and the least to pay in.

use toml::de::DeValue;

use super::{find_above_whole, set};
use crate::catalog::billing::{CreditPack, CreditPacks, Fee, FeeAmount, FeeOccasion, Fees, Money};
use crate::catalog::money::decimal;
use crate::catalog::toml_file::{TomlFile, TomlItem};

/// One fee, or several in the order in which they are taken.
pub(super) fn fees<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Fees> {
    if matches!(item.get_ref(), DeValue::Table(_)) {
        return fee(document, item).map(|fee| Fees(vec![fee]));
    }
    let fees = document.each("fee", item, fee)?;
    let some = if fees.is_empty() { Err("`fee` has no rows".to_owned()) } else { Ok(fees) };
    document.checked(item, some).map(Fees)
}

fn fee<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Fee> {
    let table = document.table("fee", item)?;
    let (mut rate, mut amount, mut on) = (None, None, None);
    let mut whole = true;
    for (key, item) in table {
        whole &= match key.get_ref().as_ref() {
            "rate" => {
                let share = document.parsed("rate", item);
                if let Some(share) = share {
                    find_above_whole(document, share, item.span());
                }
                set(&mut rate, share.map(FeeAmount::Rate))
            }
            "amount" => {
                let money = document.parsed::<Money>("amount", item);
                set(&mut amount, money.map(|it| FeeAmount::PerCall(it.amount, it.currency)))
            }
            "on" => {
                let known = document.text("on", item).and_then(|word| {
                    let why = format!("`{word}` is none of: {}", FeeOccasion::all());
                    let known = FeeOccasion::try_from(word.as_ref()).map_err(|_| why);
                    document.checked(item, known)
                });
                set(&mut on, known)
            }
            _ => {
                document.unknown_key(key, ["rate", "amount", "on"].into_iter());
                false
            }
        };
    }
    if !table.contains_key("on") {
        document.missing_key(item.span(), "on");
    }
    if !table.contains_key("rate") && !table.contains_key("amount") {
        document.missing_key(item.span(), "rate");
    }
    let on = on.filter(|_| whole)?;
    let amount = match (rate, amount, on) {
        (Some(_), Some(_), _) => Err("a fee has a `rate` or an `amount`, not both".to_owned()),
        (None, Some(_), FeeOccasion::TopUp | FeeOccasion::Price | FeeOccasion::Tax) => {
            Err("an `amount` is taken on a call".to_owned())
        }
        (Some(rate), None, _) => Ok(rate),
        (None, Some(amount), FeeOccasion::Call) => Ok(amount),
        (None, None, _) => return None,
    };
    let amount = document.checked(item, amount)?;
    Some(Fee { amount, on })
}

/// The packs in which credits are sold.
pub(super) fn packs<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<CreditPacks> {
    let packs = document.each("packs", item, pack)?;
    let some = if packs.is_empty() { Err("`packs` has no rows".to_owned()) } else { Ok(packs) };
    document.checked(item, some).map(CreditPacks)
}

fn pack<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<CreditPack> {
    let table = document.strict_table("packs", item, &["price", "credits"], &[])?;
    let price = table.get("price").and_then(|price| document.parsed::<Money>("price", price));
    let credits = table.get("credits").and_then(|credits| credit_count(document, credits));
    let Money { amount: price, currency } = price?;
    if price.is_zero() {
        return document.checked(item, Err("a pack has a price above zero".to_owned()));
    }
    Some(CreditPack { price, currency, credits: credits? })
}

/// A whole number, or a string where it has decimals.
fn credit_count<'i>(
    document: &mut TomlFile<'i>,
    item: &TomlItem<'i>,
) -> Option<rust_decimal::Decimal> {
    let count = match item.get_ref() {
        DeValue::String(text) => decimal(text),
        _ => Ok(document.count("credits", item)?.into()),
    };
    let why = || "a pack has more than no credits".to_owned();
    let count = count.and_then(|count| Some(count).filter(|it| !it.is_zero()).ok_or_else(why));
    document.checked(item, count)
}

/// `{ minimum = "10 USD" }`.
pub(super) fn top_up<'i>(document: &mut TomlFile<'i>, item: &TomlItem<'i>) -> Option<Money> {
    let table = document.strict_table("top-up", item, &["minimum"], &[])?;
    let minimum = document.parsed::<Money>("minimum", table.get("minimum")?)?;
    let why = "a minimum is above zero".to_owned();
    let some = Some(minimum).filter(|it| !it.amount.is_zero()).ok_or(why);
    document.checked(item, some)
}
