//! From what clap says of a command line to one line: the flag, the value, the rule.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// One line that says what is wrong with the command line.
pub(crate) fn describe(error: &clap::Error) -> String {
    let general = || error.kind().as_str().unwrap_or("the command line can't be read").to_owned();
    explain(error).unwrap_or_else(general)
}

fn explain(error: &clap::Error) -> Option<String> {
    let argument = || text(error, ContextKind::InvalidArg).map(|name| flag(&name));
    Some(match error.kind() {
        ErrorKind::UnknownArgument => {
            let near = guess(error, ContextKind::SuggestedArg);
            format!("there is no `{}` here{near}", argument()?)
        }
        ErrorKind::InvalidSubcommand => {
            let name = text(error, ContextKind::InvalidSubcommand)?;
            let near = guess(error, ContextKind::SuggestedSubcommand);
            format!("there is no command `{name}`{near}")
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "a command is missing; add --help to see which there are".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("{} is missing", argument()?),
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        ErrorKind::ValueValidation => format!("{}: {}", argument()?, error.source()?),
        ErrorKind::InvalidValue => {
            let value = text(error, ContextKind::InvalidValue).filter(|value| !value.is_empty());
            let Some(value) = value else {
                return Some(format!("{} lacks its value", argument()?));
            };
            let known = text(error, ContextKind::ValidValue)?;
            format!("{}: `{value}` is none of: {known}", argument()?)
        }
        ErrorKind::ArgumentConflict => {
            let other = text(error, ContextKind::PriorArg).map(|name| flag(&name))?;
            let argument = argument()?;
            if argument == other {
                format!("{argument} is given more than once")
            } else {
                format!("{argument} and {other} exclude each other")
            }
        }
        _ => return None,
    })
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}

/// A flag without its value: `--as-of <DATE>` is `--as-of`.
fn flag(name: &str) -> String {
    name.split(" <").next().unwrap_or(name).to_owned()
}

fn guess(error: &clap::Error, kind: ContextKind) -> String {
    text(error, kind).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
