//! The description of our own API in the `OpenAPI` format, version 3.1: files that any host can
//! serve, and the one address that only a server has.

use crate::site::data;
use serde_json::{Value, json};

use crate::pricing::catalog_stamp;
use crate::site::context::SiteContext;
use crate::site::urls::{CATALOG, CHANGES, COMPARISON};

/// The address at which a server compares, with the flags of `compare`.
const COMPARE: &str = "/api/v1/compare";

/// The flags of `compare` as parameters: name, example, whether it can be repeated, meaning.
const PARAMETERS: [(&str, &str, bool, &str); 15] = [
    ("images", "1000", false, "Images that are kept; 1 where it is left out"),
    ("size", "1024x1024", false, "Width and height; 1024x1024 where it is left out"),
    ("quality", "hd", false, "A quality mode; each listing's own where it is left out"),
    ("model", "any", false, "A model or family, or `any`; cogview-4 where it is left out"),
    ("currency", "USD", false, "The currency of all totals"),
    ("rate", "CNY/USD=0.14", true, "An exchange rate: 1 CNY = 0.14 USD"),
    ("as-of", "2026-11-20", false, "The day whose facts count; today where it is left out"),
    ("budget", "20 USD", false, "How many images does this give"),
    ("deadline", "10m", false, "Refuses what can't be done in this time"),
    ("concurrency", "4", false, "Calls under way at once; 1 where it is left out"),
    ("reject-rate", "10%", false, "The share of images that are thrown away"),
    ("fail-rate", "5%", false, "The share of calls that fails"),
    ("seconds-per-image", "3.5", false, "For sellers of seconds: how long one image takes"),
    ("hardware", "H100", false, "For sellers of seconds: on which hardware"),
    ("require", "webhook", true, "What the listing must offer"),
];

/// The document.
pub(crate) fn document(site: &SiteContext<'_>) -> Value {
    let mut paths = json!({
        CATALOG: get("catalog", "Every listing with the default job's quote", &[], "Catalog"),
        COMPARISON: get("comparison", "The default job on every listing of the default family",
            &[], "Comparison"),
        CHANGES: get("changes", "What was stated over time, newest first", &[], "Document"),
        "/api/v1/listings/{provider}/{code}.json":
            get("listing", "Everything that is known of a listing", &id(), "Listing"),
    });
    if site.catalog.listings.values().any(|listing| data::has_contract(site, listing)) {
        paths["/openapi/{provider}/{code}.json"] =
            get("contract", "A listing's contract in the OpenAPI format", &id(), "Contract");
    }
    if site.settings.served {
        let parameters: Vec<_> = PARAMETERS.iter().map(parameter).collect();
        let mut compare = get("compare", "What a job costs", &parameters, "Comparison");
        compare["get"]["responses"]["400"] = json!({
            "description": "A parameter is unknown or has no meaning; one line says which",
            "content": { "application/json": { "schema": { "type": "object" } } },
        });
        paths[COMPARE] = compare;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{}, the data", site.catalog.site.title),
            "version": "1",
            "description": "What every source says of every listing, and what a job costs there. \
                Amounts are decimal strings; what no source states is null and never zero.",
        },
        "servers": [{ "url": site.absolute("") }],
        "paths": paths,
        "components": { "schemas": schemas() },
        "x-catalog": catalog_stamp(site.catalog),
    })
}

fn get(name: &str, summary: &str, parameters: &[Value], schema: &str) -> Value {
    json!({ "get": {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": { "200": {
            "description": summary,
            "content": { "application/json": {
                "schema": { "$ref": format!("#/components/schemas/{schema}") },
            } },
        } },
    } })
}

/// The two parts of a listing's id.
fn id() -> [Value; 2] {
    ["provider", "code"].map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    })
}

fn parameter((name, example, repeats, meaning): &(&str, &str, bool, &str)) -> Value {
    let one = json!({ "type": "string" });
    let schema = if *repeats { json!({ "type": "array", "items": one }) } else { one };
    let example = if *repeats { json!([example]) } else { json!(example) };
    json!({
        "name": name, "in": "query", "required": false, "description": meaning,
        "schema": schema, "example": example,
    })
}

fn schemas() -> Value {
    let stamp = json!({
        "type": "object",
        "description": "Which data a document was made from",
        "required": ["edition", "digest"],
        "properties": {
            "edition": { "type": ["string", "null"] },
            "digest": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
        },
    });
    json!({
        "CatalogStamp": stamp,
        "Document": stamped(&[], json!({})),
        "Catalog": stamped(&["listings"], json!({
            "listings": { "type": "array", "items": { "$ref": "#/components/schemas/Entry" } },
        })),
        "Entry": {
            "type": "object",
            "required": ["id", "provider", "model", "quote", "links"],
            "properties": {
                "id": text(), "provider": text(), "model": text(), "family": text(),
                "quote": { "$ref": "#/components/schemas/Row" },
                "links": { "$ref": "#/components/schemas/Links" },
            },
        },
        "Listing": stamped(&["listing", "facts", "quote", "links"], json!({
            "listing": text(),
            "facts": { "type": "array", "items": { "type": "object" } },
            "quote": { "$ref": "#/components/schemas/Row" },
            "links": { "$ref": "#/components/schemas/Links" },
        })),
        "Links": { "type": "object", "properties": {
            "page": text(), "markdown": text(), "data": text(),
            "openapi": { "type": ["string", "null"] },
        } },
        "Comparison": stamped(&["currency", "job", "rates", "rows"], json!({
            "currency": text(),
            "job": { "type": "object" },
            "rates": { "type": "array", "items": { "type": "object" } },
            "rows": { "type": "array", "items": { "$ref": "#/components/schemas/Row" } },
        })),
        "Row": row(),
        "Range": {
            "type": ["object", "null"],
            "required": ["low", "high"],
            "properties": { "low": amount(), "high": amount() },
        },
        "Contract": { "type": "object", "required": ["openapi", "paths"] },
    })
}

/// A document that says what it was made from.
fn stamped(required: &[&str], properties: Value) -> Value {
    let mut all = json!({
        "format": { "const": 1 },
        "catalog": { "$ref": "#/components/schemas/CatalogStamp" },
        "as_of": { "type": "string", "format": "date" },
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut all, properties) {
        all.extend(own);
    }
    let required: Vec<_> = ["format", "catalog", "as_of"].iter().chain(required).collect();
    json!({ "type": "object", "required": required, "properties": all })
}

fn row() -> Value {
    let list = json!({ "type": "array", "items": { "type": "object" } });
    let range = json!({ "$ref": "#/components/schemas/Range" });
    json!({
        "type": "object",
        "required": ["rank", "listing", "provider", "state", "total", "lines", "reason"],
        "properties": {
            "rank": { "type": ["integer", "null"] },
            "listing": text(),
            "provider": text(),
            "state": { "enum": ["priced", "disputed", "free", "unknown", "refused"] },
            "total": range,
            "per_image": range,
            "lines": list,
            "readings": list,
            "warnings": list,
            "reason": { "type": ["string", "null"] },
            "reason_code": { "type": ["string", "null"] },
        },
    })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn amount() -> Value {
    json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" })
}
