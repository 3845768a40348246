//! The schema of overlaps.

pub mod account;
pub mod dispute;
pub mod enums;
pub mod fit;
pub mod greenfield;
pub mod loader;
pub mod matrix;
pub mod mutation;
pub mod note;
pub mod play;
pub mod query;
pub mod run;
pub mod types;
