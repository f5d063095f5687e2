//! A mock under test: started on a free port of loopback, spoken to in plain HTTP, and stopped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::{BASE, program};

/// Two small contracts: one that answers at once, one with tasks, in the form of the catalog.
pub(crate) const CONTRACTS: [(&str, &str); 5] = [
    (
        "endpoints/p/images.toml",
        r#"name = "Images"
[[clause]]
id = "call.create"
source = "page"
seen = 2026-11-20
call = { name = "create", method = "POST", url = "https://api.example.com/v1/images", billable = true }
[[clause]]
id = "auth"
source = "page"
seen = 2026-11-20
auth = { calls = ["create"], header = "Authorization", scheme = "Bearer" }
[[clause]]
id = "request.model"
source = "page"
seen = 2026-11-20
field = { name = "model", type = "string", required = true, fact = "model-code" }
[[clause]]
id = "request.prompt"
source = "page"
seen = 2026-11-20
field = { name = "prompt", type = "string", required = true, fact = "prompt-limit" }
[[clause]]
id = "request.size"
source = "page"
seen = 2026-11-20
field = { name = "size", type = "string", required = false, fact = "sizes" }
[[clause]]
id = "request.quality"
source = "page"
seen = 2026-11-20
field = { name = "quality", type = "string", required = false, fact = "qualities" }
[[clause]]
id = "request.n"
source = "page"
seen = 2026-11-20
field = { name = "n", type = "integer", required = false, fact = "images-per-answer" }
[[clause]]
id = "request.response_format"
source = "page"
seen = 2026-11-20
field = { name = "response_format", type = "string", required = false, fact = "response-formats" }
[[clause]]
id = "request.user_id"
source = "page"
seen = 2026-11-20
field = { name = "user_id", type = "string", required = false, fact = "user-id-length" }
[[clause]]
id = "answer.created"
source = "page"
at = "table"
seen = 2026-11-20
answer = { call = "create", path = "created", type = "integer", required = true, role = "created" }
[[clause]]
id = "answer.created"
source = "other"
seen = 2026-11-20
answer = { call = "create", path = "created", type = "string", required = true, role = "created" }
[[clause]]
id = "answer.url"
source = "page"
seen = 2026-11-20
answer = { call = "create", path = "data[].url", type = "string", required = false, role = "image-link" }
[[clause]]
id = "answer.b64_json"
source = "page"
seen = 2026-11-20
answer = { call = "create", path = "data[].b64_json", type = "string", required = false, role = "image-base64" }
[[clause]]
id = "error-body"
source = "page"
seen = 2026-11-20
error-body = { code = "error.code", code-type = "string", message = "error.message" }
[[clause]]
id = "error.401"
source = "page"
seen = 2026-11-20
error = { status = 401, when = "wrong-key", code = "1002" }
[[clause]]
id = "error.404"
source = "page"
seen = 2026-11-20
error = { status = 404, when = "unknown-model", code = "1211" }
[[clause]]
id = "error.429"
source = "page"
seen = 2026-11-20
error = { status = 429, when = "rate-limit", code = "1302", retryable = true }
[[clause]]
id = "error.1113"
source = "page"
seen = 2026-11-20
error = { status = 429, when = "no-funds", code = "1113", retryable = false }
"#,
    ),
    (
        "listings/p/l.toml",
        r#"model = "m"
endpoint = "p/images"
slug = "maker/model-l"
[[statement]]
source = "page"
seen = 2026-11-20
price = "0.01 USD / image"
sizes = ["1024x1024", "768x1344"]
qualities = ["standard", "hd"]
prompt-limit = "20 chars"
images-per-answer = "1-2"
response-formats = ["url", "b64_json"]
user-id-length = "6-10"
latency = "1-2 s"
mode = "sync"
"#,
    ),
    (
        "endpoints/q/images.toml",
        r#"name = "Tasks"
[[clause]]
id = "call.create"
source = "page"
seen = 2026-11-20
call = { name = "create", method = "POST", url = "https://api.example.com/api/images", billable = true }
[[clause]]
id = "call.poll"
source = "page"
seen = 2026-11-20
call = { name = "poll", method = "GET", url = "https://api.example.com/api/tasks/{task}", billable = false }
[[clause]]
id = "auth"
source = "page"
seen = 2026-11-20
auth = { calls = ["create", "poll"], header = "Authorization", scheme = "Key" }
[[clause]]
id = "request.prompt"
source = "page"
seen = 2026-11-20
field = { name = "prompt", type = "string", required = true }
[[clause]]
id = "request.size"
source = "page"
seen = 2026-11-20
field = { name = "size", type = "string", required = false, fact = "sizes" }
[[clause]]
id = "answer.task-id"
source = "page"
seen = 2026-11-20
answer = { call = "create", path = "data.task_id", type = "string", required = true, role = "task-id", example = "n48_cv4" }
[[clause]]
id = "answer.task-id"
source = "other"
seen = 2026-11-20
answer = { call = "create", path = "id", type = "string", required = true, role = "task-id" }
[[clause]]
id = "answer.task-status"
source = "page"
seen = 2026-11-20
answer = { call = "create", path = "data.status", type = "string", required = true, role = "task-status" }
[[clause]]
id = "answer.task-status"
source = "other"
seen = 2026-11-20
answer = { call = "create", path = "status", type = "string", required = true, role = "task-status" }
[[clause]]
id = "poll.status"
source = "page"
seen = 2026-11-20
answer = { call = "poll", path = "data.status", type = "string", required = true, role = "task-status" }
[[clause]]
id = "task.under-way"
source = "page"
seen = 2026-11-20
task = { under-way = ["IN_PROGRESS"] }
[[clause]]
id = "task.under-way"
source = "other"
seen = 2026-11-20
task = { under-way = ["pending"] }
[[clause]]
id = "task.done"
source = "page"
seen = 2026-11-20
task = { done = ["completed"] }
[[clause]]
id = "task.failed"
source = "page"
seen = 2026-11-20
task = { failed = ["failed"] }
[[clause]]
id = "unknown.finished-task"
source = "page"
seen = 2026-11-20
unknown = { what = "the body of a finished task" }
[[clause]]
id = "error-body"
source = "page"
seen = 2026-11-20
error-body = { code = "error.code", code-type = "integer", message = "error.message", type = "error.type" }
"#,
    ),
    (
        "listings/q/l.toml",
        "model = \"m\"\nendpoint = \"q/images\"\n[[statement]]\nsource = \"page\"\nseen = 2026-11-20\n\
         price = \"0.01 USD / image\"\nsizes = [\"1024x1024\", \"768x1344\"]\nsize-spelling = \"W*H\"\n\
         mode = \"async\"\ndefault-size = \"1024x1024\"\n",
    ),
    ("endpoints/q/none.toml", "name = \"Without a contract\"\n"),
];

/// Writes a catalog with the two contracts into a folder.
pub(crate) fn write_catalog(folder: &Path) {
    for (path, text) in BASE.iter().chain(&CONTRACTS) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// A running mock; it is ended when the test is done with it.
pub(crate) struct Mock {
    child: Child,
    /// `127.0.0.1:` and the port.
    pub(crate) address: String,
    /// Kept as long as the mock may read it.
    folder: Option<tempfile::TempDir>,
}

impl Mock {
    /// The two small contracts.
    pub(crate) fn small(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_catalog(folder.path());
        let catalog = folder.path().to_str().unwrap().to_owned();
        let mut all = vec!["--catalog", &catalog];
        all.extend(arguments);
        let mut mock = Self::start(&all);
        mock.folder = Some(folder);
        mock
    }

    /// A mock with these arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let stops = arguments.contains(&"--stop-after");
        let mut child = Command::new(program())
            .args(["mock", "--addr", "127.0.0.1:0", "-q"])
            .args(if stops { &[][..] } else { &["--stop-after", "2m"] })
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect(&line).to_owned();
        Self { child, address, folder: None }
    }

    /// Sends a request and reads the whole answer; a fault may cut it short.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut lines = headers.join("\r\n");
        if !lines.is_empty() {
            lines.push_str("\r\n");
        }
        let host = &self.address;
        let length = body.len();
        write!(
            socket,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
             content-length: {length}\r\n{lines}\r\n{body}"
        )
        .unwrap();
        let mut bytes = Vec::new();
        let _ = socket.take(8 << 20).read_to_end(&mut bytes);
        Answer::parse(&bytes)
    }

    /// A POST of JSON with a good key.
    pub(crate) fn post(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, &["authorization: Bearer mock-key"], body)
    }

    /// Waits for the mock to end by itself.
    pub(crate) fn wait(mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        drop(self.folder.take());
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("no head");
        let headers = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
        let mut body = bytes[end + 4..].to_vec();
        if headers.contains("transfer-encoding: chunked") {
            body = unchunked(&body);
        }
        Self { status, headers, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&self.body)))
    }
}

/// The chunks of a body; a last one may be missing.
fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size =
            std::str::from_utf8(&rest[..end]).ok().and_then(|s| usize::from_str_radix(s, 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { break };
        let chunk = &rest[(end + 2).min(rest.len())..];
        body.extend_from_slice(&chunk[..size.min(chunk.len())]);
        rest = chunk.get(size + 2..).unwrap_or_default();
    }
    body
}
