//! Typed keys. Every row is named by a UUIDv7 in a newtype of its noun, so a pool's key never passes for a cadre's.

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What every typed key can do: the door handles keys of all nouns alike.
pub trait Key: Copy + Eq + Send + Sync + 'static {
    /// The noun as it stands in a global id, such as `cadre`.
    const NOUN: &'static str;
    /// The bare key.
    fn uuid(self) -> Uuid;
    /// A typed key from a bare one.
    fn from_uuid(uuid: Uuid) -> Self;
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident = $noun:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh key; keys made later sort later.
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Key for $name {
            const NOUN: &'static str = $noun;
            fn uuid(self) -> Uuid {
                self.0
            }
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        /// The ORM asks for it of every key; ours are never counted up by a database.
        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64($noun))
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }
    )+};
}

keys! {
    /// An organization, from a province down to an internal unit.
    OrganizationId = "organization";
    /// Something that happened to an organization.
    OrganizationEventId = "organization_event";
    /// A post of an organization.
    PostId = "post";
    /// A person in the registry.
    CadreId = "cadre";
    /// One dated post of a cadre.
    PostAssignmentId = "post_assignment";
    /// One dated position level of a cadre.
    LevelPeriodId = "level_period";
    /// A dated fact of any kind: the key of a row in one of the tables of facts.
    FactId = "fact";
    /// One dated rank of a cadre.
    RankPeriodId = "rank_period";
    /// One course of education or degree of a cadre.
    EducationId = "education";
    /// One professional title of a cadre.
    ProfessionalTitleId = "professional_title";
    /// One assessment of a cadre.
    AssessmentId = "assessment";
    /// One stretch of experience of a cadre.
    ExperienceId = "experience";
    /// One training of a cadre.
    TrainingId = "training";
    /// One award of a cadre.
    AwardId = "award";
    /// One sanction of a cadre.
    SanctionId = "sanction";
    /// One line of a cadre's résumé.
    ResumeEntryId = "resume_entry";
    /// A sealed value of a cadre.
    SealedId = "cadre_sealed";
    /// A move of a person to another organization.
    TransferId = "cadre_transfer";
    /// One edition of a policy.
    PolicyEditionId = "policy_edition";
    /// A fact that a policy declares.
    DeclaredFactId = "declared_fact";
    /// That a criterion passes for a person.
    CriterionWaiverId = "criterion_waiver";
    /// What was done about a due item.
    DutyEntryId = "duty_entry";
    /// What time made of a due item.
    DutyStepId = "duty_step";
    /// A talk.
    TalkId = "talk";
    /// A matter raised in a talk.
    TalkIssueId = "talk_issue";
    /// A reserve pool.
    PoolId = "reserve_pool";
    /// A tier of a reserve pool.
    PoolTierId = "pool_tier";
    /// A track, category or maturity of a reserve pool.
    PoolDivisionId = "pool_division";
    /// A step of a membership.
    MembershipStepId = "membership_step";
    /// A person's membership of a pool.
    PoolMembershipId = "pool_membership";
    /// A mentoring pair.
    PairId = "mentoring_pair";
    /// A person's part in a mentoring pair.
    PairPartId = "pair_part";
    /// A contact held within a pair.
    PairContactId = "pair_contact";
    /// A step of a mentoring pair.
    PairStepId = "pair_step";
    /// What one side says of a mentoring pair.
    PairEvaluationId = "pair_evaluation";
    /// How many pairs one person may have under an organization.
    PairCapacityId = "pair_capacity";
    /// That two persons are kin.
    KinDeclarationId = "kin_declaration";
    /// Somebody who may sign in.
    AccountId = "account";
    /// A role on an organization subtree for a time.
    GrantId = "grant";
    /// What an account signs in with.
    CredentialId = "account_credential";
    /// The second factor of an account.
    FactorId = "account_factor";
    /// A refresh token.
    RefreshTokenId = "refresh_token";
    /// The revocation of a token or family.
    RevocationId = "revoked_token";
    /// A request to correct one's record.
    CorrectionId = "correction_request";
    /// One import of a roster.
    ImportId = "import";
    /// One file that went out.
    ExportId = "export";
    /// One row of an imported file.
    ImportRowId = "import_row";
    /// A file that comes in.
    UploadId = "upload";
    /// One part of a file that came in.
    UploadPartId = "upload_part";
    /// One run of an import.
    ImportRunId = "import_run";
    /// One finding of a run.
    ImportFindingId = "import_finding";
    /// One act in the audit trail.
    AuditEventId = "audit_event";
    /// One changed row in the audit trail.
    AuditChangeId = "audit_change";
    /// One sensitive value of a person that was opened.
    AccessLogId = "access_log";
}
