//! Leads: possible customers that one organization names to a partner, who accepts or declines; one that nobody answers
//! in time goes on to the next partner that the sender named, or comes back.
//!
//! Each side sees its part: the sender everything; a receiver that was asked the company, what it is about and the title of
//! the contact; one that accepted the rest; one that declined or was too late only that it was asked.

pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod service;
pub mod store;
