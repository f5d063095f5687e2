//! Clients that mean harm: many that are idle or slow, readers that take nothing, addresses that
//! want every place. Whoever means none is served all the same, and memory does not grow.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use cogdex::history::History;

use super::bounds::{ask, start};
use super::{Server, connect};
use crate::served::{Answer, write_catalog};

const LAST: &str = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

/// A connection from another address of this machine.
fn connect_from(source: [u8; 4], address: &str) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((source, 0))).unwrap();
        socket.connect(address.parse().unwrap()).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

fn to_the_end(mut socket: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = socket.read_to_end(&mut bytes);
    bytes
}

/// Whether the server has closed a connection that is idle.
fn is_closed(socket: &mut TcpStream) -> bool {
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    !matches!(socket.read(&mut [0; 1]), Err(why) if why.kind() == std::io::ErrorKind::WouldBlock)
}

#[test]
fn fifteen_hundred_idle_or_slow_connections_lock_nobody_out() {
    let (soft, hard) = {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        (limit.current.unwrap_or(u64::MAX), limit.maximum)
    };
    if soft < 4096 {
        let limit = rustix::process::Rlimit { current: hard, maximum: hard };
        rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
    }
    let server = Server::start(&[]);
    let mut attackers = Vec::new();
    for number in 0..1500_u32 {
        // From several addresses, so that no share bounds them.
        let last = u8::try_from(number % 4).unwrap() + 2;
        let mut socket = connect_from([127, 0, 0, last], &server.address);
        let _ = match number % 3 {
            0 => Ok(()),
            1 => socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: "),
            _ => socket.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"),
        };
        attackers.push(socket);
    }
    for path in ["/", "/healthz", "/api/v1/compare?model=any"] {
        let began = Instant::now();
        assert_eq!(server.get(path).status, 200, "{path}");
        assert!(began.elapsed() < Duration::from_secs(5), "{path}: {:?}", began.elapsed());
    }
    let metrics = String::from_utf8(server.get("/metrics").body).unwrap();
    let line = metrics.lines().find_map(|line| line.strip_prefix("cogdex_connections "));
    assert!(line.unwrap().parse::<u32>().unwrap() <= 901, "{line:?}");
}

#[test]
fn who_comes_when_all_places_are_taken_gets_that_of_the_one_that_was_quiet_longest() {
    let address = start(|options| options.connections = 2);
    let mut taken: Vec<_> = (0..2).map(|_| connect(&address)).collect();
    for socket in &mut taken {
        socket.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
        let mut first = [0; 15];
        socket.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
    }
    // The first asks again: the second is the one that was quiet longest.
    taken[0].write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    let mut read = vec![0; 4096];
    let mut text = String::new();
    while text.matches("ok\n").count() < 2 {
        let taken = taken[0].read(&mut read).unwrap();
        assert!(taken > 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&read[..taken]));
    }
    assert_eq!(ask(&address, "/healthz").status, 200);
    let second = String::from_utf8(to_the_end(taken.pop().unwrap())).unwrap();
    assert!(second.ends_with("ok\n"), "{second}");
    assert!(!is_closed(&mut taken[0]));
}

#[test]
fn a_request_under_way_does_not_give_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    let lock = locked(&path);
    let history = Some(path);
    let address = start(|options| {
        options.connections = 2;
        options.history = history;
    });
    let mut waiting = connect(&address);
    waiting.write_all(b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut idle = connect(&address);
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    idle.read_exact(&mut [0; 15]).unwrap();
    // The first waits for the history, which is locked: the other is younger, and gives way.
    assert_eq!(ask(&address, "/healthz").status, 200);
    assert!(String::from_utf8(to_the_end(idle)).unwrap().ends_with("ok\n"));
    assert_eq!(Answer::parse(&to_the_end(waiting)).status, 200);
    drop(lock);
}

#[test]
fn one_address_has_no_more_than_its_share() {
    let address = start(|options| {
        options.connections = 20;
        options.connections_per_address = 10;
    });
    let mut others: Vec<_> = (0..5).map(|_| connect_from([127, 0, 0, 9], &address)).collect();
    for other in &mut others {
        other.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
        other.read_exact(&mut [0; 15]).unwrap();
    }
    let mut greedy: Vec<_> = (0..60).map(|_| connect_from([127, 0, 0, 8], &address)).collect();
    // All that gave way were its own.
    let last = greedy.last_mut().unwrap();
    last.write_all(LAST.as_bytes()).unwrap();
    assert_eq!(Answer::parse(&to_the_end(greedy.pop().unwrap())).status, 200);
    let closed = greedy.iter_mut().take(45).filter_map(|it| is_closed(it).then_some(())).count();
    assert_eq!(closed, 45);
    for mut other in others {
        other.write_all(LAST.as_bytes()).unwrap();
        let text = String::from_utf8(to_the_end(other)).unwrap();
        assert_eq!(text.matches("ok\n").count(), 2, "{text}");
    }
}

#[test]
fn a_head_has_its_time_however_it_comes() {
    let address = start(|options| options.idle_timeout = Duration::from_millis(400));
    let began = Instant::now();
    let mut slow = connect(&address);
    let mut writer = slow.try_clone().unwrap();
    std::thread::spawn(move || {
        // A whole line at a time is as slow as a byte at a time.
        while writer.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx: y\r\n".as_slice()).is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let mut bytes = Vec::new();
    let _ = slow.read_to_end(&mut bytes);
    assert!(began.elapsed() < Duration::from_secs(10));
}

/// A catalog of so many listings that its home page has four megabytes.
fn large_catalog() -> tempfile::TempDir {
    const LISTINGS: usize = 5200;
    let folder = tempfile::tempdir().unwrap();
    write_catalog(folder.path());
    for number in 0..LISTINGS {
        let text = format!(
            "model = \"m\"\nendpoint = \"p/images\"\nslug = \"maker/model-{number}\"\n[[statement]]\n\
             source = \"page\"\nseen = 2026-11-20\nprice = \"0.0{} USD / image\"\n\
             sizes = [\"1024x1024\", \"768x1344\"]\nmode = \"sync\"\n",
            100 + number
        );
        std::fs::write(folder.path().join(format!("listings/p/l{number}.toml")), text).unwrap();
    }
    folder
}

#[test]
fn three_hundred_readers_that_take_nothing_share_one_body() {
    let folder = large_catalog();
    let catalog = folder.path().to_owned();
    let server = Server::on(folder, &catalog, &[], &[]);
    let body = server.get("/").body;
    assert!(body.len() > 4_000_000, "{}", body.len());
    let before = server.resident_bytes();
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let mut readers: Vec<_> = (0..300).map(|_| server.connect()).collect();
    for reader in &mut readers {
        reader.write_all(request).unwrap();
        let mut first = [0; 15];
        reader.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
    }
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < 64 << 20, "{} MiB", grown >> 20);
    // Each of them still gets all of it.
    let mut rest = Vec::new();
    readers.pop().unwrap().read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(&body));
}

#[test]
fn a_page_is_rendered_when_it_is_first_asked_for_and_kept() {
    let server = Server::start(&[]);
    let kept = || {
        let text = String::from_utf8(server.get("/metrics").body).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("cogdex_site_kept_bytes "));
        line.unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(kept(), 0);
    let page = server.get("/listings/p/l/");
    let after_one = kept();
    assert!(after_one >= page.body.len() as u64);
    assert!(server.get("/listings/p/l/").body == page.body);
    assert_eq!(kept(), after_one);
    server.get("/listings/q/l/");
    assert!(kept() > after_one);
}

/// Another process in the middle of a write, as far as the file is concerned.
fn locked(path: &std::path::Path) -> rusqlite::Connection {
    drop(History::open(path).unwrap());
    let lock = rusqlite::Connection::open(path).unwrap();
    lock.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE x (y);")
        .unwrap();
    lock
}

#[test]
fn metrics_tell_the_rest_while_the_history_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite");
    drop(History::open(&path).unwrap());
    let server = Server::start(&["--history", path.to_str().unwrap()]);
    let readable = |answer: &Answer| {
        assert_eq!(answer.status, 200);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(text.contains("\ncogdex_catalog_listings 2\n"), "{text}");
        text.contains("\ncogdex_history_readable 1\n")
    };
    assert!(readable(&server.get("/metrics")));
    let lock = locked(&path);
    // Many scrapes do not wait behind each other.
    let began = Instant::now();
    let mut scrapes = String::new();
    for _ in 0..20 {
        let _ = write!(scrapes, "{} ", readable(&server.get("/metrics")));
    }
    assert!(!scrapes.contains("true"), "{scrapes}");
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    drop(lock);
    server.until("/metrics", readable);
}
