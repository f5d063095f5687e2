//! Requests that a contract describes: one image to draw, spelled as this endpoint wants it.

use serde_json::{Map, Value, json};

use super::Contract;
use crate::catalog::{Clause, ClauseKind, Field, Size, Value as Fact};

/// What to draw.
#[derive(Debug, Clone)]
pub struct ImageRequest {
    /// The model code; the listing's slug where absent.
    pub model: Option<String>,
    /// The prompt.
    pub prompt: String,
    /// The size, if one is asked for.
    pub size: Option<Size>,
    /// The quality, if one is asked for.
    pub quality: Option<String>,
    /// How many images, if a number is asked for.
    pub n: Option<u64>,
    /// Further fields, by name.
    pub fields: Vec<(String, Value)>,
}

impl ImageRequest {
    /// A prompt and nothing else.
    pub fn prompt(prompt: &str) -> Self {
        Self {
            model: None,
            prompt: prompt.to_owned(),
            size: None,
            quality: None,
            n: None,
            fields: Vec::new(),
        }
    }
}

/// A request that could be sent; the key is not part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The whole address.
    pub url: String,
    /// The JSON body of a `POST`.
    pub body: Option<Value>,
    /// Whether the contract says that it may cost money.
    pub billable: bool,
}

impl Contract<'_> {
    /// The request that draws, or submits the task that draws.
    pub fn create(&self, draw: &ImageRequest) -> Option<Request> {
        let call = self.call("create")?;
        let model = draw.model.clone().unwrap_or_else(|| self.listing.slug().to_owned());
        let mut body = Map::new();
        for field in self.clauses(ClauseKind::Field) {
            let Some(name) = field.text("name") else { continue };
            let value = match field.text("fact") {
                Some("model-code") => Some(json!(model)),
                Some("sizes" | "default-size") => draw.size.map(|size| self.size(field, size)),
                Some("qualities" | "default-quality") => {
                    draw.quality.as_ref().map(|quality| json!(quality))
                }
                Some("images-per-answer") => draw.n.map(|n| json!(n)),
                _ => match name {
                    "model" => Some(json!(model)),
                    "prompt" => Some(json!(draw.prompt)),
                    "n" | "num_images" => draw.n.map(|n| json!(n)),
                    _ => None,
                },
            };
            let value = if name == "prompt" { Some(json!(draw.prompt)) } else { value };
            if let Some(value) = value {
                body.entry(name.to_owned()).or_insert(value);
            }
        }
        for (name, value) in &draw.fields {
            body.insert(name.clone(), value.clone());
        }
        Some(Request {
            method: "POST",
            url: call.text("url")?.replace("{model}", &model),
            body: Some(Value::Object(body)),
            billable: call.flag("billable").unwrap_or(true),
        })
    }

    /// The request that asks how a task stands, or for its result.
    pub fn poll(&self, name: &str, task: &str) -> Option<Request> {
        let call = self.call(name)?;
        // A task id comes from outside: nothing in it may change the path.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let safe = !task.is_empty() && task.chars().all(plain) && !task.contains("..");
        safe.then(|| {
            let url = call.text("url").unwrap_or_default();
            Request {
                method: if call.text("method") == Some("POST") { "POST" } else { "GET" },
                url: url.replace("{task}", task).replace("{model}", self.listing.slug()),
                body: None,
                billable: call.flag("billable").unwrap_or(true),
            }
        })
    }

    /// A size as it goes on the wire: `1024x1024`, `1024*1024`, or an object of width and height.
    fn size(&self, field: &Clause, size: Size) -> Value {
        if field.text("type") == Some("object") {
            return json!({ "width": size.width, "height": size.height });
        }
        let spelling = self.fact(Field::SizeSpelling);
        match spelling.as_ref().and_then(|fact| fact.views.first()).map(|view| view.value) {
            Some(Fact::Text(text)) if text == "W*H" => {
                json!(format!("{}*{}", size.width, size.height))
            }
            _ => json!(size.to_string()),
        }
    }
}
