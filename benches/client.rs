//! What a request with ten checks costs the client in processor time, beside the least that any
//! client would spend on the same bytes, and beside `hurl` with ten assertions.
//!
//! The server is a thread, or a process, of its own, and what it spends is not counted: ours is the
//! clock of the one thread that asks, the others' that of their process. All take turns.
#![expect(clippy::print_stdout, reason = "a benchmark's answer is what it prints")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cogdex::catalog::Catalog;
use cogdex::contract::{Check, Contract, Exchange, ImageEvidence, Judge, Plan, Verdict};
use cogdex::probe::{
    ANSWER_BYTES, ApiKey, Client, HttpResponse, KeyHeader, Outcome, OutgoingRequest, Redactor,
    Trust,
};
use jiff::civil::date;
use rustix::time::{ClockId, clock_gettime};

#[path = "client/peers.rs"]
mod peers;
#[path = "client/server.rs"]
mod server;

use server::{ASKED_AT, BODY, Server};

/// How many checks a figure is of, as in the peer's script.
const CHECKS: usize = 10;

/// Requests of one round, and rounds that are counted.
const REQUESTS: u32 = 500;
const ROUNDS: usize = 15;

/// The first rounds fill the caches.
const UNCOUNTED: usize = 2;

/// What takes turns; the first is ours.
const KINDS: [&str; 8] = [
    "ten checks, a connection each",
    "of it, to send and to read",
    "ten checks, one connection",
    "of it, to send and to read",
    "of it, all but that",
    "reqwest, a connection each",
    "reqwest, one connection",
    "a bare socket each",
];

const TIMEOUT: Duration = Duration::from_secs(20);

fn main() {
    // `cargo test --all-targets` runs this program, too, and is not to measure anything.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let server = Server::start();
    let catalog = Catalog::embedded().expect("it is ours");
    let listing = &catalog.listings["zai/cogview-4-250304"];
    let contract = Contract::new(&catalog, listing, date(2026, 11, 20)).expect("it has one");
    let plan = Plan::new(&contract);
    let ours = Ours::new(&contract, &plan, &server);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("there is a runtime");
    let rounds: Vec<[u64; 8]> = runtime.block_on(async {
        let mut rounds = Vec::new();
        for _ in 0..UNCOUNTED + ROUNDS {
            rounds.push(round(&ours, &server).await);
        }
        rounds.split_off(UNCOUNTED)
    });
    println!("\nprocessor time of the client for a request, medians of {ROUNDS} rounds");
    println!("{:32} {:>9} {:>9}", "", "µs", "fastest");
    for (number, name) in KINDS.iter().enumerate() {
        let mut figures: Vec<_> = rounds.iter().map(|round| round[number]).collect();
        figures.sort_unstable();
        println!("{name:32} {:>9} {:>9}", micros(figures[ROUNDS / 2]), micros(figures[0]));
    }
    peers::hurl(&server);
    peers::whole_process();
}

/// One turn of each kind: nanoseconds of this thread for one request.
async fn round(ours: &Ours<'_>, server: &Server) -> [u64; 8] {
    let text = ours.request_text();
    let fresh = plain_client(0);
    let kept = plain_client(1);
    let mut took = [0; 8];
    for (number, took) in took.iter_mut().enumerate() {
        let start = thread_time();
        for _ in 0..REQUESTS {
            match number {
                0 => ours.whole(true).await,
                1 => drop(ours.sent(true).await),
                2 => ours.whole(false).await,
                3 => drop(ours.sent(false).await),
                4 => ours.unsent().await,
                5 => reqwested(&fresh, ours, server).await,
                6 => reqwested(&kept, ours, server).await,
                _ => bare(server, text.as_bytes()),
            }
        }
        *took = (thread_time() - start) / u64::from(REQUESTS);
    }
    took
}

/// A probe's path from a contract to verdicts and evidence.
struct Ours<'c> {
    contract: &'c Contract<'c>,
    plan: &'c Plan<'c>,
    /// Where the plainest request stands in the plan.
    first: usize,
    checks: Vec<&'c Check<'c>>,
    client: Client,
    key: ApiKey,
    url: String,
}

impl<'c> Ours<'c> {
    fn new(contract: &'c Contract<'c>, plan: &'c Plan<'c>, server: &Server) -> Self {
        let first = plan.requests.iter().position(|ask| ask.id == "plain").expect("there is one");
        let checks: Vec<_> =
            plan.checks.iter().filter(|check| check.requests == [first]).take(CHECKS).collect();
        assert_eq!(checks.len(), CHECKS);
        let key = ApiKey::new("mock-7f3a9c+E5b/2Qd8=xW41".to_owned()).expect("it is a key");
        let invalid_key = ApiKey::invalid_example(7);
        let redactor = Redactor::new([&key, &invalid_key]).expect("they can be sought");
        let trust = Trust::new([server.host()]).expect("it is a host");
        let client = Client::new(redactor, trust).expect("there is a client");
        Self { contract, plan, first, checks, client, key, url: server.url() }
    }

    fn body(&self) -> serde_json::Value {
        let request = self.contract.create(&self.plan.requests[self.first].image);
        request.and_then(|request| request.body).expect("it has a body")
    }

    /// The bytes that the others send.
    fn request_text(&self) -> String {
        server::request(&self.body().to_string())
    }

    /// Alone as a request that may bill, or over a connection that is open already.
    async fn whole(&self, alone: bool) {
        let HttpResponse { status, headers, body, latency_ms, .. } = self.sent(alone).await;
        self.held(status, headers, &body, latency_ms).await;
    }

    /// The request made, sent, and its answer read and freed of keys.
    async fn sent(&self, alone: bool) -> HttpResponse {
        let json = self.body();
        let outcome = self.client.send(OutgoingRequest {
            method: "POST",
            url: &self.url,
            headers: Vec::new(),
            key: Some((&self.key, KeyHeader { name: "Authorization", scheme: "Bearer" })),
            json: Some(&json),
            timeout: TIMEOUT,
            cap_bytes: ANSWER_BYTES,
            alone,
        });
        let Outcome::Answered(answered) = outcome.await else { panic!("no answer") };
        answered
    }

    /// Everything but the request and what brings the answer: what is asked and judged.
    async fn unsent(&self) {
        std::hint::black_box(self.body().to_string());
        let kept = [("content-type", "application/json"), ("connection", "close")];
        let headers = kept.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        self.held(200, headers, BODY.as_bytes(), 0).await;
    }

    /// An answer read, its image looked at, all held against the contract, and made evidence of.
    async fn held(
        &self,
        status: u16,
        headers: Vec<(String, String)>,
        body: &[u8],
        latency_ms: u64,
    ) {
        let body: serde_json::Value = serde_json::from_slice(body).expect("it is JSON");
        let link = body["data"][0]["url"].as_str().expect("it has a link").to_owned();
        let picture = self.client.image(&link, ANSWER_BYTES, TIMEOUT).await;
        let mut seen = vec![None; self.plan.requests.len()];
        let exchange = Exchange {
            ask: "plain".to_owned(),
            status: Some(status),
            headers,
            body,
            is_json: true,
            asked_at: ASKED_AT,
            latency_ms,
            images: vec![ImageEvidence {
                link: Some(picture.link),
                status: Some(200),
                content_type: picture.content_type,
                kind: picture.kind,
                size: picture.size,
                ..ImageEvidence::default()
            }],
            ..Exchange::default()
        };
        std::hint::black_box(serde_json::to_string(&exchange).expect("it is a value"));
        seen[self.first] = Some(exchange);
        let judge = Judge::new(self.contract, self.plan, &seen);
        for check in &self.checks {
            let verdict = judge.assess(check);
            assert_eq!(verdict.outcome, Verdict::Holds, "{}: {}", check.id, verdict.reason);
        }
    }
}

/// The library below ours, told to keep as many connections as given.
fn plain_client(kept: usize) -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(kept);
    builder.build().expect("there is a client")
}

async fn reqwested(client: &reqwest::Client, ours: &Ours<'_>, server: &Server) {
    let body = ours.body().to_string();
    let request = client.post(server.url()).header("content-type", "application/json").body(body);
    let answer = request.send().await.expect("it is answered");
    assert_eq!(answer.bytes().await.expect("it has a body").len(), BODY.len());
}

/// The least that brings the same bytes there and back.
fn bare(server: &Server, request: &[u8]) {
    let mut socket = TcpStream::connect(server.address()).expect("it is there");
    socket.write_all(request).expect("it reads");
    let mut answer = vec![0; server::answer().len()];
    socket.read_exact(&mut answer).expect("it answers");
}

fn thread_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).expect("time goes on")
}

/// `12.3` for 12,345 nanoseconds.
fn micros(nanoseconds: u64) -> String {
    format!("{}.{}", nanoseconds / 1000, nanoseconds % 1000 / 100)
}

/// Runs a program to its end, and gives the processor time that it took, in milliseconds: the
/// kernel counts in hundredths of a second, so that it has to be run for long, or often.
fn processor_ms(mut command: Command) -> u64 {
    let before = childrens_ticks();
    let output = command.stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.expect("it can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    (childrens_ticks() - before) * 10
}

/// What all children that have ended took.
fn childrens_ticks() -> u64 {
    let stat = std::fs::read_to_string(Path::new("/proc/self/stat")).expect("this is Linux");
    // The name in brackets may hold spaces; after it, time of children is the 14th and 15th word.
    let words = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    words.skip(13).take(2).filter_map(|word| word.parse::<u64>().ok()).sum()
}
