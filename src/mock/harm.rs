//! What a fault does to a good reply.

use serde_json::{Value, json};

use super::asked::Asked;
use super::fault::Fault;
use super::reply::{Delivery, Reply};

/// A good reply with the fault's harm done to it.
pub(super) fn disturbed(mut reply: Reply, asked: &Asked, fault: Option<Fault>) -> Reply {
    match fault {
        Some(Fault::Hang) => reply.delivered(Delivery::Never),
        Some(Fault::Reset) => reply.delivered(Delivery::Cut),
        Some(Fault::TruncatedJson) => reply.delivered(Delivery::Short),
        Some(Fault::GzipBomb) => reply.delivered(Delivery::Bomb),
        Some(Fault::EndlessBody) => reply.delivered(Delivery::Endless),
        Some(Fault::Redirect) => {
            reply.status = 307;
            reply.with("location", "http://127.0.0.2:9/elsewhere")
        }
        Some(Fault::KeyEcho) => {
            let key = asked.authorization.clone().unwrap_or_default();
            let mut body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            body["key"] = json!(key);
            body["debug"] = json!({ "headers": { "authorization": key } });
            reply.body = body.to_string().into_bytes();
            reply.with("x-debug-key", key)
        }
        Some(fault @ (Fault::MissingField | Fault::WrongType)) if reply.status == 200 => {
            let mut body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            harmed(&mut body, fault);
            reply.body = body.to_string().into_bytes();
            reply
        }
        _ => reply,
    }
}

/// Takes every field of the answer away, or gives each another type.
fn harmed(body: &mut Value, fault: Fault) {
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
