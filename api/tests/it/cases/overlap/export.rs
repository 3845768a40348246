//! The overlaps as a file: what the viewer sees and nothing else, whatever the length.

use super::{House, compare, house::companies};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::{
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::{config::Config, http::server::ServerSettings};
use std::net::SocketAddr;
use tokio::{sync::oneshot, task::JoinHandle};

/// A server over the case's app; it stops when it is dropped.
pub(super) struct Desk {
    address: SocketAddr,
    client: reqwest::Client,
    _stop: oneshot::Sender<()>,
    _running: JoinHandle<std::io::Result<()>>,
}

impl Desk {
    pub(super) async fn open(app: &TestApp) -> Self {
        let server =
            ServerSettings { listen: SocketAddr::from(([127, 0, 0, 1], 0)), workers: 2, ..ServerSettings::default() };
        let listening = app.app.listen(&Config { server, ..app.config.clone() }).unwrap();
        let address = listening.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(listening.run_until(async {
            // Also when the case is over and the sender gone.
            let _ = stopped.await;
        }));
        Self {
            address,
            client: reqwest::Client::builder().no_proxy().gzip(false).build().unwrap(),
            _stop: stop,
            _running: running,
        }
    }

    /// Asks for the file; gives the status and the body.
    pub(super) async fn file(&self, token: &str, query: &str) -> (u16, String) {
        let request = self.client.get(format!("http://{}/v1/overlaps/export{query}", self.address));
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

/// A token of the manager of an organization.
pub(super) fn token(app: &TestApp, slug: &str) -> String {
    let person = crate::support::person_id(slug, Role::Manager);
    app.app.authenticator.issue(person, crate::support::organization_id(slug), TimeDelta::hours(1)).unwrap()
}

async fn the_file_has_what_the_viewer_sees(app: TestApp) {
    let house = House::new(&app);
    let mut ours = companies(0..3);
    for row in ours.values_mut() {
        row.owner = "=HYPERLINK(\"http://x\")".to_owned();
        row.amount = Some(1_250);
    }
    let mut theirs = companies(0..4);
    theirs.values_mut().for_each(|row| row.stage = "Secret stage".to_owned());
    house.two(SharingLevel::Overlapping, &[AccountField::Name, AccountField::Domain], ours, theirs).await;
    compare(&app).await;
    let desk = Desk::open(&app).await;
    let (status, file) = desk.file(&token(&app, "aurora"), "?partner=borealis").await;
    assert_eq!(status, 200);
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    for row in &rows {
        let cell = |name: &str| row.get(header.iter().position(|column| column == name).unwrap()).unwrap();
        assert_eq!(cell("own_owner"), "'=HYPERLINK(\"http://x\")");
        assert_eq!((cell("own_amount"), cell("own_currency")), ("12.50", "EUR"));
        assert_eq!(cell("own_name"), cell("partner_name"));
        assert_eq!((cell("own_kind"), cell("partner_kind")), ("CUSTOMERS", "PROSPECTS"));
        assert_eq!((cell("partner_stage"), cell("partner_external_id"), cell("partner_website")), ("", "", ""));
        assert!(cell("reasons").contains("DOMAIN") && cell("overlap_id").starts_with("ovl_"));
    }
    assert!(!file.contains("Secret stage"));
}

async fn a_long_file_is_whole(app: TestApp) {
    let house = House::new(&app);
    house.two(SharingLevel::Overlapping, &[AccountField::Name], companies(0..2_100), companies(0..2_100)).await;
    compare(&app).await;
    let desk = Desk::open(&app).await;
    let (status, file) = desk.file(&token(&app, "borealis"), "?partner=aurora").await;
    assert_eq!(status, 200);
    let mut names: Vec<_> = csv::Reader::from_reader(file.as_bytes())
        .records()
        .map(|row| row.unwrap().get(0).unwrap().to_owned())
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 2_100);
}

async fn who_may_not_is_told_so(app: TestApp) {
    let desk = Desk::open(&app).await;
    let aurora = token(&app, "aurora");
    for (token, query, status) in [
        ("", "?partner=borealis", 401),
        (aurora.as_str(), "", 400),
        (aurora.as_str(), "?partner=nobody", 400),
        (aurora.as_str(), "?partner=borealis&partner=comet", 400),
        (aurora.as_str(), "?partner=borealis&kind=all", 400),
        (aurora.as_str(), "?partner=borealis", 200),
    ] {
        assert_eq!(desk.file(token, query).await.0, status, "{query}");
    }
    // With whom nothing is shared there is the header alone.
    let (_, file) = desk.file(&aurora, "?partner=comet").await;
    assert_eq!(file.lines().count(), 1);
}

on_both!(the_file_has_what_the_viewer_sees, a_long_file_is_whole, who_may_not_is_told_so);
