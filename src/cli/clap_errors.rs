//! From what clap says of a command line to one line: the flag, the value, the rule.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What other programs call an option of ours, and the value that it then has.
const OTHER_NAMES: [(&str, &str, &str); 14] = [
    ("--address", "addr", ""),
    ("--bind", "addr", ""),
    ("--host", "addr", ""),
    ("--listen", "addr", ""),
    ("--port", "addr", ""),
    ("--output", "out", ""),
    ("--dir", "out", ""),
    ("--date", "as-of", ""),
    ("--count", "images", ""),
    ("--num", "images", ""),
    ("--resolution", "size", ""),
    ("--json", "format", " json"),
    ("--csv", "format", " csv"),
    ("--dry-run", "plan", ""),
];

/// One line that says what is wrong with the command line of a command.
pub(crate) fn describe(error: &clap::Error, command: &clap::Command) -> String {
    let general = || error.kind().as_str().unwrap_or("the command line can't be read").to_owned();
    explain(error, command).unwrap_or_else(general)
}

/// Whether a command was named, and none of its own commands.
pub(crate) fn is_without_command(error: &clap::Error) -> bool {
    let kinds = [ErrorKind::MissingSubcommand, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand];
    kinds.contains(&error.kind())
}

/// The option of a command that other programs call so.
fn same_elsewhere(option: &str, command: &clap::Command) -> Option<String> {
    let (_, ours, value) = OTHER_NAMES.iter().find(|(theirs, ..)| *theirs == option)?;
    let mut options = command.get_arguments().filter_map(clap::Arg::get_long);
    options.any(|own| own == *ours).then(|| format!("; did you mean `--{ours}{value}`?"))
}

fn explain(error: &clap::Error, command: &clap::Command) -> Option<String> {
    let argument = || text(error, ContextKind::InvalidArg).map(|name| flag(&name));
    Some(match error.kind() {
        ErrorKind::UnknownArgument => {
            let argument = argument()?;
            if !argument.starts_with('-') {
                return Some(format!("there is no `{argument}` here"));
            }
            let near = guess(error, ContextKind::SuggestedArg);
            let near = same_elsewhere(&argument, command).unwrap_or(near);
            format!("unknown option {argument}{near}")
        }
        ErrorKind::InvalidSubcommand => {
            let name = text(error, ContextKind::InvalidSubcommand)?;
            let near = guess(error, ContextKind::SuggestedSubcommand);
            format!("there is no command `{name}`{near}")
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
