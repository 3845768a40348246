//! Files of accounts that are sent to the server.

use super::{
    file::Source,
    import::{Asked, ImportFault, import},
};
use crate::{
    account::{
        model::{AccountImportMode, AccountImportProblem},
        policy::ManageAccountList,
        service::Stopped,
        store,
    },
    op::{ErrorCode, Failure, Fault, Op, World},
    transfer::{
        Asker, Incoming, Refused, StreamIntake,
        parameters::{distinct, refused, truth, unknown},
    },
};
use async_trait::async_trait;
use entity::id::{AccountListId, TypedId};
use serde_json::Value;
use std::sync::Arc;

/// Takes files of accounts into the list that the path names.
pub struct AccountIntake {
    world: Arc<World>,
}

impl AccountIntake {
    /// The intake of `world`.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    fn admitted(&self, asker: &Asker) -> Result<(Op, AccountListId, Asked), Refused> {
        let op = Op::new(Arc::clone(&self.world), asker.actor.clone(), &asker.request_id, Vec::new());
        op.signed_in().map_err(|denied| told(denied.into()))?;
        let id = asker.subject.as_deref().and_then(AccountListId::parse_global);
        let id = id.ok_or_else(|| Fault::bad_input("The path must name an account list by its id."))?;
        Ok((op, id, asked(&asker.parameters)?))
    }
}

#[async_trait]
impl StreamIntake for AccountIntake {
    async fn admit(&self, asker: &Asker) -> Result<(), Refused> {
        let (op, id, _) = self.admitted(asker)?;
        let list = store::list_by_ids(&op, &[id]).await?.pop().ok_or(Refused::NotFound)?;
        op.authorize::<ManageAccountList>(id, &list).map_err(|denied| told(denied.into()))?;
        Ok(())
    }

    async fn take(&self, asker: Asker, file: Incoming) -> Result<Value, Refused> {
        let (op, id, asked) = self.admitted(&asker)?;
        match import(&op, id, asked, Source::from(file)).await {
            Ok(report) => Ok(report.value()),
            Err(ImportFault::Unusable(message)) => Err(Refused::Unusable(message)),
            Err(ImportFault::Refused(failure)) => Err(told(failure)),
            Err(ImportFault::Stopped(stopped, report)) => Err(match stopped {
                Stopped::Problem(AccountImportProblem::TooLarge | AccountImportProblem::TooMany) => {
                    Refused::TooMuch(message_of(stopped))
                }
                Stopped::Problem(_) => Refused::Report(message_of(stopped), report.value()),
                Stopped::Deleted => Refused::NotFound,
                Stopped::Overtaken => Refused::Busy(message_of(stopped)),
                Stopped::Fault(fault) => Refused::Fault(fault),
            }),
        }
    }
}

fn message_of(stopped: Stopped) -> String {
    match stopped.into_failure() {
        Failure::Refused(refusals) => refusals.into_iter().map(|refusal| refusal.message).collect::<Vec<_>>().join(" "),
        Failure::Fault(fault) => fault.message(),
    }
}

fn told(failure: Failure) -> Refused {
    let refusals = match failure {
        Failure::Fault(fault) => return Refused::Fault(fault),
        Failure::Refused(refusals) => refusals,
    };
    let has = |code| refusals.iter().any(|refusal| refusal.code == code);
    let (missing, busy) = (has(ErrorCode::NotFound), has(ErrorCode::InvalidState));
    let message = refusals.into_iter().map(|refusal| refusal.message).collect::<Vec<_>>().join(" ");
    match (missing, busy) {
        (true, _) => Refused::NotFound,
        (_, true) => Refused::Busy(message),
        _ => Refused::NotAllowed(message),
    }
}

/// What the query string asks for.
fn asked(parameters: &[(String, String)]) -> Result<Asked, Fault> {
    let mut asked = Asked { mode: AccountImportMode::Replace, dry_run: false };
    for (name, value) in distinct(parameters)? {
        match name {
            "mode" => {
                asked.mode = match value {
                    "replace" => AccountImportMode::Replace,
                    "merge" => AccountImportMode::Merge,
                    _ => return Err(refused(name, "replace or merge")),
                }
            }
            "dryRun" => asked.dry_run = truth(name, value)?,
            _ => return Err(unknown("mode, dryRun")),
        }
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_and_anything_else_refused() {
        let read = |pairs: &[(&str, &str)]| {
            asked(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
        };
        assert_eq!(read(&[]).unwrap(), Asked { mode: AccountImportMode::Replace, dry_run: false });
        let merge = read(&[("mode", "merge"), ("dryRun", "true")]).unwrap();
        assert_eq!(merge, Asked { mode: AccountImportMode::Merge, dry_run: true });
        for wrong in [&[("mode", "MERGE")][..], &[("dryRun", "1")], &[("strict", "true")], &[("mode", "merge"); 2]] {
            assert!(matches!(read(wrong), Err(Fault::BadInput(_))), "{wrong:?}");
        }
    }
}
