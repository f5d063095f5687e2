//! The steps of a task: submit, ask again, fetch. Where sources differ on a step, each is shown.

use crate::catalog::{
    AnswerClause, AnswerRole, CallClause, CallName, ClauseKindBody, Field, TaskClause, TaskState,
    TypedClause,
};
use crate::contract::Contract;
use crate::site::listing::context::ListingContext;
use crate::site::view::side::{self, ClauseWording};

/// One part of a step: a question, and every answer to it.
#[derive(Debug)]
pub(crate) struct StepPart<'s> {
    pub(crate) label: &'static str,
    /// None where no source says.
    pub(crate) sayings: Vec<ClauseWording<'s>>,
    pub(crate) disputed: bool,
}

/// One step.
#[derive(Debug)]
pub(crate) struct TaskStep<'s> {
    pub(crate) title: &'static str,
    pub(crate) text: String,
    pub(crate) parts: Vec<StepPart<'s>>,
}

/// The steps from the first call to the image; none where no task is known.
pub(crate) fn task_steps<'s>(context: &ListingContext<'s, '_>) -> Vec<TaskStep<'s>> {
    let Some(contract) = context.contract.as_ref().filter(|contract| contract.has_tasks()) else {
        return Vec::new();
    };
    let call = |name: CallName| {
        step_part(context, contract, "Request", |call: &CallClause| {
            (call.name == name).then(|| format!("{} {}", call.method, call.url))
        })
    };
    let answer = |label, call: CallName, role: AnswerRole| {
        step_part(context, contract, label, |answer: &AnswerClause| {
            let fits = answer.call == call && answer.role == Some(role);
            fits.then(|| answer.path.clone())
        })
    };
    let words = |label, state: TaskState| {
        step_part(context, contract, label, |task: &TaskClause| Some(task.words(state)?.join(", ")))
    };
    let has_result = contract.call(CallName::Result).is_some();
    let last = if has_result { CallName::Result } else { CallName::Poll };
    let step = |title, text: &str, parts| TaskStep { title, text: text.to_owned(), parts };
    let mut steps = vec![
        step(
            "Submit the task",
            "You may already have been charged, so don’t resend if the response is lost.",
            vec![call(CallName::Create)],
        ),
        step(
            "Keep the task ID",
            "Store it first: without it you can’t find the image again.",
            vec![
                answer("Id", CallName::Create, AnswerRole::TaskId),
                answer("State", CallName::Create, AnswerRole::TaskStatus),
            ],
        ),
        step(
            "Ask how it stands",
            "Ask every few seconds with the same key until the state is a final one.",
            vec![
                call(CallName::Poll),
                answer("State", CallName::Poll, AnswerRole::TaskStatus),
                words("Under way", TaskState::UnderWay),
                words("Done", TaskState::Done),
                words("Failed", TaskState::Failed),
            ],
        ),
    ];
    if has_result {
        steps.push(step("Fetch the result", "", vec![call(CallName::Result)]));
    }
    steps.push(TaskStep {
        title: "Download the image",
        text: lifetime_text(context),
        parts: vec![answer("Link", last, AnswerRole::ImageLink)],
    });
    steps
}

fn lifetime_text(context: &ListingContext<'_, '_>) -> String {
    let lifetime = context.words(Field::LinkLifetime);
    if lifetime.is_empty() {
        "How long the link lives is unknown: download at once, without the key.".to_owned()
    } else {
        format!("The link lives {lifetime}: download it, without the key.")
    }
}

/// What each side says of one thing; a clause that says nothing of it is no side.
fn step_part<'s, 'c: 's, B: ClauseKindBody>(
    context: &ListingContext<'s, 'c>,
    contract: &Contract<'c>,
    label: &'static str,
    says: impl Fn(&B) -> Option<String>,
) -> StepPart<'s> {
    let clauses = contract.clauses::<B>();
    let said = clauses.filter_map(|TypedClause { clause, body }| Some((says(body)?, clause)));
    let sayings = side::wordings(context.site, &contract.endpoint.entity, said);
    StepPart { label, disputed: sayings.len() > 1, sayings }
}
