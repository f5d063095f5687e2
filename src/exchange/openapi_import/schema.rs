//! The parts of a description in the `OpenAPI` format, with references followed and parts of a
//! schema put together.

use serde_json::{Map, Value, json};

/// References and parts that lie within each other; deeper ones are taken for a circle.
pub(super) const MAX_DEPTH: usize = 16;

/// A description, and where its parts stand.
pub(super) struct Description<'d> {
    document: &'d Value,
}

impl<'d> Description<'d> {
    pub(super) fn new(document: &'d Value) -> Self {
        Self { document }
    }

    /// The paths that take a POST, in the document's order.
    pub(super) fn posts(&self) -> Vec<String> {
        let paths = self.document.get("paths").and_then(Value::as_object);
        let paths = paths.into_iter().flat_map(Map::iter);
        paths.filter(|(_, item)| item.get("post").is_some()).map(|(path, _)| path.clone()).collect()
    }

    fn post(&self, path: &str) -> Option<&'d Value> {
        self.document.get("paths")?.get(path)?.get("post")
    }

    /// The address of a call: the server of the call, the path or the document, and the path.
    pub(super) fn url(&self, path: &str) -> Option<String> {
        let places = [self.post(path), self.document.get("paths")?.get(path), Some(self.document)];
        let server = places.into_iter().flatten().find_map(|it| it.get("servers")?.get(0))?;
        let mut url = server.get("url")?.as_str()?.to_owned();
        let variables = server.get("variables").and_then(Value::as_object);
        for (name, variable) in variables.into_iter().flatten() {
            let value = variable.get("default").and_then(Value::as_str).unwrap_or_default();
            url = url.replace(&format!("{{{name}}}"), value);
        }
        let is_whole = url.starts_with("https://") && !url.contains(['{', '?', '#']);
        is_whole.then(|| format!("{}{path}", url.trim_end_matches('/')))
    }

    /// The scheme of the first security requirement.
    pub(super) fn security(&self, path: &str) -> Option<Value> {
        let own = self.post(path)?.get("security");
        let required = own.or_else(|| self.document.get("security"))?.as_array()?;
        let name = required.iter().find_map(|it| it.as_object()?.keys().next())?;
        let scheme = self.document.get("components")?.get("securitySchemes")?.get(name)?;
        Some(self.resolved(scheme))
    }

    /// The schema of the JSON that a call takes.
    pub(super) fn request(&self, path: &str) -> Option<Value> {
        let body = self.resolved(self.post(path)?.get("requestBody")?);
        self.json_schema(&body)
    }

    /// The schema of the JSON of the first good answer.
    pub(super) fn answer(&self, path: &str) -> Option<Value> {
        let responses = self.post(path)?.get("responses")?.as_object()?;
        let good = responses.iter().filter(|(status, _)| status.starts_with('2'));
        good.map(|(_, response)| self.resolved(response)).find_map(|it| self.json_schema(&it))
    }

    /// Statuses of failures, each with the schema of its JSON.
    pub(super) fn failures(&self, path: &str) -> Vec<(String, Option<Value>)> {
        let responses = self.post(path).and_then(|post| post.get("responses")?.as_object());
        let responses = responses.into_iter().flatten();
        let failures = responses.filter(|(status, _)| !status.starts_with(['1', '2', '3']));
        failures
            .map(|(status, response)| (status.clone(), self.json_schema(&self.resolved(response))))
            .collect()
    }

    fn json_schema(&self, holder: &Value) -> Option<Value> {
        let content = holder.get("content")?.as_object()?;
        let (_, media) = content.iter().find(|(kind, _)| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind == "application/json" || kind.ends_with("+json")
        })?;
        Some(self.resolved(media.get("schema")?))
    }

    /// A part of the document with its own reference followed, and what `allOf` gathers, or the
    /// first of several forms, put into it. What lies in it stays as it is.
    pub(super) fn resolved(&self, part: &Value) -> Value {
        self.resolved_within(part, 0)
    }

    fn resolved_within(&self, part: &Value, depth: usize) -> Value {
        if depth > MAX_DEPTH {
            return json!({});
        }
        if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|it| self.document.pointer(it));
            return target.map_or_else(|| json!({}), |it| self.resolved_within(it, depth + 1));
        }
        let Some(own) = part.as_object() else { return part.clone() };
        let mut whole = own.clone();
        for gathered in own.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            merge(&mut whole, &self.resolved_within(gathered, depth + 1));
        }
        for key in ["oneOf", "anyOf"] {
            let forms = own.get(key).and_then(Value::as_array).into_iter().flatten();
            let mut forms = forms.map(|form| self.resolved_within(form, depth + 1));
            if let Some(form) = forms.find(|form| type_word(form).is_some()) {
                merge(&mut whole, &form);
            }
        }
        Value::Object(whole)
    }
}

/// Puts the keys of a part of a schema into the whole, which keeps its own.
fn merge(whole: &mut Map<String, Value>, part: &Value) {
    for (key, value) in part.as_object().into_iter().flatten() {
        match (whole.get_mut(key), value) {
            (Some(Value::Object(own)), Value::Object(others)) => {
                for (name, other) in others {
                    own.entry(name).or_insert_with(|| other.clone());
                }
            }
            (Some(Value::Array(own)), Value::Array(others)) if key == "required" => {
                own.extend(others.iter().cloned());
            }
            (Some(_), _) => {}
            (None, value) => {
                whole.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The type that a schema names: of several, the first that is not `null`.
pub(super) fn type_word(schema: &Value) -> Option<&str> {
    match schema.get("type") {
        Some(Value::String(word)) => Some(word).filter(|word| *word != "null").map(String::as_str),
        Some(Value::Array(words)) => {
            words.iter().filter_map(Value::as_str).find(|word| *word != "null")
        }
        _ if schema.get("properties").is_some() => Some("object"),
        _ => None,
    }
}
