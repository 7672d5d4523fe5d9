//! Who may sign in to the demo: one person for each role, and the neighbour's officer, to show where a scope ends.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use entity::{
    account, account_grant,
    id::{AccountId, CadreId, GrantId, OrganizationId},
    kind::{AccountKind, AccountState, Role, SecrecyLevel},
};

use super::{cast::Cast, county::Person, dice::Dice, people::Profile, seats::Sitter, tree::Tree};

/// The rows of accounts.
pub struct Accounts {
    /// Accounts.
    pub accounts: Vec<account::Model>,
    /// Their grants, one each.
    pub grants: Vec<account_grant::Model>,
    /// Those who show the demo.
    pub people: Vec<Person>,
}

/// One account to be made.
struct Entry {
    id: AccountId,
    role: Role,
    login: &'static str,
    name: &'static str,
    organization_id: OrganizationId,
    cadre_id: Option<CadreId>,
    /// What to try; none for who has no part in the demo.
    sentence: Option<&'static str>,
}

/// Accounts, each with one grant that began a year ago and is open.
pub fn accounts(dice: &mut Dice, today: NaiveDate, tree: &Tree, cast: &Cast, profiles: &[Profile]) -> Accounts {
    let valid_from = today.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(365);
    let mut made = Accounts { accounts: Vec::new(), grants: Vec::new(), people: Vec::new() };
    for entry in entries(dice, tree, cast, profiles) {
        made.accounts.push(account::Model {
            id: entry.id,
            login: entry.login.to_owned(),
            name: entry.name.to_owned(),
            cadre_id: entry.cadre_id,
            organization_id: Some(entry.organization_id),
            kind: if entry.role == Role::SummaryReader { AccountKind::Machine } else { AccountKind::Person },
            state: AccountState::Active,
            token_version: 1,
            version: 1,
        });
        made.grants.push(account_grant::Model {
            id: GrantId(dice.key()),
            account_id: entry.id,
            role: entry.role,
            organization_id: entry.organization_id,
            valid_from,
            valid_to: None,
            managing_tier: None,
            secrecy_ceiling: SecrecyLevel::Internal,
            version: 1,
        });
        made.people.extend(entry.sentence.map(|sentence| Person {
            role: entry.role,
            login: entry.login.to_owned(),
            name: entry.name.to_owned(),
            account_id: entry.id,
            cadre_id: entry.cadre_id,
            sentence: sentence.to_owned(),
        }));
    }
    made
}

fn entries(dice: &mut Dice, tree: &Tree, cast: &Cast, profiles: &[Profile]) -> Vec<Entry> {
    // A person's own grant stands on the organization that keeps the person.
    let home = |sitter: &Sitter| {
        let own = profiles.iter().find(|profile| profile.cadre.id == sitter.id);
        own.map_or(tree.county.id, |profile| profile.cadre.organization_id)
    };
    let entry = |id, role, login, name, organization_id, sentence| Entry {
        id,
        role,
        login,
        name,
        organization_id,
        cadre_id: None,
        sentence: Some(sentence),
    };
    let (county, province) = (tree.county.id, tree.province);
    let mut entries = vec![
        entry(cast.officer, Role::OrganizationOfficer, "officer", "何静安", county, OFFICER),
        entry(cast.leader, Role::OrganizationLeader, "leader", "许怀远", county, LEADER),
        entry(cast.unit_officer, Role::UnitOfficer, "unit", "孙若宁", cast.unit_id, UNIT),
        entry(cast.mentor_account, Role::Mentor, "mentor", cast.mentor.name, home(&cast.mentor), MENTOR),
        entry(AccountId(dice.key()), Role::Cadre, "cadre", cast.cadre.name, home(&cast.cadre), CADRE),
        entry(AccountId(dice.key()), Role::SummaryReader, "summary", "临澜市统计门户", tree.prefecture, SUMMARY),
        entry(AccountId(dice.key()), Role::SystemAdmin, "system", "顾一平", province, SYSTEM),
        entry(AccountId(dice.key()), Role::SecurityAdmin, "security", "唐清川", province, SECURITY),
        entry(AccountId(dice.key()), Role::AuditAdmin, "audit", "白书行", province, AUDIT),
        entry(cast.neighbour, Role::OrganizationOfficer, "neighbour", "沈嘉禾", tree.neighbour.id, NEIGHBOUR),
        entry(cast.neighbour_leader, Role::OrganizationLeader, "neighbour-leader", "陆景川", tree.neighbour.id, ""),
    ];
    for entry in &mut entries {
        match entry.login {
            "mentor" => entry.cadre_id = Some(cast.mentor.id),
            "cadre" => entry.cadre_id = Some(cast.cadre.id),
            "neighbour-leader" => entry.sentence = None,
            _ => {}
        }
    }
    entries
}

const OFFICER: &str = "Read every cadre, pool and pair of 青禾县, propose pool members, record a contact.";
const LEADER: &str = "Read the whole county and confirm proposed pool members; data entry is refused.";
const UNIT: &str = "Read the education bureau alone, and of the pools only those disclosed to the unit.";
const MENTOR: &str = "See the own two pairs, of which one is overdue, and record the contact that is due.";
const CADRE: &str = "Ask for the own status: one pair, one disclosed pool; a confidential membership stays unseen.";
const SUMMARY: &str = "Count cadres by level, sex and age in both counties without reading a single row.";
const SYSTEM: &str = "Read the organizations of the whole province; every question about a cadre is refused.";
const SECURITY: &str = "Ask `me` for the own grants; every question about a cadre is refused.";
const AUDIT: &str = "Ask `me` for the own grants; cadres are refused, and so is every change.";
const NEIGHBOUR: &str = "Read the small county next door; everything of 青禾县 answers as if it did not exist.";
