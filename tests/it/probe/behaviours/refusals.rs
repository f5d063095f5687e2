//! Answers that are none, or that refuse: told as what they are, and never 28 times.

use super::{Behaviour, html, json_answer};

const NGINX: &str = "<html><head><title>404 Not Found</title></head><body>\
                     <center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>";

#[test]
fn another_server_breaks_nothing_and_makes_no_refusal_hold() {
    let everywhere = [
        (
            "a wrong address, where nginx answers",
            html(404, "server: nginx\r\n", NGINX),
            "404 Not Found",
        ),
        (
            "a server without a route for images",
            json_answer(404, r#"{"detail":"Not Found"}"#),
            "Not Found",
        ),
        (
            "a gateway without a route",
            json_answer(404, r#"{"message":"no Route matched with those values"}"#),
            "no Route matched",
        ),
        (
            "a page for people with status 200",
            html(200, "", "<!doctype html><title>Welcome</title>"),
            "Welcome",
        ),
        (
            "a bot challenge",
            html(
                403,
                "cf-mitigated: challenge\r\nserver: cloudflare\r\n",
                "<title>Just a moment...</title>",
            ),
            "CDN",
        ),
        (
            "a company's proxy that wants a login",
            html(401, "", "<title>Sign in</title>"),
            "Sign in",
        ),
    ];
    for (name, answer, words) in everywhere {
        let unauthorized = answer.clone();
        let seen = Behaviour {
            name,
            strangers: Some(answer),
            paid: Behaviour::paid(|_| html(404, "server: nginx\r\n", NGINX)),
            ..Behaviour::default()
        };
        let document = seen.probed("0.01 USD").document();
        let entry =
            document["checks"].as_array().unwrap().iter().find(|c| c["id"] == "auth.no-key");
        let entry = entry.unwrap();
        assert_eq!(entry["verdict"], "inconclusive", "{name} {}: {entry}", unauthorized.status);
        assert!(document["causes"].to_string().contains(words), "{name}: {}", document["causes"]);
        assert_eq!(document["summary"]["broken"], 0, "{name}: {}", document["causes"]);
        assert_eq!(document["summary"]["holds"], 0, "{name}: {document}");
    }
}

/// What a server does, its status and body, and the class and the words with which it is told; a
/// body that begins with `<` is a page.
const SILENT: [(&str, u16, &str, &str, &str); 14] = [
    ("a balancer gives up", 408, "<h1>408 Request Time-out</h1>", "not_served", "408"),
    ("too early", 425, r#"{"error":{"message":"replay"}}"#, "not_served", "replay"),
    ("nginx: the client closed", 499, "", "not_served", "499"),
    ("an edge without its origin", 521, "<title>Web server is down</title>", "not_served", "down"),
    ("a limit without a condition", 429, r#"{"error":{"code":"1121"}}"#, "not_served", "1121"),
    ("a limit with status 200", 200, r#"{"error":{"code":"1302"}}"#, "not_served", "1302"),
    ("a relay's 502 with status 200", 200, r#"{"error":{"code":502}}"#, "not_served", "502"),
    (
        "no money",
        429,
        r#"{"error":{"code":"1113","message":"in arrears"}}"#,
        "account_refused",
        "in arrears",
    ),
    (
        "no money, with status 200",
        200,
        r#"{"error":{"code":402,"message":"Insufficient credits"}}"#,
        "account_refused",
        "Insufficient credits",
    ),
    (
        "no quota, as relays say",
        403,
        r#"{"error":{"type":"new_api_error","code":"insufficient_user_quota"}}"#,
        "account_refused",
        "insufficient_user_quota",
    ),
    (
        "no money, as a platform of several services says",
        200,
        r#"{"id":"","data":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#,
        "account_refused",
        "1008",
    ),
    ("no permission", 434, r#"{"error":{"code":"1220"}}"#, "account_refused", "1220"),
    (
        "a wrong key in another shape",
        401,
        r#"{"success":false,"errors":[{"code":2009,"message":"Unauthorized"}]}"#,
        "account_refused",
        "Unauthorized",
    ),
    (
        "a content filter",
        400,
        r#"{"error":{"code":"content_policy_violation","message":"flagged"}}"#,
        "prompt_refused",
        "flagged",
    ),
];

#[test]
fn what_tells_nothing_of_the_request_is_inconclusive_with_one_cause() {
    for (name, status, body, class, words) in SILENT {
        let paid = Behaviour::paid(move |_| {
            if body.starts_with('<') { html(status, "", body) } else { json_answer(status, body) }
        });
        let told = (class, words);
        Behaviour { name, paid, unclear: true, told, ..Behaviour::default() }.holds();
    }
}

#[test]
fn a_refusal_of_what_is_promised_breaks_one_check() {
    for (name, paid, told) in [
        (
            "a code of its own",
            (|_| json_answer(400, r#"{"error":{"code":"1210","message":"bad"}}"#)) as fn(&str) -> _,
            ("refused", "1210"),
        ),
        (
            "a shape of its own",
            |_| json_answer(400, r#"{"code":20012,"message":"Model does not exist","data":null}"#),
            ("refused", "20012"),
        ),
        (
            "with status 200",
            |_| json_answer(200, r#"{"error":{"code":"1214","message":"bad size"}}"#),
            ("refused", "1214"),
        ),
        (
            "by a list of faults",
            |_| {
                json_answer(
                    422,
                    r#"{"detail":[{"loc":["body","n"],"msg":"Field required","type":"missing"}]}"#,
                )
            },
            ("refused", "Field required"),
        ),
        (
            "a redirect",
            |_| super::Answer {
                headers: "location: https://other.example/v2\r\n",
                ..json_answer(308, "")
            },
            ("redirected", "other.example"),
        ),
        (
            "half an answer",
            |_| json_answer(200, r#"{"created":@NOW,"data":[{"ur"#),
            ("malformed", "no JSON"),
        ),
        ("nothing at all", |_| json_answer(200, ""), ("malformed", "no JSON")),
    ] {
        let broken = &["accepted"];
        let seen =
            Behaviour { name, paid: Behaviour::paid(paid), broken, told, ..Behaviour::default() };
        let document = seen.probed("0.01 USD").document();
        let all = document["checks"].as_array().unwrap().iter();
        let bad: Vec<_> = all.filter(|c| c["verdict"] == "broken").map(|c| &c["id"]).collect();
        assert_eq!(bad, ["accepted"], "{name}: {}", document["causes"]);
        assert_eq!(document["causes"][0]["class"], told.0, "{name}: {}", document["causes"]);
        assert!(document["causes"][0].to_string().contains(told.1), "{name}");
        assert_eq!(document["causes"].as_array().unwrap().len(), 1, "{name}");
    }
}

#[test]
fn a_refusal_of_everything_tells_nothing_of_a_value() {
    let gone = Behaviour {
        paid: Behaviour::paid(|_| {
            json_answer(400, r#"{"error":{"code":"1221","message":"API taken offline"}}"#)
        }),
        ..Behaviour::default()
    };
    let seen = gone.probed("5 USD");
    assert_eq!(seen.with("broken"), ["accepted: \"refused, though it is promised\""]);
    // Three calls leave, and of the values of the last two nothing is known.
    for (id, verdict) in [
        ("size.1024x1024", "inconclusive"),
        ("size.768x1344", "inconclusive"),
        ("quality.hd", "skipped"),
        ("model.unknown", "skipped"),
    ] {
        assert_eq!(seen.check(id)["verdict"], verdict, "{id}");
    }
    assert_eq!(seen.document()["causes"].as_array().unwrap().len(), 1);
}

#[test]
fn a_bad_value_that_is_refused_with_status_200_is_broken_and_not_looser() {
    for (body, reason) in [
        (r#"{"error":{"code":"1211","message":"unknown"}}"#, "refused with status 200"),
        (r#"{"base_resp":{"status_code":2013,"status_msg":"invalid"}}"#, "refused with status 200"),
        (r#"{"Response":{"Error":{"Code":"InvalidParameter"}}}"#, "refused with status 200"),
        (r#"{"success":false,"msg":"unknown"}"#, "refused with status 200"),
    ] {
        let lax = Behaviour {
            paid: Behaviour::paid(move |request| {
                if request.contains("no-such-") || request.contains("1000x1000") {
                    return json_answer(200, body);
                }
                super::good()
            }),
            ..Behaviour::default()
        };
        let seen = lax.probed("5 USD");
        for id in ["model.unknown", "quality.outside", "size.outside.1000x1000"] {
            assert_eq!(seen.check(id)["verdict"], "broken", "{body}: {id}");
        }
        assert_eq!(seen.check("quality.outside")["reason"], reason, "{body}");
        assert_eq!(seen.check("accepted")["verdict"], "holds", "{body}");
    }
}
