//! Who may import. Pure.

use crate::op::{Action, Actor, Scope};
use entity::id::ImportRunId;

/// Load a directory past invitations and reviews.
pub(super) struct RunImport;

impl Action for RunImport {
    type Resource = ImportRunId;
    type Facts = ();
    const NAME: &'static str = "import.run";
    const SCOPE: Scope = Scope::Administration;

    /// Only the one who runs the process: no token and no key reaches the command line.
    fn allows(actor: &Actor, (): &()) -> bool {
        matches!(actor, Actor::Operator)
    }
}
