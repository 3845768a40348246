//! What the pipeline knows of the schema: input types, for judging variables, and the types of fields, for costs and
//! for completing answers. Read once from the schema's own SDL, so it cannot disagree with it.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, InputValueDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};

/// The SDL of a schema could not be read back. It cannot happen to a schema whose SDL test passes.
#[derive(Debug, thiserror::Error)]
#[error("the schema's SDL cannot be read: {0}")]
pub struct SdlFault(String);

/// The types of a schema, by name.
pub struct TypeTable {
    inputs: HashMap<String, Input>,
    fields: HashMap<String, HashMap<String, OutputField>>,
    roots: [Option<String>; 3],
}

/// A type that variables may have.
pub(super) enum Input {
    Int,
    Float,
    String,
    Boolean,
    Id,
    /// A scalar of the schema: its own parser judges the value.
    Scalar,
    Enum(HashSet<String>),
    Object(InputObject),
}

pub(super) struct InputObject {
    pub(super) fields: HashMap<String, InputField>,
    pub(super) one_of: bool,
}

/// An argument of a field, or a field of an input object.
pub(super) struct InputField {
    pub(super) ty: Type,
    pub(super) required: bool,
}

/// A field of an object or interface.
pub(super) struct OutputField {
    pub(super) ty: Type,
    pub(super) arguments: HashMap<String, InputField>,
    /// It takes `first` or `last`: what it selects is answered for each row of the page.
    pub(super) paged: bool,
    /// It takes a list of ids and answers one row for each.
    pub(super) by_ids: bool,
    /// It is a list, and not the list of a page.
    pub(super) plain_list: bool,
}

impl TypeTable {
    /// Reads the types from the SDL.
    ///
    /// # Errors
    /// [`SdlFault`] if the text is not SDL.
    pub fn from_sdl(sdl: &str) -> Result<Self, SdlFault> {
        let document = parse_schema(sdl).map_err(|error| SdlFault(error.to_string()))?;
        let mut inputs = HashMap::from([
            ("Int".to_owned(), Input::Int),
            ("Float".to_owned(), Input::Float),
            ("String".to_owned(), Input::String),
            ("Boolean".to_owned(), Input::Boolean),
            ("ID".to_owned(), Input::Id),
        ]);
        let mut fields: HashMap<String, HashMap<String, OutputField>> = HashMap::new();
        let mut roots = [None, None, None];
        for definition in document.definitions {
            let definition = match definition {
                TypeSystemDefinition::Type(definition) => definition.node,
                TypeSystemDefinition::Schema(schema) => {
                    roots = [schema.node.query, schema.node.mutation, schema.node.subscription]
                        .map(|name| name.map(|name| name.node.to_string()));
                    continue;
                }
                TypeSystemDefinition::Directive(_) => continue,
            };
            let name = definition.name.node.to_string();
            match definition.kind {
                TypeKind::Scalar => {
                    inputs.entry(name).or_insert(Input::Scalar);
                }
                TypeKind::Enum(kind) => {
                    let values = kind.values.into_iter().map(|value| value.node.value.node.to_string());
                    inputs.insert(name, Input::Enum(values.collect()));
                }
                TypeKind::InputObject(kind) => {
                    let one_of = definition.directives.iter().any(|directive| directive.node.name.node == "oneOf");
                    let fields = kind.fields.into_iter().map(|field| input(field.node));
                    inputs.insert(name, Input::Object(InputObject { fields: fields.collect(), one_of }));
                }
                TypeKind::Object(kind) => {
                    fields.insert(name, kind.fields.into_iter().map(|field| output(field.node)).collect());
                }
                TypeKind::Interface(kind) => {
                    fields.insert(name, kind.fields.into_iter().map(|field| output(field.node)).collect());
                }
                TypeKind::Union(_) => {}
            }
        }
        // The lists of a connection (`edges`, `nodes`) are the page itself, which the paged field already counts.
        let connections: HashSet<String> = fields
            .values()
            .flat_map(HashMap::values)
            .filter(|field| field.paged)
            .map(|field| named(&field.ty).to_string())
            .collect();
        for (name, fields) in &mut fields {
            for field in fields.values_mut() {
                field.plain_list &= !connections.contains(name);
            }
        }
        Ok(Self { inputs, fields, roots })
    }

    pub(super) fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.get(name)
    }

    pub(super) fn field(&self, parent: &str, name: &str) -> Option<&OutputField> {
        self.fields.get(parent)?.get(name)
    }

    pub(super) fn root(&self, operation: OperationType) -> &str {
        let [query, mutation, subscription] = &self.roots;
        let (root, usual) = match operation {
            OperationType::Query => (query, "Query"),
            OperationType::Mutation => (mutation, "Mutation"),
            OperationType::Subscription => (subscription, "Subscription"),
        };
        root.as_deref().unwrap_or(usual)
    }
}

fn output(field: FieldDefinition) -> (String, OutputField) {
    let takes = |name: &str| field.arguments.iter().find(|argument| argument.node.name.node == name);
    let paged = takes("first").is_some() || takes("last").is_some();
    let by_ids = takes("ids").is_some_and(|ids| matches!(ids.node.ty.node.base, BaseType::List(_)));
    let plain_list = matches!(field.ty.node.base, BaseType::List(_)) && !paged && !by_ids;
    let arguments = field.arguments.into_iter().map(|argument| input(argument.node)).collect();
    (field.name.node.to_string(), OutputField { ty: field.ty.node, arguments, paged, by_ids, plain_list })
}

fn input(value: InputValueDefinition) -> (String, InputField) {
    let ty = value.ty.node;
    let required = !ty.nullable && value.default_value.is_none();
    (value.name.node.to_string(), InputField { ty, required })
}

/// The name at the heart of a type, under its lists.
pub(super) fn named(ty: &Type) -> &Name {
    let mut ty = ty;
    loop {
        match &ty.base {
            BaseType::Named(name) => return name,
            BaseType::List(item) => ty = item,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDL: &str = r#"
        "A root."
        type Root { people(first: Int = 20, after: String): PersonConnection! tags: [String!]! nodes(ids: [ID!]!): [Node]! }
        type PersonConnection { nodes: [Person!]! edges: [PersonEdge!]! }
        type PersonEdge { node: Person! }
        type Person implements Node { id: ID! name(upper: Boolean): String }
        interface Node { id: ID! }
        input Filter @oneOf { a: Int b: [Color!]! = [RED] c: Day! }
        enum Color { RED GREEN }
        scalar Day
        schema { query: Root }
    "#;

    #[test]
    fn the_sdl_tells_pages_from_lists() {
        let table = TypeTable::from_sdl(SDL).unwrap();
        let kind = |parent: &str, name: &str| {
            let field = table.field(parent, name).unwrap();
            (field.paged, field.by_ids, field.plain_list)
        };
        assert_eq!(kind("Root", "people"), (true, false, false));
        assert_eq!(kind("Root", "tags"), (false, false, true));
        assert_eq!(kind("Root", "nodes"), (false, true, false));
        assert_eq!(kind("PersonConnection", "nodes"), (false, false, false));
        assert_eq!(kind("Node", "id"), (false, false, false));
        assert_eq!(table.root(OperationType::Query), "Root");
        assert_eq!(table.root(OperationType::Mutation), "Mutation");
    }

    #[test]
    fn inputs_know_what_they_need() {
        let table = TypeTable::from_sdl(SDL).unwrap();
        let Some(Input::Object(filter)) = table.input("Filter") else { unreachable!() };
        assert!(filter.one_of);
        assert!(filter.fields["c"].required && !filter.fields["b"].required && !filter.fields["a"].required);
        assert!(matches!(table.input("Color"), Some(Input::Enum(values)) if values.contains("RED")));
        assert!(matches!(table.input("Day"), Some(Input::Scalar)));
        assert!(table.input("Person").is_none());
        assert!(TypeTable::from_sdl("type {").is_err());
    }
}
