//! The listing for readers that are programs: a product, its offer where one is known, and the
//! questions with their answers.

use serde_json::{Value, json};

use crate::catalog::{Currency, Field, FieldValue, Unit};
use crate::pricing::{PriceRange, amount};
use crate::site::faq::{FaqAnswer, structured};
use crate::site::listing::context::ListingContext;
use crate::site::page_meta::EmbeddedJson;
use crate::site::urls;

/// The JSON-LD of the page.
pub(crate) fn json_ld(
    context: &ListingContext<'_, '_>,
    name: &str,
    maker: &str,
    answers: &[FaqAnswer],
) -> Vec<EmbeddedJson> {
    let mut product = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": name,
        "sku": context.listing.slug(),
        "url": context.site.absolute(&urls::page(&context.listing.entity)),
    });
    if !maker.is_empty() {
        product["brand"] = json!({ "@type": "Brand", "name": maker });
    }
    if let Some(offer) = offer(context) {
        product["offers"] = offer;
    }
    let mut data = vec![EmbeddedJson::new(&product)];
    if !answers.is_empty() {
        data.push(structured(answers));
    }
    data
}

/// An exact price is an offer, a range is several; what is unknown is none.
fn offer(context: &ListingContext<'_, '_>) -> Option<Value> {
    let quote = context.quote?;
    let PriceRange { low, high } = quote.total?;
    let url = context.site.absolute(&urls::page(&context.listing.entity));
    let seller = json!({ "@type": "Organization", "name": context.provider_name() });
    if low != high {
        return Some(json!({
            "@type": "AggregateOffer", "lowPrice": amount(low), "highPrice": amount(high),
            "priceCurrency": "USD", "offerCount": quote.readings.len(),
            "url": url, "seller": seller,
        }));
    }
    let (price, currency) = own_price(context).unwrap_or_else(|| (amount(low), "USD".to_owned()));
    Some(json!({
        "@type": "Offer", "price": price, "priceCurrency": currency,
        "url": url, "seller": seller,
    }))
}

/// The price as the seller states it, where it is money for one image and nothing is added.
fn own_price(context: &ListingContext<'_, '_>) -> Option<(String, String)> {
    let Some(FieldValue::Price(rows)) = context.value(Field::Price) else { return None };
    let [row] = rows.0.as_slice() else { return None };
    let part = row.value.single()?;
    let each = matches!(part.unit, Unit::Image | Unit::Call) && part.per == 1;
    let plain = each && context.fact(Field::Fee).is_none();
    let money = part.currency != Currency::Credits;
    let price = || (amount(part.amount), part.currency.to_string());
    (plain && money).then(price)
}
