//! The parts of a plan: requests, and checks that name the promise they hold an answer against.

use super::plan::PROMPT;
use super::request::ImageRequest;
use super::{Contract, Promise};
use crate::catalog::{Claim, Condition, Fact, Size, SourcePlace};

/// Whose key goes with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    None,
    /// A key that nobody has.
    Invalid,
    Operator,
}

/// One request of a plan.
#[derive(Debug, Clone)]
pub struct PlannedRequest {
    pub id: String,
    pub credential: Credential,
    /// What it asks to draw.
    pub image: ImageRequest,
    /// Whether the contract says that it is refused.
    pub refused: bool,
}

/// How soon a request goes out among those that may bill: what is refused first decides what later
/// answers can still tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestRank {
    /// It asks for nothing special.
    Plainest,
    /// It writes the model's code in another way: where the plainest is refused, that may be why.
    Spelling,
    Other,
}

impl PlannedRequest {
    /// How soon it goes out.
    pub fn rank(&self) -> RequestRank {
        let ImageRequest { model, prompt, size, quality, n, fields } = &self.image;
        let is_plain = prompt == PROMPT && size.is_none() && quality.is_none() && n.is_none();
        match model {
            _ if self.refused || !is_plain || !fields.is_empty() => RequestRank::Other,
            None => RequestRank::Plainest,
            Some(_) => RequestRank::Spelling,
        }
    }
}

/// Where a promise was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The sides, source and place.
    pub source: String,
    pub path: String,
    pub line: u32,
    /// What is promised, in a line.
    pub text: String,
}

/// A side of a dispute: its value, and what it says of each value that is asked for; of some it may
/// say nothing. Sides stand in the order of the fact's claims.
pub(super) type DisputeSide = (String, Vec<Option<bool>>);

/// How an answer is held against a promise.
#[derive(Debug, Clone)]
pub enum Expectation<'c> {
    /// Nobody is let in without a good key.
    RefusedEntry(Condition),
    /// A refusal has its code and message where one side says.
    ErrorBody(Promise<'c>),
    /// A value outside what is stated is refused.
    Refused(Condition),
    /// A stated value is taken.
    Accepted,
    /// The answer is JSON, and says so.
    Json,
    /// A field of the answer is as one side says.
    Answer(Promise<'c>),
    /// The images have this size, or one of these where the sources differ.
    Drawn(Vec<Size>),
    /// The same, of a request that asks for something else and names no size.
    DrawnByDefault(Vec<Size>),
    /// Of sizes other than this default those are drawn that one side offers.
    AllSizes(Size, Vec<(usize, Size)>, Vec<DisputeSide>),
    /// Of these requests some are taken and some refused, all as one side says that says anything
    /// of them.
    Taken(Vec<(usize, String)>, Vec<DisputeSide>),
    /// The answer holds the image, or a task: the stated ways.
    Delivery(Vec<String>),
    /// Every image is there, is an image, and opens without the key.
    Pictures,
    /// So many images come.
    Count(u64, u64),
    InAnswer,
    /// The task's states have the words that one side says.
    TaskWords(Promise<'c>),
    TaskEnds,
    /// A task is told only to those with a key.
    PollNeedsKey,
    /// An image takes at most so many seconds.
    Within(u64),
}

impl Expectation<'_> {
    /// Whether it breaks where its request is refused, if no other check of the request does.
    pub(super) fn is_of_taking(&self) -> bool {
        match self {
            Self::Accepted | Self::Drawn(_) | Self::Count(..) => true,
            Self::RefusedEntry(_)
            | Self::ErrorBody(_)
            | Self::Refused(_)
            | Self::Json
            | Self::Answer(_)
            | Self::DrawnByDefault(_)
            | Self::AllSizes(..)
            | Self::Taken(..)
            | Self::Delivery(_)
            | Self::Pictures
            | Self::InAnswer
            | Self::TaskWords(_)
            | Self::TaskEnds
            | Self::PollNeedsKey
            | Self::Within(_) => false,
        }
    }
}

/// One check, with the requests whose answers it needs.
#[derive(Debug, Clone)]
pub struct Check<'c> {
    pub id: String,
    pub requests: Vec<usize>,
    pub evidence: Citation,
    pub expectation: Expectation<'c>,
}

/// Where a fact was stated: its first side's line, and all sides' names.
pub(super) fn of_fact(fact: &Fact<'_>) -> Citation {
    let line = fact.claims[0].sides[0].stated.position.line;
    let sides: Vec<_> = fact.claims.iter().flat_map(Claim::sides).collect();
    let values: Vec<_> = fact.claims.iter().map(|view| view.value.to_string()).collect();
    Citation {
        source: SourcePlace::list(&sides),
        path: fact.entity.path.clone(),
        line,
        text: format!("{}: {}", fact.key, values.join(" or ")),
    }
}

pub(super) fn of_promise(contract: &Contract<'_>, promise: &Promise<'_>) -> Citation {
    let sides: Vec<_> = promise.sides.iter().map(|clause| clause.side()).collect();
    Citation {
        source: sides.join(", "),
        path: contract.endpoint.entity.path.clone(),
        line: promise.sides[0].position.line,
        text: promise.id.to_owned(),
    }
}
