//! Whom the operator named, and which addresses belong to nobody else's network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The hosts that the operator named; a key is sent to no other.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    hosts: Vec<Named>,
}

#[derive(Debug, Clone)]
struct Named {
    host: String,
    /// `None` is the usual port of the scheme.
    port: Option<u16>,
    /// Whether the key may go there without TLS.
    plain: bool,
    /// Whether it is to be spoken to over TLS, as far as its name goes.
    tls: bool,
}

/// Says why a text names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a host; write `api.example.com`, `127.0.0.1:8080` or `http://host:port`")]
pub struct HostError(String);

impl Trust {
    /// Hosts as `host`, `host:port`, `https://host:port`, or `http://host:port`. Without `http://`
    /// the key goes there over TLS only, save on this machine's loopback.
    pub fn new<T: AsRef<str>>(hosts: impl IntoIterator<Item = T>) -> Result<Self, HostError> {
        let hosts = hosts.into_iter().map(|host| named(host.as_ref()));
        Ok(Self { hosts: hosts.collect::<Result<_, _>>()? })
    }

    /// Whether the operator named the host and port of an address.
    pub(super) fn names(&self, url: &Url) -> bool {
        self.entries(url).next().is_some()
    }

    /// Whether a key may be sent to an address.
    pub(super) fn takes_key(&self, url: &Url) -> bool {
        self.entries(url).any(|named| url.scheme() == "https" || named.plain)
    }

    /// Whether a host was named that is spoken to over TLS.
    pub(super) fn wants_tls(&self) -> bool {
        self.hosts.iter().any(|named| named.tls)
    }

    fn entries(&self, url: &Url) -> impl Iterator<Item = &Named> {
        let usual = match url.scheme() {
            "https" => 443,
            _ => 80,
        };
        let port = url.port_or_known_default();
        let host = url.host_str();
        self.hosts.iter().filter(move |named| {
            Some(named.host.as_str()) == host && Some(named.port.unwrap_or(usual)) == port
        })
    }
}

fn named(text: &str) -> Result<Named, HostError> {
    let bad = || HostError(text.to_owned());
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => (scheme, rest),
        Some(_) => return Err(bad()),
        None => ("https", text),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#', '@', '\\']) || rest.contains(char::is_whitespace) {
        return Err(bad());
    }
    let url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| bad())?;
    let host = url.host_str().ok_or_else(bad)?.to_owned();
    // The parser drops a scheme's usual port, which may have been meant for the other scheme.
    let said = rest.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    let port = url.port().or(said);
    let tls = !text.starts_with("http://");
    Ok(Named { host, port, plain: !tls || is_loopback(&url), tls })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// An address that the operator did not name, on a machine or network that is not public.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a public address, and nobody named it")]
pub(super) struct Private(pub(super) String);

/// An address that may be spoken to: without a user, and over HTTP alone.
pub(super) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|why| format!("the address can't be read: {why}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{}` is neither http nor https", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address holds a user or a password".to_owned());
    }
    Ok(url)
}

/// Where an answer points that redirects.
pub(crate) fn redirected(from: &Url, status: u16, location: Option<&str>) -> Option<Url> {
    let location = location.filter(|_| matches!(status, 301..=303 | 307 | 308));
    from.join(location?).ok()
}

/// The address that a host spells out; a literal one never reaches a resolver.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
        Host::Domain(_) => None,
    }
}

/// Whether an address is one of the public internet, not of a machine, a network or a reserve.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// After the IANA registry of special addresses.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    !matches!(
        ip.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 168, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Only `2000::/3` is given out, and what wraps an IPv4 address is as public as that.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let wrapped = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            wrapped(high, low)
        }
        [0x2002, high, low, ..] => wrapped(high, low),
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}
