//! Imports: what others publish about prices, as files of a catalog. It reads bytes and gives
//! files back; nothing is written here. No clock, no network.

pub mod litellm;
