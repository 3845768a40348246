//! What the feeds of the parties say of partnerships and invitations: each party has it, nobody else, and nothing that
//! people wrote.

use super::{
    invitation::{CANCEL, DECLINE},
    *,
};
use crate::support::{on_both, organization_id};
use entity::alert::AlertKind;
use partnergraph::event::feed::{self, Alert, AlertFilter};

on_both!(both_sides_are_told_of_the_life_of_a_partnership, what_came_of_an_invitation_is_told);

async fn told(app: &TestApp, slug: &str) -> Vec<Alert> {
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    feed::list(&op, organization_id(slug), 0, &AlertFilter::default(), 100).await.unwrap()
}

fn changes(alerts: &[Alert]) -> Vec<String> {
    let shown = |alert: &Alert| format!("{} {}", alert.details["subject"].as_str().unwrap(), json!(alert.change));
    alerts.iter().map(|alert| shown(alert).replace('"', "").replace("partnership_invitation", "invitation")).collect()
}

async fn both_sides_are_told_of_the_life_of_a_partnership(app: TestApp) {
    let partnership = partners(&app, to("borealis")).await;
    let manager = app.manager("aurora");
    let update = json!({"id": partnership, "input": {"description": "Confidential prose"}});
    app.graphql(&manager, UPDATE, update).await.payload();
    app.graphql(&manager, ASSIGN, json!({"id": partnership, "input": {"listed": true}})).await.payload();
    let end = json!({"id": partnership, "input": {"reason": "OTHER", "comment": "Confidential prose"}});
    app.graphql(&app.manager("borealis"), END, end).await.payload();

    let (ours, theirs) = (told(&app, "aurora").await, told(&app, "borealis").await);
    let expected = [
        "invitation SENT",
        "invitation ACCEPTED",
        "partnership CREATED",
        "partnership UPDATED",
        "partnership UPDATED",
        "partnership ENDED",
    ];
    for (alerts, own) in [(&ours, "aurora"), (&theirs, "borealis")] {
        let mut told = changes(alerts);
        // The invitation's end and the partnership's beginning are one transaction.
        told[1..3].sort();
        assert_eq!(told, expected, "{own}");
        assert!(alerts.iter().all(|alert| alert.kind == AlertKind::Partnership && !alert.restricted));
        assert!(!json!(alerts).to_string().contains("prose") && !json!(alerts).to_string().contains("Shall we"));
    }
    let id = partnership.as_str().unwrap();
    assert!(id.ends_with(&ours[5].subject_id.simple().to_string()), "{id}");
    assert_eq!(ours[5].subject_id, theirs[5].subject_id);
    assert_eq!(ours[5].details, theirs[5].details);
    assert_eq!(ours[5].details["reason"], "OTHER");
    assert_eq!(ours[5].actor_organization_id, Some(organization_id("borealis")));
    assert_ne!(ours[5].id, theirs[5].id);
    assert!(told(&app, "comet").await.is_empty());
}

async fn what_came_of_an_invitation_is_told(app: TestApp) {
    let sent = invite(&app, &app.manager("aurora"), to("borealis")).await;
    let id = sent.payload()["invitation"]["id"].clone();
    let input = json!({"reason": "OTHER", "comment": "Confidential prose"});
    app.graphql(&app.manager("borealis"), DECLINE, json!({"id": id, "input": input})).await.payload();
    let again = invite(&app, &app.manager("aurora"), to("borealis")).await;
    let id = again.payload()["invitation"]["id"].clone();
    app.graphql(&app.manager("aurora"), CANCEL, json!({"id": id})).await.payload();
    // What is refused is not told.
    let refused = app.graphql(&app.manager("borealis"), ACCEPT, json!({"id": id})).await;
    assert_eq!(refused.refusals().len(), 1);

    for slug in ["aurora", "borealis"] {
        let alerts = told(&app, slug).await;
        let expected = ["invitation SENT", "invitation DECLINED", "invitation SENT", "invitation CANCELED"];
        assert_eq!(changes(&alerts), expected, "{slug}");
        assert_eq!(alerts[1].details["declineReason"], "OTHER");
        assert!(!json!(alerts).to_string().contains("prose"));
    }
}
