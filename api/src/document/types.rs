//! The schema as the document pass knows it: made once of its own text.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};

/// An argument, or a field of an input object.
pub struct Input {
    /// Its type.
    pub ty: Type,
    /// Whether it may be left out although its type is required.
    pub has_default: bool,
}

impl Input {
    /// Whether it must be given.
    pub fn required(&self) -> bool {
        !self.ty.nullable && !self.has_default
    }
}

/// A field of an object or interface.
pub struct Output {
    /// Its type.
    pub ty: Type,
    /// Its arguments.
    pub arguments: HashMap<String, Input>,
}

/// A named type.
pub enum Named {
    /// An object, whose fields are those of no other type.
    Object(HashMap<String, Output>),
    /// An interface or union, behind which several objects stand.
    Abstract(HashMap<String, Output>),
    /// An input object, and whether exactly one of its fields is to be given.
    Input {
        /// Its fields.
        fields: HashMap<String, Input>,
        /// Whether exactly one is to be given.
        one_of: bool,
    },
    /// An enum with its values.
    Enum(Vec<String>),
    /// A scalar.
    Scalar,
}

/// All types, by name.
#[derive(Default)]
pub struct Types {
    named: HashMap<String, Named>,
    directives: HashMap<String, HashMap<String, Input>>,
}

impl Types {
    /// Of a schema's text.
    ///
    /// # Errors
    /// A sentence, when it is no schema, which ours is.
    pub fn of(sdl: &str) -> Result<Self, String> {
        let document = parse_schema(sdl).map_err(|cause| format!("the schema can't be read: {cause}"))?;
        let mut types = Self::default();
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Type(it) => {
                    let it = it.node;
                    let one_of = it.directives.iter().any(|it| it.node.name.node == "oneOf");
                    types.named.insert(it.name.node.to_string(), named(it.kind, one_of));
                }
                TypeSystemDefinition::Directive(it) => {
                    let arguments = it.node.arguments.into_iter().map(|it| input(it.node)).collect();
                    types.directives.insert(it.node.name.node.to_string(), arguments);
                }
                TypeSystemDefinition::Schema(_) => {}
            }
        }
        let condition = || Input { ty: Type::new("Boolean!").unwrap_or_else(any), has_default: false };
        for name in ["skip", "include"] {
            types.directives.insert(name.to_owned(), HashMap::from([("if".to_owned(), condition())]));
        }
        Ok(types)
    }

    /// Names of fields that are lists of things, and not pages of them.
    pub fn lists(&self) -> HashSet<String> {
        let fields = self.named.values().flat_map(|it| match it {
            Named::Object(fields) | Named::Abstract(fields) => fields.iter().collect::<Vec<_>>(),
            _ => Vec::new(),
        });
        let things =
            fields.filter(|(_, it)| matches!(it.ty.base, BaseType::List(_)) && self.is_composite(innermost(&it.ty)));
        // What a page is made of is counted with the page.
        things.map(|(name, _)| name.clone()).filter(|name| !["edges", "nodes"].contains(&name.as_str())).collect()
    }

    /// The type of a name; none for the ones that introspection brings.
    pub fn get(&self, name: &str) -> Option<&Named> {
        self.named.get(name)
    }

    /// A field of a type.
    pub fn field(&self, owner: &str, name: &str) -> Option<&Output> {
        match self.named.get(owner)? {
            Named::Object(fields) | Named::Abstract(fields) => fields.get(name),
            _ => None,
        }
    }

    /// The arguments of a directive.
    pub fn directive(&self, name: &str) -> Option<&HashMap<String, Input>> {
        self.directives.get(name)
    }

    /// Whether a name is that of an object type.
    pub fn is_object(&self, name: &str) -> bool {
        matches!(self.named.get(name), Some(Named::Object(_)))
    }

    /// Whether a name is that of a type with fields of its own to choose from.
    pub fn is_composite(&self, name: &str) -> bool {
        matches!(self.named.get(name), Some(Named::Object(_) | Named::Abstract(_)))
    }
}

/// The name at the bottom of a type.
pub fn innermost(ty: &Type) -> &str {
    use async_graphql::parser::types::BaseType::{List, Named};
    match &ty.base {
        Named(name) => name,
        List(inner) => innermost(inner),
    }
}

fn any() -> Type {
    use async_graphql::{Name, parser::types::BaseType};
    Type { base: BaseType::Named(Name::new("Boolean")), nullable: false }
}

fn named(kind: TypeKind, one_of: bool) -> Named {
    let output = |fields: Vec<async_graphql::Positioned<async_graphql::parser::types::FieldDefinition>>| {
        fields
            .into_iter()
            .map(|it| {
                let it = it.node;
                let arguments = it.arguments.into_iter().map(|it| input(it.node)).collect();
                (it.name.node.to_string(), Output { ty: it.ty.node, arguments })
            })
            .collect()
    };
    match kind {
        TypeKind::Object(it) => Named::Object(output(it.fields)),
        TypeKind::Interface(it) => Named::Abstract(output(it.fields)),
        TypeKind::Union(_) => Named::Abstract(HashMap::new()),
        TypeKind::Enum(it) => Named::Enum(it.values.into_iter().map(|it| it.node.value.node.to_string()).collect()),
        TypeKind::InputObject(it) => {
            Named::Input { fields: it.fields.into_iter().map(|it| input(it.node)).collect(), one_of }
        }
        TypeKind::Scalar => Named::Scalar,
    }
}

fn input(it: InputValueDefinition) -> (String, Input) {
    (it.name.node.to_string(), Input { ty: it.ty.node, has_default: it.default_value.is_some() })
}
