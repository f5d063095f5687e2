//! What a row of the map says of money: its prices with their conditions, what they are counted in,
//! and the costs that are no price of an image.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::image_cost_key::{self, NamedImageCost};
use super::number::plain;
use super::row::JsonFields;
use super::short;
use crate::catalog::{Conditions, DeliveryMode, Price, Size};

/// The most other costs that a row may have; the fullest of the map has 15.
const MAX_CLAIMS: usize = 40;

/// The most bytes of an address.
const MAX_ADDRESS_BYTES: usize = 500;

/// The pixels of a megapixel, as `LiteLLM` counts them: whole ones, of which one that is begun counts.
pub(super) const MEGAPIXEL: u64 = 1024 * 1024;

/// What some sellers call a megapixel.
const DECIMAL_MEGAPIXEL: u64 = 1_000_000;

/// The largest part by which two figures of one price differ, of which one was rounded: 0.5 %.
const MAX_DIFFERENCE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// A price of a row.
#[derive(Debug, Clone)]
pub(super) struct RowPrice {
    /// The conditions that the names of its costs say.
    pub(super) when: Conditions,
    pub(super) price: Price,
    pub(super) text: String,
    /// The names of its costs.
    pub(super) field: String,
}

/// What a row says of money.
#[derive(Debug, Clone, Default)]
pub(super) struct StatedCosts {
    /// At least one; no two of the same conditions.
    pub(super) prices: Vec<RowPrice>,
    /// Whether a price is for a megapixel.
    pub(super) by_megapixel: bool,
    /// The day from which it is no longer sold.
    pub(super) retires: Option<Date>,
    /// Other costs, in the words of the map.
    pub(super) claims: Vec<(String, String)>,
    /// The page that the map has it from.
    pub(super) page: Option<String>,
    /// What of the row is left out, and why.
    pub(super) remarks: Vec<String>,
}

impl StatedCosts {
    /// Reads what a row says of money, whose key names a size or none; the error says why it can't
    /// be read honestly.
    pub(super) fn new(fields: &JsonFields<'_>, size: Option<Size>) -> Result<Self, String> {
        let mut names = BTreeSet::new();
        if let Some((name, _)) = fields.0.iter().find(|(name, _)| !names.insert(name)) {
            return Err(format!("`{}` stands twice in it", short(name)));
        }
        let mut costs = Costs::new(fields)?;
        let mut said = Self { page: page(fields), ..Self::default() };
        said.read_prices(&mut costs, size)?;
        if said.prices.is_empty() {
            return Err(costs.without_price());
        }
        match fields.text("deprecation_date").map(|date| (date.parse(), date)) {
            Some((Ok(date), _)) => said.retires = Some(date),
            Some((Err(_), date)) => {
                let date = short(&date);
                said.remarks.push(format!("left out: `deprecation_date` `{date}` is no date"));
            }
            None => {}
        }
        said.claims = costs.claims()?;
        Ok(said)
    }

    /// Reads the prices of an image, a pixel, a second or tokens, with that of a request on top.
    fn read_prices(&mut self, costs: &mut Costs, size: Option<Size>) -> Result<(), String> {
        let of_images = costs.of_images()?;
        let pixel = costs.take_one(["input_cost_per_pixel", "output_cost_per_pixel"], "a pixel")?;
        let call = costs.take("input_cost_per_request");
        if of_images.is_empty() && pixel.is_none() {
            let second =
                costs.take_one(["output_cost_per_second", "input_cost_per_second"], "a second")?;
            let tokens = costs.of_tokens();
            if second.is_some() && !tokens.is_empty() {
                return Err("it has prices for seconds and for tokens, and does not say which \
                            count"
                    .to_owned());
            }
            let second = second.map(|(name, cost)| (name, format!("{cost} USD / second")));
            for (when, parts) in
                second.map(|part| (Conditions::default(), vec![part])).into_iter().chain(tokens)
            {
                self.add(when, parts, call.as_ref())?;
            }
            if let Some(call) = call.filter(|_| self.prices.is_empty()) {
                self.add(Conditions::default(), Vec::new(), Some(&call))?;
            }
            return Ok(());
        }
        if let Some(pixel) = pixel {
            let part = self.pixel_price(&of_images, pixel, size)?;
            return self.add(Conditions::default(), vec![part], call.as_ref());
        }
        let conditions = image_cost_key::conditions(&of_images)?;
        for (whens, (_, cost, name)) in conditions.into_iter().zip(&of_images) {
            for when in whens {
                let part = (name.clone(), format!("{cost} USD / image"));
                self.add(when, vec![part], call.as_ref())?;
            }
        }
        Ok(())
    }

    /// The price that counts where a row has one for a pixel. `LiteLLM` takes one for an image beside
    /// it where it does not know the size, and a job has one.
    fn pixel_price(
        &mut self,
        of_images: &[NamedImageCost],
        (pixel, cost): (String, String),
        size: Option<Size>,
    ) -> Result<(String, String), String> {
        let by_pixel = (pixel.clone(), format!("{cost} USD / pixel"));
        let (image, flat) = match of_images {
            [] => return Ok(by_pixel),
            [(None, flat, image)] => (image, flat),
            _ => {
                let why = "it has prices for pixels and for classes of images, and does not say \
                           which count";
                return Err(why.to_owned());
            }
        };
        let is_of = |pixels: u64| is_price_of(flat, &cost, pixels);
        if let Some(size) = size {
            // With its size, both are the price of one image.
            if is_of(size.pixels()) {
                return Ok((image.clone(), format!("{flat} USD / image")));
            }
        } else if is_of(MEGAPIXEL) {
            self.by_megapixel = true;
            return Ok((format!("{image} and {pixel}"), format!("{flat} USD / megapixel")));
        } else if is_of(DECIMAL_MEGAPIXEL) {
            self.remarks.push(format!(
                "left out: `{image}` is the price of 1,000,000 pixels, and not of every image"
            ));
            return Ok(by_pixel);
        }
        Err(format!(
            "`{image}` ({flat}) is a fallback price that contradicts `{pixel}` ({cost}): it is not \
             the price of {}",
            size.map_or("one megapixel".to_owned(), |size| format!("an image of {size}"))
        ))
    }

    /// Adds a price, the sum of some parts and of a price for a call.
    fn add(
        &mut self,
        when: Conditions,
        parts: Vec<(String, String)>,
        call: Option<&(String, String)>,
    ) -> Result<(), String> {
        let call = call.map(|(name, cost)| (name.clone(), format!("{cost} USD / call")));
        let (names, texts): (Vec<_>, Vec<_>) = call.into_iter().chain(parts).unzip();
        let (field, text) = (names.join(" and "), texts.join(" + "));
        let Ok(price) = text.parse::<Price>() else {
            return Err(format!(
                "`{field}` comes to {}, and a price has at most 28 digits",
                short(&text)
            ));
        };
        if let Some(known) = self.prices.iter().find(|known| known.when == when) {
            if known.price == price {
                return Ok(());
            }
            let (one, other) = (&known.field, field);
            return Err(format!("`{one}` and `{other}` hold for the same images, and differ"));
        }
        self.prices.push(RowPrice { when, price, text, field });
        Ok(())
    }
}

/// Whether a price of one image is that of so many pixels, be it that one of both was rounded.
fn is_price_of(image: &str, pixel: &str, pixels: u64) -> bool {
    let number = |text: &str| text.parse::<Decimal>().ok();
    let Some((image, pixel)) = number(image).zip(number(pixel)) else { return false };
    let difference = pixel.checked_mul(pixels.into()).and_then(|whole| whole.checked_sub(image));
    let most = image.checked_mul(MAX_DIFFERENCE);
    difference.zip(most).is_some_and(|(difference, most)| difference.abs() <= most)
}

/// The page that a row is from.
fn page(fields: &JsonFields<'_>) -> Option<String> {
    let is_plain = |text: &String| {
        text.starts_with("https://")
            && text.len() <= MAX_ADDRESS_BYTES
            && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    fields.text("source").filter(is_plain)
}

/// The costs of a row that are not 0, as plain decimals.
struct Costs {
    rest: Vec<(String, String)>,
    zeros: bool,
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
        Ok(Self { rest: costs, zeros })
    }

    /// Takes a cost out.
    fn take(&mut self, name: &str) -> Option<(String, String)> {
        let at = self.rest.iter().position(|(known, _)| known == name)?;
        Some(self.rest.remove(at))
    }

    /// Takes the one of two costs that there is.
    fn take_one(
        &mut self,
        names: [&str; 2],
        what: &str,
    ) -> Result<Option<(String, String)>, String> {
        let (one, other) = (self.take(names[0]), self.take(names[1]));
        if one.is_some() && other.is_some() {
            return Err(format!("it has two prices for {what}, and does not say which counts"));
        }
        Ok(one.or(other))
    }

    /// Takes the costs of an image that is drawn.
    fn of_images(&mut self) -> Result<Vec<NamedImageCost>, String> {
        let mut found: Vec<NamedImageCost> = Vec::new();
        let drawn = self.take("output_cost_per_image");
        // Beside a price of the image drawn, this is one of images that are given.
        let plain = drawn.or_else(|| self.take("input_cost_per_image"));
        found.extend(plain.map(|(name, cost)| (None, cost, name)));
        let mut rest = Vec::new();
        for (name, cost) in std::mem::take(&mut self.rest) {
            match image_cost_key::read(&name)? {
                Some(key) => found.push((Some(key), cost, name)),
                None => rest.push((name, cost)),
            }
        }
        self.rest = rest;
        Ok(found)
    }

    /// Takes the costs of tokens, with those of a batch: none where the tokens of an image have no
    /// price.
    fn of_tokens(&mut self) -> Vec<(Conditions, Vec<(String, String)>)> {
        let mut found = Vec::new();
        // Where the tokens of an image have no price of their own, all tokens cost the same.
        let has = |name: &str| self.rest.iter().any(|(known, _)| known == name);
        let image = if has("output_cost_per_image_token") {
            "output_cost_per_image_token"
        } else {
            "output_cost_per_token"
        };
        let batch = Conditions { mode: Some(DeliveryMode::Batch), ..Conditions::default() };
        for (when, suffix) in [(Conditions::default(), ""), (batch, "_batches")] {
            let Some((name, cost)) = self.take(&format!("{image}{suffix}")) else { continue };
            let input = self.take(&format!("input_cost_per_token{suffix}"));
            let input = input.map(|(name, cost)| (name, format!("{cost} USD / input-token")));
            let image = (name, format!("{cost} USD / image-token"));
            found.push((when, input.into_iter().chain([image]).collect()));
        }
        found
    }

    /// Why a row has no price.
    fn without_price(&self) -> String {
        if let Some((name, _)) = self.rest.first() {
            return format!("it has no price for what is drawn, only `{name}`");
        }
        if self.zeros {
            "all its costs are 0, which is how the map writes one that is unknown".to_owned()
        } else {
            "it has no price".to_owned()
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
