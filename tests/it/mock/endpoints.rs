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
fn the_free_rule_is_bigmodels_and_zais() {
    let mock = Mock::start(&["bigmodel", "zai"]);
    for (size, bigmodel, zai) in [
        ("1440x720", 200, 200),
        ("512x512", 200, 200),
        ("2048x1024", 200, 200),
        ("1920x1088", 200, 200),
        ("1456x1440", 200, 200),
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
fn a_call_that_is_paid_for_by_itself_is_answered_at_once_or_by_a_task() {
    let mock = Mock::start(&["blockrun"]);
    let (path, body) = ("/blockrun/api/v1/images/generations", r#"{"model":"@","prompt":"a cat"}"#);
    let body = body.replace('@', "zai/cogview-4");
    let unpaid = mock.ask("POST", path, &["authorization: Bearer mock"], &body);
    assert_eq!(unpaid.status, 402, "{}", unpaid.headers);
    assert_eq!(unpaid.json()["price"]["amount"], "0.015000");
    let pay = "x-payment: signed";
    let at_once = mock.ask("POST", path, &[pay], &body).json();
    assert!(at_once["data"][0]["url"].is_string(), "{at_once}");
    assert!(at_once.get("id").is_none() && at_once.get("poll_url").is_none(), "{at_once}");
    let task = mock.ask("POST", path, &[pay, "x-cogdex-variant: async"], &body).json();
    assert_eq!((&task["status"], task.get("data")), (&json!("queued"), None), "{task}");
    let own = format!("{path}/{}", task["id"].as_str().unwrap());
    assert!(task["poll_url"].as_str().unwrap().ends_with(&own), "{task}");
    let polls = [(); 2].map(|()| mock.ask("GET", &own, &[pay], "").json());
    assert_eq!(polls[0]["status"], "queued");
    assert_eq!(polls[1]["status"], "completed");
    assert!(polls[1]["data"][0]["url"].is_string(), "{}", polls[1]);
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
    let output = crate::support::cogdex(&["mock", "xpay", "--addr", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no contract is known"));
}

const AIGATEWAY: &str = "/aigateway/v1/images/generations";

/// A request to the gateway with further fields.
fn at_gateway(fields: &Value) -> String {
    let mut body = json!({ "model": "zai-org/cogview4", "prompt": "a cat" });
    for (key, value) in fields.as_object().unwrap() {
        body[key] = value.clone();
    }
    body.to_string()
}

#[test]
fn a_quality_that_only_another_model_takes_is_refused() {
    let mock = Mock::start(&["bigmodel"]);
    let own = with(&json!({ "quality": "hd" }));
    assert_eq!(mock.post(BIGMODEL, &own).status, 200);
    let other = with(&json!({ "model": "cogview-4", "quality": "hd" }));
    assert_eq!(refusal(&mock.post(BIGMODEL, &other)), (400, json!("1210")));
}

#[test]
fn a_harmless_prompt_has_the_mildest_level_of_the_filter() {
    let mock = Mock::start(&["zai"]);
    let body = mock.post(ZAI, &with(&json!({}))).json();
    assert_eq!(body["content_filter"][0]["level"], 3, "{body}");
}

#[test]
fn an_unknown_path_is_refused_in_the_shape_of_the_nearest_endpoint() {
    let mock = Mock::start(&["aigateway", "zai"]);
    let gateway = mock.post("/aigateway/v1/images/edits", "{}");
    assert_eq!((gateway.status, &gateway.json()["error"]["type"]), (404, &json!("not_found")));
    let zai = mock.post("/zai/api/paas/v4/images/edits", "{}");
    assert!(zai.json()["error"]["code"].is_string(), "{}", zai.json());
    // What lies below no provider has no shape.
    assert!(mock.post("/zaire/images", "{}").json()["error"].is_string());
}

#[test]
fn a_count_that_nobody_draws_is_refused_and_bills_nothing() {
    let mock = Mock::start(&["aigateway"]);
    for n in [json!(-1), json!(0), json!(11), json!(1000), json!(u64::MAX), json!("2"), json!(1.5)]
    {
        let answer = mock.post(AIGATEWAY, &at_gateway(&json!({ "n": n })));
        assert_eq!(answer.status, 400, "{n}");
        assert!(answer.json()["error"]["message"].is_string(), "{n}");
    }
    for n in [1, 10] {
        let answer = mock.post(AIGATEWAY, &at_gateway(&json!({ "n": n })));
        assert_eq!(answer.json()["data"].as_array().unwrap().len(), n);
    }
    let counts = mock.ask("GET", "/_mock/counts", &[], "").json();
    assert_eq!(counts["billed"]["aigateway/images"], 11);
}

#[test]
fn a_body_beyond_the_bound_and_a_stream_are_refused_in_the_contracts_shape() {
    let mock = Mock::start(&["aigateway"]);
    let long = mock.post(AIGATEWAY, &at_gateway(&json!({ "prompt": "x".repeat(2 << 20) })));
    assert_eq!(long.status, 400);
    assert!(long.json()["error"]["message"].as_str().unwrap().contains("too long"));
    let stream = mock.post(AIGATEWAY, &at_gateway(&json!({ "stream": true })));
    assert_eq!(stream.status, 400);
    assert!(stream.headers.contains("stream"), "{}", stream.headers);
    assert_eq!(mock.post(AIGATEWAY, &at_gateway(&json!({ "stream": false }))).status, 200);
}

#[test]
fn each_image_has_a_link_of_its_own_and_a_task_keeps_its_links() {
    let mock = Mock::start(&["aigateway", "fal"]);
    let mut links = Vec::new();
    for _ in 0..2 {
        let body = mock.post(AIGATEWAY, &at_gateway(&json!({ "n": 2 }))).json();
        links.extend(body["data"].as_array().unwrap().iter().map(|item| item["url"].clone()));
    }
    let distinct: std::collections::BTreeSet<String> = links.iter().map(Value::to_string).collect();
    assert_eq!((links.len(), distinct.len()), (4, 4));
}

#[test]
fn the_page_of_any_origin_may_ask() {
    let mock = Mock::start(&["aigateway"]);
    let headers = [
        "origin: http://localhost:3000",
        "access-control-request-method: POST",
        "access-control-request-headers: authorization, content-type, x-stainless-os",
    ];
    let preflight = mock.ask("OPTIONS", AIGATEWAY, &headers, "");
    assert_eq!(preflight.status, 204);
    let head = preflight.headers.to_lowercase();
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    assert!(head.contains("access-control-allow-headers: authorization, content-type, x-stain"));
    for answer in [mock.post(AIGATEWAY, &at_gateway(&json!({}))), mock.post(AIGATEWAY, "{")] {
        assert!(answer.headers.to_lowercase().contains("access-control-allow-origin: *"));
    }
}
