//! What came of a request: a value that can be kept, and judged again at no cost.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An image as it was found behind its link, or in the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageEvidence {
    /// Its link, or nothing for one in the answer itself.
    pub link: Option<String>,
    /// The status with which it came; nothing where it could not be fetched.
    pub status: Option<u16>,
    /// Why it could not be fetched, or what is wrong with it.
    pub trouble: Option<String>,
    /// Whether the link itself leads to nothing that could be fetched, or to something endless.
    #[serde(default)]
    pub unfit: bool,
    /// Whether it can't be told: an image of a kind that is not read, or a CDN that asks for a
    /// browser.
    #[serde(default)]
    pub unread: bool,
    /// Whether its link led elsewhere, where it was.
    #[serde(default)]
    pub redirected: bool,
    /// The type that its link's server declares.
    pub content_type: Option<String>,
    /// The kind that the answer names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_kind: Option<String>,
    /// The format in its own header.
    pub kind: Option<String>,
    /// Its real width and height.
    pub size: Option<(u32, u32)>,
}

/// A task as it was followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskEvidence {
    pub id: String,
    /// The bodies of all polls, oldest first.
    pub polls: Vec<Value>,
    /// How long it was surely under way, in milliseconds: up to the last poll that said so.
    #[serde(default)]
    pub under_way_ms: u64,
    /// Why a poll had an answer, and not one that tells how the task stands.
    #[serde(default)]
    pub senseless: Option<String>,
    /// The status of a poll without a key.
    pub without_key: Option<u16>,
    /// How it ended, or why it was given up.
    pub end: TaskEnd,
    /// The body of the result, where there is a call for it.
    pub result: Option<Value>,
}

/// How a task ended, or why it was given up; the words stand in stored evidence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskEnd {
    #[serde(rename = "done")]
    Done,
    #[serde(rename = "failed")]
    Failed,
    #[default]
    #[serde(rename = "it did not end in time")]
    TimedOut,
    #[serde(rename = "its polls had no answer")]
    NoAnswer,
    #[serde(rename = "it was done, and its result had no answer")]
    NoResult,
    #[serde(rename = "its id can't stand in an address, or its poll may bill")]
    NotPollable,
    #[serde(rename = "the ledger failed, so nothing more is sent")]
    SendingStopped,
    /// A word of another version.
    #[serde(other)]
    Unknown,
}

impl TaskEnd {
    /// Whether the provider has ended it, be it well or not.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

impl fmt::Display for TaskEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::TimedOut => "it did not end in time",
            Self::NoAnswer => "its polls had no answer",
            Self::NoResult => "it was done, and its result had no answer",
            Self::NotPollable => "its id can't stand in an address, or its poll may bill",
            Self::SendingStopped => "the ledger failed, so nothing more is sent",
            Self::Unknown => "it ended in another way",
        })
    }
}

impl TaskEvidence {
    /// Whether it came to a good end.
    pub fn is_done(&self) -> bool {
        self.end == TaskEnd::Done
    }
}

/// Why a check was skipped whose request was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipCause {
    NotRequested,
    /// There was no limit or no key for it; in older runs also for all that is unaffordable.
    Withheld,
    /// The limit, its currency or an unknown price did not let it through.
    Unaffordable,
    /// An earlier answer said that no later one would tell more.
    PaidPartStopped,
}

impl SkipCause {
    /// Whether it was skipped for money, a key or a price.
    pub fn is_of_money(self) -> bool {
        match self {
            Self::Withheld | Self::Unaffordable | Self::PaidPartStopped => true,
            Self::NotRequested => false,
        }
    }

    /// Whether there was a limit, and it was meant to be sent.
    pub fn is_despite_limit(self) -> bool {
        match self {
            Self::Unaffordable | Self::PaidPartStopped => true,
            Self::Withheld | Self::NotRequested => false,
        }
    }
}

/// Bytes before a body's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyPrefix {
    ByteOrderMark,
}

/// What came of one request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub ask: String,
    pub not_sent: Option<String>,
    /// What kind of reason that is, where it is known.
    #[serde(default)]
    pub skip: Option<SkipCause>,
    /// Why no whole answer came.
    pub failed: Option<String>,
    /// Whether that is because it was larger than any honest one.
    #[serde(default)]
    pub too_large: bool,
    pub status: Option<u16>,
    /// The answer's headers that matter.
    pub headers: Vec<(String, String)>,
    /// The answer's body; null where it was no JSON.
    pub body: Value,
    pub is_json: bool,
    /// The start of a body that is no JSON.
    #[serde(default)]
    pub text: Option<String>,
    /// What stood before the JSON, which no JSON may have.
    #[serde(default)]
    pub prefix: Option<BodyPrefix>,
    /// Seconds since 1970 when it was asked.
    pub asked_at: i64,
    /// Milliseconds until the image was there: the answer's, or the task's.
    pub latency_ms: u64,
    /// Whether the key stood in the answer.
    pub key_echoed: bool,
    pub images: Vec<ImageEvidence>,
    pub task: Option<TaskEvidence>,
}

impl Exchange {
    /// The value of one of the headers that were kept; names are in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}
