//! Everything that can go wrong, as the client may know it.
//!
//! `Error` has no `Display`, on purpose: async-graphql turns any `Display` into client text through `?`. Without it the
//! only way out is `From<Error>` at the end of this file, which gives each variant a code and keeps causes on our side.

use std::{error::Error as StdError, sync::Arc};

use async_graphql::{ErrorExtensionValues, Name, Value};

pub use crate::action::Action;
use crate::action::named;

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

    /// Names the rule and where it stands written.
    pub fn cited(mut self, rule_id: &str, citation: &str) -> Self {
        self.citation = Some(citation.to_owned());
        self.by_rule(rule_id)
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
        /// A criterion of the policy is not met, and nobody waived it.
        CriterionUnmet = "CRITERION_UNMET",
        /// As many as are approved are there already.
        QuotaReached = "QUOTA_REACHED",
        /// Too many identity numbers of people kept elsewhere were tried.
        TooManyTries = "TOO_MANY_TRIES",
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

/// A cause and the causes behind it, in one line.
pub fn chain(cause: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
