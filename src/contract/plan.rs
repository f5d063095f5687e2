//! What can be asked of an endpoint to see whether it keeps its contract: few requests, each with
//! all the checks that its answer serves.

use serde_json::json;

use self::boundaries::{beyond, long_prompt, outside, user_id, with};
use super::expectation::{
    Check, Citation, Credential, Expectation, PlannedRequest, of_fact, of_promise,
};
use super::request::ImageRequest;
use super::{Contract, Promise};
use crate::catalog::{
    CallName, ClauseKind, Condition, Fact, FactState, Field, FieldMeaning, FieldValue, PromptLimit,
    Texts,
};

mod boundaries;
mod disputes;
mod sizes;

/// The prompt of every request: harmless, ours, and shorter than any limit.
pub(super) const PROMPT: &str = "a lighthouse at dusk";

/// Requests, those without cost first, and the checks that they serve.
#[derive(Debug, Default)]
pub struct Plan<'c> {
    pub requests: Vec<PlannedRequest>,
    pub checks: Vec<Check<'c>>,
}

impl<'c> Plan<'c> {
    /// Everything that the contract promises and an answer can show.
    pub fn new(contract: &Contract<'c>) -> Self {
        let mut plan = Self::default();
        plan.entry(contract);
        // Each call is paid for by itself, and no key pays: the unpaid call is all that is free.
        if contract.is_paid_by_call() {
            return plan;
        }
        plan.refusals(contract);
        plan.plain(contract);
        sizes::sizes(&mut plan, contract);
        sizes::examples(&mut plan, contract);
        plan.qualities(contract);
        plan.limits(contract);
        plan.codes(contract);
        disputes::disputes(&mut plan, contract);
        plan
    }

    /// The request with this body, made once whoever needs it.
    fn request(
        &mut self,
        contract: &Contract<'_>,
        id: &str,
        credential: Credential,
        image: ImageRequest,
        refused: bool,
    ) -> usize {
        let body = |image: &ImageRequest| contract.create(image).and_then(|request| request.body);
        let same = |request: &PlannedRequest| {
            request.credential == credential && body(&request.image) == body(&image)
        };
        if let Some(at) = self.requests.iter().position(same) {
            return at;
        }
        self.requests.push(PlannedRequest { id: id.to_owned(), credential, image, refused });
        self.requests.len() - 1
    }

    fn check(
        &mut self,
        id: &str,
        requests: Vec<usize>,
        evidence: Citation,
        expectation: Expectation<'c>,
    ) {
        if !self.checks.iter().any(|check| check.id == id) {
            self.checks.push(Check { id: id.to_owned(), requests, evidence, expectation });
        }
    }

    /// Who is let in; these requests cost nothing.
    fn entry(&mut self, contract: &Contract<'c>) {
        let auth = contract.promises.iter().find(|promise| promise.kind == ClauseKind::Auth);
        let Some(auth) = auth else { return };
        let entries: &[_] = if contract.is_paid_by_call() {
            &[("auth.no-payment", Credential::None, Condition::NoPayment)]
        } else {
            &[
                ("auth.no-key", Credential::None, Condition::NoKey),
                ("auth.wrong-key", Credential::Invalid, Condition::WrongKey),
            ]
        };
        for &(id, credential, condition) in entries {
            let request =
                self.request(contract, id, credential, ImageRequest::prompt(PROMPT), true);
            let promise = contract.error_promise(condition).unwrap_or(auth);
            let evidence = of_promise(contract, promise);
            self.check(id, vec![request], evidence, Expectation::RefusedEntry(condition));
            // Only where a source says how this is refused does its body have the stated shape.
            let shape = contract.promises.iter().find(|p| p.kind == ClauseKind::ErrorBody);
            let is_stated =
                condition != Condition::NoPayment && contract.error(condition).is_some();
            if let Some(shape) = shape.filter(|_| is_stated) {
                let evidence = of_promise(contract, shape);
                let id = format!("error-body.{condition}");
                self.check(&id, vec![request], evidence, Expectation::ErrorBody(shape.clone()));
            }
        }
    }

    /// Values outside what is stated, which an endpoint that drifted might take, and bill.
    fn refusals(&mut self, contract: &Contract<'c>) {
        let model = ImageRequest {
            model: Some("no-such-model".to_owned()),
            ..ImageRequest::prompt(PROMPT)
        };
        if let Some(promise) = contract.error_promise(Condition::UnknownModel) {
            self.refusal(
                contract,
                "model.unknown",
                model,
                of_promise(contract, promise),
                Condition::UnknownModel,
            );
        }
        if contract.takes(FieldMeaning::Size).is_some()
            && let Some(fact) = contract.fact(Field::Sizes)
        {
            for size in outside(&fact) {
                let image = ImageRequest { size: Some(size), ..ImageRequest::prompt(PROMPT) };
                let id = format!("size.outside.{size}");
                self.refusal(contract, &id, image, of_fact(&fact), Condition::BadSize);
            }
        }
        if contract.takes(FieldMeaning::Quality).is_some()
            && let Some(fact) = contract.fact(Field::Qualities)
        {
            let image = ImageRequest {
                quality: Some("no-such-quality".to_owned()),
                ..ImageRequest::prompt(PROMPT)
            };
            self.refusal(contract, "quality.outside", image, of_fact(&fact), Condition::BadQuality);
        }
        if let Some(fact) = contract.fact(Field::PromptLimit)
            && let Some(FieldValue::Limit(PromptLimit::Chars(most))) = fact.value()
            && let Some(chars) = beyond(*most)
        {
            let image = ImageRequest::prompt(&long_prompt(chars));
            self.refusal(
                contract,
                "prompt.too-long",
                image,
                of_fact(&fact),
                Condition::PromptTooLong,
            );
        }
        if let (Some(name), Some(fact)) =
            (contract.takes(FieldMeaning::UserId), contract.fact(Field::UserIdLength))
            && let Some(FieldValue::Span(span)) = fact.value()
        {
            let bounds = [
                ("user-id.too-short", Some(span.low.saturating_sub(1))),
                ("user-id.too-long", beyond(span.high)),
            ];
            for (id, length) in bounds.into_iter().filter_map(|(id, length)| Some((id, length?))) {
                let image = with(name, json!(user_id(length)));
                self.refusal(contract, id, image, of_fact(&fact), Condition::BadRequest);
            }
        }
    }

    fn refusal(
        &mut self,
        contract: &Contract<'c>,
        id: &str,
        image: ImageRequest,
        evidence: Citation,
        condition: Condition,
    ) {
        let request = self.request(contract, id, Credential::Operator, image, true);
        self.check(id, vec![request], evidence, Expectation::Refused(condition));
    }

    /// The plainest request: most of an answer's promises need no other.
    fn plain(&mut self, contract: &Contract<'c>) {
        let request = self.request(
            contract,
            "plain",
            Credential::Operator,
            ImageRequest::prompt(PROMPT),
            false,
        );
        let Some(call) = contract.call_promise(CallName::Create) else { return };
        self.check("accepted", vec![request], of_promise(contract, call), Expectation::Accepted);
        self.check("answer.json", vec![request], of_promise(contract, call), Expectation::Json);
        for promise in &contract.promises {
            let evidence = of_promise(contract, promise);
            let expectation = match promise.kind {
                ClauseKind::Answer => Expectation::Answer(promise.clone()),
                ClauseKind::Task => Expectation::TaskWords(promise.clone()),
                ClauseKind::Call
                | ClauseKind::Auth
                | ClauseKind::Field
                | ClauseKind::Error
                | ClauseKind::ErrorBody
                | ClauseKind::Unknown => continue,
            };
            self.check(promise.id, vec![request], evidence, expectation);
        }
        self.picture(contract, request, "plain");
        if let Some(fact) = contract.fact(Field::DefaultSize) {
            let drawn = Expectation::Drawn(sizes::named(&fact));
            self.check("default-size", vec![request], of_fact(&fact), drawn);
        }
        if let Some(fact) = contract.fact(Field::Mode) {
            let modes = fact.claims.iter().map(|view| view.value.to_string()).collect();
            self.check("mode", vec![request], of_fact(&fact), Expectation::Delivery(modes));
        }
        if let Some(fact) = contract.fact(Field::ImagesPerAnswer)
            && let Some(FieldValue::Span(span)) = fact.value()
        {
            let one = if span.low == span.high { (span.low, span.high) } else { (1, 1) };
            self.check(
                "images-per-answer",
                vec![request],
                of_fact(&fact),
                Expectation::Count(one.0, one.1),
            );
        }
        self.task(contract, request, call);
        self.latency(contract, request, "plain", None);
    }

    /// Checks on the task that the plain request starts, where there are tasks.
    fn task(&mut self, contract: &Contract<'c>, request: usize, call: &Promise<'c>) {
        if !contract.has_tasks() {
            return;
        }
        let poll = contract.call_promise(CallName::Poll).unwrap_or(call);
        self.check("task.ends", vec![request], of_promise(contract, poll), Expectation::TaskEnds);
        let auth = contract.auth(CallName::Poll).map(|auth| auth.clause.id.as_str());
        if let Some(auth) = contract.promises.iter().find(|promise| Some(promise.id) == auth) {
            let evidence = of_promise(contract, auth);
            self.check("auth.poll", vec![request], evidence, Expectation::PollNeedsKey);
        }
    }

    /// Every image that is paid for is looked at.
    fn picture(&mut self, contract: &Contract<'c>, request: usize, id: &str) {
        if let Some(call) = contract.call_promise(CallName::Create) {
            let image = format!("image.{id}");
            self.check(&image, vec![request], of_promise(contract, call), Expectation::Pictures);
        }
        // Whatever else it asks for, an image for which no size is named has the default one.
        if self.requests[request].image.size.is_none()
            && id != "plain"
            && let Some(fact) = contract.fact(Field::DefaultSize)
        {
            let id = format!("image-size.{id}");
            self.check(
                &id,
                vec![request],
                of_fact(&fact),
                Expectation::DrawnByDefault(sizes::named(&fact)),
            );
        }
    }

    fn latency(
        &mut self,
        contract: &Contract<'c>,
        request: usize,
        id: &str,
        quality: Option<&str>,
    ) {
        let Some(fact) = contract.fact(Field::Latency) else { return };
        let rows =
            fact.effective_claims().iter().filter_map(|claim| claim.value.try_as_latency_ref());
        let rows = rows.flat_map(|rows| &rows.0);
        let fits = rows.filter(|row| {
            quality.is_none()
                || row.when.quality.is_none()
                || row.when.quality.as_deref() == quality
        });
        if let Some(most) = fits.map(|row| row.value.0.high).max() {
            let id = format!("latency.{id}");
            self.check(&id, vec![request], of_fact(&fact), Expectation::Within(most));
        }
    }

    fn qualities(&mut self, contract: &Contract<'c>) {
        if contract.takes(FieldMeaning::Quality).is_none() {
            return;
        }
        let Some(fact) = contract.fact(Field::Qualities) else { return };
        let models = contract.fact(Field::QualityModels);
        let codes = models.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_texts_ref);
        let takes = codes.is_none_or(|codes| codes.0.iter().any(|c| c == contract.listing.slug()));
        let Some(FieldValue::Texts(Texts(list))) = fact.value().filter(|_| takes) else { return };
        for quality in list {
            let id = format!("quality.{quality}");
            let image =
                ImageRequest { quality: Some(quality.clone()), ..ImageRequest::prompt(PROMPT) };
            let request = self.request(contract, &id, Credential::Operator, image, false);
            self.picture(contract, request, &id);
            self.check(&id, vec![request], of_fact(&fact), Expectation::Accepted);
            self.latency(contract, request, &id, Some(quality));
        }
    }

    /// The inner sides of limits, several images, and ways of handing over.
    fn limits(&mut self, contract: &Contract<'c>) {
        if let Some(fact) = contract.fact(Field::PromptLimit)
            && let Some(FieldValue::Limit(PromptLimit::Chars(most))) = fact.value()
        {
            let image = ImageRequest::prompt(&long_prompt(*most));
            self.accepted(contract, "prompt.longest", image, &fact);
        }
        if let (Some(name), Some(fact)) =
            (contract.takes(FieldMeaning::UserId), contract.fact(Field::UserIdLength))
            && let Some(FieldValue::Span(span)) = fact.value()
        {
            for (id, length) in [("user-id.shortest", span.low), ("user-id.longest", span.high)] {
                self.accepted(contract, id, with(name, json!(user_id(length))), &fact);
            }
        }
        if let (Some(name), Some(fact)) =
            (contract.takes(FieldMeaning::ResponseFormat), contract.fact(Field::ResponseFormats))
            && let Some(FieldValue::Texts(Texts(list))) = fact.value()
        {
            for format in list {
                let id = format!("response-format.{format}");
                let request = self.accepted(contract, &id, with(name, json!(format)), &fact);
                if format.contains("b64") {
                    self.check(
                        &format!("{id}.in-answer"),
                        vec![request],
                        of_fact(&fact),
                        Expectation::InAnswer,
                    );
                }
            }
        }
        let several = contract.fact(Field::ImagesPerAnswer);
        let span = several.as_ref().and_then(Fact::value).and_then(FieldValue::try_as_span_ref);
        let most = span.map_or(1, |span| span.high);
        if contract.takes(FieldMeaning::Count).is_some()
            && most >= 2
            && let Some(fact) = &several
        {
            let image = ImageRequest { n: Some(2), ..ImageRequest::prompt(PROMPT) };
            let request = self.accepted(contract, "n.2", image, fact);
            self.check("n.2.images", vec![request], of_fact(fact), Expectation::Count(2, 2));
        }
    }

    fn accepted(
        &mut self,
        contract: &Contract<'c>,
        id: &str,
        image: ImageRequest,
        fact: &Fact<'c>,
    ) -> usize {
        let request = self.request(contract, id, Credential::Operator, image, false);
        self.picture(contract, request, id);
        self.check(id, vec![request], of_fact(fact), Expectation::Accepted);
        request
    }

    /// Other spellings of the model's code that a source uses.
    fn codes(&mut self, contract: &Contract<'c>) {
        let Some(fact) = contract.fact(Field::ModelCode) else { return };
        if fact.state() == FactState::Disputed {
            return;
        }
        for view in &fact.claims {
            let code = view.value.to_string();
            if code != contract.listing.slug() {
                let image =
                    ImageRequest { model: Some(code.clone()), ..ImageRequest::prompt(PROMPT) };
                self.accepted(contract, &format!("model.{code}"), image, &fact);
            }
        }
    }
}
