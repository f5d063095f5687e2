//! What is served follows the folder, as long as it has no errors, and the day.

use std::sync::atomic::{AtomicI64, Ordering};

use cogdex::server::{ReloadEvent, SharedSnapshot, SnapshotLoader, keep_current};
use jiff::civil::date;

use super::{Server, header, poll};
use crate::served::write_catalog;
use crate::support::TODAY;

const FILE: &str = "listings/p/l.toml";

fn edit(server: &Server, change: impl Fn(&str) -> String) {
    let path = server.folder.path().join(FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, change(&text)).unwrap();
}

fn total(answer: &crate::served::Answer) -> String {
    let rows = answer.json()["rows"].clone();
    let row = rows.as_array().unwrap().iter().find(|row| row["listing"] == "p/l").unwrap().clone();
    row["total"]["high"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_good_change_is_served_and_a_broken_one_is_told() {
    const API: &str = "/api/v1/compare?model=any";
    let server = Server::start(&["--watch"]);
    let before = server.get("/listings/p/l/");
    let script = String::from_utf8(before.body.clone()).unwrap();
    assert!(script.contains("/static/live-"), "the page looks whether it is still served");
    assert_eq!(total(&server.get(API)), "0.01");
    let digest = server.get("/live.json").json()["digest"].clone();

    edit(&server, |text| text.replace("0.01 USD", "0.07 USD"));
    server.until(API, |answer| total(answer) == "0.07");
    let after = server.get("/listings/p/l/");
    assert_ne!(header(&before, "etag"), header(&after, "etag"));
    let now = server.get("/live.json").json();
    assert_ne!(now["digest"], digest);
    let page = String::from_utf8(after.body).unwrap();
    assert!(page.contains(now["digest"].as_str().unwrap()));

    edit(&server, |text| text.replace("0.07 USD", "0.07 <b>USDD"));
    let broken = server.until("/live.json", |answer| answer.json()["findings"][0].is_string());
    let finding = broken.json()["findings"][0].as_str().unwrap().to_owned();
    assert!(finding.contains(FILE), "{finding}");
    assert_eq!(broken.json()["digest"], now["digest"]);
    assert_eq!(total(&server.get(API)), "0.07");
    let metrics = String::from_utf8(server.get("/metrics").body).unwrap();
    assert!(metrics.contains("cogdex_reloads_total{result=\"done\"} 1\n"), "{metrics}");
    assert!(!metrics.contains("cogdex_reload_findings 0\n"), "{metrics}");

    edit(&server, |text| text.replace("0.07 <b>USDD", "0.08 USD"));
    server.until(API, |answer| total(answer) == "0.08");
    assert_eq!(server.get("/live.json").json()["findings"], serde_json::json!([]));
    let said = server.end();
    assert_eq!(said.matches(&finding).count(), 1, "{said}");
    assert!(said.contains("what was served before goes on"), "{said}");
}

#[test]
fn a_broken_change_that_is_taken_back_is_forgotten() {
    let server = Server::start(&["--watch"]);
    edit(&server, |text| text.replace("0.01 USD", "nothing"));
    server.until("/live.json", |answer| answer.json()["findings"][0].is_string());
    edit(&server, |text| text.replace("nothing", "0.01 USD"));
    server.until("/live.json", |answer| !answer.json()["findings"][0].is_string());
    let metrics = String::from_utf8(server.get("/metrics").body).unwrap();
    assert!(metrics.contains("cogdex_reloads_total{result=\"done\"} 0\n"), "{metrics}");
}

#[test]
fn pages_that_nobody_watches_load_no_script_for_it() {
    let server = Server::start(&[]);
    let page = String::from_utf8(server.get("/").body).unwrap();
    assert!(!page.contains("/static/live-") && !page.contains("/console/"), "{page}");
    edit(&server, |text| text.replace("0.01 USD", "0.07 USD"));
    assert_eq!(total(&server.get("/api/v1/compare?model=any")), "0.01");
}

static CLOCK: AtomicI64 = AtomicI64::new(0);

#[test]
fn the_site_is_made_anew_when_the_day_changes() {
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path());
    let recipe =
        SnapshotLoader { folder: Some(folder.path().to_owned()), ..SnapshotLoader::default() };
    let live = SharedSnapshot::new(recipe.make(TODAY).unwrap());
    let midnight: jiff::Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    CLOCK.store(midnight.as_millisecond() - 50, Ordering::Relaxed);
    let clock = || CLOCK.load(Ordering::Relaxed);
    let kept = live.clone();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // The time of the clock does not pass by itself: it is midnight when the test says so.
        let kept =
            keep_current(kept, recipe, false, clock, |news| tell.send(news).unwrap_or_default());
        runtime
            .block_on(async { tokio::time::timeout(std::time::Duration::from_mins(1), kept).await })
    });
    assert_eq!(live.now().today, TODAY);
    CLOCK.store(midnight.as_millisecond() + 1, Ordering::Relaxed);
    let news = poll(|| told.try_recv().ok());
    assert!(matches!(news, ReloadEvent::Exchanged), "{news:?}");
    assert_eq!(live.now().today, date(2026, 11, 21));
}
