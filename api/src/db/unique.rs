//! Named constraints of the database, each as the one problem that it means to a client, on both databases alike.
//!
//! PostgreSQL names the constraint; SQLite names the columns, or the index where it is a partial one.

use sea_orm::{DbErr, SqlErr};

use crate::error::{Error, Problem, ProblemCode};

struct Constraint {
    name: &'static str,
    /// How SQLite speaks of it.
    columns: &'static str,
    code: ProblemCode,
    field: &'static str,
    message: &'static str,
}

const CONSTRAINTS: &[Constraint] = &[
    Constraint {
        name: "uq_organization_code",
        columns: "organization.code",
        code: ProblemCode::Taken,
        field: "code",
        message: "Another organization has this code: choose another.",
    },
    Constraint {
        name: "uq_organization_credit",
        columns: "organization.unified_social_credit_code",
        code: ProblemCode::Taken,
        field: "unifiedSocialCreditCode",
        message: "Another organization has this credit code: compare both with their certificates.",
    },
    Constraint {
        name: "uq_post_code",
        columns: "post.organization_id, post.code",
        code: ProblemCode::Taken,
        field: "code",
        message: "The organization has a post with this code: choose another.",
    },
    Constraint {
        name: "uq_cadre_sealed_match",
        columns: "cadre_sealed.field, cadre_sealed.match_key",
        code: ProblemCode::IdentityHeldElsewhere,
        field: "identityNumber",
        message: "The identity number belongs to a person kept elsewhere: ask the organization department above.",
    },
    Constraint {
        name: "uq_cadre_transfer_open",
        columns: "cadre_transfer.cadre_id",
        code: ProblemCode::Taken,
        field: "cadreId",
        message: "The person is offered to an organization already: wait for its answer, or withdraw that offer first.",
    },
    Constraint {
        name: "uq_assessment_year",
        columns: "assessment.cadre_id, assessment.year, assessment.kind",
        code: ProblemCode::Taken,
        field: "fact.assessment.year",
        message: "An assessment of this year and kind is recorded: name it in supersedes to correct it.",
    },
    Constraint {
        name: "uq_policy_edition_number",
        columns: "policy_edition.organization_id, policy_edition.code, policy_edition.edition",
        code: ProblemCode::Taken,
        field: "edition",
        message: "The policy has an edition of this number: raise the number.",
    },
    Constraint {
        name: "uq_policy_edition_begin",
        columns: "policy_edition.organization_id, policy_edition.code, policy_edition.valid_from",
        code: ProblemCode::Overlaps,
        field: "validFrom",
        message: "Another edition of this policy begins on the same day: choose a later one.",
    },
    Constraint {
        name: "uq_duty_entry_item",
        columns: "duty_entry.subject_id, duty_entry.code, duty_entry.due_on",
        code: ProblemCode::Taken,
        field: "dueOn",
        message: "This item is submitted or excused already: read it again.",
    },
    Constraint {
        name: "uq_duty_step_item",
        columns: "duty_step.subject_id, duty_step.code, duty_step.due_on, duty_step.step",
        code: ProblemCode::Taken,
        field: "dueOn",
        message: "Another round has put this step down already.",
    },
    Constraint {
        name: "uq_reserve_pool_code",
        columns: "reserve_pool.organization_id, reserve_pool.code",
        code: ProblemCode::Taken,
        field: "code",
        message: "The organization has a pool with this code: choose another.",
    },
    Constraint {
        name: "uq_pool_tier_code",
        columns: "pool_tier.pool_id, pool_tier.code",
        code: ProblemCode::Taken,
        field: "tiers",
        message: "The pool has a tier with this code: choose another.",
    },
    Constraint {
        name: "uq_pool_division_code",
        columns: "pool_division.pool_id, pool_division.axis, pool_division.code",
        code: ProblemCode::Taken,
        field: "tracks",
        message: "The pool has a track, category or maturity with this code: choose another.",
    },
    Constraint {
        name: "uq_pool_membership_open",
        columns: "pool_membership.pool_id, pool_membership.cadre_id",
        code: ProblemCode::AlreadyMember,
        field: "cadreId",
        message: "The person is proposed for this pool or in it already: see the membership that is open.",
    },
    Constraint {
        name: "uq_pair_part_cadre",
        columns: "pair_part.pair_id, pair_part.cadre_id",
        code: ProblemCode::Conflict,
        field: "menteeIds",
        message: "A person can take only one part in a pair: name each person once.",
    },
    Constraint {
        name: "uq_pair_capacity_from",
        columns: "pair_capacity.organization_id, pair_capacity.valid_from",
        code: ProblemCode::Taken,
        field: "validFrom",
        message: "The organization has a capacity from this day on: read it again.",
    },
    Constraint {
        name: "uq_account_login",
        columns: "account.login",
        code: ProblemCode::Taken,
        field: "login",
        message: "Another account has this login: choose another.",
    },
];

/// A failed write as the client may know it.
pub(super) fn failed(cause: DbErr) -> Error {
    if let Some(SqlErr::UniqueConstraintViolation(text)) = cause.sql_err() {
        let hit = |it: &&Constraint| {
            text.contains(&format!("\"{}\"", it.name))
                || text.contains(&format!("'{}'", it.name))
                || text.ends_with(&format!("failed: {}", it.columns))
        };
        if let Some(found) = CONSTRAINTS.iter().find(hit) {
            return Problem::new(found.code, found.message).on(found.field).by_rule(found.name).into();
        }
    }
    // The loser of a deadlock or of a race for SQLite's one writer may simply come again.
    let text = cause.to_string();
    if text.contains("deadlock detected") || text.contains("could not serialize") || text.contains("database is locked")
    {
        return Error::Busy { retry_after_s: 1 };
    }
    Error::internal(cause)
}

/// Whether a failed write hit an idempotency key that another request is using.
pub(super) fn is_repeat(cause: &DbErr) -> bool {
    matches!(cause.sql_err(), Some(SqlErr::UniqueConstraintViolation(text)) if text.contains("idempotency_record"))
}
