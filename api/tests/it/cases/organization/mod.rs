//! Organizations through the schema.

mod coverage;
mod keys;
mod lifecycle;
mod list;
mod members;
mod profile;
mod trail;
mod update;
mod viewer;
