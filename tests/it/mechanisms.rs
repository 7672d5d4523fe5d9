//! Mechanisms of the field, each loaded from the library as a document, and its scenario told through HTTP.

pub mod duties;
mod helping;
mod invented;
mod matching;
pub mod pairs;
mod parts;
mod pools;
mod rounds;
mod targets;
mod turns;
mod units;
mod withstanding;

use chrono::{Months, NaiveDate, TimeDelta};
use entity::{
    education,
    id::{CadreId, EducationId, OrganizationId, PoolId, PoolMembershipId},
    kind::{Education, EducationMode, FactState, MembershipState, PositionLevel, PostRole, Role},
    partial_date::PartialDate,
    pool_membership, pool_tier,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::{
    client::{Answer, Client},
    policy::{self, taken_by},
    world::{World, global},
};

/// A county with those who decide, and the mechanisms that it takes from the library.
pub struct Place {
    county: OrganizationId,
    officer: Client,
    leader: Client,
}

/// The day of birth of somebody who is so many years old, and will be for some months.
pub fn aged(world: &World, years: u32) -> Option<PartialDate> {
    let born = world.today().checked_sub_months(Months::new(years * 12 + 3)).expect("a day");
    PartialDate::day_of(born)
}

impl Place {
    pub async fn of(world: &World) -> Self {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        Self { county, officer, leader }
    }

    /// Takes a document of the library, puts the own code in, drafts and publishes it; tells the code of its policy.
    pub async fn take(&self, world: &World, mechanism: &str, from: &str) -> String {
        self.take_where(world, mechanism, from, |_| {}).await
    }

    /// The same, with a change of the document first.
    pub async fn take_where(&self, world: &World, code: &str, from: &str, change: impl FnOnce(&mut Value)) -> String {
        let all = self.officer.run("query { policyLibrary { code document primitives } }", json!({})).await;
        let all = all.at("/policyLibrary").as_array().expect("a library").clone();
        let found = all.iter().find(|it| it["code"].as_str().is_some_and(|it| it.starts_with(code)));
        let text = found.unwrap_or_else(|| panic!("no {code} in the library"))["document"].as_str().expect("a text");
        let mut document: Value = serde_json::from_str(text).expect("JSON");
        document["validFrom"] = json!(from);
        change(&mut document);
        self.publish(world, document.clone()).await;
        document["code"].as_str().expect("a code").to_owned()
    }

    /// Drafts and publishes a document under the county's code; tells the global id of the edition.
    async fn publish(&self, world: &World, document: Value) -> String {
        let document = taken_by(world, self.county, document).await;
        let id = policy::publish(&self.officer, &self.leader, &document).await;
        id.as_str().expect("an id").to_owned()
    }

    /// A pool that a policy keeps, with the parts that it names, or one tier `A`.
    pub async fn pool(&self, policy: &str, tiers: Value) -> PoolId {
        let create = "mutation($input: PoolCreateInput!) { it: poolCreate(input: $input) { problems { code field message } pool { id tiers { code targetCount } } } }";
        let input = json!({ "organizationId": global(self.county), "code": "LIST", "name": "List", "policyCode": policy, "tiers": tiers });
        let made = self.officer.run(create, json!({ "input": input })).await;
        made.done("/it");
        let id = made.text_at("/it/pool/id");
        read_key(&id)
    }

    /// Proposes somebody; the whole answer under `/it`.
    pub async fn propose(&self, pool: PoolId, tier: &str, person: CadreId, more: Value) -> Answer {
        let propose = "mutation($input: PoolMembershipProposeInput!) { it: poolMembershipPropose(input: $input) { problems { code field message ruleId citation } membership { id version state edition { edition } findings { rule severity outcome messageEn asksReason waivedBy } } } }";
        let mut input =
            json!({ "poolId": global(pool), "tierCode": tier, "cadreId": global(person), "reason": "Steady work" });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        self.officer.run(propose, json!({ "input": input })).await
    }

    /// Takes a step of a membership as the leader.
    pub async fn step(&self, name: &str, id: &str, version: i64, more: Value) -> Answer {
        let text = format!(
            "mutation($input: PoolMembership{name}Input!) {{ it: poolMembership{name}(input: $input) {{ problems {{ code field message ruleId }} membership {{ id version state findings {{ rule severity outcome messageEn asksReason }} }} }} }}"
        );
        let mut input = json!({ "id": id, "expectedVersion": version });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        self.leader.run(&text, json!({ "input": input })).await
    }

    /// Records a fact that a policy declares; the whole answer under `/it`.
    pub async fn declare(&self, policy: &str, code: &str, more: Value) -> Answer {
        let record = "mutation($input: DeclaredFactRecordInput!) { it: declaredFactRecord(input: $input) { problems { code field message } fact { id code holds number validFrom } } }";
        let mut input = json!({ "policy": policy, "code": code, "source": "Signed by the department" });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        self.officer.run(record, json!({ "input": input })).await
    }
}

/// The key of a global id, as the documents of this house write it.
pub fn read_key<K: entity::id::Key>(id: &str) -> K {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(id).expect("base64");
    let text = String::from_utf8(text).expect("a text");
    K::from_uuid(text.rsplit(':').next().expect("a key").parse().expect("a key"))
}

/// A clerk of an age.
pub async fn clerk(world: &World, at: OrganizationId, name: &str, years: u32) -> CadreId {
    let born = aged(world, years);
    let id =
        world.cadre(at, name, |row| (row.birth_date, row.position_level) = (born, Some(PositionLevel::Clerk))).await;
    world.career(id, "Clerk", PositionLevel::Clerk).await;
    id
}

/// Somebody who holds a principal post of a role, at a level.
pub async fn official(world: &World, at: OrganizationId, name: &str, level: PositionLevel, role: PostRole) -> CadreId {
    let id = world.cadre(at, name, |row| row.position_level = Some(level)).await;
    let from = PartialDate::parse("2020-03");
    world.post(id, "Post", from, None, |row| row.role = Some(role)).await;
    world.level(id, level, from, None).await;
    id
}

/// A confirmed member of a tier since a day.
pub async fn member(world: &World, pool: PoolId, tier: &str, person: CadreId, since: NaiveDate) -> PoolMembershipId {
    let tiers =
        pool_tier::Entity::find().filter(pool_tier::Column::PoolId.eq(pool)).filter(pool_tier::Column::Code.eq(tier));
    let tier = tiers.one(&world.db).await.expect("an answer").expect("a tier");
    let id = PoolMembershipId::fresh();
    world
        .insert(pool_membership::Model {
            id,
            pool_id: pool,
            tier_id: tier.id,
            track_id: None,
            category_id: None,
            maturity_id: None,
            source: None,
            entry_route: None,
            cadre_id: person,
            state: MembershipState::Confirmed,
            reason: "Steady work".to_owned(),
            proposed_by: None,
            proposed_on: since,
            decided_by: None,
            decided_on: Some(since),
            edition_id: None,
            version: 1,
        })
        .await;
    id
}

/// A full-time education that is over.
pub async fn studied(world: &World, cadre_id: CadreId, level: Education) {
    let row = education::Model {
        id: EducationId::fresh(),
        cadre_id,
        mode: EducationMode::FullTime,
        level: Some(level),
        education_code: None,
        degree: None,
        degree_code: None,
        school: "School".to_owned(),
        major: None,
        enrolled: PartialDate::parse("2008-09"),
        graduated: PartialDate::parse("2012-07"),
        source: "Diploma".to_owned(),
        recorded_at: world.now(),
        recorded_by: None,
        state: FactState::Recorded,
        superseded_by: None,
        void_reason: None,
        version: 1,
    };
    world.insert(row).await;
}

/// Three years of experience of a kind, some years ago.
pub async fn served(world: &World, person: CadreId, kind: entity::kind::ExperienceKind) {
    let day = |text: &str| PartialDate::parse(text).expect("a day");
    let (from, to) = (day("2015-01"), Some(day("2018-01")));
    world.experience(person, kind, from, to, entity::kind::FactState::Recorded).await;
}
