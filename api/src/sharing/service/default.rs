//! Defaults: what partners of a tier or of a type see where no rule of their own says otherwise.

use super::{must_be_own, watch::Watch};
use crate::{
    db::Tx,
    event,
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check_revision},
    sharing::{
        event::SharingEvent,
        model::{ConsentKind, DEFAULTS_MAX, DefaultTarget, SharingDefault, Shown, ShownDraft, scope_key},
        policy::ShareLists,
        store::{self, NewConsent},
    },
};
use entity::id::{AccountListId, OrganizationId, SharingDefaultId, TypedId};
use serde_json::{Value, json};

/// What partners of a tier or type are to see.
#[derive(Clone, Debug)]
pub struct DefaultInput {
    /// The list; none for all of them.
    pub list: Option<AccountListId>,
    /// Whom it is about.
    pub target: DefaultTarget,
    /// What they see.
    pub shown: ShownDraft,
    /// Change only if the revision is this; 0 for a default that is not there yet.
    pub expected_revision: Option<i32>,
}

/// Makes or changes a default. Nothing is written where it says so already.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_STATE` for the list of an offline partner, `TOO_MANY` beyond
/// [`DEFAULTS_MAX`].
pub async fn set_default(op: &Op, input: DefaultInput) -> Outcome<SharingDefault> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    store::lock_organizations_in(&tx, [own]).await?;
    if let Some(list) = input.list {
        let list = store::find_list_in(&tx, op, list).await?;
        must_be_own(&list.ok_or_else(|| Refusal::not_found("input.accountList"))?)?;
    }
    if let DefaultTarget::Tier(tier) = input.target {
        let found = store::find_own_tier_in(&tx, own, tier).await?;
        found.ok_or_else(|| Refusal::not_found("input.tier"))?;
    }
    let permit = op.authorize::<ShareLists>(own, &own)?;
    let key = scope_key(own, input.list, input.target);
    let before = store::find_default_by_key_in(&tx, &key).await?;
    check_revision(input.expected_revision, before.as_ref().map_or(0, |default| default.revision))?;
    let shown_before = before.as_ref().map(shown_of);
    let shown = input.shown.over(shown_before);
    if let Some(same) = before.clone().filter(|_| shown_before == Some(shown)) {
        return Ok(same);
    }
    if before.is_none() && store::count_defaults_in(&tx, own).await? >= DEFAULTS_MAX {
        let message = format!("An organization has at most {DEFAULTS_MAX} defaults.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }

    let watch = watch_partners(&tx, op, own).await?;
    let after = match &before {
        Some(before) => store::update_default_in(&tx, op, &permit, before, shown).await?,
        None => store::insert_default_in(&tx, op, &permit, (input.list, input.target, key), shown).await?,
    };
    let consent = consent_of(&after, before.as_ref().map(said), Some(said(&after)));
    store::insert_consents_in(&tx, op, vec![consent]).await?;
    let mut facts = SharingEvent::DefaultSet { before: before.as_ref(), after: &after }.facts();
    facts.extend(watch.finish(&tx, op).await?);
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a default.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`.
pub async fn remove_default(op: &Op, id: SharingDefaultId, expected_revision: Option<i32>) -> Outcome<SharingDefault> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    store::lock_organizations_in(&tx, [own]).await?;
    let default = store::find_default_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<ShareLists>(own, &own)?;
    check_revision(expected_revision, default.revision)?;

    let watch = watch_partners(&tx, op, own).await?;
    store::delete_default_in(&tx, &permit, &default).await?;
    store::insert_consents_in(&tx, op, vec![consent_of(&default, Some(said(&default)), None)]).await?;
    let mut facts = SharingEvent::DefaultRemoved(&default).facts();
    facts.extend(watch.finish(&tx, op).await?);
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(default)
}

/// A default is about all partners that it fits now. Only the own organization is locked: what two organizations that
/// change their defaults in the same moment open to each other is opened by the sweep.
async fn watch_partners(tx: &Tx, op: &Op, own: OrganizationId) -> Result<Watch, Fault> {
    let partners = store::list_partners_of(&**tx, op.now(), own).await?;
    Watch::begin(tx, op, partners.into_iter().map(|partner| (own, partner)).collect()).await
}

fn shown_of(default: &SharingDefault) -> Shown {
    Shown { level: default.level, fields: default.fields }
}

fn said(default: &SharingDefault) -> Value {
    json!({
        "tier": default.tier_id.map(TypedId::global),
        "partnerType": default.partner_type.and_then(|types| types.iter().next()),
        "level": default.level,
        "fields": default.fields.list(),
    })
}

fn consent_of(default: &SharingDefault, before: Option<Value>, after: Option<Value>) -> NewConsent {
    NewConsent {
        organization: default.organization_id,
        partner: None,
        list: default.list_id,
        kind: ConsentKind::Default,
        before,
        after,
    }
}
