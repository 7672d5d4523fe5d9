//! Changes of random rows, each one that must not be made.

use entity::{
    id::PairId,
    kind::{CadreStatus, CorrectionState, PairState, Role},
};
use serde_json::json;
use tests::{dice::Dice, world::global};

use super::{
    super::{
        rules::{Act, Lens},
        sight::Sight,
    },
    Expected, Path,
};

/// Changes of random rows. Each is one that must not be made, so that it ends in a problem where the row exists for the
/// account, and tells by the code alone that it does not.
pub fn changes(sight: &Sight<'_>, dice: &mut Dice) -> Vec<Path> {
    let raw = sight.raw;
    let mut made = Vec::new();
    let retired: Vec<_> = raw.cadres.iter().filter(|it| it.status != CadreStatus::InPost).collect();
    for _ in 0..5 {
        let mut add = |act: Act, field: String, answer: &dyn Fn(&Lens<'_>) -> Option<&'static str>| {
            let expected = match sight.lens(act).map(|lens| answer(&lens)) {
                None => Expected::Refusal("FORBIDDEN"),
                Some(None) => Expected::Refusal("NOT_FOUND"),
                Some(Some(code)) => Expected::Answer(json!({ "problems": [{ "code": code }] })),
            };
            made.push(Path { field: format!("{field} {{ problems {{ code }} }}"), expected });
        };
        let place = &raw.organizations[dice.below(raw.organizations.len())];
        let field =
            format!("cadreCreate(input: {{ organizationId: \"{}\", name: \"\", sex: MALE }})", global(place.id));
        add(Act::Record, field, &|lens| lens.organization(place).then_some("INVALID"));
        let person = &raw.cadres[dice.below(raw.cadres.len())];
        let field = format!("cadreUpdate(input: {{ id: \"{}\", expectedVersion: 77 }})", global(person.id));
        add(Act::Record, field, &|lens| lens.cadre(person).then_some("STALE"));
        let input = format!("cadreId: \"{}\", purpose: INSPECTION, reason: \" \"", global(person.id));
        add(Act::Record, format!("appointmentFormExport(input: {{ {input} }})"), &|lens| {
            lens.cadre(person).then_some("INVALID")
        });
        let pool = &raw.pools[dice.below(raw.pools.len())];
        let (at, whom) = (global(pool.id), global(person.id));
        let input = format!("poolId: \"{at}\", cadreId: \"{whom}\", tierCode: \"none\", reason: \"Asked\"");
        let problem = if person.status == CadreStatus::InPost { "INVALID" } else { "NOT_IN_POST" };
        add(Act::Propose, format!("poolMembershipPropose(input: {{ {input} }})"), &|lens| {
            (lens.pool(pool) && lens.cadre(person)).then_some(problem)
        });
        let member = &raw.memberships[dice.below(raw.memberships.len())];
        let field = format!("poolMembershipConfirm(input: {{ id: \"{}\", expectedVersion: 77 }})", global(member.id));
        add(Act::Confirm, field, &|lens| lens.membership(member).then_some("STALE"));
        let other = retired[dice.below(retired.len())];
        if other.id != person.id {
            let input = format!("organizationId: \"{}\", mentorIds: [\"{}\"]", global(place.id), global(other.id));
            add(Act::Propose, format!("pairPropose(input: {{ {input}, menteeIds: [\"{whom}\"] }})"), &|lens| {
                (lens.organization(place) && lens.cadre(other) && lens.cadre(person)).then_some("NOT_IN_POST")
            });
        }
        let pair = &raw.pairs[dice.below(raw.pairs.len())];
        let field = format!("pairActivate(input: {{ id: \"{}\", expectedVersion: 77 }})", global(pair.id));
        add(Act::Activate, field, &|lens| lens.pair(pair).then_some("STALE"));
        let problem = if pair.state == PairState::Active { "INVALID" } else { "TRANSITION_REFUSED" };
        add(Act::Contact, contact(pair.id), &|lens| lens.pair(pair).then_some(problem));
    }
    made.extend(further(sight, dice));
    made.extend(super::papers::imports(sight, dice));
    made.extend(super::declared::changes(sight, dice));
    made
}

fn contact(pair: PairId) -> String {
    format!("pairContactRecord(input: {{ pairId: \"{}\", heldOn: \"2199-01-01\", topic: WORK }})", global(pair))
}

/// Changes of facts, requests, accounts and grants.
fn further(sight: &Sight<'_>, dice: &mut Dice) -> Vec<Path> {
    let raw = sight.raw;
    let mut made = Vec::new();
    for _ in 0..5 {
        let mut add = |act: Act, field: String, answer: &dyn Fn(&Lens<'_>) -> Option<&'static str>| {
            let expected = match sight.lens(act).map(|lens| answer(&lens)) {
                None => Expected::Refusal("FORBIDDEN"),
                Some(None) => Expected::Refusal("NOT_FOUND"),
                Some(Some(code)) => Expected::Answer(json!({ "problems": [{ "code": code }] })),
            };
            made.push(Path { field: format!("{field} {{ problems {{ code }} }}"), expected });
        };
        let sanction = &raw.sanctions[dice.below(raw.sanctions.len())];
        let award = &raw.awards[dice.below(raw.awards.len())];
        for (fact, person, stands) in [
            (global(sanction.id), sanction.cadre_id, true),
            (global(award.id), award.cadre_id, award.state == entity::kind::FactState::Recorded),
        ] {
            let field =
                format!("cadreFactVoid(input: {{ factId: \"{fact}\", expectedVersion: 77, reason: \"Asked\" }})");
            let code = if stands { "STALE" } else { "TRANSITION_REFUSED" };
            add(Act::Void, field, &|lens| lens.cadre(raw.cadre(person)).then_some(code));
        }
        let row = &raw.transfers[dice.below(raw.transfers.len())];
        let it = format!("(input: {{ id: \"{}\", expectedVersion: 77", global(row.id));
        let exists = |lens: &Lens<'_>| lens.transfer(row).then_some("STALE");
        add(Act::Take, format!("cadreTransferAccept{it} }})"), &exists);
        add(Act::Take, format!("cadreTransferRefuse{it}, answer: \"So\" }})"), &exists);
        add(Act::Offer, format!("cadreTransferWithdraw{it} }})"), &exists);
        let request = &raw.corrections[dice.below(raw.corrections.len())];
        let input = format!("id: \"{}\", expectedVersion: 77, accept: true, answer: \"So\"", global(request.id));
        add(Act::Decide, format!("correctionDecide(input: {{ {input} }})"), &|lens| {
            lens.cadre(raw.cadre(request.cadre_id)).then_some("STALE")
        });
        let over: Vec<_> = raw.corrections.iter().filter(|it| it.state != CorrectionState::Requested).collect();
        let over = over[dice.below(over.len())];
        let field = format!("correctionWithdraw(input: {{ id: \"{}\" }})", global(over.id));
        add(Act::OwnRecord, field, &|lens| lens.cadre(raw.cadre(over.cadre_id)).then_some("TRANSITION_REFUSED"));
        let account = &raw.accounts[dice.below(raw.accounts.len())];
        let field = format!("accountUpdate(input: {{ id: \"{}\", expectedVersion: 77 }})", global(account.id));
        add(Act::UpdateAccount, field, &|lens| lens.account(account).then_some("STALE"));
        let administrators = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];
        let held: Vec<_> = raw.grants.iter().filter(|it| administrators.contains(&it.role)).collect();
        let grant = held[dice.below(held.len())];
        let field = format!("grantRevoke(input: {{ id: \"{}\" }})", global(grant.id));
        add(Act::Grant, field, &|lens| lens.grant(grant).then_some("ROLE_REFUSED"));
        let place = &raw.organizations[dice.below(raw.organizations.len())];
        let (to, at) = (global(account.id), global(place.id));
        let least = "managingTier: COUNTY, secrecyCeiling: PUBLIC, validTo: \"2001-01-01T00:00:00Z\"";
        let input = format!("accountId: \"{to}\", organizationId: \"{at}\", role: UNIT_OFFICER, {least}");
        add(Act::Grant, format!("grantCreate(input: {{ {input} }})"), &|lens| match lens.account(account) {
            true if sight.is_same_person(account) => Some("SAME_PERSON"),
            true => lens.organization(place).then_some("INVALID"),
            false => None,
        });
    }
    made
}
