//! Lists, rules and pairs, written as the rooms before this one write them.

use crate::{
    cases::partnership::begin,
    support::{TestApp, organization_id},
};
use chrono::{DateTime, Utc};
use entity::{
    account,
    account_list::{self, AccountListKind},
    id::{AccountId, AccountListId, MappingPairId, MappingRunId},
    mapping_pair,
    mapping_run::{self, MappingRunState},
    sharing_rule::{self, AccountField, SharedFields, SharingLevel},
    texts::Texts,
};
use partnergraph::{
    op::{Actor, Op},
    text,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::collections::BTreeMap;

/// What an account says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) website: String,
    pub(crate) country: &'static str,
    pub(crate) email_domain: String,
    pub(crate) duns: String,
    pub(crate) owner: String,
    pub(crate) stage: String,
    pub(crate) amount: Option<i64>,
    pub(crate) custom: Option<(String, String)>,
}

/// An account with a name and a website.
pub(crate) fn row(name: &str, website: &str) -> Row {
    Row { name: name.to_owned(), website: website.to_owned(), ..Row::default() }
}

/// Accounts by their ids in the CRM.
pub(crate) type Rows = BTreeMap<String, Row>;

/// `count` accounts, of which those with the same number are the same company in every list.
pub(crate) fn companies(numbers: impl IntoIterator<Item = usize>) -> Rows {
    let company = |number: usize| {
        let word = company_word(number);
        (format!("crm-{number}"), row(&format!("{word} Works"), &format!("https://{word}.com")))
    };
    numbers.into_iter().map(company).collect()
}

/// A word for each number below 65,536, none of them a slip away from another.
fn company_word(number: usize) -> String {
    const PARTS: [&str; 16] = [
        "bam", "cen", "dif", "gok", "hup", "jar", "kel", "lis", "mov", "nuz", "pab", "qed", "rig", "sot", "tuy", "wax",
    ];
    // Another number for each, with digits that differ from those of its neighbors.
    let mixed = number.wrapping_mul(40_503) & 0xffff;
    (0..4).map(|at| PARTS[(mixed >> (at * 4)) % 16]).collect()
}

/// Writes for one case.
pub(crate) struct House<'a> {
    app: &'a TestApp,
    op: Op,
}

impl<'a> House<'a> {
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self { app, op: app.app.op(Actor::System, "house", Vec::new()) }
    }

    fn now(&self) -> DateTime<Utc> {
        self.op.now()
    }

    /// Aurora and borealis are partners, each with a list that the other sees at this level with these fields; gives the
    /// lists and their pair.
    pub(crate) async fn two(
        &self,
        level: SharingLevel,
        fields: &[AccountField],
        ours: Rows,
        theirs: Rows,
    ) -> (AccountListId, AccountListId, MappingPairId) {
        begin(self.app, "aurora", "borealis").await;
        self.shared(level, fields, ours, theirs).await
    }

    /// The same of two that are partners already.
    pub(crate) async fn shared(
        &self,
        level: SharingLevel,
        fields: &[AccountField],
        ours: Rows,
        theirs: Rows,
    ) -> (AccountListId, AccountListId, MappingPairId) {
        let our = self.list("aurora", "Our customers", AccountListKind::Customers, ours).await;
        let their = self.list("borealis", "Their prospects", AccountListKind::Prospects, theirs).await;
        self.rule(our, "aurora", "borealis", level, fields).await;
        self.rule(their, "borealis", "aurora", level, fields).await;
        (our, their, self.pair((our, "aurora"), (their, "borealis")).await)
    }

    /// A list with accounts.
    pub(crate) async fn list(&self, slug: &str, name: &str, kind: AccountListKind, rows: Rows) -> AccountListId {
        self.list_of((slug, slug), name, kind, rows).await
    }

    /// A list of the customers of an offline partner, with its pair with a list of whoever keeps both.
    pub(crate) async fn offline(&self, own: AccountListId, owner: &str, partner: &str, rows: Rows) -> AccountListId {
        let their = self.list_of((owner, partner), "Theirs as we know them", AccountListKind::Customers, rows).await;
        self.pair((own, owner), (their, owner)).await;
        their
    }

    /// A list that one organization keeps of the accounts of another one.
    async fn list_of(
        &self,
        (owner, subject): (&str, &str),
        name: &str,
        kind: AccountListKind,
        rows: Rows,
    ) -> AccountListId {
        let id: AccountListId = self.op.new_id();
        let list = account_list::ActiveModel {
            id: Set(id),
            organization_id: Set(organization_id(owner)),
            subject_id: Set(organization_id(subject)),
            name: Set(name.to_owned()),
            name_key: Set(text::sort_key(name)),
            kind: Set(kind),
            version: Set(0),
            account_count: Set(0),
            collected_version: Set(0),
            collect_version: Set(0),
            collect_after: Set(None),
            settled_at: Set(Some(self.now())),
            created_at: Set(self.now()),
            updated_at: Set(self.now()),
            revision: Set(1),
            deleted_at: Set(None),
        };
        list.insert(self.op.db().read()).await.unwrap();
        self.replace(id, rows).await;
        id
    }

    /// The next version of a list: exactly these accounts.
    pub(crate) async fn replace(&self, id: AccountListId, rows: Rows) {
        let connection = self.op.db().read();
        let list = account_list::Entity::find_by_id(id).one(connection).await.unwrap().unwrap();
        let next = list.version + 1;
        let present = account::Entity::find()
            .filter(account::Column::ListId.eq(id))
            .filter(account::Column::Until.is_null())
            .all(connection)
            .await
            .unwrap();
        let mut ids: BTreeMap<String, AccountId> = BTreeMap::new();
        let mut kept = Vec::new();
        for before in present {
            ids.insert(before.external_id.clone(), before.id);
            if rows.get(&before.external_id).is_some_and(|row| {
                self.written(id, before.id, 1, &before.external_id, row).keys == before.keys && *row == shown(&before)
            }) {
                kept.push(before.external_id);
                continue;
            }
            account::Entity::update_many()
                .col_expr(account::Column::Until, Expr::value(next))
                .filter(account::Column::Id.eq(before.id))
                .filter(account::Column::Since.eq(before.since))
                .exec(connection)
                .await
                .unwrap();
        }
        let new = rows.iter().filter(|(external, _)| !kept.contains(external)).map(|(external, row)| {
            let account = ids.get(external).copied().unwrap_or_else(|| self.op.new_id());
            account::ActiveModel::from(self.written(id, account, next, external, row))
        });
        let new: Vec<_> = new.collect();
        for some in new.chunks(500) {
            account::Entity::insert_many(some.to_vec()).exec_without_returning(connection).await.unwrap();
        }
        account_list::Entity::update_many()
            .col_expr(account_list::Column::Version, Expr::value(next))
            .col_expr(account_list::Column::AccountCount, Expr::value(i32::try_from(rows.len()).unwrap()))
            .filter(account_list::Column::Id.eq(id))
            .exec(connection)
            .await
            .unwrap();
    }

    fn written(&self, list: AccountListId, id: AccountId, since: i64, external: &str, row: &Row) -> account::Model {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let keys = matching::Keys::of(&matching::Account {
            name: &row.name,
            website: &row.website,
            country: row.country,
            email: &row.email_domain,
            duns: &row.duns,
        });
        let domain =
            matching::registrable_domain(&row.website).or_else(|| matching::registrable_domain(&row.email_domain));
        account::Model {
            id,
            since,
            until: None,
            list_id: list,
            external_id: external.to_owned(),
            name: row.name.clone(),
            name_key: text::sort_key(&row.name),
            website: given(&row.website),
            domain,
            email_domain: given(&row.email_domain),
            duns: given(&row.duns),
            country: given(row.country),
            owner: given(&row.owner),
            stage: given(&row.stage),
            amount_minor: row.amount,
            currency: row.amount.map(|_| "EUR".to_owned()),
            custom: row.custom.clone().map(|field| Texts([field].into())),
            keys: keys.to_bytes(),
            added_at: self.now(),
            changed_at: self.now(),
        }
    }

    /// What `partner` sees of a list, from now on.
    pub(crate) async fn rule(
        &self,
        list: AccountListId,
        owner: &str,
        partner: &str,
        level: SharingLevel,
        fields: &[AccountField],
    ) {
        let connection = self.op.db().read();
        let fields: SharedFields = fields.iter().copied().collect();
        sharing_rule::Entity::delete_many()
            .filter(sharing_rule::Column::ListId.eq(list))
            .filter(sharing_rule::Column::PartnerId.eq(organization_id(partner)))
            .exec(connection)
            .await
            .unwrap();
        let rule = sharing_rule::ActiveModel {
            id: Set(self.op.new_id()),
            list_id: Set(list),
            organization_id: Set(organization_id(owner)),
            partner_id: Set(organization_id(partner)),
            level: Set(level),
            fields: Set(fields),
            created_at: Set(self.now()),
            updated_at: Set(self.now()),
            revision: Set(1),
        };
        rule.insert(connection).await.unwrap();
    }

    /// The pair of two lists, each with the organization that owns it.
    pub(crate) async fn pair(&self, one: (AccountListId, &str), other: (AccountListId, &str)) -> MappingPairId {
        let mut sides = [one, other].map(|(list, slug)| (organization_id(slug), list));
        sides.sort_by_key(|(organization, _)| *organization);
        let [left, right] = sides;
        let id: MappingPairId = self.op.new_id();
        let pair = mapping_pair::ActiveModel {
            id: Set(id),
            left_list_id: Set(left.1),
            right_list_id: Set(right.1),
            left_id: Set(left.0),
            right_id: Set(right.0),
            opened_at: Set(self.now()),
        };
        pair.insert(self.op.db().read()).await.unwrap();
        id
    }

    /// A further run over the only pair that waits for a server with room.
    pub(crate) async fn waiting_run(&self) -> MappingRunId {
        let connection = self.op.db().read();
        let last = mapping_run::Entity::find().one(connection).await.unwrap().unwrap();
        let id: MappingRunId = self.op.new_id();
        let run = mapping_run::Model {
            id,
            number: last.number + 1,
            state: MappingRunState::Queued,
            percent: 0,
            finished_at: None,
            ..last
        };
        mapping_run::Entity::insert(mapping_run::ActiveModel::from(run))
            .exec_without_returning(connection)
            .await
            .unwrap();
        id
    }

    /// Closes a pair, as the settling of agreements does.
    pub(crate) async fn close(&self, pair: MappingPairId) {
        mapping_pair::Entity::delete_by_id(pair).exec(self.op.db().read()).await.unwrap();
    }
}

/// What a row that is kept says.
fn shown(row: &account::Model) -> Row {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Row {
        name: row.name.clone(),
        website: text(&row.website),
        country: match row.country.as_deref() {
            Some("DE") => "DE",
            Some("NO") => "NO",
            _ => "",
        },
        email_domain: text(&row.email_domain),
        duns: text(&row.duns),
        owner: text(&row.owner),
        stage: text(&row.stage),
        amount: row.amount_minor,
        custom: row.custom.clone().and_then(|texts| texts.0.into_iter().next()),
    }
}
