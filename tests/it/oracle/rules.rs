//! Who may see which row, worked out from the raw rows in plain code.
//!
//! This is written from the rules (the table of roles, the doc comments of the row policies), not from their SQL, and
//! calls nothing of the server: parents are climbed one by one, sets are searched from end to end. Where the two
//! differ, one of them is wrong, and the rules say which.

mod counting;
mod declared;
mod overseeing;
mod papers;
mod raw;

use entity::{
    cadre, cadre_transfer,
    id::{CadreId, OrganizationId, PairId},
    kind::{Disclosure, ManagementAuthority, PairState, Role, SecrecyLevel, TransferState},
    mentoring_pair, organization, pair_part, pool_membership, reserve_pool,
};

pub use overseeing::Explained;
pub use raw::Raw;

use Role::{
    AuditAdmin, Cadre, Mentor, OrganizationLeader, OrganizationOfficer, SecurityAdmin, SummaryReader, SystemAdmin,
    UnitOfficer,
};

/// Roles that read the rows of a subtree.
pub const ROWS: &[Role] = &[OrganizationOfficer, OrganizationLeader, UnitOfficer];
/// Roles that are told of offers to their organization.
const DECIDING: &[Role] = &[OrganizationOfficer, OrganizationLeader];
/// Roles that meet rows only through their own person.
const OWN: &[Role] = &[Mentor, Cadre];

/// What somebody asks for, or wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    LookUp,
    Organizations,
    Cadres,
    Cards,
    Sanctions,
    Pools,
    Pairs,
    Status,
    Summary,
    Record,
    Propose,
    Confirm,
    Activate,
    Contact,
    Void,
    Open,
    OwnRecord,
    OwnCopy,
    Corrections,
    Decide,
    Accounts,
    UpdateAccount,
    Grant,
    Explain,
    AccessLog,
    Audit,
    Policies,
    Talks,
    Declared,
    DeclareVoid,
    Eligibility,
    Duties,
    DecideDuty,
    Imports,
    Import,
    Transfers,
    Offer,
    Take,
}

/// The table of roles.
fn roles(act: Act) -> Vec<Role> {
    let business = [OrganizationOfficer, OrganizationLeader, UnitOfficer, Mentor, Cadre];
    match act {
        Act::LookUp => Role::ALL.to_vec(),
        Act::Organizations => [&business[..], &[SummaryReader, SystemAdmin, SecurityAdmin]].concat(),
        Act::Cadres | Act::Pools => [ROWS, &[Cadre]].concat(),
        Act::Cards | Act::Pairs => business.to_vec(),
        Act::Sanctions => vec![OrganizationOfficer, OrganizationLeader, Cadre],
        Act::Transfers => DECIDING.to_vec(),
        Act::Policies => [ROWS, &[Mentor, Cadre]].concat(),
        Act::Talks | Act::Eligibility => [ROWS, &[Cadre]].concat(),
        Act::Declared => [DECIDING, &[Cadre]].concat(),
        Act::DeclareVoid => vec![OrganizationOfficer],
        Act::Duties => business.to_vec(),
        Act::DecideDuty => DECIDING.to_vec(),
        Act::Imports | Act::Import => vec![OrganizationOfficer],
        Act::Offer | Act::Take => vec![OrganizationOfficer],
        Act::Status => OWN.to_vec(),
        Act::Summary => [ROWS, &[SummaryReader]].concat(),
        Act::Record | Act::Activate | Act::Void | Act::Open | Act::Decide => vec![OrganizationOfficer],
        Act::OwnRecord | Act::OwnCopy => vec![Cadre],
        Act::Corrections => vec![OrganizationOfficer, OrganizationLeader, Cadre],
        Act::Accounts => vec![SystemAdmin, SecurityAdmin],
        Act::UpdateAccount => vec![SystemAdmin],
        Act::Grant | Act::Explain => vec![SecurityAdmin],
        Act::AccessLog => vec![AuditAdmin, Cadre],
        Act::Audit => vec![AuditAdmin],
        Act::Propose => vec![OrganizationOfficer, UnitOfficer],
        Act::Confirm => vec![OrganizationLeader],
        Act::Contact => vec![OrganizationOfficer, UnitOfficer, Mentor],
    }
}

/// Somebody, narrowed to an act: the grants that count for it.
#[derive(Clone)]
pub struct Lens<'r> {
    raw: &'r Raw,
    act: Act,
    held: Vec<(Role, OrganizationId, Option<ManagementAuthority>)>,
    /// The lowest ceiling of the grants that count.
    ceiling: SecrecyLevel,
    person: Option<CadreId>,
    lifted: Lifted,
}

/// What of a refusal is lifted, to tell which rule refuses.
#[derive(Clone, Copy, Default)]
pub struct Lifted {
    tier: bool,
    secrecy: bool,
    disclosure: bool,
}

impl Lens<'_> {
    /// Whether a grant of one of these roles covers an organization.
    pub fn reaches(&self, roles: &[Role], organization: OrganizationId) -> bool {
        self.held.iter().any(|(role, top, _)| roles.contains(role) && self.raw.within(organization, *top))
    }

    /// Whether a grant of one of these roles covers a person: the unit, and who manages the person. A grant of a tier
    /// covers those managed there or lower, and those whom nobody manages.
    fn keeps(&self, roles: &[Role], row: &cadre::Model) -> bool {
        self.covers(roles, row.organization_id, row)
    }

    /// The same, as if the person were kept at an organization.
    fn covers(&self, roles: &[Role], at: OrganizationId, row: &cadre::Model) -> bool {
        self.held.iter().any(|(role, top, tier)| {
            let lower = match (tier, row.management_authority) {
                _ if self.lifted.tier => true,
                (None, _) | (_, None) => true,
                (Some(tier), Some(by)) => rank(by) >= rank(*tier),
            };
            lower && roles.contains(role) && self.raw.within(at, *top)
        })
    }

    /// Whether a record is up to the ceiling, or one's own.
    fn cleared(&self, row: &cadre::Model) -> bool {
        self.lifted.secrecy || secret(row.secrecy_level) <= secret(self.ceiling) || self.is_me(OWN, row.id)
    }

    /// Whether counts of an organization lie below all grants to count, and beyond all that read rows.
    pub fn counts_below_grants(&self, organization: OrganizationId) -> bool {
        let granted = |(role, top, _): &(Role, OrganizationId, _)| *role == SummaryReader && *top == organization;
        self.reaches(&[SummaryReader], organization)
            && !self.held.iter().any(granted)
            && !self.reaches(ROWS, organization)
    }

    /// Whether none of these roles is held here.
    pub fn lacks(&self, roles: &[Role]) -> bool {
        !self.held.iter().any(|(role, ..)| roles.contains(role))
    }

    /// Whether one of these roles is held here by this very person.
    fn is_me(&self, roles: &[Role], person: CadreId) -> bool {
        self.person == Some(person) && !self.lacks(roles)
    }

    /// Oneself, or somebody met in an own pair that runs: neither a proposal nor history shows anybody.
    fn meets(&self, person: CadreId) -> bool {
        let runs = |it: &&mentoring_pair::Model| matches!(it.state, PairState::Active | PairState::Suspended);
        let pairs = || self.raw.pairs.iter().filter(runs).filter(|it| self.raw.takes_part(it.id, person));
        let present = |it: &&pair_part::Model| it.left_on.is_none() && self.is_me(OWN, it.cadre_id);
        let mine = |pair: PairId| self.raw.parts.iter().filter(present).any(|it| it.pair_id == pair);
        self.is_me(OWN, person) || pairs().any(|it| mine(it.id))
    }

    /// Within what a grant reaches; for a mentor or cadre, where those work whom they meet.
    pub fn organization(&self, row: &organization::Model) -> bool {
        let reaching = [ROWS, &[SummaryReader, SystemAdmin, SecurityAdmin]].concat();
        let met = |it: &&cadre::Model| self.meets(it.id) && self.cleared(it);
        let works = || self.raw.cadres.iter().filter(met).any(|it| it.organization_id == row.id);
        self.reaches(&reaching, row.id) || works()
    }

    /// The record: of the reached subtree, or one's own. The card goes further: to those met in an own pair, and to
    /// those who keep a pool or pair that the person is in.
    pub fn cadre(&self, row: &cadre::Model) -> bool {
        let record = self.keeps(ROWS, row) || self.is_me(&[Cadre], row.id);
        let in_kept_pool = || {
            let mut own = self.raw.memberships.iter().filter(|it| it.cadre_id == row.id);
            own.any(|it| self.reaches(ROWS, self.raw.pool(it.pool_id).organization_id))
        };
        let in_kept_pair = || {
            let mut own = self.raw.parts.iter().filter(|it| it.cadre_id == row.id);
            own.any(|it| self.reaches(ROWS, self.raw.pair(it.pair_id).organization_id))
        };
        let card = self.act == Act::Cards && (self.meets(row.id) || in_kept_pool() || in_kept_pair());
        let offered = matches!(self.act, Act::Cards | Act::Take) && self.is_offered(row);
        (record || card || offered) && self.cleared(row)
    }

    /// Whether somebody is offered to an organization within reach, while that is open.
    fn is_offered(&self, row: &cadre::Model) -> bool {
        let mut open =
            self.raw.transfers.iter().filter(|it| it.cadre_id == row.id && it.state == TransferState::Offered);
        open.any(|it| self.covers(DECIDING, it.to_id, row))
    }

    /// A move: of one of its two sides, or done and of a record that one sees. Of nobody above the ceiling.
    pub fn transfer(&self, row: &cadre_transfer::Model) -> bool {
        let person = self.raw.cadre(row.cadre_id);
        let side = [row.from_id, row.to_id].into_iter().any(|at| self.covers(DECIDING, at, person));
        let seen = || self.keeps(ROWS, person) || self.is_me(&[Cadre], person.id);
        (side || row.state == TransferState::Completed && seen()) && self.cleared(person)
    }

    fn disclosed(&self, so: bool) -> bool {
        so || self.lifted.disclosure
    }

    /// Kept within reach; disclosed to units below the keeper; disclosed to the person who is in it.
    pub fn pool(&self, row: &reserve_pool::Model) -> bool {
        let to_unit = || {
            let mut units = self.held.iter().filter(|(role, ..)| *role == UnitOfficer);
            self.disclosed(row.disclosure != Disclosure::Confidential)
                && units.any(|(_, unit, _)| self.raw.within(*unit, row.organization_id))
        };
        let to_me = || {
            let mut members = self.raw.memberships.iter().filter(|it| it.pool_id == row.id);
            self.disclosed(row.disclosure == Disclosure::Person) && members.any(|it| self.is_me(&[Cadre], it.cadre_id))
        };
        self.reaches(ROWS, row.organization_id) || to_unit() || to_me()
    }

    /// Of a pool kept within reach; disclosed and of the unit's people; disclosed and one's own. Of nobody above the
    /// ceiling.
    pub fn membership(&self, row: &pool_membership::Model) -> bool {
        let pool = self.raw.pool(row.pool_id);
        let member = self.raw.cadre(row.cadre_id);
        let to_unit = self.disclosed(pool.disclosure != Disclosure::Confidential) && self.keeps(&[UnitOfficer], member);
        let to_me = self.disclosed(pool.disclosure == Disclosure::Person) && self.is_me(&[Cadre], row.cadre_id);
        (self.reaches(ROWS, pool.organization_id) || to_unit || to_me) && self.cleared(member)
    }

    /// Kept within reach, with people of the unit in it, or one's own until one leaves it. With nobody above the ceiling in
    /// it.
    pub fn pair(&self, row: &mentoring_pair::Model) -> bool {
        let with = |part: &pair_part::Model| {
            let mine = self.is_me(OWN, part.cadre_id) && part.left_on.is_none();
            self.keeps(&[UnitOfficer], self.raw.cadre(part.cadre_id)) || mine
        };
        let parts = || self.raw.parts.iter().filter(|it| it.pair_id == row.id);
        let all_cleared = parts().all(|it| self.cleared(self.raw.cadre(it.cadre_id)));
        (self.reaches(ROWS, row.organization_id) || parts().any(with)) && all_cleared
    }

    /// The pools, tiers and memberships that the filter by pool or tier looks through.
    pub fn pooled(&self, row: &pool_membership::Model, tier: bool) -> bool {
        self.membership(row) && (!tier || self.pool(self.raw.pool(row.pool_id)))
    }

    /// Whether a person may be counted, and whether the record may be seen besides.
    pub fn counts(&self, row: &cadre::Model) -> (bool, bool) {
        let seen = self.keeps(ROWS, row) && self.cleared(row);
        (seen || self.keeps(&[SummaryReader], row) && self.cleared(row), seen)
    }
}

/// Lower is higher up.
fn rank(tier: ManagementAuthority) -> u8 {
    match tier {
        ManagementAuthority::Central => 1,
        ManagementAuthority::Provincial => 2,
        ManagementAuthority::Municipal => 3,
        ManagementAuthority::County => 4,
    }
}

/// Higher is more secret.
fn secret(level: SecrecyLevel) -> u8 {
    match level {
        SecrecyLevel::Public => 0,
        SecrecyLevel::Internal => 1,
        SecrecyLevel::Confidential => 2,
        SecrecyLevel::Secret => 3,
        SecrecyLevel::TopSecret => 4,
    }
}
