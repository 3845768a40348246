//! Builds the record of a row out of its judged fields, and checks what its values mean together.

use super::fields::{Cell, Fields};
use super::kind::Kind;
use super::mapping::Mapping;
use super::problem::{Code, Rejection, RowError};
use super::record::{
    CATEGORY_MAX, DESCRIPTION_MAX, EXTERNAL_ID_MAX, EventKind, IntegrationRecord, ListingKind, ListingRecord,
    MembershipEventRecord, MembershipRecord, NAME_MAX, OrganizationRecord, PartnerType, Record, SUMMARY_MAX,
};

/// Builds the record of one row; the warnings come with it.
pub(super) fn build(line: u64, mapping: &Mapping, cells: &[Cell]) -> Result<(Record, Vec<RowError>), Rejection> {
    let mut fields = Fields::new(line, mapping, cells);
    let record = match mapping.kind {
        Kind::Organizations => organization(&mut fields).map(|it| Record::Organization(Box::new(it))),
        Kind::Memberships => membership(&mut fields).map(|it| Record::Membership(Box::new(it))),
        Kind::Listings => listing(&mut fields).map(|it| Record::Listing(Box::new(it))),
        Kind::Integrations => integration(&mut fields).map(|it| Record::Integration(Box::new(it))),
        Kind::MembershipEvents => event(&mut fields).map(|it| Record::MembershipEvent(Box::new(it))),
    };
    fields.finish(record)
}

// Every field is read before the first `?`, so that a report names all that is wrong with a row at once.

fn organization(fields: &mut Fields<'_>) -> Option<OrganizationRecord> {
    let external_id = fields.required_line("external_id", EXTERNAL_ID_MAX);
    let name = fields.required_line("name", NAME_MAX);
    let slug = fields.slug("slug");
    let match_keys = fields.list("match_keys");
    let public = fields.boolean("public").unwrap_or(true);
    let website = fields.web("website");
    let country = fields.country("country");
    let description = fields.text("description", DESCRIPTION_MAX);
    let other_names = fields.list("other_names");
    let domains = fields.hosts("domains");
    Some(OrganizationRecord {
        external_id: external_id?,
        name: name?,
        slug,
        match_keys,
        public,
        website,
        country,
        description,
        other_names,
        domains,
    })
}

fn membership(fields: &mut Fields<'_>) -> Option<MembershipRecord> {
    let external_id = fields.required_line("external_id", EXTERNAL_ID_MAX);
    let organization_external_id = fields.required_line("organization_external_id", EXTERNAL_ID_MAX);
    let program_slug = program_slug(fields);
    let tier = tier(fields, "tier", program_slug.as_deref());
    let types = fields.choices("types", "TECHNOLOGY, CHANNEL or STRATEGIC", PartnerType::parse);
    let joined_on = fields.date("joined_on");
    let name = fields.line("name", NAME_MAX);
    let website = fields.web("website");
    let description = fields.text("description", DESCRIPTION_MAX);
    let country = fields.country("country");
    Some(MembershipRecord {
        external_id: external_id?,
        organization_external_id: organization_external_id?,
        program_slug: program_slug?,
        tier,
        types,
        joined_on,
        name,
        website,
        description,
        country,
    })
}

fn listing(fields: &mut Fields<'_>) -> Option<ListingRecord> {
    let external_id = fields.required_line("external_id", EXTERNAL_ID_MAX);
    let name = fields.required_line("name", NAME_MAX);
    let kind = fields.choice("kind", "PRODUCT, INTEGRATION or SERVICE", ListingKind::parse).unwrap_or_default();
    let vendor_external_id = fields.line("vendor_external_id", EXTERNAL_ID_MAX);
    let vendor_name = fields.line("vendor_name", NAME_MAX);
    let category = fields.required_line("category", CATEGORY_MAX);
    let subcategory = fields.line("subcategory", CATEGORY_MAX);
    let also_in = fields.pairs("also_in");
    let website = fields.web("website");
    let repo_url = fields.web("repo_url");
    let maturity = fields.line("maturity", CATEGORY_MAX).map(|maturity| maturity.to_lowercase());
    let open_source = fields.boolean("open_source");
    let accepted_on = fields.date("accepted_on");
    let description = fields.text("description", DESCRIPTION_MAX);
    let summary = fields.text("summary", SUMMARY_MAX);
    let personas = fields.list("personas");
    let tags = fields.list("tags");
    Some(ListingRecord {
        external_id: external_id?,
        name: name?,
        kind,
        vendor_external_id,
        vendor_name,
        category: category?,
        subcategory,
        also_in,
        website,
        repo_url,
        maturity,
        open_source,
        accepted_on,
        description,
        summary,
        personas,
        tags,
    })
}

fn integration(fields: &mut Fields<'_>) -> Option<IntegrationRecord> {
    let listing_external_id = fields.required_line("listing_external_id", EXTERNAL_ID_MAX);
    let target_external_id = fields.line("target_external_id", EXTERNAL_ID_MAX);
    let target_name = fields.required_line("target_name", NAME_MAX);
    Some(IntegrationRecord { listing_external_id: listing_external_id?, target_external_id, target_name: target_name? })
}

fn event(fields: &mut Fields<'_>) -> Option<MembershipEventRecord> {
    let on = fields.required_date("on");
    let kind = fields.required_choice("event", "listed, joined, left or tier changed", EventKind::parse);
    let program_slug = program_slug(fields);
    let organization_key = fields.line("organization_key", EXTERNAL_ID_MAX);
    let name = fields.required_line("name", NAME_MAX);
    let from_tier = tier(fields, "from_tier", program_slug.as_deref());
    let to_tier = tier(fields, "to_tier", program_slug.as_deref());
    let record = MembershipEventRecord {
        on: on?,
        kind: kind?,
        program_slug: program_slug?,
        organization_key,
        name: name?,
        from_tier,
        to_tier,
    };
    check_tiers(fields, &record);
    Some(record)
}

fn check_tiers(fields: &mut Fields<'_>, event: &MembershipEventRecord) {
    let (from, to) = (event.from_tier.as_deref(), event.to_tier.as_deref());
    let fault = match event.kind {
        EventKind::Listed | EventKind::Joined => from.map(|_| ("from_tier", "who joins had no tier before")),
        EventKind::Left => to.map(|_| ("to_tier", "who leaves has no tier after")),
        EventKind::TierChanged if to.is_none() => Some(("to_tier", "a change of tier needs the new tier")),
        EventKind::TierChanged => (from == to).then_some(("to_tier", "the new tier is the old one")),
    };
    if let Some((field, reason)) = fault {
        let value = if field == "from_tier" { from } else { to };
        fields.reject(field, Code::InconsistentEvent, value.unwrap_or_default(), reason);
    }
}

/// The slug of the program; one that the mapping declares, where it declares any.
fn program_slug(fields: &mut Fields<'_>) -> Option<String> {
    let slug = fields.required_slug("program_slug")?;
    let mapping = fields.mapping();
    if mapping.programs.is_empty() || mapping.program(&slug).is_some() {
        return Some(slug);
    }
    fields.reject("program_slug", Code::UnknownProgram, &slug, "the mapping file declares no such program");
    None
}

/// The name of a tier; one of the program's, where the mapping declares the program.
fn tier(fields: &mut Fields<'_>, field: &'static str, program: Option<&str>) -> Option<String> {
    let name = fields.line(field, CATEGORY_MAX)?;
    let Some(program) = program.and_then(|slug| fields.mapping().program(slug)) else {
        return Some(name);
    };
    if program.tiers.iter().any(|tier| tier.name == name) {
        return Some(name);
    }
    fields.fault(field, Code::UnknownTier, &name, format!("the program {} has no such tier", program.slug));
    None
}
