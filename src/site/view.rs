//! Ready values that several pages show: facts, promises, prices and disputes. An empty text is
//! what no source states; templates leave it out.

pub(crate) mod change;
pub(crate) mod dataset;
pub(crate) mod dispute;
pub(crate) mod fact;
pub(crate) mod features;
pub(crate) mod price_row;
pub(crate) mod promise;
pub(crate) mod rate;
pub(crate) mod side;
pub(crate) mod ways_out;
