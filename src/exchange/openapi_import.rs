//! A contract's draft made of a public description in the `OpenAPI` 3 format: what the description
//! says of one call, for people to complete. Nothing is deduced: a status has no condition, and a
//! field has a role only where it bears the name that the usual format gives it.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::catalog::{JsonType, Size, quoted};
use schema::Description;

mod schema;

/// More properties than any description of an image call has.
const MAX_CLAUSES: usize = 500;

/// Says why no contract can be made of a description.
#[derive(Debug, thiserror::Error)]
pub enum OpenApiError {
    /// It is no JSON document.
    #[error("it is not JSON (a description in YAML has to be turned into JSON first)")]
    Json(#[source] serde_json::Error),
    /// It is another document, or of another version.
    #[error("it is no description in the OpenAPI 3 format: `openapi` is {0}")]
    Version(String),
    /// No call of it draws an image.
    #[error(
        "no POST of it takes a `prompt` in JSON at a path with `image`; name one with --path: {0}"
    )]
    NoCall(String),
    /// The path that was asked for is not in it.
    #[error("it has no POST at `{0}`; it has: {1}")]
    NoPath(String, String),
    /// It does not say where the call goes.
    #[error("it names no server with an address that begins with `https://`")]
    NoServer,
}

/// An endpoint's file made of a description.
#[derive(Debug)]
pub struct ContractDraft {
    /// The file.
    pub toml: String,
    /// The path of the call that was read.
    pub path: String,
    /// What the file could not say, and what people have to look at.
    pub notes: Vec<String>,
}

/// Makes an endpoint's file of what a description says of the call at `path`, or of its call that
/// draws images.
pub fn contract_from_openapi(
    description: &[u8],
    source: &str,
    seen: Date,
    path: Option<&str>,
) -> Result<ContractDraft, OpenApiError> {
    let bytes = description.strip_prefix(b"\xef\xbb\xbf").unwrap_or(description);
    let document: Value = serde_json::from_slice(bytes).map_err(OpenApiError::Json)?;
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("3.") {
        let version = if version.is_empty() { "absent" } else { version };
        return Err(OpenApiError::Version(version.to_owned()));
    }
    let description = Description::new(&document);
    let (path, others) = chosen(&description, path)?;
    let url = description.url(&path).ok_or(OpenApiError::NoServer)?;
    let mut draft =
        Draft { source, seen, clauses: Vec::new(), facts: Vec::new(), notes: Vec::new() };
    for other in others {
        draft.notes.push(format!("POST {other} is described, too: --path reads it"));
    }
    draft.call(&url);
    draft.auth(&description, &path);
    draft.request(&description, &path);
    draft.answer(&description, &path);
    draft.errors(&description, &path);
    Ok(ContractDraft { toml: draft.file(), path, notes: draft.notes })
}

/// The path of the call that draws images, and the others that could be meant.
fn chosen(
    description: &Description<'_>,
    path: Option<&str>,
) -> Result<(String, Vec<String>), OpenApiError> {
    let posts = description.posts();
    if let Some(path) = path {
        return if posts.iter().any(|post| post == path) {
            Ok((path.to_owned(), Vec::new()))
        } else {
            Err(OpenApiError::NoPath(path.to_owned(), posts.join(", ")))
        };
    }
    let draws = |path: &&String| {
        path.to_lowercase().contains("image")
            && description.request(path).is_some_and(|schema| {
                schema.get("properties").is_some_and(|it| it.get("prompt").is_some())
            })
    };
    let mut found: Vec<String> = posts.iter().filter(draws).cloned().collect();
    // The plainest path is that of the usual format.
    found.sort_by_key(|path| (!path.ends_with("/images/generations"), path.len()));
    if found.is_empty() {
        return Err(OpenApiError::NoCall(posts.join(", ")));
    }
    let others = found.split_off(1);
    Ok((found.swap_remove(0), others))
}

/// A field of the usual format, and the catalog's fact that tells its values.
const FACTS: [(&str, &str); 7] = [
    ("model", "model-code"),
    ("prompt", "prompt-limit"),
    ("size", "sizes"),
    ("quality", "qualities"),
    ("n", "images-per-answer"),
    ("response_format", "response-formats"),
    ("user_id", "user-id-length"),
];

/// A field of an answer in the usual format, with its role.
const ROLES: [(&str, &str); 3] =
    [("created", "created"), ("url", "image-link"), ("b64_json", "image-base64")];

struct Draft<'a> {
    source: &'a str,
    seen: Date,
    /// Id and payload of each clause.
    clauses: Vec<(String, String)>,
    /// Facts as lines of a statement.
    facts: Vec<String>,
    notes: Vec<String>,
}

impl Draft<'_> {
    fn call(&mut self, url: &str) {
        let url = quoted(url);
        // A draft that took a call for a free one would let a probe pay for it unasked.
        self.notes
            .push("whether the call is billed is not described: it is taken to be".to_owned());
        self.clauses.push((
            "call.create".to_owned(),
            format!(
                "call = {{ name = \"create\", method = \"POST\", url = {url}, billable = true, \
                 content-type = \"application/json\" }}"
            ),
        ));
    }

    fn auth(&mut self, description: &Description<'_>, path: &str) {
        let Some(scheme) = description.security(path) else {
            self.notes.push("the description does not say how a key is shown".to_owned());
            return;
        };
        let text = |key: &str| scheme.get(key).and_then(Value::as_str);
        let kind = text("type").unwrap_or_default();
        let is_bearer = text("scheme").is_some_and(|it| it.eq_ignore_ascii_case("bearer"));
        let (name, place) = (text("name").unwrap_or("no name"), text("in").unwrap_or("no place"));
        let keys = match (kind, place) {
            ("http", _) if is_bearer => {
                "header = \"Authorization\", scheme = \"Bearer\"".to_owned()
            }
            ("apiKey", "header") => {
                self.notes.push(format!(
                    "the key is taken to stand alone in the header {name}: add a `scheme` where a \
                     word stands before it"
                ));
                format!("header = {}", quoted(name))
            }
            _ => {
                self.notes.push(format!(
                    "the key is shown in another way ({kind}, {name} in {place}): write the \
                     clause `auth` by hand"
                ));
                return;
            }
        };
        let payload = format!("auth = {{ calls = [\"create\"], {keys} }}");
        self.clauses.push(("auth".to_owned(), payload));
    }

    fn request(&mut self, description: &Description<'_>, path: &str) {
        let Some(schema) = description.request(path) else {
            self.notes.push("the description has no JSON body of the request".to_owned());
            return;
        };
        for (name, property) in properties(&schema) {
            let property = description.resolved(property);
            let Some(json_type) = self.json_type(name, &property) else { continue };
            let mut keys = vec![
                format!("name = {}", quoted(name)),
                format!("type = \"{}\"", json_type.as_str()),
                format!("required = {}", is_required(&schema, name)),
            ];
            let fact = FACTS.iter().find(|(field, _)| *field == name).map(|(_, fact)| *fact);
            keys.extend(fact.map(|fact| format!("fact = \"{fact}\"")));
            match fact.and_then(|fact| stated(fact, &property)) {
                Some(line) => self.facts.push(line),
                None => keys.extend(self.bounds(name, &property)),
            }
            keys.extend(["default", "example"].into_iter().filter_map(|key| {
                let value = property.get(key)?;
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (!value.is_object() && !value.is_array())
                    .then(|| format!("{key} = {}", quoted(&text)))
            }));
            self.push(&format!("request.{}", kebab(name)), "field", &keys);
        }
    }

    /// The bounds and words of a property, as keys of a clause; what a clause can't say is noted.
    fn bounds(&mut self, name: &str, property: &Value) -> Vec<String> {
        let mut keys = Vec::new();
        for (from, to) in [("minimum", "min"), ("maximum", "max")] {
            match property.get(from) {
                Some(bound) if bound.is_u64() => keys.push(format!("{to} = {bound}")),
                Some(bound) => {
                    self.notes.push(format!("`{name}`: no clause has the bound {bound}"));
                }
                None => {}
            }
        }
        let words = property.get("enum").and_then(Value::as_array);
        match words.filter(|words| !words.is_empty()) {
            Some(words) if words.iter().all(Value::is_string) => {
                keys.push(format!("allowed = {}", list(words.iter().filter_map(Value::as_str))));
            }
            Some(_) => self.notes.push(format!("`{name}`: its values are not all texts")),
            None => {}
        }
        keys
    }

    fn answer(&mut self, description: &Description<'_>, path: &str) {
        let Some(schema) = description.answer(path) else {
            self.notes.push("the description has no JSON body of a good answer".to_owned());
            return;
        };
        self.answer_fields(description, &schema, "", 0);
    }

    fn answer_fields(
        &mut self,
        description: &Description<'_>,
        schema: &Value,
        prefix: &str,
        depth: usize,
    ) {
        if depth > schema::MAX_DEPTH || self.clauses.len() > MAX_CLAUSES {
            self.notes.push(format!("`{prefix}` is not read any deeper"));
            return;
        }
        for (name, property) in properties(schema) {
            let property = description.resolved(property);
            let path = format!("{prefix}{name}");
            let Some(json_type) = self.json_type(&path, &property) else { continue };
            let mut keys = vec![
                "call = \"create\"".to_owned(),
                format!("path = {}", quoted(&path)),
                format!("type = \"{}\"", json_type.as_str()),
                format!("required = {}", is_required(schema, name)),
            ];
            if let Some((_, role)) = ROLES.iter().find(|(field, _)| *field == name) {
                keys.push(format!("role = \"{role}\""));
            }
            keys.extend(self.bounds(&path, &property));
            let items = |key: &str| property.get(key).and_then(Value::as_u64);
            if let (Some(least), Some(most)) = (items("minItems"), items("maxItems"))
                && least == most
            {
                keys.push(format!("count = {most}"));
            }
            let id = path.replace("[]", "");
            self.push(&format!("answer.{}", kebab(&id)), "answer", &keys);
            match json_type {
                JsonType::Object => {
                    self.answer_fields(description, &property, &format!("{path}."), depth + 1);
                }
                JsonType::Array => {
                    let items = property.get("items").map(|items| description.resolved(items));
                    if let Some(items) = items {
                        self.answer_fields(description, &items, &format!("{path}[]."), depth + 1);
                    }
                }
                JsonType::String | JsonType::Integer | JsonType::Number | JsonType::Boolean => {}
            }
        }
    }

    /// The statuses that are described, and where an error has what.
    fn errors(&mut self, description: &Description<'_>, path: &str) {
        let (mut rows, mut body) = (Vec::new(), None);
        for (status, schema) in description.failures(path) {
            match status.parse::<u16>() {
                Ok(status) => rows.push(format!("  {{ status = {status} }},")),
                Err(_) => self.notes.push(format!("errors of `{status}` are described as one")),
            }
            body = body.or(schema);
        }
        if !rows.is_empty() {
            self.clauses.push((String::new(), rows.join("\n")));
            self.notes.push(
                "a status says nothing of its condition: give each row its `when`, and its codes"
                    .to_owned(),
            );
        }
        let Some(body) = body else { return };
        let inner = body.get("properties").and_then(|it| it.get("error"));
        let inner = inner.map(|inner| description.resolved(inner));
        let (prefix, schema) = match &inner {
            Some(inner) if inner.get("properties").is_some() => ("error.", inner),
            Some(_) | None => ("", &body),
        };
        let mut keys = Vec::new();
        for (name, property) in properties(schema) {
            let property = description.resolved(property);
            if ["code", "message", "type", "param"].contains(&name.as_str()) {
                keys.push(format!("{name} = \"{prefix}{name}\""));
            }
            let json_type = property.get("type").and_then(Value::as_str);
            if let ("code", Some(word @ ("string" | "integer"))) = (name.as_str(), json_type) {
                keys.push(format!("code-type = \"{word}\""));
            }
        }
        if !keys.is_empty() {
            self.push("error-body", "error-body", &keys);
        }
    }

    /// The type of a property; noted where there is none that a clause has.
    fn json_type(&mut self, name: &str, property: &Value) -> Option<JsonType> {
        let word = schema::type_word(property);
        let found = JsonType::ALL.iter().find(|kind| Some(kind.as_str()) == word).copied();
        if found.is_none() {
            self.notes.push(format!("`{name}` has no one type, and no clause"));
        }
        found
    }

    fn push(&mut self, id: &str, kind: &str, keys: &[String]) {
        self.clauses.push((id.to_owned(), format!("{kind} = {{ {} }}", keys.join(", "))));
    }

    fn file(&self) -> String {
        let head = format!("source = {}\nseen = {}\n", quoted(self.source), self.seen);
        let facts = (!self.facts.is_empty())
            .then(|| format!("\n[[statement]]\n{head}{}\n", self.facts.join("\n")));
        let clause = |(id, payload): &(String, String)| {
            if id.is_empty() {
                format!("\n[[errors]]\n{head}rows = [\n{payload}\n]\n")
            } else {
                format!("\n[[clause]]\nid = {}\n{head}{payload}\n", quoted(id))
            }
        };
        let clauses: String = self.clauses.iter().map(clause).collect();
        format!("name = \"Images\"\n{}{clauses}", facts.unwrap_or_default())
    }
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|it| it == name))
}

/// What the bounds of a field state of its fact; nothing where they do not say it whole.
fn stated(fact: &str, property: &Value) -> Option<String> {
    let count = |key: &str| property.get(key)?.as_u64();
    let words = property.get("enum").and_then(Value::as_array).filter(|words| !words.is_empty());
    let words: Option<Vec<&str>> =
        words.and_then(|words| words.iter().map(Value::as_str).collect());
    let value = match fact {
        "model-code" => return Some(format!("model-codes = {}", list(words?.into_iter()))),
        // A size by name, such as `auto`, is no size of the catalog.
        "sizes" => {
            let words = words.filter(|it| it.iter().all(|word| word.parse::<Size>().is_ok()))?;
            list(words.into_iter())
        }
        "qualities" | "response-formats" => list(words?.into_iter()),
        "prompt-limit" => format!("\"{} chars\"", count("maxLength")?),
        "user-id-length" => format!("\"{}-{}\"", count("minLength")?, count("maxLength")?),
        "images-per-answer" => format!("\"{}-{}\"", count("minimum")?, count("maximum")?),
        _ => return None,
    };
    Some(format!("{fact} = {value}"))
}

/// Texts as an array of TOML.
fn list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    format!("[{}]", texts.map(quoted).collect::<Vec<_>>().join(", "))
}

/// A name as ids have it.
fn kebab(name: &str) -> String {
    name.to_lowercase().replace(['_', ' '], "-")
}
