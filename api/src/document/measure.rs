//! What a document costs, in time linear in its length.
//!
//! Fragments are measured once each and remembered; additions saturate; a fragment met inside itself is a cycle. The
//! library would expand fragments instead, and a kilobyte of doubling fragments costs it seconds and gigabytes. So the
//! measure comes before the library sees anything.

mod weighing;

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use async_graphql_value::Value;

use crate::config::Config;

pub use weighing::weighing;

/// Rows of a page whose size the document leaves out.
const PAGE: u64 = 20;
/// Things in a list that is no page, such as the educations of a person.
const PLAIN: u64 = 5;
/// Lists of introspection, which lead into one another without end.
const LISTS: [&str; 7] = ["types", "fields", "possibleTypes", "interfaces", "args", "inputFields", "enumValues"];
/// How many of them the widest tool in use nests: types, their fields, and the fields' arguments.
const NESTED_LISTS: u64 = 3;
/// The field that tells what is left: who asks before sending more shall not pay for asking.
const FREE: &str = "rateLimit";
/// The argument that says how large a page is.
const PAGE_SIZE: &str = "first";
/// The argument that names rows.
const KEYS: &str = "ids";
/// What one of them counts as in the cost.
const LIST: u64 = 5;

/// How large a document may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Lexical tokens.
    pub tokens: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Aliases of one field in one selection.
    pub aliases: u64,
    /// Fields at the root.
    pub root_fields: u64,
    /// Directives.
    pub directives: u64,
    /// Product of nested pages.
    pub nodes: u64,
    /// Selections once every fragment is written out.
    pub selections: u64,
    /// Points.
    pub cost: u64,
    /// Milliseconds until it is read.
    pub ms: u64,
    /// Errors that are told of it.
    pub errors: u64,
}

impl Limits {
    /// As the settings say.
    pub fn of(config: &Config) -> Self {
        Self {
            tokens: config.document_tokens,
            depth: config.document_depth,
            aliases: config.document_aliases,
            root_fields: config.document_root_fields,
            directives: config.document_directives,
            nodes: config.document_nodes,
            selections: config.document_selections,
            cost: config.document_cost,
            ms: config.document_ms,
            errors: config.document_errors,
        }
    }
}

/// What an operation asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// One point a field, times the rows of the pages around it.
    pub cost: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Largest product of nested pages.
    pub nodes: u64,
    /// Selections once every fragment is written out, which is what the library walks over.
    selections: u64,
    /// Lists of introspection within one another.
    lists: u64,
    directives: u64,
    root_fields: u64,
}

/// Measures the operations of a document against limits.
pub struct Measuring<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    limits: Limits,
    /// Names of fields that are lists and not pages.
    plain_lists: &'d HashSet<String>,
    /// What the chosen operation's variables are where the request leaves them out.
    defaults: HashMap<&'d Name, &'d async_graphql::Value>,
    /// `None` while a fragment is being measured: meeting it again is a cycle.
    fragments: HashMap<&'d Name, Option<Measure>>,
}

impl<'d> Measuring<'d> {
    /// Over one document, with the variables of one request.
    pub fn new(
        document: &'d ExecutableDocument,
        variables: &'d Variables,
        limits: Limits,
        plain_lists: &'d HashSet<String>,
    ) -> Self {
        Self { document, variables, limits, plain_lists, defaults: HashMap::new(), fragments: HashMap::new() }
    }

    /// The measure of the operation that a request runs, with its variables' defaults.
    ///
    /// # Errors
    /// As `operation`.
    pub fn chosen(&mut self, operation: &'d OperationDefinition) -> Result<Measure, String> {
        let defaults = operation.variable_definitions.iter().map(|it| &it.node);
        let defaults = defaults.filter_map(|it| Some((&it.name.node, &it.default_value.as_ref()?.node)));
        self.defaults = defaults.collect();
        self.fragments.clear();
        self.operation(operation)
    }

    /// The measure of an operation.
    ///
    /// # Errors
    /// A sentence that names the limit that it breaks, and what to do.
    pub fn operation(&mut self, operation: &'d OperationDefinition) -> Result<Measure, String> {
        let mut measure = self.selection(&operation.selection_set.node)?;
        measure.directives += count(operation.directives.len());
        let introspection = operation.selection_set.node.items.iter().all(|item| match &item.node {
            Selection::Field(field) => field.node.name.node.starts_with("__"),
            _ => false,
        });
        // Introspection nests deep by nature and reads no row: it gets five levels more.
        let depth = if introspection { self.limits.depth + 5 } else { self.limits.depth };
        over("levels of fields", measure.depth, depth, "ask for less at once")?;
        over("fields at the root", measure.root_fields, self.limits.root_fields, "split the document")?;
        over("lists of introspection within one another", measure.lists, NESTED_LISTS, "ask for less at once")?;
        let remedy = "spread fragments fewer times";
        over("selections once its fragments are written out", measure.selections, self.limits.selections, remedy)?;
        over("directives", measure.directives, self.limits.directives, "leave some out")?;
        over(
            "nodes (the product of nested pages)",
            measure.nodes,
            self.limits.nodes,
            "ask for smaller pages with first",
        )?;
        // Last, because the others say better what is too much.
        over("points of cost", measure.cost, self.limits.cost, "ask for smaller pages or fewer fields")?;
        Ok(measure)
    }

    /// Measures every operation and fragment, used or not, so that nothing unmeasured reaches the library.
    ///
    /// # Errors
    /// As `operation`.
    pub fn everything(&mut self) -> Result<(), String> {
        for name in self.document.fragments.keys() {
            self.fragment(name)?;
        }
        for (_, operation) in self.document.operations.iter() {
            self.operation(&operation.node)?;
        }
        Ok(())
    }

    fn fragment(&mut self, name: &'d Name) -> Result<Measure, String> {
        match self.fragments.get(name) {
            Some(Some(measure)) => return Ok(*measure),
            Some(None) => return Err(format!("The fragment {name} contains itself: break the circle.")),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Measure::default()) };
        self.fragments.insert(name, None);
        let mut measure = self.selection(&fragment.node.selection_set.node)?;
        measure.directives += count(fragment.node.directives.len());
        self.fragments.insert(name, Some(measure));
        Ok(measure)
    }

    fn selection(&mut self, set: &'d SelectionSet) -> Result<Measure, String> {
        let mut sum = Measure::default();
        let mut names: HashMap<&'d Name, u64> = HashMap::new();
        for item in &set.items {
            let part = match &item.node {
                Selection::Field(field) => {
                    let seen = names.entry(&field.node.name.node).or_default();
                    *seen += 1;
                    let what = format!("aliases of {} in one selection", field.node.name.node);
                    over(&what, *seen, self.limits.aliases, "ask for a list, or split the document")?;
                    self.field(&field.node)?
                }
                Selection::FragmentSpread(spread) => {
                    let mut part = self.fragment(&spread.node.fragment_name.node)?;
                    part.directives += count(spread.node.directives.len());
                    part
                }
                Selection::InlineFragment(inline) => {
                    let mut part = self.selection(&inline.node.selection_set.node)?;
                    part.directives += count(inline.node.directives.len());
                    part
                }
            };
            sum.cost = sum.cost.saturating_add(part.cost);
            sum.selections = sum.selections.saturating_add(part.selections).saturating_add(1);
            sum.depth = sum.depth.max(part.depth);
            sum.nodes = sum.nodes.max(part.nodes);
            sum.lists = sum.lists.max(part.lists);
            sum.directives = sum.directives.saturating_add(part.directives);
            sum.root_fields = sum.root_fields.saturating_add(part.root_fields);
        }
        Ok(sum)
    }

    fn field(&mut self, field: &'d Field) -> Result<Measure, String> {
        let mut below = self.selection(&field.selection_set.node)?;
        if field.name.node == FREE {
            below.cost = 0;
        }
        let rows = self.rows(field);
        let list = LISTS.contains(&field.name.node.as_str());
        let times = if list { LIST } else { rows.max(1) };
        let nodes = if rows > 0 { below.nodes.max(1).saturating_mul(rows) } else { below.nodes };
        Ok(Measure {
            cost: below.cost.saturating_mul(times).saturating_add(u64::from(field.name.node != FREE)),
            depth: below.depth.saturating_add(1),
            nodes,
            selections: below.selections,
            lists: below.lists + u64::from(list),
            directives: below.directives.saturating_add(count(field.directives.len())),
            root_fields: 1,
        })
    }

    /// Rows of the page that a field asks for; 0 where it is no page.
    fn rows(&self, field: &Field) -> u64 {
        let argument = |wanted: &str| field.arguments.iter().find(|(name, _)| name.node == wanted).map(|it| &it.1.node);
        match (argument(PAGE_SIZE), argument(KEYS)) {
            (Some(Value::Variable(name)), _) => self.given(name).map_or(PAGE, number),
            (Some(Value::Number(number)), _) => number.as_u64().unwrap_or(0),
            (Some(_), _) => PAGE,
            (None, Some(Value::List(all))) => count(all.len()),
            (None, Some(Value::Variable(name))) => self.given(name).map_or(1, length),
            (None, _) if is_page(field) => PAGE,
            (None, _) if self.plain_lists.contains(field.name.node.as_str()) => PLAIN,
            (None, _) => 0,
        }
    }

    fn given(&self, name: &Name) -> Option<&async_graphql::Value> {
        self.variables.get(name).or_else(|| self.defaults.get(name).copied())
    }
}

fn number(value: &async_graphql::Value) -> u64 {
    match value {
        async_graphql::Value::Number(number) => number.as_u64().unwrap_or(0),
        _ => PAGE,
    }
}

fn length(value: &async_graphql::Value) -> u64 {
    match value {
        async_graphql::Value::List(all) => count(all.len()),
        _ => 1,
    }
}

/// Whether a field looks like a connection: its selection names edges or nodes.
fn is_page(field: &Field) -> bool {
    field.selection_set.node.items.iter().any(|item| match &item.node {
        Selection::Field(inner) => matches!(inner.node.name.node.as_str(), "edges" | "nodes" | "pageInfo"),
        _ => true,
    }) && field.name.node.ends_with('s')
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn over(what: &str, found: u64, most: u64, remedy: &str) -> Result<(), String> {
    if found <= most { Ok(()) } else { Err(format!("The document has {found} {what}; at most {most}: {remedy}.")) }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn limits() -> Limits {
        Limits {
            tokens: 5000,
            depth: 15,
            aliases: 50,
            root_fields: 20,
            directives: 100,
            nodes: 10_000,
            selections: 2_000,
            cost: 50_000,
            ms: 60_000,
            errors: 20,
        }
    }

    fn measure(text: &str, variables: serde_json::Value) -> Result<Measure, String> {
        let document = parse_query(text).unwrap();
        let variables = Variables::from_json(variables);
        let plain = HashSet::from(["posts".to_owned()]);
        let mut measuring = Measuring::new(&document, &variables, limits(), &plain);
        measuring.everything()?;
        let (_, operation) = document.operations.iter().next().unwrap();
        measuring.chosen(&operation.node)
    }

    #[test]
    fn a_page_multiplies_what_is_below_it() {
        let one = measure("{ me { name } }", json!({})).unwrap();
        assert_eq!((one.cost, one.depth, one.nodes), (2, 2, 0));
        let page = measure("{ cadres(first: 10) { edges { node { name } } } }", json!({})).unwrap();
        assert_eq!((page.cost, page.nodes), (31, 10));
        let text = "query($n: Int) { cadres(first: $n) { edges { node { pairs(first: 5) { edges { cursor } } } } } }";
        assert_eq!(measure(text, json!({ "n": 100 })).unwrap().nodes, 500);
        let defaulted = text.replace("$n: Int", "$n: Int = 90");
        assert_eq!(measure(&defaulted, json!({})).unwrap().nodes, 450);
        assert_eq!(measure("{ nodes(ids: [1, 2, 3]) { id name } }", json!({})).unwrap().cost, 7);
        let list = measure("{ organization { posts { title organization { posts { title } } } } }", json!({})).unwrap();
        assert_eq!((list.cost, list.nodes), (1 + 1 + 5 * (1 + 1 + 1 + 5), 25));
        let aliases: String =
            (0..20).map(|it| format!("a{it}: children(first: 100) {{ edges {{ node {{ id }} }} }} ")).collect();
        let wide = format!("{{ cadres(first: 100) {{ edges {{ node {{ organization {{ {aliases} }} }} }} }} }}");
        assert!(measure(&wide, json!({})).unwrap_err().contains("points of cost"));
        assert_eq!(measure("{ cadres { edges { cursor } } }", json!({})).unwrap().nodes, 20);
        assert!(measure(text, json!({ "n": 999_999_999 })).unwrap_err().contains("nodes"));
    }

    #[test]
    fn doubling_fragments_are_measured_once_each() {
        let doubling = |level| format!("fragment f{level} on Account {{ ...f{0} ...f{0} }}", level + 1);
        let fragments: Vec<String> = (0..60).map(doubling).collect();
        let text = format!("query {{ a: me {{ ...f0 }} }} {} fragment f60 on Account {{ name }}", fragments.join(" "));
        let begin = std::time::Instant::now();
        assert!(measure(&text, json!({})).unwrap_err().contains("selections"));
        assert!(begin.elapsed().as_millis() < 50);
    }

    #[test]
    fn limits_name_themselves() {
        let circle = "{ me { ...a } } fragment a on Account { ...b } fragment b on Account { ...a }";
        assert!(measure(circle, json!({})).unwrap_err().contains("contains itself"));
        let unused = "{ me { name } } fragment a on Account { ...a }";
        assert!(measure(unused, json!({})).unwrap_err().contains("contains itself"));
        let circular = format!(
            "{{ __type(name: \"Node\") {{ {} name {} }} }}",
            "possibleTypes { interfaces { ".repeat(2),
            "} } ".repeat(2)
        );
        assert!(measure(&circular, json!({})).unwrap_err().contains("lists of introspection"));
        let deep = format!("{{ {} x {} }}", "a { ".repeat(15), "} ".repeat(15));
        assert!(measure(&deep, json!({})).unwrap_err().contains("levels of fields"));
        let many: String = (0..51).map(|it| format!("x{it}: me {{ name }} ")).collect();
        assert!(measure(&format!("{{ {many} }}"), json!({})).unwrap_err().contains("aliases of me"));
        let roots: String = (0..21).map(|it| format!("f{it} ")).collect();
        assert!(measure(&format!("{{ {roots} }}"), json!({})).unwrap_err().contains("fields at the root"));
        let directives = "@skip(if: false) ".repeat(101);
        assert!(measure(&format!("{{ me {directives} {{ name }} }}"), json!({})).unwrap_err().contains("directives"));
    }
}
