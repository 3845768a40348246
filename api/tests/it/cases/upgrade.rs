//! What an upgrade makes of what an older program wrote: the same as the program of today writes.

use super::{activity, contact, cosell, lead, partnership};
use crate::support::{TestApp, on_both};
use entity::{audit_entry, lead as lead_row};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use serde_json::json;
use std::collections::BTreeSet;

on_both!(entries_of_the_trail_are_as_private_as_new_ones, leads_have_the_domain_of_their_company);

async fn trail(app: &TestApp) -> Vec<audit_entry::Model> {
    audit_entry::Entity::find().order_by_asc(audit_entry::Column::Id).all(app.app.world.db.read()).await.unwrap()
}

async fn entries_of_the_trail_are_as_private_as_new_ones(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let deal = cosell::opened(&app, cosell::full_deal()).await;
    cosell::share(&app, &deal, "borealis", cosell::to("borealis")).await;
    contact::add(&app, &aurora, &deal, json!({"title": "Buyer"})).await.payload();
    activity::log(&app, &borealis, &deal, json!({"kind": "CALL", "text": "They want to see it."})).await.payload();
    let partnership = partnership::begin(&app, "aurora", "comet").await;
    activity::log(&app, &aurora, &partnership, json!({"kind": "NOTE", "text": "A good start."})).await.payload();
    lead::create(&app, &aurora, lead::acme_to(&["comet"])).await.payload();

    let written = trail(&app).await;
    let kinds = |private| -> BTreeSet<&str> {
        written.iter().filter(|entry| entry.private == private).map(|entry| &entry.subject[..3]).collect()
    };
    assert_eq!(kinds(true), BTreeSet::from(["act", "ctc", "inv", "led", "opp"]));
    assert!(kinds(false).contains("pts"), "{:?}", kinds(false));
    assert!(written.iter().any(|entry| !entry.subject.starts_with("opp_") && entry.opportunity_id.is_some()));

    // As it was before there were these columns.
    let db = &app.app.world.db;
    for table in ["audit_entries", "staged_audit_entries"] {
        for column in ["private", "opportunity_id"] {
            db.read().execute_unprepared(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await.unwrap();
        }
    }
    db.read().execute_unprepared("DELETE FROM seaql_migrations WHERE version = 'm0013_trail'").await.unwrap();
    db.migrate().await.unwrap();
    let words = |entry: &audit_entry::Model| (entry.action.clone(), entry.private, entry.opportunity_id);
    let upgraded = trail(&app).await;
    assert_eq!(upgraded.iter().map(words).collect::<Vec<_>>(), written.iter().map(words).collect::<Vec<_>>());
}

async fn leads_have_the_domain_of_their_company(app: TestApp) {
    partnership::begin(&app, "aurora", "borealis").await;
    let aurora = app.manager("aurora");
    let mut elsewhere = lead::acme_to(&["borealis"]);
    elsewhere["company"]["websiteUrl"] = json!("https://github.com/acme");
    for input in [lead::acme_to(&["borealis"]), elsewhere] {
        lead::create(&app, &aurora, input).await.payload();
    }
    let db = &app.app.world.db;
    let domains = async || {
        let rows = lead_row::Entity::find().order_by_asc(lead_row::Column::Id).all(db.read()).await.unwrap();
        rows.into_iter().map(|row| row.company_domain).collect::<Vec<_>>()
    };
    let written = domains().await;
    assert_eq!(written, [Some("acme.example".to_owned()), None]);

    // As it was before there was this column.
    for table in ["qualified_leads", "qualification_progress", "qualification_turns", "qualification_rules"] {
        db.read().execute_unprepared(&format!("DROP TABLE {table}")).await.unwrap();
    }
    for statement in [
        "DROP INDEX leads_company_domain_idx",
        "ALTER TABLE leads DROP COLUMN company_domain",
        // Of these tables; what came later stays as it is.
        "DELETE FROM seaql_migrations WHERE version >= 'm0018' AND version < 'm0020'",
    ] {
        db.read().execute_unprepared(statement).await.unwrap();
    }
    db.migrate().await.unwrap();
    assert_eq!(domains().await, written);
}
