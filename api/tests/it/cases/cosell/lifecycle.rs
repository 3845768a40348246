//! Entering, changing and moving: what is written, what is refused, what each side says.

use super::{accept, act, advance, create, deal, full_deal, invite, opened, seen, share, to, update, update_side};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::value::Role;
use partnergraph::op::Scope;
use serde_json::{Value, json};

on_both!(
    all_that_was_entered_reads_back,
    bad_content_is_refused_and_nothing_is_written,
    a_retry_gets_the_first_answer,
    absent_is_not_null,
    a_stale_revision_is_refused_with_the_current_one,
    each_side_writes_its_own,
    stages_follow_the_table,
    the_history_of_next_steps_is_kept,
    who_may_only_look_does_not_move,
    what_is_archived_is_put_away,
    a_deal_that_is_over_takes_its_invitations_along,
    what_one_can_do_follows_the_state,
);

const ALL: &str = "title stage type origin involvement probability contactTitle businessProblem useCase deliveryModels
  expectedFrequency contractMonths targetCloseDate helpRequested competitors externalId lossReason confidential
  hidesParticipants customer { name websiteUrl countryCode industry duns } expectedAmount { amount currencyCode }
  sides { organization { slug } role stage targetCloseDate team { name email } }
  moves { fromStage toStage organization { slug } actor { kind } }";

async fn all_that_was_entered_reads_back(app: TestApp) {
    let id = opened(&app, full_deal()).await;
    let found = seen(&app, &app.actor("aurora", Role::Viewer), &id, ALL).await;
    let mut expected = full_deal();
    expected["customer"]["duns"] = json!("150483782");
    expected["deliveryModels"] = json!(["SAAS", "RESALE"]);
    expected["involvement"] = json!("CO_SELL");
    expected["confidential"] = json!(false);
    expected["hidesParticipants"] = json!(false);
    expected["lossReason"] = Value::Null;
    expected["sides"] = json!([{
        "organization": {"slug": "aurora"}, "role": "OWNER", "stage": "QUALIFIED", "targetCloseDate": "2026-12-24",
        "team": [{"name": "Manager of aurora", "email": "manager@aurora.example"}],
    }]);
    expected["moves"] = json!([{"fromStage": null, "toStage": "QUALIFIED", "organization": {"slug": "aurora"},
                                "actor": {"kind": "PERSON"}}]);
    assert_eq!(found, expected);
    assert_eq!(super::alerts(&app, "aurora").await, [("OPPORTUNITY".into(), "CREATED".into(), "person".into())]);
}

async fn bad_content_is_refused_and_nothing_is_written(app: TestApp) {
    let aurora = app.manager("aurora");
    opened(&app, full_deal()).await;
    let with = |field: &str, value: Value| {
        let mut input = deal();
        input[field] = value;
        input
    };
    for (input, code) in [
        (with("title", json!(" ")), "REQUIRED"),
        (with("title", json!("x".repeat(256))), "TOO_LONG"),
        (with("customer", json!({"name": "x".repeat(121)})), "TOO_LONG"),
        (with("customer", json!({"name": "Acme", "duns": "1234"})), "INVALID_FORMAT"),
        (with("expectedAmount", json!({"amount": "-1", "currencyCode": "EUR"})), "OUT_OF_RANGE"),
        (with("expectedAmount", json!({"amount": "10000000000000.01", "currencyCode": "EUR"})), "OUT_OF_RANGE"),
        (with("expectedFrequency", json!("YEARLY")), "INVALID_VALUE"),
        (with("contractMonths", json!(145)), "OUT_OF_RANGE"),
        (with("probability", json!(101)), "OUT_OF_RANGE"),
        (with("targetCloseDate", json!("2026-11-01")), "OUT_OF_RANGE"),
        (with("competitors", json!(vec!["x"; 11])), "TOO_MANY"),
        (with("stage", json!("COMMITTED")), "REQUIRED"),
        (with("stage", json!("CLOSED_LOST")), "REQUIRED"),
        (with("lossReason", json!("PRICE")), "INVALID_VALUE"),
        (with("externalId", json!("crm-1")), "TAKEN"),
        (with("relatedListings", json!([{"listing": "nothing"}])), "NOT_FOUND"),
        (with("relatedListings", json!(vec![json!({"listing": "nothing"}); 11])), "TOO_MANY"),
        (with("idempotencyKey", json!("")), "OUT_OF_RANGE"),
    ] {
        assert_eq!(create(&app, &aurora, input.clone()).await.refusals(), [code], "{input}");
    }
    let digits = with("expectedAmount", json!({"amount": "1.001", "currencyCode": "EUR"}));
    assert_eq!(create(&app, &aurora, digits).await.error_code(), "BAD_USER_INPUT");
    let count = app.graphql(&aurora, "{ opportunities { totalCount } }", json!({})).await;
    assert_eq!(count.at("/opportunities/totalCount"), 1);
    assert_eq!(create(&app, &app.visitor(), deal()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(create(&app, &app.actor("aurora", Role::Viewer), deal()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(create(&app, &app.key("aurora", &[Scope::ListingsWrite]), deal()).await.error_code(), "FORBIDDEN");
    create(&app, &app.key("aurora", &[Scope::OpportunitiesWrite]), deal()).await.payload();
    // Another owner may have the same external id, and nobody but the owner reads it.
    create(&app, &app.manager("borealis"), full_deal()).await.payload();
}

async fn a_retry_gets_the_first_answer(app: TestApp) {
    let aurora = app.manager("aurora");
    let mut input = deal();
    input["idempotencyKey"] = json!("k1");
    let first = create(&app, &aurora, input.clone()).await;
    let again = create(&app, &aurora, input.clone()).await;
    assert_eq!(first.payload()["opportunity"], again.payload()["opportunity"]);
    input["title"] = json!("Something else");
    assert_eq!(create(&app, &aurora, input).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);

    let id = &first.payload()["opportunity"]["id"];
    let mut wanted = to("borealis");
    wanted["idempotencyKey"] = json!("k1");
    let sent = invite(&app, &aurora, id, wanted.clone()).await;
    assert_eq!(invite(&app, &aurora, id, wanted.clone()).await.payload()["invitation"], sent.payload()["invitation"]);
    wanted["message"] = json!("Something else");
    assert_eq!(invite(&app, &aurora, id, wanted).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);

    const ACCEPT: &str = "mutation ($id: ID!, $key: String) {
      invitationAccept(id: $id, input: {idempotencyKey: $key}) { opportunity { id revision } userErrors { code } }
    }";
    let variables = json!({"id": sent.payload()["invitation"]["id"], "key": "k2"});
    let borealis = app.manager("borealis");
    let accepted = app.graphql(&borealis, ACCEPT, variables.clone()).await;
    let again = app.graphql(&borealis, ACCEPT, variables.clone()).await;
    assert_eq!(accepted.payload(), again.payload());
    let without = accept(&app, &borealis, &variables["id"]).await;
    assert_eq!(without.refusals(), ["INVALID_STATE"]);
}

async fn absent_is_not_null(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, full_deal()).await;
    let changed = json!({"title": "New", "customer": {"websiteUrl": null}, "useCase": null, "competitors": []});
    let changed = update(&app, &aurora, &id, changed).await;
    let opportunity = &changed.payload()["opportunity"];
    assert_eq!(opportunity["revision"], 2);
    assert_eq!(opportunity["title"], "New");
    assert_eq!(opportunity["customer"], json!({"name": "Acme Inc.", "websiteUrl": null}));
    assert_eq!(opportunity["useCase"], Value::Null);
    assert_eq!(opportunity["competitors"], json!([]));
    assert_eq!(opportunity["businessProblem"], "Answers get lost between two systems.");
    // What changes nothing raises nothing.
    assert_eq!(update(&app, &aurora, &id, json!({"title": "New"})).await.payload()["opportunity"]["revision"], 2);
    assert_eq!(update(&app, &aurora, &id, json!({})).await.payload()["opportunity"]["revision"], 2);
    assert_eq!(update(&app, &aurora, &id, json!({"title": " "})).await.refusals(), ["REQUIRED"]);
    let frequency = update(&app, &aurora, &id, json!({"expectedAmount": null})).await;
    assert_eq!(frequency.refusals(), ["INVALID_VALUE"]);
    opened(&app, deal()).await;
    let other = opened(&app, deal()).await;
    assert_eq!(update(&app, &aurora, &other, json!({"externalId": "crm-1"})).await.refusals(), ["TAKEN"]);
}

async fn a_stale_revision_is_refused_with_the_current_one(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, deal()).await;
    update(&app, &aurora, &id, json!({"title": "New", "expectedRevision": 1})).await.payload();
    let stale = update(&app, &aurora, &id, json!({"title": "Newer", "expectedRevision": 1})).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(stale.at("/opportunityUpdate/userErrors/0/currentRevision"), 2);
    let moved = advance(&app, &aurora, &id, json!({"stage": "QUALIFIED", "expectedRevision": 1})).await;
    assert_eq!(moved.refusals(), ["REVISION_MISMATCH"]);
    let side = update_side(&app, &aurora, &id, json!({"nextSteps": "Call", "expectedRevision": 1})).await;
    assert_eq!(side.refusals(), ["REVISION_MISMATCH"]);
    let unknown = json!("opp_00000000000070008000000000000000");
    assert_eq!(update(&app, &aurora, &unknown, json!({"title": "x"})).await.refusals(), ["NOT_FOUND"]);
    let other_kind = json!(id.as_str().unwrap().replace("opp", "inv"));
    assert_eq!(update(&app, &aurora, &other_kind, json!({"title": "x"})).await.error_code(), "BAD_USER_INPUT");
}

async fn each_side_writes_its_own(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, full_deal()).await;
    share(&app, &id, "borealis", to("borealis")).await;
    const SIDES: &str = "revision stage targetCloseDate divergence { aspect sides { organization { slug } } }
      sides { organization { slug } stage targetCloseDate nextSteps lossReason team { name responsibility } }";
    let begun = seen(&app, &aurora, &id, SIDES).await;
    assert_eq!(begun["divergence"], json!([]), "a side begins where the owner stands");
    let moved = advance(&app, &borealis, &id, json!({"stage": "CLOSED_LOST", "lossReason": "PRICE"})).await;
    assert_eq!(moved.payload()["opportunity"]["stage"], "QUALIFIED", "the opportunity's stage is the owner's");
    assert_eq!(moved.payload()["opportunity"]["revision"], 3);
    let side = json!({"targetCloseDate": null, "nextSteps": " Tell\nthem "});
    // What is lost is over, but what a side says of itself it may still put right.
    update_side(&app, &borealis, &id, side).await.payload();
    update_side(&app, &aurora, &id, json!({"targetCloseDate": "2027-01-15"})).await.payload();
    let found = seen(&app, &borealis, &id, SIDES).await;
    assert_eq!(found["revision"], 5);
    assert_eq!(found["targetCloseDate"], "2027-01-15");
    let mut sides = found["sides"].as_array().unwrap().clone();
    sides.sort_by_key(|side| side["organization"]["slug"].as_str().unwrap().to_owned());
    assert_eq!(
        Value::from(sides),
        json!([
            {"organization": {"slug": "aurora"}, "stage": "QUALIFIED", "targetCloseDate": "2027-01-15", "nextSteps": null,
             "lossReason": null, "team": [{"name": "Manager of aurora", "responsibility": null}]},
            {"organization": {"slug": "borealis"}, "stage": "CLOSED_LOST", "targetCloseDate": null,
             "nextSteps": "Tell them", "lossReason": "PRICE",
             "team": [{"name": "Manager of borealis", "responsibility": null}]},
        ])
    );
    let of_borealis = json!([{"organization": {"slug": "borealis"}}]);
    assert_eq!(
        found["divergence"],
        json!([
            {"aspect": "OUTCOME", "sides": of_borealis}, {"aspect": "STAGE", "sides": of_borealis},
        ])
    );
    let told = super::changes(&app, "borealis").await;
    assert_eq!(told, ["SENT", "ACCEPTED", "SHARED", "STAGE_CHANGED", "UPDATED", "UPDATED"]);

    const MEMBERS: &str = "{ viewer { organization { members { nodes { id role } } } } }";
    let members = app.graphql(&app.actor("borealis", Role::Owner), MEMBERS, json!({})).await;
    let member = members.at("/viewer/organization/members/nodes/0/id").clone();
    let team = |team: Value| json!({"team": team});
    let one = json!({"member": member, "responsibility": "Sells"});
    for (bad, code) in [
        (json!([one, one]), "INVALID_VALUE"),
        (json!(vec![one.clone(); 11]), "TOO_MANY"),
        (json!([{"member": member, "responsibility": "x".repeat(81)}]), "TOO_LONG"),
    ] {
        assert_eq!(update_side(&app, &borealis, &id, team(bad)).await.refusals(), [code]);
    }
    assert_eq!(update_side(&app, &aurora, &id, team(json!([one]))).await.refusals(), ["NOT_FOUND"]);
    update_side(&app, &borealis, &id, team(json!([one]))).await.payload();
    let found = seen(&app, &aurora, &id, "sides { team { name responsibility } }").await;
    assert!(found["sides"].as_array().unwrap().iter().any(|side| side["team"][0]["responsibility"] == "Sells"));
    for (bad, code) in [
        (json!({"targetCloseDate": "2026-11-01"}), "OUT_OF_RANGE"),
        (json!({"nextSteps": "x".repeat(256)}), "TOO_LONG"),
    ] {
        assert_eq!(update_side(&app, &aurora, &id, bad).await.refusals(), [code]);
    }
    assert_eq!(update(&app, &borealis, &id, json!({"title": "Mine"})).await.refusals(), ["NOT_ALLOWED"]);
}

async fn stages_follow_the_table(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, deal()).await;
    let to = |stage: &str| json!({"stage": stage});
    for (stage, code) in [
        ("PROSPECT", "INVALID_STATE"),
        ("LAUNCHED", "INVALID_STATE"),
        ("COMMITTED", "REQUIRED"),
        ("CLOSED_LOST", "REQUIRED"),
    ] {
        assert_eq!(advance(&app, &aurora, &id, to(stage)).await.refusals(), [code], "{stage}");
    }
    let odd = json!({"stage": "QUALIFIED", "lossReason": "PRICE"});
    assert_eq!(advance(&app, &aurora, &id, odd).await.refusals(), ["INVALID_VALUE"]);
    update(&app, &aurora, &id, json!({"targetCloseDate": "2026-12-24"})).await.payload();
    advance(&app, &aurora, &id, to("COMMITTED")).await.payload();
    assert_eq!(advance(&app, &aurora, &id, to("LAUNCHED")).await.refusals(), ["REQUIRED"]);
    let worth = json!({"expectedAmount": {"amount": "1", "currencyCode": "JPY"}});
    update(&app, &aurora, &id, worth).await.payload();
    advance(&app, &aurora, &id, to("LAUNCHED")).await.payload();
    for stage in ["COMMITTED", "LAUNCHED"] {
        assert_eq!(advance(&app, &aurora, &id, to(stage)).await.refusals(), ["INVALID_STATE"]);
    }
    let viewer = app.actor("aurora", Role::Viewer);
    let moves = seen(&app, &viewer, &id, "moves { fromStage toStage } stage sides { stage }").await;
    assert_eq!(moves["sides"][0]["stage"], moves["stage"], "the owner's side is the opportunity's");
    assert_eq!(
        moves["moves"],
        json!([
            {"fromStage": "COMMITTED", "toStage": "LAUNCHED"}, {"fromStage": "PROSPECT", "toStage": "COMMITTED"},
            {"fromStage": null, "toStage": "PROSPECT"},
        ])
    );
    assert_eq!(advance(&app, &viewer, &id, to("QUALIFIED")).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(advance(&app, &app.manager("comet"), &id, to("QUALIFIED")).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(advance(&app, &app.visitor(), &id, to("QUALIFIED")).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(invite(&app, &aurora, &id, super::to("borealis")).await.refusals(), ["INVALID_STATE"]);
}

async fn the_history_of_next_steps_is_kept(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, deal()).await;
    for number in 0..53 {
        app.clock.advance(TimeDelta::seconds(1));
        update_side(&app, &aurora, &id, json!({"nextSteps": format!("Step {number}")})).await.payload();
    }
    update_side(&app, &aurora, &id, json!({"nextSteps": "Step 52"})).await.payload();
    update_side(&app, &aurora, &id, json!({"nextSteps": null})).await.payload();
    let found = seen(&app, &aurora, &id, "sides { nextSteps nextStepsHistory { text writtenAt } }").await;
    let history = found.pointer("/sides/0/nextStepsHistory").unwrap().as_array().unwrap();
    assert_eq!(found.pointer("/sides/0/nextSteps"), Some(&Value::Null));
    assert_eq!(history.len(), 50);
    assert_eq!(history[0], json!({"text": "Step 52", "writtenAt": "2026-11-02T09:00:53+00:00"}));
    assert_eq!(history[49]["text"], "Step 3");
}

async fn who_may_only_look_does_not_move(app: TestApp) {
    let mut input = deal();
    input["involvement"] = json!("VISIBILITY_ONLY");
    let id = opened(&app, input).await;
    share(&app, &id, "borealis", to("borealis")).await;
    let moved = advance(&app, &app.manager("borealis"), &id, json!({"stage": "QUALIFIED"})).await;
    assert_eq!(moved.refusals(), ["NOT_ALLOWED"]);
    advance(&app, &app.manager("aurora"), &id, json!({"stage": "QUALIFIED"})).await.payload();
}

async fn what_is_archived_is_put_away(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, deal()).await;
    share(&app, &id, "borealis", to("borealis")).await;
    let sent = invite(&app, &aurora, &id, to("comet")).await;
    let act = |actor, field| super::act(&app, actor, field, &id, None);
    let borealis = app.manager("borealis");
    assert_eq!(act(&borealis, "opportunityArchive").await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(act(&aurora, "opportunityRestore").await.refusals(), ["INVALID_STATE"]);
    act(&aurora, "opportunityArchive").await.payload();
    assert_eq!(act(&aurora, "opportunityArchive").await.refusals(), ["INVALID_STATE"]);
    let late = accept(&app, &app.manager("comet"), &sent.payload()["invitation"]["id"]).await;
    assert_eq!(late.refusals(), ["INVALID_STATE"]);
    for answer in [
        update(&app, &aurora, &id, json!({"title": "x"})).await,
        advance(&app, &aurora, &id, json!({"stage": "QUALIFIED"})).await,
        update_side(&app, &aurora, &id, json!({"nextSteps": "x"})).await,
        invite(&app, &aurora, &id, to("comet")).await,
    ] {
        assert_eq!(answer.refusals(), ["INVALID_STATE"]);
    }
    const COUNT: &str = "query ($archived: Boolean!) { opportunities(filter: {archived: $archived}) { totalCount } }";
    for (archived, expected) in [(false, 0), (true, 1)] {
        let count = app.graphql(&app.manager("borealis"), COUNT, json!({"archived": archived})).await;
        assert_eq!(count.at("/opportunities/totalCount"), expected);
    }
    act(&aurora, "opportunityRestore").await.payload();
    invite(&app, &aurora, &id, to("comet")).await.payload();
}

async fn a_deal_that_is_over_takes_its_invitations_along(app: TestApp) {
    const STATES: &str = "invitations { status receiver { slug } }";
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, full_deal()).await;
    super::share(&app, &id, "borealis", super::to("borealis")).await;
    let sent = invite(&app, &aurora, &id, super::to("comet")).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    let lost = json!({"stage": "CLOSED_LOST", "lossReason": "PRICE"});
    advance(&app, &borealis, &id, lost.clone()).await.payload();
    let waits = json!({"status": "PENDING", "receiver": {"slug": "comet"}});
    assert_eq!(seen(&app, &aurora, &id, STATES).await["invitations"][0], waits, "that is one side's account");
    advance(&app, &aurora, &id, lost).await.payload();
    let over = json!({"status": "CANCELED", "receiver": {"slug": "comet"}});
    assert_eq!(seen(&app, &aurora, &id, STATES).await["invitations"][0], over);
    assert_eq!(super::accept(&app, &app.manager("comet"), &invitation).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(super::changes(&app, "comet").await, ["SENT", "CANCELED"]);
    const INBOX: &str = "{ viewer { inbox { totalCount } } }";
    let waiting = app.graphql(&app.manager("comet"), INBOX, json!({})).await;
    assert_eq!(waiting.at("/viewer/inbox/totalCount"), 0);
}

async fn what_one_can_do_follows_the_state(app: TestApp) {
    const CAN: &str = "viewerCanShare viewerCanLeave viewerCanUpdateSide";
    let id = super::review::stage(&app).await;
    let (host, owner) = (app.manager("aurora"), app.manager("borealis"));
    super::review::submit(&app, &owner, &id, Some("stars")).await.payload();
    assert_eq!(seen(&app, &host, &id, CAN).await["viewerCanLeave"], false, "it is reviewing");
    act(&app, &host, "opportunityApprove", &id, None).await.payload();
    assert_eq!(seen(&app, &host, &id, CAN).await["viewerCanLeave"], true);
    let open = json!({"viewerCanShare": true, "viewerCanLeave": false, "viewerCanUpdateSide": true});
    assert_eq!(seen(&app, &owner, &id, CAN).await, open);
    act(&app, &owner, "opportunityArchive", &id, None).await.payload();
    let archived = json!({"viewerCanShare": false, "viewerCanLeave": false, "viewerCanUpdateSide": false});
    assert_eq!(seen(&app, &owner, &id, CAN).await, archived);
    assert_eq!(seen(&app, &host, &id, CAN).await["viewerCanLeave"], true);
}
