//! Values: those written into a document, and those that come as variables, against the types that they are for.

use async_graphql::{
    Name, Positioned,
    parser::types::{BaseType, Directive, ExecutableDocument, Field, Selection, SelectionSet, Type},
};
use async_graphql_value::Value;

use crate::document::types::{Input, Named, Types, innermost};

/// Every value written into the document.
pub(super) fn fit(document: &ExecutableDocument, types: &Types) -> Result<(), String> {
    for fragment in document.fragments.values() {
        directives(&fragment.node.directives, types)?;
        selection(&fragment.node.selection_set.node, fragment.node.type_condition.node.on.node.as_str(), types)?;
    }
    for (_, operation) in document.operations.iter() {
        directives(&operation.node.directives, types)?;
        for definition in &operation.node.variable_definitions {
            let definition = &definition.node;
            let name = &definition.name.node;
            if let Some(directive) = definition.directives.first() {
                return Err(format!("${name}: @{} does not belong there.", directive.node.name.node));
            }
            if let Some(default) = &definition.default_value {
                let value = default.node.clone().into_value();
                literal(&value, &definition.var_type.node, types, &format!("${name}"))?;
            }
        }
        let root = super::usages::root(operation.node.ty);
        selection(&operation.node.selection_set.node, root, types)?;
    }
    Ok(())
}

fn selection(set: &SelectionSet, owner: &str, types: &Types) -> Result<(), String> {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => chosen(&field.node, owner, types)?,
            Selection::FragmentSpread(spread) => directives(&spread.node.directives, types)?,
            Selection::InlineFragment(inline) => {
                directives(&inline.node.directives, types)?;
                let on = inline.node.type_condition.as_ref().map_or(owner, |it| it.node.on.node.as_str());
                selection(&inline.node.selection_set.node, on, types)?;
            }
        }
    }
    Ok(())
}

fn chosen(field: &Field, owner: &str, types: &Types) -> Result<(), String> {
    directives(&field.directives, types)?;
    if field.name.node == "__typename" {
        // The library takes anything here.
        return match (field.arguments.is_empty(), field.selection_set.node.items.is_empty()) {
            (true, true) => Ok(()),
            (false, _) => Err("__typename takes no argument: leave it out.".to_owned()),
            (true, false) => Err("__typename has no fields: leave the selection out.".to_owned()),
        };
    }
    let Some(known) = types.field(owner, &field.name.node) else {
        // Introspection's own fields are the library's to judge.
        return selection(&field.selection_set.node, "", types);
    };
    for (name, value) in &field.arguments {
        if let Some(argument) = known.arguments.get(name.node.as_str()) {
            literal(&value.node, &argument.ty, types, &name.node)?;
        }
    }
    selection(&field.selection_set.node, innermost(&known.ty), types)
}

fn directives(all: &[Positioned<Directive>], types: &Types) -> Result<(), String> {
    for directive in all {
        let Some(known) = types.directive(&directive.node.name.node) else { continue };
        for (name, value) in &directive.node.arguments {
            if let Some(argument) = known.get(name.node.as_str()) {
                literal(&value.node, &argument.ty, types, &name.node)?;
            }
        }
    }
    Ok(())
}

/// Whether a written value fits a type; variables in it are judged where they are used.
fn literal(value: &Value, ty: &Type, types: &Types, at: &str) -> Result<(), String> {
    match (value, &ty.base) {
        (Value::Variable(_), _) => Ok(()),
        (Value::Null, _) if ty.nullable => Ok(()),
        (Value::Null, _) => Err(format!("{at} must not be null.")),
        (Value::List(all), BaseType::List(inner)) => {
            all.iter().enumerate().try_for_each(|(place, it)| literal(it, inner, types, &format!("{at}[{place}]")))
        }
        (single, BaseType::List(inner)) => literal(single, inner, types, at),
        (value, BaseType::Named(name)) => scalar(value, name, types, at),
    }
}

fn scalar(value: &Value, name: &Name, types: &Types, at: &str) -> Result<(), String> {
    let fits = match (types.get(name), name.as_str(), value) {
        (Some(Named::Input { fields, one_of }), _, Value::Object(given)) => {
            let present: Vec<&str> = given.keys().map(Name::as_str).collect();
            let nulls = given.values().any(|it| *it == Value::Null);
            complete(fields, *one_of, &present, nulls, at)?;
            for (key, value) in given {
                if let Some(field) = fields.get(key.as_str()) {
                    literal(value, &field.ty, types, &format!("{at}.{key}"))?;
                }
            }
            true
        }
        (Some(Named::Input { .. }), ..) => false,
        (Some(Named::Enum(values)), _, Value::Enum(value)) => values.iter().any(|it| it == value.as_str()),
        (Some(Named::Enum(_)), ..) => false,
        (_, "Int", Value::Number(number)) => number.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
        (_, "Float", Value::Number(_)) => true,
        (_, "String", Value::String(_)) => true,
        (_, "Boolean", Value::Boolean(_)) => true,
        (_, "ID", Value::String(_)) => true,
        (_, "ID", Value::Number(number)) => number.is_i64() || number.is_u64(),
        (_, "Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
        // What our own scalars take, they say themselves.
        _ => true,
    };
    if fits { Ok(()) } else { Err(format!("{at} is no {name}.")) }
}

/// Whether the fields of an input object are those that it has, with all that it must have.
fn complete(
    fields: &std::collections::HashMap<String, Input>,
    one_of: bool,
    present: &[&str],
    nulls: bool,
    at: &str,
) -> Result<(), String> {
    if let Some(unknown) = present.iter().find(|it| !fields.contains_key(**it)) {
        return Err(format!("{at} has no field {unknown}."));
    }
    if one_of && (present.len() != 1 || nulls) {
        return Err(format!("{at} must have exactly one field, and not null."));
    }
    let mut missing: Vec<&String> = fields
        .iter()
        .filter(|(name, field)| field.required() && !present.contains(&name.as_str()))
        .map(|(name, _)| name)
        .collect();
    missing.sort_unstable();
    match missing.first() {
        Some(name) => Err(format!("{at} lacks the field {name}.")),
        None => Ok(()),
    }
}

/// Whether a value that came as JSON fits a type.
///
/// # Errors
/// A sentence that names the place and the type.
pub fn json(value: &serde_json::Value, ty: &Type, types: &Types, at: &str) -> Result<(), String> {
    use serde_json::Value::{Array, Null, Object};
    match (value, &ty.base) {
        (Null, _) if ty.nullable => Ok(()),
        (Null, _) => Err(format!("{at} must not be null.")),
        (Array(all), BaseType::List(inner)) => {
            all.iter().enumerate().try_for_each(|(place, it)| json(it, inner, types, &format!("{at}[{place}]")))
        }
        (single, BaseType::List(inner)) => json(single, inner, types, at),
        (value, BaseType::Named(name)) => match (types.get(name), value) {
            (Some(Named::Input { fields, one_of }), Object(given)) => {
                let present: Vec<&str> = given.keys().map(String::as_str).collect();
                complete(fields, *one_of, &present, given.values().any(serde_json::Value::is_null), at)?;
                given.iter().try_for_each(|(key, value)| match fields.get(key) {
                    Some(field) => json(value, &field.ty, types, &format!("{at}.{key}")),
                    None => Ok(()),
                })
            }
            (known, value) if leaf(known, name, value) => Ok(()),
            _ => Err(format!("{at} is no {name}.")),
        },
    }
}

fn leaf(known: Option<&Named>, name: &str, value: &serde_json::Value) -> bool {
    match (known, name) {
        (Some(Named::Input { .. }), _) => false,
        (Some(Named::Enum(values)), _) => value.as_str().is_some_and(|text| values.iter().any(|it| it == text)),
        (_, "Int") => whole(value).is_some_and(|it| i32::try_from(it).is_ok()),
        (_, "Float") => value.is_number(),
        (_, "String") => value.is_string(),
        (_, "Boolean") => value.is_boolean(),
        (_, "ID") => value.is_string() || whole(value).is_some(),
        _ => true,
    }
}

/// A whole number, written so or with a fraction of nothing.
fn whole(value: &serde_json::Value) -> Option<i64> {
    let exact = || value.as_f64().filter(|it| it.fract() == 0.0 && it.abs() < 9_007_199_254_740_992.0);
    value.as_i64().or_else(|| exact().map(|it| it as i64))
}
