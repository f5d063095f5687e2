//! What refusals mean, and what is charged when a call fails.

use askama::Template;

use crate::catalog::{Clause, ClauseKind, Field};
use crate::contract::Condition;
use crate::site::faq::context::{AnswerBasis, FaqContext, FaqNames};
use crate::site::faq::fact_text::{FactText, listed, one_line};

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
pub(super) fn errors(asked: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
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
    ErrorsText { names: &asked.names, errors, funds }.render().ok()
}

fn line(condition: Condition, sides: &[&Clause]) -> ErrorLine {
    let retry = |clause: &Clause| match clause.flag("retryable") {
        Some(true) => "may be tried again",
        Some(false) => "trying again does not help",
        None => "",
    };
    let parts = |clause: &Clause| {
        let status = clause.count("status").map(|status| format!("status {status}"));
        let code = clause.text("code").map(|code| format!("code {}", one_line(code)));
        let word = clause.text("type").map(|word| format!("type {}", one_line(word)));
        [status, code, word].into_iter().flatten().collect::<Vec<_>>()
    };
    let is_part = |one: &Clause| {
        let (mine, same) = (parts(one), |other: &Clause| retry(other) == retry(one));
        let within = |other: &Vec<String>| {
            other.len() > mine.len() && mine.iter().all(|part| other.contains(part))
        };
        sides.iter().filter(|other| same(other)).map(|other| parts(other)).any(|p| within(&p))
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
    ErrorLine { meaning: condition.words(), shows: shows.join("; "), retry: all }
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
pub(super) fn charged(asked: &FaqContext<'_, '_>, basis: &mut AnswerBasis) -> Option<String> {
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
    FailureText { names: &asked.names, charged, charged_errors, free_errors }.render().ok()
}
