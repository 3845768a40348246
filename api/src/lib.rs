//! Partnergraph: one GraphQL server for partner relationship management, account mapping and co-sell.
//!
//! The map of the house, in reading order. Each room says in its first lines what it is for and what it must not know;
//! the direction is `http -> schema -> <domain>/graphql -> service -> model, policy, store -> entity`, never upward.

pub mod cache;
pub mod config;
pub mod db;
pub mod event;
pub mod op;
pub mod page;
pub mod search;
pub mod text;

pub mod marketplace;
pub mod organization;
pub mod program;

pub mod import;

pub mod schema;

pub mod http;

pub mod app;
