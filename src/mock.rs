//! A server on loopback that keeps every contract of the catalog: same answers, same refusals,
//! real images, and on request every fault that a real server was seen to have.
//!
//! Nothing here is about one provider: what is answered comes from the contracts.

mod fault;
mod fault_injection;
mod png;
mod request;
mod response;
mod server;
mod state;

pub use fault::Fault;
pub use server::{MockError, MockOptions, serve};
pub use state::{MockEndpoint, MockState};
