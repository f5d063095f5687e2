// cargo add reqwest --features blocking,json && cargo add serde_json{% if !w.inline.is_empty() %} base64{% endif %}
// Needs the key in the environment variable {{ w.variable }}.
use std::error::Error;
use std::time::Duration;

{% if !w.inline.is_empty() -%}
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
{% endif -%}
use reqwest::blocking::{Client, RequestBuilder};
use serde_json::{Value, json};

const BASE_URL: &str = {{ w.base }};
{%- if w.has_task() %}
const PAUSE: u64 = 2;
{%- endif %}

fn call(request: RequestBuilder, key: &str) -> Result<Value, Box<dyn Error>> {
{%- if !w.header.is_empty() %}
    let response = request.header({{ w.header }}, [{{ w.before_key }}, key].concat()).send()?;
{%- else %}
    let response = request.send()?;
{%- endif %}
    let (status, text) = (response.status(), response.text()?);
    if !status.is_success() {
        return Err(format!("{status} {text}").into());
    }
    Ok(serde_json::from_str(&text)?)
}

fn look(answer: &Value, places: &[&str]) -> Option<String> {
    let mut found = places.iter().filter_map(|place| answer.pointer(place)?.as_str());
    found.next().map(str::to_owned)
}
{% if w.finds_links() %}
fn link_in(value: &Value, without: &str) -> Option<String> {
    match value {
        Value::String(text) => {
            let is_link = text.starts_with("http://") || text.starts_with("https://");
            (is_link && !text.contains(without)).then(|| text.clone())
        }
        Value::Array(items) => items.iter().find_map(|item| link_in(item, without)),
        Value::Object(object) => object.values().find_map(|item| link_in(item, without)),
        _ => None,
    }
}
{% endif %}
fn main() -> Result<(), Box<dyn Error>> {
    let key = std::env::var({{ w.key }})?;
    let client = Client::builder().timeout(Duration::from_secs(120)).build()?;
    let body = json!(
        {{ w.body }}
    );
    // A call may cost money: it is sent once.
    let create = client.post([BASE_URL, {{ w.create }}].concat()).json(&body);
    let answer = call(create, &key)?;
{%- if w.has_task() %}
{%- if w.is_either %}
    let Some(task) = look(&answer, &[{{ w.id }}]) else {
        // The seller's pages disagree on this: here the image came at once.
        let link = link_in(&answer, "\n").ok_or("neither a task nor an image in the answer")?;
        let image = client.get(link).send()?.error_for_status()?.bytes()?;
        std::fs::write({{ w.file }}, image)?;
        return Ok(());
    };
{%- else %}
    let task = look(&answer, &[{{ w.id }}]).ok_or("no task in the answer")?;
{%- endif %}

    // Asks until the task is done, for five minutes at most.
    let mut tries = 0;
    let answer = loop {
        if tries == 150 {
            return Err(format!("The task is not done yet: {task}").into());
        }
        tries += 1;
        std::thread::sleep(Duration::from_secs(PAUSE));
        let poll = client.request({{ w.poll_method }}.parse()?, {{ w.poll }});
        let answer = call(poll, &key)?;
        let status = look(&answer, &[{{ w.state }}]).unwrap_or_default();
        if [{{ w.done }}].contains(&status.as_str()) {
            break answer;
        }
{%- if !w.failed.is_empty() %}
        if [{{ w.failed }}].contains(&status.as_str()) {
            return Err(format!("The task failed: {answer}").into());
        }
{%- endif %}
    };
{%- endif %}
{%- if w.has_result() %}
    let result = client.request({{ w.result_method }}.parse()?, {{ w.result }});
    let answer = call(result, &key)?;
{%- endif %}
{% if !w.inline.is_empty() %}
    let image = look(&answer, &[{{ w.inline }}]).ok_or("no image in the answer")?;
    std::fs::write({{ w.file }}, STANDARD.decode(image)?)?;
{%- else %}
{%- if w.is_anywhere %}
    // No source says where the link stands: this takes the first that is not the task's own.
    let link = link_in(&answer, &task).ok_or("no link in the answer")?;
{%- else %}
    let link = look(&answer, &[{{ w.link }}]).ok_or("no link in the answer")?;
{%- endif %}
    let image = client.get(link).send()?.error_for_status()?.bytes()?;
    std::fs::write({{ w.file }}, image)?;
{%- endif %}
    Ok(())
}
