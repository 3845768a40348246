//! The partners that most cases start from.

use entity::{
    listing::{ListingStatus, ListingVisibility},
    membership::MembershipStatus,
    value::{
        CoverageKind::{self, Country, CustomerType, Region, Segment, Service},
        OrganizationStatus,
        PartnerType::{self, Channel, Strategic, Technology},
    },
};

const OPEN: &str = "9999-12-31";

/// A partner as a test wants it; what it does not say is plain.
#[derive(Clone)]
pub(super) struct Seed {
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    pub(super) seat: Option<&'static str>,
    pub(super) listed: bool,
    pub(super) organization: OrganizationStatus,
    pub(super) status: MembershipStatus,
    pub(super) types: &'static [PartnerType],
    pub(super) tier: Option<&'static str>,
    pub(super) next_tier: Option<(&'static str, &'static str)>,
    pub(super) expires: Option<&'static str>,
    pub(super) joined: Option<&'static str>,
    pub(super) covers: &'static [(CoverageKind, &'static str)],
    pub(super) listings: &'static [(&'static str, ListingStatus, ListingVisibility)],
    pub(super) periods: &'static [(&'static str, &'static str, Option<&'static str>)],
}

impl Seed {
    pub(super) const fn new(slug: &'static str, name: &'static str) -> Self {
        Self {
            slug,
            name,
            seat: None,
            listed: true,
            organization: OrganizationStatus::Active,
            status: MembershipStatus::Active,
            types: &[],
            tier: None,
            next_tier: None,
            expires: None,
            joined: None,
            covers: &[],
            listings: &[],
            periods: &[],
        }
    }
}

/// Seven partners whom everybody sees, one without a public page, and seven who are none today.
pub(super) fn seeds() -> Vec<Seed> {
    vec![
        Seed {
            seat: Some("NO"),
            types: &[Technology],
            tier: Some("Gold"),
            joined: Some("2020-03-01"),
            covers: &[(Country, "NO"), (Country, "SE"), (Segment, "Bank"), (Region, "NORDICS")],
            listings: &[("data-logs", ListingStatus::Published, ListingVisibility::Public)],
            periods: &[("2020-03-01", "2023-05-01", Some("Silver")), ("2023-05-01", OPEN, Some("Gold"))],
            ..Seed::new("alpha", "Ålpha Systems")
        },
        Seed {
            seat: Some("DE"),
            types: &[Channel],
            tier: Some("Silver"),
            joined: Some("2021-06-01"),
            covers: &[(Country, "AT"), (Country, "DE"), (Service, "Audit"), (CustomerType, "SMB")],
            listings: &[
                ("data", ListingStatus::Draft, ListingVisibility::Public),
                ("data", ListingStatus::Published, ListingVisibility::Limited),
            ],
            periods: &[("2021-06-01", OPEN, Some("Silver"))],
            ..Seed::new("beta", "beta consulting")
        },
        Seed {
            seat: Some("HU"),
            types: &[Technology, Channel],
            tier: Some("Platinum"),
            joined: Some("2019-01-01"),
            covers: &[(Segment, "Bank"), (Segment, "Retail")],
            listings: &[
                ("data-logs", ListingStatus::Published, ListingVisibility::Public),
                ("data-metrics", ListingStatus::Published, ListingVisibility::Public),
                ("cloud", ListingStatus::Published, ListingVisibility::Public),
            ],
            periods: &[("2019-01-01", OPEN, Some("Platinum"))],
            ..Seed::new("gamma", "Gammá Kft")
        },
        Seed {
            seat: Some("AE"),
            types: &[Strategic],
            periods: &[("2024-01-01", OPEN, None)],
            ..Seed::new("delta", "شَرِكَة الأمل")
        },
        Seed {
            seat: Some("CN"),
            types: &[Technology],
            tier: Some("Gold"),
            joined: Some("2022-02-01"),
            covers: &[(Country, "NO")],
            periods: &[("2022-02-01", OPEN, Some("Gold"))],
            ..Seed::new("epsilon", "杭州云计算有限公司")
        },
        Seed {
            seat: Some("HU"),
            tier: Some("Silver"),
            joined: Some("2021-06-01"),
            periods: &[("2021-06-01", OPEN, Some("Silver"))],
            ..Seed::new("zeta", "Árvíztűrő Tükörfúrógép")
        },
        // Became Silver yesterday: nobody has written that down since.
        Seed {
            types: &[Channel],
            tier: Some("Gold"),
            next_tier: Some(("Silver", "2026-11-01")),
            expires: Some("2026-11-10"),
            joined: Some("2020-01-01"),
            periods: &[("2020-01-01", "2026-11-01", Some("Gold")), ("2026-11-01", "2026-11-10", Some("Silver"))],
            ..Seed::new("theta", "Theta Labs")
        },
        Seed {
            seat: Some("NO"),
            listed: false,
            types: &[Technology],
            tier: Some("Gold"),
            joined: Some("2019-05-01"),
            covers: &[(Segment, "Bank")],
            listings: &[("cloud", ListingStatus::Published, ListingVisibility::Public)],
            periods: &[("2019-05-01", OPEN, Some("Gold"))],
            ..Seed::new("hidden", "Hidden Alpha")
        },
        Seed {
            status: MembershipStatus::Terminated,
            types: &[Channel],
            tier: Some("Silver"),
            joined: Some("2021-01-01"),
            periods: &[("2018-01-01", "2020-01-01", Some("Silver")), ("2021-01-01", "2022-01-01", Some("Gold"))],
            ..Seed::new("former", "Former Friends")
        },
        Seed {
            tier: Some("Gold"),
            expires: Some("2026-10-01"),
            joined: Some("2020-10-01"),
            periods: &[("2020-10-01", "2026-10-01", Some("Gold"))],
            ..Seed::new("lapsed", "Lapsed Ltd")
        },
        Seed { status: MembershipStatus::Applied, ..Seed::new("applicant", "Applicant Inc") },
        Seed { status: MembershipStatus::Invited, ..Seed::new("invited", "Invited Inc") },
        Seed { status: MembershipStatus::Rejected, ..Seed::new("rejected", "Rejected Inc") },
        Seed {
            status: MembershipStatus::Suspended,
            tier: Some("Gold"),
            joined: Some("2020-01-01"),
            periods: &[("2020-01-01", "2026-01-01", Some("Gold"))],
            ..Seed::new("suspended", "Suspended Inc")
        },
        Seed {
            organization: OrganizationStatus::Suspended,
            joined: Some("2020-01-01"),
            periods: &[("2020-01-01", OPEN, None)],
            ..Seed::new("outlaw", "Outlaw Inc")
        },
    ]
}
