//! Every act: the unit in which roles allow, the audit trail speaks and the schema says who may.
//!
//! Policies match on it without a catch-all, so that a new act does not compile until somebody says who may perform it.

use serde::Serialize;

/// Something that exists once for each value of an enum, made from the value's place in it.
pub trait OneEach {
    /// What is made.
    type Out;
    /// The one of a place.
    fn of<const PLACE: usize>() -> Self::Out;
}

/// An enum whose values have one name for clients, the audit trail and the schema.
macro_rules! named {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$outer])*
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// One for each value, in order of declaration.
            pub fn each<O: $crate::action::OneEach>() -> Vec<O::Out> {
                vec![$(O::of::<{ Self::$variant as usize }>(),)+]
            }

            /// Its name for clients, the audit trail and the schema.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

pub(crate) use named;

named! {
    /// Every act, the unit in which roles allow and the audit trail speaks.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, async_graphql::Enum)]
    Action {
        /// Ask who one is.
        MeRead = "ME_READ",
        /// Look a thing up by its global id; the thing's own act decides.
        NodeRead = "NODE_READ",
        /// Ask how much one may still ask for.
        RateLimitRead = "RATE_LIMIT_READ",
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
        /// Make a post of an organization.
        PostCreate = "POST_CREATE",
        /// Change a post of an organization.
        PostUpdate = "POST_UPDATE",
        /// Read cadres' records.
        CadreRead = "CADRE_READ",
        /// Read a cadre's sanctions.
        SanctionRead = "SANCTION_READ",
        /// Find a cadre by the identity number, for a stated purpose.
        IdentityLookUp = "IDENTITY_LOOK_UP",
        /// Read the short card of a person met in a pool or pair.
        CadreCardRead = "CADRE_CARD_READ",
        /// Read facts that policies declare, and waivers.
        DeclaredFactRead = "DECLARED_FACT_READ",
        /// Record or void a fact that a policy declares.
        DeclaredFactRecord = "DECLARED_FACT_RECORD",
        /// Let a criterion of a policy pass for a person.
        CriterionWaive = "CRITERION_WAIVE",
        /// Read what is due.
        DutyRead = "DUTY_READ",
        /// Submit what is due.
        DutySubmit = "DUTY_SUBMIT",
        /// Accept, return or excuse what is due.
        DutyDecide = "DUTY_DECIDE",
        /// Put down whose day passed, and what is proposed because of it.
        DutyRound = "DUTY_ROUND",
        /// Read talks.
        TalkRead = "TALK_READ",
        /// Ask for a talk.
        TalkRequest = "TALK_REQUEST",
        /// Fix and record talks, and close what was raised in them.
        TalkRecord = "TALK_RECORD",
        /// Read goals and how they stand.
        TargetRead = "TARGET_READ",
        /// Read a portrait, a comparison or a list for a post.
        PortraitRead = "PORTRAIT_READ",
        /// Read pools and memberships.
        PoolRead = "POOL_READ",
        /// Have mentors suggested.
        PairMatch = "PAIR_MATCH",
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
        /// Move a cadre to another organization within reach.
        CadreTransfer = "CADRE_TRANSFER",
        /// Offer a cadre to another organization, or withdraw the offer.
        CadreTransferOffer = "CADRE_TRANSFER_OFFER",
        /// Take or refuse a cadre who is offered.
        CadreTransferDecide = "CADRE_TRANSFER_DECIDE",
        /// Read moves of cadres, and offers.
        CadreTransferRead = "CADRE_TRANSFER_READ",
        /// Record a dated fact of a cadre.
        CadreFactRecord = "CADRE_FACT_RECORD",
        /// Void a dated fact of a cadre.
        CadreFactVoid = "CADRE_FACT_VOID",
        /// Read policies.
        PolicyRead = "POLICY_READ",
        /// Draft an edition of a policy.
        PolicyDraft = "POLICY_DRAFT",
        /// Publish an edition of a policy.
        PolicyPublish = "POLICY_PUBLISH",
        /// Ask who meets the criteria of a policy.
        EligibilityRead = "ELIGIBILITY_READ",
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
        /// Bring a file to import in.
        ImportUpload = "IMPORT_UPLOAD",
        /// Keep account of an import that runs.
        ImportKeep = "IMPORT_KEEP",
        /// Read which files were imported.
        ImportRead = "IMPORT_READ",
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
