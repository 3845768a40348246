//! Companies agree to work together, and public facts of others who do are recorded.

use super::{
    data::{EndData, FactData, PartnershipData},
    organizations::{self, Known},
    stage::{LoadFault, Stage, Told},
};
use crate::{
    op::Fault,
    partnership::{
        model::{End, ExchangeDraft, FactsPatch, Invite, PartnerType, RecordedFact, RoleDraft, SidePatch, TermDraft},
        service,
    },
};
use entity::id::PartnershipId;

/// One side invites; the other accepts, and both say who is in charge, unless the invitation stays open.
pub(super) async fn agree(stage: &Stage, data: &PartnershipData) -> Told<Option<PartnershipId>> {
    let fault = |failure| LoadFault::new(format!("{} with {}", data.inviter, data.invited), failure);
    let (inviter, invited) = (stage.as_manager(&data.inviter)?, stage.as_manager(&data.invited)?);
    let invite = Invite {
        organization: data.invited.clone(),
        message: data.message.clone(),
        expires_at: None,
        facts: facts(stage, data),
    };
    let invitation = service::invite(&inviter, invite, None).await.map_err(fault)?;
    if data.on.is_none() {
        return Ok(None);
    }
    let (_, partnership) = service::accept(&invited, invitation.id).await.map_err(fault)?;
    for (op, slug) in [(&inviter, &data.inviter), (&invited, &data.invited)] {
        let player = stage.player(slug)?;
        let side = SidePatch {
            manager: Some(Some(player.manager_place)),
            sponsor: Some(Some(player.owner_place)),
            listed: Some(true),
        };
        service::assign(op, partnership.id, side).await.map_err(fault)?;
    }
    Ok(Some(partnership.id))
}

/// One side ends it.
pub(super) async fn part(stage: &Stage, id: PartnershipId, data: &EndData) -> Told<()> {
    let op = stage.as_manager(&data.by)?;
    let end = End { reason: data.reason, comment: data.comment.clone(), acquired_by: None, ends_on: None };
    let ended = service::end(&op, id, end, None).await;
    ended.map_err(|failure| LoadFault::new(format!("{} ends a partnership", data.by), failure))?;
    Ok(())
}

/// Records a public fact, with the companies that it names.
pub(super) async fn record(stage: &Stage, data: &FactData, known: &mut Known) -> Told<()> {
    let what = || format!("recording {} with {}", data.organization, data.partner);
    let parties = organizations::record(stage, data, known).await?.to_vec();
    let kind = match data.kind.as_str() {
        "technology" => PartnerType::Technology,
        "channel" => PartnerType::Channel,
        "strategic" => PartnerType::Strategic,
        other => return Err(LoadFault::new(what(), Fault::internal(format!("no such type: {other}")))),
    };
    let fact = RecordedFact {
        parties,
        types: vec![kind],
        description: data.what_they_do_together.clone(),
        source: format!("seed-partnerships.csv, source {}", data.source),
        state: data.state.clone(),
        started_on: None,
    };
    service::record_fact(&stage.as_operator(), fact).await.map_err(|failure| LoadFault::new(what(), failure))?;
    Ok(())
}

fn facts(stage: &Stage, data: &PartnershipData) -> FactsPatch {
    let roles = data.role.iter().map(|role| RoleDraft {
        role: role.role,
        organization: role.organization.clone(),
        services: role.services.clone(),
    });
    let terms = data.term.iter().map(|term| TermDraft {
        payee: term.payee.clone(),
        basis: term.basis,
        rate: term.percent,
        currency: term.currency.clone(),
        effective_from: stage.day(term.from),
        effective_to: None,
    });
    let exchanges = data.exchange.iter().map(|exchange| ExchangeDraft {
        what: exchange.what,
        from: exchange.from.clone(),
        to: exchange.to.clone(),
        description: exchange.text.clone(),
    });
    FactsPatch {
        types: Some(data.types.clone()),
        description: data.description.clone().map(Some),
        exchanges: Some(exchanges.collect()),
        roles: Some(roles.collect()),
        terms: Some(terms.collect()),
        aim: data.aim.clone().map(Some),
        term_starts_on: data.term_from.map(|day| Some(stage.day(day))),
        term_ends_on: data.term_to.map(|day| Some(stage.day(day))),
    }
}
