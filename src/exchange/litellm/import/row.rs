//! The map as it is written: its rows in their order, each with its fields, and what a row says of
//! money. What stands twice is seen, since nothing is put into a table by its key.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::number::plain;
use crate::catalog::Price;

/// The mode of rows about images that are drawn.
const IMAGES: &str = "image_generation";

/// The fields that are a price for an image or a pixel drawn.
const PRICES: [&str; 4] = [
    "output_cost_per_image",
    "input_cost_per_image",
    "input_cost_per_pixel",
    "output_cost_per_pixel",
];

/// The most prices for tokens that a row may have; the fullest of the map has 15.
const MAX_CLAIMS: usize = 40;

/// The most bytes of an address.
const MAX_ADDRESS_BYTES: usize = 500;

/// Names and values in the order of the document, with whatever stands twice.
pub(super) struct JsonFields<'m>(pub(super) Vec<(String, &'m RawValue)>);

impl<'m> serde::Deserialize<'m> for JsonFields<'m> {
    fn deserialize<D: Deserializer<'m>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'m> Visitor<'m> for Reader {
            type Value = JsonFields<'m>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<JsonFields<'m>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(JsonFields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'m> JsonFields<'m> {
    /// What a name stands for; `null` stands for nothing.
    fn get(&self, name: &str) -> Option<&'m str> {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.get()).filter(|value| *value != "null")
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?).ok()
    }

    /// Whether the row is one of images that are drawn.
    pub(super) fn is_of_images(&self) -> bool {
        self.text("mode").is_some_and(|mode| mode == IMAGES)
    }
}

/// What a row says of money.
#[derive(Debug, Clone, Default)]
pub(super) struct StatedCosts {
    /// Prices for an image or a pixel drawn, with their fields; two are two sides.
    pub(super) prices: Vec<(Price, String, &'static str)>,
    /// Prices for tokens and the like, in the words of the map.
    pub(super) claims: Vec<(String, String)>,
    /// The page that the map has it from.
    pub(super) page: Option<String>,
    /// What of the row is left out, and why.
    pub(super) remarks: Vec<String>,
}

/// Reads what a row says of money; the error says why it can't be read honestly.
pub(super) fn said(fields: &JsonFields<'_>) -> Result<StatedCosts, String> {
    let mut names = BTreeSet::new();
    if let Some((name, _)) = fields.0.iter().find(|(name, _)| !names.insert(name)) {
        return Err(format!("`{}` stands twice in it", super::short(name)));
    }
    let mut said = StatedCosts::default();
    let mut costs = Costs::new(fields)?;
    let (image, given) = (costs.take("output_cost_per_image"), costs.take("input_cost_per_image"));
    let (into, out) = (costs.take("input_cost_per_pixel"), costs.take("output_cost_per_pixel"));
    if into.is_some() && out.is_some() {
        return Err("it has two prices for a pixel, and does not say which counts".to_owned());
    }
    // Beside a price of the image drawn, this is one of images that are given.
    if image.is_some() {
        costs.rest.extend(given.clone().map(|(name, cost)| (name.to_owned(), cost)));
    }
    let drawn = image.or(given).map(|(field, cost)| (field, "image", cost));
    let pixel = into.or(out).map(|(field, cost)| (field, "pixel", cost));
    for (field, unit, cost) in drawn.into_iter().chain(pixel) {
        let text = format!("{cost} USD / {unit}");
        match text.parse() {
            Ok(price) => said.prices.push((price, text, field)),
            Err(_) if said.prices.is_empty() => {
                return Err(format!("`{field}` is {cost}, and a price has at most 12 decimals"));
            }
            Err(_) => said.remarks.push(format!(
                "`{field}` is left out: it is {cost}, and a price has at most 12 decimals"
            )),
        }
    }
    costs.conditions()?;
    (said.claims, said.page) = (costs.claims()?, costs.page);
    if said.prices.is_empty() && said.claims.is_empty() {
        return Err(if costs.zeros {
            "all its costs are 0, which is how the map writes one that is unknown".to_owned()
        } else {
            "it has no price".to_owned()
        });
    }
    Ok(said)
}

/// The costs of a row that are not 0, as plain decimals.
struct Costs {
    rest: Vec<(String, String)>,
    zeros: bool,
    page: Option<String>,
}

impl Costs {
    fn new(fields: &JsonFields<'_>) -> Result<Self, String> {
        let (mut costs, mut zeros) = (Vec::new(), false);
        for (name, value) in &fields.0 {
            let value = value.get();
            // A table of costs is for searches and tiers, and never for an image.
            if !name.contains("cost") || value == "null" || value.starts_with('{') {
                continue;
            }
            let known =
                name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
            if !known || name.len() > 100 {
                return Err("a cost has a name that no cost has".to_owned());
            }
            let cost = plain(value).map_err(|why| format!("`{name}` {why}"))?;
            if cost == "0" {
                zeros = true;
            } else {
                costs.push((name.clone(), cost));
            }
        }
        let plain = |text: &String| {
            text.starts_with("https://")
                && text.len() <= MAX_ADDRESS_BYTES
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        Ok(Self { rest: costs, zeros, page: fields.text("source").filter(plain) })
    }

    /// Takes one of [`PRICES`] out.
    fn take(&mut self, name: &'static str) -> Option<(&'static str, String)> {
        debug_assert!(PRICES.contains(&name));
        let at = self.rest.iter().position(|(known, _)| known == name)?;
        Some((name, self.rest.remove(at).1))
    }

    /// Refuses a price that holds under a condition, such as `output_cost_per_image_4K`.
    fn conditions(&self) -> Result<(), String> {
        let is_condition = |name: &str| {
            PRICES.iter().any(|price| {
                let rest = name.strip_prefix(price).and_then(|rest| rest.strip_prefix('_'));
                rest.is_some_and(|rest| !rest.starts_with("token"))
            })
        };
        match self.rest.iter().find(|(name, _)| is_condition(name)) {
            Some((name, _)) => Err(format!("`{name}` holds under a condition that no key names")),
            None => Ok(()),
        }
    }

    /// Everything else, in the words of the map.
    fn claims(&mut self) -> Result<Vec<(String, String)>, String> {
        if self.rest.len() > MAX_CLAIMS {
            return Err(format!("it has more than {MAX_CLAIMS} costs"));
        }
        let costs = std::mem::take(&mut self.rest).into_iter();
        let mut claims: Vec<_> = costs.map(|(name, cost)| (name, format!("{cost} USD"))).collect();
        claims.sort();
        Ok(claims)
    }
}
