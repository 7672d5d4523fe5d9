//! May this role perform this act at all? Which rows it then meets is the row policies' business.
//!
//! Both matches are exhaustive over `Action`: an act without an arm does not compile. The whole table stands, generated
//! and reviewed, in `tests/it/policy-matrix.txt`.

use entity::kind::Role::{
    self, AuditAdmin, Cadre, Mentor, OrganizationLeader, OrganizationOfficer, SecurityAdmin, SummaryReader,
    SystemAdmin, UnitOfficer,
};

use crate::error::Action;

/// Bumped when an arm or a row policy changes meaning, so that answers remembered under the old one die.
pub const VERSION: u32 = 4;

/// Whether a role may perform an act.
pub fn allows(role: Role, action: Action) -> bool {
    match action {
        Action::MeRead | Action::NodeRead | Action::CodeSetRead => true,
        Action::OrganizationRead => !matches!(role, AuditAdmin),
        // Who administers organizations keeps the tree; what stands in it others keep.
        Action::OrganizationCreate
        | Action::OrganizationUpdate
        | Action::OrganizationRename
        | Action::OrganizationMove
        | Action::OrganizationMerge
        | Action::OrganizationSplit
        | Action::OrganizationClose => matches!(role, SystemAdmin),
        Action::CadreRead => matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | Cadre),
        Action::CadreCardRead | Action::PairRead => {
            matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | Mentor | Cadre)
        }
        Action::PoolRead => matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | Cadre),
        Action::StatusRead => matches!(role, Mentor | Cadre),
        Action::SummaryRead => matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | SummaryReader),
        // A unit's officer keeps the unit's people, but does not decide about them.
        Action::SanctionRead => matches!(role, OrganizationOfficer | OrganizationLeader | Cadre),
        Action::IdentityLookUp | Action::CadreFactRecord | Action::CadreFactVoid => matches!(role, OrganizationOfficer),
        Action::CadreCreate | Action::CadreUpdate | Action::RosterImport => matches!(role, OrganizationOfficer),
        Action::MembershipPropose | Action::PairPropose => matches!(role, OrganizationOfficer | UnitOfficer),
        Action::MembershipConfirm
        | Action::MembershipWarn
        | Action::MembershipMove
        | Action::MembershipExit
        | Action::MembershipDeploy => matches!(role, OrganizationLeader),
        Action::PostCreate | Action::PostUpdate | Action::PoolCreate | Action::PoolUpdate => {
            matches!(role, OrganizationOfficer)
        }
        Action::PairActivate | Action::SensitiveOpen => matches!(role, OrganizationOfficer),
        Action::AuditRead => matches!(role, AuditAdmin),
        Action::AccessLogRead => matches!(role, AuditAdmin | Cadre),
        Action::ContactRecord => matches!(role, OrganizationOfficer | UnitOfficer | Mentor),
        Action::AccountRead => matches!(role, SystemAdmin | SecurityAdmin),
        Action::AccountCreate | Action::AccountUpdate => matches!(role, SystemAdmin),
        Action::AccountLink | Action::CorrectionDecide => matches!(role, OrganizationOfficer),
        Action::GrantCreate | Action::GrantRevoke | Action::AccessExplain => matches!(role, SecurityAdmin),
        Action::OwnRecordRead | Action::OwnRecordExport | Action::CorrectionRequest => matches!(role, Cadre),
        Action::CorrectionRead => matches!(role, OrganizationOfficer | OrganizationLeader | Cadre),
        // An act of a job is no person's, whatever the role.
        Action::SignIn
        | Action::TokenRefresh
        | Action::TokenRevoke
        | Action::SecretSet
        | Action::AccountGrant
        | Action::SealedRenew
        | Action::DemoLoad => false,
    }
}

/// The roles that may perform an act.
pub fn roles(action: Action) -> Vec<Role> {
    Role::ALL.iter().filter(|role| allows(**role, action)).copied().collect()
}

/// What runs without a person behind a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Job {
    /// A roster imported by the command line.
    RosterImport,
    /// The synthetic county, loaded once into an empty demo.
    DemoLoad,
    /// The endpoints of signing in, before there is a session.
    SignIn,
    /// The command line of whoever runs the server.
    Operator,
    /// Sealing anew after a rotation of the field key.
    Resealing,
}

impl Job {
    /// Every job.
    pub const ALL: &'static [Self] =
        &[Self::RosterImport, Self::DemoLoad, Self::SignIn, Self::Operator, Self::Resealing];

    /// Its name in the audit trail.
    pub const fn text(self) -> &'static str {
        match self {
            Self::RosterImport => "JOB_ROSTER_IMPORT",
            Self::DemoLoad => "JOB_DEMO_LOAD",
            Self::SignIn => "JOB_SIGN_IN",
            Self::Operator => "JOB_OPERATOR",
            Self::Resealing => "JOB_RESEALING",
        }
    }

    /// Whether a job may perform an act.
    pub const fn allows(self, action: Action) -> bool {
        match self {
            Self::RosterImport => matches!(action, Action::RosterImport | Action::OrganizationRead),
            Self::DemoLoad => matches!(action, Action::DemoLoad | Action::OrganizationRead),
            Self::SignIn => matches!(action, Action::SignIn | Action::TokenRefresh | Action::TokenRevoke),
            Self::Operator => {
                matches!(action, Action::SecretSet | Action::AccountGrant | Action::OrganizationRead)
            }
            Self::Resealing => matches!(action, Action::SealedRenew),
        }
    }
}
