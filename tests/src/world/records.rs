//! Builders of what hangs on a person: dated facts, steps of memberships, requests, readings; and of acts in the trail.

use chrono::TimeDelta;
use entity::{
    access_log, assessment, audit_change, audit_event, award, cadre_transfer, education,
    id::{
        AccessLogId, AccountId, AssessmentId, AuditChangeId, AuditEventId, AwardId, CadreId, EducationId,
        MembershipStepId, OrganizationId, PoolDivisionId, PoolId, PoolMembershipId, ProfessionalTitleId, RankPeriodId,
        ResumeEntryId, TrainingId, TransferId,
    },
    kind::{
        AccessPurpose, AssessmentGrade, AssessmentKind, AuditOutcome, ChangeKind, CivilServantRank, Degree,
        EducationMode, ExperienceKind, FactState, PoolAxis, SealedField, StepKind, TitleGrade, TransferState,
    },
    membership_step,
    partial_date::PartialDate,
    pool_division, pool_membership, professional_title, rank_period, resume_entry, training,
};
use sea_orm::EntityTrait;

use crate::world::World;

/// A row of a dated fact: what all of them have in common, beside what is its own.
macro_rules! fact {
    ($world:ident, $person:ident, $state:ident, $module:ident, $key:ident, { $($fields:tt)* }) => {
        $world.insert($module::Model {
            id: $key::fresh(),
            cadre_id: $person,
            $($fields)*
            source: String::new(),
            recorded_at: $world.now().into(),
            recorded_by: None,
            state: $state,
            superseded_by: None,
            void_reason: None,
            version: 1,
        })
        .await
    };
}

impl World {
    /// One fact of each kind, told by a word, since 2020.
    pub async fn dossier(&self, person: CadreId, word: &str, rank: CivilServantRank, state: FactState) {
        let (world, from) = (self, PartialDate::parse("2020-03"));
        let word = || word.to_owned();
        fact!(world, person, state, rank_period, RankPeriodId, { rank, valid_from: from, valid_to: None, });
        fact!(world, person, state, education, EducationId, {
            mode: EducationMode::FullTime, level: None, education_code: None, degree: Some(Degree::Bachelor),
            degree_code: None, school: word(), major: None, enrolled: from, graduated: None,
        });
        fact!(world, person, state, professional_title, ProfessionalTitleId, {
            title: word(), grade: Some(TitleGrade::Junior), obtained: from,
        });
        // One of a year and kind can be in force.
        let year = 2020 + i32::from(state != FactState::Recorded);
        fact!(world, person, state, assessment, AssessmentId, {
            year, kind: AssessmentKind::Annual, grade: AssessmentGrade::Competent,
        });
        let begun = from.expect("a date");
        self.experience(person, ExperienceKind::Grassroots, begun, None, state).await;
        fact!(world, person, state, training, TrainingId, {
            title: word(), provider: None, hours: None, valid_from: from, valid_to: None,
        });
        fact!(world, person, state, award, AwardId, { name: word(), award_code: None, decided_by: None, decided: from, });
        fact!(world, person, state, resume_entry, ResumeEntryId, {
            ordinal: 1, raw_text: word(), valid_from: from, valid_to: None,
        });
    }

    /// A track of a pool.
    pub async fn track(&self, pool_id: PoolId, code: &str) {
        self.insert(pool_division::Model {
            id: PoolDivisionId::fresh(),
            pool_id,
            axis: PoolAxis::Track,
            code: code.to_owned(),
            name: format!("Track {code}"),
            target_count: None,
            ordinal: 1,
            version: 1,
        })
        .await;
    }

    /// The first step of a membership.
    pub async fn step(&self, membership_id: PoolMembershipId, reason: &str) {
        let row = pool_membership::Entity::find_by_id(membership_id).one(&self.db).await;
        let row = row.expect("an answer").expect("a membership");
        self.insert(membership_step::Model {
            id: MembershipStepId::fresh(),
            membership_id,
            kind: StepKind::Proposed,
            state: row.state,
            tier_id: row.tier_id,
            reason: Some(reason.to_owned()),
            reason_code: None,
            document_number: None,
            decided_on: self.today(),
            decided_by: None,
            recorded_at: self.now(),
            findings: None,
            version: 1,
        })
        .await;
    }

    /// An open offer of a person, from one organization to another, each with its name.
    pub async fn offer(
        &self,
        cadre_id: CadreId,
        (from_id, from_name): (OrganizationId, &str),
        (to_id, to_name): (OrganizationId, &str),
    ) -> TransferId {
        let id = TransferId::fresh();
        self.insert(cadre_transfer::Model {
            id,
            cadre_id,
            from_id,
            from_name: from_name.to_owned(),
            to_id,
            to_name: to_name.to_owned(),
            state: TransferState::Offered,
            effective_on: None,
            document_number: None,
            reason: None,
            offered_by: None,
            offered_at: self.now(),
            decided_by: None,
            decided_at: None,
            answer: None,
            version: 1,
        })
        .await;
        id
    }

    /// One reading of a person's value by an account.
    pub async fn reading(
        &self,
        cadre_id: CadreId,
        account_id: AccountId,
        field: SealedField,
        purpose: AccessPurpose,
    ) -> AccessLogId {
        let id = AccessLogId::fresh();
        let event_id = self.act(Some(account_id), "SENSITIVE_OPEN", "reading", &[]).await;
        self.insert(access_log::Model {
            id,
            event_id,
            cadre_id,
            field: field.into(),
            purpose,
            reason: format!("Reading {}", id.0.simple()),
            account_id,
            recorded_at: self.now(),
        })
        .await;
        id
    }

    /// An act in the trail, of an account or a job, that changed these rows.
    pub async fn act(
        &self,
        account_id: Option<AccountId>,
        action: &str,
        request_id: &str,
        rows: &[uuid::Uuid],
    ) -> AuditEventId {
        let id = AuditEventId::fresh();
        self.insert(audit_event::Model {
            id,
            recorded_at: self.now() - TimeDelta::hours(1),
            account_id,
            role: "TEST".to_owned(),
            action: action.to_owned(),
            outcome: AuditOutcome::Done,
            request_id: request_id.to_owned(),
            purpose: None,
            tables: String::new(),
            published: true,
        })
        .await;
        for row_id in rows {
            self.insert(audit_change::Model {
                id: AuditChangeId::fresh(),
                event_id: id,
                table_name: "cadre".to_owned(),
                row_id: *row_id,
                kind: ChangeKind::Insert,
                before_values: None,
                after_values: Some("{}".to_owned()),
            })
            .await;
        }
        id
    }
}
