//! The world that the actor table is tried in: `aurora` runs a program, `borealis` is its partner, `comet` is a stranger.
//! Set up once through the public schema, then copied for each try.

use crate::support::TestApp;
use entity::id::TypedId;
use serde_json::Value;
use std::collections::BTreeMap;

/// The stage, and the ids of what stands on it.
pub(super) struct Stage {
    app: TestApp,
    names: BTreeMap<String, String>,
}

impl Stage {
    pub(super) async fn set() -> Self {
        Self::over(TestApp::sqlite().await).await
    }

    pub(super) async fn set_on_postgres() -> Option<Self> {
        Some(Self::over(TestApp::postgres().await?).await)
    }

    async fn over(app: TestApp) -> Self {
        let mut stage = Self { app, names: BTreeMap::new() };
        for slug in crate::support::ORGANIZATIONS {
            stage.names.insert(slug.to_owned(), crate::support::organization_id(slug).global());
        }
        stage.build().await;
        stage
    }

    /// A copy that may be changed.
    pub(super) async fn copy(&self) -> TestApp {
        self.app.copy().await
    }

    /// The text with `@name` replaced by the id of that name.
    pub(super) fn resolve(&self, text: &str) -> String {
        let mut text = text.to_owned();
        // Longer names first: one may begin with another.
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, id) in names {
            text = text.replace(&format!("@{name}"), id);
        }
        assert!(!text.contains("\"@"), "a name that nothing has: {text}");
        text
    }

    /// Runs a mutation as a manager of `slug` (an administrator for `operator`) and names ids of its payload.
    async fn act(&mut self, slug: &str, document: &str, variables: &str, named: &[(&str, &str)]) {
        let variables: Value = serde_json::from_str(&self.resolve(variables)).unwrap();
        let actor = if slug == "operator" { self.app.operator() } else { self.app.manager(slug) };
        let answer = self.app.graphql(&actor, document, variables).await;
        let payload = answer.payload();
        for (name, pointer) in named {
            let id = payload.pointer(pointer).and_then(Value::as_str);
            let id = id.unwrap_or_else(|| panic!("no id at {pointer}: {payload:#}"));
            self.names.insert((*name).to_owned(), id.to_owned());
        }
    }

    async fn build(&mut self) {
        self.act(
            "aurora",
            "mutation ($id: ID!) { organizationUpdate(id: $id, input: {countryCode: \"NO\"}) { organization { id } userErrors { code message } } }",
            r#"{"id": "@aurora"}"#,
            &[],
        )
        .await;
        self.build_partnerships().await;
    }

    /// `@partnership` is one of aurora and borealis; `@invitation` is one of comet by borealis, and open.
    async fn build_partnerships(&mut self) {
        const INVITE: &str = "mutation ($input: PartnershipInviteInput!) { partnershipInvite(input: $input) { invitation { id } userErrors { code message } } }";
        const ACCEPT: &str = "mutation ($id: ID!) { partnershipInvitationAccept(id: $id) { partnership { id } userErrors { code message } } }";
        let input = r#"{"input": {"organization": "borealis", "types": ["STRATEGIC"], "message": "Shall we?"}}"#;
        self.act("aurora", INVITE, input, &[("accepted", "/invitation/id")]).await;
        self.act("borealis", ACCEPT, r#"{"id": "@accepted"}"#, &[("partnership", "/partnership/id")]).await;
        let input = r#"{"input": {"organization": "comet", "types": ["TECHNOLOGY"], "message": "Shall we?"}}"#;
        self.act("borealis", INVITE, input, &[("invitation", "/invitation/id")]).await;
    }
}
