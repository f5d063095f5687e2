//! Answers that a contract describes: what a faithful server would say to a request.

use serde_json::{Value, json};

use super::Contract;
use super::json_path;
use crate::catalog::{
    AnswerClause, AnswerRole, CallName, Clause, ClauseKind, JsonType, Size, TaskClause, TypedClause,
};

/// One image of an answer.
#[derive(Debug, Clone)]
pub struct Image {
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
    pub task: String,
    /// The address at which the task is asked for again.
    pub poll_link: String,
    /// The task's state word, where there is a task.
    pub word: Option<String>,
}

/// The sources that describe the answer of a call; each is a variant where they differ.
pub(super) fn answer_variants<'c>(contract: &Contract<'c>, call: CallName) -> Vec<&'c str> {
    let mut sources: Vec<&str> = Vec::new();
    let disputed = contract.promises.iter().filter(|promise| promise.is_disputed());
    for answer in disputed.flat_map(super::Promise::typed::<AnswerClause>) {
        let source = answer.clause.source.as_str();
        if answer.call == call && !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

/// Whether a source, or a place on it, has a say in what answers look like.
pub(super) fn is_variant(contract: &Contract<'_>, side: &str) -> bool {
    let answers = contract.clauses::<AnswerClause>().map(|answer| answer.clause);
    let tasks = contract.clauses::<TaskClause>().map(|task| task.clause);
    answers.chain(tasks).any(|clause| clause.source == side || clause.side() == side)
}

/// The clauses of an answer in one variant: what is agreed, and of what is disputed the side
/// of `source`, or the first; a source that contradicts itself is `source @ place`.
pub(super) fn answer_clauses<'c>(
    contract: &Contract<'c>,
    call: CallName,
    source: Option<&str>,
) -> Vec<TypedClause<'c, AnswerClause>> {
    let promises = contract.promises.iter().filter(|promise| promise.kind == ClauseKind::Answer);
    let mut chosen = Vec::new();
    let source = source.or_else(|| answer_variants(contract, call).first().copied());
    let side = source;
    let source = side.map(|side| side.split_once(" @ ").map_or(side, |(source, _)| source));
    for promise in promises {
        let sides = promise.typed::<AnswerClause>().filter(|answer| answer.call == call);
        let sides: Vec<_> = sides.collect();
        let find = |is: &dyn Fn(&Clause) -> bool| sides.iter().find(|side| is(side.clause));
        let at_place = find(&|clause| side == Some(clause.side().as_str()));
        let named = || find(&|clause| Some(clause.source.as_str()) == source);
        let own = at_place.or_else(named);
        let first = sides.first();
        // A source with a shape of its own says nothing of another shape's fields.
        let foreign = source.is_some_and(|source| {
            own.is_none()
                && answer_variants(contract, call).len() > 1
                && first.is_some_and(|answer| {
                    let other = answer.clause.source.as_str();
                    other != source && answer_variants(contract, call).contains(&other)
                })
        });
        if !foreign {
            chosen.extend(own.or(first).copied());
        }
    }
    chosen
}

/// The body of a faithful answer with these images; none while a task is under way.
pub(super) fn answer(
    contract: &Contract<'_>,
    call: CallName,
    source: Option<&str>,
    moment: &ResponseContext,
    images: &[Image],
) -> Value {
    let mut body = json!({});
    for answer in answer_clauses(contract, call, source) {
        let late = answer.when.is_some() && answer.when != moment.word;
        if late || (images.is_empty() && is_of_an_image(answer.role)) {
            continue;
        }
        if let Some(value) = sample(&answer, moment, images.first()) {
            json_path::set(&mut body, &answer.path, value);
        }
    }
    close(&mut body);
    repeat(&mut body, images);
    body
}

fn is_of_an_image(role: Option<AnswerRole>) -> bool {
    matches!(
        role,
        Some(
            AnswerRole::ImageLink
                | AnswerRole::ImageBase64
                | AnswerRole::ImageWidth
                | AnswerRole::ImageHeight
                | AnswerRole::ImageType
        )
    )
}

/// A value that keeps the clause; `None` for an optional field without one.
fn sample(answer: &AnswerClause, moment: &ResponseContext, image: Option<&Image>) -> Option<Value> {
    let Some(role) = answer.role else { return example(answer) };
    match role {
        AnswerRole::ImageLink => {
            image.filter(|image| image.base64.is_none()).map(|image| json!(image.link))
        }
        AnswerRole::ImageBase64 => image.and_then(|image| image.base64.as_ref()).map(|b| json!(b)),
        AnswerRole::ImageWidth => image.map(|image| json!(image.size.width)),
        AnswerRole::ImageHeight => image.map(|image| json!(image.size.height)),
        AnswerRole::ImageType => Some(json!("image/png")),
        AnswerRole::Created => match answer.json_type {
            JsonType::String => Some(json!(moment.unix_seconds.to_string())),
            JsonType::Integer | JsonType::Number => Some(json!(moment.unix_seconds)),
            JsonType::Boolean | JsonType::Object | JsonType::Array => example(answer),
        },
        AnswerRole::TaskId => moment.word.as_ref().map(|_| json!(moment.task)),
        AnswerRole::PollLink => moment.word.as_ref().map(|_| json!(moment.poll_link)),
        AnswerRole::TaskStatus => moment.word.as_ref().map(|word| json!(word)),
        // The lowest level is the most severe; a faithful answer to a harmless prompt has the mildest.
        AnswerRole::FilterLevel => match (answer.example.as_ref(), answer.max) {
            (None, Some(mildest)) => Some(json!(mildest)),
            (Some(_), _) | (None, None) => example(answer),
        },
        AnswerRole::FilterRole | AnswerRole::Message | AnswerRole::Code | AnswerRole::Price => {
            example(answer)
        }
    }
}

/// The example of the clause, or the plainest value that it allows.
fn example(answer: &AnswerClause) -> Option<Value> {
    let allowed = answer.allowed.as_ref().and_then(|allowed| allowed.first());
    let example = answer.example.as_ref().or(allowed);
    let required = answer.required;
    match answer.json_type {
        JsonType::Array if !required && example.is_none() => None,
        // A place for items, which `close` takes away where none comes.
        JsonType::Array => Some(json!([null])),
        JsonType::Object => required.then(|| json!({})),
        JsonType::Integer | JsonType::Number => {
            let number = example.and_then(|text| text.parse::<i64>().ok());
            let least = answer.min.and_then(|min| i64::try_from(min).ok());
            number.or(least).or(required.then_some(0)).map(|number| json!(number))
        }
        JsonType::Boolean => {
            example.map(|text| json!(text == "true")).or(required.then(|| json!(false)))
        }
        JsonType::String => example.map(|text| json!(text)).or(required.then(|| json!(""))),
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
