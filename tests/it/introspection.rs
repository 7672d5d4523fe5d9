//! What introspection shows to whom: what the token may use, whole and consistent, and nothing to strangers.

use std::collections::BTreeSet;

use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    client::{Answer, Client},
    source::read,
    sqlite,
    world::World,
};

const SCHEMA: &str = "{ __schema { queryType { name } mutationType { name } types { name kind
    fields(includeDeprecated: true) { name args { type { ...t } } type { ...t } }
    inputFields { type { ...t } } possibleTypes { name } interfaces { name } } } }
    fragment t on __Type { name ofType { name ofType { name ofType { name } } } }";

fn names<'a>(values: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    values.into_iter().filter_map(|it| it["name"].as_str().map(str::to_owned)).collect()
}

fn fields(answer: &Answer, of: &str) -> BTreeSet<String> {
    let types = answer.at("/__schema/types").as_array().expect("types");
    let found = types.iter().find(|it| it["name"] == of).unwrap_or_else(|| panic!("no {of}"));
    names(found["fields"].as_array().expect("fields"))
}

/// Every name of a type that something within a value refers to.
fn referred(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(all) => {
            for key in ["type", "ofType"] {
                if let Some(name) = all.get(key).and_then(|it| it["name"].as_str()) {
                    out.insert(name.to_owned());
                }
            }
            all.values().for_each(|it| referred(it, out));
        }
        Value::Array(all) => all.iter().for_each(|it| referred(it, out)),
        _ => {}
    }
}

/// The root fields whose act is open to a role, as the schema's text says.
fn open_to(role: Role, of: &str) -> BTreeSet<String> {
    let text = read("schema.graphql");
    let block =
        text.split(&format!("\ntype {of} {{\n")).nth(1).and_then(|it| it.split("\n}\n").next()).expect("a type");
    let role = format!("{role:?}").chars().fold(String::new(), |mut out, it| {
        if it.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(it.to_ascii_uppercase());
        out
    });
    let mut open = BTreeSet::new();
    let mut field = "";
    for line in block.lines().filter_map(|it| it.strip_prefix('\t')) {
        // A field whose arguments stand in lines of their own has its name in the first of them.
        if line.starts_with(|it: char| it.is_ascii_lowercase()) {
            field = line.split(['(', ':']).next().expect("a name");
        }
        let roles = line.split("roles: [").nth(1).and_then(|it| it.split(']').next()).unwrap_or_default();
        if roles.split(", ").any(|it| it == role) {
            open.insert(field.to_owned());
        }
    }
    open
}

sqlite! {
    async fn a_role_is_shown_what_it_may_use_and_every_name_leads_somewhere(world: World) {
        let county = world.organization("North").await;
        let person = world.cadre(county, "Person", |_| {}).await;
        let roles = [
            Role::OrganizationOfficer, Role::OrganizationLeader, Role::UnitOfficer, Role::Mentor, Role::Cadre,
            Role::SummaryReader, Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin,
        ];
        for role in roles {
            let client = world.sign_in_as(role, county, person).await;
            let answer = client.run(SCHEMA, json!({})).await;
            assert_eq!(fields(&answer, "Query"), open_to(role, "Query"), "{role:?}");
            let changes = open_to(role, "Mutation");
            let root = answer.at("/__schema/mutationType");
            assert_eq!(root.is_object(), !changes.is_empty(), "a root without fields is no type: {role:?} {root}");
            if root.is_object() {
                assert_eq!(fields(&answer, "Mutation"), changes, "{role:?}");
            }
            let types = answer.at("/__schema/types").as_array().expect("types");
            let shown = names(types);
            let mut wanted = BTreeSet::new();
            types.iter().for_each(|it| referred(it, &mut wanted));
            let lost: Vec<&String> = wanted.difference(&shown).collect();
            assert!(lost.is_empty(), "{role:?} is shown fields of types that it is not shown: {lost:?}");
        }
    }

    async fn what_a_role_may_not_read_has_no_type_for_it(world: World) {
        let county = world.organization("North").await;
        let mentor = world.sign_in(Role::Mentor, county).await;
        let keeper = world.sign_in(Role::AuditAdmin, county).await;
        let shown = |answer: &Answer| names(answer.at("/__schema/types").as_array().expect("types"));
        let (to_mentor, to_keeper) = (shown(&mentor.run(SCHEMA, json!({})).await), shown(&keeper.run(SCHEMA, json!({})).await));
        for hidden in ["AuditEvent", "Account", "GrantCreateInput", "AuditEventConnection", "CadreCreatePayload", "Cadre"] {
            assert!(!to_mentor.contains(hidden), "{hidden} is shown to a mentor");
        }
        assert!(to_mentor.contains("MentoringPair") && to_mentor.contains("CadreCard"));
        assert!(to_keeper.contains("AuditEvent") && !to_keeper.contains("MentoringPair") && !to_keeper.contains("Cadre"));
        let asked = "{ __type(name: \"AuditEvent\") { name } }";
        assert_eq!(mentor.run(asked, json!({})).await.at("/__type"), &Value::Null);
        assert_eq!(keeper.run(asked, json!({})).await.at("/__type/name"), "AuditEvent");
        // A hidden name is no secret and no hole: the act that it needs refuses.
        mentor.run("{ auditEvents(first: 1) { edges { cursor } } }", json!({})).await.refused("FORBIDDEN");
        let stranger = Client::new(world.url(), "none");
        assert_eq!(stranger.run(SCHEMA, json!({})).await.status, 401);
    }
}
