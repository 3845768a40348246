//! Whom companies know, and what each lets the other see of it.

use super::{
    data::{KnownAccount, ListData, SharingData},
    stage::{LoadFault, Stage, Told},
};
use crate::{
    account::{
        self,
        model::{AccountDraft, NewList},
    },
    sharing::{self, model::ShownDraft, service::RuleInput},
};
use entity::id::AccountListId;

/// A company writes down whom it knows.
pub(super) async fn know(stage: &Stage, data: &ListData) -> Told<AccountListId> {
    let fault = |failure| LoadFault::new(format!("the list {} of {}", data.name, data.owner), failure);
    let op = stage.as_manager(&data.owner)?;
    let new = NewList { name: data.name.clone(), kind: data.kind, partner: None };
    let list = account::service::create(&op, new, None).await.map_err(fault)?;
    let added = account::service::add(&op, list.id, data.accounts.iter().map(draft).collect()).await.map_err(fault)?;
    match added.rejected.into_iter().next() {
        Some((_, refusal)) => Err(fault(refusal.into())),
        None => Ok(list.id),
    }
}

/// A company says what a partner sees of its lists.
pub(super) async fn share(stage: &Stage, data: &SharingData, lists: &[AccountListId]) -> Told<()> {
    let op = stage.as_manager(&data.owner)?;
    for list in lists {
        let shown = ShownDraft { level: data.level, fields: Some(data.fields.iter().copied().collect()) };
        let rule = RuleInput { list: *list, partner: data.partner.clone(), shown, expected_revision: None };
        let set = sharing::service::set_rule(&op, rule).await;
        set.map_err(|failure| LoadFault::new(format!("what {} shows {}", data.owner, data.partner), failure))?;
    }
    Ok(())
}

fn draft(data: &KnownAccount) -> AccountDraft {
    AccountDraft {
        external_id: Some(data.id.clone()),
        name: data.name.clone(),
        website: data.website.clone(),
        country: Some(data.country.clone()),
        owner: Some(data.owner.clone()),
        stage: data.stage.clone(),
        amount: data.amount.as_ref().map(|amount| amount.value),
        currency: data.amount.as_ref().map(|amount| amount.currency.clone()),
        ..AccountDraft::default()
    }
}
