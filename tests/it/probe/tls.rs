//! A certificate that cannot be trusted ends a request before any of it leaves, and nothing is
//! said in the clear instead.

use super::secure::{GOOD, Kind, Reached, Secure};
use super::{Bench, KEY, Seen};

/// Runs all of a small contract's requests, those with the key too, against a server.
fn probed(bench: &Bench, server: &Secure, authorities: Option<&str>) -> Seen {
    let mut command = bench.command(&server.base, &["p/l", "--spend-limit", "9 USD"]);
    if let Some(pem) = authorities {
        std::fs::write(bench.path("authorities.pem"), pem).unwrap();
        command.env("SSL_CERT_FILE", bench.path("authorities.pem"));
    }
    Seen::of(command)
}

fn holds_key(bytes: &[u8]) -> bool {
    bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes())
}

/// Fails where anything was told but that there was no connection, or anything was said without
/// TLS; gives what reached the server.
fn nothing_left(what: &str, bench: &Bench, server: &Secure, seen: &Seen) -> Reached {
    for verdict in ["holds", "broken", "looser"] {
        assert_eq!(seen.with(verdict), Vec::<String>::new(), "{what}");
    }
    let unclear = seen.with("inconclusive");
    assert!(unclear.len() > 5, "{what}: {unclear:?}");
    for check in &unclear {
        assert!(check.contains("no connection"), "{what}: {check}");
    }
    assert_eq!(seen.code, 3, "{what}: {}", seen.stderr);
    let reached = server.reached();
    assert!(!reached.openings.is_empty(), "{what}: nobody came");
    for opening in &reached.openings {
        // A handshake record of TLS, and nothing that a request begins with.
        assert!(opening.starts_with(&[0x16, 0x03]), "{what}: {opening:?}");
        assert!(!holds_key(opening), "{what}");
    }
    assert_eq!(reached.requests, Vec::<String>::new(), "{what}");
    assert!(!holds_key(seen.stdout.as_bytes()) && !holds_key(seen.stderr.as_bytes()), "{what}");
    assert!(!holds_key(&super::bytes_of(bench.folder.path())), "{what}");
    reached
}

#[test]
fn a_certificate_that_cannot_be_trusted_ends_a_request_before_any_of_it_leaves() {
    let unknown = Secure::start(&GOOD);
    let other = Secure::start(&GOOD);
    let elsewhere = Secure::start(&Kind { name: "api.example.com", ..GOOD });
    let expired = Secure::start(&Kind { ends: 2001, ..GOOD });
    for (what, server, authorities, word) in [
        ("nobody vouches for it", &unknown, None, "UnknownIssuer"),
        ("another is vouched for", &unknown, Some(&other.pem), "BadSignature"),
        ("it is of another host", &elsewhere, Some(&elsewhere.pem), "not valid for name"),
        ("it has expired", &expired, Some(&expired.pem), "expired"),
    ] {
        let bench = Bench::small();
        let seen = probed(&bench, server, authorities.map(String::as_str));
        let reached = nothing_left(what, &bench, server, &seen);
        assert_eq!(reached.failures.len(), reached.openings.len(), "{what}: let in");
        let told = seen.with("inconclusive");
        assert!(told.iter().all(|check| check.contains(word)), "{what}: {told:?}");
    }
}

#[test]
fn where_there_is_no_tls_nothing_is_said_in_the_clear() {
    let server = Secure::start(&Kind { tls: false, ..GOOD });
    let bench = Bench::small();
    let seen = probed(&bench, &server, None);
    nothing_left("no TLS", &bench, &server, &seen);
}

#[test]
fn over_tls_that_is_trusted_the_key_goes_in_either_version_of_http() {
    for (protocol, version) in [("http/1.1", "HTTP/1.1"), ("h2", "HTTP/2.0")] {
        let server = Secure::start(&Kind { protocol, ..GOOD });
        let bench = Bench::small();
        let seen = probed(&bench, &server, Some(&server.pem));
        assert_eq!(seen.check("auth.no-key")["verdict"], "holds", "{protocol}: {}", seen.stdout);
        assert_eq!(seen.check("auth.wrong-key")["verdict"], "holds", "{protocol}");
        let reached = server.reached();
        assert_eq!(reached.failures, Vec::<String>::new(), "{protocol}");
        assert!(reached.requests.iter().all(|text| text.contains(version)), "{protocol}");
        let with_key = reached.requests.iter().filter(|text| text.contains(KEY)).count();
        // All but the two of those who have no key, or a wrong one.
        assert!(with_key > 1 && with_key == reached.requests.len() - 2, "{protocol}: {with_key}");
        // Each request has a connection of its own in HTTP/2 too.
        assert_eq!(reached.openings.len(), reached.requests.len(), "{protocol}");
    }
}
