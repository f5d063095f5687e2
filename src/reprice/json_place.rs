//! Places within JSON: a path of keys and positions, through objects, lists and texts that hold
//! JSON themselves.

use std::borrow::Cow;

use serde_json::Value;

/// What stands at a path, as a log would write it in a column; empty where there is nothing.
pub(super) fn text_at<'v>(value: &'v Value, path: &[String]) -> Cow<'v, str> {
    let Some((key, rest)) = path.split_first() else { return text_of(value) };
    match value {
        Value::Object(object) => object.get(key).map_or(Cow::Borrowed(""), |it| text_at(it, rest)),
        Value::Array(list) => {
            let at = key.parse().ok().and_then(|at: usize| list.get(at));
            at.map_or(Cow::Borrowed(""), |it| text_at(it, rest))
        }
        Value::String(text) => Cow::Owned(text_within(text, path)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Cow::Borrowed(""),
    }
}

/// What stands at a path within a text that holds JSON.
pub(super) fn text_within(text: &str, path: &[String]) -> String {
    let value = serde_json::from_str::<Value>(text);
    value.map(|value| text_at(&value, path).into_owned()).unwrap_or_default()
}

fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Cow::Owned(value.to_string())
        }
    }
}
