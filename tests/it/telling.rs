//! What a document does not tell is not read for it; what it tells is the same all the same.

use std::collections::{BTreeMap, BTreeSet};

use entity::kind::Role;
use serde_json::json;
use tests::{
    both,
    client::Client,
    county::County,
    sdl::{self, Part},
    world::{World, global},
};

/// Fields of the root whose rows come without what is not told, each with a field that other rows hang on.
const ROOTS: [(&str, &str, &str); 9] = [
    ("cadre(id: $cadre)", "Cadre", "organization { id }"),
    ("cadres(first: 20, orderBy: ID)", "CadreConnection", "organization { id }"),
    ("cadres(first: 20, orderBy: NAME)", "CadreConnection", "organization { id }"),
    ("organization(id: $department)", "Organization", "parent { id }"),
    ("organizations(first: 20)", "OrganizationConnection", "parent { id }"),
    ("reservePool(id: $pool)", "ReservePool", "organization { id }"),
    ("reservePools(first: 20)", "ReservePoolConnection", "organization { id }"),
    ("mentoringPair(id: $pair)", "MentoringPair", "organization { id }"),
    ("mentoringPairs(first: 20)", "MentoringPairConnection", "organization { id }"),
];
/// Of this nothing is known: beside it all columns of all rows are read.
const BESIDE: &str = "beside: reservePools(first: 1) { edges { node { tracks { code } } } }";
const RECORD: &str =
    "mutation($input: CadreFactRecordInput!) { cadreFactRecord(input: $input) { factId problems { field message } } }";

/// Records one fact of each kind for a person.
async fn facts(officer: &Client, county: &County) {
    for fact in [
        json!({ "post": { "title": "Head", "role": "PRINCIPAL", "documentNumber": "9-1", "validFrom": "2018-02-28" } }),
        json!({ "level": { "level": "TOWNSHIP_DEPUTY", "validFrom": "2018-02" } }),
        json!({ "rank": { "rank": "PRINCIPAL_STAFF_3", "validFrom": "2017-06" } }),
        json!({ "education": { "mode": "FULL_TIME", "educationCode": "21", "degreeCode": "408", "school": "A university", "enrolled": "2006", "graduated": "2010" } }),
        json!({ "title": { "title": "Engineer", "grade": "INTERMEDIATE", "obtained": "2015" } }),
        json!({ "assessment": { "year": 2018, "kind": "ANNUAL", "grade": "EXCELLENT" } }),
        json!({ "experience": { "kind": "GRASSROOTS", "place": "A village", "validFrom": "2010-07", "validTo": "2012-07" } }),
        json!({ "training": { "title": "A class", "hours": 56, "validFrom": "2016-03-01", "validTo": "2016-03-07" } }),
        json!({ "award": { "name": "Commendation", "awardCode": "01115", "decided": "2017" } }),
    ] {
        let input = json!({ "cadreId": global(county.mentee), "source": "File", "fact": fact });
        let answer = officer.run(RECORD, json!({ "input": input })).await;
        assert!(answer.done("/cadreFactRecord")["factId"].is_string(), "{fact}");
    }
}

/// The schema, as far as a way through it needs.
struct Schema(BTreeMap<String, Part>);

impl Schema {
    fn base(shape: &str) -> &str {
        shape.trim_matches(['[', ']', '!'])
    }

    /// The fields of a type that can be asked for without arguments, each with the type that it leads to.
    fn fields(&self, ty: &str) -> Vec<(String, String)> {
        let owner = format!("{ty}.");
        let mut fields = Vec::new();
        for (path, part) in self.0.iter().filter(|(_, part)| part.kind == "field") {
            let Some(field) = path.strip_prefix(&owner) else { continue };
            let asked = format!("{path}(");
            let needs = |(name, it): (&String, &Part)| name.starts_with(&asked) && it.shape.ends_with('!');
            if !self.0.iter().any(needs) {
                fields.push((field.to_owned(), Self::base(&part.shape).to_owned()));
            }
        }
        fields
    }

    fn is_object(&self, ty: &str) -> bool {
        self.0.get(ty).is_some_and(|it| it.kind == "type")
    }

    /// A way to every field within three steps, each field of each type once.
    fn ways(&self, ty: &str, steps: usize, gone: &mut BTreeSet<String>) -> Vec<String> {
        let mut ways = Vec::new();
        for (field, to) in self.fields(ty) {
            if self.is_object(&to) {
                let further = steps > 0 && !to.ends_with("Connection");
                let ways_on = if further { self.ways(&to, steps - 1, gone) } else { Vec::new() };
                ways.extend(ways_on.into_iter().map(|it| format!("{field} {{ {it} }}")));
            } else if gone.insert(format!("{ty}.{field}")) {
                ways.push(field);
            }
        }
        ways
    }
}

/// What of a page or row of a type is asked for.
fn asked(ty: &str, what: &str) -> String {
    if ty.ends_with("Connection") {
        format!("{{ edges {{ cursor node {{ {what} }} }} }}")
    } else {
        format!("{{ {what} }}")
    }
}

both! {
    /// Every field of every row that others hang on, to the third step: alone, where only what it tells is read, and beside
    /// something of which nothing is known, where all of every row is.
    async fn a_field_tells_alone_what_it_tells_beside_all(world: World) {
        let county = County::build(&world, "Here").await;
        let officer = county.person(Role::OrganizationOfficer);
        facts(officer, &county).await;
        let schema = Schema(sdl::parts(&api::schema::sdl()));
        let mut told = 0;
        for (root, ty, hanging) in ROOTS {
            let ids = [("$cadre", global(county.mentee)), ("$department", global(county.department)),
                ("$pool", global(county.pools[1])), ("$pair", global(county.pair))];
            let root = ids.iter().fold(root.to_owned(), |text, (name, id)| text.replace(name, &format!("\"{id}\"")));
            let node = ty.strip_suffix("Connection").unwrap_or(ty);
            for way in schema.ways(node, 2, &mut BTreeSet::new()) {
                let text = format!("it: {root} {}", asked(ty, &format!("{way} hanging: {hanging}")));
                let alone = officer.run(&format!("{{ {text} }}"), json!({})).await;
                let beside = officer.run(&format!("{{ {text} {BESIDE} }}"), json!({})).await;
                assert_eq!(alone.at("/it"), beside.at("/it"), "{text}");
                told += usize::from(!alone.at("/it").is_null());
            }
        }
        assert!(told > 400, "{told} ways");
    }
}
