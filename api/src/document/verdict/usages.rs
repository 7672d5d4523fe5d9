//! Variables where they are used: each must have a type that its place takes.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{
        BaseType, Directive, ExecutableDocument, Field, OperationType, Selection, SelectionSet, Type,
        VariableDefinition,
    },
};
use async_graphql_value::{ConstValue, Value};

use crate::document::types::{Input, Named, Types, innermost};

/// A variable at a place.
struct Usage<'d> {
    variable: &'d Name,
    ty: Type,
    /// Whether the place has a default of its own.
    has_default: bool,
    /// Whether the place is the one field of an input object that takes exactly one.
    one_of: bool,
}

/// What stands in a selection: variables, and the fragments that it spreads.
#[derive(Default)]
struct Found<'d> {
    usages: Vec<Usage<'d>>,
    spreads: Vec<&'d Name>,
}

/// The name of an operation's root type.
pub(super) const fn root(ty: OperationType) -> &'static str {
    match ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

/// Every use of every variable, operation by operation.
pub(super) fn fit(document: &ExecutableDocument, types: &Types) -> Result<(), String> {
    let mut fragments: HashMap<&Name, Found> = HashMap::new();
    for (name, fragment) in &document.fragments {
        let mut found = Found::default();
        found.directives(&fragment.node.directives, types);
        found.selection(&fragment.node.selection_set.node, &fragment.node.type_condition.node.on.node, types);
        fragments.insert(name, found);
    }
    for (_, operation) in document.operations.iter() {
        let mut found = Found::default();
        found.directives(&operation.node.directives, types);
        found.selection(&operation.node.selection_set.node, root(operation.node.ty), types);
        let known: HashMap<&Name, &VariableDefinition> =
            operation.node.variable_definitions.iter().map(|it| (&it.node.name.node, &it.node)).collect();
        let mut waiting = found.spreads.clone();
        let mut seen: Vec<&Name> = Vec::new();
        found.usages.iter().try_for_each(|it| placed(it, &known))?;
        while let Some(name) = waiting.pop() {
            let Some(fragment) = fragments.get(name).filter(|_| !seen.contains(&name)) else { continue };
            seen.push(name);
            fragment.usages.iter().try_for_each(|it| placed(it, &known))?;
            waiting.extend(&fragment.spreads);
        }
    }
    Ok(())
}

impl<'d> Found<'d> {
    fn selection(&mut self, set: &'d SelectionSet, owner: &str, types: &Types) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.field(&field.node, owner, types),
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives, types);
                    self.spreads.push(&spread.node.fragment_name.node);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.node.directives, types);
                    let on = inline.node.type_condition.as_ref().map_or(owner, |it| it.node.on.node.as_str());
                    self.selection(&inline.node.selection_set.node, on, types);
                }
            }
        }
    }

    fn field(&mut self, field: &'d Field, owner: &str, types: &Types) {
        self.directives(&field.directives, types);
        let Some(known) = types.field(owner, &field.name.node) else { return };
        for (name, value) in &field.arguments {
            if let Some(argument) = known.arguments.get(name.node.as_str()) {
                self.value(&value.node, argument, false, types);
            }
        }
        self.selection(&field.selection_set.node, innermost(&known.ty), types);
    }

    fn directives(&mut self, all: &'d [Positioned<Directive>], types: &Types) {
        for directive in all {
            let Some(known) = types.directive(&directive.node.name.node) else { continue };
            for (name, value) in &directive.node.arguments {
                if let Some(argument) = known.get(name.node.as_str()) {
                    self.value(&value.node, argument, false, types);
                }
            }
        }
    }

    fn value(&mut self, value: &'d Value, place: &Input, one_of: bool, types: &Types) {
        self.within(value, &place.ty, place.has_default, one_of, types);
    }

    fn within(&mut self, value: &'d Value, ty: &Type, has_default: bool, one_of: bool, types: &Types) {
        match (value, &ty.base) {
            (Value::Variable(variable), _) => {
                self.usages.push(Usage { variable, ty: ty.clone(), has_default, one_of });
            }
            (Value::List(all), BaseType::List(inner)) => {
                all.iter().for_each(|it| self.within(it, inner, false, false, types));
            }
            (single, BaseType::List(inner)) => self.within(single, inner, false, false, types),
            (Value::Object(given), BaseType::Named(name)) => {
                let Some(Named::Input { fields, one_of }) = types.get(name) else { return };
                for (key, value) in given {
                    if let Some(field) = fields.get(key.as_str()) {
                        self.value(value, field, *one_of, types);
                    }
                }
            }
            _ => {}
        }
    }
}

fn placed(usage: &Usage, known: &HashMap<&Name, &VariableDefinition>) -> Result<(), String> {
    // One that is not defined is the library's to refuse.
    let Some(definition) = known.get(usage.variable) else { return Ok(()) };
    let given = &definition.var_type.node;
    let default = definition.default_value.as_ref().is_some_and(|it| it.node != ConstValue::Null);
    let fits = if !usage.ty.nullable && given.nullable {
        let bare = Type { nullable: true, ..usage.ty.clone() };
        (default || usage.has_default) && takes(&bare, given)
    } else {
        takes(&usage.ty, given)
    };
    if !fits {
        return Err(format!("${} is {given}, and is used where {} is wanted.", usage.variable, usage.ty));
    }
    if usage.one_of && given.nullable {
        return Err(format!(
            "${} is {given}, and is the one field of its object: it must not be null.",
            usage.variable
        ));
    }
    Ok(())
}

/// Whether every value of a type is one that a place takes.
fn takes(place: &Type, given: &Type) -> bool {
    if !place.nullable && given.nullable {
        return false;
    }
    match (&place.base, &given.base) {
        (BaseType::Named(place), BaseType::Named(given)) => place == given,
        (BaseType::List(place), BaseType::List(given)) => takes(place, given),
        _ => false,
    }
}
