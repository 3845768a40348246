//! Whom companies know, what each lets the other see of it, and what they make of whom both know.

use super::{
    data::{IntroductionData, KnownAccount, ListData, RuleData, SharingData},
    stage::{LoadFault, Stage, Told},
};
use crate::{
    account::{
        self,
        model::{AccountDraft, NewList},
    },
    introduction, lookup,
    overlap::engine::{Engine, EngineSettings},
    qualification::{self, engine::Qualifier, model::RuleDraft},
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

/// The lists are compared, as a server does within a second: what comes after rests on what both have.
pub(super) async fn compare(stage: &Stage) -> Told<()> {
    let compared = Engine::new(EngineSettings::default()).run_once(&stage.as_operator()).await;
    compared.map_err(|fault| LoadFault::new("comparing the account lists", fault))?;
    Ok(())
}

/// A company asks a partner to introduce it to one that both know.
pub(super) async fn ask(stage: &Stage, data: &IntroductionData) -> Told<()> {
    let what = || format!("{} asks {} to introduce it", data.asker, data.receiver);
    let op = stage.as_manager(&data.asker)?;
    let receiver = stage.player(&data.receiver)?.manager.organization;
    let known = lookup::service::accounts(&op, &data.about).await.map_err(|fault| LoadFault::new(what(), fault))?;
    let both = lookup::service::partners(&op, &known).await.map_err(|fault| LoadFault::new(what(), fault))?;
    let with_receiver = both.into_iter().find(|(partner, _)| *partner == receiver);
    let surest = with_receiver.and_then(|(_, overlaps)| overlaps.into_iter().next());
    let request = introduction::service::Request {
        overlap: surest.ok_or_else(|| LoadFault::missing("overlap", &data.about))?.row.id,
        message: data.message.clone(),
        contact_title: Some(data.contact_title.clone()),
        desired_on: Some(stage.in_days(data.desired_in)),
    };
    let asked = introduction::service::request(&op, request, None).await;
    asked.map_err(|failure| LoadFault::new(what(), failure))?;
    Ok(())
}

/// A company says which of the companies that it and a partner know are worth a lead, and has them found.
pub(super) async fn qualify(stage: &Stage, data: &RuleData) -> Told<()> {
    let what = || format!("the rule {} of {}", data.name, data.owner);
    let op = stage.as_manager(&data.owner)?;
    let draft = RuleDraft {
        name: data.name.clone(),
        own_kinds: data.own_kinds.clone(),
        partner_kinds: data.partner_kinds.clone(),
        partners: None,
        min_confidence: data.min_confidence,
        countries: None,
        enabled: true,
    };
    let rule = qualification::service::RuleInput { draft, partners: Some(vec![data.partner.clone()]) };
    let made = qualification::service::create(&op, rule, None).await;
    made.map_err(|failure| LoadFault::new(what(), failure))?;
    let found = Qualifier::default().run_once(&stage.as_operator()).await;
    match found.map_err(|fault| LoadFault::new(what(), fault))? {
        0 => Err(LoadFault::missing("overlap", &data.name)),
        _ => Ok(()),
    }
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
