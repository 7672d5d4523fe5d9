//! Every root field, as every role, does what the schema prints of it; and the whole table of acts and roles is reviewed.

use std::{collections::BTreeMap, fs, path::Path};

use api::{
    auth::policy::{self, Job},
    error::Action,
};
use entity::kind::Role;
use tests::{
    both,
    county::{County, PROBES, probe},
    law,
    world::World,
};

/// Root fields with the roles that the schema prints beside them.
fn printed() -> BTreeMap<String, Vec<String>> {
    let sdl = api::schema::sdl();
    let mut out = BTreeMap::new();
    for root in ["type Query {", "type Mutation {"] {
        let body = sdl.split(root).nth(1).expect("a root").split("\n}").next().expect("its fields");
        let mut name = String::new();
        for line in body.lines() {
            let is_field = line.starts_with('\t') && !line.starts_with("\t\t") && !line.trim_start().starts_with('"');
            let word: String = line.trim().chars().take_while(char::is_ascii_alphanumeric).collect();
            if is_field
                && !word.is_empty()
                && line.trim_start().starts_with(&word)
                && (line.contains('(') || line.contains(':'))
                && !line.starts_with("\t)")
            {
                name = word;
            }
            if let Some(roles) = line.split("roles: [").nth(1) {
                let roles = roles.split(']').next().expect("roles").split(", ");
                out.insert(std::mem::take(&mut name), roles.map(str::to_owned).collect());
            }
        }
    }
    out
}

law! {
    fn every_root_field_prints_its_access_and_has_a_probe() {
        let sdl = api::schema::sdl();
        let fields = |root: &str| {
            let body = sdl.split(root).nth(1).expect("a root").split("\n}").next().expect("its fields").to_owned();
            body.matches("@access(").count()
        };
        let printed = printed();
        assert_eq!(printed.len(), fields("type Query {") + fields("type Mutation {"));
        assert_eq!(printed.len(), 123, "a new root field needs a probe in tests/src/county/probes.rs; then raise this number");
        let probed: Vec<&str> = PROBES.iter().map(|(name, _)| *name).collect();
        for field in printed.keys() {
            assert!(probed.contains(&field.as_str()), "`{field}` has no probe: add one to tests/src/county.rs");
        }
        assert_eq!(probed.len(), printed.len(), "a probe without a field");
    }

    fn the_policy_matrix_is_reviewed() {
        let mut table = String::from("# Which role may perform which act. Generated; read every changed line before you commit it.\n\n");
        for action in Action::ALL {
            let roles = Role::ALL.iter().filter(|role| policy::allows(**role, *action)).map(|role| role.text());
            let jobs = Job::ALL.iter().filter(|job| job.allows(*action)).map(|job| job.text());
            table.push_str(&format!("{:<20} {}\n", action.text(), roles.chain(jobs).collect::<Vec<_>>().join(" ")));
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/policy-matrix.txt");
        let reviewed = fs::read_to_string(&path).unwrap_or_default();
        if reviewed != table {
            let proposed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/policy-matrix.txt");
            fs::write(&proposed, &table).expect("a proposal");
            panic!("the policy changed: compare target/policy-matrix.txt with tests/it/policy-matrix.txt, and copy it when every changed line is meant");
        }
    }
}

both! {
    async fn printed_access_is_real_access(world: World) {
        let county = County::build(&world, "North").await;
        for (field, roles) in printed() {
            for (role, client) in &county.people {
                let answer = client.run(&probe(&field), county.variables()).await;
                let forbidden = answer.codes().iter().any(|code| code == "FORBIDDEN");
                let allowed = roles.iter().any(|it| it == role.text());
                assert_eq!(!forbidden, allowed, "{field} as {role:?}: {}", answer.text);
                assert_eq!(answer.status, 200, "{field} as {role:?}: {}", answer.text);
                // Where the act is allowed the answer is one: the only error left is a row out of that role's reach.
                let unexpected = answer.codes().iter().any(|code| allowed && code != "NOT_FOUND");
                assert!(!unexpected, "{field} as {role:?}: {}", answer.text);
            }
        }
    }

    async fn a_forbidden_act_names_itself_and_is_recorded(world: World) {
        let county = County::build(&world, "North").await;
        let before = world.fingerprint().await;
        let answer = county.person(Role::SummaryReader).run("{ cadres { edges { node { id } } } }", serde_json::json!({})).await;
        answer.refused("FORBIDDEN");
        assert_eq!(answer.json["errors"][0]["extensions"]["action"], "CADRE_READ");
        let answer = county.person(Role::OrganizationLeader).run(&probe("cadreCreate"), county.variables()).await;
        answer.refused("FORBIDDEN");
        assert_eq!(world.fingerprint().await, before);
        let recorded = "select count(*) from audit_event where outcome = 'REFUSED' and action in ('CADRE_READ', 'CADRE_CREATE')";
        assert_eq!(world.number(recorded).await, 2);
    }

    /// Two grants of one person: an officer in North who is a leader in South acts as an officer in North alone.
    async fn two_grants_do_not_mix(world: World) {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        let grants = [(Role::OrganizationOfficer, north), (Role::OrganizationLeader, south)];
        let both = world.sign_in_with(&grants, None).await;
        let create = "mutation($at: ID!) { cadreCreate(input: { organizationId: $at, name: \"New\", sex: MALE }) { problems { code } cadre { id } } }";
        let at = |organization| serde_json::json!({ "at": tests::world::global(organization) });
        both.run(create, at(north)).await.done("/cadreCreate");
        both.run(create, at(south)).await.refused("NOT_FOUND");
        let seen = both.run("{ cadres { totalCount } }", serde_json::json!({})).await;
        assert_eq!(seen.at("/cadres/totalCount"), 1);
    }

    async fn a_grant_that_ends_ends_the_session(world: World) {
        let county = world.organization("North").await;
        let account = world.account(None).await;
        world.grant(account, Role::OrganizationOfficer, county, Some(world.now() + chrono::TimeDelta::seconds(60))).await;
        let client = world.client(account);
        let query = "{ cadres { totalCount } }";
        client.run(query, serde_json::json!({})).await.at("/cadres/totalCount");
        world.pass(chrono::TimeDelta::seconds(61));
        client.run(query, serde_json::json!({})).await.refused("FORBIDDEN");
    }
}
