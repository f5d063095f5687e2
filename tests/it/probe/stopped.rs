//! Once all sending has ended, nothing leaves that was not under way: no poll, no image, no retry,
//! and nobody who waited for a turn.

use cogdex::catalog::{Catalog, Currency, Tree};
use cogdex::contract::{Contract, Plan};
use cogdex::history::{History, NewRun};
use cogdex::probe::{
    ApiKey, BaseUrl, Client, HostLimiter, Redactor, RunContext, RunOptions, RunResult, SpendLimit,
    Trust, run,
};
use jiff::civil::{Date, date};
use std::time::Duration;

use super::recorder::{Recorder, Reply, say};
use super::{Bench, KEY};
use crate::served::Mock;

const TODAY: Date = date(2026, 11, 20);

/// Runs the whole plan of a listing of the small catalog at an address.
fn probed(listing: &str, base: &str, hosts: &HostLimiter) -> (RunResult, History) {
    let bench = Bench::small();
    let tree = Tree::folder(bench.catalog.as_deref().unwrap()).unwrap();
    let catalog = Catalog::open(&tree, TODAY).unwrap();
    let listing = &catalog.listings[listing];
    let contract = Contract::new(&catalog, listing, TODAY).unwrap();
    let plan = Plan::new(&contract);
    let (key, invalid_key) = (ApiKey::new(KEY.to_owned()).unwrap(), ApiKey::invalid_example(7));
    let trust = Trust::new([base.rsplit_once('/').unwrap().0]).unwrap();
    let client = Client::new(Redactor::new([&key]).unwrap(), trust).unwrap().polite(hosts);
    let mut history = History::open(&bench.path("h.sqlite")).unwrap();
    let begun = history.begin(&NewRun {
        listing: listing.id.to_string(),
        provider: listing.provider.as_str().to_owned(),
        base_url: base.to_owned(),
        as_of: TODAY,
        edition: None,
        digest: catalog.digest.clone(),
        started_ms: 0,
    });
    let begun = begun.unwrap();
    let usd = Currency::Iso(iso_currency::Currency::USD);
    let limit = Some("9".parse().unwrap());
    let spend_limit =
        SpendLimit { as_of: TODAY, currency: usd, limit, rates: Vec::new(), assumed: None };
    let table = spend_limit.price_table(&catalog);
    let costs: Vec<_> =
        plan.requests.iter().map(|ask| spend_limit.worst(&table, listing, ask).unwrap()).collect();
    let minute = Duration::from_mins(1);
    let (poll_interval, base_url) = (Duration::from_millis(1), BaseUrl::parse(base).ok());
    let (timeout, task_timeout) = (minute, minute);
    let options = RunOptions { base_url, timeout, task_timeout, poll_interval, images_kept: 0 };
    let mut tools = RunContext {
        client: &client,
        history: &mut history,
        key: Some(&key),
        invalid_key: &invalid_key,
        spend_limit: &spend_limit,
        options: &options,
        clock: || 1_795_132_800_000,
        asking: &|_| {},
    };
    let all = vec![true; plan.requests.len()];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ran = runtime.block_on(run(&contract, &plan, &all, &costs, begun, &mut tools)).unwrap();
    (ran, history)
}

#[test]
fn after_the_end_of_all_sending_an_answer_is_kept_and_nothing_follows_it() {
    for listing in ["p/l", "q/l"] {
        let mock = Mock::small(&[]);
        let hosts = HostLimiter::new(2);
        let (end, address) = (hosts.clone(), mock.address.clone());
        let server = Recorder::start(move |request, socket| {
            if request.contains(KEY) {
                end.stop();
            }
            let _ = Reply::from(&address, request, "", socket).write(socket);
        });
        let provider = listing.split('/').next().unwrap();
        let (ran, history) = probed(listing, &server.base(provider), &hosts);
        let last = server.asked().pop().unwrap();
        assert!(last.starts_with("POST") && last.contains(KEY), "{listing}: {last}");
        assert_eq!(server.posted_with(KEY).len(), 1, "{listing}");
        assert_eq!(ran.spend.calls_billable, 1, "{listing}");
        let answered = ran.exchanges.iter().flatten().filter(|e| e.status == Some(200));
        assert_eq!(answered.count(), 1, "{listing}");
        // The task that was paid for is there to be followed another day.
        let open = history.unfinished(listing).unwrap().len();
        assert_eq!(open, usize::from(listing == "q/l"), "{listing}");
    }
}

#[test]
fn who_waits_for_a_turn_does_not_get_one_after_the_end_of_all_sending() {
    let hosts = HostLimiter::new(1);
    let end = hosts.clone();
    let server = Recorder::start(move |_, socket| {
        end.stop();
        say(socket, 401, "", br#"{"error":{"code":"1002","message":"no"}}"#);
    });
    let (ran, _) = probed("p/l", &server.base("p"), &hosts);
    assert_eq!(server.asked().len(), 1, "{:?}", server.asked());
    let unsent = ran.exchanges.iter().flatten().filter(|e| e.not_sent.is_some()).count();
    assert_eq!(unsent, ran.exchanges.len() - 1, "all but the first");
}

#[test]
fn a_limit_that_may_be_tried_again_is_not_once_all_sending_has_ended() {
    let hosts = HostLimiter::new(2);
    let end = hosts.clone();
    let server = Recorder::start(move |request, socket| {
        if request.contains(KEY) {
            end.stop();
        }
        let body = br#"{"error":{"code":"1302","message":"slow down"}}"#;
        say(socket, 429, "retry-after: 0\r\n", body);
    });
    let (ran, _) = probed("p/l", &server.base("p"), &hosts);
    assert_eq!(server.posted_with(KEY).len(), 1);
    let limited = ran.exchanges.iter().flatten().filter(|e| e.status == Some(429)).count();
    assert_eq!(limited, ran.exchanges.iter().flatten().filter(|e| e.not_sent.is_none()).count());
}
