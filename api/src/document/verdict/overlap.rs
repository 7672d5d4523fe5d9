//! Fields that answer to one name must be one field: the same in arguments where both can be asked of one object, and of
//! one shape where they can't.
//!
//! Two passes over the fields with their fragments written out, which the measure bounds: one by name alone, for the
//! shapes; one by name and parent, for the arguments. The second meets a field of an interface once for each object that
//! stands beside it, so it is counted, and refused when it goes on for ever.

use std::collections::BTreeMap;

use async_graphql::parser::types::{BaseType, ExecutableDocument, Field, Selection, SelectionSet, Type};

use crate::document::types::{Types, innermost};

/// Fields that one document may make us look at.
const PATIENCE: u32 = 200_000;

/// A field under a parent.
#[derive(Clone, Copy)]
struct Seen<'d, 't> {
    field: &'d Field,
    parent: &'d str,
    ty: Option<&'t Type>,
}

struct Overlap<'d, 't> {
    document: &'d ExecutableDocument,
    types: &'t Types,
    left: u32,
}

/// Every operation's fields.
pub(super) fn fit(document: &ExecutableDocument, types: &Types) -> Result<(), String> {
    let mut overlap = Overlap { document, types, left: PATIENCE };
    for (_, operation) in document.operations.iter() {
        let mut fields = Vec::new();
        let root = super::usages::root(operation.node.ty);
        overlap.gather(&operation.node.selection_set.node, root, &mut fields, &mut Vec::new())?;
        overlap.shapes(&fields)?;
        overlap.same(&fields)?;
    }
    Ok(())
}

impl<'d, 't> Overlap<'d, 't>
where
    't: 'd,
{
    fn gather(
        &mut self,
        set: &'d SelectionSet,
        parent: &'d str,
        into: &mut Vec<Seen<'d, 't>>,
        spread: &mut Vec<&'d str>,
    ) -> Result<(), String> {
        for item in &set.items {
            self.left =
                self.left.checked_sub(1).ok_or("The document repeats itself too much: ask for less at once.")?;
            match &item.node {
                Selection::Field(field) => {
                    let ty = self.types.field(parent, &field.node.name.node).map(|it| &it.ty);
                    into.push(Seen { field: &field.node, parent, ty });
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map_or(parent, |it| it.node.on.node.as_str());
                    self.gather(&inline.node.selection_set.node, on, into, spread)?;
                }
                Selection::FragmentSpread(it) => {
                    let name = it.node.fragment_name.node.as_str();
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(name)
                        && !spread.contains(&name)
                    {
                        spread.push(name);
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.gather(&fragment.node.selection_set.node, on, into, spread)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// All that is selected below some fields.
    fn below(&mut self, fields: &[Seen<'d, 't>]) -> Result<Vec<Seen<'d, 't>>, String> {
        let mut out = Vec::new();
        let mut spread = Vec::new();
        for it in fields {
            let parent = it.ty.map_or("", innermost);
            self.gather(&it.field.selection_set.node, parent, &mut out, &mut spread)?;
        }
        Ok(out)
    }

    /// Fields of one name have one shape, whatever objects they are of.
    fn shapes(&mut self, fields: &[Seen<'d, 't>]) -> Result<(), String> {
        for (name, group) in by_name(fields) {
            if let Some((first, others)) = group.split_first() {
                for other in others {
                    if let (Some(one), Some(other)) = (first.ty, other.ty)
                        && !self.alike(one, other)
                    {
                        return Err(format!("{name} would be {one} and {other}: give one of them an alias."));
                    }
                }
            }
            let below = self.below(&group)?;
            if !below.is_empty() {
                self.shapes(&below)?;
            }
        }
        Ok(())
    }

    fn alike(&self, one: &Type, other: &Type) -> bool {
        if one.nullable != other.nullable {
            return false;
        }
        match (&one.base, &other.base) {
            (BaseType::List(one), BaseType::List(other)) => self.alike(one, other),
            (BaseType::Named(one), BaseType::Named(other)) => {
                one == other || (self.types.is_composite(one) && self.types.is_composite(other))
            }
            _ => false,
        }
    }

    /// Fields of one name that can be asked of one object are one field.
    fn same(&mut self, fields: &[Seen<'d, 't>]) -> Result<(), String> {
        for (name, group) in by_name(fields) {
            for together in self.by_parent(&group) {
                if let Some((first, others)) = together.split_first()
                    && let Some(other) = others.iter().find(|it| !equal(first.field, it.field))
                {
                    let (one, other) = (&first.field.name.node, &other.field.name.node);
                    let why = if one == other { "with other arguments".to_owned() } else { format!("and {other}") };
                    return Err(format!("{name} would be {one} {why}: give one of them an alias."));
                }
                let below = self.below(&together)?;
                if !below.is_empty() {
                    self.same(&below)?;
                }
            }
        }
        Ok(())
    }

    /// Groups of fields that can be asked of one object: those of each object type with those of every other type.
    fn by_parent(&self, group: &[Seen<'d, 't>]) -> Vec<Vec<Seen<'d, 't>>> {
        let objects = |it: &Seen| self.types.is_object(it.parent);
        let everywhere: Vec<Seen> = group.iter().filter(|it| !objects(it)).copied().collect();
        let mut parents: BTreeMap<&str, Vec<Seen>> = BTreeMap::new();
        for it in group.iter().filter(|it| objects(it)) {
            parents.entry(it.parent).or_insert_with(|| everywhere.clone()).push(*it);
        }
        if parents.is_empty() { vec![everywhere] } else { parents.into_values().collect() }
    }
}

fn by_name<'d, 't>(fields: &[Seen<'d, 't>]) -> BTreeMap<&'d str, Vec<Seen<'d, 't>>> {
    let mut out: BTreeMap<&str, Vec<Seen>> = BTreeMap::new();
    for it in fields {
        let name = it.field.alias.as_ref().map_or(it.field.name.node.as_str(), |it| it.node.as_str());
        out.entry(name).or_default().push(*it);
    }
    out
}

fn equal(one: &Field, other: &Field) -> bool {
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| {
            other.arguments.iter().any(|(it, other)| it.node == name.node && other.node == value.node)
        })
}
