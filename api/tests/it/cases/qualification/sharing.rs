//! What a partner's rule hides, qualifies nothing; what it takes back is gone from what was qualified.

use super::{House, LEADS, companies, compare, leads, made, qualify, set, told, warm};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::sharing_rule::{AccountField, SharingLevel};
use serde_json::{Value, json};

async fn counts_qualify_nothing(app: TestApp) {
    let house = House::new(&app);
    let (our, their, _) = house.two(SharingLevel::CountsOnly, &[], companies(0..8), companies(0..8)).await;
    compare(&app).await;
    made(&app, warm()).await;
    assert_eq!(qualify(&app).await, 0);
    assert_eq!(told(&app, "aurora").await, Vec::<Value>::new());
    // The partner shows more of what was compared before: found within a minute, without another run.
    house.rule(their, "borealis", "aurora", SharingLevel::Overlapping, &[]).await;
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(qualify(&app).await, 8);
    // That aurora shows borealis counts only has no say in what aurora sees.
    house.rule(our, "aurora", "borealis", SharingLevel::CountsOnly, &[]).await;
    house.rule(their, "borealis", "aurora", SharingLevel::CountsOnly, &[]).await;
    house.replace(our, companies(0..9)).await;
    house.replace(their, companies(0..9)).await;
    compare(&app).await;
    assert_eq!(qualify(&app).await, 0, "what comes while only counts are shown");
    house.rule(their, "borealis", "aurora", SharingLevel::All, &[]).await;
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(qualify(&app).await, 1);
}

async fn what_is_taken_back_is_gone_from_the_evidence(app: TestApp) {
    let house = House::new(&app);
    let fields = [AccountField::Name, AccountField::Domain];
    let (_, their, pair) = set(&app, &fields, companies(0..3), companies(0..3)).await;
    made(&app, warm()).await;
    qualify(&app).await;
    let reasons = |lead: &Value| lead["evidence"]["reasons"].as_array().unwrap().clone();
    let before = leads(&app, "aurora", json!({})).await;
    assert!(reasons(&before[0]).contains(&json!("DOMAIN")));
    // Less of an account: no reason that rests on what is no longer shown.
    house.rule(their, "borealis", "aurora", SharingLevel::Overlapping, &[AccountField::Name]).await;
    let less = leads(&app, "aurora", json!({})).await;
    assert!(!reasons(&less[0]).contains(&json!("DOMAIN")) && reasons(&less[0]).contains(&json!("NAME")));
    assert_eq!(less[0]["overlap"]["partner"]["domain"], Value::Null);
    // Nothing: the own account and the partner are left.
    for level in [SharingLevel::CountsOnly, SharingLevel::Hidden] {
        house.rule(their, "borealis", "aurora", level, &fields).await;
        let answer = app.graphql(&app.manager("aurora"), LEADS, json!({})).await;
        let left = answer.at("/qualifiedLeads/nodes").as_array().unwrap();
        assert_eq!(left.len(), 3);
        for lead in left {
            assert_eq!((&lead["evidence"], &lead["overlap"]), (&Value::Null, &Value::Null), "{level:?}");
            assert_eq!(
                (&lead["partner"]["slug"], &lead["account"]["name"]),
                (&json!("borealis"), &lead["accountName"])
            );
        }
        let text = answer.body().to_string();
        for hidden in ["PROSPECTS", "CERTAIN", "DOMAIN"] {
            assert!(!text.contains(hidden), "{level:?}: {hidden} in {text}");
        }
    }
    house.close(pair).await;
    assert_eq!(leads(&app, "aurora", json!({})).await.len(), 3);
    // Shown again, it is there again.
    house.rule(their, "borealis", "aurora", SharingLevel::Overlapping, &fields).await;
    assert_eq!(leads(&app, "aurora", json!({})).await[0]["evidence"], Value::Null, "nothing is compared any more");
}

async fn reasons_that_were_not_shown_are_not_kept(app: TestApp) {
    let house = House::new(&app);
    let (_, their, _) = set(&app, &[AccountField::Name], companies(0..2), companies(0..2)).await;
    made(&app, warm()).await;
    qualify(&app).await;
    let all = [AccountField::Name, AccountField::Domain];
    house.rule(their, "borealis", "aurora", SharingLevel::Overlapping, &all).await;
    let found = leads(&app, "aurora", json!({})).await;
    let reasons = found[0]["evidence"]["reasons"].as_array().unwrap();
    assert!(
        !reasons.contains(&json!("DOMAIN")),
        "the evidence is of the moment in which it was qualified: {reasons:?}"
    );
    assert!(found[0]["overlap"]["partner"]["domain"].is_string(), "the overlap is of now");
}

on_both!(
    counts_qualify_nothing,
    what_is_taken_back_is_gone_from_the_evidence,
    reasons_that_were_not_shown_are_not_kept
);
