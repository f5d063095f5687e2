//! What becomes of a request. An outcome is a value: only the caller knows whether it is an error.

/// What became of a request. All texts are redacted and cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T = Answered> {
    /// It was answered, with whatever status.
    Answered(T),
    /// No byte of it left, since there was no connection: it is safe to send it again.
    ConnectFailed(String),
    /// The time was over; the server may have done its work.
    TimedOut,
    /// The connection or the answer broke; the server may have done its work.
    Cut(String),
    /// The body is longer than what is read; the server may have done its work.
    TooLarge,
    /// It was not sent, and why.
    Refused(String),
    /// It was not sent, since all sending has ended.
    Stopped,
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// Names in lower case with their values.
    pub headers: Vec<(String, String)>,
    /// The body, unpacked and redacted.
    pub body: Vec<u8>,
    /// From the start to the end of the body, on the monotonic clock.
    pub latency_ms: u64,
    /// From the start to the head of the answer.
    pub ttfb_ms: u64,
    /// Whether a key stood anywhere in the answer.
    pub key_echoed: bool,
    /// Whether headers were left out or cut; a body is read whole or not at all.
    pub truncated: bool,
}

impl<T> Outcome<T> {
    /// The same outcome with another answer.
    pub(super) fn map<U>(self, of: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Answered(answer) => Outcome::Answered(of(answer)),
            Self::ConnectFailed(why) => Outcome::ConnectFailed(why),
            Self::TimedOut => Outcome::TimedOut,
            Self::Cut(why) => Outcome::Cut(why),
            Self::TooLarge => Outcome::TooLarge,
            Self::Refused(why) => Outcome::Refused(why),
            Self::Stopped => Outcome::Stopped,
        }
    }
}
