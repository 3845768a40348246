//! Memberships from a source: whole, idempotent, and only by the command line.

use super::program;
use crate::support::{TestApp, on_both, organization_id};
use chrono::NaiveDate;
use entity::{
    id::{ProgramId, TierId, TypedId},
    value::{PartnerType, PartnerTypes},
};
use partnergraph::{
    op::{Actor, ErrorCode, Failure},
    program::{
        model::{FactKind, history::Fact},
        service::import::{ImportedMembership, Written, memberships_in},
        store::{find_by_slug, list_periods},
    },
};
use serde_json::json;

on_both!(
    a_second_run_changes_nothing,
    contradictions_are_taken_as_they_come,
    one_organization_may_hold_two,
    rows_that_make_no_sense_are_refused,
);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn fact(on: &str, kind: FactKind, tier: Option<&str>) -> Fact {
    let tier = tier.and_then(TierId::parse_global);
    Fact { effective_on: day(on), kind, from_tier: None, tier, source: "import:events".to_owned() }
}

fn row(organization: &str, key: &str, facts: Vec<Fact>) -> ImportedMembership {
    ImportedMembership {
        organization: organization_id(organization),
        external_key: key.to_owned(),
        types: PartnerTypes::from_iter([PartnerType::Technology]),
        joined_at: None,
        facts,
    }
}

async fn import(
    app: &TestApp,
    actor: Actor,
    slug: &str,
    rows: Vec<ImportedMembership>,
) -> Result<Vec<(entity::id::MembershipId, Written)>, Failure> {
    let op = app.app.op(actor, "import", Vec::new());
    let program = find_by_slug(&op, slug).await.unwrap().unwrap();
    let tx = op.db().begin().await.unwrap();
    let written = memberships_in(&tx, &op, &program, rows).await?;
    tx.commit().await.unwrap();
    Ok(written)
}

async fn a_second_run_changes_nothing(app: TestApp) {
    let [id, gold, silver, _] = program(&app, "twice").await;
    assert!(ProgramId::parse_global(&id).is_some());
    let facts = vec![
        fact("2024-01-31", FactKind::Joined, Some(&silver)),
        fact("2025-01-31", FactKind::TierChanged, Some(&gold)),
    ];
    let rows = vec![row("borealis", "b-1", facts.clone()), row("comet", "c-1", facts[..1].to_vec())];
    let first = import(&app, Actor::Operator, "twice", rows.clone()).await.unwrap();
    assert_eq!(first.iter().map(|(_, written)| *written).collect::<Vec<_>>(), [Written::Created; 2]);
    let second = import(&app, Actor::Operator, "twice", rows).await.unwrap();
    assert_eq!(second.iter().map(|(_, written)| *written).collect::<Vec<_>>(), [Written::Unchanged; 2]);
    assert_eq!(first[0].0, second[0].0);

    let mut more = facts;
    more.push(fact("2026-01-31", FactKind::Left, None));
    let third = import(&app, Actor::Operator, "twice", vec![row("borealis", "b-1", more)]).await.unwrap();
    assert_eq!(third[0].1, Written::Updated);
    let op = app.app.op(Actor::Operator, "read", Vec::new());
    let periods = list_periods(&op, &[first[0].0]).await.unwrap();
    let days: Vec<_> = periods.iter().map(|period| (period.starts_on, period.ends_on, period.tier_id)).collect();
    let tier = |id: &str| TierId::parse_global(id);
    assert_eq!(
        days,
        [(day("2024-01-31"), day("2025-01-31"), tier(&silver)), (day("2025-01-31"), day("2026-01-31"), tier(&gold)),]
    );
    const AUDIT: &str = "query ($id: ID!) { node(id: $id) { ... on Membership { status externalId revision } } }";
    let read = app.graphql(&app.manager("aurora"), AUDIT, json!({"id": first[0].0.global()})).await;
    assert_eq!(read.at("/node"), &json!({"status": "TERMINATED", "externalId": "b-1", "revision": 2}));
}

async fn contradictions_are_taken_as_they_come(app: TestApp) {
    let [_, gold, silver, _] = program(&app, "messy").await;
    let facts = vec![
        fact("2024-01-31", FactKind::Left, None),
        fact("2024-02-29", FactKind::Joined, Some(&silver)),
        fact("2024-03-31", FactKind::Joined, Some(&gold)),
        fact("2024-04-30", FactKind::Left, None),
        fact("2024-05-31", FactKind::Snapshot, Some(&gold)),
    ];
    import(&app, Actor::Operator, "messy", vec![row("borealis", "", facts)]).await.unwrap();
    const READ: &str = "{ organization(slug: \"borealis\") { memberships { nodes { status tier { name } joinedAt
      history { tier { name } startsOn endsOn } } } } }";
    let read = app.graphql(&app.visitor(), READ, json!({})).await;
    let expected = json!([{"status": "ACTIVE", "tier": {"name": "Gold"}, "joinedAt": null, "history": [
        {"tier": {"name": "Silver"}, "startsOn": "2024-02-29", "endsOn": "2024-03-31"},
        {"tier": {"name": "Gold"}, "startsOn": "2024-03-31", "endsOn": "2024-04-30"},
        {"tier": {"name": "Gold"}, "startsOn": "2024-05-31", "endsOn": null},
    ]}]);
    assert_eq!(read.at("/organization/memberships/nodes"), &expected);
}

async fn one_organization_may_hold_two(app: TestApp) {
    program(&app, "pairs").await;
    let joined = vec![fact("2024-01-31", FactKind::Joined, None)];
    let rows = vec![row("borealis", "b-1", joined.clone()), row("borealis", "b-2", joined.clone())];
    import(&app, Actor::Operator, "pairs", rows).await.unwrap();
    let apply = json!({"input": {"program": "pairs", "types": ["CHANNEL"]}});
    let answer = app.graphql(&app.manager("borealis"), super::APPLY, apply).await;
    assert_eq!(answer.refusals(), ["ALREADY_EXISTS"], "who is a member under an external id does not apply again");
    let foreign = import(&app, Actor::Operator, "pairs", vec![row("comet", "b-1", joined)]).await;
    assert!(matches!(&foreign, Err(Failure::Refused(refusals)) if refusals[0].code == ErrorCode::Taken), "{foreign:?}");
}

async fn rows_that_make_no_sense_are_refused(app: TestApp) {
    program(&app, "rows").await;
    let joined = vec![fact("2024-01-31", FactKind::Joined, None)];
    let twice = vec![row("borealis", "x", joined.clone()), row("borealis", "x", joined.clone())];
    for (actor, rows, code) in [
        (Actor::Operator, twice, ErrorCode::InvalidValue),
        (Actor::Operator, vec![row("borealis", "x", Vec::new())], ErrorCode::InvalidValue),
        (app.manager("aurora"), vec![row("borealis", "x", joined)], ErrorCode::NotAllowed),
    ] {
        let refused = import(&app, actor, "rows", rows).await;
        assert!(matches!(&refused, Err(Failure::Refused(refusals)) if refusals[0].code == code), "{refused:?}");
    }
}
