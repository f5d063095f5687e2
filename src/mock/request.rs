//! What a request asks for: who it comes from, which task it means, how many images of which size.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::fault::Fault;
use crate::catalog::{AuthScheme, CallName, Condition, Field, FieldClause, FieldMeaning, Size};
use crate::contract::Contract;

/// More images than any seller gives in one answer.
const MAX_IMAGES: usize = 10;

/// The header that says which of several good answers is wanted: a source's, or a task.
const VARIANT: &str = "x-cogdex-variant";

/// A request as the server hands it over.
#[derive(Debug, Clone, Default)]
pub(super) struct MockRequest {
    pub(super) method: String,
    pub(super) path: String,
    /// By their names in lower case.
    pub(super) headers: HeaderMap,
    /// Whether the body was longer than the mock reads.
    pub(super) is_too_long: bool,
    pub(super) fault: Option<Fault>,
    /// What is wrong with the fault that the request names.
    pub(super) no_fault: Option<String>,
    pub(super) body: Vec<u8>,
    pub(super) unix_seconds: i64,
}

impl MockRequest {
    /// The value of a header, in whatever case its name is written.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The side of a dispute whose answer is wanted, where the contract has it.
    pub(super) fn variant(&self, contract: &Contract<'_>) -> Option<&str> {
        self.header(VARIANT).filter(|side| contract.is_variant(side))
    }
}

/// Whether a key is missing or wrong. The mock knows every key with `mock` in it, and tokens that
/// a client signed for one.
pub(super) fn refused_entry(
    contract: &Contract<'_>,
    call: CallName,
    request: &MockRequest,
    fault: Option<Fault>,
) -> Option<Condition> {
    let auth = contract.auth(call)?;
    if fault == Some(Fault::AcceptsAnyKey) {
        return None;
    }
    let shown = request.header(&auth.header).unwrap_or_default();
    let key = match &auth.scheme {
        Some(AuthScheme::X402) => return shown.is_empty().then_some(Condition::NoPayment),
        None => shown.trim(),
        // A scheme's name may stand in any case (RFC 9110, 11.1).
        Some(AuthScheme::Word(word)) => {
            let parts = shown.split_once(' ');
            parts
                .filter(|(own, _)| own.eq_ignore_ascii_case(word))
                .map_or("", |(_, key)| key.trim())
        }
    };
    if key.is_empty() {
        return Some(Condition::NoKey);
    }
    let signed = key.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let signed = signed.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    (!key.contains("mock") && !signed.contains("mock")).then_some(Condition::WrongKey)
}

/// The task's id where a path fits its template, whose query is not looked at.
pub(super) fn matched(template: &str, path: &str) -> Option<String> {
    let template = template.split_once('?').map_or(template, |(path, _)| path);
    let Some((before, after)) = template.split_once("{task}") else {
        return (template == path).then(String::new);
    };
    let task = path.strip_prefix(before)?.strip_suffix(after)?;
    (!task.is_empty() && !task.contains('/')).then(|| task.to_owned())
}

/// How many images are asked for: one, where the endpoint has no field for a number. `None` if
/// they are more than the mock draws.
pub(super) fn images_asked(contract: &Contract<'_>, body: &Value) -> Option<usize> {
    let n = contract.takes(FieldMeaning::Count).and_then(|name| body.get(name));
    let n = n.and_then(Value::as_u64).unwrap_or(1).max(1);
    usize::try_from(n).ok().filter(|n| *n <= MAX_IMAGES)
}

/// Whether the answer is wanted in parts as it is drawn, which no contract here describes.
pub(super) fn wants_stream(contract: &Contract<'_>, body: &Value) -> bool {
    body.get("stream") == Some(&Value::Bool(true))
        && !contract.clauses::<FieldClause>().any(|field| field.name == "stream")
}

/// Whether a task is wanted of an endpoint that may answer at once as well.
pub(super) fn wants_task(contract: &Contract<'_>, request: &MockRequest) -> bool {
    contract.has_tasks() && request.header(VARIANT) == Some("async")
}

pub(super) fn wants_base64(contract: &Contract<'_>, body: &Value) -> bool {
    let format = contract.takes(FieldMeaning::ResponseFormat).and_then(|name| body.get(name));
    format.and_then(Value::as_str) == Some("b64_json")
}

/// The size asked for, else the listing's default; half of it under the fault.
pub(super) fn drawn(contract: &Contract<'_>, body: &Value, fault: Option<Fault>) -> Size {
    let asked = contract.takes(FieldMeaning::Size).and_then(|name| body.get(name));
    let size = match asked {
        Some(Value::String(text)) => text.parse().ok(),
        Some(object) => {
            let side = |key: &str| object.get(key)?.as_u64()?.try_into().ok();
            side("width").zip(side("height")).map(|(width, height)| Size { width, height })
        }
        None => None,
    };
    let default =
        || contract.fact(Field::DefaultSize)?.claims.first()?.value.try_as_size_ref().copied();
    let size = size.or_else(default).unwrap_or(Size { width: 1024, height: 1024 });
    if fault == Some(Fault::WrongSize) {
        return Size { width: (size.width / 2).max(1), height: (size.height / 2).max(1) };
    }
    size
}
