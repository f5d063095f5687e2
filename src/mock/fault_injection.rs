//! What a fault does to a good response.

use serde_json::{Value, json};

use super::fault::Fault;
use super::request::MockRequest;
use super::response::{BodyDelivery, MockResponse};

/// A good response with the fault's harm done to it.
pub(super) fn inject(
    mut response: MockResponse,
    request: &MockRequest,
    fault: Option<Fault>,
) -> MockResponse {
    match fault {
        Some(Fault::Hang) => response.delivered(BodyDelivery::Never),
        Some(Fault::Reset) => response.delivered(BodyDelivery::Cut),
        Some(Fault::TruncatedJson) => response.delivered(BodyDelivery::Short),
        Some(Fault::GzipBomb) => response.delivered(BodyDelivery::Bomb),
        Some(Fault::EndlessBody) => response.delivered(BodyDelivery::Endless),
        Some(Fault::Redirect) => {
            response.status = 307;
            response.with("location", "http://127.0.0.2:9/elsewhere")
        }
        Some(Fault::KeyEcho) => {
            let key = request.header("authorization").unwrap_or_default().to_owned();
            let mut body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
            body["key"] = json!(key);
            body["debug"] = json!({ "headers": { "authorization": key } });
            response.body = body.to_string().into_bytes();
            response.with("x-debug-key", key)
        }
        Some(fault @ (Fault::MissingField | Fault::WrongType)) if response.status == 200 => {
            let mut body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
            damage(&mut body, fault);
            response.body = body.to_string().into_bytes();
            response
        }
        _ => response,
    }
}

/// Takes every field of the answer away, or gives each another type.
fn damage(body: &mut Value, fault: Fault) {
    let Some(object) = body.as_object_mut() else { return };
    if fault == Fault::MissingField {
        object.clear();
        return;
    }
    for value in object.values_mut() {
        *value = match value {
            Value::Array(_) | Value::Object(_) => json!("a string"),
            _ => json!([1]),
        };
    }
}
