//! What a request asks for: who it comes from, which task it means, how many images of which size.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::fault::Fault;
use crate::catalog::{AuthClause, CallName, Condition, Field, FieldClause, FieldMeaning, Size};
use crate::contract::Contract;

/// More images than any seller gives in one answer.
const MAX_IMAGES: usize = 10;

/// A request as the server hands it over.
#[derive(Debug, Clone, Default)]
pub(super) struct MockRequest {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) authorization: Option<String>,
    /// Whether the body was longer than the mock reads.
    pub(super) is_too_long: bool,
    pub(super) fault: Option<Fault>,
    /// What is wrong with the fault that the request names.
    pub(super) no_fault: Option<String>,
    pub(super) variant: Option<String>,
    pub(super) body: Vec<u8>,
    pub(super) unix_seconds: i64,
}

/// Whether a key is missing or wrong. The mock knows every key with `mock` in it, and tokens that
/// a client signed for one.
pub(super) fn refused_entry(
    contract: &Contract<'_>,
    call: CallName,
    request: &MockRequest,
    fault: Option<Fault>,
) -> Option<Condition> {
    let auth = contract.clauses::<AuthClause>().find(|auth| auth.calls.contains(&call))?;
    if fault == Some(Fault::AcceptsAnyKey) {
        return None;
    }
    let shown = request.authorization.as_deref().unwrap_or_default();
    if auth.is_payment() {
        return shown.is_empty().then_some(Condition::NoPayment);
    }
    // A scheme's name may stand in any case (RFC 9110, 11.1).
    let key = shown
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(&auth.scheme))
        .map_or("", |(_, key)| key.trim());
    if key.is_empty() {
        return Some(Condition::NoKey);
    }
    let signed = key.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let signed = signed.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    (!key.contains("mock") && !signed.contains("mock")).then_some(Condition::WrongKey)
}

/// The task's id where a path fits its template.
pub(super) fn matched(template: &str, path: &str) -> Option<String> {
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
