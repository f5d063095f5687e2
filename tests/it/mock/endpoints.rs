//! The mock of the real catalog: every provider's own refusals, limits and protocols.

use serde_json::{Value, json};

use crate::served::{Answer, Mock};

const BIGMODEL: &str = "/bigmodel/api/paas/v4/images/generations";
const ZAI: &str = "/zai/api/paas/v4/images/generations";
const APIIN: &str = "/apiin/api/v1/images/generations";
const FAL: &str = "/fal/fal-ai/cogview4";

/// A request for `cogview-4-250304` with further fields.
fn with(fields: &Value) -> String {
    let mut body = json!({ "model": "cogview-4-250304", "prompt": "a cat" });
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    body.to_string()
}

fn refusal(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json()["error"]["code"].clone())
}

#[test]
fn a_bad_size_or_quality_is_a_bad_parameter_where_no_source_says_more() {
    let mock = Mock::start(&["bigmodel", "zai", "apiin"]);
    for fields in [json!({ "size": "1000x1000" }), json!({ "quality": "ultra" })] {
        assert_eq!(refusal(&mock.post(BIGMODEL, &with(&fields))), (400, json!("1210")));
        assert_eq!(refusal(&mock.post(ZAI, &with(&fields))), (400, json!("1210")));
        let mut own: Value = fields.clone();
        own["model"] = json!("cogview-4");
        let answer = mock.post(APIIN, &with(&own));
        assert_eq!(refusal(&answer), (400, json!(400)));
        assert_eq!(answer.json()["error"]["type"], "invalid_request");
        assert!(answer.headers.contains("cogdex-assumed"), "{}", answer.headers);
    }
}

#[test]
fn a_code_and_a_status_that_two_lists_give_one_condition_come_together() {
    let mock = Mock::start(&["zai"]);
    let nobody = mock.ask("POST", ZAI, &[], &with(&json!({})));
    assert_eq!(refusal(&nobody), (401, json!("1001")));
    let unknown = mock.post(ZAI, &with(&json!({ "model": "nobody" })));
    assert_eq!(refusal(&unknown), (400, json!("1211")));
}

#[test]
fn seven_sizes_are_bigmodels_and_the_free_rule_is_zais() {
    let mock = Mock::start(&["bigmodel", "zai"]);
    for (size, bigmodel, zai) in [
        ("1440x720", 200, 200),
        ("512x512", 400, 200),
        ("2048x1024", 400, 200),
        ("1920x1088", 400, 200),
        ("1456x1440", 400, 200),
        ("2048x1040", 400, 400),
        ("1920x1080", 400, 400),
        ("1456x1456", 400, 400),
        ("500x1024", 400, 400),
        ("2064x512", 400, 400),
        ("1024*1024", 400, 400),
    ] {
        let body = with(&json!({ "size": size }));
        assert_eq!(mock.post(BIGMODEL, &body).status, bigmodel, "{size}");
        assert_eq!(mock.post(ZAI, &body).status, zai, "{size}");
    }
}

#[test]
fn a_size_goes_in_the_sellers_own_sign() {
    let mock = Mock::start(&["apiin"]);
    let asked =
        |size: &str| mock.post(APIIN, &with(&json!({ "model": "cogview-4", "size": size }))).status;
    assert_eq!((asked("1024*1024"), asked("1024x1024")), (200, 400));
}

#[test]
fn fields_that_an_endpoint_does_not_have_change_nothing() {
    let mock = Mock::start(&["bigmodel"]);
    let body = with(&json!({ "n": 2, "response_format": "b64_json" }));
    let data = mock.post(BIGMODEL, &body).json()["data"].clone();
    assert_eq!(data.as_array().unwrap().len(), 1);
    assert!(data[0]["url"].is_string(), "{data}");
}

#[test]
fn a_fraction_lies_within_bounds_like_a_whole_number() {
    let mock = Mock::start(&["fal"]);
    let scale = |scale: f64| {
        let body = json!({ "prompt": "a cat", "guidance_scale": scale }).to_string();
        mock.ask("POST", FAL, &["authorization: Key mock"], &body).status
    };
    assert_eq!([0.0, 2.5, 20.0].map(scale), [200; 3]);
    assert_eq!([-0.5, 20.5].map(scale), [422; 2]);
    let seed = json!({ "prompt": "a cat", "seed": -1 }).to_string();
    let unruled = mock.ask("POST", FAL, &["authorization: Key mock"], &seed);
    assert_eq!(unruled.status, 200);
}

#[test]
fn the_queue_of_fal_tells_its_states_and_hands_over_the_result() {
    let mock = Mock::start(&["fal"]);
    let key = ["authorization: Key mock"];
    let path = "/fal/queue/fal-ai/cogview4";
    let made = mock.ask("POST", path, &key, r#"{"prompt":"a cat"}"#).json();
    let id = made["request_id"].as_str().unwrap();
    let own = format!("{path}/requests/{id}/status");
    assert!(made["status_url"].as_str().unwrap().ends_with(&own), "{made}");
    let words = [(); 2].map(|()| mock.ask("GET", &own, &key, "").json()["status"].clone());
    assert_eq!(words, ["IN_QUEUE", "COMPLETED"]);
    let result = mock.ask("GET", &format!("{path}/requests/{id}"), &key, "").json();
    assert!(result["images"][0]["url"].is_string(), "{result}");
}

#[test]
fn both_paths_on_which_sources_differ_tell_the_task() {
    let mock = Mock::start(&["wavespeed"]);
    let made = mock.post("/wavespeed/api/v3/z-ai/cogview-4", r#"{"prompt":"a cat"}"#).json();
    let own = format!("/wavespeed/api/v3/predictions/{}", made["data"]["id"].as_str().unwrap());
    for path in [own.clone(), format!("{own}/result")] {
        let told = mock.ask("GET", &path, &["authorization: Bearer mock"], "");
        assert!(told.json()["data"]["status"].is_string(), "{path}");
    }
}

#[test]
fn a_side_is_asked_for_by_its_source_and_place() {
    let mock = Mock::start(&["bigmodel"]);
    let created = |side: &str| {
        let side = format!("x-cogdex-variant: {side}");
        let headers = ["authorization: Bearer mock", side.as_str()];
        let answer = mock.ask("POST", BIGMODEL, &headers, &with(&json!({}))).json();
        assert!(answer["data"][0]["url"].is_string(), "{side}: {answer}");
        answer["created"].clone()
    };
    assert!(created("bigmodel-docs @ Response Parameters").is_string());
    assert!(created("bigmodel-docs @ Response Example").is_i64());
    assert!(created("no-such-source").is_i64());
}

#[test]
fn an_unknown_fault_in_a_header_is_said_and_not_ignored() {
    let mock = Mock::start(&["bigmodel"]);
    let headers = ["authorization: Bearer mock", "x-cogdex-fault: wrong-siz"];
    let answer = mock.ask("POST", BIGMODEL, &headers, &with(&json!({})));
    assert_eq!(answer.status, 400);
    assert!(answer.json()["error"].as_str().unwrap().contains("`wrong-size`"));
}

#[test]
fn a_head_tells_the_length_of_the_whole() {
    let mock = Mock::start(&["bigmodel"]);
    let path = "/_mock/images/0/1024x768.png";
    let whole = mock.ask("GET", path, &[], "").body.len();
    let head = mock.ask("HEAD", path, &[], "");
    assert!(head.headers.contains(&format!("content-length: {whole}")), "{}", head.headers);
    assert_eq!(head.body.len(), 0);
}

#[test]
fn a_provider_without_a_contract_is_an_error_and_no_empty_server() {
    let output = crate::support::cogdex(&["mock", "geekai", "--addr", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no contract is known"));
}
