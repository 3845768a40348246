//! What readers of a feed share is never from before a change of what they may see, in whatever order things come.

use super::{act, alerts, deal, opened, share, to, update};
use crate::support::{TestApp, on_both};
use entity::value::Role;
use futures::StreamExt;
use partnergraph::{
    event::feed,
    http::auth::{Admission, OpAdmission},
    op::Actor,
    schema::{
        live::{Answers, Audience, FeedLine, Groups, Subscriber, impersonal},
        request::{Allowed, Pipeline, PipelineSettings, answer::Answer, input::Input},
    },
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

on_both!(after_a_revocation_nothing_from_before_is_shared, a_deal_that_became_confidential_is_not_shared_either,);

const LIVE: &str = "subscription ($after: String) { coSellAlerts(after: $after) { cursor alert {
  ... on OpportunityAlert { change opportunity { id title } }
  ... on InvitationAlert { change opportunity { id title } }
} } }";

/// Readers of the feeds of one process, as the transports are.
struct Readers {
    pipeline: Arc<Pipeline>,
    groups: Arc<Groups>,
    admission: Arc<dyn Admission>,
}

impl Readers {
    fn of(app: &TestApp) -> Self {
        let settings = PipelineSettings { impersonal: impersonal(), ..PipelineSettings::default() };
        let pipeline = Arc::new(Pipeline::new(app.app.schema.clone(), settings, None).unwrap());
        let line = Arc::new(FeedLine::new(Arc::clone(&app.app.world)));
        let groups = Groups::new(Arc::clone(&pipeline), Some(line), Default::default());
        let admission = OpAdmission::new(Arc::clone(&app.app.world), Arc::clone(&app.app.authenticator));
        Self { pipeline, groups, admission: Arc::new(admission) }
    }

    /// Managers of one organization have the same rights.
    async fn subscribe(&self, actor: &Actor, after: &str) -> Answers {
        let request = json!({"query": LIVE, "variables": {"after": after}});
        let input = Input::from_json(request.to_string().as_bytes()).unwrap();
        let Ok(prepared) = self.pipeline.prepare(input, Allowed::Everything).await else { panic!("it is refused") };
        let organization = actor.organization().unwrap();
        let (admission, actor) = (Arc::clone(&self.admission), actor.clone());
        let subscriber = Subscriber {
            audience: Some(Audience { organization, rights: "manager".to_owned(), languages: Vec::new() }),
            request_id: "test".to_owned(),
            data: Arc::new(move || admission.data(&actor, "test", Vec::new())),
            after: None,
        };
        self.groups.subscribe(prepared, subscriber).await
    }
}

async fn take(answers: &mut Answers, count: usize) -> Vec<Arc<Answer>> {
    let mut taken = Vec::new();
    while taken.len() < count {
        let answer = tokio::time::timeout(Duration::from_secs(30), answers.next()).await.expect("nothing came");
        taken.push(answer.expect("it ended"));
    }
    taken
}

/// What each says of the opportunity.
fn shown(answers: &[Arc<Answer>]) -> Vec<Value> {
    let read = |answer: &Arc<Answer>| serde_json::from_slice::<Value>(&answer.body).unwrap();
    answers.iter().map(read).map(|body| body["data"]["coSellAlerts"]["alert"]["opportunity"].clone()).collect()
}

fn same(one: &[Arc<Answer>], other: &[Arc<Answer>]) -> bool {
    one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
}

async fn beginning(app: &TestApp, actor: &Actor) -> String {
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    let own = actor.organization().unwrap();
    let head = feed::head(&op, own).await.unwrap();
    feed::write_cursor(&op, own, feed::Position { seq: 0, ..head.position() })
}

/// Shares a deal with borealis, shows all alerts of it to two readers there, hides it by `hide`, and says what one who
/// comes back then is shown.
async fn after(app: &TestApp, hide: impl AsyncFnOnce(&Value)) -> Vec<Value> {
    // Somebody whom nobody names: who accepts is named.
    let (readers, borealis) = (Readers::of(app), app.actor("borealis", Role::Member));
    let id = opened(app, deal()).await;
    share(app, &id, "borealis", to("borealis")).await;
    update(app, &app.manager("aurora"), &id, json!({"title": "Another title"})).await.payload();
    let (start, count) = (beginning(app, &borealis).await, alerts(app, "borealis").await.len());
    let mut first = readers.subscribe(&borealis, &start).await;
    let resolved = take(&mut first, count).await;
    assert!(shown(&resolved).iter().all(|deal| deal["title"] == "Another title"), "{:?}", shown(&resolved));
    let mut second = readers.subscribe(&borealis, &start).await;
    assert!(same(&resolved, &take(&mut second, count).await), "they share what was resolved");
    // One who was there all the time and has not read it yet is shown no more than one who comes now.
    let mut slow = readers.subscribe(&borealis, &start).await;
    assert!(same(&resolved, &take(&mut slow, 1).await));
    hide(&id).await;
    let mut late = readers.subscribe(&borealis, &start).await;
    let late = take(&mut late, count).await;
    assert_eq!(shown(&take(&mut slow, count - 1).await), shown(&late)[1..]);
    shown(&late)
}

async fn after_a_revocation_nothing_from_before_is_shared(app: TestApp) {
    let revoke = async |id: &Value| {
        let input = Some(("OpportunityRevokeInput!", json!({"organization": "borealis"})));
        act(&app, &app.manager("aurora"), "opportunityRevoke", id, input).await.payload();
    };
    let shown = after(&app, revoke).await;
    assert!(shown.iter().all(Value::is_null), "{shown:?}");
}

async fn a_deal_that_became_confidential_is_not_shared_either(app: TestApp) {
    let hide = async |id: &Value| {
        update(&app, &app.manager("aurora"), id, json!({"confidential": true})).await.payload();
    };
    let shown = after(&app, hide).await;
    assert!(shown.iter().all(Value::is_null), "{shown:?}");
}
