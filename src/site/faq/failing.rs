//! What refusals mean, and what is charged when a call fails.

use askama::Template;

use super::asked::{Asked, Basis, Names};
use super::told::{Told, listed, one_line};
use crate::catalog::{Clause, ClauseKind, Field};
use crate::contract::Condition;

/// One condition with how it shows.
#[derive(Debug)]
struct ErrorLine {
    meaning: &'static str,
    shows: String,
    retry: &'static str,
}

#[derive(Template)]
#[template(path = "faq/errors.txt", escape = "none")]
struct Errors<'a> {
    names: &'a Names,
    errors: Vec<ErrorLine>,
    funds: Option<Told>,
}

/// What do errors mean?
pub(super) fn errors(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let funds = asked.told(basis, Field::OutOfFunds);
    let clauses = || asked.contract.iter().flat_map(|it| it.clauses(ClauseKind::Error));
    let mut errors = Vec::new();
    for condition in Condition::ALL {
        let of = clauses().filter(|clause| clause.text("when") == Some(condition.word()));
        let sides: Vec<&Clause> = of.collect();
        if sides.is_empty() {
            continue;
        }
        basis.clauses(asked, &sides);
        errors.push(line(*condition, &sides));
    }
    if errors.is_empty() && funds.is_none() {
        return None;
    }
    Errors { names: &asked.names, errors, funds }.render().ok()
}

fn line(condition: Condition, sides: &[&Clause]) -> ErrorLine {
    let mut shows: Vec<String> = Vec::new();
    for clause in sides {
        let status = clause.count("status").map(|status| format!("status {status}"));
        let code = clause.text("code").map(|code| format!("code {}", one_line(code)));
        let word = clause.text("type").map(|word| format!("type {}", one_line(word)));
        let parts: Vec<_> = [status, code, word].into_iter().flatten().collect();
        let one = parts.join(" with ");
        if !one.is_empty() && !shows.contains(&one) {
            shows.push(one);
        }
    }
    let says = |yes| sides.iter().any(|clause| clause.flag("retryable") == Some(yes));
    let retry = match (says(true), says(false)) {
        (true, false) => "It may be tried again.",
        (false, true) => "Trying again does not help.",
        (true, true) => "Some of these may be tried again, and some not.",
        (false, false) => "",
    };
    ErrorLine { meaning: condition.words(), shows: listed(&shows), retry }
}

#[derive(Template)]
#[template(path = "faq/failure.txt", escape = "none")]
struct Failure<'a> {
    names: &'a Names,
    charged: Option<Told>,
    charged_errors: String,
    free_errors: String,
}

/// What is charged when a call fails?
pub(super) fn charged(asked: &Asked<'_, '_>, basis: &mut Basis) -> Option<String> {
    let charged = asked.told(basis, Field::FailureCharged);
    let clauses = || asked.contract.iter().flat_map(|it| it.clauses(ClauseKind::Error));
    let mut of = |yes: bool| {
        let mut names: Vec<String> = Vec::new();
        for clause in clauses().filter(|clause| clause.flag("charged") == Some(yes)) {
            basis.clause(asked, clause);
            let status = clause.count("status").map(|status| format!("status {status}"));
            let name = status.or_else(|| clause.text("code").map(one_line));
            names.extend(name.filter(|name| !names.contains(name)));
        }
        listed(&names)
    };
    let (charged_errors, free_errors) = (of(true), of(false));
    if charged.is_none() && charged_errors.is_empty() && free_errors.is_empty() {
        return None;
    }
    Failure { names: &asked.names, charged, charged_errors, free_errors }.render().ok()
}
