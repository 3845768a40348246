//! The tables of Partnergraph's database: one file a table, typed ids, and the enums that columns hold.
//!
//! This crate knows SeaORM and nothing else: no business rule, no GraphQL, no HTTP. A row (`Model`) is plain data, so a
//! domain's `model.rs` may hand it on under its own name; only a domain's `store.rs` may query with it.

pub mod flags;
pub mod id;
pub mod texts;
pub mod value;
pub mod words;

pub mod alert;
pub mod audit_entry;
pub mod data_version;
pub mod feed;
pub mod feed_epoch;
pub mod feed_reader;
pub mod idempotency_key;
pub mod search_token;

pub mod api_key;
pub mod coverage;
pub mod member;
pub mod organization;
pub mod organization_alias;
pub mod person;
pub mod profile;
pub mod profile_change;
pub mod profile_text;

pub mod partnership;
pub mod partnership_exchange;
pub mod partnership_invitation;
pub mod partnership_party;
pub mod partnership_role;
pub mod partnership_term;

pub mod category;
pub mod category_ancestor;
pub mod integration;
pub mod listing;
pub mod listing_audience;
pub mod listing_category;
pub mod listing_change;
pub mod review;

pub mod membership;
pub mod membership_fact;
pub mod membership_metric;
pub mod membership_period;
pub mod program;
pub mod requirement;
pub mod requirement_set;
pub mod tier;
pub mod tier_benefit;

pub mod webhook_delivery;
pub mod webhook_endpoint;

pub mod import_event;
pub mod import_key;
pub mod import_label;
pub mod import_row;
pub mod import_run;
pub mod import_stream;

pub mod invitation;
pub mod opportunity;
pub mod opportunity_change;
pub mod opportunity_listing;
pub mod opportunity_move;
pub mod opportunity_next_step;
pub mod opportunity_participant;
pub mod opportunity_snapshot;
pub mod opportunity_team;

pub mod activity;
pub mod activity_participant;
pub mod contact;
pub mod lead;
pub mod lead_interaction;
pub mod lead_step;

pub mod account;
pub mod account_list;
pub mod account_list_import;
pub mod account_list_seen;

pub mod exploratory_mapping;
pub mod mapping_pair;
pub mod sharing_consent;
pub mod sharing_default;
pub mod sharing_rule;

pub mod benefit_play;
pub mod mapping_result;
pub mod mapping_run;
pub mod overlap;
pub mod overlap_dispute;
pub mod overlap_note;

pub mod introduction;

pub mod qualification_progress;
pub mod qualification_rule;
pub mod qualification_turn;
pub mod qualified_lead;
