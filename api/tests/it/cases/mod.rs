//! The cases, one module a domain.

mod marketplace;
mod organization;
mod partnership;
mod program;
