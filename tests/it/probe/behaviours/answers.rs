//! Answers that were accepted: what is in them is judged, each breach once and with its value.

use super::{Answer, Behaviour, json_answer};

fn with_type(kind: &'static str) -> Answer {
    Answer { kind, ..super::good() }
}

#[test]
fn json_that_clients_do_not_read_is_one_breach() {
    for (name, paid, words) in [
        ("as text", (|_| with_type("text/plain; charset=utf-8")) as fn(&str) -> _, "text/plain"),
        ("as HTML", |_| with_type("text/html"), "text/html"),
        (
            "after a byte order mark",
            |_| {
                let mut answer = super::good();
                answer.body.splice(0..0, *b"\xef\xbb\xbf");
                answer
            },
            "byte order mark",
        ),
    ] {
        let (broken, told) = (&["answer.json"][..], ("accepted", words));
        Behaviour { name, paid: Behaviour::paid(paid), broken, told, ..Behaviour::default() }
            .holds();
    }
}

#[test]
fn a_field_of_another_type_is_shown_with_its_value() {
    for (name, paid, words) in [
        (
            "a fraction",
            (|_| json_answer(200, r#"{"created":@NOW.5,"data":[{"url":"@LINK"}]}"#))
                as fn(&str) -> _,
            ".5`",
        ),
        (
            "milliseconds",
            |_| json_answer(200, r#"{"created":@NOW000,"data":[{"url":"@LINK"}]}"#),
            "more than a day off",
        ),
        (
            "nothing",
            |_| json_answer(200, r#"{"created":null,"data":[{"url":"@LINK"}]}"#),
            "`created` is null",
        ),
        (
            "an object",
            |_| json_answer(200, r#"{"created":{},"data":[{"url":"@LINK"}]}"#),
            "an object",
        ),
    ] {
        let (broken, told) = (&["answer.created"][..], ("accepted", words));
        Behaviour { name, paid: Behaviour::paid(paid), broken, told, ..Behaviour::default() }
            .holds();
    }
}

#[test]
fn further_fields_and_empty_ones_are_lawful() {
    for (name, paid) in [
        (
            "a proxy's nulls",
            (|_| {
                json_answer(
                    200,
                    r#"{"created":@NOW,"data":[{"url":"@LINK","b64_json":null,"revised_prompt":null}],"usage":{"total_tokens":0}}"#,
                )
            }) as fn(&str) -> _,
        ),
        ("a null in place of no error", |_| {
            json_answer(200, r#"{"error":null,"created":@NOW,"data":[{"url":"@LINK"}]}"#)
        }),
        ("an index and a cost", |_| {
            json_answer(
                200,
                r#"{"id":"x","object":"list","created":@NOW,"data":[{"index":0,"url":"@LINK"}],"cost":0.01}"#,
            )
        }),
    ] {
        Behaviour { name, paid: Behaviour::paid(paid), ..Behaviour::default() }.holds();
    }
}

#[test]
fn a_link_and_base64_in_one_item_are_one_image() {
    let both = Behaviour {
        paid: Behaviour::paid(|request| {
            let item = r#"{"url":"@LINK","b64_json":"BASE64"}"#;
            let items =
                if request.contains("\"n\":2") { [item, item].join(",") } else { item.into() };
            let base64 = base64::Engine::encode(
                &base64::engine::general_purpose::STANDARD,
                super::png(1024, 1024),
            );
            let body = format!(r#"{{"created":@NOW,"data":[{items}]}}"#);
            json_answer(200, &body.replace("BASE64", &base64))
        }),
        ..Behaviour::default()
    };
    let seen = both.probed("5 USD");
    assert_eq!(seen.check("n.2.images")["verdict"], "holds", "{}", seen.check("n.2.images"));
    assert_eq!(seen.check("images-per-answer")["verdict"], "holds");
}

#[test]
fn a_data_link_in_base64_is_named_by_its_field() {
    let data_link = Behaviour {
        paid: Behaviour::paid(|_| {
            json_answer(
                200,
                r#"{"created":@NOW,"data":[{"b64_json":"data:image/png;base64,iVBORw0KGgo="}]}"#,
            )
        }),
        ..Behaviour::default()
    };
    let check = data_link.probed("0.01 USD").check("image.plain");
    assert_eq!(check["verdict"], "broken");
    assert!(check["reason"].as_str().unwrap().starts_with("`b64_json`: "), "{check}");
}

#[test]
fn base64_of_real_size_is_not_too_large() {
    // Bytes that no packer makes smaller, in a PNG of real size.
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    let pixels: Vec<u8> = noise.take(1024 * 1024 * 3).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 1024, 1024);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    let body = format!(r#"{{"created":@NOW,"data":[{{"b64_json":"{base64}"}}]}}"#);
    let paid = Behaviour::paid(move |_| json_answer(200, &body));
    let seen = Behaviour { paid, ..Behaviour::default() }.probed("0.01 USD");
    let broken = seen.with("broken");
    // A busy machine is late with so much, which is not what is looked at here.
    assert!(broken.iter().all(|check| check.starts_with("latency.")), "{broken:?}");
    assert_eq!(seen.check("image.plain")["verdict"], "holds");
}
