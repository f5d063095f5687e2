//! Requests that a contract describes: one image to draw, spelled as this endpoint wants it.

use serde_json::{Map, Value, json};

use super::Contract;
use crate::catalog::{CallName, Field, FieldClause, FieldMeaning, HttpMethod, JsonType, Size};

/// No provider's id of a task is longer.
const MAX_TASK_ID_BYTES: usize = 512;

/// What to draw.
#[derive(Debug, Clone)]
pub struct ImageRequest {
    /// The model code; the listing's slug where absent.
    pub model: Option<String>,
    pub prompt: String,
    pub size: Option<Size>,
    pub quality: Option<String>,
    pub n: Option<u64>,
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
    pub method: &'static str,
    pub url: String,
    /// The JSON body of a `POST`.
    pub body: Option<Value>,
    /// Whether the contract says that it may cost money.
    pub billable: bool,
}

/// The request that draws, or submits the task that draws.
pub(super) fn create(contract: &Contract<'_>, draw: &ImageRequest) -> Option<Request> {
    let call = contract.call(CallName::Create)?;
    let model = draw.model.clone().unwrap_or_else(|| contract.listing.slug().to_owned());
    let mut body = Map::new();
    for field in contract.clauses::<FieldClause>() {
        let value = field.meaning().and_then(|meaning| match meaning {
            FieldMeaning::Model => Some(json!(model)),
            FieldMeaning::Prompt => Some(json!(draw.prompt)),
            FieldMeaning::Size => draw.size.map(|wanted| size(contract, &field, wanted)),
            FieldMeaning::Quality => draw.quality.as_ref().map(|quality| json!(quality)),
            FieldMeaning::Count => draw.n.map(|n| json!(n)),
            FieldMeaning::ResponseFormat | FieldMeaning::UserId => None,
        });
        if let Some(value) = value {
            body.entry(field.name.clone()).or_insert(value);
        }
    }
    for (name, value) in &draw.fields {
        body.insert(name.clone(), value.clone());
    }
    Some(Request {
        method: HttpMethod::Post.as_str(),
        url: call.url.replace("{model}", &model),
        body: Some(Value::Object(body)),
        billable: call.billable,
    })
}

/// The request that asks how a task stands, or for its result.
pub(super) fn poll(contract: &Contract<'_>, name: CallName, task: &str) -> Option<Request> {
    let call = contract.call(name)?;
    let task = path_segment(task)?;
    Some(Request {
        method: call.method.as_str(),
        url: call.url.replace("{task}", &task).replace("{model}", contract.listing.slug()),
        body: None,
        billable: call.billable,
    })
}

/// A task's id, which comes from outside, as one segment of a path; none for one that is empty,
/// endless, or that an address would take for a step up or down.
fn path_segment(task: &str) -> Option<String> {
    let steps = ["", ".", ".."];
    if task.len() > MAX_TASK_ID_BYTES || steps.contains(&task) {
        return None;
    }
    let escaped = |byte: u8| {
        // All that a segment may hold as it is, save what some servers read in their own way.
        if byte.is_ascii_alphanumeric() || b"-_.~:=@".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    Some(task.bytes().map(escaped).collect())
}

/// A size as it goes on the wire: `1024x1024`, `1024*1024`, or an object of width and height.
fn size(contract: &Contract<'_>, field: &FieldClause, size: Size) -> Value {
    if field.json_type == JsonType::Object {
        return json!({ "width": size.width, "height": size.height });
    }
    let spelling = contract.fact(Field::SizeSpelling);
    let spelling = spelling.as_ref().and_then(|fact| fact.claims.first());
    match spelling.and_then(|claim| claim.value.try_as_text_ref()) {
        Some(text) if text == "W*H" => json!(format!("{}*{}", size.width, size.height)),
        Some(_) | None => json!(size.to_string()),
    }
}
