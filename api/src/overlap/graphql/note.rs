//! Notes about overlaps: each side's own. The key of a service needs the scope `PARTNERSHIPS_WRITE` to change them.

use super::{
    loader::{FirstNotesOf, NotesCountOf},
    types::Overlap,
};
use crate::{
    overlap::{
        model::{self, About},
        policy::ChangeNote,
        service, store,
    },
    page::Page,
    partnership::graphql::loader::ContactOf,
    schema::{
        connection::{List, Total, list},
        error::{ContextExt, UserError, settle},
        loader::load,
        node,
    },
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::TypedId;

/// What the viewer's organization wrote down for itself about an overlap. Only its own members read it; it stays when the
/// overlap is no longer shown.
pub struct OverlapNote(pub model::OverlapNote);

/// What the viewer's organization wrote down for itself about an overlap. Only its own members read it; it stays when the
/// overlap is no longer shown.
#[Object]
impl OverlapNote {
    /// The note's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The text, 1 to 2,000 characters.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The name of who wrote it; null where a key did, and where the person has left.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<String>> {
        let author = load(ctx, ContactOf(self.0.organization_id, self.0.author_id?)).await;
        author.map(|row| row.map(|row| row.name)).transpose()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Raised by one with every change; give it as `expectedRevision` to change only what you have seen.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Whether the viewer may change or remove it.
    async fn viewer_can_change(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.op()?.may::<ChangeNote>(self.0.id, &self.0))
    }
}

/// The name of the list below an overlap, as its cursors carry it.
const NAME: &str = "overlap.notes.ID.DESC";

/// The notes of the viewer's organization about two accounts, newest first. First pages are read together.
pub(super) async fn notes_about(
    ctx: &Context<'_>,
    about: About,
    first: Option<i32>,
    after: Option<String>,
) -> Result<List<OverlapNote>> {
    let page = Page::parse(NAME, first, after.as_deref())?;
    let slice = match page.after {
        None => {
            let key = FirstNotesOf { about, first: page.first };
            page.slice(load(ctx, key).await?.unwrap_or_default(), |row| row.id)
        }
        Some(_) => store::list_notes(ctx.op()?, about, &page).await?,
    };
    list(slice, NAME, Total::loaded(NotesCountOf(about)), OverlapNote)
}

/// What came of `overlapNoteAdd`.
#[derive(SimpleObject)]
pub struct OverlapNoteAddPayload {
    /// The note; null where nothing was done.
    pub overlap_note: Option<OverlapNote>,
    /// The overlap that it is about; null where nothing was done.
    pub overlap: Option<Overlap>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `overlapNoteUpdate`.
#[derive(SimpleObject)]
pub struct OverlapNoteUpdatePayload {
    /// The note as it is now; null where nothing was done.
    pub overlap_note: Option<OverlapNote>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// What came of `overlapNoteRemove`.
#[derive(SimpleObject)]
pub struct OverlapNoteRemovePayload {
    /// The id of the note that is gone; null where nothing was done.
    pub removed_overlap_note_id: Option<ID>,
    /// Why nothing was done; empty where it was.
    pub user_errors: Vec<UserError>,
}

/// A note about an overlap.
#[derive(InputObject)]
pub struct OverlapNoteAddInput {
    /// The overlap's id.
    pub overlap: ID,
    /// The text, 1 to 2,000 characters. Only the viewer's own organization reads it.
    pub text: String,
    /// The same key with the same input gives the same note for 24 hours.
    pub idempotency_key: Option<String>,
}

/// What a note is to say.
#[derive(InputObject)]
pub struct OverlapNoteUpdateInput {
    /// The text, 1 to 2,000 characters.
    pub text: String,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// What to check before a note is removed.
#[derive(InputObject, Default)]
pub struct OverlapNoteRemoveInput {
    /// Remove only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Root fields that change notes.
#[derive(Default)]
pub struct OverlapNoteMutation;

#[Object]
impl OverlapNoteMutation {
    /// Writes a note about an overlap that only the viewer's own organization reads; at most 200 about one. It stays with
    /// the two accounts when the overlap is lost and found again. Requires: member. Codes: NOT_FOUND, NOT_ALLOWED, REQUIRED,
    /// TOO_LONG, TOO_MANY, OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.
    async fn overlap_note_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The overlap, and what to say of it.")] input: OverlapNoteAddInput,
    ) -> Option<Result<OverlapNoteAddPayload>> {
        let done = async {
            let overlap = node::parse(&input.overlap)?;
            let key = input.idempotency_key.as_deref();
            let (note, user_errors) = settle(service::add_note(ctx.op()?, overlap, &input.text, key).await)?;
            let overlap = match &note {
                Some(_) => load(ctx, overlap).await?.map(Overlap),
                None => None,
            };
            Ok(OverlapNoteAddPayload { overlap_note: note.map(OverlapNote), overlap, user_errors })
        };
        Some(done.await)
    }

    /// Changes what a note says. Requires: who wrote it, or manager. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH,
    /// REQUIRED, TOO_LONG.
    async fn overlap_note_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The note's id.")] id: ID,
        #[graphql(desc = "What it is to say.")] input: OverlapNoteUpdateInput,
    ) -> Option<Result<OverlapNoteUpdatePayload>> {
        let done = async {
            let OverlapNoteUpdateInput { text, expected_revision } = input;
            let (op, id) = (ctx.op()?, node::parse(&id)?);
            let (note, user_errors) = settle(service::update_note(op, id, &text, expected_revision).await)?;
            Ok(OverlapNoteUpdatePayload { overlap_note: note.map(OverlapNote), user_errors })
        };
        Some(done.await)
    }

    /// Removes a note. Requires: who wrote it, or manager. Codes: NOT_FOUND, NOT_ALLOWED, REVISION_MISMATCH.
    async fn overlap_note_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The note's id.")] id: ID,
        #[graphql(desc = "What to check before.")] input: Option<OverlapNoteRemoveInput>,
    ) -> Option<Result<OverlapNoteRemovePayload>> {
        let done = async {
            let (op, id) = (ctx.op()?, node::parse(&id)?);
            let expected = input.unwrap_or_default().expected_revision;
            let (id, user_errors) = settle(service::remove_note(op, id, expected).await)?;
            Ok(OverlapNoteRemovePayload { removed_overlap_note_id: id.map(|id| ID(id.global())), user_errors })
        };
        Some(done.await)
    }
}
