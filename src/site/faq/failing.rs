//! What refusals mean, and what is charged when a call fails.

use askama::Template;

use crate::catalog::{Condition, ErrorClause, Field, TypedClause};
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::{FactText, and_list, one_line};

/// One condition with how it shows.
#[derive(Debug)]
struct ErrorLine {
    meaning: &'static str,
    shows: String,
    retry: &'static str,
}

#[derive(Template)]
#[template(path = "faq/errors.txt", escape = "none")]
struct ErrorsText<'a> {
    names: &'a FaqNames,
    errors: Vec<ErrorLine>,
    funds: Option<FactText>,
}

/// What do errors mean?
pub(super) fn errors(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> askama::Result<String> {
    let funds = faq.fact(basis, Field::OutOfFunds, None);
    let clauses = || faq.contract.iter().flat_map(|it| it.clauses::<ErrorClause>());
    let mut errors = Vec::new();
    for condition in Condition::ALL {
        let of = clauses().filter(|error| error.when == Some(*condition));
        let sides: Vec<TypedClause<'_, ErrorClause>> = of.collect();
        if sides.is_empty() {
            continue;
        }
        basis.clauses(faq, &sides.iter().map(|error| error.clause).collect::<Vec<_>>());
        errors.push(line(*condition, &sides));
    }
    ErrorsText { names: &faq.names, errors, funds }.render()
}

fn line(condition: Condition, sides: &[TypedClause<'_, ErrorClause>]) -> ErrorLine {
    let retry = |error: &ErrorClause| match error.retryable {
        Some(true) => "may be tried again",
        Some(false) => "trying again does not help",
        None => "",
    };
    let parts = |error: &ErrorClause| {
        let status = error.status.map(|status| format!("status {status}"));
        let code = error.code.as_ref().map(|code| format!("code {}", one_line(code)));
        let word = error.error_type.as_ref().map(|word| format!("type {}", one_line(word)));
        [status, code, word].into_iter().flatten().collect::<Vec<_>>()
    };
    let is_part = |one: &ErrorClause| {
        let mine = parts(one);
        let within = |other: &Vec<String>| {
            other.len() > mine.len() && mine.iter().all(|part| other.contains(part))
        };
        let same = sides.iter().filter(|other| retry(other) == retry(one));
        same.map(|other| parts(other)).any(|parts| within(&parts))
    };
    // One word for all of them, where there is one, is easier to read.
    let all = sides.first().map(|first| retry(first)).unwrap_or_default();
    let all = if sides.iter().all(|clause| retry(clause) == all) { all } else { "" };
    let mut shows: Vec<String> = Vec::new();
    for clause in sides.iter().filter(|clause| !is_part(clause)) {
        let mut one = parts(clause).join(" with ");
        if all.is_empty() && !retry(clause).is_empty() && !one.is_empty() {
            one = format!("{one} ({})", retry(clause));
        }
        if !one.is_empty() && !shows.contains(&one) {
            shows.push(one);
        }
    }
    ErrorLine { meaning: condition.description(), shows: shows.join("; "), retry: all }
}

#[derive(Template)]
#[template(path = "faq/failure.txt", escape = "none")]
struct FailureText<'a> {
    names: &'a FaqNames,
    charged: Option<FactText>,
    charged_errors: String,
    free_errors: String,
}

/// What is charged when a call fails?
pub(super) fn charged(faq: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> askama::Result<String> {
    let charged = faq.fact(basis, Field::FailureCharged, None);
    let clauses = || faq.contract.iter().flat_map(|it| it.clauses::<ErrorClause>());
    let mut of = |yes: bool| {
        let mut names: Vec<String> = Vec::new();
        for error in clauses().filter(|error| error.charged == Some(yes)) {
            basis.clause(faq, error.clause);
            let status = error.status.map(|status| format!("status {status}"));
            let name = status.or_else(|| error.code.as_deref().map(one_line));
            names.extend(name.filter(|name| !names.contains(name)));
        }
        and_list(&names)
    };
    let (charged_errors, free_errors) = (of(true), of(false));
    FailureText { names: &faq.names, charged, charged_errors, free_errors }.render()
}
