//! Overlaps.

use super::{
    account::ComparedAccount,
    enums::{MatchConfidence, OverlapReasonKind},
    note::{OverlapNote, notes_about},
    play::{BenefitPlay, play},
};
use crate::{
    introduction::graphql::{loader::OpenAbout, types::Introduction},
    overlap::{model::shown_reasons, seen::SeenOverlap},
    schema::{connection::List, loader::load},
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// Why two accounts are taken for the same company. A reason that rests on a part of the partner's account which is not
/// shown is not shown either.
#[derive(SimpleObject, Clone, Debug)]
pub struct OverlapReason {
    /// What it is.
    pub kind: OverlapReasonKind,
    /// What the viewer's own account says there; null where it is about nothing single.
    pub own_value: Option<String>,
    /// What the partner's account says there; null where it is about nothing single.
    pub partner_value: Option<String>,
}

/// An account of the viewer's organization and one of a partner that are taken for the same company. Seen while both
/// organizations share the two lists, and while the partner's rule shows accounts and not only counts.
pub struct Overlap(pub SeenOverlap);

/// An account of the viewer's organization and one of a partner that are taken for the same company. Seen while both
/// organizations share the two lists, and while the partner's rule shows accounts and not only counts.
#[Object]
impl Overlap {
    /// The overlap's id, the same as long as the two accounts match.
    pub async fn id(&self) -> ID {
        ID(self.0.row.id.global())
    }

    /// How sure it is.
    async fn confidence(&self) -> MatchConfidence {
        self.0.row.confidence.into()
    }

    /// How sure it is, from 0.5 to 1: about this share of the overlaps with this score is right.
    async fn score(&self) -> f64 {
        self.0.row.score
    }

    /// Why, the strongest first; at most 17.
    async fn reasons(&self) -> Vec<OverlapReason> {
        let reasons = shown_reasons(self.0.row.reasons, &self.0.own, &self.0.partner);
        let shown = |reason: crate::overlap::model::OverlapReason| OverlapReason {
            kind: reason.kind.into(),
            own_value: reason.own,
            partner_value: reason.partner,
        };
        reasons.into_iter().map(shown).collect()
    }

    /// The viewer's own account.
    async fn own(&self) -> ComparedAccount {
        ComparedAccount::own(&self.0.own, &self.0.open.own)
    }

    /// The partner's account, as far as the partner shows it.
    async fn partner(&self) -> ComparedAccount {
        ComparedAccount::partners(&self.0.partner, &self.0.open.partner)
    }

    /// When the two were first found to match.
    async fn found_at(&self) -> DateTime<Utc> {
        self.0.row.found_at
    }

    /// What the viewer's organization does about such overlaps, by its benefit matrix. The partner does not see it.
    async fn play(&self, ctx: &Context<'_>) -> Option<Result<BenefitPlay>> {
        Some(play(ctx, self.0.open.own.kind, self.0.open.partner.kind).await)
    }

    /// What the viewer's organization wrote down for itself about it, newest first. The partner does not see it.
    async fn notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 20 where it is left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the entry that the page starts behind.")] after: Option<String>,
    ) -> Option<Result<List<OverlapNote>>> {
        Some(notes_about(ctx, self.0.about(), first, after).await)
    }

    /// The requests to be introduced that wait for an answer, or for what comes of them: at most one of each side.
    async fn open_introductions(&self, ctx: &Context<'_>) -> Option<Result<Vec<Introduction>>> {
        let open = load(ctx, OpenAbout(self.0.about())).await;
        Some(open.map(|rows| rows.unwrap_or_default().into_iter().map(Introduction).collect()))
    }
}
