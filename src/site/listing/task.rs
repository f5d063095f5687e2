//! The steps of a task: submit, ask again, fetch. Where sources differ on a step, each is shown.

use crate::catalog::{Clause, ClauseKind, Field};
use crate::contract::Contract;
use crate::site::listing::clause::{self, ClauseSide, text};
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
    /// One sentence of advice.
    pub(crate) text: String,
    pub(crate) parts: Vec<StepPart>,
}

/// The steps from the first call to the image; none where no task is known.
pub(crate) fn task_steps(context: &ListingContext<'_, '_>) -> Vec<TaskStep> {
    let Some(contract) = context.contract.as_ref().filter(|contract| contract.has_tasks()) else {
        return Vec::new();
    };
    let call = |name: &'static str| {
        step_part(context, contract, "Request", request, move |clause| {
            clause.kind == ClauseKind::Call && clause.text("name") == Some(name)
        })
    };
    let answer = |label, call: &'static str, role: &'static str| {
        step_part(context, contract, label, path, move |clause| {
            clause.text("call") == Some(call) && clause.text("role") == Some(role)
        })
    };
    let words = |label, state: &'static str| {
        step_part(
            context,
            contract,
            label,
            move |c| text(c, state),
            move |clause| clause.kind == ClauseKind::Task && clause.texts(state).is_some(),
        )
    };
    let last = if contract.call("result").is_some() { "result" } else { "poll" };
    let step = |title, text: &str, parts| TaskStep { title, text: text.to_owned(), parts };
    let mut steps = vec![
        step(
            "Submit the task",
            "Send the request once. It may cost money, so a lost answer is no reason to send it again.",
            vec![call("create")],
        ),
        step(
            "Keep the task's id",
            "Store it before anything else: without it the image can't be found again.",
            vec![answer("Id", "create", "task-id"), answer("State", "create", "task-status")],
        ),
        step(
            "Ask how it stands",
            "Ask every few seconds with the same key until the state is a final one.",
            vec![
                call("poll"),
                answer("State", "poll", "task-status"),
                words("Under way", "under-way"),
                words("Done", "done"),
                words("Failed", "failed"),
            ],
        ),
    ];
    if last == "result" {
        steps.push(step("Fetch the result", "", vec![call("result")]));
    }
    steps.push(TaskStep {
        title: "Download the image",
        text: lifetime_text(context),
        parts: vec![answer("Link", last, "image-link")],
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

/// What each side says of one thing.
fn step_part<'c>(
    context: &ListingContext<'_, 'c>,
    contract: &Contract<'c>,
    label: &'static str,
    says: impl Fn(&Clause) -> String,
    fits: impl Fn(&Clause) -> bool,
) -> StepPart {
    let clauses = contract.promises.iter().flat_map(|promise| promise.sides.iter().copied());
    let mut sayings: Vec<StepWording> = Vec::new();
    for clause in clauses.filter(|clause| fits(clause)) {
        let (says, side) = (says(clause), clause::clause_side(context, clause));
        match sayings.iter_mut().find(|saying| saying.says == says) {
            Some(saying) => saying.sides.push(side),
            None => sayings.push(StepWording { says, sides: vec![side] }),
        }
    }
    StepPart { label, disputed: sayings.len() > 1, sayings }
}

fn request(clause: &Clause) -> String {
    format!("{} {}", text(clause, "method"), text(clause, "url"))
}

fn path(clause: &Clause) -> String {
    text(clause, "path")
}
