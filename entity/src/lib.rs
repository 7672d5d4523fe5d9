//! Tables as Rust. This crate knows no role, no GraphQL and no connection.
//!
//! `tables!` below is the one list of all entities: a noun that is missing there cannot pass the door.

#![warn(missing_docs)]

pub mod id;
pub mod iso;
pub mod kind;
pub mod partial_date;
pub mod told;

pub mod access_log;
pub mod account;
pub mod account_credential;
pub mod account_factor;
pub mod account_grant;
pub mod assessment;
pub mod audit_change;
pub mod audit_digest;
pub mod audit_event;
pub mod award;
pub mod cadre;
pub mod cadre_scope;
pub mod cadre_sealed;
pub mod cadre_tally;
pub mod cadre_transfer;
pub mod correction_request;
pub mod criterion_waiver;
pub mod declared_fact;
pub mod duty_entry;
pub mod duty_step;
pub mod education;
pub mod experience;
pub mod export;
pub mod idempotency_record;
pub mod import;
pub mod import_finding;
pub mod import_row;
pub mod import_run;
pub mod job_round;
pub mod kin_declaration;
pub mod level_period;
pub mod membership_step;
pub mod mentoring_pair;
pub mod organization;
pub mod organization_closure;
pub mod organization_event;
pub mod outbox;
pub mod pair_capacity;
pub mod pair_contact;
pub mod pair_evaluation;
pub mod pair_part;
pub mod pair_step;
pub mod policy_edition;
pub mod pool_division;
pub mod pool_membership;
pub mod pool_tier;
pub mod post;
pub mod post_assignment;
pub mod professional_title;
pub mod rank_period;
pub mod refresh_token;
pub mod reserve_pool;
pub mod resume_entry;
pub mod revoked_token;
pub mod sanction;
pub mod talk;
pub mod talk_issue;
pub mod training;
pub mod upload;
pub mod upload_part;

use sea_orm::{EntityTrait, IntoActiveModel, PrimaryKeyTrait, TryIntoModel};
use serde::Serialize;

/// A table that can be read through the door: it has a typed key.
pub trait Noun:
    EntityTrait<
        Model: Row<Key = Self::Key> + IntoActiveModel<Self::ActiveModel>,
        ActiveModel: TryIntoModel<Self::Model>,
        PrimaryKey: PrimaryKeyTrait<ValueType = Self::Key>,
    >
{
    /// The typed key.
    type Key: id::Key + Into<sea_orm::Value>;
    /// The table in the list of all tables.
    const TABLE: Table;
    /// The key's column.
    const ID: Self::Column;
}

/// A table that the door keeps: it has a version too, and every change of a row is audited.
pub trait Kept: Noun<Model: Versioned> {
    /// The version's column.
    const VERSION: Self::Column;
}

/// A row with a typed key.
pub trait Row: Serialize + Clone + Send + Sync {
    /// The typed key.
    type Key: id::Key;
    /// The row's key.
    fn key(&self) -> Self::Key;
}

/// A row of a kept table.
pub trait Versioned: Row {
    /// The row's version.
    fn version(&self) -> i32;
}

macro_rules! nouns {
    ($($module:ident as $variant:ident by $key:ident,)+) => { $(
        impl Noun for $module::Entity {
            type Key = id::$key;
            const TABLE: Table = Table::$variant;
            const ID: $module::Column = $module::Column::Id;
        }
        impl Row for $module::Model {
            type Key = id::$key;
            fn key(&self) -> id::$key { self.id }
        }
    )+ };
}

macro_rules! tables {
    (
        kept { $($kept:ident as $variant:ident by $key:ident,)+ }
        appended { $($appended:ident as $entry:ident by $entry_key:ident,)+ }
        internal { $($internal:ident as $other:ident,)+ }
    ) => {
        /// Every table, by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Table { $(
            #[doc = concat!("`", stringify!($kept), "`")] $variant,)+ $(
            #[doc = concat!("`", stringify!($appended), "`")] $entry,)+ $(
            #[doc = concat!("`", stringify!($internal), "`")] $other,)+
        }

        impl Table {
            /// Every table.
            pub const ALL: &'static [Table] = &[$(Table::$variant,)+ $(Table::$entry,)+ $(Table::$other,)+];

            /// The tables whose rows are versioned and audited.
            pub const KEPT: &'static [Table] = &[$(Table::$variant,)+];

            /// The table's name in the database.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Table::$variant => stringify!($kept),)+
                    $(Table::$entry => stringify!($appended),)+
                    $(Table::$other => stringify!($internal),)+
                }
            }

            /// The table of a name.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($kept) => Some(Table::$variant),)+
                    $(stringify!($appended) => Some(Table::$entry),)+
                    $(stringify!($internal) => Some(Table::$other),)+
                    _ => None,
                }
            }
        }

        nouns! { $($kept as $variant by $key,)+ $($appended as $entry by $entry_key,)+ }

        $(impl Kept for $kept::Entity {
            const VERSION: $kept::Column = $kept::Column::Version;
        }
        impl Versioned for $kept::Model {
            fn version(&self) -> i32 { self.version }
        })+

        /// Calls `$visit!(module)` for every table: how a test walks all entities without a list of its own.
        #[macro_export]
        macro_rules! each_table {
            ($visit:ident) => { $($visit!($kept);)+ $($visit!($appended);)+ $($visit!($internal);)+ };
        }
    };
}

tables! {
    kept {
        organization as Organization by OrganizationId,
        organization_event as OrganizationEvent by OrganizationEventId,
        post as Post by PostId,
        account as Account by AccountId,
        account_grant as AccountGrant by GrantId,
        account_credential as AccountCredential by CredentialId,
        account_factor as AccountFactor by FactorId,
        refresh_token as RefreshToken by RefreshTokenId,
        revoked_token as RevokedToken by RevocationId,
        cadre as Cadre by CadreId,
        cadre_sealed as CadreSealed by SealedId,
        cadre_transfer as CadreTransfer by TransferId,
        post_assignment as PostAssignment by PostAssignmentId,
        level_period as LevelPeriod by LevelPeriodId,
        rank_period as RankPeriod by RankPeriodId,
        education as Education by EducationId,
        professional_title as ProfessionalTitle by ProfessionalTitleId,
        assessment as Assessment by AssessmentId,
        experience as Experience by ExperienceId,
        training as Training by TrainingId,
        award as Award by AwardId,
        sanction as Sanction by SanctionId,
        resume_entry as ResumeEntry by ResumeEntryId,
        policy_edition as PolicyEdition by PolicyEditionId,
        declared_fact as DeclaredFact by DeclaredFactId,
        criterion_waiver as CriterionWaiver by CriterionWaiverId,
        duty_entry as DutyEntry by DutyEntryId,
        duty_step as DutyStep by DutyStepId,
        talk as Talk by TalkId,
        talk_issue as TalkIssue by TalkIssueId,
        reserve_pool as ReservePool by PoolId,
        pool_tier as PoolTier by PoolTierId,
        pool_division as PoolDivision by PoolDivisionId,
        pool_membership as PoolMembership by PoolMembershipId,
        membership_step as MembershipStep by MembershipStepId,
        mentoring_pair as MentoringPair by PairId,
        pair_part as PairPart by PairPartId,
        pair_contact as PairContact by PairContactId,
        pair_step as PairStep by PairStepId,
        pair_evaluation as PairEvaluation by PairEvaluationId,
        pair_capacity as PairCapacity by PairCapacityId,
        kin_declaration as KinDeclaration by KinDeclarationId,
        correction_request as CorrectionRequest by CorrectionId,
        import as Import by ImportId,
        import_row as ImportRow by ImportRowId,
        upload as Upload by UploadId,
        upload_part as UploadPart by UploadPartId,
        import_run as ImportRun by ImportRunId,
        import_finding as ImportFinding by ImportFindingId,
        export as Export by ExportId,
    }
    appended {
        audit_event as AuditEvent by AuditEventId,
        audit_change as AuditChange by AuditChangeId,
        access_log as AccessLog by AccessLogId,
    }
    internal {
        organization_closure as OrganizationClosure,
        cadre_scope as CadreScope,
        cadre_tally as CadreTally,
        audit_digest as AuditDigest,
        idempotency_record as IdempotencyRecord,
        job_round as JobRound,
        outbox as Outbox,
    }
}
