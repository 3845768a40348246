//! Mapping files that come with the program.

/// Name and text of each, in the order in which the files are to be applied.
const BUNDLED: [(&str, &str); 5] = [
    ("landscape/organizations", include_str!("../../assets/mappings/landscape/organizations.toml")),
    ("landscape/memberships", include_str!("../../assets/mappings/landscape/memberships.toml")),
    ("landscape/listings", include_str!("../../assets/mappings/landscape/listings.toml")),
    ("landscape/integrations", include_str!("../../assets/mappings/landscape/integrations.toml")),
    ("landscape/membership-events", include_str!("../../assets/mappings/landscape/membership-events.toml")),
];

/// The text of a mapping file that comes with the program, such as `landscape/organizations`.
pub fn bundled_mapping(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    BUNDLED.iter().find(|(bundled, _)| *bundled == name).map(|(_, text)| *text)
}

/// The names that [`bundled_mapping`] knows, in the order in which the files are to be applied.
pub fn bundled_names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|(name, _)| *name)
}
