//! Everything that can go wrong, as the client may know it, and the acts that a policy may forbid.
//!
//! `Error` has no `Display`, on purpose: async-graphql turns any `Display` into client text through `?`. Without it the
//! only way out is `From<Error>` at the end of this file, which gives each variant a code and keeps causes on our side.

use std::{error::Error as StdError, sync::Arc};

use async_graphql::{ErrorExtensionValues, Name, Value};
use serde::Serialize;

/// The result of everything below the resolvers.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Clone, Debug)]
pub enum Error {
    /// No valid token, or an account that may not act.
    Unauthenticated,
    /// The act is not among what the caller's grants allow. Said of acts, never of rows.
    Forbidden(Action),
    /// As `Forbidden`, but a role would allow it that counts only after a sign-in with a second factor.
    Withheld(Action),
    /// Absent, or outside the caller's scope: the two look the same.
    NotFound(&'static str),
    /// Somebody else changed the row; `actual` is its version now.
    Stale {
        /// The noun.
        what: &'static str,
        /// Its version now.
        actual: i32,
    },
    /// The input can't be meant.
    Invalid {
        /// The field, as the client named it.
        field: &'static str,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A rule of the field refuses.
    Rule(Problem),
    /// Try again later.
    Busy {
        /// Whole seconds to wait.
        retry_after_s: u32,
    },
    /// Ours to mend. The cause is logged once, at the boundary; the client gets the request id.
    Internal(Arc<dyn StdError + Send + Sync>),
}

impl Error {
    /// Wraps a cause that is ours to mend.
    pub fn internal(cause: impl StdError + Send + Sync + 'static) -> Self {
        Self::Internal(Arc::new(cause))
    }

    /// A broken promise of our own, in words.
    pub fn broken(what: impl Into<String>) -> Self {
        Self::Internal(Arc::new(std::io::Error::other(what.into())))
    }

    /// Input that can't be meant.
    pub fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid { field, why: why.into() }
    }

    /// The problem to show as a value of a payload, for the errors that are values there; the others come back.
    ///
    /// # Errors
    /// Every error that is no answer to the input.
    pub fn into_problem(self) -> Result<Problem> {
        match self {
            Self::Invalid { field, why } => Ok(Problem::new(ProblemCode::Invalid, why).on(field)),
            Self::Rule(problem) => Ok(problem),
            Self::Stale { what, actual } => {
                let message = format!(
                    "The {what} was changed by somebody else and is at version {actual} now: read it again and decide again."
                );
                let mut problem = Problem::new(ProblemCode::Stale, message).on("expectedVersion");
                problem.current_version = Some(actual);
                Ok(problem)
            }
            other => Err(other),
        }
    }

    /// The code that clients match on, from a closed registry.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden(_) | Self::Withheld(_) => "FORBIDDEN",
            Self::NotFound(_) => "NOT_FOUND",
            Self::Stale { .. } => "STALE",
            Self::Invalid { .. } => "INVALID",
            Self::Rule(_) => "RULE",
            Self::Busy { .. } => "BUSY",
            Self::Internal(_) => "INTERNAL",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Unauthenticated => "The token is missing, wrong or over: sign in again.".to_owned(),
            Self::Forbidden(action) => {
                format!("None of your grants allows {}: ask a security administrator for one that does.", action.text())
            }
            Self::Withheld(action) => {
                let act = action.text();
                format!("Your role that allows {act} counts only with a second factor: sign in again with one.")
            }
            Self::NotFound(noun) => format!("No such {}, or none that you may see.", noun.replace('_', " ")),
            Self::Stale { what, actual } => format!("The {what} is at version {actual} now."),
            Self::Invalid { field, why } => format!("{field}: {why}"),
            Self::Rule(problem) => problem.message.clone(),
            Self::Busy { retry_after_s } => format!("Busy: try again in {retry_after_s} s."),
            Self::Internal(_) => "Something broke on our side: tell your operator the request id.".to_owned(),
        }
    }
}

/// A refusal that is part of the answer: which rule, on which field, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The code that clients match on.
    pub code: ProblemCode,
    /// The input field, where one is to blame.
    pub field: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
    /// The rule that refuses, where one does.
    pub rule_id: Option<String>,
    /// Where the rule stands written.
    pub citation: Option<String>,
    /// The row's version now, where it was changed meanwhile.
    pub current_version: Option<i32>,
}

impl Problem {
    /// A refusal with its code and its words.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into(), rule_id: None, citation: None, current_version: None }
    }

    /// Names the input field to blame.
    pub fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// Names the rule.
    pub fn by_rule(mut self, rule_id: &str) -> Self {
        self.rule_id = Some(rule_id.to_owned());
        self
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Rule(problem)
    }
}

macro_rules! named {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$outer])*
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name for clients, the audit trail and the schema.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

named! {
    /// Why a mutation was refused.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, async_graphql::Enum)]
    ProblemCode {
        /// A field can't be meant as it stands.
        Invalid = "INVALID",
        /// The row was changed by somebody else; `currentVersion` is its version now.
        Stale = "STALE",
        /// The same idempotency key came with another input.
        IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
        /// The identity number belongs to a person kept elsewhere.
        IdentityHeldElsewhere = "IDENTITY_HELD_ELSEWHERE",
        /// A code or name that must be unique is taken.
        Taken = "TAKEN",
        /// The person has an open membership of the pool already.
        AlreadyMember = "ALREADY_MEMBER",
        /// The person's status does not allow it.
        NotInPost = "NOT_IN_POST",
        /// The step does not follow from where the record stands.
        TransitionRefused = "TRANSITION_REFUSED",
        /// Who proposed may not confirm.
        SamePerson = "SAME_PERSON",
        /// The role can't be granted in this way.
        RoleRefused = "ROLE_REFUSED",
        /// Another fact holds on the same days, and only one can.
        Overlaps = "OVERLAPS",
        /// The two may not be paired.
        Conflict = "CONFLICT",
        /// An organization can't stand below itself.
        Cycle = "CYCLE",
        /// A person has as many mentors or mentees as the organization allows.
        CapacityReached = "CAPACITY_REACHED",
    }
}

named! {
    /// Every act, the unit in which roles allow and the audit trail speaks.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, async_graphql::Enum)]
    Action {
        /// Ask who one is.
        MeRead = "ME_READ",
        /// Look a thing up by its global id; the thing's own act decides.
        NodeRead = "NODE_READ",
        /// Read code sets and their crosswalk.
        CodeSetRead = "CODE_SET_READ",
        /// Read organizations.
        OrganizationRead = "ORGANIZATION_READ",
        /// Make an organization.
        OrganizationCreate = "ORGANIZATION_CREATE",
        /// Change what an organization is.
        OrganizationUpdate = "ORGANIZATION_UPDATE",
        /// Rename an organization.
        OrganizationRename = "ORGANIZATION_RENAME",
        /// Put an organization under another one.
        OrganizationMove = "ORGANIZATION_MOVE",
        /// Merge an organization into another one.
        OrganizationMerge = "ORGANIZATION_MERGE",
        /// Make organizations out of one.
        OrganizationSplit = "ORGANIZATION_SPLIT",
        /// Close an organization.
        OrganizationClose = "ORGANIZATION_CLOSE",
        /// Read cadres' records.
        CadreRead = "CADRE_READ",
        /// Read a cadre's sanctions.
        SanctionRead = "SANCTION_READ",
        /// Find a cadre by the identity number, for a stated purpose.
        IdentityLookUp = "IDENTITY_LOOK_UP",
        /// Read the short card of a person met in a pool or pair.
        CadreCardRead = "CADRE_CARD_READ",
        /// Read pools and memberships.
        PoolRead = "POOL_READ",
        /// Read mentoring pairs.
        PairRead = "PAIR_READ",
        /// Read one's own duties and memberships.
        StatusRead = "STATUS_READ",
        /// Read counts.
        SummaryRead = "SUMMARY_READ",
        /// Record a cadre.
        CadreCreate = "CADRE_CREATE",
        /// Change a cadre's record.
        CadreUpdate = "CADRE_UPDATE",
        /// Record a dated fact of a cadre.
        CadreFactRecord = "CADRE_FACT_RECORD",
        /// Void a dated fact of a cadre.
        CadreFactVoid = "CADRE_FACT_VOID",
        /// Propose a person for a pool.
        MembershipPropose = "MEMBERSHIP_PROPOSE",
        /// Confirm a proposed membership.
        MembershipConfirm = "MEMBERSHIP_CONFIRM",
        /// Make a pool.
        PoolCreate = "POOL_CREATE",
        /// Change a pool.
        PoolUpdate = "POOL_UPDATE",
        /// Warn a member of a pool, or lift the warning.
        MembershipWarn = "MEMBERSHIP_WARN",
        /// Move a member within a pool.
        MembershipMove = "MEMBERSHIP_MOVE",
        /// End a membership without a post.
        MembershipExit = "MEMBERSHIP_EXIT",
        /// End a membership because the person was given a post.
        MembershipDeploy = "MEMBERSHIP_DEPLOY",
        /// Propose a pair.
        PairPropose = "PAIR_PROPOSE",
        /// Activate a proposed pair.
        PairActivate = "PAIR_ACTIVATE",
        /// Suspend a pair.
        PairSuspend = "PAIR_SUSPEND",
        /// Resume a suspended pair.
        PairResume = "PAIR_RESUME",
        /// Complete a pair.
        PairComplete = "PAIR_COMPLETE",
        /// End a pair before its time.
        PairEnd = "PAIR_END",
        /// Put another pair in the place of one.
        PairReplace = "PAIR_REPLACE",
        /// Take a person out of a pair.
        PairPartEnd = "PAIR_PART_END",
        /// Save the plan of a pair.
        PairPlanSave = "PAIR_PLAN_SAVE",
        /// Evaluate a pair.
        PairEvaluate = "PAIR_EVALUATE",
        /// Say how many pairs one person may have.
        PairCapacitySet = "PAIR_CAPACITY_SET",
        /// Declare that two persons are kin.
        KinDeclare = "KIN_DECLARE",
        /// Say that two persons are kin no more.
        KinEnd = "KIN_END",
        /// Record a contact of a pair.
        ContactRecord = "CONTACT_RECORD",
        /// Open sensitive values of a person, for a stated purpose.
        SensitiveOpen = "SENSITIVE_OPEN",
        /// Read the audit trail.
        AuditRead = "AUDIT_READ",
        /// Read who saw a person's sensitive values.
        AccessLogRead = "ACCESS_LOG_READ",
        /// Read accounts and their grants.
        AccountRead = "ACCOUNT_READ",
        /// Make an account.
        AccountCreate = "ACCOUNT_CREATE",
        /// Close an account, or open it again.
        AccountUpdate = "ACCOUNT_UPDATE",
        /// Say which person of the registry an account is.
        AccountLink = "ACCOUNT_LINK",
        /// Grant a role.
        GrantCreate = "GRANT_CREATE",
        /// End a grant.
        GrantRevoke = "GRANT_REVOKE",
        /// Ask why somebody may not.
        AccessExplain = "ACCESS_EXPLAIN",
        /// Read the own record.
        OwnRecordRead = "OWN_RECORD_READ",
        /// Take a copy of the own record.
        OwnRecordExport = "OWN_RECORD_EXPORT",
        /// Ask for a correction of the own record.
        CorrectionRequest = "CORRECTION_REQUEST",
        /// Read requests for correction.
        CorrectionRead = "CORRECTION_READ",
        /// Decide on a request for correction.
        CorrectionDecide = "CORRECTION_DECIDE",
        /// Import a roster.
        RosterImport = "ROSTER_IMPORT",
        /// Read which rosters were imported.
        RosterImportRead = "ROSTER_IMPORT_READ",
        /// Export the people of an organization as a roster.
        RosterExport = "ROSTER_EXPORT",
        /// Export the members of a pool as a list of names.
        PoolExport = "POOL_EXPORT",
        /// Read which files were ordered.
        ExportRead = "EXPORT_READ",
        /// Import appointment forms.
        FormImport = "FORM_IMPORT",
        /// Export appointment forms.
        FormExport = "FORM_EXPORT",
        /// Begin a session.
        SignIn = "SIGN_IN",
        /// Go on with a session.
        TokenRefresh = "TOKEN_REFRESH",
        /// End a session, or one token.
        TokenRevoke = "TOKEN_REVOKE",
        /// Set what an account signs in with.
        SecretSet = "SECRET_SET",
        /// Make an account or grant it a role.
        AccountGrant = "ACCOUNT_GRANT",
        /// Seal values anew after a rotation of the field key.
        SealedRenew = "SEALED_RENEW",
        /// Load the synthetic county.
        DemoLoad = "DEMO_LOAD",
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(cause: sea_orm::DbErr) -> Self {
        Self::internal(cause)
    }
}

/// The cause of an internal error, carried to the boundary where it is logged and dropped.
#[derive(Clone)]
pub struct Cause(pub Arc<dyn StdError + Send + Sync>);

impl From<Error> for async_graphql::Error {
    fn from(error: Error) -> Self {
        let mut out = async_graphql::Error::new(error.text());
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code());
        match &error {
            Error::Forbidden(action) | Error::Withheld(action) => {
                extensions.set("action", Value::Enum(Name::new(action.text())))
            }
            Error::Invalid { field, .. } => extensions.set("field", *field),
            Error::Busy { retry_after_s } => extensions.set("retryAfterSeconds", *retry_after_s),
            _ => {}
        }
        out.extensions = Some(extensions);
        if let Error::Internal(cause) = error {
            out.source = Some(Arc::new(Cause(cause)));
        }
        out
    }
}
