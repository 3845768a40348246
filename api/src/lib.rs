//! Partnergraph: one GraphQL server for partner relationship management, account mapping and co-sell.
//!
//! The map of the house, in reading order. Each room says in its first lines what it is for and what it must not know;
//! the direction is `http -> schema -> <domain>/graphql -> service -> model, policy, store -> entity`, never upward.

// The types of the roots are merged from many parts, and a future is as deep as they are.
#![recursion_limit = "256"]

pub mod op;

pub mod config;
pub mod db;

pub mod cache;
pub mod event;
pub mod outbound;
pub mod page;
pub mod sheet;
pub mod telemetry;
pub mod transfer;

pub mod text;

pub mod search;

pub mod organization;

pub mod partnership;
pub mod program;

pub mod directory;

pub mod marketplace;

pub mod contact;
pub mod cosell;

pub mod lead;

pub mod activity;

pub mod account;

pub mod sharing;

pub mod overlap;

pub mod introduction;
pub mod lookup;
pub mod qualification;

pub mod trail;

pub mod import;
pub mod inbox;

pub mod alert;
pub mod webhook;

pub mod deadline;

pub mod schema;

pub mod http;

pub mod app;

pub mod demo;

pub mod command;
