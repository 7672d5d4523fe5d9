//! Builders that put rows straight into a world's tables: the only place where tests spell a table's columns.

use chrono::TimeDelta;
use entity::{
    cadre, experience,
    id::{
        CadreId, ExperienceId, LevelPeriodId, OrganizationId, PairContactId, PairId, PairPartId, PoolId,
        PoolMembershipId, PoolTierId, PostAssignmentId, SanctionId,
    },
    kind::{
        CadreStatus, ContactTopic, Disclosure, ExperienceKind, FactState, MembershipState, OrganizationKind,
        OrganizationState, PairForm, PairRole, PairSide, PairState, PoolKind, PositionLevel, SanctionKind,
        SecrecyLevel, Sex,
    },
    level_period, mentoring_pair, organization, pair_contact, pair_part,
    partial_date::PartialDate,
    pool_membership, pool_tier, post_assignment, reserve_pool, sanction,
};

use crate::world::World;

impl World {
    /// A county.
    pub async fn organization(&self, name: &str) -> OrganizationId {
        self.place(None, name, OrganizationKind::County).await
    }

    /// A department of an organization.
    pub async fn department(&self, parent: OrganizationId, name: &str) -> OrganizationId {
        self.place(Some(parent), name, OrganizationKind::Department).await
    }

    async fn place(&self, parent_id: Option<OrganizationId>, name: &str, kind: OrganizationKind) -> OrganizationId {
        let id = OrganizationId::fresh();
        let row = organization::Model {
            id,
            parent_id,
            code: format!("99{}", &id.0.simple().to_string()[12..]),
            name: name.to_owned(),
            name_sort: name.to_lowercase(),
            kind,
            level: None,
            division_code: None,
            unified_social_credit_code: None,
            affiliation: None,
            managing_organization_id: None,
            state: OrganizationState::Active,
            valid_from: None,
            valid_to: None,
            successor_id: None,
            split_from_id: None,
            version: 1,
        };
        self.insert(row).await;
        self.sql("insert into organization_closure select ancestor_id, $1, depth + 1 from organization_closure where descendant_id = $2", vec![
            id.into(),
            parent_id.into(),
        ])
        .await;
        self.sql("insert into organization_closure values ($1, $1, 0)", vec![id.into()]).await;
        id
    }

    /// A cadre in post; `change` says what is different.
    pub async fn cadre(&self, at: OrganizationId, name: &str, change: impl FnOnce(&mut cadre::Model)) -> CadreId {
        let mut row = cadre::Model {
            id: CadreId::fresh(),
            organization_id: at,
            name: name.to_owned(),
            name_sort: name.to_lowercase(),
            name_initials: name.to_lowercase().split(' ').filter_map(|it| it.chars().next()).collect(),
            sex: Sex::Female,
            birth_date: PartialDate::parse("1988-05"),
            party_joined_on: PartialDate::parse("2008-07"),
            post_title: Some(format!("{name}'s post")),
            position_level: Some(PositionLevel::TownshipDeputy),
            education: None,
            management_authority: None,
            status: CadreStatus::InPost,
            secrecy_level: SecrecyLevel::Internal,
            recorded_at: self.now(),
            version: 1,
        };
        change(&mut row);
        let id = row.id;
        self.insert(row).await;
        id
    }

    /// A pool with one tier, `A`.
    pub async fn pool(&self, keeper: OrganizationId, code: &str, disclosure: Disclosure) -> PoolId {
        let id = PoolId::fresh();
        let name = format!("Pool {code}");
        let row = reserve_pool::Model {
            id,
            organization_id: keeper,
            code: code.to_owned(),
            name_sort: name.to_lowercase(),
            name,
            kind: PoolKind::Reserve,
            target_size: None,
            disclosure,
            policy_code: None,
            version: 1,
        };
        self.insert(row).await;
        let tier = pool_tier::Model {
            id: PoolTierId::fresh(),
            pool_id: id,
            code: "A".to_owned(),
            name: "Tier A".to_owned(),
            target_count: 10,
            ordinal: 1,
            version: 1,
        };
        self.insert(tier).await;
        id
    }

    /// A membership of a pool's tier `A`.
    pub async fn membership(&self, pool: PoolId, cadre: CadreId, state: MembershipState) -> PoolMembershipId {
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
        let tier = pool_tier::Entity::find().filter(pool_tier::Column::PoolId.eq(pool)).one(&self.db).await;
        let id = PoolMembershipId::fresh();
        let row = pool_membership::Model {
            id,
            pool_id: pool,
            tier_id: tier.expect("a tier").expect("a tier").id,
            track_id: None,
            category_id: None,
            maturity_id: None,
            source: None,
            entry_route: None,
            cadre_id: cadre,
            state,
            reason: "Recommended by the unit".to_owned(),
            proposed_by: None,
            proposed_on: self.today(),
            decided_by: None,
            decided_on: None,
            edition_id: None,
            version: 1,
        };
        self.insert(row).await;
        id
    }

    /// A dated post and a dated level of a cadre.
    pub async fn career(&self, cadre_id: CadreId, title: &str, level: PositionLevel) {
        let from = PartialDate::parse("2020-03");
        self.post(cadre_id, title, from, None, |_| {}).await;
        self.level(cadre_id, level, from, None).await;
    }

    /// A principal post of a cadre; `change` says what is different.
    pub async fn post(
        &self,
        cadre_id: CadreId,
        title: &str,
        valid_from: Option<PartialDate>,
        valid_to: Option<PartialDate>,
        change: impl FnOnce(&mut post_assignment::Model),
    ) {
        let mut row = post_assignment::Model {
            id: PostAssignmentId::fresh(),
            cadre_id,
            title: title.to_owned(),
            valid_from,
            valid_to,
            is_primary: true,
            role: None,
            document_number: None,
            post_id: None,
            source: String::new(),
            recorded_at: None,
            recorded_by: None,
            state: FactState::Recorded,
            superseded_by: None,
            void_reason: None,
            version: 1,
        };
        change(&mut row);
        self.insert(row).await;
    }

    /// A level of a cadre.
    pub async fn level(
        &self,
        cadre_id: CadreId,
        level: PositionLevel,
        valid_from: Option<PartialDate>,
        valid_to: Option<PartialDate>,
    ) {
        let row = level_period::Model {
            id: LevelPeriodId::fresh(),
            cadre_id,
            level,
            valid_from,
            valid_to,
            source: String::new(),
            recorded_at: None,
            recorded_by: None,
            state: FactState::Recorded,
            superseded_by: None,
            void_reason: None,
            version: 1,
        };
        self.insert(row).await;
    }

    /// A stretch of experience of a cadre.
    pub async fn experience(
        &self,
        cadre_id: CadreId,
        kind: ExperienceKind,
        valid_from: PartialDate,
        valid_to: Option<PartialDate>,
        state: FactState,
    ) {
        let row = experience::Model {
            id: ExperienceId::fresh(),
            cadre_id,
            kind,
            place: "A village".to_owned(),
            valid_from,
            valid_to,
            source: String::new(),
            recorded_at: self.now(),
            recorded_by: None,
            state,
            superseded_by: None,
            void_reason: None,
            version: 1,
        };
        self.insert(row).await;
    }

    /// A sanction of a cadre that has effect for decades to come.
    pub async fn sanction(&self, cadre_id: CadreId, document_number: &str) -> SanctionId {
        let today = self.today();
        let row = sanction::Model {
            id: SanctionId::fresh(),
            cadre_id,
            kind: SanctionKind::Demerit,
            deciding_body: "Supervision".to_owned(),
            document_number: document_number.to_owned(),
            decided_on: today - TimeDelta::days(90),
            effect_from: today - TimeDelta::days(90),
            effect_until: today + TimeDelta::days(20_000),
            appeal_to: "Supervision above".to_owned(),
            source: "Decision".to_owned(),
            recorded_at: self.now(),
            recorded_by: None,
            state: FactState::Recorded,
            superseded_by: None,
            void_reason: None,
            version: 1,
        };
        let id = row.id;
        self.insert(row).await;
        id
    }

    /// An active pair with a quarterly contact, due in 30 days.
    pub async fn pair(&self, keeper: OrganizationId, mentor: CadreId, mentee: CadreId) -> PairId {
        self.pair_of(keeper, &[(mentor, PairSide::Mentor), (mentee, PairSide::Mentee)], |_| {}).await
    }

    /// A pair of some people, as `pair` makes it; `change` says what is different.
    pub async fn pair_of(
        &self,
        keeper: OrganizationId,
        people: &[(CadreId, PairSide)],
        change: impl FnOnce(&mut mentoring_pair::Model),
    ) -> PairId {
        let today = self.today();
        let mut row = mentoring_pair::Model {
            id: PairId::fresh(),
            organization_id: keeper,
            state: PairState::Active,
            started_on: Some(today - TimeDelta::days(60)),
            ended_on: None,
            contact_every_days: 90,
            next_contact_due: Some(today + TimeDelta::days(30)),
            form: if people.len() == 2 { PairForm::OneToOne } else { PairForm::Team },
            helping_id: None,
            helped_id: None,
            plan_goal: None,
            plan_measures: None,
            term_ends_on: None,
            reason_code: None,
            successor_id: None,
            proposed_by: None,
            edition_id: None,
            plan_items: None,
            version: 1,
        };
        change(&mut row);
        let id = row.id;
        self.insert(row).await;
        for &(cadre_id, side) in people {
            let role = if side == PairSide::Mentor { PairRole::Lead } else { PairRole::Mentee };
            let (key, joined_on, left_on) = (PairPartId::fresh(), None, None);
            let part = pair_part::Model { id: key, pair_id: id, cadre_id, side, role, joined_on, left_on, version: 1 };
            self.insert(part).await;
        }
        id
    }

    /// Somebody leaves a pair.
    pub async fn leave(&self, pair: PairId, cadre: CadreId) {
        let today = self.today();
        let sql = "update pair_part set left_on = $1 where pair_id = $2 and cadre_id = $3";
        self.sql(sql, vec![today.into(), pair.into(), cadre.into()]).await;
    }

    /// A contact of a pair, held yesterday.
    pub async fn contact(&self, pair_id: PairId, agreed: &str) {
        let row = pair_contact::Model {
            id: PairContactId::fresh(),
            pair_id,
            held_on: self.today() - TimeDelta::days(1),
            topic: ContactTopic::Work,
            agreed: Some(agreed.to_owned()),
            recorded_by: None,
            version: 1,
        };
        self.insert(row).await;
    }
}
