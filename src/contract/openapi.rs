//! A contract as a document in the `OpenAPI` format, version 3.1: requests, answers, errors and examples, with the source
//! of each promise beside it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::json_path;
use super::request::ImageRequest;
use super::response::{Image, ResponseContext, answer_clauses};
use super::{Contract, Promise};
use crate::catalog::{
    AnswerClause, AuthClause, AuthScheme, CallClause, CallName, Clause, CodeType, ErrorBodyClause,
    ErrorClause, Fact, Field, FieldClause, FieldMeaning, FieldValue, PromptLimit, Scalar, Size,
    Sizes, TaskState, Texts, TypedClause, UnknownClause,
};

mod nesting;

use nesting::{nest, require};

/// The document of a listing's contract.
pub fn openapi(contract: &Contract<'_>) -> Value {
    let listing = contract.listing;
    let hosts = CallName::ALL.iter().filter_map(|name| contract.call_host(*name));
    let mut servers: Vec<&str> = hosts.collect();
    servers.dedup();
    let server = servers.first().copied().unwrap_or_default();
    let mut paths: BTreeMap<String, Value> = BTreeMap::new();
    for &name in CallName::ALL {
        let Some(call) = contract.call(name) else { continue };
        let path = contract.call_path(name).unwrap_or("/").replace("{model}", listing.slug());
        let method = call.method.as_str().to_lowercase();
        let mut operation = operation(contract, &call, &path);
        if let Some(host) = contract.call_host(name).filter(|host| *host != server) {
            operation["servers"] = json!([{ "url": host }]);
        }
        paths.entry(path).or_insert_with(|| json!({}))[method] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{} by {}", listing.id, listing.provider.as_str()),
            "version": contract.as_of.to_string(),
            "description": format!(
                "What the sources say of {}, made from the cogdex catalog {}. Each promise names \
                 its source; where sources differ, `x-disputes` has the sides.",
                listing.id, contract.catalog.digest
            ),
        },
        "servers": servers.iter().map(|url| json!({ "url": url })).collect::<Vec<_>>(),
        "paths": paths,
        "components": { "securitySchemes": security(contract) },
        "x-disputes": disputes(contract),
        "x-unknown": contract.clauses::<UnknownClause>()
            .map(|unknown| json!({ "what": unknown.what, "source": unknown.clause.side() }))
            .collect::<Vec<_>>(),
    })
}

fn operation(contract: &Contract<'_>, call: &TypedClause<'_, CallClause>, path: &str) -> Value {
    let name = call.name;
    let mut operation = json!({
        "operationId": name.as_str(),
        "summary": match name {
            CallName::Create if !contract.answers_at_once() => "Submits a task that draws an image",
            CallName::Create => "Draws an image",
            CallName::Poll => "Tells how a task stands",
            CallName::Result => "Gives a finished task's result",
        },
        "security": if contract.auth(name).is_some() { json!([{ "key": [] }]) } else { json!([]) },
        "responses": responses(contract, name),
        "x-billable": call.billable,
        "x-source": call.clause.side(),
    });
    let parameters: Vec<Value> = path
        .split(['{', '}'])
        .skip(1)
        .step_by(2)
        .map(|name| {
            json!({
                "name": name, "in": "path", "required": true, "schema": { "type": "string" }
            })
        })
        .collect();
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
    if name == CallName::Create {
        let draw = ImageRequest {
            size: "1024x1024".parse().ok(),
            ..ImageRequest::prompt("A lighthouse on a cliff at dusk, in soft watercolours")
        };
        let example = contract.create(&draw).and_then(|request| request.body);
        operation["requestBody"] = json!({
            "required": true,
            "content": { "application/json": {
                "schema": request_schema(contract), "example": example
            } }
        });
    }
    operation
}

fn security(contract: &Contract<'_>) -> Value {
    let Some(auth) = contract.clauses::<AuthClause>().next() else { return json!({}) };
    let description = match &auth.scheme {
        Some(AuthScheme::Word(word)) if word == "Bearer" => {
            return json!({ "key": { "type": "http", "scheme": "bearer" } });
        }
        Some(AuthScheme::Word(word)) => format!("`{word} ` and the key"),
        None => "The key alone".to_owned(),
        Some(AuthScheme::X402) => "A payment for the call, signed as x402 says".to_owned(),
    };
    let name = &auth.header;
    json!({ "key": {
        "type": "apiKey", "in": "header", "name": name, "description": description
    } })
}

/// The sides of every promise on which sources differ.
fn disputes(contract: &Contract<'_>) -> Value {
    let disputed = contract.promises.iter().filter(|promise| promise.is_disputed());
    let side = |clause: &&Clause| {
        let says = clause.body.sorted_entries().into_iter();
        let says = says.map(|(key, value)| (key.to_owned(), scalar(&value)));
        json!({ "source": clause.side(), "says": says.collect::<Map<_, _>>() })
    };
    let sides = |promise: &Promise<'_>| promise.sides.iter().map(side).collect::<Vec<_>>();
    disputed.map(|promise| (promise.id.to_owned(), json!(sides(promise)))).collect()
}

fn scalar(value: &Scalar) -> Value {
    match value {
        Scalar::Text(text) => json!(text),
        Scalar::Texts(texts) => json!(texts),
        Scalar::Count(count) => json!(count),
        Scalar::Flag(flag) => json!(flag),
    }
}

fn request_schema(contract: &Contract<'_>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in contract.clauses::<FieldClause>() {
        let name = field.body.name.as_str();
        if field.required && !required.contains(&name) {
            required.push(name);
        }
        properties.entry(field.name.clone()).or_insert_with(|| field_schema(contract, &field));
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn field_schema(contract: &Contract<'_>, field: &TypedClause<'_, FieldClause>) -> Value {
    let mut schema = json!({ "type": field.json_type.as_str(), "x-source": field.clause.side() });
    bounds(&mut schema, field.allowed.as_deref(), field.min, field.max);
    if let Some(fact) = field.fact.and_then(|known| contract.fact(known)) {
        limits(contract, &fact, &mut schema);
    }
    if field.meaning() == Some(FieldMeaning::Model) {
        schema["enum"] = json!([contract.listing.slug()]);
    }
    let prompt = field.meaning() == Some(FieldMeaning::Prompt);
    if let Some(fact) = contract.fact(Field::PromptLimit).filter(|_| prompt) {
        limits(contract, &fact, &mut schema);
    }
    let default = match field.fact {
        Some(Field::Sizes) => contract.fact(Field::DefaultSize),
        Some(Field::Qualities) => contract.fact(Field::DefaultQuality),
        _ => None,
    };
    let default = default.as_ref().and_then(Fact::value).map(|value| wire(contract, value));
    if let Some(default) = default {
        schema["default"] = default;
    }
    schema
}

/// The words and numbers that a clause allows.
fn bounds(schema: &mut Value, allowed: Option<&[String]>, min: Option<u64>, max: Option<u64>) {
    if let Some(allowed) = allowed {
        schema["enum"] = json!(allowed);
    }
    for (name, bound) in [("minimum", min), ("maximum", max)] {
        if let Some(bound) = bound {
            schema[name] = json!(bound);
        }
    }
}

/// What a fact says of a field's values; where sources differ, only the wider side binds.
fn limits(contract: &Contract<'_>, fact: &Fact<'_>, schema: &mut Value) {
    let Some(value) = fact.claims.first().map(|view| view.value) else { return };
    match value {
        FieldValue::Sizes(Sizes::List(list)) => {
            let spelled = list.iter().map(|size| wire(contract, &FieldValue::Size(*size)));
            schema["enum"] = spelled.collect();
        }
        FieldValue::Sizes(Sizes::Rule(rule)) => {
            schema["pattern"] = json!("^[0-9]+[x*][0-9]+$");
            schema["description"] = json!(rule.to_string());
        }
        FieldValue::Texts(Texts(list)) if fact.key.field == Field::Qualities => {
            schema["enum"] = json!(list);
        }
        FieldValue::Texts(Texts(list)) if fact.key.field == Field::ResponseFormats => {
            schema["enum"] = json!(list);
        }
        FieldValue::Limit(PromptLimit::Chars(most)) => schema["maxLength"] = json!(most),
        FieldValue::Limit(limit) => schema["description"] = json!(limit.to_string()),
        FieldValue::Span(span) if schema["type"] == "string" => {
            schema["minLength"] = json!(span.low);
            schema["maxLength"] = json!(span.high);
        }
        FieldValue::Span(span) => {
            schema["minimum"] = json!(span.low);
            schema["maximum"] = json!(span.high);
        }
        FieldValue::Price(_)
        | FieldValue::Credits(_)
        | FieldValue::Fees(_)
        | FieldValue::Packs(_)
        | FieldValue::TopUp(_)
        | FieldValue::RequestLimit(_)
        | FieldValue::Date(_)
        | FieldValue::Flag(_)
        | FieldValue::Text(_)
        | FieldValue::Texts(_)
        | FieldValue::Count(_)
        | FieldValue::Share(_)
        | FieldValue::Size(_)
        | FieldValue::Latency(_)
        | FieldValue::Days(_) => {}
    }
}

fn wire(contract: &Contract<'_>, value: &FieldValue) -> Value {
    let starred = contract.fact(Field::SizeSpelling).is_some_and(|fact| {
        fact.claims.first().is_some_and(|view| view.value.to_string() == "W*H")
    });
    match value.try_as_size_ref() {
        Some(size) if starred => json!(format!("{}*{}", size.width, size.height)),
        Some(_) | None => json!(value.to_string()),
    }
}

fn responses(contract: &Contract<'_>, call: CallName) -> Value {
    let mut responses: BTreeMap<String, Value> = BTreeMap::new();
    responses.insert("200".to_owned(), success(contract, call));
    let mut by_status: BTreeMap<String, Vec<TypedClause<'_, ErrorClause>>> = BTreeMap::new();
    for error in contract.clauses::<ErrorClause>() {
        let status = error.status.map_or("default".to_owned(), |status| status.to_string());
        by_status.entry(status).or_default().push(error);
    }
    for (status, errors) in by_status {
        let described: Vec<_> = errors.iter().map(|error| describe(error)).collect();
        let mut content = json!({ "schema": error_schema(contract) });
        if let Some(example) = error_example(contract, errors[0].clause) {
            content["example"] = example;
        }
        responses.insert(
            status,
            json!({
                "description": described.join("; "),
                "content": { "application/json": content },
            }),
        );
    }
    json!(responses)
}

fn describe(error: &ErrorClause) -> String {
    let when = error.when.map(|when| when.to_string());
    let words: Vec<_> =
        [error.code_text(), when, error.message.clone()].into_iter().flatten().collect();
    if words.is_empty() { "a failure".to_owned() } else { words.join(", ") }
}

fn error_schema(contract: &Contract<'_>) -> Value {
    let mut schemas = Vec::new();
    for shape in contract.clauses::<ErrorBodyClause>() {
        let mut schema = json!({ "type": "object" });
        let text = json!({ "type": "string" });
        let text_or_null = json!({ "type": ["string", "null"] });
        let code = match shape.code_type {
            Some(CodeType::Integer) => json!({ "type": "integer" }),
            Some(CodeType::NullOrString) => text_or_null.clone(),
            Some(CodeType::String) | None => text.clone(),
        };
        let parts = [
            (&shape.code, code),
            (&shape.message, text.clone()),
            (&shape.error_type, text),
            (&shape.param, text_or_null),
        ];
        for (path, leaf) in parts {
            if let Some(path) = path {
                nest(&mut schema, path, leaf);
            }
        }
        schema["x-source"] = json!(shape.clause.side());
        schemas.push(schema);
    }
    match schemas.len() {
        0 => json!({ "type": "object" }),
        1 => schemas.remove(0),
        _ => json!({ "anyOf": schemas }),
    }
}

fn error_example(contract: &Contract<'_>, clause: &Clause) -> Option<Value> {
    let condition = clause.typed::<ErrorClause>()?.when?;
    contract.error(condition).filter(|found| std::ptr::eq(found.clause, clause))?;
    Some(contract.error_case(condition).body)
}

fn success(contract: &Contract<'_>, call: CallName) -> Value {
    let variants = contract.answer_variants(call);
    let sources: Vec<Option<&str>> =
        if variants.len() > 1 { variants.into_iter().map(Some).collect() } else { vec![None] };
    let mut schemas = Vec::new();
    for source in &sources {
        let mut schema = json!({ "type": "object" });
        for answer in answer_clauses(contract, call, *source) {
            nest(&mut schema, &answer.path, answer_schema(contract, &answer));
            if answer.required && answer.when.is_none() {
                require(&mut schema, &answer.path);
            }
        }
        schemas.push(schema);
    }
    let schema = if schemas.len() == 1 { schemas.remove(0) } else { json!({ "anyOf": schemas }) };
    let example = example(contract, call, sources[0]);
    json!({
        "description": if call == CallName::Create { "The answer" } else { "How the task stands" },
        "content": { "application/json": { "schema": schema, "example": example } },
    })
}

fn answer_schema(contract: &Contract<'_>, answer: &TypedClause<'_, AnswerClause>) -> Value {
    let promise = contract.promises.iter().find(|promise| promise.id == answer.clause.id);
    let mut types: Vec<&str> = Vec::new();
    for side in promise.into_iter().flat_map(Promise::typed::<AnswerClause>) {
        // Sides that differ on the type of one place are both let through.
        if side.path == answer.path && !types.contains(&side.json_type.as_str()) {
            types.push(side.json_type.as_str());
        }
    }
    let mut schema = json!({ "x-source": answer.clause.side() });
    schema["type"] = if types.len() == 1 { json!(types[0]) } else { json!(types) };
    bounds(&mut schema, answer.allowed.as_deref(), answer.min, answer.max);
    if let Some(count) = answer.count {
        schema["minItems"] = json!(count);
        schema["maxItems"] = json!(count);
    }
    schema
}

fn example(contract: &Contract<'_>, call: CallName, source: Option<&str>) -> Value {
    let is_task = call == CallName::Create && !contract.answers_at_once();
    let state = if is_task { TaskState::UnderWay } else { TaskState::Done };
    let word = contract.task_words(state).first().filter(|_| is_task || call != CallName::Create);
    let moment = ResponseContext {
        unix_seconds: 1_760_335_349,
        task: "task_123".to_owned(),
        poll_link: "https://example.com/tasks/task_123".to_owned(),
        word: word.cloned(),
    };
    let image = Image {
        size: Size { width: 1024, height: 1024 },
        link: "https://example.com/image.png".to_owned(),
        base64: None,
    };
    let images = if is_task { vec![] } else { vec![image] };
    let mut body = contract.answer(call, source, &moment, &images);
    if body.as_object().is_some_and(Map::is_empty) {
        json_path::set(&mut body, "message", json!("no source shows this answer"));
    }
    body
}
