//! The partner directory of a program: who takes part, searched, filtered, counted and sorted.
//!
//! A partner is a membership in force. This room reads what organizations, programs and the marketplace wrote; it writes
//! nothing, and no other room knows it but for the two fields that the type `Program` hands on to it.
//!
//! Decisions:
//! * Without `asOf` (or with today's day) the answer is what the memberships say now; with any other day it is what their
//!   periods say, which are worked out from the facts. Both agree by construction, and a test says so.
//! * Whose page the viewer may not see is left out of the directory of today and of days to come. In the directory of a
//!   past day it still counts, since the question is who the members *were* and many are remembered by nothing but an
//!   event: its place is shown with types, tier and dates, `organization` is null, no word, country or category finds
//!   it, and its name is neither sorted by (it comes last) nor in a cursor.
//! * The host of the program sees all its members on all days, and everybody sees the own organization.
//! * An empty list in a filter asks for nothing and counts as absent; a tier, category or word that does not exist
//!   matches nothing. A least rank leaves out who has no tier.
//! * A facet applies every filter but its own. The tier facet leaves out both filters by tier, the names and the least
//!   rank: together they are the question that it offers the answers to. A value without a partner is not offered.
//! * The day of joining is that of the present stay. In a directory of another day it is unknown where that stay began
//!   later.
//! * Statements do not grow with rows, nor with programs on a page: the pages of one level are read with one statement,
//!   so are their totals, and so are the facets whose values are of one kind.
//! * Pages, totals and counts that visitors read are cached for a minute under the data versions of the program and of
//!   the catalog, which are read first; signed-in viewers may see more than the public and go to the database.

pub mod graphql;
pub mod model;
pub mod store;
