//! Posts: approved headcount, and who fills them on any day, told to those alone who may see the people.

use entity::{
    id::{CadreId, OrganizationId},
    kind::Role,
};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    world::{World, global},
};

use super::act;

const CREATE: &str = "mutation($input: PostCreateInput!) { it: postCreate(input: $input) { problems { code field } post { id version filled vacant overstaffed } } }";
const FILLED: &str = "query($id: ID!, $asOf: Date) { organization(id: $id) {
    posts(asOf: $asOf) { code approvedHeadcount filled vacant overstaffed } headcount(asOf: $asOf) { approved filled vacant overstaffed } } }";

fn deputies(at: OrganizationId) -> Value {
    json!({ "organizationId": global(at), "code": "DEPUTY", "title": "副局长", "role": "DEPUTY", "level": "TOWNSHIP_DEPUTY",
        "approvedHeadcount": 2, "validFrom": "2015-01-01" })
}

async fn appoint(officer: &Client, cadre: CadreId, post: &str, from: Value, to: Value) {
    let text =
        "mutation($input: CadreFactRecordInput!) { it: cadreFactRecord(input: $input) { problems { code message } } }";
    let fact =
        json!({ "post": { "title": "副局长", "role": "DEPUTY", "postId": post, "validFrom": from, "validTo": to } });
    officer
        .run(text, json!({ "input": { "cadreId": global(cadre), "source": "组任〔2020〕1号", "fact": fact } }))
        .await
        .done("/it");
}

both! {
    async fn a_post_is_filled_vacant_or_overstaffed_on_its_day(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let made = officer.run(CREATE, json!({ "input": deputies(county) })).await;
        assert_eq!(made.done("/it")["post"]["vacant"], 2);
        let post = made.text_at("/it/post/id");
        for (name, from, to) in [("Anna", json!("2018"), json!("2022-06")), ("Bert", json!("2020-05"), Value::Null), ("Cora", json!("2021-03-15"), Value::Null), ("Dora", Value::Null, json!("2019-02-01"))] {
            let cadre = world.cadre(county, name, |it| it.birth_date = None).await;
            world.tell().await;
            appoint(&officer, cadre, &post, from, to).await;
        }
        for (day, filled) in [("2017-12-31", 1), ("2018-01-01", 2), ("2019-01-31", 2), ("2019-02-01", 1), ("2020-04-30", 1), ("2020-05-01", 2),
            ("2021-03-14", 2), ("2021-03-15", 3), ("2022-05-31", 3), ("2022-06-01", 2), ("2090-01-01", 2)] {
            let (vacant, over) = (i64::max(0, 2 - filled), i64::max(0, filled - 2));
            let answer = officer.run(FILLED, json!({ "id": global(county), "asOf": day })).await;
            let sums = json!({ "approved": 2, "filled": filled, "vacant": vacant, "overstaffed": over });
            assert_eq!(answer.at("/organization/headcount"), &sums, "{day}");
            assert_eq!(answer.at("/organization/posts/0"), &json!({ "code": "DEPUTY", "approvedHeadcount": 2, "filled": filled, "vacant": vacant, "overstaffed": over }));
        }
        // Before it stood there was no post.
        assert_eq!(officer.run(FILLED, json!({ "id": global(county), "asOf": "2014-12-31" })).await.at("/organization/posts"), &json!([]));
        // Who may not see the people is told what is approved, and no count.
        for role in [Role::SummaryReader, Role::SystemAdmin, Role::SecurityAdmin] {
            let other = world.sign_in(role, county).await;
            let answer = other.run(FILLED, json!({ "id": global(county), "asOf": "2021-03-15" })).await;
            assert_eq!(answer.at("/organization/headcount"), &json!({ "approved": 2, "filled": null, "vacant": null, "overstaffed": null }), "{role:?}");
        }
    }

    async fn a_post_is_kept_by_officers_and_goes_on_in_a_merger(world: World) {
        let county = world.organization("North").await;
        let (old, new) = (world.department(county, "Old").await, world.department(county, "New").await);
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let made = officer.run(CREATE, json!({ "input": deputies(old) })).await;
        let post = made.text_at("/it/post/id");
        officer.run(CREATE, json!({ "input": deputies(old) })).await.problem("/it", "TAKEN");
        admin.run(CREATE, json!({ "input": deputies(old) })).await.refused("FORBIDDEN");
        let unit = world.sign_in(Role::UnitOfficer, old).await;
        unit.run(CREATE, json!({ "input": deputies(old) })).await.refused("FORBIDDEN");
        for (field, value) in [("approvedHeadcount", json!(-1)), ("validTo", json!("2015-01-01")), ("title", json!(" ")), ("code", json!("a b"))] {
            let mut input = deputies(old);
            input[field] = value;
            let answer = officer.run(CREATE, json!({ "input": input })).await;
            assert_eq!((answer.at("/it/problems/0/code"), answer.at("/it/problems/0/field")), (&json!("INVALID"), &json!(field)), "{}", answer.text);
        }
        let anna = world.cadre(old, "Anna", |it| it.birth_date = None).await;
        world.tell().await;
        appoint(&officer, anna, &post, json!("2020"), Value::Null).await;
        let close = act(&admin, "Close", json!({ "id": global(old), "expectedVersion": 1 })).await;
        assert!(close.text_at("/it/problems/0/message").contains("posts: 1"));
        act(&admin, "Merge", json!({ "sourceId": global(old), "expectedVersion": 1, "targetId": global(new) })).await.done("/it");
        let answer = officer.run(FILLED, json!({ "id": global(new) })).await;
        assert_eq!(answer.at("/organization/headcount"), &json!({ "approved": 2, "filled": 1, "vacant": 1, "overstaffed": 0 }));
        let update = "mutation($input: PostUpdateInput!) { it: postUpdate(input: $input) { problems { code } post { version overstaffed } } }";
        officer.run(update, json!({ "input": { "id": post, "expectedVersion": 1, "approvedHeadcount": 0 } })).await.problem("/it", "STALE");
        let done = officer.run(update, json!({ "input": { "id": post, "expectedVersion": 2, "approvedHeadcount": 0 } })).await;
        assert_eq!(done.done("/it")["post"], json!({ "version": 3, "overstaffed": 1 }));
    }
}
