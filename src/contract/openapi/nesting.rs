//! Schemas within schemas, at the dotted paths that clauses write.

use serde_json::{Value, json};

/// Puts a schema at a dotted path of a schema; what stands there already keeps its own keys.
pub(super) fn nest(schema: &mut Value, path: &str, leaf: Value) {
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
pub(super) fn require(schema: &mut Value, path: &str) {
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
