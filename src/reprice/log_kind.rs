//! Logs of common gateways: where each has what a price needs, which of its rows drew images, and
//! what has to be assumed of it.

use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use super::columns::Meaning;
use super::row_plan::{ConditionTest, RowCondition};

/// A log whose columns are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum LogKind {
    /// The table `LiteLLM_SpendLogs`.
    Litellm,
    /// The generations of `OpenRouter`, from its activity page or its API.
    Openrouter,
    /// Langfuse's observations.
    Langfuse,
    /// The table `logs` of new-api and one-api.
    #[strum(serialize = "new-api")]
    NewApi,
    /// The usage of images at `OpenAI`, per bucket.
    Openai,
}

/// Where each kind has what: the best column first.
const COLUMNS: &[(LogKind, Meaning, &[&str])] = &[
    (LogKind::Litellm, Meaning::Time, &["startTime", "start_time"]),
    (LogKind::Litellm, Meaning::Images, &["metadata.n"]),
    (LogKind::Litellm, Meaning::Size, &["metadata.size"]),
    (LogKind::Litellm, Meaning::Tag, &["request_tags"]),
    (LogKind::Openrouter, Meaning::Time, &["created_at", "date"]),
    (LogKind::Openrouter, Meaning::Images, &["num_media_completion"]),
    (LogKind::Openrouter, Meaning::Model, &["model_permaslug", "model"]),
    (LogKind::Openrouter, Meaning::Tag, &["app_name", "api_key_name"]),
    (LogKind::Langfuse, Meaning::Time, &["startTime", "start_time", "timestamp"]),
    (LogKind::Langfuse, Meaning::Images, &["metadata.n"]),
    (LogKind::Langfuse, Meaning::Size, &["metadata.size", "modelParameters.size"]),
    (LogKind::Langfuse, Meaning::Quality, &["metadata.quality", "modelParameters.quality"]),
    (LogKind::Langfuse, Meaning::Model, &["model", "provided_model_name"]),
    (LogKind::Langfuse, Meaning::Tag, &["tags", "traceName"]),
    (LogKind::NewApi, Meaning::Time, &["created_at"]),
    (LogKind::NewApi, Meaning::Model, &["model_name"]),
    (LogKind::NewApi, Meaning::Tag, &["token_name"]),
    (LogKind::Openai, Meaning::Time, &["start_time"]),
    (LogKind::Openai, Meaning::Images, &["images"]),
    (LogKind::Openai, Meaning::Tag, &["project_id"]),
];

impl LogKind {
    /// Returns the word of the command line.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The kind that a log with these columns looks like.
    pub(super) fn from_names(names: &[String]) -> Option<Self> {
        let has = |wanted: &&str| names.iter().any(|name| name == wanted);
        Self::iter().find(|kind| kind.signature().iter().all(has))
    }

    /// Columns that no other log has together.
    fn signature(self) -> &'static [&'static str] {
        match self {
            Self::Litellm => &["call_type", "startTime"],
            Self::Openrouter => &["model_permaslug"],
            Self::Langfuse => &["startTime", "metadata", "model"],
            Self::NewApi => &["quota", "token_name"],
            Self::Openai => &["num_model_requests"],
        }
    }

    /// The columns that may have a meaning, the best first.
    pub(super) fn columns(self, meaning: Meaning) -> &'static [&'static str] {
        let row = COLUMNS.iter().find(|(kind, of, _)| *kind == self && *of == meaning);
        row.map_or(&[], |(.., columns)| columns)
    }

    /// What is assumed of every row where no column says it.
    pub(super) fn constant(self, meaning: Meaning) -> Option<&'static str> {
        match self {
            Self::Openrouter | Self::NewApi if meaning == Meaning::Images => Some("1"),
            Self::Openrouter | Self::NewApi | Self::Litellm | Self::Langfuse | Self::Openai => None,
        }
    }

    /// Which rows count, where the log has the column.
    pub(super) fn conditions(self) -> Vec<RowCondition> {
        let (is, is_not) = (ConditionTest::Is, ConditionTest::IsNot);
        let conditions: &[(&str, ConditionTest, &str)] = match self {
            Self::Litellm => &[
                ("call_type", is, "image_generation"),
                ("call_type", is, "aimage_generation"),
                ("status", is_not, "failure"),
            ],
            Self::Langfuse => &[("type", is, "GENERATION"), ("level", is_not, "ERROR")],
            Self::NewApi => &[("type", is, "2")],
            // What drew nothing has null media.
            Self::Openrouter => &[("num_media_completion", is_not, "")],
            Self::Openai => &[],
        };
        let condition = |(column, test, value): &(&str, ConditionTest, &str)| RowCondition {
            column: (*column).to_owned(),
            test: *test,
            value: (*value).to_owned(),
        };
        conditions.iter().map(condition).collect()
    }

    /// What is assumed, in words.
    pub fn assumptions(self) -> &'static str {
        match self {
            Self::Litellm => {
                "time is startTime, images are metadata.n, and only rows count whose call_type is \
                 image_generation or aimage_generation and whose status is not failure; the log \
                 has no size: give --set size="
            }
            Self::Openrouter => {
                "time is created_at, images are num_media_completion, without which a row does not \
                 count, or one a row where the log has no such column; the log has no size: give \
                 --set size="
            }
            Self::Langfuse => {
                "time is startTime, size is metadata.size, images are metadata.n, and only rows count \
                 whose type is GENERATION and whose level is not ERROR; where the log has another \
                 count, give --map images="
            }
            Self::NewApi => {
                "time is created_at, one image a row, and only rows of type 2 (consumption) \
                 count; the log has no size: give --set size="
            }
            Self::Openai => {
                "time is the start_time of each bucket, whose images count for that day"
            }
        }
    }
}
