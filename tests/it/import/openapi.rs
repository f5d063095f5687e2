//! `cogdex import openapi`: the draft of a contract says what the description says, loads without a
//! finding of its own, and nothing is made of what can't be read.

use std::fs;

use cogdex::catalog::{Catalog, Tree};
use cogdex::exchange::openapi_import::{ContractDraft, OpenApiError, contract_from_openapi};
use serde_json::{Value, json};

use super::DAY;
use crate::support::{TODAY, cogdex, folder};

/// A description with references, parts that are put together, several forms and both versions'
/// ways of saying "or null".
fn description() -> Value {
    json!({
        "openapi": "3.1.0",
        "servers": [{ "url": "https://{region}.example/api/", "variables": { "region": { "default": "eu" } } }],
        "security": [{ "bearer": [] }],
        "paths": {
            "/chat": { "post": { "requestBody": body(&json!({ "properties": { "prompt": {} } })) } },
            "/async/images/generations": { "post": {
                "requestBody": body(&json!({ "properties": { "prompt": { "type": "string" } } })),
            } },
            "/images/generations": { "post": {
                "requestBody": body(&json!({ "$ref": "#/components/schemas/Ask" })),
                "responses": {
                    "200": { "content": { "application/json; charset=utf-8": { "schema": {
                        "$ref": "#/components/schemas/Answer" } } } },
                    "400": { "$ref": "#/components/responses/Bad" },
                    "429": { "description": "wait" },
                    "default": { "$ref": "#/components/responses/Bad" },
                },
            } },
        },
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "BEARER" } },
            "responses": { "Bad": { "description": "no", "content": { "application/json": {
                "schema": { "properties": { "error": { "$ref": "#/components/schemas/Error" } } } } } } },
            "schemas": {
                "Ask": {
                    "allOf": [
                        { "$ref": "#/components/schemas/Common" },
                        { "required": ["prompt"], "properties": {
                            "prompt": { "type": "string", "maxLength": 800 } } },
                    ],
                    "required": ["model"],
                },
                "Common": { "properties": {
                    "model": { "type": "string", "enum": ["cogview-4", "other \"one\""] },
                    "n": { "type": ["integer", "null"], "minimum": 1, "maximum": 4, "default": 1 },
                    "seed": { "anyOf": [{ "type": "null" }, { "type": "integer", "minimum": 0 }] },
                    "style": { "type": "string", "enum": ["plain", "vivid"] },
                    "extra": { "description": "anything" },
                    "size": { "type": "string", "enum": ["auto", "1024x1024"] },
                    "user_id": { "type": "string", "maxLength": 64 },
                    "tries": { "type": "integer", "minimum": -1, "maximum": 9, "enum": [1, 9] },
                    "self": { "$ref": "#/components/schemas/Loop" },
                } },
                "Loop": { "$ref": "#/components/schemas/Loop" },
                "Answer": { "required": ["data"], "properties": {
                    "created": { "type": "integer" },
                    "data": { "type": "array", "minItems": 1, "maxItems": 1, "items": {
                        "required": ["url"],
                        "properties": { "url": { "type": "string" }, "score": { "type": "number", "maximum": 9 } },
                    } },
                } },
                "Error": { "properties": {
                    "code": { "type": "string" }, "message": { "type": "string" } } },
            },
        },
    })
}

fn body(schema: &Value) -> Value {
    json!({ "content": { "application/json": { "schema": schema } } })
}

fn draft(description: &Value, path: Option<&str>) -> Result<ContractDraft, OpenApiError> {
    contract_from_openapi(description.to_string().as_bytes(), "page", DAY, path)
}

#[test]
fn a_key_that_stands_in_a_header_of_its_own_stands_there_alone() {
    let mut own = description();
    own["components"]["securitySchemes"]["bearer"] =
        json!({ "type": "apiKey", "in": "header", "name": "X-Key" });
    let made = draft(&own, None).unwrap();
    let clause = "auth = { calls = [\"create\"], header = \"X-Key\" }";
    assert!(made.toml.lines().any(|line| line == clause), "{}", made.toml);
    assert!(made.notes.iter().any(|note| note.contains("X-Key")), "{:?}", made.notes);
}

#[test]
fn a_draft_says_what_the_description_says_and_no_more() {
    let made = draft(&description(), None).unwrap();
    assert_eq!(made.path, "/images/generations");
    let has = |line: &str| assert!(made.toml.lines().any(|it| it == line), "{line}\n{}", made.toml);
    has("model-codes = [\"cogview-4\", \"other \\\"one\\\"\"]");
    has("prompt-limit = \"800 chars\"");
    has("images-per-answer = \"1-4\"");
    has("call = { name = \"create\", method = \"POST\", url = \
         \"https://eu.example/api/images/generations\", billable = true, content-type = \
         \"application/json\" }");
    has("auth = { calls = [\"create\"], header = \"Authorization\", scheme = \"Bearer\" }");
    has("field = { name = \"model\", type = \"string\", required = true, fact = \"model-code\" }");
    has(
        "field = { name = \"prompt\", type = \"string\", required = true, fact = \"prompt-limit\" }",
    );
    has("field = { name = \"n\", type = \"integer\", required = false, fact = \
         \"images-per-answer\", default = \"1\" }");
    has("field = { name = \"seed\", type = \"integer\", required = false, min = 0 }");
    has("field = { name = \"style\", type = \"string\", required = false, allowed = [\"plain\", \
         \"vivid\"] }");
    has(
        "answer = { call = \"create\", path = \"data\", type = \"array\", required = true, count = 1 }",
    );
    has(
        "answer = { call = \"create\", path = \"data[].url\", type = \"string\", required = true, \
         role = \"image-link\" }",
    );
    has(
        "answer = { call = \"create\", path = \"data[].score\", type = \"number\", required = false, max = 9 }",
    );
    has("  { status = 400 },");
    has("  { status = 429 },");
    has("error-body = { code = \"error.code\", code-type = \"string\", message = \
         \"error.message\" }");
    // A size by name is none of the catalog's, and half a span is no span.
    has(
        "field = { name = \"size\", type = \"string\", required = false, fact = \"sizes\", allowed = \
         [\"auto\", \"1024x1024\"] }",
    );
    has("field = { name = \"user_id\", type = \"string\", required = false, fact = \
         \"user-id-length\" }");
    has("field = { name = \"tries\", type = \"integer\", required = false, max = 9 }");
    assert!(!made.toml.contains("user-id-length = ") && !made.toml.contains("\nsizes = "));
    assert!(!made.toml.contains("when ="), "no condition is deduced: {}", made.toml);
    let notes = made.notes.join("\n");
    for noted in [
        "`extra` has no one type",
        "`self` has no one type",
        "`default`",
        "/async/images",
        "the bound -1",
        "`tries`: its values are not all texts",
        "whether the call is billed",
    ] {
        assert!(notes.contains(noted), "{noted}: {notes}");
    }
}

#[test]
fn what_is_no_description_of_an_image_call_is_refused_with_its_reason() {
    let refused = |text: &str, path| {
        contract_from_openapi(text.as_bytes(), "page", DAY, path).unwrap_err().to_string()
    };
    assert!(refused("openapi: 3.0.0", None).contains("YAML"));
    assert!(refused("[]", None).contains("absent"));
    assert!(refused("{\"swagger\":\"2.0\"}", None).contains("absent"));
    assert!(refused("{\"openapi\":\"2.0\"}", None).contains("2.0"));
    assert!(refused("{\"openapi\":\"3.0.1\"}", None).contains("no POST"));
    let whole = description().to_string();
    assert!(refused(&whole, Some("/nowhere")).contains("/chat"));
    let mut lost = description();
    lost["servers"] = json!([{ "url": "/api" }]);
    assert!(matches!(draft(&lost, None), Err(OpenApiError::NoServer)));
    lost["servers"] = json!([{ "url": "http://eu.example" }]);
    assert!(matches!(draft(&lost, None), Err(OpenApiError::NoServer)));
}

#[test]
fn deep_and_circular_schemas_come_to_an_end() {
    let mut circle = description();
    circle["components"]["schemas"]["Answer"] = json!({ "properties": {
        "more": { "$ref": "#/components/schemas/Answer" },
        "both": { "type": "array", "items": { "$ref": "#/components/schemas/Answer" } },
    } });
    let made = draft(&circle, None).unwrap();
    assert!(made.notes.iter().any(|note| note.contains("deeper")), "{:?}", made.notes.len());
    assert!(made.toml.len() < 1 << 20);
}

#[test]
fn a_draft_is_printed_or_written_once_and_loads() {
    let folder = folder(&[]);
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("description.json");
    fs::write(&file, description().to_string()).unwrap();
    let (file, out) = (file.to_str().unwrap(), folder.path().to_str().unwrap());
    let run = |endpoint: &str, source: &str, more: &[&str]| {
        let head = ["import", "openapi", file, "--endpoint", endpoint, "--source", source];
        cogdex(&[&head[..], &["--seen", "2026-11-01"], more].concat())
    };
    let printed = run("p/images", "page", &[]);
    assert!(printed.status.success(), "{printed:?}");
    assert!(!folder.path().join("endpoints/p/images.toml").exists());
    assert!(run("p/images", "page", &["--out", out]).status.success());
    let written = fs::read_to_string(folder.path().join("endpoints/p/images.toml")).unwrap();
    assert_eq!(String::from_utf8(printed.stdout).unwrap(), written);
    let again = run("p/images", "page", &["--catalog", out]);
    assert_eq!(again.status.code(), Some(2), "what a person wrote stays");
    let inspection = Catalog::inspect(&Tree::folder(folder.path()).unwrap(), TODAY).unwrap();
    let found =
        inspection.findings.iter().map(|finding| format!("{} {}", finding.place, finding.text));
    let found: Vec<_> = found.filter(|text| text.contains("endpoints/")).collect();
    assert_eq!(found, Vec::<String>::new());
    assert!(inspection.catalog.endpoints.values().any(|it| it.entity.clauses.len() > 10));
    for (endpoint, source) in [("images", "page"), ("../p", "page"), ("p/images", "a b")] {
        assert_eq!(run(endpoint, source, &[]).status.code(), Some(2), "{endpoint} {source}");
    }
}
