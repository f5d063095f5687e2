//! The parts of a listing's page, each worked out from the listing's context.

pub(crate) mod alternatives;
pub(crate) mod call;
pub(crate) mod capabilities;
pub(crate) mod context;
pub(crate) mod examples;
pub(crate) mod json_ld;
pub(crate) mod price;
pub(crate) mod price_history;
pub(crate) mod probe_results;
pub(crate) mod quality;
pub(crate) mod refusal;
pub(crate) mod size_sheets;
pub(crate) mod task;
