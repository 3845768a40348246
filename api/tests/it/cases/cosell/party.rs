//! Several take part: at most ten, who see each other unless the owner hides them.

use super::{accept, advance, deal, full_deal, invite, opened, seen, share, to, update};
use crate::{
    cases::partnership::list::{extra, settle},
    support::{TestApp, on_both},
};
use chrono::DateTime;
use entity::value::OrganizationStatus;
use partnergraph::op::{Actor, KeyActor, Scope};
use serde_json::{Value, json};

on_both!(ten_take_part_and_no_more, hidden_participants_see_the_owner_only);

/// A service of one of the further organizations, which have no people.
pub(super) fn service_of(number: usize) -> Actor {
    Actor::Key(KeyActor {
        key: uuid::Uuid::from_u128(0xf000 + number as u128).into(),
        organization: extra(number),
        scopes: vec![Scope::OpportunitiesWrite],
        status: OrganizationStatus::Active,
        operator: false,
        expires_at: Some(DateTime::UNIX_EPOCH),
    })
}

async fn ten_take_part_and_no_more(app: TestApp) {
    let slugs = settle(&app, 22).await;
    let aurora = app.manager("aurora");
    let id = opened(&app, deal()).await;
    let mut sent = Vec::new();
    for slug in &slugs[..20] {
        sent.push(invite(&app, &aurora, &id, to(slug)).await.payload()["invitation"]["id"].clone());
    }
    assert_eq!(invite(&app, &aurora, &id, to(&slugs[20])).await.refusals(), ["TOO_MANY"], "twenty are open");
    for (number, invitation) in sent.iter().enumerate().take(9) {
        accept(&app, &service_of(number), invitation).await.payload();
    }
    assert_eq!(accept(&app, &service_of(9), &sent[9]).await.refusals(), ["TOO_MANY"]);
    assert_eq!(invite(&app, &aurora, &id, to(&slugs[21])).await.refusals(), ["TOO_MANY"], "ten take part");
    let found = seen(&app, &service_of(3), &id, "participants { role organization { slug } }").await;
    assert_eq!(found["participants"].as_array().unwrap().len(), 10);
}

async fn hidden_participants_see_the_owner_only(app: TestApp) {
    const PARTIES: &str = "participants { organization { slug } } sides { organization { slug } }
      moves { organization { slug } } divergence { sides { organization { slug } } }";
    let (aurora, borealis, comet) = (app.manager("aurora"), app.manager("borealis"), app.manager("comet"));
    let id = opened(&app, full_deal()).await;
    let mut wanted = to("borealis");
    wanted["mayInvite"] = json!(true);
    share(&app, &id, "borealis", wanted).await;
    share(&app, &id, "comet", to("comet")).await;
    let names = |value: &Value| {
        let mut names: Vec<String> = value
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["organization"]["slug"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names.dedup();
        names
    };
    let all = ["aurora", "borealis", "comet"];
    assert_eq!(names(&seen(&app, &comet, &id, PARTIES).await["participants"]), all);
    update(&app, &aurora, &id, json!({"hidesParticipants": true})).await.payload();
    advance(&app, &borealis, &id, json!({"stage": "COMMITTED"})).await.payload();
    for (actor, expected) in [(&aurora, &all[..]), (&borealis, &all[..2]), (&comet, &["aurora", "comet"][..])] {
        let found = seen(&app, actor, &id, PARTIES).await;
        for list in ["participants", "sides", "moves"] {
            assert_eq!(names(&found[list]), expected, "{list}");
        }
    }
    assert_eq!(seen(&app, &comet, &id, PARTIES).await["divergence"], json!([]));
    assert!(!super::changes(&app, "comet").await.contains(&"STAGE_CHANGED".to_owned()));
    assert!(super::changes(&app, "aurora").await.contains(&"STAGE_CHANGED".to_owned()));
    // Nor can one find out by asking for it: by a filter, or by inviting whom one guesses.
    let by = "query ($slug: String!) { opportunities(filter: {participant: $slug}) { totalCount } }";
    for (slug, expected) in [("borealis", 0), ("comet", 1), ("aurora", 1)] {
        let found = app.graphql(&comet, by, json!({"slug": slug})).await;
        assert_eq!(found.at("/opportunities/totalCount"), expected, "{slug}");
    }
    assert_eq!(invite(&app, &borealis, &id, to("comet")).await.refusals(), ["NOT_ALLOWED"]);
}
