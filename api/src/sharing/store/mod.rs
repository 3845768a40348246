//! The SQL of sharing: what two organizations show each other, and the rows that say so.

mod consent;
mod default;
mod exploratory;
mod exposure;
mod neighbor;
mod pair;
mod rule;
mod sample;

pub use consent::{NewConsent, count_consents, insert_consents_in, list_consents, list_consents_by_ids};
pub use default::{
    count_defaults, count_defaults_in, delete_default_in, find_default_by_key_in, find_default_in, find_own_tier_in,
    insert_default_in, list_defaults, list_defaults_by_ids, update_default_in,
};
pub use exploratory::{
    MappingFilter, NewMapping, Step, count_mappings, count_open_in, find_mapping_in, find_open_in, insert_mapping_in,
    list_due, list_mappings, list_mappings_by_ids, list_overdue, next_due, step_in,
};
pub use exposure::list_between;
pub use neighbor::{
    Organization, find_list_in, find_own_list, find_partner, list_neighbors, list_partners_of, lock_organizations_in,
    mark_settled, unsettled_lists,
};
pub use pair::{Pair, delete_pairs_in, insert_pairs_in, list_pairs, list_pairs_of_all};
pub use rule::{
    RuleFilter, count_rules, delete_rule_in, find_rule, find_rule_by_id_in, find_rule_in, insert_rule_in, list_rules,
    list_rules_by_ids, list_rules_of_lists, update_rule_in,
};
pub use sample::list_sample;
