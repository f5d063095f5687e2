//! The JSON Schema of the catalog's files, for completion in an editor; made from the field table.
//! `cogdex check` remains the judge: a schema can't look at sources, dates or figures.

use serde_json::{Map, Value, json};
use strum::VariantNames;

use super::billing::FeeOccasion;
use super::clause::{CLAUSE_KEYS, CLAUSE_SOURCE_KEYS, ClauseKind, ERROR_ROW_KEYS, PayloadForm};
use super::condition::DeliveryMode;
use super::entity::EntityKind;
use super::field::{Field, FieldKind};
use super::read::{CONDITIONS, PRICE_CONDITIONS, RULING_KEYS, STATEMENT_KEYS};
use super::source::SourceKind;

/// The schema of every file of a catalog, in one document.
pub fn schema() -> Value {
    let mut top = Map::new();
    for (key, _) in EntityKind::ALL.into_iter().flat_map(EntityKind::head_keys) {
        top.insert((*key).to_owned(), json!({ "type": "string" }));
    }
    top.insert("statement".to_owned(), array(&json!({ "$ref": "#/$defs/statement" })));
    top.insert("ruling".to_owned(), array(&json!({ "$ref": "#/$defs/ruling" })));
    top.insert("clause".to_owned(), array(&json!({ "$ref": "#/$defs/clause" })));
    top.insert("errors".to_owned(), array(&json!({ "$ref": "#/$defs/errors" })));
    top.insert("rate".to_owned(), array(&json!({ "$ref": "#/$defs/rate" })));
    top.insert("edition".to_owned(), array(&json!({ "$ref": "#/$defs/edition" })));
    for key in ["title", "base", "accent", "logo", "stylesheet", "repository"] {
        top.insert(key.to_owned(), json!({ "type": "string" }));
    }
    let text = json!({ "type": "string" });
    let link = object(&json!({ "label": text, "href": text }), &["label", "href"]);
    top.insert("links".to_owned(), array(&link));
    top.insert("format".to_owned(), json!({ "type": "integer", "const": super::FORMAT }));
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A file of a cogdex catalog",
        "type": "object",
        "properties": top,
        // sources.toml and makers.toml are tables by id.
        "additionalProperties": { "anyOf": [
            { "$ref": "#/$defs/source" }, { "$ref": "#/$defs/maker" }
        ] },
        "$defs": {
            "date": date(), "statement": statement(), "ruling": ruling(),
            "clause": clause(),
            "errors": errors(),
            "source": source(), "maker": maker(), "rate": rate(), "edition": edition(),
        }
    })
}

fn fields() -> Vec<&'static str> {
    Field::ALL.iter().map(|field| field.key()).collect()
}

fn array(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// Editors hand a TOML date over as a string.
fn date() -> Value {
    json!({ "type": "string", "format": "date" })
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({
        "type": "object", "properties": properties,
        "required": required, "additionalProperties": false
    })
}

fn statement() -> Value {
    let mut keys = Map::new();
    let fields = fields();
    for key in STATEMENT_KEYS {
        let form = match key {
            "seen" | "checked" | "page-date" | "not-before" | "corrected" => {
                json!({ "$ref": "#/$defs/date" })
            }
            "withdrawn" => array(&json!({ "enum": fields })),
            "excerpt" => json!({
                "type": "object",
                "propertyNames": { "enum": fields },
                "additionalProperties": { "type": "string", "maxLength": 60 }
            }),
            _ => json!({ "type": "string" }),
        };
        keys.insert(key.to_owned(), form);
    }
    for field in Field::ALL {
        let mut form = form(*field);
        form["description"] = json!(field.info().meaning);
        keys.insert(field.key().to_owned(), form);
    }
    object(&Value::Object(keys), &["source", "seen"])
}

fn form(field: Field) -> Value {
    let text = |example: &str| json!({ "type": "string", "examples": [example] });
    match field.info().kind {
        FieldKind::Price => rows("price", &text("0.100 USD / image")),
        FieldKind::Latency => rows("latency", &text("3-8 s")),
        FieldKind::Credits => text("4 credits = 0.008 USD"),
        FieldKind::Fees => fees(),
        FieldKind::Packs => {
            let credits = json!({ "type": ["integer", "string"] });
            let pack = json!({ "price": text("10 USD"), "credits": credits });
            array(&object(&pack, &["price", "credits"]))
        }
        FieldKind::TopUp => object(&json!({ "minimum": text("10 USD") }), &["minimum"]),
        FieldKind::RequestLimit => text("10 / minute"),
        FieldKind::Date => date(),
        FieldKind::Address => json!({ "type": "string", "pattern": "^https?://" }),
        FieldKind::Flag => json!({ "type": "boolean" }),
        FieldKind::Text => json!({ "type": "string" }),
        FieldKind::Words(words) => json!({ "enum": words }),
        FieldKind::Texts => array(&json!({ "type": "string" })),
        FieldKind::Count => json!({ "type": "integer", "minimum": 0 }),
        FieldKind::Span => text("1-4"),
        FieldKind::Share => text("5/11"),
        FieldKind::Size => size(),
        FieldKind::Sizes => {
            let pixels = json!({ "type": "integer", "minimum": 1 });
            let rule = json!({
                "min": pixels, "max": pixels, "divisor": pixels, "max-pixels": pixels
            });
            json!({ "anyOf": [array(&size()), object(&rule, &[])] })
        }
        FieldKind::Limit => text("1000 chars"),
        FieldKind::Days => text("30d"),
        FieldKind::Flags(keys) => {
            let flags = keys.iter().map(|k| ((*k).to_owned(), json!({ "type": "boolean" })));
            object(&Value::Object(flags.collect()), &[])
        }
        FieldKind::Notes => json!({
            "type": "object", "additionalProperties": { "type": ["boolean", "string"] }
        }),
    }
}

fn size() -> Value {
    json!({ "type": "string", "pattern": "^[1-9][0-9]*[x*][1-9][0-9]*$" })
}

/// One fee, or several in order.
fn fees() -> Value {
    let fee = json!({
        "rate": { "type": "string", "examples": ["5%"] },
        "amount": { "type": "string", "examples": ["0.001 USD"] },
        "on": { "enum": FeeOccasion::VARIANTS }
    });
    let mut fee = object(&fee, &["on"]);
    fee["oneOf"] = json!([{ "required": ["rate"] }, { "required": ["amount"] }]);
    json!({ "anyOf": [fee, array(&fee)] })
}

/// One value, or rows with conditions.
fn rows(key: &str, value: &Value) -> Value {
    let count = json!({ "type": "integer", "minimum": 1 });
    let form = |condition: &str| match condition {
        "size" => size(),
        "mode" => json!({ "enum": DeliveryMode::VARIANTS }),
        "max-pixels" | "steps" | "up-to" => count.clone(),
        "from" | "until" => json!({ "$ref": "#/$defs/date" }),
        _ => json!({ "type": "string" }),
    };
    let more = if key == "price" { &PRICE_CONDITIONS[..] } else { &[] };
    let conditions = CONDITIONS.iter().chain(more);
    let mut row: Map<String, Value> =
        conditions.map(|condition| ((*condition).to_owned(), form(condition))).collect();
    row.insert(key.to_owned(), value.clone());
    json!({ "anyOf": [value, array(&object(&Value::Object(row), &[key]))] })
}

fn ruling() -> Value {
    let keys = json!({
        "field": { "type": "string" }, "decides": { "type": "string" },
        "date": { "$ref": "#/$defs/date" }, "reason": { "type": "string" },
        "sides": { "type": "object", "additionalProperties": { "type": "string" } }
    });
    object(&keys, &RULING_KEYS)
}

/// A clause: a payload of one kind, and the source that makes it, or all of them in `by`.
fn clause() -> Value {
    let text = json!({ "type": "string" });
    let mut keys = Map::new();
    for key in CLAUSE_KEYS {
        let form = match key {
            "seen" => json!({ "$ref": "#/$defs/date" }),
            "by" => array(&object(&clause_source(), &["source", "seen"])),
            _ => text.clone(),
        };
        keys.insert(key.to_owned(), form);
    }
    for &kind in ClauseKind::ALL {
        let (payload, required) = payload(kind);
        keys.insert(kind.key().to_owned(), object(&Value::Object(payload), &required));
    }
    let mut clause = object(&Value::Object(keys), &["id"]);
    clause["oneOf"] = json!([{ "required": ["source", "seen"] }, { "required": ["by"] }]);
    clause
}

/// The list of errors that one source has.
fn errors() -> Value {
    let (mut row, required) = payload(ClauseKind::Error);
    for key in ERROR_ROW_KEYS {
        row.insert(key.to_owned(), json!({ "type": "string" }));
    }
    let mut keys = clause_source();
    keys["rows"] = array(&object(&Value::Object(row), &required));
    object(&keys, &["source", "seen", "rows"])
}

/// The keys that say which source makes a clause.
fn clause_source() -> Value {
    let form = |key: &str| match key {
        "seen" => json!({ "$ref": "#/$defs/date" }),
        _ => json!({ "type": "string" }),
    };
    CLAUSE_SOURCE_KEYS.iter().map(|key| ((*key).to_owned(), form(key))).collect()
}

/// The keys of a payload, and those that have to be there.
fn payload(kind: ClauseKind) -> (Map<String, Value>, Vec<&'static str>) {
    let text = json!({ "type": "string" });
    let (mut payload, mut required) = (Map::new(), Vec::new());
    for (key, form, needed) in kind.payload() {
        let form = match form {
            PayloadForm::Text => text.clone(),
            PayloadForm::Word(words) => json!({ "enum": words }),
            PayloadForm::Texts => array(&text),
            PayloadForm::Count => json!({ "type": "integer", "minimum": 0 }),
            PayloadForm::Flag => json!({ "type": "boolean" }),
            PayloadForm::Fact => json!({ "enum": fields() }),
        };
        payload.insert((*key).to_owned(), form);
        required.extend(needed.then_some(*key));
    }
    (payload, required)
}

fn source() -> Value {
    let kinds = SourceKind::VARIANTS;
    let keys = json!({
        "address": { "type": "string", "pattern": "^https?://" },
        "title": { "type": "string" }, "kind": { "enum": kinds },
        "read-at": { "type": "string", "pattern": "^https?://" },
        "browser": { "type": "boolean" }
    });
    object(&keys, &["address", "title", "kind"])
}

fn maker() -> Value {
    let text = json!({ "type": "string" });
    object(&json!({ "name": text, "aliases": array(&text) }), &["name", "aliases"])
}

fn rate() -> Value {
    let keys = json!({
        "rate": { "type": "string", "examples": ["1 USD = 7.0197 CNY"] },
        "date": { "$ref": "#/$defs/date" }, "source": { "type": "string" },
        "official": { "type": "boolean" },
        "excerpt": { "type": "string", "maxLength": 60 }
    });
    object(&keys, &["rate", "date", "source", "official"])
}

fn edition() -> Value {
    let keys = json!({
        "name": { "type": "string" }, "date": { "$ref": "#/$defs/date" },
        "digest": { "type": "string", "pattern": "^[0-9a-f]{64}$" }
    });
    object(&keys, &["name", "date", "digest"])
}
