//! Rules: what qualifies.

use crate::{
    db::{Claim, Tx, claim},
    event,
    op::{ErrorCode, Fault, Op, Outcome, Refusal, check_revision},
    organization,
    qualification::{
        event::{Qualified, RuleEvent},
        model::{PARTNERS_MAX, RULES_MAX, Rule, RuleDraft, RulePatch, changes_what_fits, checked, draft_of, patched},
        policy::{CreateRule, ManageRule},
        store,
    },
};
use entity::id::{OrganizationId, QualificationRuleId, TypedId};

/// A rule to be made; partners are named by slug or id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInput {
    /// What it says, but for the partners.
    pub draft: RuleDraft,
    /// With these partners only.
    pub partners: Option<Vec<String>>,
}

/// Makes a rule. It is applied to what is there within a second or two, where it is on.
///
/// # Errors
/// `NOT_ALLOWED`, `NOT_FOUND` for a partner, `REQUIRED`, `TOO_LONG`, `TOO_MANY`, also beyond [`RULES_MAX`] rules,
/// `INVALID_VALUE` for the own organization as a partner, `TAKEN` for the name, `IDEMPOTENCY_KEY_REUSED`.
pub async fn create(op: &Op, input: RuleInput, idempotency_key: Option<&str>) -> Outcome<Rule> {
    let own = op.own_organization()?;
    let permit = op.authorize::<CreateRule>(own, &own)?;
    let partners = partners(op, own, input.partners).await?;
    let draft = RuleDraft { partners, ..input.draft };
    let content = checked(draft.clone())?;
    let tx = op.db().begin().await?;
    let id = match claim(&tx, op, own, "qualificationRuleCreate", idempotency_key, &draft).await? {
        Claim::Repeat(id) => {
            let found = store::find_rule_in(&tx, op, id.into()).await?;
            return Ok(found.ok_or_else(|| Refusal::not_found(""))?);
        }
        Claim::Fresh(id) => QualificationRuleId::from(id),
    };
    // Whoever makes rules of one organization does so in turn: the row of the turn is locked by this.
    store::wake_in(&tx, op, own).await?;
    if store::count_rules_in(&tx, own).await? >= RULES_MAX {
        let message = format!("An organization has at most {RULES_MAX} rules.");
        return Err(Refusal::of("", ErrorCode::TooMany, message).into());
    }
    name_is_free(&tx, own, &content.name, None).await?;
    let rule = store::insert_rule_in(&tx, op, &permit, id, content).await?;
    event::record(&tx, op, RuleEvent::Created(&rule).facts()).await?;
    tx.commit().await?;
    Ok(rule)
}

/// Changes a rule. What it qualified stays; where more may fit now it is applied to everything again, and finds nothing
/// twice.
///
/// # Errors
/// `NOT_FOUND`, also for a partner, `NOT_ALLOWED`, `REVISION_MISMATCH`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`,
/// `INVALID_VALUE` for the own organization as a partner, `TAKEN` for the name.
pub async fn update(
    op: &Op,
    id: QualificationRuleId,
    mut patch: RulePatch,
    named: Option<Option<Vec<String>>>,
    expected_revision: Option<i32>,
) -> Outcome<Rule> {
    op.signed_in()?;
    let own = op.actor.organization().ok_or_else(|| Refusal::not_found("id"))?;
    // Looked up before the transaction, which has a connection of its own; what is wrong with them is told only to whoever
    // may change the rule.
    let partners = match named {
        Some(named) => Some(partners(op, own, named).await),
        None => None,
    };
    let tx = op.db().begin().await?;
    store::wake_in(&tx, op, own).await?;
    let before = store::find_rule_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<ManageRule>(id, &before)?;
    check_revision(expected_revision, before.revision)?;
    patch.partners = partners.transpose()?;
    let (said, draft) = (draft_of(&before), patched(&before, patch));
    if said == draft {
        return Ok(before);
    }
    let again = changes_what_fits(&said, &draft);
    let content = checked(draft)?;
    name_is_free(&tx, own, &content.name, Some(id)).await?;
    let after = store::update_rule_in(&tx, op, &permit, &before, content, again).await?;
    event::record(&tx, op, RuleEvent::Updated { before: &before, after: &after }.facts()).await?;
    tx.commit().await?;
    Ok(after)
}

/// Deletes a rule. What it qualified stays; of what it found and nobody was told of yet it is told now, since it comes to
/// no end any more at which it would be.
///
/// # Errors
/// `NOT_FOUND`, `NOT_ALLOWED`, `REVISION_MISMATCH`.
pub async fn delete(op: &Op, id: QualificationRuleId, expected_revision: Option<i32>) -> Outcome<Rule> {
    op.signed_in()?;
    let tx = op.db().begin().await?;
    let rule = store::find_rule_in(&tx, op, id).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let permit = op.authorize::<ManageRule>(id, &rule)?;
    check_revision(expected_revision, rule.revision)?;
    let untold = store::list_untold_in(&tx, &permit).await?;
    let mut facts = RuleEvent::Deleted(&rule).facts();
    facts.extend(untold.iter().filter_map(|row| Some(Qualified::of(rule.organization_id, row)?.fact())));
    store::delete_rule_in(&tx, &permit).await?;
    event::record(&tx, op, facts).await?;
    tx.commit().await?;
    Ok(rule)
}

async fn name_is_free(tx: &Tx, own: OrganizationId, name: &str, except: Option<QualificationRuleId>) -> Outcome<()> {
    match store::find_rule_by_name_in(tx, own, name).await? {
        Some(other) if Some(other.id) != except => {
            Err(Refusal::of("input.name", ErrorCode::Taken, "Another rule has this name.").into())
        }
        _ => Ok(()),
    }
}

/// The partners that are named.
async fn partners(op: &Op, own: OrganizationId, named: Option<Vec<String>>) -> Outcome<Option<Vec<OrganizationId>>> {
    let Some(named) = named else { return Ok(None) };
    // Not looked up where there are too many; that is refused after.
    crate::op::check::at_most("input.partners", named.len(), PARTNERS_MAX)?;
    let mut found = Vec::with_capacity(named.len());
    for (at, name) in named.iter().enumerate() {
        let path = format!("input.partners.{at}");
        let id = find_partner(op, name).await?.ok_or_else(|| Refusal::not_found(&path))?;
        if id == own {
            let message = "A rule is about overlaps with others.";
            return Err(Refusal::of(&path, ErrorCode::InvalidValue, message).into());
        }
        found.push(id);
    }
    Ok(Some(found))
}

async fn find_partner(op: &Op, name: &str) -> Result<Option<OrganizationId>, Fault> {
    let found = match OrganizationId::parse_global(name) {
        Some(id) => organization::service::find_by_id(op, id).await?,
        None => organization::service::find_by_slug(op, name).await?,
    };
    Ok(found.map(|found| found.id))
}
