//! What is under way at once: counted by a server that holds its answers, and never by a clock.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::recorder::{Recorder, say};
use super::{Bench, KEY, Seen, VARIABLE};

/// So that a program that waits where it should not ends the test, and does not hang it.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a request that should not come is waited for; one that comes later goes unnoticed.
const GRACE: Duration = Duration::from_millis(150);

/// Who is within, who was, and how many were at most.
#[derive(Default)]
struct Held {
    now: usize,
    most: usize,
    names: Vec<String>,
}

/// Holds answers back until enough requests have come.
#[derive(Default, Clone)]
struct Gate(Arc<(Mutex<Held>, Condvar)>);

impl Gate {
    /// Stays until the condition is true, and then so long as another might come.
    fn pass(&self, name: &str, grace: Duration, enough: impl Fn(&Held) -> bool) {
        let (held, changed) = &*self.0;
        let mut held = held.lock().unwrap();
        held.now += 1;
        held.most = held.most.max(held.now);
        held.names.push(name.to_owned());
        changed.notify_all();
        held = changed.wait_timeout_while(held, PATIENCE, |held| !enough(held)).unwrap().0;
        let most = held.most;
        let same = |held: &mut Held| held.most == most;
        held = changed.wait_timeout_while(held, grace, same).unwrap().0;
        held.now -= 1;
        changed.notify_all();
    }

    fn most(&self) -> usize {
        self.0.0.lock().unwrap().most
    }

    fn names(&self) -> Vec<String> {
        self.0.0.lock().unwrap().names.clone()
    }
}

const REFUSED: &[u8] = b"{\"error\":{\"code\":\"1002\",\"message\":\"no\"}}";

/// A server that refuses all who come, once enough are within.
fn server(gate: &Gate, enough: impl Fn(&Held) -> bool + Send + Sync + 'static) -> Recorder {
    let gate = gate.clone();
    Recorder::start(move |request, socket| {
        gate.pass(request, GRACE, &enough);
        say(socket, 401, "", REFUSED);
    })
}

/// Without any key, so that free requests alone leave.
fn free(bench: &Bench, base: &str, arguments: &[&str]) -> Seen {
    let mut command = bench.command(base, arguments);
    command.env_remove(VARIABLE);
    Seen::of(command)
}

#[test]
fn the_free_requests_of_a_listing_are_under_way_together() {
    let gate = Gate::default();
    let server = server(&gate, |held| held.most >= 2);
    let seen = free(&Bench::small(), &server.base("p"), &["p/l"]);
    assert_eq!(gate.most(), 2);
    assert_eq!(seen.check("auth.wrong-key")["verdict"], "holds");
}

#[test]
fn with_a_concurrency_of_one_nothing_is() {
    let gate = Gate::default();
    let server = server(&gate, |_| true);
    let named = ["p/l", "q/l", "--concurrency", "1"];
    free(&Bench::small(), &server.base("p"), &named);
    assert_eq!((gate.most(), gate.names().len()), (1, 4));
}

#[test]
fn a_host_is_asked_two_things_at_once_at_most_over_all_listings() {
    let gate = Gate::default();
    let server = server(&gate, |held| held.most >= 2);
    let named = ["zai/cogview-4-250304", "apiin/cogview-4", "fal/cogview4", "aigateway/cogview4"];
    let arguments = [&named[..], &["--concurrency", "8"]].concat();
    let seen = free(&Bench::new(), &server.base("p"), &arguments);
    assert_eq!((gate.most(), gate.names().len()), (2, 8));
    // Reports stand as the listings were named, whoever was answered first.
    let documents = seen.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let order: Vec<_> = documents.map(|d| d["listing"].as_str().unwrap().to_owned()).collect();
    assert_eq!(order, named);
}

#[test]
fn listings_of_different_hosts_do_not_wait_for_each_other() {
    let bench = Bench::small();
    let gate = Gate::default();
    // Each answers only once the other was asked as well.
    let both = |held: &Held| {
        held.most >= 4
            && ["/v1/", "/api/"].iter().all(|path| {
                held.names.iter().any(|request| request.lines().next().unwrap().contains(path))
            })
    };
    let servers = [server(&gate, both), server(&gate, both)];
    let catalog = bench.catalog.clone().unwrap();
    let mut named = vec!["p/l".to_owned(), "q/l".to_owned()];
    for (server, endpoint) in servers.iter().zip(["p", "q"]) {
        let path = catalog.join(format!("endpoints/{endpoint}/images.toml"));
        let text = std::fs::read_to_string(&path).unwrap();
        let host = format!("http://127.0.0.1:{}", server.port);
        std::fs::write(&path, text.replace("https://api.example.com", &host)).unwrap();
        named.extend(["--trust-host".to_owned(), host]);
    }
    let named: Vec<_> = named.iter().map(String::as_str).collect();
    let seen = Seen::of(bench.bare(&named));
    assert_eq!(gate.names().len(), 4, "{}{}", seen.stdout, seen.stderr);
    assert_eq!(gate.most(), 4, "two at each host");
    let first: Value = serde_json::from_str(seen.stdout.lines().next().unwrap()).unwrap();
    assert_eq!((&first["listing"], seen.code), (&Value::from("p/l"), 0));
}

#[test]
fn what_may_bill_leaves_one_after_the_other_for_one_key() {
    let gate = Gate::default();
    let inner = gate.clone();
    let server = Recorder::start(move |request, socket| {
        if request.contains(KEY) {
            inner.pass("paid", GRACE, |_| true);
        }
        say(socket, 400, "", REFUSED);
    });
    let named = ["p/l", "q/l", "--concurrency", "16", "--spend-limit", "0.03 USD"];
    Bench::small().run(&server.base("p"), &named);
    assert!(gate.names().len() >= 2);
    assert_eq!(gate.most(), 1);
}

#[test]
fn what_may_bill_for_different_keys_is_under_way_together() {
    let gate = Gate::default();
    let inner = gate.clone();
    let keys = [format!("{KEY}-a"), format!("{KEY}-b")];
    let [first, second] = keys.clone();
    let server = Recorder::start(move |request, socket| {
        if let Some(key) = keys.iter().find(|key| request.contains(key.as_str())) {
            let seen = |held: &Held| keys.iter().all(|key| held.names.contains(key));
            inner.pass(key, Duration::ZERO, seen);
        }
        say(socket, 400, "", REFUSED);
    });
    let base = server.base("p");
    let bench = Bench::new();
    let mut command = bench.bare(&["--base-url", &base, "--spend-limit", "9 USD"]);
    command.args(["apiin/cogview-4", "bigmodel/cogview-4-250304", "--rate", "CNY/USD=0.14"]);
    command.env("APIIN_API_KEY", &first).env("BIGMODEL_API_KEY", &second);
    Seen::of(command);
    assert_eq!(gate.most(), 2);
}
