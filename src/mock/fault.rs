//! The faults that a mock can have, by name.

use std::fmt;
use std::str::FromStr;

macro_rules! faults {
    ($($name:ident $word:literal $meaning:literal;)*) => {
        /// One thing that a server does wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Fault {
            $(#[doc = $meaning] $name,)*
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What the server does.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

faults! {
    WrongSize "wrong-size" "draws an image of half the size asked for";
    MissingField "missing-field" "leaves a promised field out of the answer";
    WrongType "wrong-type" "gives a promised field another type";
    UnknownStatus "unknown-status" "uses a state word that no source has";
    TaskFails "task-fails" "lets every task fail";
    TaskNeverEnds "task-never-ends" "keeps every task under way";
    DeadLink "dead-link" "links to an image that is not there";
    HtmlLink "html-link" "links to a page instead of an image";
    RateLimit "rate-limit" "answers 429 without Retry-After";
    RateLimitRetryAfter "rate-limit-retry-after" "answers 429 with Retry-After once, then as usual";
    NoFunds "no-funds" "refuses for lack of money";
    ErrorAfterGenerating "error-after-generating" "draws, bills, and answers 500";
    Hang "hang" "takes the request and never answers";
    Reset "reset" "cuts the connection in the middle of the body";
    TruncatedJson "truncated-json" "ends the JSON too early";
    GzipBomb "gzip-bomb" "sends a small body that unpacks to 256 MiB";
    EndlessBody "endless-body" "sends a body that does not end";
    Redirect "redirect" "sends the client to another host";
    KeyEcho "key-echo" "repeats the key in the answer";
    AcceptsAnyKey "accepts-any-key" "lets everybody in";
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|fault| fault.name() == text).copied();
        found.ok_or_else(|| {
            let names = Self::ALL.iter().map(|fault| fault.name());
            let near = crate::catalog::nearest(text, names);
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("there is no fault `{text}`{hint}; --fault-list names them")
        })
    }
}
