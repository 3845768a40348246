//! The only room that assembles the roots of the schema, and the conventions that all of it keeps: ids, pages, errors,
//! scalars, loaders.
//!
//! It knows every `graphql` module and no store, no table and no HTTP. The modules below the roots are what the
//! `graphql` folders of the domains build on.

pub mod connection;
mod description;
pub mod error;
pub mod live;
pub mod loader;
pub mod node;
pub mod request;
pub mod root;
pub mod scalar;

pub use root::{PartnergraphSchema, build, sdl};
