//! The benefit matrix: what an organization does about companies that it and a partner both know. The key of a service
//! needs the scope `PARTNERSHIPS_WRITE` to change it.

use super::{
    enums::{AccountListKind, BenefitPlayKind},
    loader::PlaysOf,
};
use crate::{
    op::Fault,
    overlap::{
        model::{self, default_play, matrix, play_of},
        service,
    },
    schema::{
        error::{ContextExt, UserError, settle},
        loader::load,
    },
};
use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

/// What to do about a company, by what it is to the viewer's organization and to a partner. Only the organization's own
/// members read it.
#[derive(SimpleObject, Clone, Debug)]
pub struct BenefitPlay {
    /// What the company is to the viewer's organization.
    pub own_kind: AccountListKind,
    /// What it is to the partner.
    pub partner_kind: AccountListKind,
    /// What to do: what the organization said, else the default.
    pub kind: BenefitPlayKind,
    /// How, in the organization's own words, at most 280 characters.
    pub text: Option<String>,
    /// What counts where the organization says nothing else.
    pub default_kind: BenefitPlayKind,
    /// Whether the organization said so itself.
    pub is_overridden: bool,
    /// When it said so last; null for the default.
    pub updated_at: Option<DateTime<Utc>>,
    /// 0 for the default, else raised by one with every change; give it as `expectedRevision` to change only what you have
    /// seen.
    pub revision: i32,
}

impl From<model::BenefitPlay> for BenefitPlay {
    fn from(cell: model::BenefitPlay) -> Self {
        Self {
            own_kind: cell.own.into(),
            partner_kind: cell.partner.into(),
            kind: cell.play.into(),
            text: cell.text,
            default_kind: default_play(cell.own, cell.partner).into(),
            is_overridden: cell.revision > 0,
            updated_at: cell.updated_at,
            revision: cell.revision,
        }
    }
}

/// What the viewer's organization does about a company that is this to it and that to the partner.
pub(super) async fn play(
    ctx: &Context<'_>,
    own: entity::account_list::AccountListKind,
    partner: entity::account_list::AccountListKind,
) -> Result<BenefitPlay> {
    let viewer = ctx.op()?.actor.organization().ok_or(Fault::Unauthenticated)?;
    let stored = load(ctx, PlaysOf(viewer)).await?.unwrap_or_default();
    Ok(play_of(&stored, own, partner).into())
}

/// Root fields of the benefit matrix.
#[derive(Default)]
pub struct BenefitQuery;

#[Object]
impl BenefitQuery {
    /// What the viewer's organization does about companies that it and a partner both know: all 16 cells, by the own kind
    /// and then the partner's. Requires: any member.
    async fn benefit_matrix(&self, ctx: &Context<'_>) -> Option<Result<Vec<BenefitPlay>>> {
        let found = async {
            let viewer = ctx.op()?.actor.organization().ok_or(Fault::Unauthenticated)?;
            let stored = load(ctx, PlaysOf(viewer)).await?.unwrap_or_default();
            Ok(matrix(&stored).into_iter().map(BenefitPlay::from).collect())
        };
        Some(found.await)
    }
}

/// What came of `benefitPlaySet`.
#[derive(SimpleObject)]
pub struct BenefitPlaySetPayload {
    /// The cell as it is now; null where nothing was done.
    pub benefit_play: Option<BenefitPlay>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `benefitPlayReset`.
#[derive(SimpleObject)]
pub struct BenefitPlayResetPayload {
    /// The cell with its default; null where nothing was done.
    pub benefit_play: Option<BenefitPlay>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What to do about the companies of a cell.
#[derive(InputObject)]
pub struct BenefitPlaySetInput {
    /// What the company is to the viewer's organization.
    pub own_kind: AccountListKind,
    /// What it is to the partner.
    pub partner_kind: AccountListKind,
    /// What to do.
    pub kind: BenefitPlayKind,
    /// How, at most 280 characters; left out, there are no words.
    pub text: Option<String>,
    /// Change only if the revision is this; 0 for a cell that has its default.
    pub expected_revision: Option<i32>,
}

/// Which cell gets its default back.
#[derive(InputObject)]
pub struct BenefitPlayResetInput {
    /// What the company is to the viewer's organization.
    pub own_kind: AccountListKind,
    /// What it is to the partner.
    pub partner_kind: AccountListKind,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Root fields that change the benefit matrix.
#[derive(Default)]
pub struct BenefitMutation;

#[Object]
impl BenefitMutation {
    /// Says what the viewer's organization does about the overlaps of a cell; nothing is written where it says so already.
    /// It counts for all partners, at once. Requires: manager. Codes: NOT_ALLOWED, REVISION_MISMATCH, TOO_LONG, TAKEN.
    async fn benefit_play_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cell, and what to do.")] input: BenefitPlaySetInput,
    ) -> Option<Result<BenefitPlaySetPayload>> {
        let done = async {
            let BenefitPlaySetInput { own_kind, partner_kind, kind, text, expected_revision } = input;
            let cell = (own_kind.into(), partner_kind.into());
            let set = service::set_play(ctx.op()?, cell, kind.into(), text.as_deref(), expected_revision).await;
            let (cell, user_errors) = settle(set)?;
            Ok(BenefitPlaySetPayload { benefit_play: cell.map(BenefitPlay::from), user_errors })
        };
        Some(done.await)
    }

    /// Gives a cell its default back. Requires: manager. Codes: NOT_ALLOWED, REVISION_MISMATCH.
    async fn benefit_play_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cell.")] input: BenefitPlayResetInput,
    ) -> Option<Result<BenefitPlayResetPayload>> {
        let done = async {
            let cell = (input.own_kind.into(), input.partner_kind.into());
            let (cell, user_errors) = settle(service::reset_play(ctx.op()?, cell, input.expected_revision).await)?;
            Ok(BenefitPlayResetPayload { benefit_play: cell.map(BenefitPlay::from), user_errors })
        };
        Some(done.await)
    }
}
