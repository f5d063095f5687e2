//! Paths into JSON as clauses write them: `data[].url`, `error.code`.

use serde_json::{Map, Value};

use crate::catalog::JsonType;

/// The first value at a path; `[]` takes the first item.
pub fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, part| {
        let (name, items) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        let inner = if name.is_empty() { value } else { value.get(name)? };
        if items { inner.get(0) } else { Some(inner) }
    })
}

/// Every value at a path, through all items of its arrays; `None` stands for one that is missing.
pub fn each<'v>(value: &'v Value, path: &str) -> Vec<Option<&'v Value>> {
    let Some((array, rest)) = path.split_once("[]") else { return vec![at(value, path)] };
    let Some(items) = at(value, array).and_then(Value::as_array).filter(|all| !all.is_empty())
    else {
        return vec![None];
    };
    let rest = rest.trim_start_matches('.');
    let inner = |item| if rest.is_empty() { vec![Some(item)] } else { each(item, rest) };
    items.iter().flat_map(inner).collect()
}

/// Puts a value at a path, making objects and one-item arrays on the way.
pub fn set(target: &mut Value, path: &str, value: Value) {
    let (part, rest) = path.split_once('.').map_or((path, None), |(part, rest)| (part, Some(rest)));
    let (name, items) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(object) = target.as_object_mut() else { return };
    let mut slot = object.entry(name).or_insert(Value::Null);
    if items {
        if !slot.is_array() {
            *slot = Value::Array(vec![Value::Null]);
        }
        let Some(array) = slot.as_array_mut() else { return };
        if array.is_empty() {
            array.push(Value::Null);
        }
        slot = &mut array[0];
    }
    match rest {
        Some(rest) => set(slot, rest, value),
        // An object or array that already has inner values keeps them.
        None if slot.is_null() => *slot = value,
        None => {}
    }
}

/// Whether a value has a type; a whole number is a number, too.
pub(super) fn has_type(value: &Value, json_type: JsonType) -> bool {
    match json_type {
        JsonType::String => value.is_string(),
        JsonType::Integer => value.is_i64() || value.is_u64(),
        JsonType::Number => value.is_number(),
        JsonType::Boolean => value.is_boolean(),
        JsonType::Object => value.is_object(),
        JsonType::Array => value.is_array(),
    }
}
