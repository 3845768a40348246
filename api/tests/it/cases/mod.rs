//! The cases, one module a domain.

mod command;
mod deadline;
mod cosell;
mod directory;
mod feed;
mod import;
mod marketplace;
mod organization;
mod partnership;
mod program;
