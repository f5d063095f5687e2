//! A contract as a document in the `OpenAPI` format, version 3.1: requests, answers, errors and examples, with the source
//! of each promise beside it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::json_path;
use super::request::ImageRequest;
use super::response::{Image, ResponseContext};
use super::{Contract, Promise};
use crate::catalog::{Clause, ClauseKind, Fact, Field, Limit, Size, Sizes, Texts, Value as Known};

/// The document of a listing's contract.
pub fn openapi(contract: &Contract<'_>) -> Value {
    let listing = contract.listing;
    let hosts =
        ["create", "poll", "result"].into_iter().filter_map(|name| contract.call_host(name));
    let mut servers: Vec<&str> = hosts.collect();
    servers.dedup();
    let server = servers.first().copied().unwrap_or_default();
    let mut paths: BTreeMap<String, Value> = BTreeMap::new();
    for name in ["create", "poll", "result"] {
        let Some(call) = contract.call(name) else { continue };
        let path = contract.call_path(name).unwrap_or("/").replace("{model}", listing.slug());
        let method = call.text("method").unwrap_or("GET").to_lowercase();
        let mut operation = operation(contract, name, call, &path);
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
        "x-unknown": contract.clauses(ClauseKind::Unknown)
            .map(|clause| json!({ "what": clause.text("what"), "source": clause.side() }))
            .collect::<Vec<_>>(),
    })
}

fn operation(contract: &Contract<'_>, name: &str, call: &Clause, path: &str) -> Value {
    let mut operation = json!({
        "operationId": name,
        "summary": match name {
            "create" if contract.has_tasks() => "Submits a task that draws an image",
            "create" => "Draws an image",
            "poll" => "Tells how a task stands",
            _ => "Gives a finished task's result",
        },
        "security": if takes_key(contract, name) { json!([{ "key": [] }]) } else { json!([]) },
        "responses": responses(contract, name),
        "x-billable": call.flag("billable"),
        "x-source": call.side(),
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
    if name == "create" {
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

fn takes_key(contract: &Contract<'_>, call: &str) -> bool {
    let mut auth = contract.clauses(ClauseKind::Auth);
    auth.any(|clause| clause.texts("calls").unwrap_or_default().iter().any(|name| name == call))
}

fn security(contract: &Contract<'_>) -> Value {
    let Some(auth) = contract.clauses(ClauseKind::Auth).next() else { return json!({}) };
    let scheme = match auth.text("scheme") {
        Some("Bearer") => json!({ "type": "http", "scheme": "bearer" }),
        scheme => json!({
            "type": "apiKey", "in": "header",
            "name": auth.text("header").unwrap_or("Authorization"),
            "description": format!("`{} ` and the key", scheme.unwrap_or_default()),
        }),
    };
    json!({ "key": scheme })
}

/// The sides of every promise on which sources differ.
fn disputes(contract: &Contract<'_>) -> Value {
    let disputed = contract.promises.iter().filter(|promise| promise.is_disputed());
    let side = |clause: &&Clause| {
        let says = clause.says.iter().map(|(key, value)| ((*key).to_owned(), scalar(value)));
        json!({ "source": clause.side(), "says": says.collect::<Map<_, _>>() })
    };
    let sides = |promise: &Promise<'_>| promise.sides.iter().map(side).collect::<Vec<_>>();
    disputed.map(|promise| (promise.id.to_owned(), json!(sides(promise)))).collect()
}

fn scalar(value: &crate::catalog::Scalar) -> Value {
    use crate::catalog::Scalar;
    match value {
        Scalar::Text(text) => json!(text),
        Scalar::Texts(texts) => json!(texts),
        Scalar::Count(count) => json!(count),
        Scalar::Flag(flag) => json!(flag),
    }
}

fn request_schema(contract: &Contract<'_>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in contract.clauses(ClauseKind::Field) {
        let Some(name) = field.text("name") else { continue };
        if field.flag("required") == Some(true) && !required.contains(&name) {
            required.push(name);
        }
        properties.entry(name.to_owned()).or_insert_with(|| field_schema(contract, field));
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn field_schema(contract: &Contract<'_>, field: &Clause) -> Value {
    let mut schema = json!({ "type": field.text("type"), "x-source": field.side() });
    if let Some(allowed) = field.texts("allowed") {
        schema["enum"] = json!(allowed);
    }
    for (key, name) in [("min", "minimum"), ("max", "maximum")] {
        if let Some(bound) = field.count(key) {
            schema[name] = json!(bound);
        }
    }
    let known = field.text("fact").and_then(Field::named);
    if let Some(fact) = known.and_then(|known| contract.fact(known)) {
        limits(contract, &fact, &mut schema);
    }
    if field.text("name") == Some("model") {
        schema["enum"] = json!([contract.listing.slug()]);
    }
    let prompt = field.text("name") == Some("prompt");
    if let Some(fact) = contract.fact(Field::PromptLimit).filter(|_| prompt) {
        limits(contract, &fact, &mut schema);
    }
    let default = match field.text("fact") {
        Some("sizes") => contract.fact(Field::DefaultSize),
        Some("qualities") => contract.fact(Field::DefaultQuality),
        _ => None,
    };
    let default = default.as_ref().and_then(Fact::value).map(|value| wire(contract, value));
    if let Some(default) = default {
        schema["default"] = default;
    }
    schema
}

/// What a fact says of a field's values; where sources differ, only the wider side binds.
fn limits(contract: &Contract<'_>, fact: &Fact<'_>, schema: &mut Value) {
    let Some(value) = fact.views.first().map(|view| view.value) else { return };
    match value {
        Known::Sizes(Sizes::List(list)) => {
            let spelled = list.iter().map(|size| wire(contract, &Known::Size(*size)));
            schema["enum"] = spelled.collect();
        }
        Known::Sizes(Sizes::Rule(rule)) => {
            schema["pattern"] = json!("^[0-9]+[x*][0-9]+$");
            schema["description"] = json!(rule.to_string());
        }
        Known::Texts(Texts(list)) if fact.key.field == Field::Qualities => {
            schema["enum"] = json!(list);
        }
        Known::Texts(Texts(list)) if fact.key.field == Field::ResponseFormats => {
            schema["enum"] = json!(list);
        }
        Known::Limit(Limit::Chars(most)) => schema["maxLength"] = json!(most),
        Known::Limit(limit) => schema["description"] = json!(limit.to_string()),
        Known::Span(span) if schema["type"] == "string" => {
            schema["minLength"] = json!(span.low);
            schema["maxLength"] = json!(span.high);
        }
        Known::Span(span) => {
            schema["minimum"] = json!(span.low);
            schema["maximum"] = json!(span.high);
        }
        _ => {}
    }
}

fn wire(contract: &Contract<'_>, value: &Known) -> Value {
    let starred = contract
        .fact(Field::SizeSpelling)
        .is_some_and(|fact| fact.views.first().is_some_and(|view| view.value.to_string() == "W*H"));
    match value {
        Known::Size(size) if starred => json!(format!("{}*{}", size.width, size.height)),
        value => json!(value.to_string()),
    }
}

fn responses(contract: &Contract<'_>, call: &str) -> Value {
    let mut responses: BTreeMap<String, Value> = BTreeMap::new();
    responses.insert("200".to_owned(), success(contract, call));
    let mut by_status: BTreeMap<String, Vec<&Clause>> = BTreeMap::new();
    for clause in contract.clauses(ClauseKind::Error) {
        let status = clause.count("status").map_or("default".to_owned(), |s| s.to_string());
        by_status.entry(status).or_default().push(clause);
    }
    for (status, clauses) in by_status {
        let described: Vec<_> = clauses.iter().map(|clause| describe(clause)).collect();
        let mut content = json!({ "schema": error_schema(contract) });
        if let Some(example) = error_example(contract, clauses[0]) {
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

fn describe(clause: &Clause) -> String {
    let number = clause.count("code-number").map(|number| number.to_string());
    let code = clause.text("code").map(str::to_owned).or(number);
    let words =
        [code, clause.text("when").map(str::to_owned), clause.text("message").map(str::to_owned)];
    let words: Vec<_> = words.into_iter().flatten().collect();
    if words.is_empty() { "a failure".to_owned() } else { words.join(", ") }
}

fn error_schema(contract: &Contract<'_>) -> Value {
    let mut schemas = Vec::new();
    for shape in contract.clauses(ClauseKind::ErrorBody) {
        let mut schema = json!({ "type": "object" });
        for key in ["code", "message", "type", "param"] {
            let Some(path) = shape.text(key) else { continue };
            let of = match (key, shape.text("code-type")) {
                ("code", Some("integer")) => json!({ "type": "integer" }),
                ("code", Some("null-or-string")) | ("param", _) => {
                    json!({ "type": ["string", "null"] })
                }
                _ => json!({ "type": "string" }),
            };
            nest(&mut schema, path, of);
        }
        schema["x-source"] = json!(shape.side());
        schemas.push(schema);
    }
    match schemas.len() {
        0 => json!({ "type": "object" }),
        1 => schemas.remove(0),
        _ => json!({ "anyOf": schemas }),
    }
}

fn error_example(contract: &Contract<'_>, clause: &Clause) -> Option<Value> {
    let condition = super::Condition::ALL.iter().find(|c| clause.text("when") == Some(c.word()))?;
    contract.error(*condition).filter(|found| std::ptr::eq(*found, clause))?;
    Some(contract.refusal(*condition).body)
}

fn success(contract: &Contract<'_>, call: &str) -> Value {
    let variants = contract.answer_variants(call);
    let sources: Vec<Option<&str>> =
        if variants.len() > 1 { variants.into_iter().map(Some).collect() } else { vec![None] };
    let mut schemas = Vec::new();
    for source in &sources {
        let mut schema = json!({ "type": "object" });
        for clause in contract.answer_clauses(call, *source) {
            let Some(path) = clause.text("path") else { continue };
            nest(&mut schema, path, answer_schema(contract, clause));
            if clause.flag("required") == Some(true) && clause.text("when").is_none() {
                require(&mut schema, path);
            }
        }
        schemas.push(schema);
    }
    let schema = if schemas.len() == 1 { schemas.remove(0) } else { json!({ "anyOf": schemas }) };
    let example = example(contract, call, sources[0]);
    json!({
        "description": if call == "create" { "The answer" } else { "How the task stands" },
        "content": { "application/json": { "schema": schema, "example": example } },
    })
}

fn answer_schema(contract: &Contract<'_>, clause: &Clause) -> Value {
    let sides = contract.promises.iter().find(|promise| promise.id == clause.id);
    let mut types: Vec<&str> = Vec::new();
    for side in sides.iter().flat_map(|promise| &promise.sides) {
        // Sides that differ on the type of one place are both let through.
        if side.text("path") == clause.text("path") {
            types.extend(side.text("type").filter(|known| !types.contains(known)));
        }
    }
    let mut schema = json!({ "x-source": clause.side() });
    schema["type"] = if types.len() == 1 { json!(types[0]) } else { json!(types) };
    if let Some(allowed) = clause.texts("allowed") {
        schema["enum"] = json!(allowed);
    }
    for (key, name) in [("min", "minimum"), ("max", "maximum")] {
        if let Some(bound) = clause.count(key) {
            schema[name] = json!(bound);
        }
    }
    if let Some(count) = clause.count("count") {
        schema["minItems"] = json!(count);
        schema["maxItems"] = json!(count);
    }
    schema
}

/// Puts a schema at a dotted path of a schema; what stands there already keeps its own keys.
fn nest(schema: &mut Value, path: &str, leaf: Value) {
    let mut slot = schema;
    for part in path.split('.') {
        let (name, items) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        if slot.get("type").is_none() {
            slot["type"] = json!("object");
        }
        slot = &mut slot["properties"][name];
        if items {
            if slot.get("type").is_none() {
                slot["type"] = json!("array");
            }
            slot = &mut slot["items"];
        }
    }
    let Value::Object(leaf) = leaf else { return };
    for (key, value) in leaf {
        if slot.get(&key).is_none() {
            slot[key.as_str()] = value;
        }
    }
}

/// Marks each part of a path as required in its object; nothing within an array's items but the
/// item's own keys.
fn require(schema: &mut Value, path: &str) {
    let mut slot = schema;
    for part in path.split('.') {
        let (name, items) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        let required = &mut slot["required"];
        match required.as_array_mut() {
            Some(list) if list.iter().any(|known| known == name) => {}
            Some(list) => list.push(json!(name)),
            None => *required = json!([name]),
        }
        slot = &mut slot["properties"][name];
        if items {
            slot = &mut slot["items"];
        }
    }
}

fn example(contract: &Contract<'_>, call: &str, source: Option<&str>) -> Value {
    let word = |state: &str| contract.task_words(state).first().cloned();
    let moment = ResponseContext {
        unix_seconds: 1_760_335_349,
        task: "task_123".to_owned(),
        poll_link: "https://example.com/tasks/task_123".to_owned(),
        word: if call == "create" { word("under-way") } else { word("done") },
    };
    let image = Image {
        size: Size { width: 1024, height: 1024 },
        link: "https://example.com/image.png".to_owned(),
        base64: None,
    };
    let images = if call == "create" && contract.has_tasks() { vec![] } else { vec![image] };
    let mut body = contract.answer(call, source, &moment, &images);
    if body.as_object().is_some_and(Map::is_empty) {
        json_path::set(&mut body, "message", json!("no source shows this answer"));
    }
    body
}
