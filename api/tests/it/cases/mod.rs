//! The cases, one module a domain.

mod account;
mod activity;
mod alert;
mod command;
mod contact;
mod cosell;
mod deadline;
mod directory;
mod feed;
mod import;
mod inbox;
mod introduction;
mod lead;
mod lookup;
mod marketplace;
mod organization;
pub(crate) mod overlap;
mod partnership;
mod program;
pub(crate) mod qualification;
mod sharing;
mod upgrade;
mod webhook;
