//! The closed lists of words that clauses use.

use std::fmt;

macro_rules! word_list {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($variant,)*
        }

        impl $name {
            /// Every one, in the order of the schema.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The words of all in TOML.
            pub const WORDS: &[&str] = &[$($word,)*];

            /// The word in TOML.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

word_list! {
    /// A call of an endpoint.
    CallName { Create "create", Poll "poll", Result "result", }
}

word_list! {
    /// The method of a call.
    HttpMethod { Get "GET", Post "POST", }
}

/// What a header has to hold that lets a call in, where it is not the key alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthScheme {
    /// This word, such as `Bearer`, and the key.
    Word(String),
    /// No key, but a payment for this very call, signed as x402 says.
    X402,
}

impl AuthScheme {
    /// Reads the scheme's name; any but ours is a word before the key.
    pub(super) fn parse(text: &str) -> Self {
        if text == "x402" { Self::X402 } else { Self::Word(text.to_owned()) }
    }
}

impl fmt::Display for AuthScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Word(word) => word,
            Self::X402 => "x402",
        })
    }
}

word_list! {
    /// The type of a JSON value.
    JsonType {
        String "string", Integer "integer", Number "number", Boolean "boolean", Object "object",
        Array "array",
    }
}

word_list! {
    /// What a field of an answer holds.
    AnswerRole {
        ImageLink "image-link",
        ImageBase64 "image-base64",
        Created "created",
        TaskId "task-id",
        TaskStatus "task-status",
        PollLink "poll-link",
        FilterRole "filter-role",
        FilterLevel "filter-level",
        ImageWidth "image-width",
        ImageHeight "image-height",
        ImageType "image-type",
        Message "message",
        Code "code",
        Price "price",
    }
}

word_list! {
    /// The type of an error's code.
    CodeType { String "string", Integer "integer", NullOrString "null-or-string", }
}

word_list! {
    /// The state of a task.
    TaskState { UnderWay "under-way", Done "done", Failed "failed", }
}

word_list! {
    /// Why an endpoint refuses or fails.
    Condition {
        NoKey "no-key",
        WrongKey "wrong-key",
        UnknownModel "unknown-model",
        BadSize "bad-size",
        BadQuality "bad-quality",
        BadRequest "bad-request",
        MissingPrompt "missing-prompt",
        PromptTooLong "prompt-too-long",
        NoFunds "no-funds",
        RateLimit "rate-limit",
        Overloaded "overloaded",
        Unsafe "unsafe",
        NotFound "not-found",
        ServerError "server-error",
        NoPermission "no-permission",
        NoPayment "no-payment",
    }
}

impl Condition {
    /// The status where no source pairs one with it.
    pub fn usual_status(self) -> u16 {
        match self {
            Self::NoKey | Self::WrongKey => 401,
            Self::NoFunds | Self::NoPayment => 402,
            Self::NoPermission => 403,
            Self::UnknownModel | Self::NotFound => 404,
            Self::BadSize
            | Self::BadQuality
            | Self::BadRequest
            | Self::MissingPrompt
            | Self::PromptTooLong
            | Self::Unsafe => 400,
            Self::RateLimit => 429,
            Self::ServerError => 500,
            Self::Overloaded => 503,
        }
    }

    /// Whether it is the server's trouble, which passes, and nothing about the request.
    pub fn is_of_server(self) -> bool {
        matches!(self, Self::RateLimit | Self::Overloaded | Self::ServerError)
    }

    /// The condition in our words, for a message that no source words.
    pub fn description(self) -> &'static str {
        match self {
            Self::NoKey => "no key was sent",
            Self::WrongKey => "the key is not known",
            Self::UnknownModel => "the model is not known",
            Self::BadSize => "the size is not offered",
            Self::BadQuality => "the quality is not offered",
            Self::BadRequest => "the request is not understood",
            Self::MissingPrompt => "there is no prompt",
            Self::PromptTooLong => "the prompt is too long",
            Self::NoFunds => "the balance is used up",
            Self::RateLimit => "too many requests",
            Self::Overloaded => "the service is overloaded",
            Self::Unsafe => "the prompt is not allowed",
            Self::NotFound => "there is no such thing",
            Self::ServerError => "the server failed",
            Self::NoPermission => "that is not permitted",
            Self::NoPayment => "nothing was paid",
        }
    }

    /// The condition of which a source may speak where it does not speak of this one: a size that
    /// is not offered is a bad parameter, too.
    pub fn broader(self) -> Option<Self> {
        match self {
            Self::UnknownModel
            | Self::BadSize
            | Self::BadQuality
            | Self::MissingPrompt
            | Self::PromptTooLong => Some(Self::BadRequest),
            Self::NoKey
            | Self::WrongKey
            | Self::BadRequest
            | Self::NoFunds
            | Self::RateLimit
            | Self::Overloaded
            | Self::Unsafe
            | Self::NotFound
            | Self::ServerError
            | Self::NoPermission
            | Self::NoPayment => None,
        }
    }
}
