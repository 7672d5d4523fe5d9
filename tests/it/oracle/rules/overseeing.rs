//! Who may see accounts, grants, the trail and the access log, and why somebody may not see a row.

use entity::{
    access_log, account, account_grant, audit_change, audit_event, cadre,
    id::{AccountId, Key, OrganizationId},
    kind::{
        AccountState,
        Role::{AuditAdmin, Cadre, SecurityAdmin, SystemAdmin},
    },
    mentoring_pair, organization, pool_membership, reserve_pool,
};

use super::{Act, Lens, Lifted, Raw, secret};

/// Who administer accounts.
const ADMINISTERING: &[entity::kind::Role] = &[SystemAdmin, SecurityAdmin];

/// A row that access can be explained of.
#[derive(Clone, Copy)]
pub enum Explained<'r> {
    Organization(&'r organization::Model),
    Cadre(&'r cadre::Model),
    Pool(&'r reserve_pool::Model),
    Membership(&'r pool_membership::Model),
    Pair(&'r mentoring_pair::Model),
}

impl Explained<'_> {
    /// Where the row is kept; a membership is kept where its pool is.
    fn kept(&self, raw: &Raw) -> OrganizationId {
        match self {
            Self::Organization(row) => row.id,
            Self::Cadre(row) => row.organization_id,
            Self::Pool(row) => row.organization_id,
            Self::Membership(row) => raw.pool(row.pool_id).organization_id,
            Self::Pair(row) => row.organization_id,
        }
    }

    fn exists(&self, lens: &Lens<'_>) -> bool {
        match self {
            Self::Organization(row) => lens.organization(row),
            Self::Cadre(row) => lens.cadre(row),
            Self::Pool(row) => lens.pool(row),
            Self::Membership(row) => lens.membership(row),
            Self::Pair(row) => lens.pair(row),
        }
    }
}

impl Lens<'_> {
    /// Grants within reach.
    pub fn grant(&self, row: &account_grant::Model) -> bool {
        self.reaches(ADMINISTERING, row.organization_id)
    }

    /// Accounts that belong within reach, or hold or held a grant there; to change one it must belong there.
    pub fn account(&self, row: &account::Model) -> bool {
        let belongs = row.organization_id.is_some_and(|at| self.reaches(ADMINISTERING, at));
        let holds = || self.raw.grants.iter().any(|it| it.account_id == row.id && self.grant(it));
        belongs || (self.act != Act::UpdateAccount && holds())
    }

    /// Readings of people whose record is within reach, and of oneself.
    pub fn reading(&self, row: &access_log::Model) -> bool {
        let person = self.raw.cadre(row.cadre_id);
        (self.keeps(&[AuditAdmin], person) && self.cleared(person)) || self.is_me(&[Cadre], person.id)
    }

    /// Every organization is within reach.
    fn oversees_all(&self) -> bool {
        self.raw.organizations.iter().all(|it| self.reaches(&[AuditAdmin], it.id))
    }

    fn grants_of(&self, account: Option<AccountId>) -> impl Iterator<Item = &account_grant::Model> {
        self.raw.grants.iter().filter(move |it| Some(it.account_id) == account)
    }

    /// Acts of accounts that hold, or ever held, a grant within reach; all of them to who oversees everything.
    pub fn act(&self, row: &audit_event::Model) -> bool {
        self.oversees_all() || self.grants_of(row.account_id).any(|it| self.reaches(&[AuditAdmin], it.organization_id))
    }

    /// What an act changed: not where the account ever held a grant elsewhere or above the ceiling, not of a record above
    /// the ceiling, and nothing to who has a tier.
    pub fn change(&self, act: &audit_event::Model, row: &audit_change::Model) -> bool {
        let elsewhere = || self.grants_of(act.account_id).any(|it| !self.reaches(&[AuditAdmin], it.organization_id));
        let higher = self.grants_of(act.account_id).any(|it| secret(it.secrecy_ceiling) > secret(self.ceiling));
        let above = self.raw.cadres.iter().any(|it| it.id.uuid() == row.row_id && !self.cleared(it));
        let tiered = self.held.iter().any(|(_, _, tier)| tier.is_some());
        self.act(act) && (self.oversees_all() || !elsewhere()) && !higher && !above && !tiered
    }

    /// Why an account may not perform an act on a row, to who administers it.
    pub fn verdict(&self, account: &account::Model, act: Act, row: Explained<'_>) -> &'static str {
        if account.state == AccountState::Closed {
            return "ACCOUNT_CLOSED";
        }
        if !self.reaches(&[SecurityAdmin], row.kept(self.raw)) {
            return "UNKNOWN_ROW";
        }
        let Some(theirs) = self.raw.lens(account.id, act) else { return "NO_GRANT" };
        let none = Lifted::default();
        let tries = [
            (none, "ALLOWED"),
            (Lifted { tier: true, ..none }, "TIER"),
            (Lifted { secrecy: true, ..none }, "SECRECY"),
            (Lifted { disclosure: true, ..none }, "DISCLOSURE"),
            (Lifted { tier: true, secrecy: true, disclosure: true }, "TIER"),
        ];
        let first = tries.iter().find(|(lifted, _)| row.exists(&Lens { lifted: *lifted, ..theirs.clone() }));
        first.map_or("OUT_OF_REACH", |(_, verdict)| verdict)
    }
}
