//! What clients send about sharing.

use super::enums::{AccountField, SharingLevel};
use crate::{
    op::{Fault, Outcome},
    schema::{node, scalar::PartnerType},
    sharing::{
        model::{self, ShownDraft, default_target},
        service::{DefaultInput, Proposal, RuleInput},
    },
};
use async_graphql::{ID, InputObject};

/// What a partner is to see of an account list.
#[derive(InputObject)]
pub struct SharingRuleSetInput {
    /// The list, one of the viewer's organization's own accounts.
    pub account_list: ID,
    /// The slug or the id of the partner.
    pub partner: String,
    /// How much it sees.
    pub level: SharingLevel,
    /// Which parts of an account that it sees; `NAME` is always among them. Left out, those of the rule that is there stay;
    /// a new one has `NAME`, `DOMAIN` and `COUNTRY`.
    pub fields: Option<Vec<AccountField>>,
    /// Change only if the revision is this; 0 for a rule that is not there yet.
    pub expected_revision: Option<i32>,
}

/// What to remove.
#[derive(InputObject)]
pub struct SharingRuleRemoveInput {
    /// Remove only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What partners of a tier or of a type are to see where no rule says otherwise.
#[derive(InputObject)]
pub struct SharingDefaultSetInput {
    /// The list, one of the viewer's organization's own accounts; all lists where it is left out.
    pub account_list: Option<ID>,
    /// The tier of a program of the viewer's organization; this or `partnerType`, not both.
    pub tier: Option<ID>,
    /// The type of the partnership; this or `tier`, not both.
    pub partner_type: Option<PartnerType>,
    /// How much they see.
    pub level: SharingLevel,
    /// Which parts of an account that they see; `NAME` is always among them. Left out, those of the default that is there
    /// stay; a new one has `NAME`, `DOMAIN` and `COUNTRY`.
    pub fields: Option<Vec<AccountField>>,
    /// Change only if the revision is this; 0 for a default that is not there yet.
    pub expected_revision: Option<i32>,
}

/// What to remove.
#[derive(InputObject)]
pub struct SharingDefaultRemoveInput {
    /// Remove only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// An exploratory mapping to be proposed.
#[derive(InputObject)]
pub struct ExploratoryMappingProposeInput {
    /// The slug or the id of the organization to compare counts with.
    pub partner: String,
    /// What it reads, 1 to 256 characters.
    pub message: String,
    /// How many days it is to run once it is accepted, 1 to 90; 30 where it is left out.
    pub days: Option<i32>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

fn draft(level: SharingLevel, fields: Option<Vec<AccountField>>) -> ShownDraft {
    let fields = fields.map(|fields| fields.into_iter().map(model::AccountField::from).collect());
    ShownDraft { level: level.into(), fields }
}

impl SharingRuleSetInput {
    /// The same for the use case.
    ///
    /// # Errors
    /// [`Fault::BadInput`] for what is no id of a list.
    pub(super) fn read(self) -> Result<RuleInput, Fault> {
        Ok(RuleInput {
            list: node::parse(&self.account_list)?,
            partner: self.partner,
            shown: draft(self.level, self.fields),
            expected_revision: self.expected_revision,
        })
    }
}

impl SharingDefaultSetInput {
    /// The same for the use case.
    ///
    /// # Errors
    /// [`Fault::BadInput`] for what is no id of its kind, `REQUIRED` and `INVALID_VALUE` for whom it is about.
    pub(super) fn read(self) -> Outcome<DefaultInput> {
        let list = self.account_list.as_ref().map(node::parse).transpose()?;
        let tier = self.tier.as_ref().map(node::parse).transpose()?;
        Ok(DefaultInput {
            list,
            target: default_target(tier, self.partner_type.map(Into::into))?,
            shown: draft(self.level, self.fields),
            expected_revision: self.expected_revision,
        })
    }
}

impl ExploratoryMappingProposeInput {
    /// The same for the use case, and the idempotency key.
    pub(super) fn split(self) -> (Proposal, Option<String>) {
        (Proposal { partner: self.partner, message: self.message, days: self.days }, self.idempotency_key)
    }
}
