//! The world that the actor table is tried in: `aurora` runs a program, `borealis` is its partner, `comet` is a stranger.
//! Set up once through the public schema, by the steps of `stage.graphql`, then copied for each try.
//!
//! A step is a line `## who name=/pointer ...`, a line with the variables, and a document; the ids at the pointers of its
//! payload get the names, and later steps and cases say `@name`.

use crate::{
    cases::{
        overlap::{
            compare,
            house::{House, companies},
            overlaps,
        },
        qualification::{create, qualify, warm},
    },
    support::TestApp,
};
use entity::{
    alert::{self, AlertChange, AlertKind},
    audit_entry,
    id::{AccountListId, TypedId},
    sharing_consent,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::{
    account::{
        csv::{Asked, Source, import},
        model::AccountImportMode,
    },
    event::{self, AlertDraft, Discretion, Fact},
    op::Actor,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

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
        stage.load().await;
        stage.map().await;
        stage.qualify().await;
        stage.tell().await;
        stage.record().await;
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

    /// Plays the steps of `stage.graphql`, one after the other.
    async fn build(&mut self) {
        let text = std::fs::read_to_string(super::folder().join("stage.graphql")).unwrap();
        for step in text.split("\n## ").skip(1) {
            let (head, rest) = step.split_once('\n').unwrap();
            let (variables, document) = rest.split_once('\n').unwrap();
            let mut words = head.split(' ');
            let actor = self.actor(words.next().unwrap());
            let variables: Value = serde_json::from_str(&self.resolve(variables)).unwrap();
            let answer = self.app.graphql(&actor, document, variables).await;
            let payload = answer.payload();
            for named in words {
                let (name, pointer) = named.split_once('=').unwrap();
                let id = payload.pointer(pointer).and_then(Value::as_str);
                let id = id.unwrap_or_else(|| panic!("no id at {pointer}: {payload:#}"));
                self.names.insert(name.to_owned(), id.to_owned());
            }
        }
    }

    /// Sends a file into aurora's list of customers, and names the import.
    async fn load(&mut self) {
        let op = self.app.app.op(self.app.manager("aurora"), "stage", Vec::new());
        let list = AccountListId::parse_global(&self.names["account_list"]).unwrap();
        let file = Source { reader: Box::new(&b"id,name\n1,Acme\n2,Bolt\n"[..]), count: Arc::default(), length: None };
        let asked = Asked { mode: AccountImportMode::Replace, dry_run: false };
        let report = import(&op, list, asked, file).await.unwrap();
        self.names.insert("account_import".to_owned(), report.import);
    }

    /// Has aurora and borealis compare two lists, aurora say of one overlap that it is none, and another run wait.
    async fn map(&mut self) {
        let house = House::new(&self.app);
        let fields = [AccountField::Name];
        let (_, theirs, _) = house.shared(SharingLevel::All, &fields, companies(0..6), companies(2..8)).await;
        compare(&self.app).await;
        let aurora = self.app.manager("aurora");
        let found = overlaps(&self.app, &aurora, serde_json::json!({"partner": "borealis"})).await;
        let id = |at: &str| found.at(at).as_str().unwrap().to_owned();
        let raise = "mutation ($own: ID!, $partner: ID!) {
            overlapDisputeRaise(input: {own: $own, partner: $partner, verdict: NOT_SAME}) {
              overlapDispute { id } userErrors { code message } } }";
        let two = |at: usize| {
            let of = |side: &str| id(&format!("/overlaps/nodes/{at}/{side}/id"));
            serde_json::json!({"own": of("own"), "partner": of("partner")})
        };
        let raised = self.app.graphql(&aurora, raise, two(1)).await;
        let dispute = raised.payload()["overlapDispute"]["id"].as_str().unwrap().to_owned();
        let note = "mutation ($overlap: ID!) { overlapNoteAdd(input: {overlap: $overlap, text: \"Call them.\"}) {
            overlapNote { id } userErrors { code message } } }";
        let noted = self.app.graphql(&aurora, note, serde_json::json!({"overlap": id("/overlaps/nodes/0/id")})).await;
        let note = noted.payload()["overlapNote"]["id"].as_str().unwrap().to_owned();
        let asked = self.ask(&id("/overlaps/nodes/2/id")).await;
        let accepted = self.ask(&id("/overlaps/nodes/3/id")).await;
        let accept =
            "mutation ($id: ID!) { introductionAccept(id: $id) { introduction { id } userErrors { code message } } }";
        let borealis = self.app.manager("borealis");
        self.app.graphql(&borealis, accept, serde_json::json!({"id": accepted})).await.payload();
        let run = house.waiting_run().await;
        for (name, id) in [
            ("borealis_list", theirs.global()),
            ("overlap", id("/overlaps/nodes/0/id")),
            ("overlap_own", id("/overlaps/nodes/0/own/id")),
            ("overlap_partner", id("/overlaps/nodes/0/partner/id")),
            ("overlap_dispute", dispute),
            ("overlap_note", note),
            ("introduction", asked),
            ("accepted_introduction", accepted),
            ("mapping_run", run.global()),
        ] {
            self.names.insert(name.to_owned(), id);
        }
    }

    /// Has aurora ask borealis to be introduced to the company of an overlap; the request's id.
    async fn ask(&self, overlap: &str) -> String {
        let request =
            "mutation ($overlap: ID!) { introductionRequest(input: {overlap: $overlap, message: \"Would you?\"}) {
            introduction { id } userErrors { code message } } }";
        let aurora = self.app.manager("aurora");
        let asked = self.app.graphql(&aurora, request, serde_json::json!({"overlap": overlap})).await;
        asked.payload()["introduction"]["id"].as_str().unwrap().to_owned()
    }

    /// Has aurora make a rule over the overlaps, and names it and what it qualified.
    async fn qualify(&mut self) {
        let aurora = self.app.manager("aurora");
        let rule = create(&self.app, &aurora, warm()).await.payload()["qualificationRule"]["id"].clone();
        assert!(qualify(&self.app).await > 0, "nothing was qualified");
        let found = self.app.graphql(&aurora, "{ qualifiedLeads { nodes { id } } }", serde_json::json!({})).await;
        let lead = found.at("/qualifiedLeads/nodes/0/id").clone();
        for (name, id) in [("qualification_rule", rule), ("qualified_lead", lead)] {
            self.names.insert(name.to_owned(), id.as_str().unwrap().to_owned());
        }
    }

    /// Has aurora's feed tell of each kind of thing, and names the alerts.
    async fn tell(&mut self) {
        use AlertKind::{
            Activity, ExploratoryMapping, Introduction, Invitation, Lead, Opportunity, Overlap, Partnership,
            QualifiedLead, SharingRule,
        };
        let kinds = [
            (Opportunity, "opportunity_alert"),
            (Invitation, "invitation_alert"),
            (Activity, "activity_alert"),
            (Lead, "lead_alert"),
            (Partnership, "partnership_alert"),
            (SharingRule, "sharing_alert"),
            (ExploratoryMapping, "exploratory_alert"),
            (Overlap, "overlap_alert"),
            (Introduction, "introduction_alert"),
            (QualifiedLead, "qualified_alert"),
        ];
        let op = self.app.app.op(Actor::System, "stage", Vec::new());
        let organization = crate::support::organization_id("aurora");
        let fact = |kind| Fact {
            action: "stage.told",
            organization,
            subject: "stage".to_owned(),
            before: None,
            after: None,
            stale: Vec::new(),
            alert: Some(AlertDraft {
                kind,
                change: AlertChange::Updated,
                subject: uuid::Uuid::from_u128(1),
                opportunity: None,
                stage: None,
                restricted: false,
                details: serde_json::json!({}),
            }),
            discretion: Discretion::NONE,
        };
        let tx = op.db().begin().await.unwrap();
        event::record(&tx, &op, kinds.iter().map(|(kind, _)| fact(*kind)).collect()).await.unwrap();
        tx.commit().await.unwrap();
        let told = alert::Entity::find()
            .filter(alert::Column::OrganizationId.eq(organization))
            .filter(alert::Column::SubjectId.eq(uuid::Uuid::from_u128(1)))
            .all(op.db().read())
            .await
            .unwrap();
        for alert in told {
            let (_, name) = kinds.iter().find(|(kind, _)| *kind == alert.kind).unwrap();
            self.names.insert((*name).to_owned(), alert.id.global());
        }
    }

    /// Names the first entries of aurora's trail about deals and a lead, and its first record of consent.
    async fn record(&mut self) {
        for (name, subject) in [
            ("deal_record", "deal"),
            ("lead_record", "lead"),
            ("activity_record", "activity"),
            ("secret_record", "secret"),
            ("admins_secret_record", "admins_secret"),
        ] {
            let entry = audit_entry::Entity::find()
                .filter(audit_entry::Column::OrganizationId.eq(crate::support::organization_id("aurora")))
                .filter(audit_entry::Column::Subject.eq(self.names[subject].as_str()))
                .order_by_asc(audit_entry::Column::Id);
            let entry = entry.one(self.app.app.world.db.read()).await.unwrap();
            self.names.insert(name.to_owned(), entry.unwrap().id.global());
        }
        let consent = sharing_consent::Entity::find()
            .filter(sharing_consent::Column::OrganizationId.eq(crate::support::organization_id("aurora")))
            .order_by_asc(sharing_consent::Column::Id);
        let consent = consent.one(self.app.app.world.db.read()).await.unwrap();
        self.names.insert("consent".to_owned(), consent.unwrap().id.global());
    }

    /// `aurora` is a manager there, `aurora/admin` an administrator.
    fn actor(&self, who: &str) -> Actor {
        match who.split_once('/') {
            Some((slug, "admin")) => self.app.actor(slug, Role::Admin),
            Some((_, role)) => panic!("no such role on the stage: {role}"),
            None => self.app.manager(who),
        }
    }
}
