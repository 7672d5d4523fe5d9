//! A county with one of everything, and somebody in each role: what the laws are tried on.

mod fragments;
mod probes;

use entity::{
    cadre,
    id::{
        AccountId, CadreId, CorrectionId, GrantId, OrganizationId, PairId, PolicyEditionId, PoolId, PoolMembershipId,
        SanctionId, TalkId, TalkIssueId, TransferId,
    },
    kind::{Disclosure, IssueState, MembershipState, Role},
};
use serde_json::{Value, json};

use crate::{
    client::Client,
    county::fragments::FRAGMENTS,
    world::{World, global},
};

pub use probes::PROBES;

/// A county with one of everything.
pub struct County {
    /// The county.
    pub top: OrganizationId,
    /// Its department.
    pub department: OrganizationId,
    /// Of the county itself, in no pool or pair.
    pub free: CadreId,
    /// Of the department; the mentor of the pair.
    pub mentor: CadreId,
    /// Of the department; the mentee of the pair, and in all three pools.
    pub mentee: CadreId,
    /// Pools by disclosure: CONFIDENTIAL, UNIT, PERSON.
    pub pools: [PoolId; 3],
    /// The mentee's membership of each.
    pub memberships: [PoolMembershipId; 3],
    /// The pair.
    pub pair: PairId,
    /// A proposed membership of the free cadre in the confidential pool.
    pub proposed: PoolMembershipId,
    /// An account that holds one grant, on the department.
    pub account: AccountId,
    /// Its grant.
    pub grant: GrantId,
    /// A request to correct the mentee's record.
    pub correction: CorrectionId,
    /// A sanction of the mentee.
    pub sanction: SanctionId,
    /// An offer of the free cadre to the department.
    pub transfer: TransferId,
    /// A published policy of the county.
    pub policy: PolicyEditionId,
    /// A talk with the mentee, held by people of the county, and a matter that was raised in it.
    pub talk: (TalkId, TalkIssueId),
    /// Its code.
    pub policy_code: String,
    /// Somebody in each role, in the order of `Role::ALL`.
    pub people: Vec<(Role, Client)>,
}

impl County {
    /// Builds a county whose every name begins with `name`, followed by a blank.
    pub async fn build(world: &World, name: &str) -> Self {
        let top = world.organization(&format!("{name} County")).await;
        let department = world.department(top, &format!("{name} Department")).await;
        let nobody = |_: &mut cadre::Model| {};
        let free = world.cadre(top, &format!("{name} Free"), nobody).await;
        let mentor = world.cadre(department, &format!("{name} Mentor"), nobody).await;
        let mentee = world.cadre(department, &format!("{name} Mentee"), nobody).await;
        let mut pools = Vec::new();
        let mut memberships = Vec::new();
        for (code, disclosure) in
            [("secret", Disclosure::Confidential), ("unit", Disclosure::Unit), ("person", Disclosure::Person)]
        {
            let pool = world.pool(top, &format!("{name} {code}"), disclosure).await;
            memberships.push(world.membership(pool, mentee, MembershipState::Confirmed).await);
            pools.push(pool);
        }
        let proposed = world.membership(pools[0], free, MembershipState::Proposed).await;
        let pair = world.pair(top, mentor, mentee).await;
        let account = world.account(Some(mentee)).await;
        let grant = world.grant(account, Role::UnitOfficer, department, None).await;
        let correction = world.correction(mentee, account).await;
        let sanction = world.sanction(mentee, &format!("{name} 1")).await;
        let transfer =
            world.offer(free, (top, &format!("{name} County")), (department, &format!("{name} Department"))).await;
        world.import(top, &format!("{name} people.csv")).await;
        let policy_code = format!("{name}-policy");
        let policy = world.youth_policy(top, name, &policy_code).await;
        let talk = talk(world, top, name, mentee).await;
        let people = people(world, (top, department), mentor, mentee).await;
        let pools = pools.try_into().expect("three pools");
        let memberships = memberships.try_into().expect("three memberships");
        Self {
            top,
            department,
            free,
            mentor,
            mentee,
            pools,
            memberships,
            pair,
            proposed,
            account,
            grant,
            correction,
            sanction,
            transfer,
            policy,
            talk,
            policy_code,
            people,
        }
    }

    /// Somebody in a role.
    pub fn person(&self, role: Role) -> &Client {
        &self.people.iter().find(|(it, _)| *it == role).expect("somebody in each role").1
    }

    /// Variables that every probe may use, with this county's ids.
    pub fn variables(&self) -> Value {
        json!({
            "organization": global(self.top),
            "department": global(self.department),
            "cadre": global(self.mentee),
            "free": global(self.free),
            "mentor": global(self.mentor),
            "pool": global(self.pools[1]),
            "membership": global(self.memberships[1]),
            "proposed": global(self.proposed),
            "pair": global(self.pair),
            "account": global(self.account),
            "grant": global(self.grant),
            "correction": global(self.correction),
            "fact": global(self.sanction),
            "transfer": global(self.transfer),
            "policy": global(self.policy),
            "talk": global(self.talk.0),
            "issue": global(self.talk.1),
            "policyCode": self.policy_code,
            "today": "2020-01-01",
        })
    }
}

/// A talk with somebody, by a policy of the county that is said to reach everybody.
async fn talk(world: &World, top: OrganizationId, name: &str, person: CadreId) -> (TalkId, TalkIssueId) {
    let everybody = json!({ "fact": "status", "op": "IN", "value": ["IN_POST"] });
    let sections = json!({
        "groups": [{ "code": "EVERYBODY", "title": format!("{name} people"), "need": everybody }],
        "talks": { "conductors": ["MINISTER"], "coverage": [{ "code": "ALL", "group": "EVERYBODY", "per": "P1Y", "by": ["MINISTER"] }] },
    });
    let by = world.policy_with(top, "TALKS", sections).await;
    let today = world.today();
    let talk = world.talk(by, top, person, &format!("{name} minister"), today).await;
    (talk, world.issue(talk, &format!("{name} matter"), IssueState::Open, today).await)
}

/// Somebody in each role: of the department where the role is of a unit or a person, of the county otherwise.
async fn people(
    world: &World,
    (top, department): (OrganizationId, OrganizationId),
    mentor: CadreId,
    mentee: CadreId,
) -> Vec<(Role, Client)> {
    let mut people = Vec::new();
    for role in Role::ALL {
        let client = match role {
            Role::UnitOfficer => world.sign_in(*role, department).await,
            Role::Mentor => world.sign_in_as(*role, department, mentor).await,
            Role::Cadre => world.sign_in_as(*role, department, mentee).await,
            _ => world.sign_in(*role, top).await,
        };
        people.push((*role, client));
    }
    people
}

/// The probe of a root field with the fragments that it uses.
pub fn probe(field: &str) -> String {
    let (_, body) = PROBES.iter().find(|(name, _)| *name == field).unwrap_or_else(|| {
        panic!("`{field}` has no probe: add one to tests/src/county.rs, asking for as much as the field can show")
    });
    let mut text = (*body).to_owned();
    loop {
        let missing = FRAGMENTS
            .iter()
            .find(|(name, _)| text.contains(&format!("...{name} ")) && !text.contains(&format!("fragment {name} ")));
        match missing {
            Some((_, fragment)) => text = format!("{text}\n{fragment}"),
            None => return text,
        }
    }
}
