//! What a `host` header may say: a name or an address, and perhaps a port.

/// Whether the value has the form of a host; who it names is another question.
pub(super) fn is_host(value: &[u8]) -> bool {
    let (name, port) = if let Some(rest) = value.strip_prefix(b"[") {
        let Some(end) = rest.iter().position(|b| *b == b']') else { return false };
        let (address, port) = (&rest[..end], &rest[end + 1..]);
        let plain = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b':' | b'.');
        if address.is_empty() || !address.iter().all(plain) {
            return false;
        }
        (address, port)
    } else {
        let end = value.iter().position(|b| *b == b':').unwrap_or(value.len());
        let (name, port) = value.split_at(end);
        if !name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')) {
            return false;
        }
        (name, port)
    };
    let digits = |port: &[u8]| port.len() <= 5 && port.iter().all(u8::is_ascii_digit);
    !name.is_empty() && (port.is_empty() || port.strip_prefix(b":").is_some_and(digits))
}
