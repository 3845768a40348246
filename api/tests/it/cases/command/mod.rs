//! The program as people start it: its commands, what they print, and how they end. Each test has a folder of its own.

mod demo;
mod files;
pub(super) mod process;
mod production;
mod settings;
