//! Whole processes: `hurl` on the same server, and `cogdex probe` on the mock.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::processor_ms;
use crate::server::Server;

/// As many as the peer's script has; the start of the process is shared by all.
const REQUESTS: u64 = 2000;

const ROUNDS: usize = 5;

const COGDEX: &str = env!("CARGO_BIN_EXE_cogdex");

/// So often a whole probe is run.
const PROBES: u64 = 40;

/// Ten assertions on the server's answer, as near to ours as the language has them.
const ASSERTIONS: &str = r#"HTTP 200
[Asserts]
header "Content-Type" contains "application/json"
jsonpath "$.created" isInteger
jsonpath "$.created" >= 1763596800
jsonpath "$.created" <= 1763769600
jsonpath "$.data" count == 1
jsonpath "$.data[0].url" startsWith "data:image/png"
jsonpath "$.data[0]" exists
jsonpath "$.content_filter" count == 1
jsonpath "$.content_filter[0].role" matches /^(assistant|user|history)$/
jsonpath "$.content_filter[0].level" <= 3
"#;

/// `hurl` with ten assertions, on one connection and with a connection for each request.
pub(crate) fn hurl(server: &Server) {
    let hurl = std::env::var("HURL").unwrap_or_else(|_| "hurl".to_owned());
    if Command::new(&hurl).arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("there is no `hurl` to compare with; HURL names one that is not in the path");
        return;
    }
    let folder = tempfile::tempdir().expect("there is room");
    for (name, url) in
        [("hurl, one connection", server.url()), ("hurl, a connection each", server.closing_url())]
    {
        let mut text = String::new();
        for _ in 0..REQUESTS {
            let body = r#"{"model":"cogview-4-250304","prompt":"a lighthouse at dusk"}"#;
            let key = "Authorization: Bearer mock-7f3a9c+E5b/2Qd8=xW41";
            let head = format!("POST {url}\nContent-Type: application/json\n{key}\n");
            writeln!(text, "{head}{body}\n{ASSERTIONS}").expect("a text takes all");
        }
        let file = folder.path().join("many.hurl");
        std::fs::write(&file, text).expect("it can be written");
        let once = || {
            let mut command = Command::new(&hurl);
            command.args(["--test", "--no-output"]).arg(&file);
            processor_ms(command)
        };
        let mut took: Vec<_> = (0..ROUNDS).map(|_| once()).collect();
        took.sort_unstable();
        let micros = |ms: u64| ms * 1000 / REQUESTS;
        println!("{name:32} {:>9} {:>9}", micros(took[ROUNDS / 2]), micros(took[0]));
    }
}

/// `cogdex probe` with all that a run is: the process, its history, ledger, evidence and report.
pub(crate) fn whole_process() {
    let mock = Mock::start();
    let folder = tempfile::tempdir().expect("there is room");
    let base = format!("http://{}/zai", mock.address);
    let before = mock.asked();
    let mut total = 0;
    for number in 0..PROBES {
        let mut command = Command::new(COGDEX);
        command.args(["probe", "zai/cogview-4-250304", "--spend-limit", "90 USD"]);
        command.args(["--base-url", &base, "--key-env", "BENCH_KEY", "--history"]);
        command.arg(folder.path().join(format!("{number}.sqlite")));
        command.env("BENCH_KEY", "mock.7f3a9cE5b2Qd8xW41");
        total += processor_ms(command);
    }
    let calls = (mock.asked() - before) / PROBES;
    println!(
        "\n`cogdex probe`, {PROBES} runs: {} ms of processor time, {calls} calls, {} µs each",
        total / PROBES,
        1000 * total / PROBES / calls
    );
}

struct Mock {
    child: Child,
    address: String,
}

impl Mock {
    fn start() -> Self {
        let mut child = Command::new(COGDEX)
            .args(["mock", "--addr", "127.0.0.1:0", "--stop-after", "5m", "-q"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program was built");
        let mut line = String::new();
        let said = child.stdout.take().expect("it is piped");
        BufReader::new(said).read_line(&mut line).expect("it says where it is");
        let address = line.trim().strip_prefix("listening on http://").expect("it does").to_owned();
        Self { child, address }
    }

    /// How many requests it was sent; images are not among them.
    fn asked(&self) -> u64 {
        let mut socket = TcpStream::connect(&self.address).expect("it is there");
        let host = &self.address;
        write!(socket, "GET /_mock/counts HTTP/1.0\r\nhost: {host}\r\n\r\n").expect("it reads");
        let mut text = String::new();
        socket.read_to_string(&mut text).expect("it answers");
        let (_, body) = text.split_once("\r\n\r\n").expect("it has a body");
        let counts: serde_json::Value = serde_json::from_str(body).expect("it is JSON");
        let all = counts["asked"].as_object().expect("it counts").values();
        all.filter_map(serde_json::Value::as_u64).sum()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
