//! What of a subscription is the same for many: a document that asks for nothing that depends on the person, once the
//! place to go on from is taken out of it. Which fields those are is not known here but given.

use std::{collections::HashSet, sync::Arc};

use async_graphql::{
    Name, Value, Variables,
    parser::types::{BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};

use super::{
    complete::Plan,
    outcome::Operation,
    types::{TypeTable, named},
    variables::VariableUses,
};
use crate::cache::DocumentHash;

/// The argument that says behind what to go on.
const AFTER: &str = "after";

/// Fields, as `Type.field`, whose values are the same for all who have the same rights in the same organization. A field
/// that is not among them is asked for each reader by itself, so a forgotten one costs time and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Impersonal(HashSet<&'static str>);

impl Impersonal {
    /// These fields; `__typename` is always one of them.
    #[must_use]
    pub fn new(coordinates: &[&'static str]) -> Self {
        Self(coordinates.iter().copied().collect())
    }

    fn has(&self, parent: &str, field: &str) -> bool {
        field == "__typename" || self.0.contains(format!("{parent}.{field}").as_str())
    }
}

/// A prepared subscription that can be executed any number of times, from any place.
pub struct Repeatable {
    pub(super) executable: ExecutableDocument,
    pub(super) variables: Variables,
    pub(super) plan: Arc<Plan>,
    pub(super) operation: Operation,
    pub(super) keep: Option<(DocumentHash, String)>,
}

/// What two requests must have in common to be one execution, as far as the requests themselves go.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShareKey {
    document: DocumentHash,
    operation: Option<String>,
    /// JSON, sorted by name.
    variables: String,
}

/// The parts of a request that may be shared.
pub struct Shared {
    /// Requests with this key may be one execution.
    pub key: ShareKey,
    /// What is executed.
    pub repeatable: Arc<Repeatable>,
    /// Where this one is to begin behind, if it says so.
    pub after: Option<String>,
}

/// Whether everything that the operation asks for is impersonal.
pub(super) fn is_impersonal(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    types: &TypeTable,
    impersonal: &Impersonal,
) -> bool {
    // A document's selections are bounded, with its fragments unfolded, before it comes here.
    set(&operation.selection_set.node, types.root(operation.ty), document, types, impersonal)
}

fn set(
    set_of: &SelectionSet,
    parent: &str,
    document: &ExecutableDocument,
    types: &TypeTable,
    impersonal: &Impersonal,
) -> bool {
    set_of.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => {
            let field = &field.node;
            let below = types.field(parent, &field.name.node).map_or("", |known| named(&known.ty).as_str());
            impersonal.has(parent, &field.name.node)
                && set(&field.selection_set.node, below, document, types, impersonal)
        }
        Selection::InlineFragment(inline) => {
            let on = inline.node.type_condition.as_ref().map_or(parent, |on| on.node.on.node.as_str());
            set(&inline.node.selection_set.node, on, document, types, impersonal)
        }
        Selection::FragmentSpread(spread) => {
            let fragment = document.fragments.get(&spread.node.fragment_name.node);
            fragment.is_some_and(|fragment| {
                let on = &fragment.node.type_condition.node.on.node;
                set(&fragment.node.selection_set.node, on, document, types, impersonal)
            })
        }
    })
}

/// Takes the place to go on from out of the document and its variables; `None` if it cannot be, since the variable that
/// names it has another use too.
#[expect(clippy::option_option, reason = "there may be a place, none, or one that stays where it is")]
pub(super) fn detach(
    document: &mut ExecutableDocument,
    name: Option<&str>,
    variables: &mut Variables,
    uses: &VariableUses,
) -> Option<Option<String>> {
    let operation = match &mut document.operations {
        DocumentOperations::Single(operation) => &mut operation.node,
        DocumentOperations::Multiple(operations) => &mut operations.get_mut(name?)?.node,
    };
    let [selection] = operation.selection_set.node.items.as_mut_slice() else { return None };
    let Selection::Field(field) = &mut selection.node else { return None };
    let arguments = &mut field.node.arguments;
    let Some(at) = arguments.iter().position(|(name, _)| name.node == AFTER) else { return Some(None) };
    let mut variable: Option<Name> = None;
    let Ok(literal) = arguments[at].1.node.clone().into_const_with(|name| {
        variable = Some(name);
        Ok::<_, std::convert::Infallible>(Value::Null)
    });
    let after = match &variable {
        None => literal,
        Some(name) if uses.get(name) == Some(&1) => variables.get(name).cloned().unwrap_or_default(),
        Some(_) => return None,
    };
    let after = match after {
        Value::Null => None,
        Value::String(after) => Some(after),
        // For the resolver, or validation, to refuse.
        _ => return None,
    };
    // Nothing is taken out before it is sure that all of it is as validation wants it.
    let defined = match &variable {
        None => None,
        Some(name) => {
            let definitions = &operation.variable_definitions;
            let defined = definitions.iter().position(|definition| definition.node.name.node == *name)?;
            let text =
                matches!(&definitions[defined].node.var_type.node.base, BaseType::Named(name) if name == "String");
            Some(text.then_some(defined)?)
        }
    };
    arguments.remove(at);
    if let Some(defined) = defined {
        operation.variable_definitions.remove(defined);
    }
    if let Some(name) = &variable {
        variables.remove(name);
    }
    Some(after)
}

impl ShareKey {
    pub(super) fn of(document: DocumentHash, operation: &Operation, variables: &Variables) -> Option<Self> {
        let sorted: std::collections::BTreeMap<_, _> = variables.iter().collect();
        let variables = serde_json::to_string(&sorted).ok()?;
        Some(Self { document, operation: operation.name.clone(), variables })
    }
}
