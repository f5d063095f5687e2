//! A server on loopback that keeps every contract of the catalog: same answers, same refusals,
//! real images, and on request every fault that a real server was seen to have.
//!
//! Nothing here is about one provider: what is answered comes from the contracts.

mod asked;
mod fault;
mod harm;
mod picture;
mod reply;
mod server;
mod world;

pub use fault::Fault;
pub use server::{Options, ServeError, serve};
pub use world::{Base, World};
