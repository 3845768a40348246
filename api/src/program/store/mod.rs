//! The SQL of programs: scoped reads, permitted writes. One file a subject.

mod due;
mod held;
mod history;
mod member_list;
mod membership;
mod metric;
mod moderation;
mod program;
mod tier;
mod waiting;

pub use due::{list_due_memberships, next_due_day};
pub use held::{HeldTier, list_held_tiers, list_ranks};
pub use history::{append_facts_in, list_facts_in, list_periods, replace_periods_in};
pub use member_list::{
    MembershipFilter, OrganizationPosition, count_by_organization, count_by_program, first_by_organization,
    first_by_program, list_by_organization, list_by_program,
};
pub use membership::{
    find_membership_in, insert_membership_in, insert_memberships_in, list_counterparts, list_for_import_in,
    list_memberships_by_ids, list_of_in, memberships_visible, organization_is_active_in, save_membership_in,
    save_memberships_in,
};
pub use metric::{list_metrics, record_metric_in};
pub use moderation::{is_moderated_in, list_member_organizations_in, list_unsettled_in};
pub use program::{
    ProgramFilter, ProgramPosition, count_programs, find_by_slug, find_by_slug_in, find_program_in, insert_program_in,
    list_programs, list_programs_by_ids, programs_visible, save_program_in, share_program_in,
};
pub use tier::{
    count_tiers_in, delete_tier_in, find_tier_in, insert_requirement_set_in, insert_tier_in, list_benefits,
    list_benefits_in, list_requirement_sets, list_requirements, list_tiers, list_tiers_by_ids, list_tiers_in,
    newest_version_in, replace_benefits_in, save_tier_in, tier_is_used_in,
};
pub use waiting::{WaitsFor, count_waiting, list_waiting};
