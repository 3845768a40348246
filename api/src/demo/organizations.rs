//! Organizations enter: with people, a profile and what they cover; and those of public facts, without anybody.

use super::{
    data::{FactData, OrganizationData, PersonData},
    stage::{LoadFault, Player, Stage, Told, actor},
};
use crate::organization::{
    model::{CoverageKind, CoveragePatch, NewOrganization, OrganizationPatch, ProfilePatch, ProfileTextPatch, Role},
    service::{self, Owner},
};
use entity::id::OrganizationId;

/// Enters an organization with its people.
pub(super) async fn enter(stage: &mut Stage, data: &OrganizationData) -> Told<()> {
    let fault = |failure| LoadFault::new(format!("entering {}", data.slug), failure);
    let op = stage.as_operator();
    let people = if data.people.is_empty() { usual_people(data) } else { data.people.clone() };
    let Some((first, others)) = people.split_first() else { return Ok(()) };
    let id = if data.operator {
        let owner = Owner { email: first.email.clone(), name: first.name.clone() };
        let (organization, _) = service::bootstrap(&op, &data.name, &data.slug, owner).await.map_err(fault)?;
        organization.id
    } else {
        let new = NewOrganization {
            name: data.name.clone(),
            slug: Some(data.slug.clone()),
            country_code: Some(data.country.clone()),
            listed: true,
            external_id: None,
            active: true,
            owner_email: first.email.clone(),
            owner_name: first.name.clone(),
        };
        service::create(&op, new, None).await.map_err(fault)?.id
    };
    let owner = find(stage, &data.slug, &first.email).await?;
    let mut manager = owner.clone();
    for person in others {
        let member = service::add_member(&op, id, &person.email, &person.name, person.role).await.map_err(fault)?;
        if person.role == Role::Manager {
            manager = member;
        }
    }
    let player = Player {
        manager: actor(&manager, manager.role, data.operator),
        manager_place: manager.id,
        owner_place: owner.id,
    };
    stage.players.insert(data.slug.clone(), player);
    if data.operator {
        stage.operator = Some(data.slug.clone());
    }

    let patch = OrganizationPatch {
        country_code: Some(Some(data.country.clone())),
        domains: Some(vec![data.domain.clone()]),
        ..OrganizationPatch::default()
    };
    service::update(&op, id, patch, None).await.map_err(fault)?;
    present(stage, id, data).await
}

/// What the organization says about itself, said by its manager.
async fn present(stage: &Stage, id: OrganizationId, data: &OrganizationData) -> Told<()> {
    let fault = |failure| LoadFault::new(format!("the profile of {}", data.slug), failure);
    let op = stage.as_manager(&data.slug)?;
    if let Some(source) = &data.source {
        let texts = data.texts.iter().map(|(locale, text)| ProfileTextPatch {
            locale: locale.clone(),
            headline: Some(text.headline.clone()),
            description: text.description.clone(),
        });
        let patch = ProfilePatch {
            source_locale: Some(source.clone()),
            website_url: Some(Some(format!("https://www.{}/", data.domain))),
            logo_url: Some(Some(format!("https://www.{}/logo.svg", data.domain))),
            texts: Some(texts.collect()),
        };
        service::update_profile(&op, id, patch, None).await.map_err(fault)?;
    }
    let covered: CoveragePatch = [
        (CoverageKind::Country, &data.countries),
        (CoverageKind::Region, &data.regions),
        (CoverageKind::Segment, &data.segments),
        (CoverageKind::CustomerType, &data.customer_types),
        (CoverageKind::Service, &data.services),
    ]
    .into_iter()
    .filter(|(_, words)| !words.is_empty())
    .map(|(kind, words)| (kind, words.clone()))
    .collect();
    if !covered.is_empty() {
        service::set_coverage(&op, id, covered, None).await.map_err(fault)?;
    }
    Ok(())
}

/// Records both companies of a public fact, where they are not there yet; gives their ids.
pub(super) async fn record(stage: &Stage, fact: &FactData, known: &mut Known) -> Told<[OrganizationId; 2]> {
    let mut ids = [OrganizationId(uuid::Uuid::nil()); 2];
    for (id, name) in ids.iter_mut().zip([&fact.organization, &fact.partner]) {
        *id = match known.get(name) {
            Some(there) => *there,
            None => {
                let recorded = service::record(&stage.as_operator(), name, true).await;
                let made = recorded.map_err(|failure| LoadFault::new(format!("recording {name}"), failure))?;
                known.insert(name.clone(), made.id);
                made.id
            }
        };
    }
    Ok(ids)
}

/// Companies of public facts, by name.
pub(super) type Known = std::collections::HashMap<String, OrganizationId>;

fn usual_people(data: &OrganizationData) -> Vec<PersonData> {
    let person = |function: &str, mailbox: &str, role| PersonData {
        name: format!("{function} of {}", data.name),
        email: format!("{mailbox}@{}", data.domain),
        role,
    };
    vec![person("Managing director", "director", Role::Owner), person("Partner manager", "partners", Role::Manager)]
}

async fn find(stage: &Stage, slug: &str, email: &str) -> Told<entity::member::Model> {
    let found = service::find_account(&stage.as_operator(), slug, email).await;
    let found = found.map_err(|fault| LoadFault::new(format!("looking for {email}"), fault))?;
    found.ok_or_else(|| {
        let missing = crate::op::Fault::internal("an owner who was entered is not there");
        LoadFault::new(format!("looking for {email}"), missing)
    })
}
