//! Organizations through the schema.

mod update;
