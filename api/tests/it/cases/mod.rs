//! The cases, one module a domain.

mod directory;
mod import;
mod marketplace;
mod command;
mod organization;
mod partnership;
mod program;
