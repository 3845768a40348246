//! `viewer`.

use crate::support::{TestApp, on_both, organization_id, person_id};
use entity::{id::TypedId, value::Role};
use serde_json::json;

/// As `co-sell.graphql` has it, and the organizations that the person may switch to.
const ME: &str = "query Me { viewer { id name role organization { id slug name } person { id } organizations { role organization { slug } } } }";

on_both!(a_visitor_is_nobody, a_person_is_somebody_in_an_organization, a_person_may_switch);

async fn a_visitor_is_nobody(app: TestApp) {
    assert_eq!(app.graphql(&app.visitor(), ME, json!({})).await.data(), &json!({"viewer": null}));
}

async fn a_person_is_somebody_in_an_organization(app: TestApp) {
    let me = app.graphql(&app.actor("operator", Role::Admin), ME, json!({})).await;
    let person = person_id("operator", Role::Admin).global();
    assert_eq!(
        me.at("/viewer"),
        &json!({
            // A cache that goes by ids alone keeps the two apart.
            "id": person.replace("psn_", "vwr_"),
            "person": {"id": person},
            "name": "Admin of operator",
            "role": "ADMIN",
            "organization": {"id": organization_id("operator").global(), "slug": "operator", "name": "Operator Ltd"},
            "organizations": [{"role": "ADMIN", "organization": {"slug": "operator"}}],
        })
    );
}

async fn a_person_may_switch(app: TestApp) {
    let add = "mutation ($id: ID!) { memberAdd(id: $id, input: {email: \"owner@comet.example\", name: \"x\", role: VIEWER}) { userErrors { code } } }";
    app.graphql(&app.operator(), add, json!({"id": organization_id("operator").global()})).await.payload();
    let me = app.graphql(&app.actor("comet", Role::Owner), ME, json!({})).await;
    assert_eq!(
        me.at("/viewer/organizations"),
        &json!([
            {"role": "OWNER", "organization": {"slug": "comet"}},
            {"role": "VIEWER", "organization": {"slug": "operator"}},
        ])
    );
}
