//! `--record`: what a run saw of a dispute becomes a statement beside the sides, and settles it.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;

use serde_json::Value;

use super::keys::copy;
use super::recorder::{Recorder, say};
use super::{Bench, Seen, base};
use crate::served::Mock;
use crate::support::{cogdex, root};

/// A bench with a copy of the project's catalog, which can be written into.
fn own() -> Bench {
    let mut bench = Bench::new();
    let catalog = bench.path("catalog");
    copy(&root().join("catalog"), &catalog);
    bench.catalog = Some(catalog);
    bench
}

/// A bench with the small contracts, and a second source that differs on much.
fn disputed() -> Bench {
    let bench = Bench::small();
    add(
        &bench,
        "listings/p/l.toml",
        "[[statement]]\nsource = \"page\"\nat = \"top\"\nseen = 2026-11-20\n\
         default-size = \"1024x1024\"\n\
         [[statement]]\nsource = \"other\"\nseen = 2026-11-20\n\
         default-size = \"512x512\"\nqualities = [\"standard\"]\nprompt-limit = \"30 chars\"\n\
         response-formats = [\"url\"]\nuser-id-length = \"6-12\"\nmode = \"async\"\n\
         sizes = [\"1024x1024\"]\n",
    );
    bench
}

fn add(bench: &Bench, file: &str, text: &str) {
    let path = bench.catalog.as_ref().unwrap().join(file);
    let mut file = std::fs::File::options().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn read(bench: &Bench, file: &str) -> String {
    std::fs::read_to_string(bench.catalog.as_ref().unwrap().join(file)).unwrap()
}

/// Every file of the catalog with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

/// A question to the bench's catalog, and the exit code.
fn ask(bench: &Bench, arguments: &[&str]) -> (i32, String) {
    let catalog = bench.catalog.as_ref().unwrap().to_str().unwrap();
    let output = cogdex(&[&["--catalog", catalog], arguments].concat());
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn json(bench: &Bench, arguments: &[&str]) -> Value {
    let (_, text) = ask(bench, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&text).unwrap()
}

/// What is recorded is whole: `check` finds the missing edition alone, and nothing once it is there.
fn passes_check(bench: &Bench) {
    let found = json(bench, &["check"]);
    let findings = found["findings"].as_array().unwrap();
    let errors: Vec<_> = findings.iter().filter(|f| f["severity"] == "error").collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0]["code"], "edition-digest");
    let block = errors[0]["hint"].as_str().unwrap().strip_prefix("append:\n").unwrap();
    let path = bench.catalog.as_ref().unwrap().join("editions.toml");
    let mut file = std::fs::File::options().create(true).append(true).open(path).unwrap();
    write!(file, "\n{block}\n").unwrap();
    let (code, text) = ask(bench, &["check"]);
    assert_eq!(code, 0, "{text}");
}

/// What settles a field of a listing, as its value, and how many answers there are.
fn settled(bench: &Bench, listing: &str, field: &str) -> (String, usize) {
    let document = json(bench, &["show", listing]);
    let facts = document["facts"].as_array().unwrap();
    let fact = facts.iter().find(|fact| fact["field"] == field).unwrap();
    assert_eq!(fact["state"], "settled", "{fact}");
    assert!(fact["settled"]["by"].as_str().unwrap().starts_with("probe probe-"), "{fact}");
    let value = fact["settled"]["value"].as_str().unwrap().to_owned();
    (value, fact["views"].as_array().unwrap().len())
}

/// Gives every contract of the bench's catalog the host of a server, so that this is its own.
fn owned(bench: &Bench, base: &str) {
    let Some(catalog) = &bench.catalog else { return };
    let origin: Vec<&str> = base.splitn(4, '/').take(3).collect();
    let origin = origin.join("/");
    for (path, bytes) in files(&catalog.join("endpoints")) {
        let text = String::from_utf8(bytes).unwrap();
        let lines = text.lines().map(|line| {
            let Some((before, url)) = line.split_once("url = \"https://") else {
                return line.to_owned();
            };
            if !line.starts_with("call = ") {
                return line.to_owned();
            }
            let rest = url.split_once('/').unwrap().1;
            format!("{before}url = \"{origin}/{rest}")
        });
        std::fs::write(path, lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    }
}

fn record(bench: &Bench, base: &str, arguments: &[&str]) -> Seen {
    owned(bench, base);
    bench.run(base, &[&["--spend-limit", "9 USD", "--record"], arguments].concat())
}

#[test]
fn the_mode_that_a_run_saw_settles_the_dispute() {
    let (bench, mock) = (own(), Mock::start(&["apiin"]));
    let base = base(&mock, "apiin");
    let seen = record(&bench, &base, &["apiin/cogview-4"]);
    assert_eq!(seen.code, 0, "{}", seen.stderr);
    assert!(seen.stderr.contains("cogdex check"), "{}", seen.stderr);
    let listing = read(&bench, "listings/apiin/cogview-4.toml");
    let source = "source = \"probe-apiin-cogview-4\"\nat = \"run 1\"\n";
    assert!(listing.contains(source) && listing.ends_with("mode = \"async\"\n"), "{listing}");
    let sources = read(&bench, "sources.toml");
    let table = sources.split_once("[probe-apiin-cogview-4]\n").unwrap().1;
    assert!(table.contains(&format!("address = \"{base}\"\n")) && table.contains("\"probe\""));
    passes_check(&bench);
    assert_eq!(settled(&bench, "apiin/cogview-4", "mode"), ("async".to_owned(), 2));
    let (_, text) = ask(&bench, &["show", "apiin/cogview-4"]);
    let dispute = text.split_once("mode (listing apiin/cogview-4)").unwrap().1;
    let dispute = dispute.split("\n\n").next().unwrap();
    for words in ["sync, says [2] @ Service highlights", "async, says [1]", "; [3] @ run 1"] {
        assert!(dispute.contains(words), "{words}: {dispute}");
    }
    assert!(dispute.contains("settled: async, by a probe, probe-apiin-cogview-4"), "{dispute}");
    assert!(text.contains("\n[3]  probe-apiin-cogview-4, "), "{text}");
}

#[test]
fn a_second_record_of_a_day_writes_nothing() {
    let (bench, mock) = (own(), Mock::start(&["apiin"]));
    let base = base(&mock, "apiin");
    record(&bench, &base, &["apiin/cogview-4"]);
    let before = files(bench.catalog.as_ref().unwrap());
    let again = record(&bench, &base, &["apiin/cogview-4"]);
    // A probe's own statement is one side more of what it is held against.
    assert_eq!(again.check("mode")["verdict"], "holds");
    assert_eq!(files(bench.catalog.as_ref().unwrap()), before);
}

#[test]
fn sizes_are_recorded_beside_their_sides_and_not_nearer_to_the_listing() {
    let (bench, mock) = (own(), Mock::start(&["bigmodel"]));
    let listing = read(&bench, "listings/bigmodel/cogview-4-250304.toml");
    record(&bench, &base(&mock, "bigmodel"), &["bigmodel/cogview-4-250304"]);
    assert_eq!(read(&bench, "listings/bigmodel/cogview-4-250304.toml"), listing);
    assert!(
        read(&bench, "endpoints/bigmodel/images.toml")
            .contains("sizes = [\"1024x1024\", \"768x1344\"")
    );
    passes_check(&bench);
    let (value, views) = settled(&bench, "bigmodel/cogview-4-250304", "sizes");
    assert_eq!((value.as_str(), views), ("512-2048, divisible by 16, at most 2097152 pixels", 2));
}

fn hand_on(address: &str, request: &str, socket: &mut TcpStream) {
    let (line, rest) = request.split_once("\r\n").unwrap();
    let mut behind = TcpStream::connect(address).unwrap();
    write!(behind, "{line}\r\nconnection: close\r\n{rest}").unwrap();
    let _ = std::io::copy(&mut behind, socket);
}

/// Hands all to a mock but what holds one of these words, which it refuses.
fn refusing(mock: &Mock, words: &'static [&str]) -> Recorder {
    let address = mock.address.clone();
    Recorder::start(move |request, socket| {
        if words.iter().any(|word| request.contains(word)) {
            return say(socket, 400, "", b"{\"error\":{\"code\":\"1214\",\"message\":\"no\"}}");
        }
        hand_on(&address, request, socket);
    })
}

#[test]
fn a_server_that_draws_one_size_settles_the_other_side() {
    let (bench, mock) = (disputed(), Mock::small(&[]));
    let server = refusing(&mock, &["768x1344"]);
    let seen = record(&bench, &server.base("p"), &["p/l", "--trust-host", &mock.address]);
    seen.all_is_well("either side of a dispute is lawful");
    assert!(seen.check("sizes")["observed"].as_str().unwrap().contains("only 1024x1024 is drawn"));
    let image = seen.check("image.size.768x1344");
    assert_eq!(image["verdict"], "skipped", "{image}");
    passes_check(&bench);
    assert_eq!(settled(&bench, "p/l", "sizes"), ("1024x1024".to_owned(), 2));
}

#[test]
fn sizes_by_a_list_and_by_a_rule_are_two_sides_of_which_a_server_keeps_one() {
    let listed = ["1024x1024", "768x1344"];
    let by_rule = || {
        let bench = Bench::small();
        let rule = "sizes = { min = 512, max = 2048, divisor = 16, max-pixels = 2097152 }";
        let stated = format!("[[statement]]\nsource = \"other\"\nseen = 2026-11-20\n{rule}\n");
        add(&bench, "listings/p/l.toml", &stated);
        bench
    };
    let mock = Mock::small(&[]);
    let address = mock.address.clone();
    let keeps_the_list = Recorder::start(move |request, socket| {
        let size =
            request.split_once("\"size\":\"").map(|(_, rest)| &rest[..rest.find('"').unwrap()]);
        if size.is_some_and(|size| !listed.contains(&size)) {
            return say(socket, 400, "", b"{\"error\":{\"code\":\"1214\",\"message\":\"no\"}}");
        }
        hand_on(&address, request, socket);
    });
    let bench = by_rule();
    let flags = ["p/l", "--trust-host", &mock.address];
    let seen = record(&bench, &keeps_the_list.base("p"), &flags);
    seen.all_is_well("either side of a dispute is lawful");
    let sizes = seen.check("sizes");
    assert_eq!(sizes["verdict"], "holds", "{sizes}");
    assert!(sizes["observed"].as_str().unwrap().contains("512x512 refused"), "{sizes}");
    passes_check(&bench);
    assert_eq!(settled(&bench, "p/l", "sizes"), (listed.join(", "), 2));
    // Who refuses what both sides offer keeps neither.
    let neither = refusing(&mock, &["768x1344", "512x512"]);
    let seen =
        by_rule().run(&neither.base("p"), &[&flags[..], &["--spend-limit", "9 USD"]].concat());
    assert_eq!(seen.check("sizes")["verdict"], "broken", "{}", seen.check("sizes"));
}

#[test]
fn every_dispute_that_a_run_can_see_is_settled() {
    let (bench, mock) = (disputed(), Mock::small(&[]));
    let seen = record(&bench, &base(&mock, "p"), &["p/l"]);
    seen.all_is_well("either side of a dispute is lawful");
    passes_check(&bench);
    for (field, value) in [
        ("mode", "sync"),
        ("default-size", "1024x1024"),
        ("sizes", "1024x1024, 768x1344"),
        ("qualities", "standard, hd"),
        ("response-formats", "url, b64_json"),
        ("prompt-limit", "20 chars"),
        ("user-id-length", "6-10"),
    ] {
        assert_eq!(settled(&bench, "p/l", field), (value.to_owned(), 2), "{field}");
    }
    let listing = read(&bench, "listings/p/l.toml");
    assert_eq!(listing.matches("source = \"probe-p-l\"").count(), 1, "one statement a run");
}

#[test]
fn a_mixture_of_sides_is_broken_and_settles_nothing() {
    let (bench, mock) = (disputed(), Mock::small(&[]));
    // `url` is the one format of both sides, and `b64_json` that of one.
    let server = refusing(&mock, &["\"response_format\":\"url\""]);
    let seen = record(&bench, &server.base("p"), &["p/l", "--trust-host", &mock.address]);
    assert_eq!((seen.code, &seen.check("response-formats")["verdict"]), (1, &"broken".into()));
    let recorded = read(&bench, "listings/p/l.toml").split_once("probe-p-l").unwrap().1.to_owned();
    assert!(!recorded.contains("response-formats") && recorded.contains("mode"), "{recorded}");
}

#[test]
fn a_spelling_that_alone_is_taken_settles_the_code() {
    let zai = "zai/cogview-4-250304";
    let mock = Mock::start(&["zai"]);
    let camel: &[&str] = &["\"cogView-4-250304\"", "\"CogView-4-250304\""];
    // A server that folds case takes all spellings, which decides nothing.
    for (refused, value) in [(&[][..], None), (camel, Some("cogview-4-250304"))] {
        let bench = own();
        let server = refusing(&mock, refused);
        let seen = record(&bench, &server.base("zai"), &[zai, "--trust-host", &mock.address]);
        seen.all_is_well("a refused spelling is one side of the dispute");
        assert_eq!(seen.check("model-code")["verdict"], "holds");
        let written = read(&bench, "listings/zai/cogview-4-250304.toml");
        assert_eq!(written.contains("probe-zai"), value.is_some(), "{written}");
        if let Some(value) = value {
            passes_check(&bench);
            assert_eq!(settled(&bench, zai, "model-code"), (value.to_owned(), 3));
        }
    }
    // Where none is taken, no side is right.
    let server = refusing(&mock, &["250304\""]);
    let seen = own().run(&server.base("zai"), &[zai, "--spend-limit", "9 USD"]);
    assert_eq!(seen.check("model-code")["verdict"], "broken");
}

#[test]
fn a_later_run_of_a_day_adds_only_what_is_new() {
    let (bench, mock) = (disputed(), Mock::small(&[]));
    let base = base(&mock, "p");
    owned(&bench, &base);
    // The plainest request alone is paid for.
    bench.run(&base, &["p/l", "--spend-limit", "0.01 USD", "--record"]);
    let (mode, before) = (settled(&bench, "p/l", "mode").0, read(&bench, "listings/p/l.toml"));
    let first = before.split_once("source = \"probe-p-l\"").unwrap().1;
    assert!(mode == "sync" && !first.contains("sizes"), "{first}");
    // A new history counts its runs from one again.
    std::fs::remove_file(bench.path("h.sqlite")).unwrap();
    record(&bench, &base, &["p/l"]);
    let after = read(&bench, "listings/p/l.toml");
    let added = after.strip_prefix(&before).expect("what stood there stays");
    assert!(added.contains("at = \"run 1, 2\""), "{added}");
    assert!(added.contains("sizes = ") && !added.contains("mode = "), "{added}");
    passes_check(&bench);
    for field in ["mode", "default-size", "sizes", "qualities", "prompt-limit"] {
        settled(&bench, "p/l", field);
    }
}

#[test]
fn a_replay_records_as_of_its_run() {
    let (bench, mock) = (disputed(), Mock::small(&[]));
    let base = base(&mock, "p");
    owned(&bench, &base);
    let run = bench.run(&base, &["p/l", "--spend-limit", "9 USD"]).document()["run"].to_string();
    let before = read(&bench, "listings/p/l.toml");
    assert!(!before.contains("probe-p-l"));
    bench.run(&base, &["--replay", &run, "--record"]);
    assert!(read(&bench, "listings/p/l.toml").contains("at = \"run 1\""));
    passes_check(&bench);
    assert_eq!(settled(&bench, "p/l", "mode").0, "sync");
}

#[test]
fn what_another_host_answers_is_not_recorded_and_nothing_is_sent() {
    let mock = Mock::start(&["apiin"]);
    let relay = Recorder::before(&mock, |_| {});
    let bench = own();
    let before = files(bench.catalog.as_ref().unwrap());
    let limits = ["apiin/cogview-4", "--spend-limit", "9 USD"];
    let seen = bench.run(&relay.base("apiin"), &[&limits[..], &["--record"]].concat());
    assert_eq!(seen.code, 2, "{}", seen.stdout);
    assert!(seen.stderr.contains("https://apiin.one"), "{}", seen.stderr);
    assert_eq!(relay.asked(), Vec::<String>::new());
    // Nor is a run that was made there, afterwards.
    bench.run(&relay.base("apiin"), &limits);
    let replayed = Seen::of(bench.bare(&["--replay", "1", "--record"]));
    assert_eq!(replayed.code, 2, "{}", replayed.stderr);
    assert_eq!(files(bench.catalog.as_ref().unwrap()), before);
}

#[test]
fn without_a_catalog_to_write_into_nothing_is_sent() {
    let server = Recorder::saying(200, "{}");
    let bench = Bench::new();
    let seen = record(&bench, &server.base("apiin"), &["apiin/cogview-4"]);
    assert_eq!(seen.code, 2);
    assert!(seen.stderr.contains("--catalog"), "{}", seen.stderr);
    assert!(server.asked().is_empty());
}

#[test]
fn nothing_of_an_answer_enters_the_catalog_and_an_address_is_quoted() {
    let pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
    let evil = "\"\n[evil]\naddress = \"x\"\n[[statement]]\nmode = \"async\"\n\u{1b}[31m'''";
    let link = format!("data:image/png;base64,{pixel}");
    let body = serde_json::json!({
        "created": evil, "data": [{ "url": link, "revised_prompt": evil }], evil: evil,
        "status": evil, "mode": evil,
    });
    let body = body.to_string();
    let server = Recorder::start(move |_, socket| say(socket, 200, "", body.as_bytes()));
    let bench = disputed();
    let base = format!("{}/a\"]\\\n[evil]\nx = \"", server.base("p"));
    let seen = record(&bench, &base, &["p/l"]);
    let listing = read(&bench, "listings/p/l.toml");
    let recorded = listing.split_once("probe-p-l").expect(&seen.stderr).1;
    assert!(recorded.contains("mode = \"sync\"") && !recorded.contains("evil"), "{recorded}");
    assert!(!recorded.contains('\u{1b}'), "{recorded:?}");
    let sources = read(&bench, "sources.toml");
    assert!(sources.contains("/a%22]/[evil]x%20=%20%22\"\n"), "{sources}");
    assert!(sources.lines().all(|line| line != "[evil]"), "{sources}");
    passes_check(&bench);
    assert_eq!(settled(&bench, "p/l", "mode").0, "sync");
}

#[test]
fn a_listing_with_a_dot_in_its_name_gets_a_source_of_its_own() {
    let (bench, mock) = (disputed(), Mock::small(&[]));
    let folder = bench.catalog.as_ref().unwrap().join("listings/p");
    std::fs::rename(folder.join("l.toml"), folder.join("l-1.5.toml")).unwrap();
    let seen = record(&bench, &base(&mock, "p"), &["p/l-1.5"]);
    assert!(read(&bench, "sources.toml").contains("\n[probe-p-l-1-5]\n"), "{}", seen.stderr);
    passes_check(&bench);
    assert_eq!(settled(&bench, "p/l-1.5", "mode").0, "sync");
}
