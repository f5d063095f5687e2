//! Answers that a contract describes: what a faithful server would say to a request.

use serde_json::{Value, json};

use super::Contract;
use super::json_path;
use crate::catalog::{Clause, ClauseKind, Size};

/// One image of an answer.
#[derive(Debug, Clone)]
pub struct Image {
    /// Its size.
    pub size: Size,
    /// Where it can be fetched.
    pub link: String,
    /// Its bytes in base64, where the answer shall hold them.
    pub base64: Option<String>,
}

/// The time and names that an answer needs, given by whoever answers.
#[derive(Debug, Clone)]
pub struct ResponseContext {
    /// Seconds since 1970.
    pub unix_seconds: i64,
    /// The task's id.
    pub task: String,
    /// The address at which the task is asked for again.
    pub poll_link: String,
    /// The task's state word, where there is a task.
    pub word: Option<String>,
}

impl Contract<'_> {
    /// The sources that describe the answer of a call; each is a variant where they differ.
    pub fn answer_variants(&self, call: &str) -> Vec<&str> {
        let mut sources: Vec<&str> = Vec::new();
        let disputed = self
            .promises
            .iter()
            .filter(|promise| promise.kind == ClauseKind::Answer && promise.is_disputed());
        for clause in disputed.flat_map(|promise| &promise.sides) {
            let source = clause.source.as_str();
            if clause.text("call") == Some(call) && !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }

    /// Whether a source, or a place on it, has a say in what answers look like.
    pub fn is_variant(&self, side: &str) -> bool {
        let kinds = [ClauseKind::Answer, ClauseKind::Task];
        let mut clauses = kinds.into_iter().flat_map(|kind| self.clauses(kind));
        clauses.any(|clause| clause.source == side || clause.side() == side)
    }

    /// The clauses of an answer in one variant: what is agreed, and of what is disputed the side
    /// of `source`, or the first; a source that contradicts itself is `source @ place`.
    pub fn answer_clauses(&self, call: &str, source: Option<&str>) -> Vec<&Clause> {
        let promises = self.promises.iter().filter(|promise| promise.kind == ClauseKind::Answer);
        let mut chosen = Vec::new();
        let source = source.or_else(|| self.answer_variants(call).first().copied());
        let side = source;
        let source = side.map(|side| side.split_once(" @ ").map_or(side, |(source, _)| source));
        for promise in promises {
            let mut sides = promise.sides.iter().filter(|c| c.text("call") == Some(call));
            let at_place = sides.clone().find(|clause| side == Some(clause.side().as_str()));
            let named = || sides.clone().find(|clause| Some(clause.source.as_str()) == source);
            let own = at_place.or_else(named);
            let first = sides.next();
            // A source with a shape of its own says nothing of another shape's fields.
            let foreign = source.is_some_and(|source| {
                own.is_none()
                    && self.answer_variants(call).len() > 1
                    && first.is_some_and(|c| {
                        c.source != source
                            && self.answer_variants(call).contains(&c.source.as_str())
                    })
            });
            if !foreign {
                chosen.extend(own.or(first));
            }
        }
        chosen
    }

    /// The body of a faithful answer with these images; none while a task is under way.
    pub fn answer(
        &self,
        call: &str,
        source: Option<&str>,
        moment: &ResponseContext,
        images: &[Image],
    ) -> Value {
        let mut body = json!({});
        for clause in self.answer_clauses(call, source) {
            let Some(path) = clause.text("path") else { continue };
            let late = clause.text("when").is_some_and(|when| moment.word.as_deref() != Some(when));
            if late || (images.is_empty() && is_of_an_image(clause)) {
                continue;
            }
            if let Some(value) = sample(clause, moment, images.first()) {
                json_path::set(&mut body, path, value);
            }
        }
        close(&mut body);
        repeat(&mut body, images);
        body
    }
}

fn is_of_an_image(clause: &Clause) -> bool {
    let roles = ["image-link", "image-base64", "image-width", "image-height", "image-type"];
    clause.text("role").is_some_and(|role| roles.contains(&role))
}

/// A value that keeps the clause; `None` for an optional field without one.
fn sample(clause: &Clause, moment: &ResponseContext, image: Option<&Image>) -> Option<Value> {
    let role = clause.text("role");
    match role {
        Some("image-link") if image.is_some_and(|image| image.base64.is_some()) => None,
        Some("image-link") => image.map(|image| json!(image.link)),
        Some("image-base64") => image.and_then(|image| image.base64.as_ref()).map(|b| json!(b)),
        Some("image-width") => image.map(|image| json!(image.size.width)),
        Some("image-height") => image.map(|image| json!(image.size.height)),
        Some("image-type") => Some(json!("image/png")),
        Some("created") if clause.text("type") == Some("string") => {
            Some(json!(moment.unix_seconds.to_string()))
        }
        Some("created") if matches!(clause.text("type"), Some("integer" | "number")) => {
            Some(json!(moment.unix_seconds))
        }
        Some("task-id") => Some(json!(moment.task)),
        Some("poll-link") => Some(json!(moment.poll_link)),
        Some("task-status") => moment.word.as_ref().map(|word| json!(word)),
        _ => plain(clause),
    }
}

fn plain(clause: &Clause) -> Option<Value> {
    let example = clause.text("example").or_else(|| {
        clause.texts("allowed").and_then(|allowed| allowed.first()).map(String::as_str)
    });
    let required = clause.flag("required") == Some(true);
    match clause.text("type")? {
        "array" if !required && example.is_none() => None,
        // A place for items, which `close` takes away where none comes.
        "array" => Some(json!([null])),
        "object" => required.then(|| json!({})),
        "integer" | "number" => {
            let number = example.and_then(|text| text.parse::<i64>().ok());
            let least = clause.count("min").and_then(|min| i64::try_from(min).ok());
            number.or(least).or(required.then_some(0)).map(|number| json!(number))
        }
        "boolean" => example.map(|text| json!(text == "true")).or(required.then(|| json!(false))),
        _ => example.map(|text| json!(text)).or(required.then(|| json!(""))),
    }
}

/// Takes the places that were kept for items out of arrays that got none.
fn close(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(close);
        }
        Value::Object(object) => object.values_mut().for_each(close),
        _ => {}
    }
}

/// The first item of every array that holds an image stands for the others.
fn repeat(body: &mut Value, images: &[Image]) {
    if images.len() < 2 {
        return;
    }
    let Some(object) = body.as_object_mut() else { return };
    for value in object.values_mut() {
        if let Some(array) = value.as_array_mut() {
            let holds =
                array.first().is_some_and(|item| item.to_string().contains(&images[0].link));
            let base64 = array.first().is_some_and(|item| item.get("b64_json").is_some());
            if holds || base64 {
                let first = array[0].clone();
                *array = images.iter().map(|image| other(&first, &images[0], image)).collect();
            }
        } else {
            repeat(value, images);
        }
    }
}

fn other(item: &Value, first: &Image, image: &Image) -> Value {
    match item {
        Value::String(text) if *text == first.link => json!(image.link),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), other(value, first, image))).collect()
        }
        value => value.clone(),
    }
}
