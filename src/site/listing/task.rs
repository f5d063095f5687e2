//! The steps of a task: submit, ask again, fetch. Where sources differ on a step, each is shown.

use crate::catalog::{
    AnswerClause, AnswerRole, CallClause, CallName, ClauseKindBody, Field, TaskClause, TaskState,
    TypedClause,
};
use crate::contract::Contract;
use crate::site::listing::clause::{self, ClauseSide};
use crate::site::listing::context::ListingContext;

/// One wording of a step.
#[derive(Debug)]
pub(crate) struct StepWording {
    pub(crate) says: String,
    pub(crate) sides: Vec<ClauseSide>,
}

/// One part of a step: a question, and every answer to it.
#[derive(Debug)]
pub(crate) struct StepPart {
    pub(crate) label: &'static str,
    /// None where no source says.
    pub(crate) sayings: Vec<StepWording>,
    pub(crate) disputed: bool,
}

/// One step.
#[derive(Debug)]
pub(crate) struct TaskStep {
    pub(crate) title: &'static str,
    pub(crate) text: String,
    pub(crate) parts: Vec<StepPart>,
}

/// The steps from the first call to the image; none where no task is known.
pub(crate) fn task_steps(context: &ListingContext<'_, '_>) -> Vec<TaskStep> {
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
            "Send the request once. It may cost money, so a lost answer is no reason to send it again.",
            vec![call(CallName::Create)],
        ),
        step(
            "Keep the task's id",
            "Store it before anything else: without it the image can't be found again.",
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
fn step_part<'c, B: ClauseKindBody>(
    context: &ListingContext<'_, 'c>,
    contract: &Contract<'c>,
    label: &'static str,
    says: impl Fn(&B) -> Option<String>,
) -> StepPart {
    let mut sayings: Vec<StepWording> = Vec::new();
    for TypedClause { clause, body } in contract.clauses::<B>() {
        let Some(says) = says(body) else { continue };
        let side = clause::clause_side(context, clause);
        match sayings.iter_mut().find(|saying| saying.says == says) {
            Some(saying) => saying.sides.push(side),
            None => sayings.push(StepWording { says, sides: vec![side] }),
        }
    }
    StepPart { label, disputed: sayings.len() > 1, sayings }
}
