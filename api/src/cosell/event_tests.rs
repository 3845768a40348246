//! Who is told what, and as what.

use super::*;
use crate::cosell::model::tests::{at, organization, sides};
use entity::{flags::Flag, id::OpportunityMoveId};

fn told(facts: &[Fact]) -> Vec<OrganizationId> {
    facts.iter().map(|fact| fact.organization).collect()
}

fn step(sides: &Sides, number: u128) -> StageMove {
    StageMove {
        id: OpportunityMoveId(Uuid::nil()),
        opportunity_id: sides.opportunity.id,
        organization_id: organization(number),
        from_stage: Some(OpportunityStage::Prospect),
        to_stage: OpportunityStage::Qualified,
        loss_reason: None,
        actor_kind: "person".to_owned(),
        actor_id: None,
        moved_at: at(0),
    }
}

#[test]
fn each_is_told_of_what_it_sees() {
    let mut sides = sides();
    sides.participants[1].fields = entity::opportunity_participant::OpportunityField::Company.bit();
    sides.participants[2].fields = 0;
    let event = OpportunityEvent::Updated { after: &sides, parts: &[Part::CustomerName, Part::Competitors] };
    let facts = event.facts();
    assert_eq!(told(&facts), [organization(1), organization(2)]);
    assert_eq!(facts[0].after, Some(json!({"fields": ["CUSTOMER_NAME", "COMPETITORS"]})));
    assert_eq!(facts[1].after, Some(json!({"fields": ["CUSTOMER_NAME"]})));
    assert!(facts.iter().all(|fact| fact.alert.as_ref().is_some_and(|alert| !alert.restricted)));
    let nothing = OpportunityEvent::Updated { after: &sides, parts: &[Part::ExternalId] };
    assert_eq!(told(&nothing.facts()), [organization(1)]);
}

#[test]
fn what_a_side_writes_is_told_to_whom_it_is_shared_with() {
    let mut sides = sides();
    sides.participants[2].fields = OpportunityField::Team.bit();
    let written = [OpportunityField::NextSteps, OpportunityField::Team];
    let told_of = |written: &[OpportunityField]| {
        let facts = OpportunityEvent::SideChanged { after: &sides, organization: organization(2), written }.facts();
        facts.into_iter().map(|fact| (fact.organization, fact.after.unwrap()["fields"].clone())).collect::<Vec<_>>()
    };
    let both = json!(["NEXT_STEPS", "TEAM"]);
    let each = [(1, both.clone()), (2, both), (3, json!(["TEAM"]))];
    assert_eq!(told_of(&written), each.map(|(number, fields)| (organization(number), fields)));
    assert_eq!(told_of(&written[..1]).len(), 2, "nothing of it is shared with the third");
    sides.participants[1].fields = 0;
    let facts =
        OpportunityEvent::SideChanged { after: &sides, organization: organization(2), written: &written }.facts();
    assert_eq!(facts.len(), 3, "a side knows what it wrote itself");
}

#[test]
fn who_does_not_know_of_a_side_is_not_told_of_it() {
    let mut sides = sides();
    let all = [1, 2, 3].map(organization);
    assert_eq!(told(&OpportunityEvent::Moved(&sides, &step(&sides, 2)).facts()), all);
    sides.opportunity.hides_participants = true;
    sides.opportunity.confidential = true;
    let facts = OpportunityEvent::Moved(&sides, &step(&sides, 2)).facts();
    assert_eq!(told(&facts), [organization(1), organization(2)]);
    assert!(facts.iter().all(|fact| fact.alert.as_ref().is_some_and(|alert| alert.restricted)));
    assert_eq!(told(&OpportunityEvent::Moved(&sides, &step(&sides, 1)).facts()), all);
    let gone = OpportunityEvent::Gone { before: &sides, organization: organization(3), left: false }.facts();
    assert_eq!(told(&gone), [organization(1), organization(3)]);
    assert!(gone[0].stale.contains(&DataScope::Sight(organization(3))));
}
