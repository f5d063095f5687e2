//! Logs in JSON, several files as one, and what a log lacks or has too much: `--set`, `--where`,
//! `--log`, and places within columns.

use super::{World, document, groups, row, said, total};

/// What a log has that says the same as six images at 0.010 USD in three rows.
fn is_plain(log: &str, flags: &[&str]) {
    let document = World::new().json(log, flags);
    assert_eq!(total(&document, "p/l"), "0.06", "{log}");
    let counts = &row(&document, "p/l")["log_rows"]["priced"];
    assert_eq!((counts, &document["bad_rows"]["count"]), (&3.into(), &0.into()), "{log}");
}

const LINES: &str = r#"{"time": "2026-01-01T09:00:00Z", "images": 1, "size": "1024x1024"}
{"time": "2026-01-02T09:00:00Z", "size": "1024x1024", "images": 2}
{"images": 3.0, "time": 1767430800, "size": "1024x1024", "note": ["a", {"b": null}]}
"#;

#[test]
fn json_lines_are_read_whatever_the_order_of_their_keys() {
    is_plain(LINES, &[]);
    is_plain(LINES.trim_end(), &[]);
    is_plain(&format!("\u{feff}\n{}", LINES.replace('\n', "\r\n")), &[]);
    is_plain(&LINES.replace("\"images\"", "\"drawn\""), &["--map", "images=drawn"]);
    is_plain(
        &LINES.replace("\"images\": ", "\"usage\": {\"n\": 0}, \"images\": "),
        &["--map", "images=images"],
    );
    let nested = LINES
        .replace("\"images\": 1", "\"usage\": {\"n\": 1}")
        .replace("\"images\": 2", "\"usage\": {\"n\": 2}")
        .replace("\"images\": 3.0", "\"usage\": \"{\\\"n\\\": 3}\"");
    is_plain(&nested, &["--map", "images=usage.n"]);
}

#[test]
fn json_documents_are_read_in_every_common_shape() {
    let rows = LINES.trim_end().replace('\n', ",\n");
    is_plain(&format!("[{rows}]"), &[]);
    is_plain(&format!("  [\n{rows}\n]\n"), &[]);
    is_plain(&format!("{{\"object\": \"list\", \"data\": [{rows}], \"has_more\": false}}"), &[]);
    is_plain(
        &format!("{{\n\"success\": true, \"data\": {{\"items\": [\n{rows}\n], \"total\": 3}}\n}}"),
        &[],
    );
    // Rows one below the other, spread over lines.
    is_plain(&LINES.replace(", ", ",\n  "), &[]);
    // Buckets as OpenAI's usage has them: the day stands around the rows.
    let bucket = |day: u64, results: &str| {
        format!(
            "{{\"object\": \"bucket\", \"start_time\": {day}, \"end_time\": {}, \"results\": [{results}]}}",
            day + 86_400
        )
    };
    let result = |images: u64| {
        format!(
            "{{\"object\": \"organization.usage.images.result\", \"images\": {images}, \
             \"num_model_requests\": 1, \"size\": \"1024x1024\", \"model\": \"dall-e-3\"}}"
        )
    };
    let page = format!(
        "{{\"object\": \"page\", \"data\": [{}, {}, {}], \"has_more\": true, \"next_page\": \"p\"}}",
        bucket(1_767_225_600, &format!("{}, {}", result(1), result(2))),
        bucket(1_767_312_000, ""),
        bucket(1_767_398_400, &result(3)),
    );
    is_plain(&page, &[]);
    is_plain(&page, &["--log", "openai"]);
    let days = groups(&World::new().json(&page, &["--by", "day"]), "p/l");
    assert_eq!((days.len(), days[1].0["day"].as_str()), (2, Some("2026-01-03")));
}

#[test]
fn a_quality_that_only_late_rows_have_counts() {
    let row = "{\"time\": \"2026-01-15\", \"images\": 1, \"size\": \"1024x1024\"}\n";
    let late =
        "{\"time\": \"2026-01-15\", \"images\": 1, \"size\": \"1024x1024\", \"quality\": \"hd\"}\n";
    let document = World::new().json(format!("{}{late}", row.repeat(20_000)), &[]);
    assert_eq!(total(&document, "p/l"), "200.02");
}

#[test]
fn bad_rows_of_json_have_their_line_and_value() {
    let log = LINES.replace("\"images\": 2", "\"images\": -2") + "{\"time\": \n[1]\n";
    let output = World::new().reprice(log, &["--format", "json"]);
    let document = document(&output, 1);
    assert_eq!(total(&document, "p/l"), "0.04");
    let bad = document["bad_rows"]["first"].as_array().unwrap();
    let bad: Vec<_> = bad
        .iter()
        .map(|bad| (bad["line"].as_u64().unwrap(), bad["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(bad, [(2, "not-a-count"), (4, "broken-json"), (5, "not-a-count")]);
    assert_eq!(document["bad_rows"]["first"][0]["value"], "-2");
    for (log, words) in [
        ("[{\"time\": 1}, {\"tim", "EOF"),
        ("[]", "empty"),
        ("{\"when\": \"2026-01-01\", \"n\": 1}\n", "no column says the time; the log has: when, n"),
    ] {
        let output = World::new().reprice(log, &[]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{log}");
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

#[test]
fn what_the_log_lacks_is_set() {
    let log = "time,size\n2026-01-15,1024x1024\n2026-01-15,1024x1024\n\"2026-01-15\",1024x1024\n";
    assert_eq!(total(&World::new().json(log, &["--set", "images=2"]), "p/l"), "0.06");
    let log = "time;width;height\n2026-01-15;1024;1024\n2026-01-16; 1024 ;1024\n";
    assert_eq!(total(&World::new().json(log, &["--set", "images=3"]), "p/l"), "0.06");
    let log = "time,n\n2026-01-15,6\n";
    let flags = ["--set", "size=1024x1024", "--set", "quality=hd", "--set", "tag=a", "--by", "tag"];
    let document = World::new().json(log, &flags);
    assert_eq!(groups(&document, "p/l")[0], (serde_json::json!({ "tag": "a" }), "0.12".into()));
    let both = ["--set", "size=1024x1024", "--map", "size=n"];
    for (flags, words) in [
        (&both[..], "leave out one of the two"),
        (&["--set", "size=wide"], "is not a size"),
        (&["--set", "images=some"], "is no count"),
        (&["--set", "weight=1"], "is none of"),
        (&[], "say it of all rows with --set size=VALUE"),
    ] {
        let output = World::new().reprice(log, flags);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{flags:?}");
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

#[test]
fn rows_that_do_not_count_are_left_out_before_anything_is_read_of_them() {
    let log = "time,n,size,kind,note\n2026-01-15,1,1024x1024,image,a\nnever,x,,chat,b\n\
               2026-01-15,2,1024x1024,image-edit,c\n2026-01-15,4,1024x1024,video,\"d\"\n";
    for (flags, sum) in [
        (&["--where", "kind=image"][..], "0.01"),
        (&["--where", "kind~image"], "0.03"),
        (&["--where", "kind!=chat"], "0.07"),
        (&["--where", "kind=image", "--where", "kind=video"], "0.05"),
        (&["--where", "kind!=chat", "--where", "kind!=video"], "0.03"),
        (&["--where", "kind!=chat", "--where", "note=d"], "0.04"),
    ] {
        assert_eq!(total(&World::new().json(log, flags), "p/l"), sum, "{flags:?}");
    }
    let output = World::new().reprice(log, &["--where", "kind=music"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("kind=chat, kind=image, kind=image-edit, kind=video"));
    let output = World::new().reprice(log, &["--where", "sort=image"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("the log has no such column; it has: time, n, size, kind"));
}

#[test]
fn logs_of_gateways_are_read_by_their_name() {
    let litellm = "request_id,call_type,startTime,endTime,model,metadata,request_tags\n\
        a,aimage_generation,2026-01-15 09:00:00.123,x,m,\"{\"\"n\"\": 1}\",\"[\"\"web\"\"]\"\n\
        b,acompletion,2026-01-15 09:00:00.123,x,m,{},[]\n\
        c,image_generation,2026-01-15 09:00:00.123,x,m,\"{\"\"n\"\": 2}\",[]\n\
        d,aimage_generation,2026-01-15 09:00:00.123,x,m,\"{\"\"n\"\": \"\"3\"\"}\",[]\n";
    is_plain(litellm, &["--log", "litellm", "--set", "size=1024x1024"]);
    let output = World::new().reprice(litellm, &[]);
    assert!(said(&output).contains("it looks like a log of litellm: give --log litellm"));
    let langfuse = "id,timestamp,startTime,model,usage.output,metadata\n\
        a,x,2026-01-15T09:00:00Z,m,1,\"{\"\"size\"\":\"\"1024x1024\"\"}\"\n\
        b,x,2026-01-15T09:00:00Z,m,2,\"{\"\"size\"\":\"\"1024x1024\"\"}\"\n\
        c,x,2026-01-15T09:00:00Z,m,3,\"{\"\"size\"\":\"\"1024x1024\"\"}\"\n";
    is_plain(langfuse, &["--log", "langfuse", "--map", "images=usage.output"]);
    is_plain(langfuse, &["--log", "langfuse", "--set", "images=2"]);
    let new_api = "id,created_at,type,username,token_name,model_name,quota\n\
        1,1768467600,2,u,t,cogview-4,9\n2,1768467600,1,u,t,,9\n3,1768467600,2,u,t,cogview-4,9\n\
        4,1768467600,2,u,t,cogview-4,9\n";
    let document = World::new()
        .json(new_api, &["--log", "new-api", "--set", "size=1024x1024", "--by", "listing"]);
    assert_eq!(groups(&document, "p/l")[0].1, "0.03");
    assert_eq!(document["left_out_rows"], 1);
    let openrouter = "generation_id,created_at,model_permaslug,app_name\n\
        a,2026-01-15 09:00:00.000,m,x\nb,2026-01-15 09:00:00.000,m,x\n";
    let flags = ["--log", "openrouter", "--set", "size=1024x1024"];
    assert_eq!(total(&World::new().json(openrouter, &flags), "p/l"), "0.02");
    let output = World::new().reprice(openrouter, &["--log", "other"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn several_files_are_one_log_and_faults_name_theirs() {
    let world = World::new();
    let folder = world.logs.path();
    std::fs::create_dir(folder.join("more")).unwrap();
    let csv = |rows: &str| format!("time,n,size\n{rows}\n");
    std::fs::write(folder.join("a.csv"), csv("2026-01-15,1,1024x1024")).unwrap();
    std::fs::write(folder.join("b.csv"), csv("2026-01-16,2,1024x1024\n2026-01-16,x,1024x1024"))
        .unwrap();
    std::fs::write(
        folder.join("more/c.jsonl"),
        "{\"time\": \"2026-01-17\", \"n\": 4, \"size\": \"1024x1024\"}\n",
    )
    .unwrap();
    std::fs::write(folder.join(".hidden"), "no log").unwrap();
    std::fs::write(folder.join("_SUCCESS"), "").unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let json = |paths: &[&str]| {
        let (first, rest) = paths.split_first().unwrap();
        let output = world.run(first, &[rest, &["--format", "json"]].concat());
        document(&output, 1)
    };
    let (a, b, c) = (path("a.csv"), path("b.csv"), path("more/c.jsonl"));
    let all = folder.to_str().unwrap();
    let (pattern, more) = (path("*.csv"), path("more"));
    for paths in [&[a.as_str(), &b, &c][..], &[all], &[pattern.as_str(), &more]] {
        let document = json(paths);
        assert_eq!(total(&document, "p/l"), "0.07", "{paths:?}");
        assert_eq!(
            document["period"],
            serde_json::json!({ "from": "2026-01-15", "to": "2026-01-17" })
        );
        let bad = &document["bad_rows"]["first"][0];
        assert_eq!((&bad["line"], bad["file"].as_str()), (&3.into(), Some(b.as_str())));
    }
    let output = world.run(&a, &[&b]);
    assert!(said(&output).contains("b.csv:3 `x`"), "{}", said(&output));
    for missing in ["none.csv", "none*.csv"] {
        let output = world.run(&a, &[&path(missing)]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{missing}");
    }
}
