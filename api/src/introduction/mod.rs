//! Introductions: who sees an overlap with a partner's account asks the partner to introduce it there; the partner accepts
//! or declines, the two say what came of it, and one step makes of it an opportunity of the asker or a lead for it.
//!
//! What each side sees is what the request itself says, and that is little enough to stay when a rule is taken back:
//! - The asker: what it wrote; the name of the partner's account as it saw it when it asked; what it saw of the overlap then
//!   (kinds, score, confidence, reasons), without any other value of the partner's account; the answer and the outcome.
//! - The receiver: the same request about its own account, which it sees whole, and the outcome. Of the asker's account it
//!   sees what the asker's rule shows: what it saw of the overlap then, and nothing where that rule only counted. That the
//!   asker knows the company is told by the asking itself, and by nothing else here.
//! - Nobody else anything, the operator included.
//!
//! The overlap itself is shown live, by the rules of the moment; it goes from both when they say so, and from here as well.

pub mod event;
pub mod graphql;
pub mod model;
pub mod policy;
pub mod service;
pub mod store;
