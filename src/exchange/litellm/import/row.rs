//! The map as it is written: its rows in their order, each with its fields. What stands twice is
//! seen, since nothing is put into a table by its key.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::number::plain;

/// The mode of rows about images that are drawn.
const IMAGES: &str = "image_generation";

/// How the names of costs begin that are for an image that is drawn.
const DRAWN: [&str; 2] = ["output_cost_per_image", "output_cost_per_pixel"];

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

    /// Why a row of another mode may be one of images after all; none where it is not.
    pub(super) fn other_mode(&self) -> Option<String> {
        let is_price = |(name, value): &(String, &RawValue)| {
            let of_image = DRAWN.iter().any(|price| name.starts_with(price));
            of_image && plain(value.get()).is_ok_and(|cost| cost != "0")
        };
        let (name, _) = self.0.iter().find(|field| is_price(field))?;
        let mode = self.text("mode");
        let mode = mode.map_or("it has no mode".to_owned(), |mode| {
            format!("its mode is `{}`", super::short(&mode))
        });
        let name = super::short(name);
        Some(format!("{mode} and not `{IMAGES}`, and yet `{name}` is a price for an image"))
    }
}
