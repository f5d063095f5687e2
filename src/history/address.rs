//! Addresses of runs: what one limit holds for, and which are this machine's own.

/// Scheme, host and port of an address, in lower case: whatever is sent there is billed together.
pub(super) fn origin(address: &str) -> String {
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find('/').map_or(address.len(), |at| start + at);
    address[..end].to_lowercase()
}

/// Whether two addresses are of one scheme, host and port.
pub fn is_one_origin(one: &str, other: &str) -> bool {
    origin(one) == origin(other)
}

/// Whether an address is of this machine's loopback, where mocks are.
pub fn is_loopback(address: &str) -> bool {
    let origin = origin(address);
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    let is_host = |name: &str| {
        host == name || host.strip_prefix(name).is_some_and(|port| port.starts_with(':'))
    };
    host.starts_with("127.") || is_host("localhost") || is_host("[::1]")
}
