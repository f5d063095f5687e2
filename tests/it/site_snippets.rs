//! The snippets: made from contracts, run against the mock, and closed to hostile text.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use cogdex::catalog::Catalog;
use cogdex::site::{ProbeRecords, Settings, Site, Snippet};

use crate::served::{CONTRACTS, Mock};
use crate::support::{TODAY, catalog as catalog_of};

fn snippets(catalog: &Catalog, id: &str) -> Vec<Snippet> {
    let records = ProbeRecords::default();
    // A contract that was read yesterday has snippets, too.
    let as_of = catalog.editions.last().map_or(TODAY, |edition| edition.date.max(TODAY));
    let site = Site::new(catalog, &records, Settings { as_of, served: false });
    site.snippets(&catalog.listings[id])
}

fn code(catalog: &Catalog, id: &str, anchor: &str) -> String {
    let snippets = snippets(catalog, id);
    let found = snippets.iter().find(|snippet| snippet.anchor == anchor);
    found.unwrap_or_else(|| panic!("{id} has no {anchor}")).code.clone()
}

/// Whether a program is there; a test that needs one which is not says so.
fn has(program: &str) -> bool {
    let mut asked = Command::new(program);
    // Whether it can be started: not every shell knows `--version`.
    asked.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let is = asked.status().is_ok();
    if !is {
        // Past the capture of the test's own output.
        let said = format!("left out: there is no {program}\n");
        std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    is
}

/// The code with its first variables set as a reader would set them: another host, no pause.
fn pointed(code: &str, base: &str) -> String {
    let (before, after) = code.split_once("BASE_URL").unwrap();
    let (line, rest) = after.split_once('\n').unwrap();
    let start = line.find("http").unwrap();
    let end = start + line[start..].find(['"', '\'']).unwrap();
    let code = format!("{before}BASE_URL{}{base}{}\n{rest}", &line[..start], &line[end..]);
    code.replacen("PAUSE = 2", "PAUSE = 0", 1).replacen("PAUSE=2", "PAUSE=0", 1)
}

fn run(program: &str, folder: &Path, file: &str, code: &str, key: &str) -> Output {
    std::fs::write(folder.join(file), code).unwrap();
    Command::new(program)
        .arg(file)
        .current_dir(folder)
        .env(key, "mock-key")
        // A proxy of the one who runs the tests would be asked for 127.0.0.1.
        .env("no_proxy", "127.0.0.1")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap()
}

fn key(catalog: &Catalog, id: &str) -> String {
    let provider = &catalog.providers[id.split('/').next().unwrap()];
    provider.key_env.as_deref().unwrap_or("API_KEY").to_owned()
}

/// The image that a program left in its folder.
fn image(folder: &Path) -> Vec<u8> {
    let found =
        ["image.png", "image.jpeg"].iter().find_map(|it| std::fs::read(folder.join(it)).ok());
    found.unwrap_or_default()
}

/// Runs one snippet of every listing against the mock; each has to fetch an image.
fn all_fetch(program: &str, anchor: &str, file: &str) {
    if !has(program) {
        return;
    }
    let catalog = Catalog::embedded().unwrap();
    let mock = Mock::start(&[]);
    let mut ran = 0;
    for id in catalog.listings.keys() {
        if snippets(&catalog, id).is_empty() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let provider = id.split('/').next().unwrap();
        let base = format!("http://{}/{provider}", mock.address);
        let code = pointed(&code(&catalog, id, anchor), &base);
        let output = run(program, folder.path(), file, &code, &key(&catalog, id));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{id}: {said}\n{code}");
        assert!(image(folder.path()).starts_with(b"\x89PNG\r\n\x1a\n"), "{id}: {code}");
        ran += 1;
    }
    assert!(ran >= 14, "only {ran} listings have snippets");
}

#[test]
fn python_fetches_an_image_from_every_listing() {
    all_fetch("python3", "call-python", "call.py");
}

#[test]
fn javascript_fetches_an_image_from_every_listing() {
    all_fetch("node", "call-javascript", "call.mjs");
}

#[test]
fn curl_fetches_an_image_from_every_listing() {
    if has("curl") && has("jq") {
        all_fetch("sh", "call-curl", "call.sh");
    }
}

#[test]
fn a_refusal_and_a_failed_task_stop_each_program() {
    if !has("python3") || !has("node") || !has("curl") || !has("jq") {
        return;
    }
    let catalog = catalog_of(&CONTRACTS);
    for fault in ["task-fails", "error-after-generating"] {
        let mock = Mock::small(&["--fault", fault]);
        for (program, anchor, file) in [
            ("python3", "call-python", "call.py"),
            ("node", "call-javascript", "call.mjs"),
            ("sh", "call-curl", "call.sh"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let base = format!("http://{}/q", mock.address);
            let code = pointed(&code(&catalog, "q/l", anchor), &base);
            let output = run(program, folder.path(), file, &code, "API_KEY");
            assert!(!output.status.success(), "{program}: {fault}\n{code}");
            assert!(image(folder.path()).is_empty());
        }
    }
}

#[test]
fn an_image_in_the_answer_itself_is_written_too() {
    let endpoint: Vec<_> = CONTRACTS[0].1.split("[[clause]]").collect();
    let endpoint: Vec<_> =
        endpoint.into_iter().filter(|clause| !clause.contains("\"answer.url\"")).collect();
    let endpoint = endpoint.join("[[clause]]");
    let mut files = CONTRACTS;
    files[0].1 = &endpoint;
    let catalog = catalog_of(&files);
    let mock = Mock::small(&[]);
    for (program, anchor, file) in [
        ("python3", "call-python", "call.py"),
        ("node", "call-javascript", "call.mjs"),
        ("sh", "call-curl", "call.sh"),
    ] {
        if !has(program) || (program == "sh" && !has("jq")) {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let code = pointed(&code(&catalog, "p/l", anchor), &format!("http://{}/p", mock.address));
        let output = run(program, folder.path(), file, &code, "API_KEY");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}\n{code}");
        assert!(image(folder.path()).starts_with(b"\x89PNG"), "{program}");
    }
}

/// What would be run if a text got out of its quotes: a file in the folder where it runs.
const HOSTILE: &str =
    r#"a'b"c\d$(touch hacked)`touch hacked`\u0022\u000a</script>*/#{e}${f}'; touch hacked; '"#;

/// A catalog whose every text is hostile.
fn hostile() -> Catalog {
    // A string of JSON is one of TOML.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let toml = quoted(&format!("{HOSTILE}\u{202e}\u{2028}x"));
    let endpoint = CONTRACTS[2]
        .1
        .replace(
            "\"https://api.example.com/api/images\"",
            &quoted(&format!("https://a.example/{HOSTILE}")),
        )
        .replace("\"Key\"", &quoted(&format!("Key{HOSTILE}")))
        .replace("\"completed\"", &toml)
        .replace("\"failed\"", &toml)
        .replace(
            "\"data.status\"",
            &quoted(&format!("data.{}", HOSTILE.replace(['.', '[', ']'], ""))),
        )
        .replace("\"data.task_id\"", &toml);
    let listing = CONTRACTS[3].1.replace("[[statement]]", &format!("slug = {toml}\n[[statement]]"));
    let field = "[[clause]]\nid = \"request.model\"\nsource = \"page\"\nseen = 2026-11-20\n\
                 field = { name = \"model\", type = \"string\", required = true, fact = \"model-code\" }\n";
    let endpoint = format!("{endpoint}{field}");
    let mut files = CONTRACTS;
    files[2].1 = &endpoint;
    files[3].1 = &listing;
    catalog_of(&files)
}

/// Runs a program on a file and says what it printed.
fn checked(program: &str, arguments: &[&str], folder: &Path, file: &str, code: &str) {
    std::fs::write(folder.join(file), code).unwrap();
    let output =
        Command::new(program).args(arguments).arg(file).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}\n{code}");
}

#[test]
fn no_text_of_a_catalog_gets_out_of_its_quotes() {
    let catalog = hostile();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let code = |anchor: &str| code(&catalog, "q/l", anchor);
    checked("sh", &["-n"], path, "call.sh", &code("call-curl"));
    if has("python3") {
        checked("python3", &["-m", "py_compile"], path, "call.py", &code("call-python"));
    }
    if has("node") {
        checked("node", &["--check"], path, "call.mjs", &code("call-javascript"));
        assert!(!code("call-javascript").contains("</script>"));
    }
    if has("rustfmt") {
        checked("rustfmt", &["--edition", "2024"], path, "main.rs", &code("call-rust"));
    }
    // To run them shows more: each fails to reach anyone, and runs nothing else.
    for (program, anchor, file) in [
        ("sh", "call-curl", "call.sh"),
        ("python3", "call-python", "call.py"),
        ("node", "call-javascript", "call.mjs"),
    ] {
        if has(program) {
            let code = pointed(&code(anchor), "http://127.0.0.1:1");
            let output = run(program, path, file, &code, "API_KEY");
            assert!(!output.status.success());
        }
    }
    assert!(!path.join("hacked").exists());
}

#[test]
fn java_compiles_for_every_listing_and_for_hostile_text() {
    if !has("javac") {
        return;
    }
    let embedded = Catalog::embedded().unwrap();
    let hostile = hostile();
    let folder = tempfile::tempdir().unwrap();
    stubs(folder.path());
    let mut files: Vec<PathBuf> = Vec::new();
    let all = embedded.listings.keys().map(|id| (&embedded, id.as_str()));
    for (n, (catalog, id)) in all.chain([(&hostile, "q/l")]).enumerate() {
        let all = snippets(catalog, id);
        let Some(java) = all.iter().find(|snippet| snippet.anchor == "call-java") else { continue };
        // Classes of one name stand in packages of their own.
        let package = folder.path().join(format!("p{n}"));
        std::fs::create_dir(&package).unwrap();
        std::fs::write(package.join("Draw.java"), format!("package p{n};\n{}", java.code)).unwrap();
        files.push(package.join("Draw.java"));
    }
    assert!(files.len() >= 15, "{files:?}");
    let output = Command::new("javac")
        .args(["-encoding", "UTF-8", "-sourcepath", ".", "-d", "out"])
        .args(&files)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The two classes of Jackson, as far as the snippets use them, so that javac can judge the rest.
fn stubs(folder: &Path) {
    let package = folder.join("com/fasterxml/jackson/databind");
    std::fs::create_dir_all(&package).unwrap();
    let node = "package com.fasterxml.jackson.databind;\n\
        public abstract class JsonNode implements Iterable<JsonNode> {\n\
        public abstract JsonNode at(String pointer);\n\
        public abstract boolean isMissingNode();\npublic abstract boolean isNull();\n\
        public abstract boolean isTextual();\npublic abstract String asText();\n}\n";
    let mapper = "package com.fasterxml.jackson.databind;\n\
        public class ObjectMapper {\n\
        public String writeValueAsString(Object value) throws java.io.IOException { return null; }\n\
        public JsonNode readTree(String text) throws java.io.IOException { return null; }\n}\n";
    std::fs::write(package.join("JsonNode.java"), node).unwrap();
    std::fs::write(package.join("ObjectMapper.java"), mapper).unwrap();
}

#[test]
fn rust_is_parsed_for_every_listing() {
    if !has("rustfmt") {
        return;
    }
    let catalog = Catalog::embedded().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for id in catalog.listings.keys() {
        for snippet in snippets(&catalog, id).iter().filter(|it| it.language == "rust") {
            checked("rustfmt", &["--edition", "2024"], folder.path(), "main.rs", &snippet.code);
        }
    }
}

#[test]
fn the_package_that_the_sources_name_is_used_and_never_sends_twice() {
    let catalog = Catalog::embedded().unwrap();
    for (id, anchor, package) in [
        ("aigateway/cogview4", "call-python-openai", "from openai import OpenAI"),
        ("bigmodel/cogview-4-250304", "call-python-zhipuai", "from zhipuai import ZhipuAI"),
        ("zai/cogview-4-250304", "call-python-zai-sdk", "from zai import ZaiClient"),
    ] {
        let code = code(&catalog, id, anchor);
        assert!(code.contains(package) && code.contains("max_retries=0"), "{code}");
    }
    let others = snippets(&catalog, "apiin/cogview-4");
    assert!(others.iter().all(|snippet| !snippet.anchor.starts_with("call-python-")));
    // The name alone decides, whoever the seller is; a package that is not known has no code.
    let endpoint = CONTRACTS[0].1.replace("/v1/images", "/v1/images/generations");
    for (name, has) in [("openai", true), ("$(touch hacked)", false)] {
        let named = format!("{}client = \"{name}\"\n", CONTRACTS[1].1);
        let mut files = CONTRACTS;
        files[0].1 = &endpoint;
        files[1].1 = &named;
        let snippets = snippets(&catalog_of(&files), "p/l");
        assert_eq!(snippets.iter().any(|it| it.anchor == "call-python-openai"), has);
        assert_eq!(snippets.len(), if has { 6 } else { 5 });
    }
}

#[test]
fn where_no_contract_is_known_there_is_no_code() {
    let catalog = Catalog::embedded().unwrap();
    for id in ["gitee/cogview4-6b", "huggingface/cogview4-6b", "replicate/cogview4-6b"] {
        assert!(snippets(&catalog, id).is_empty(), "{id}");
    }
}

#[test]
fn a_changed_contract_changes_the_code() {
    let mut files = CONTRACTS;
    let moved =
        files[2].1.replace("https://api.example.com/api/images", "https://new.example.com/draw");
    files[2].1 = &moved;
    for anchor in ["call-curl", "call-python", "call-javascript", "call-java", "call-rust"] {
        let (before, after) = (
            code(&catalog_of(&CONTRACTS), "q/l", anchor),
            code(&catalog_of(&files), "q/l", anchor),
        );
        assert!(before.contains("https://api.example.com") && before.contains("/api/images"));
        assert!(after.contains("https://new.example.com") && after.contains("/draw"), "{after}");
    }
}
