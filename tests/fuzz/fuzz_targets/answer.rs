//! Answers, head and body, held to the contracts of the built-in catalog as a run does it, up to
//! every report: nothing panics, hangs or grows, and a key that stood in an answer comes out nowhere.
//!
//! An input is a line of three letters (whose contract, which key, which requests), then answers
//! with a byte 0x1e between them: to the request, to a poll, and to all other requests. An answer
//! is its status, header lines, an empty line and its body. Low control bytes stand for the key in
//! one of the forms of [`spelled`].

#![no_main]

use std::sync::OnceLock;
use std::time::Duration;

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use cogdex::catalog::Catalog;
use cogdex::contract::{Contract, Exchange, Plan, TaskEnd};
use cogdex::probe::{
    ApiKey, Client, HttpResponse, ProbeReport, Redactor, RunResult, Spend, Trust, github, junit,
    markdown, observations, prometheus, read_answer, rows, sarif,
};
use futures_util::FutureExt;
use jiff::civil::date;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus { held(data).map_or(Corpus::Reject, |()| Corpus::Keep) });

/// When the requests were sent, in seconds since 1970.
const ASKED_AT: i64 = 1_763_683_200;

/// A key, and who takes it out of all that is written.
struct Secret {
    key: &'static str,
    client: Client,
    redactor: Redactor,
    /// Every form in which it may not come out.
    forms: AhoCorasick,
}

impl Secret {
    /// A key with the parts of it that are as secret.
    fn new(key: &'static str, parts: &[&str]) -> Self {
        let redactor = Redactor::new([&ApiKey::new(key.to_owned()).unwrap()]).unwrap();
        let client = Client::new(redactor.clone(), Trust::default()).unwrap();
        client.stop();
        let forms = parts.iter().flat_map(|part| {
            let bytes = part.as_bytes();
            let each = |form: fn(&u8) -> String| bytes.iter().map(form).collect::<String>();
            [
                (*part).to_owned(),
                escaped(part),
                each(|byte| format!("%{byte:02X}")),
                each(|byte| format!("{byte:02x}")),
                part.chars().rev().collect(),
                STANDARD_NO_PAD.encode(bytes)[..bytes.len()].to_owned(),
            ]
        });
        let forms = AhoCorasick::builder().ascii_case_insensitive(true).build(forms).unwrap();
        Self { key, client, redactor, forms }
    }
}

fn secrets() -> &'static [Secret] {
    static SECRETS: OnceLock<Vec<Secret>> = OnceLock::new();
    SECRETS.get_or_init(|| {
        vec![
            Secret::new("sk-Zq81LmX0vT7wRk2pYb93", &["sk-Zq81LmX0vT7wRk2pYb93"]),
            Secret::new(
                "7d41f6a09bce4f2e.QwX83nLpZk0vRt5s",
                &["7d41f6a09bce4f2e", "QwX83nLpZk0vRt5s"],
            ),
            Secret::new("u%41/+=&\"\\<9~xKz", &["u%41/+=&\"\\<9~xKz"]),
        ]
    })
}

fn contracts() -> &'static [(Contract<'static>, Plan<'static>)] {
    static CONTRACTS: OnceLock<Vec<(Contract<'static>, Plan<'static>)>> = OnceLock::new();
    CONTRACTS.get_or_init(|| {
        let catalog: &'static Catalog = Box::leak(Box::new(Catalog::embedded().unwrap()));
        let listings = catalog.listings.values();
        let contract = |listing| Contract::new(catalog, listing, date(2026, 11, 27));
        let with_plan = |contract| {
            let plan = Plan::new(&contract);
            (contract, plan)
        };
        listings.filter_map(contract).map(with_plan).collect()
    })
}

fn held(data: &[u8]) -> Option<()> {
    let (&[contract, secret, requests], answers) = data.split_first_chunk()?;
    let (contract, plan) = &contracts()[usize::from(contract) % contracts().len()];
    let secret = &secrets()[usize::from(secret) % secrets().len()];
    let mut answers = answers.split(|byte| *byte == 0x1e);
    let first = answer(secret, answers.next()?)?;
    let poll = answers.next().and_then(|bytes| answer(secret, bytes));
    let other = answers.next().and_then(|bytes| answer(secret, bytes));
    let mut plain = read(secret, contract, &first);
    if let (Some(task), Some(poll)) = (&mut plain.task, &poll) {
        task.polls.push(read(secret, contract, poll).body);
        task.end = if requests % 3 == 2 { TaskEnd::Failed } else { TaskEnd::Done };
    }
    hides(secret, "the evidence", &serde_json::to_string(&plain).unwrap());
    let other = other.map(|answered| read(secret, contract, &answered));
    hides(secret, "the evidence", &serde_json::to_string(&other).unwrap());
    let other = other.or_else(|| (requests % 2 == 1).then(|| plain.clone()));
    let exchanges = plan.requests.iter().map(|request| {
        let exchange = if request.id == "plain" { Some(&plain) } else { other.as_ref() };
        exchange.map(|exchange| Exchange { ask: request.id.clone(), ..exchange.clone() })
    });
    let exchanges = exchanges.collect();
    let costs = vec![None; plan.requests.len()];
    let (spend, images) = (Spend::default(), Vec::new());
    let ran = RunResult { exchanges, costs, spend, images };
    report(secret, contract, plan, &ran, requests & 4 != 0);
    Some(())
}

/// One answer, with the key wherever a byte stands for it.
fn answer(secret: &Secret, bytes: &[u8]) -> Option<HttpResponse> {
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
    let mut head = bytes[..end].split(|byte| *byte == b'\n');
    let status = std::str::from_utf8(head.next()?).ok()?.trim().parse().ok()?;
    let headers = head.filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = std::str::from_utf8(&line[..colon]).ok()?.to_ascii_lowercase();
        Some((name, spelled(secret, line[colon + 1..].trim_ascii())))
    });
    let headers: Vec<_> = headers.collect();
    let lent = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let body = spelled(secret, bytes.get(end + 2..).unwrap_or_default());
    Some(HttpResponse::new(&secret.redactor, status, lent, body, (900, 800)))
}

/// Bytes in which the lowest control bytes stand for the key, its halves, or a form of it.
fn spelled(secret: &Secret, bytes: &[u8]) -> Vec<u8> {
    let key = secret.key.as_bytes();
    let each = |form: fn(u8) -> String| key.iter().map(|byte| form(*byte)).collect::<String>();
    let mut all = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            1 => all.extend(key),
            2 => all.extend(&key[..key.len() / 2]),
            3 => all.extend(&key[key.len() / 2..]),
            4 => all.extend(each(|byte| format!("\\u{byte:04x}")).bytes()),
            5 => all.extend(each(|byte| format!("%{byte:02X}")).bytes()),
            6 => all.extend(each(|byte| format!("&#{byte};")).bytes()),
            7 => all.extend(key.iter().rev()),
            8 => all.extend(each(|byte| format!("{byte:02x}")).bytes()),
            11 => all.extend(STANDARD_NO_PAD.encode(key).bytes()),
            12 => all.extend(escaped(secret.key).bytes()),
            byte => all.push(*byte),
        }
    }
    all
}

/// A text as it stands between the quotes of JSON.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// What an answer is, as a run has it.
fn read(secret: &Secret, contract: &Contract<'_>, answered: &HttpResponse) -> Exchange {
    let read = read_answer(&secret.client, contract, "plain", answered, Duration::from_secs(1));
    let exchange = read.now_or_never().expect("a stopped client waits for nothing");
    Exchange { asked_at: ASKED_AT, ..exchange }
}

/// Judges, writes a report, or all forms of it, and looks for the key in each.
fn report(
    secret: &Secret,
    contract: &Contract<'_>,
    plan: &Plan<'_>,
    ran: &RunResult,
    all_forms: bool,
) {
    let reports = [ProbeReport {
        run: "1".to_owned(),
        catalog: ProbeReport::stamp(contract),
        listing: contract.listing.id.to_string(),
        base_url: String::new(),
        started_ms: ASKED_AT * 1000,
        as_of: contract.as_of.to_string(),
        limit: None,
        currency: "USD".to_owned(),
        spend: ran.spend,
        rows: rows(contract, plan, ran),
        observations: observations(contract, ran),
        folder: "catalog".to_owned(),
    }];
    hides(secret, "the JSON report", &reports[0].document().to_string());
    if !all_forms {
        return;
    }
    hides(secret, "the JUnit report", &junit(&reports).unwrap());
    hides(secret, "the SARIF report", &sarif(&reports).to_string());
    hides(secret, "the GitHub report", &github(&reports));
    hides(secret, "the Markdown report", &markdown(&reports));
    hides(secret, "the metrics", &prometheus(&reports));
}

/// Panics where a text holds the key, or a secret part of it, in a form that is read at a glance.
fn hides(secret: &Secret, what: &str, text: &str) {
    assert!(!secret.forms.is_match(text), "{what} holds the key: {text}");
}
