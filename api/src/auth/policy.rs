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
pub const VERSION: u32 = 8;

/// Whether which rows there are for an act depends on the account itself, not only on its grants and person. Answers to
/// others are shared by all whose grants are the same.
pub fn of_the_account(action: Action) -> bool {
    use Action::*;
    matches!(
        action,
        MeRead
            | AccountRead
            | GrantCreate
            | GrantRevoke
            | AccessExplain
            | ImportUpload
            | RosterImport
            | ImportRead
            | RosterExport
            | PoolExport
            | ExportRead
            | FormImport
            | FormExport
    )
}

/// Whether a role may perform an act. Who administers organizations keeps the tree, and others what stands in it. A
/// unit's officer keeps the unit's people, and does not decide about them: sanctions are not for that office.
pub fn allows(role: Role, action: Action) -> bool {
    use Action::*;
    match action {
        MeRead | NodeRead | RateLimitRead | CodeSetRead => true,
        OrganizationRead => !matches!(role, AuditAdmin),
        AccountCreate | AccountUpdate | OrganizationCreate | OrganizationUpdate | OrganizationRename
        | OrganizationMove | OrganizationMerge | OrganizationSplit | OrganizationClose => matches!(role, SystemAdmin),
        CadreRead | PoolRead => {
            matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | Cadre)
        }
        CadreCardRead | PairRead => {
            matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | Mentor | Cadre)
        }
        StatusRead => matches!(role, Mentor | Cadre),
        SummaryRead => matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | SummaryReader),
        SanctionRead | CorrectionRead => {
            matches!(role, OrganizationOfficer | OrganizationLeader | Cadre)
        }
        IdentityLookUp | CadreFactRecord | CadreFactVoid => matches!(role, OrganizationOfficer),
        CadreCreate | CadreUpdate | DeclaredFactRecord => role == OrganizationOfficer,
        CadreTransfer | CadreTransferOffer | CadreTransferDecide => role == OrganizationOfficer,
        CadreTransferRead => matches!(role, OrganizationOfficer | OrganizationLeader),
        ImportUpload | RosterImport | ImportRead => role == OrganizationOfficer,
        RosterExport | PoolExport | ExportRead | FormImport | FormExport => role == OrganizationOfficer,
        // Below a place everybody may read by what they are judged, and how it comes out for themselves.
        EligibilityRead => matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | Cadre),
        DeclaredFactRead => matches!(role, OrganizationOfficer | OrganizationLeader | Cadre),
        CriterionWaive => matches!(role, OrganizationOfficer | OrganizationLeader),
        PolicyRead | DutyRead | DutySubmit => {
            matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | Mentor | Cadre)
        }
        DutyDecide => matches!(role, OrganizationOfficer | OrganizationLeader),
        TalkRead | TalkRequest | PortraitRead => {
            matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer | Cadre)
        }
        TalkRecord => matches!(role, OrganizationOfficer | UnitOfficer),
        TargetRead | PairMatch => matches!(role, OrganizationOfficer | OrganizationLeader | UnitOfficer),
        PolicyDraft => role == OrganizationOfficer,
        PolicyPublish => role == OrganizationLeader,
        MembershipPropose | PairPropose => matches!(role, OrganizationOfficer | UnitOfficer),
        MembershipConfirm | MembershipWarn | MembershipMove | MembershipExit | MembershipDeploy => {
            matches!(role, OrganizationLeader)
        }
        PairSuspend | PairResume | PairComplete | PairEnd | PairReplace | PairPartEnd | PairCapacitySet
        | KinDeclare | KinEnd => matches!(role, OrganizationOfficer),
        PostCreate | PostUpdate | PoolCreate | PoolUpdate | PairActivate | SensitiveOpen => role == OrganizationOfficer,
        PairPlanSave => matches!(role, OrganizationOfficer | Mentor),
        PairEvaluate => matches!(role, OrganizationOfficer | Mentor | Cadre),
        AuditRead => matches!(role, AuditAdmin),
        AccessLogRead => matches!(role, AuditAdmin | Cadre),
        ContactRecord => matches!(role, OrganizationOfficer | UnitOfficer | Mentor),
        AccountRead => matches!(role, SystemAdmin | SecurityAdmin),
        AccountLink | CorrectionDecide => matches!(role, OrganizationOfficer),
        GrantCreate | GrantRevoke | AccessExplain => matches!(role, SecurityAdmin),
        OwnRecordRead | OwnRecordExport | CorrectionRequest => matches!(role, Cadre),
        // An act of a job is no person's, whatever the role.
        SignIn | TokenRefresh | TokenRevoke | SecretSet | AccountGrant | SealedRenew | ImportKeep | DemoLoad
        | DutyRound => false,
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
    /// The daily round over what is due.
    DutyRound,
}

impl Job {
    /// Every job.
    pub const ALL: &'static [Self] =
        &[Self::RosterImport, Self::DemoLoad, Self::SignIn, Self::Operator, Self::Resealing, Self::DutyRound];

    /// Its name in the audit trail.
    pub const fn text(self) -> &'static str {
        match self {
            Self::RosterImport => "JOB_ROSTER_IMPORT",
            Self::DemoLoad => "JOB_DEMO_LOAD",
            Self::SignIn => "JOB_SIGN_IN",
            Self::Operator => "JOB_OPERATOR",
            Self::Resealing => "JOB_RESEALING",
            Self::DutyRound => "JOB_DUTY_ROUND",
        }
    }

    /// Whether a job may perform an act.
    pub const fn allows(self, action: Action) -> bool {
        match self {
            Self::RosterImport => {
                matches!(action, Action::RosterImport | Action::ImportKeep | Action::OrganizationRead)
            }
            Self::DemoLoad => matches!(action, Action::DemoLoad | Action::OrganizationRead),
            Self::SignIn => matches!(action, Action::SignIn | Action::TokenRefresh | Action::TokenRevoke),
            Self::Operator => {
                matches!(action, Action::SecretSet | Action::AccountGrant | Action::OrganizationRead)
            }
            Self::Resealing => matches!(action, Action::SealedRenew),
            Self::DutyRound => matches!(action, Action::DutyRead | Action::DutyRound),
        }
    }
}
