//! What two organizations are to each other decides before any rule.

use super::{SHARING, activate, come_by, explore, levels, list, open, set, sharing_partners, shows, suspend};
use crate::{
    cases::partnership::{ACCEPT, END, EXTEND, begin, end, invite, to},
    support::{TestApp, on_both, organization_id},
};
use chrono::TimeDelta;
use partnergraph::{
    op::Actor,
    partnership::{
        model::{PartnerType, RecordedFact},
        service::record_fact,
    },
};
use serde_json::json;

on_both!(
    strangers_see_nothing_whatever_the_rule,
    an_ended_partnership_shows_nothing_at_once,
    an_announced_end_shows_until_its_day,
    a_suspended_organization_shows_nothing_and_sees_nothing,
    a_recorded_partnership_is_no_agreement,
    who_left_a_partnership_sees_nothing,
);

async fn relation(app: &TestApp, slug: &str, of: &str) -> String {
    let found = app.graphql(&app.manager(slug), SHARING, json!({"partner": of})).await;
    found.at("/sharing/relation").as_str().unwrap().to_owned()
}

async fn strangers_see_nothing_whatever_the_rule(app: TestApp) {
    let ours = list(&app, "aurora", &["Acme"]).await;
    let theirs = list(&app, "borealis", &["Acme"]).await;
    set(&app, &app.manager("aurora"), shows(&ours, "borealis", "ALL")).await.payload();
    set(&app, &app.manager("borealis"), shows(&theirs, "aurora", "ALL")).await.payload();
    for (viewer, of) in [("aurora", "borealis"), ("borealis", "aurora"), ("comet", "aurora"), ("operator", "aurora")] {
        assert_eq!(levels(&app, viewer, of).await, [""; 0], "{viewer}");
        assert_eq!(relation(&app, viewer, of).await, "NONE");
    }
    assert_eq!((come_by(&app).await, open(&app).await), (0, 0));
    // An invitation is no partnership, and its acceptance is one.
    let sent = invite(&app, &app.manager("aurora"), to("borealis")).await;
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0]);
    let variables = json!({"id": sent.payload()["invitation"]["id"]});
    app.graphql(&app.manager("borealis"), ACCEPT, variables).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, ["ALL"]);
    assert_eq!(relation(&app, "aurora", "borealis").await, "PARTNERS");
    assert_eq!((come_by(&app).await, open(&app).await), (1, 1));
}

async fn an_ended_partnership_shows_nothing_at_once(app: TestApp) {
    let (_, _, partnership) = sharing_partners(&app).await;
    end(&app, "borealis", &partnership).await;
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0]);
    assert_eq!(levels(&app, "aurora", "borealis").await, [""; 0]);
    assert_eq!(open(&app).await, 1, "written down before the end");
    assert_eq!((come_by(&app).await, open(&app).await, come_by(&app).await), (1, 0, 0));
    begin(&app, "borealis", "aurora").await;
    assert_eq!(levels(&app, "borealis", "aurora").await, ["OVERLAPPING"], "what was said is still said");
}

async fn an_announced_end_shows_until_its_day(app: TestApp) {
    let (_, _, partnership) = sharing_partners(&app).await;
    let variables = json!({"id": partnership, "input": {"reason": "EXPIRED", "endsOn": "2026-11-04"}});
    app.graphql(&app.manager("aurora"), END, variables).await.payload();
    app.clock.advance(TimeDelta::hours(38));
    assert_eq!(levels(&app, "borealis", "aurora").await, ["OVERLAPPING"], "the evening before");
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0], "before anybody has put the end on record");
}

async fn a_suspended_organization_shows_nothing_and_sees_nothing(app: TestApp) {
    sharing_partners(&app).await;
    suspend(&app, "borealis").await;
    assert_eq!(levels(&app, "aurora", "borealis").await, [""; 0]);
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0]);
    assert_eq!(relation(&app, "aurora", "borealis").await, "NONE");
    assert_eq!((come_by(&app).await, open(&app).await), (1, 0));
    activate(&app, "borealis").await;
    assert_eq!(levels(&app, "aurora", "borealis").await, ["OVERLAPPING"]);
    assert_eq!((come_by(&app).await, open(&app).await), (1, 1));
}

async fn a_recorded_partnership_is_no_agreement(app: TestApp) {
    let ours = list(&app, "aurora", &["Acme"]).await;
    set(&app, &app.manager("aurora"), shows(&ours, "borealis", "ALL")).await.payload();
    let fact = RecordedFact {
        parties: ["aurora", "borealis"].map(organization_id).to_vec(),
        types: vec![PartnerType::Technology],
        description: "Pictures can be searched for and posted.".to_owned(),
        source: "002".to_owned(),
        state: "named example".to_owned(),
        started_on: None,
    };
    record_fact(&app.app.op(Actor::Operator, "test", Vec::new()), fact).await.unwrap();
    assert_eq!(relation(&app, "aurora", "borealis").await, "NONE");
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0], "the operator cannot agree for them");
}

async fn who_left_a_partnership_sees_nothing(app: TestApp) {
    const LEAVE: &str = "mutation ($id: ID!) { partnershipLeave(id: $id) { leftPartnershipId userErrors { code } } }";
    let strategic = json!({"organization": "borealis", "types": ["STRATEGIC"], "message": "Shall we?"});
    let partnership = crate::cases::partnership::partners(&app, strategic).await;
    let joining = json!({"id": partnership, "input": {"organization": "comet", "message": "Join us"}});
    let sent = app.graphql(&app.manager("aurora"), EXTEND, joining).await;
    let variables = json!({"id": sent.payload()["invitation"]["id"]});
    app.graphql(&app.manager("comet"), ACCEPT, variables).await.payload();
    let ours = list(&app, "aurora", &["Acme"]).await;
    for partner in ["borealis", "comet"] {
        set(&app, &app.manager("aurora"), shows(&ours, partner, "ALL")).await.payload();
        assert_eq!(levels(&app, partner, "aurora").await, ["ALL"], "{partner}");
    }
    app.graphql(&app.manager("comet"), LEAVE, json!({"id": partnership})).await.payload();
    assert_eq!(levels(&app, "comet", "aurora").await, [""; 0]);
    assert_eq!(levels(&app, "borealis", "aurora").await, ["ALL"], "the others go on");
    explore(&app, "aurora", "comet").await;
    assert_eq!(levels(&app, "comet", "aurora").await, ["COUNTS_ONLY"], "what was all is counts to who explores");
}
