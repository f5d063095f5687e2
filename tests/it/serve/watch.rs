//! What is served follows the folder, as long as it has no errors, and the day.

use std::io::{BufRead, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use cogdex::server::{ReloadEvent, SharedSnapshot, SnapshotLoader, keep_current};
use jiff::civil::date;

use super::{Server, header, poll};
use crate::served::write_catalog;
use crate::support::TODAY;

const API: &str = "/api/v1/compare?model=any";
const FILE: &str = "listings/p/l.toml";

fn edit(server: &Server, change: impl Fn(&str) -> String) {
    let path = server.folder.path().join(FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, change(&text)).unwrap();
}

fn total(answer: &crate::served::Answer) -> String {
    // While a folder is being written, its catalog may be whole and without the listing.
    let rows = answer.json()["rows"].as_array().cloned().unwrap_or_default();
    let row = rows.iter().find(|row| row["listing"] == "p/l");
    row.and_then(|row| row["total"]["high"].as_str()).unwrap_or_default().to_owned()
}

#[test]
fn a_good_change_is_served_and_a_broken_one_is_told() {
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

/// A catalog in a folder within the folder of a test, whose listing has a price.
fn write_priced(folder: &Path, price: &str) {
    write_catalog(folder);
    let path = folder.join(FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("0.01 USD", price)).unwrap();
}

/// A server that watches a catalog which may be moved, since its folder is not the test's.
fn watching(catalog: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    write_priced(&folder.path().join("first"), "0.01 USD");
    write_priced(&folder.path().join("second"), "0.02 USD");
    std::os::unix::fs::symlink("first", folder.path().join("link")).unwrap();
    let path = folder.path().join(catalog);
    Server::on(folder, &path, &["--watch"], &[])
}

/// Changes a price in a folder, and waits until it is served.
fn assert_served_after_edit(server: &Server, folder: &str, from: &str, to: &str) {
    let path = server.folder.path().join(folder).join(FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(&format!("{from} USD"), &format!("{to} USD"))).unwrap();
    server.until(API, |answer| total(answer) == to);
}

#[test]
fn a_folder_that_was_replaced_is_still_watched() {
    let server = watching("first");
    let at = |name: &str| server.folder.path().join(name);
    assert_served_after_edit(&server, "first", "0.01", "0.03");
    std::fs::rename(at("first"), at("old")).unwrap();
    std::fs::rename(at("second"), at("first")).unwrap();
    server.until(API, |answer| total(answer) == "0.02");
    assert_served_after_edit(&server, "first", "0.02", "0.04");
}

#[test]
fn a_folder_that_was_deleted_and_made_again_is_still_watched() {
    let server = watching("first");
    let folder = server.folder.path().join("first");
    std::fs::remove_dir_all(&folder).unwrap();
    server.until("/live.json", |answer| answer.json()["findings"][0].is_string());
    assert_eq!(total(&server.get(API)), "0.01");
    write_priced(&folder, "0.05 USD");
    server.until(API, |answer| total(answer) == "0.05");
    assert_served_after_edit(&server, "first", "0.05", "0.06");
    // The same with no moment in between.
    std::fs::remove_dir_all(&folder).unwrap();
    write_priced(&folder, "0.07 USD");
    server.until(API, |answer| total(answer) == "0.07");
    assert_served_after_edit(&server, "first", "0.07", "0.08");
}

#[test]
fn a_link_that_was_swung_is_followed() {
    let server = watching("link");
    let at = |name: &str| server.folder.path().join(name);
    for (target, price, then) in [("second", "0.02", "0.03"), ("first", "0.01", "0.04")] {
        std::os::unix::fs::symlink(target, at("new")).unwrap();
        std::fs::rename(at("new"), at("link")).unwrap();
        server.until(API, |answer| total(answer) == price);
        assert_served_after_edit(&server, target, price, then);
    }
}

#[test]
fn a_load_that_failed_for_want_of_descriptors_is_tried_again() {
    let server = Server::start(&["--watch"]);
    assert_eq!(total(&server.get(API)), "0.01");
    let pid = rustix::process::Pid::from_raw(server.id().try_into().unwrap());
    let limit_to = |current| {
        let limit = rustix::process::Rlimit { current: Some(current), maximum: Some(4096) };
        rustix::process::prlimit(pid, rustix::process::Resource::Nofile, limit).unwrap();
    };
    // What is open stays so: this connection is asked while nothing more can be opened.
    let mut kept = server.connect();
    assert_eq!(asked_on(&mut kept, "/live.json")["findings"], serde_json::json!([]));
    limit_to(0);
    edit(&server, |text| text.replace("0.01 USD", "0.09 USD"));
    let why = poll(|| {
        let findings = asked_on(&mut kept, "/live.json")["findings"].take();
        findings[0].as_str().map(str::to_owned)
    });
    assert!(why.contains("Too many open files") || why.contains("catalog.toml"), "{why}");
    limit_to(4096);
    // Nothing in the folder changes any more.
    server.until(API, |answer| total(answer) == "0.09");
    server.until("/live.json", |answer| answer.json()["findings"] == serde_json::json!([]));
}

/// The document at a path, asked on a connection that stays open.
fn asked_on(socket: &mut TcpStream, path: &str) -> serde_json::Value {
    write!(socket, "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").unwrap();
    let mut reader = std::io::BufReader::new(socket);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line == "\r\n" {
            break;
        }
        if let Some(stated) = line.strip_prefix("content-length: ") {
            length = stated.trim_end().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}

static CLOCK: AtomicI64 = AtomicI64::new(0);

#[test]
fn the_site_is_made_anew_when_the_day_changes() {
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path());
    let loader =
        SnapshotLoader { folder: Some(folder.path().to_owned()), ..SnapshotLoader::default() };
    let snapshot = SharedSnapshot::new(loader.load(TODAY).unwrap());
    let midnight: jiff::Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    CLOCK.store(midnight.as_millisecond() - 50, Ordering::Relaxed);
    let clock = || CLOCK.load(Ordering::Relaxed);
    let kept = snapshot.clone();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // The time of the clock does not pass by itself: it is midnight when the test says so.
        let kept =
            keep_current(kept, loader, false, clock, |news| tell.send(news).unwrap_or_default());
        runtime
            .block_on(async { tokio::time::timeout(std::time::Duration::from_mins(1), kept).await })
    });
    assert_eq!(snapshot.current().today, TODAY);
    CLOCK.store(midnight.as_millisecond() + 1, Ordering::Relaxed);
    let news = poll(|| told.try_recv().ok());
    assert!(matches!(news, ReloadEvent::Exchanged), "{news:?}");
    assert_eq!(snapshot.current().today, date(2026, 11, 21));
}
