//! Rules: what one partner sees of one list.

use super::{must_be_own, recorded, watch::Watch};
use crate::{
    event,
    op::{ErrorCode, Op, Outcome, Refusal, check_revision},
    organization::model::OrganizationStatus,
    sharing::{
        event::SharingEvent,
        model::{ConsentKind, SharingLevel, SharingRule, Shown, ShownDraft},
        policy::ShareLists,
        store::{self, NewConsent},
    },
};
use entity::id::{AccountListId, SharingRuleId};

/// What a partner is to see of a list.
#[derive(Clone, Debug)]
pub struct RuleInput {
    /// The list.
    pub list: AccountListId,
    /// The slug or the id of the partner.
    pub partner: String,
    /// What it sees.
    pub shown: ShownDraft,
    /// Change only if the revision is this; 0 for a rule that is not there yet.
    pub expected_revision: Option<i32>,
}

/// Makes or changes a rule. Nothing is written where it says so already.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`, `INVALID_VALUE` for the own organization as a partner, `INVALID_STATE`
/// for the list of an offline partner, and for showing something to an organization that does not take part.
pub async fn set_rule(op: &Op, input: RuleInput) -> Outcome<SharingRule> {
    let own = op.own_organization()?;
    let tx = op.db().begin().await?;
    let partner = store::find_partner(&*tx, op, &input.partner).await?;
    let partner = partner.ok_or_else(|| Refusal::not_found("input.partner"))?;
    store::lock_organizations_in(&tx, [own, partner.id]).await?;
    let list = store::find_list_in(&tx, op, input.list).await?;
    let list = list.ok_or_else(|| Refusal::not_found("input.accountList"))?;
    let permit = op.authorize::<ShareLists>(own, &own)?;
    if partner.id == own {
        let message = "An organization sees its own lists anyway.";
        return Err(Refusal::of("input.partner", ErrorCode::InvalidValue, message).into());
    }
    must_be_own(&list)?;
    if input.shown.level > SharingLevel::Hidden && partner.status != OrganizationStatus::Active {
        let message = "This organization does not take part.";
        return Err(Refusal::of("input.partner", ErrorCode::InvalidState, message).into());
    }
    let before = store::find_rule_in(&tx, list.id, partner.id).await?;
    check_revision(input.expected_revision, before.as_ref().map_or(0, |rule| rule.revision))?;
    let shown_before = before.as_ref().map(Shown::of);
    let shown = input.shown.over(shown_before);
    if let Some(same) = before.clone().filter(|_| shown_before == Some(shown)) {
        return Ok(same);
    }

    let watch = Watch::begin(&tx, op, vec![(own, partner.id)]).await?;
    let after = match &before {
        Some(before) => store::update_rule_in(&tx, op, &permit, before, shown).await?,
        None => store::insert_rule_in(&tx, op, &permit, list.id, partner.id, shown).await?,
    };
    let consent = consent_of(&after, shown_before, Some(shown));
    store::insert_consents_in(&tx, op, vec![consent]).await?;
    let mut facts = SharingEvent::RuleSet { before: before.as_ref(), after: &after }.facts();
    facts.extend(watch.finish(&tx, op).await?);
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(after)
}

/// Removes a rule: what the defaults say counts again.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`.
pub async fn remove_rule(op: &Op, id: SharingRuleId, expected_revision: Option<i32>) -> Outcome<SharingRule> {
    let own = op.own_organization()?;
    let gone = || Refusal::not_found("id");
    // The organizations are locked before the rule, as wherever both are.
    let found = store::list_rules_by_ids(op, &[id]).await?.pop().ok_or_else(gone)?;
    let tx = op.db().begin().await?;
    store::lock_organizations_in(&tx, [own, found.partner_id]).await?;
    let rule = store::find_rule_by_id_in(&tx, op, id).await?.ok_or_else(gone)?;
    let permit = op.authorize::<ShareLists>(own, &own)?;
    check_revision(expected_revision, rule.revision)?;

    let watch = Watch::begin(&tx, op, vec![(own, rule.partner_id)]).await?;
    store::delete_rule_in(&tx, &permit, &rule).await?;
    store::insert_consents_in(&tx, op, vec![consent_of(&rule, Some(Shown::of(&rule)), None)]).await?;
    let mut facts = SharingEvent::RuleRemoved(&rule).facts();
    facts.extend(watch.finish(&tx, op).await?);
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(rule)
}

fn consent_of(rule: &SharingRule, before: Option<Shown>, after: Option<Shown>) -> NewConsent {
    NewConsent {
        organization: rule.organization_id,
        partner: Some(rule.partner_id),
        list: Some(rule.list_id),
        kind: ConsentKind::Rule,
        before: before.map(recorded),
        after: after.map(recorded),
    }
}
