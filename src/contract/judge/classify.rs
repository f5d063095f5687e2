//! What an exchange is, before any promise is held against it: each is classified once, by its
//! status and by what kept it from an answer.

use crate::contract::Exchange;

/// The class of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerClass<'e> {
    /// A good status, with JSON.
    Accepted,
    /// A good status, without JSON.
    NoJson(u16),
    /// Any other status of the endpoint itself.
    Refused(u16),
    /// The key or its balance was refused, which tells nothing of the request.
    AccountRefused(u16),
    /// The endpoint points elsewhere.
    Redirected(u16),
    /// The server could not serve; another time it may.
    NotServed(u16),
    /// No whole answer came.
    NoAnswer(&'e str),
    TooLarge,
    NotSent(&'e str),
}

/// Classifies an exchange.
pub(super) fn classify(exchange: &Exchange) -> AnswerClass<'_> {
    if let Some(why) = &exchange.not_sent {
        return AnswerClass::NotSent(why);
    }
    if exchange.too_large {
        return AnswerClass::TooLarge;
    }
    if let Some(why) = &exchange.failed {
        return AnswerClass::NoAnswer(why);
    }
    match exchange.status.unwrap_or(0) {
        200..300 if exchange.is_json => AnswerClass::Accepted,
        status @ 200..300 => AnswerClass::NoJson(status),
        status @ 300..=399 => AnswerClass::Redirected(status),
        status @ 401..=403 => AnswerClass::AccountRefused(status),
        status @ (429 | 500..) => AnswerClass::NotServed(status),
        status => AnswerClass::Refused(status),
    }
}
