//! The schema as a reviewed artifact: the file is what the code says, and everything in it is described.

use async_graphql::parser::{
    parse_schema,
    types::{InputValueDefinition, TypeKind, TypeSystemDefinition},
};
use partnergraph::schema;
use std::{collections::BTreeMap, path::Path};

#[test]
fn the_file_is_what_the_code_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("schema.graphql");
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == schema::sdl(),
        "schema.graphql is not what the code says: `cargo run -- schema > schema.graphql`, and look at the difference"
    );
}

#[test]
fn everything_is_described() {
    let document = parse_schema(schema::sdl()).unwrap();
    let mut bare = Vec::new();
    let arguments =
        |owner: &str, arguments: &[async_graphql::Positioned<InputValueDefinition>], bare: &mut Vec<String>| {
            for argument in arguments {
                if argument.node.description.is_none() {
                    bare.push(format!("{owner}({})", argument.node.name.node));
                }
            }
        };
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(kind) = definition else { continue };
        let name = &kind.node.name.node;
        if kind.node.description.is_none() {
            bare.push(name.to_string());
        }
        match &kind.node.kind {
            TypeKind::Object(object) => {
                for field in &object.fields {
                    let path = format!("{name}.{}", field.node.name.node);
                    arguments(&path, &field.node.arguments, &mut bare);
                    if field.node.description.is_none() {
                        bare.push(path);
                    }
                }
            }
            TypeKind::Interface(interface) => {
                for field in &interface.fields {
                    if field.node.description.is_none() {
                        bare.push(format!("{name}.{}", field.node.name.node));
                    }
                }
            }
            TypeKind::Enum(values) => {
                for value in &values.values {
                    if value.node.description.is_none() {
                        bare.push(format!("{name}.{}", value.node.value.node));
                    }
                }
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    if field.node.description.is_none() {
                        bare.push(format!("{name}.{}", field.node.name.node));
                    }
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert!(bare.is_empty(), "without a description:\n{}", bare.join("\n"));
}

#[test]
fn a_deprecation_names_what_to_use_and_when_it_ends() {
    for line in schema::sdl().lines().filter(|line| line.contains("@deprecated")) {
        assert!(line.contains("Use ") && line.contains("Removed after "), "{line}");
    }
}

#[test]
fn mutations_are_nullable_and_their_payloads_carry_user_errors() {
    let document = parse_schema(schema::sdl()).unwrap();
    let fields = |wanted: &str| {
        document.definitions.iter().find_map(|definition| match definition {
            TypeSystemDefinition::Type(kind) if kind.node.name.node == wanted => match &kind.node.kind {
                TypeKind::Object(object) => Some(&object.fields),
                _ => None,
            },
            _ => None,
        })
    };
    for mutation in fields("Mutation").unwrap() {
        let payload = mutation.node.ty.node.to_string();
        assert!(!payload.ends_with('!'), "{} must be nullable", mutation.node.name.node);
        let has_errors = fields(&payload)
            .unwrap()
            .iter()
            .any(|field| field.node.name.node == "userErrors" && field.node.ty.node.to_string() == "[UserError!]!");
        assert!(has_errors, "{payload} has no userErrors");
    }
}

#[test]
fn every_field_that_is_shared_between_readers_is_in_the_schema() {
    let document = parse_schema(schema::sdl()).unwrap();
    let mut known = std::collections::HashSet::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(kind) = definition else { continue };
        let fields = match &kind.node.kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            _ => continue,
        };
        known.extend(fields.iter().map(|field| format!("{}.{}", kind.node.name.node, field.node.name.node)));
    }
    let unknown: Vec<_> = schema::live::IMPERSONAL.iter().filter(|field| !known.contains(**field)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(schema::live::IMPERSONAL.is_sorted(), "sorted, so that each is written once");
    let personal = |field: &&&str| field.contains(".viewer") || field.to_lowercase().contains("unread");
    assert_eq!(schema::live::IMPERSONAL.iter().find(personal), None, "that depends on the person by its name");
}

#[test]
fn there_is_one_scalar_for_a_day() {
    assert!(!schema::sdl().contains("NaiveDate"), "schema::scalar::Date has the bounds that both databases have");
}

#[test]
fn the_inputs_of_the_contracts_are_taken() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("contracts/inputs.graphql");
    let promised = inputs(&std::fs::read_to_string(file).unwrap());
    let present = inputs(&schema::sdl());
    assert!(promised.len() > 10);
    for (input, fields) in &promised {
        let known = present.get(input).unwrap_or_else(|| panic!("{input} is missing"));
        for (field, kind) in fields {
            let taken = known.get(field).map(String::as_str);
            // One that may be left out takes what is never left out.
            let looser = kind.strip_suffix('!');
            assert!(
                taken == Some(kind) || taken.is_some() && taken == looser,
                "{input}.{field}: {kind}, and {taken:?}"
            );
        }
        for (field, kind) in known.iter().filter(|(field, _)| !fields.contains_key(*field)) {
            assert!(!kind.ends_with('!'), "{input}.{field} is asked for, and clients do not send it");
        }
    }
}

/// Input objects by name, with the types of their fields.
fn inputs(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let document = parse_schema(text).unwrap();
    let inputs = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(kind) => match kind.node.kind {
            TypeKind::InputObject(input) => Some((kind.node.name.node.to_string(), input.fields)),
            _ => None,
        },
        _ => None,
    });
    let typed = |field: async_graphql::Positioned<InputValueDefinition>| {
        let mut kind = field.node.ty.node;
        // What has a default need not be sent.
        kind.nullable |= field.node.default_value.is_some();
        (field.node.name.node.to_string(), kind.to_string())
    };
    inputs.map(|(name, fields)| (name, fields.into_iter().map(typed).collect())).collect()
}
