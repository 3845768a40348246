//! The cases, one module a domain.

mod organization;
