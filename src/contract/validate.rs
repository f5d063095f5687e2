//! What is wrong with a request, by the contract: the conditions under which an endpoint refuses.

use serde_json::Value;

use super::Contract;
use crate::catalog::{ClauseKind, Field, Limit, Listing, Size, Texts, Value as Fact};

macro_rules! conditions {
    ($($name:ident $word:literal $status:literal $words:literal;)*) => {
        /// Why an endpoint refuses or fails, in the words of the clauses.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Condition {
            $(#[doc = $words] $name,)*
        }

        impl Condition {
            /// Every condition.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word in a clause.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The status where no source pairs one with it.
            pub fn usual_status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The condition in our words, for a message that no source words.
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

conditions! {
    NoKey "no-key" 401 "no key was sent";
    WrongKey "wrong-key" 401 "the key is not known";
    UnknownModel "unknown-model" 404 "the model is not known";
    BadSize "bad-size" 400 "the size is not offered";
    BadQuality "bad-quality" 400 "the quality is not offered";
    BadRequest "bad-request" 400 "the request is not understood";
    MissingPrompt "missing-prompt" 400 "there is no prompt";
    PromptTooLong "prompt-too-long" 400 "the prompt is too long";
    NoFunds "no-funds" 402 "the balance is used up";
    RateLimit "rate-limit" 429 "too many requests";
    Overloaded "overloaded" 503 "the service is overloaded";
    Unsafe "unsafe" 400 "the prompt is not allowed";
    NotFound "not-found" 404 "there is no such thing";
    ServerError "server-error" 500 "the server failed";
    NoPermission "no-permission" 403 "that is not permitted";
}

impl Condition {
    /// What a source may speak of where it does not speak of this: a size that is not offered is
    /// a bad parameter, too.
    pub fn broader(self) -> Option<Self> {
        match self {
            Self::UnknownModel
            | Self::BadSize
            | Self::BadQuality
            | Self::MissingPrompt
            | Self::PromptTooLong => Some(Self::BadRequest),
            _ => None,
        }
    }
}

impl Contract<'_> {
    /// The first thing that the contract says is wrong with a request's body; what no source
    /// rules on is let through.
    pub fn validate_request(&self, body: &Value) -> Option<Condition> {
        let Some(body) = body.as_object() else { return Some(Condition::BadRequest) };
        let fields = || self.clauses(ClauseKind::Field);
        for field in fields() {
            let Some(name) = field.text("name") else { continue };
            let (value, required) = (body.get(name), field.flag("required") == Some(true));
            let fact = field.text("fact");
            let found = match (name, fact, value) {
                (_, _, None) if !required => None,
                ("prompt", ..) => self.prompt(value),
                ("model", ..) | (_, Some("model-code"), _) => self.model(value),
                (_, Some("sizes" | "default-size"), Some(value)) => self.bad_size(value),
                (_, Some("qualities" | "default-quality"), Some(value)) => self.bad_quality(value),
                (_, Some(_) | None, Some(value)) => self.bad_value(field, fact, value),
                (_, _, None) => Some(Condition::BadRequest),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn prompt(&self, value: Option<&Value>) -> Option<Condition> {
        let Some(prompt) = value.and_then(Value::as_str).filter(|prompt| !prompt.is_empty()) else {
            return Some(Condition::MissingPrompt);
        };
        let limit = self.fact(Field::PromptLimit);
        match limit.as_ref().and_then(crate::catalog::Fact::value) {
            Some(Fact::Limit(Limit::Chars(most))) if prompt.chars().count() as u64 > *most => {
                Some(Condition::PromptTooLong)
            }
            _ => None,
        }
    }

    /// The listing's own code in any case of letters, or another listing's of the endpoint.
    fn model(&self, value: Option<&Value>) -> Option<Condition> {
        let Some(code) = value.and_then(Value::as_str) else { return Some(Condition::BadRequest) };
        let siblings = self
            .catalog
            .listings
            .values()
            .filter(|listing| listing.endpoint.as_deref() == Some(self.endpoint.id.as_str()));
        let mut known = siblings.map(Listing::slug);
        if known.any(|slug| slug.eq_ignore_ascii_case(code)) {
            return None;
        }
        Some(Condition::UnknownModel)
    }

    fn bad_size(&self, value: &Value) -> Option<Condition> {
        let size: Option<Size> = match value {
            Value::String(text) if self.spells_otherwise(text) => None,
            Value::String(text) => text.parse().ok(),
            Value::Object(_) => {
                let side = |key: &str| value.get(key)?.as_u64()?.try_into().ok();
                side("width").zip(side("height")).map(|(width, height)| Size { width, height })
            }
            _ => None,
        };
        let Some(size) = size else {
            // A named size, where the contract has names, is judged by the field's own list.
            return if value.is_string() && self.named_sizes(value) {
                None
            } else {
                Some(Condition::BadSize)
            };
        };
        let fact = self.fact(Field::Sizes)?;
        let offered = fact.counting().iter().any(|view| match view.value {
            Fact::Sizes(sizes) => sizes.offers(size),
            _ => true,
        });
        (!offered).then_some(Condition::BadSize)
    }

    /// Whether a size is written in the sign that no source of the endpoint writes.
    fn spells_otherwise(&self, text: &str) -> bool {
        let Some(fact) = self.fact(Field::SizeSpelling) else { return false };
        let sign = if text.contains('*') { "W*H" } else { "WxH" };
        !fact.views.iter().any(|view| view.value.to_string() == sign)
    }

    fn named_sizes(&self, value: &Value) -> bool {
        let mut fields = self.clauses(ClauseKind::Field);
        fields.any(|field| {
            let allowed = field.texts("allowed").unwrap_or_default();
            allowed.iter().any(|name| value == name.as_str())
        })
    }

    fn bad_quality(&self, value: &Value) -> Option<Condition> {
        let fact = self.fact(Field::Qualities)?;
        let offered = fact.counting().iter().any(|view| match (view.value, value.as_str()) {
            (Fact::Texts(Texts(list)), Some(word)) => list.iter().any(|known| known == word),
            (_, word) => word.is_some(),
        });
        (!offered).then_some(Condition::BadQuality)
    }

    fn bad_value(
        &self,
        field: &crate::catalog::Clause,
        fact: Option<&str>,
        value: &Value,
    ) -> Option<Condition> {
        let bad = Some(Condition::BadRequest);
        let typed = match field.text("type") {
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            Some("object") => value.is_object() || value.is_string(),
            Some("array") => value.is_array(),
            _ => true,
        };
        let allowed = field.texts("allowed").unwrap_or_default();
        let listed = allowed.is_empty() || allowed.iter().any(|word| value == word.as_str());
        let low = field.count("min").is_none_or(|min| at_least(value, min));
        let high = field.count("max").is_none_or(|max| at_most(value, max));
        if !typed || !listed || !low || !high {
            return bad;
        }
        let fact = fact.and_then(Field::named).and_then(|field| self.fact(field))?;
        let fits = match (fact.value()?, value) {
            (Fact::Span(span), Value::String(text)) => {
                (span.low..=span.high).contains(&(text.chars().count() as u64))
            }
            (Fact::Span(span), value) => at_least(value, span.low) && at_most(value, span.high),
            (Fact::Texts(Texts(list)), Value::String(text)) => list.contains(text),
            _ => true,
        };
        if fits { None } else { bad }
    }
}

/// Whether a number, whole or not, is no smaller than a bound; what is no number has none.
fn at_least(value: &Value, least: u64) -> bool {
    value.as_f64().is_none_or(|number| number >= bound(least))
}

fn at_most(value: &Value, most: u64) -> bool {
    value.as_f64().is_none_or(|number| number <= bound(most))
}

/// No source states a bound that a float does not hold exactly.
fn bound(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
