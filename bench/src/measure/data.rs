//! The generated data set: the same for the same size, as CSV files with the mapping files that read them.

use crate::Result;
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

const WORDS: [&str; 24] = [
    "amber", "basalt", "cedar", "delta", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "krypton",
    "lumen", "meadow", "nimbus", "onyx", "prairie", "quartz", "ridge", "summit", "timber", "umbra", "vertex", "willow",
    "zenith",
];
const FORMS: [&str; 6] = ["Systems", "Cloud", "Consulting", "Labs", "Networks", "Software"];
const COUNTRIES: [&str; 8] = ["DE", "US", "FR", "JP", "IN", "BR", "EG", "HU"];
const CATEGORIES: [(&str, &str); 6] = [
    ("Data", "Analytics"),
    ("Data", "Integration"),
    ("Security", "Identity"),
    ("Security", "Network"),
    ("Sales", "Pricing"),
    ("Sales", "Forecasting"),
];
const TIERS: [&str; 4] = ["Registered", "Silver", "Gold", "Platinum"];
const TYPES: [&str; 5] = ["technology", "channel", "technology;channel", "strategic", "channel;strategic"];

/// A spread number for row `index`: neighbors differ, and it is the same on every machine.
fn spread(index: usize, salt: usize) -> usize {
    let mut value =
        (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (salt as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value ^= value >> 29;
    value = value.wrapping_mul(0x94d0_49bb_1331_11eb);
    (value >> 33) as usize
}

fn pick<T: Copy>(from: &[T], index: usize, salt: usize) -> T {
    from[spread(index, salt) % from.len()]
}

/// Writes the files into `folder`: organizations, memberships, listings, and a mapping file for each.
pub(crate) fn write(folder: &Path, organizations: usize) -> Result<()> {
    let mut rows = BufWriter::new(File::create(folder.join("organizations.csv"))?);
    writeln!(rows, "id,name,website,country,description")?;
    for index in 0..organizations {
        let name = format!("{} {} {index}", capital(pick(&WORDS, index, 1)), pick(&FORMS, index, 2));
        let country = pick(&COUNTRIES, index, 3);
        writeln!(
            rows,
            "o{index},{name},https://o{index}.example/,{country},{} and {} for {country}",
            pick(&WORDS, index, 4),
            pick(&WORDS, index, 5)
        )?;
    }
    rows.flush()?;

    let mut rows = BufWriter::new(File::create(folder.join("memberships.csv"))?);
    writeln!(rows, "id,organization,program,tier,types,joined")?;
    for index in (0..organizations).filter(|index| index % 10 != 9) {
        let day = spread(index, 8) % 28 + 1;
        let tier = pick(&TIERS, index, 6);
        writeln!(
            rows,
            "m{index},o{index},bench,{tier},{},20{}-0{}-{day:02}",
            pick(&TYPES, index, 7),
            15 + index % 10,
            1 + index % 9
        )?;
    }
    rows.flush()?;

    let mut rows = BufWriter::new(File::create(folder.join("listings.csv"))?);
    writeln!(rows, "id,name,organization,category,subcategory,description")?;
    for index in 0..organizations * 2 {
        let (category, subcategory) = pick(&CATEGORIES, index, 9);
        let name = format!("{} {} {index}", capital(pick(&WORDS, index, 10)), pick(&WORDS, index, 11));
        writeln!(
            rows,
            "l{index},{name},o{},{category},{subcategory},{} {}",
            index / 2,
            pick(&WORDS, index, 12),
            pick(&WORDS, index, 13)
        )?;
    }
    rows.flush()?;

    for (name, text) in MAPPINGS {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

const MAPPINGS: [(&str, &str); 3] = [
    (
        "organizations.toml",
        r#"kind = "organizations"
source = "bench"

[columns]
external_id = "id"
slug = "id"
name = "name"
website = "website"
country = "country"
description = "description"
"#,
    ),
    (
        "memberships.toml",
        r#"kind = "memberships"
source = "bench"

[columns]
external_id = "id"
organization_external_id = "organization"
program_slug = "program"
tier = "tier"
types = { column = "types", split = ";" }
joined_on = "joined"

[[programs]]
slug = "bench"
name = "Bench"
organization = "bench-host"
organization_name = "Bench Host"
types = ["TECHNOLOGY", "CHANNEL", "STRATEGIC"]
tiers = [
    { name = "Registered", rank = 1 },
    { name = "Silver", rank = 2 },
    { name = "Gold", rank = 3 },
    { name = "Platinum", rank = 4 },
]
"#,
    ),
    (
        "listings.toml",
        r#"kind = "listings"
source = "bench"

[columns]
external_id = "id"
name = "name"
vendor_external_id = "organization"
kind = { constant = "PRODUCT" }
category = "category"
subcategory = "subcategory"
description = "description"
"#,
    ),
];
