//! All rows of the world, as the tables hold them, and what ties them together.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    access_log, account, account_grant, assessment, audit_change, audit_event, award, cadre, cadre_transfer,
    correction_request, criterion_waiver, declared_fact, duty_entry, education, experience,
    id::{AccountId, CadreId, OrganizationId, PairId, PolicyEditionId, PoolId},
    import, import_finding, import_run,
    kind::AccountState,
    level_period, membership_step, mentoring_pair, organization, pair_capacity, pair_contact, pair_evaluation,
    pair_part, policy_edition, pool_division, pool_membership, pool_tier, post, post_assignment, professional_title,
    rank_period, reserve_pool, resume_entry, sanction, talk, talk_issue, training, upload,
};
use sea_orm::EntityTrait;
use tests::world::World;

use super::{Act, Lens, Lifted, roles, secret};

/// All rows, as the tables hold them.
pub struct Raw {
    pub organizations: Vec<organization::Model>,
    pub cadres: Vec<cadre::Model>,
    pub posts: Vec<post_assignment::Model>,
    pub levels: Vec<level_period::Model>,
    pub sanctions: Vec<sanction::Model>,
    pub pools: Vec<reserve_pool::Model>,
    pub tiers: Vec<pool_tier::Model>,
    pub memberships: Vec<pool_membership::Model>,
    pub pairs: Vec<mentoring_pair::Model>,
    pub parts: Vec<pair_part::Model>,
    pub contacts: Vec<pair_contact::Model>,
    pub evaluations: Vec<pair_evaluation::Model>,
    pub capacities: Vec<pair_capacity::Model>,
    pub accounts: Vec<account::Model>,
    pub grants: Vec<account_grant::Model>,
    pub ranks: Vec<rank_period::Model>,
    pub educations: Vec<education::Model>,
    pub titles: Vec<professional_title::Model>,
    pub assessments: Vec<assessment::Model>,
    pub experiences: Vec<experience::Model>,
    pub trainings: Vec<training::Model>,
    pub awards: Vec<award::Model>,
    pub resume: Vec<resume_entry::Model>,
    pub divisions: Vec<pool_division::Model>,
    pub steps: Vec<membership_step::Model>,
    pub corrections: Vec<correction_request::Model>,
    pub transfers: Vec<cadre_transfer::Model>,
    pub editions: Vec<policy_edition::Model>,
    pub imports: Vec<import::Model>,
    pub uploads: Vec<upload::Model>,
    pub runs: Vec<import_run::Model>,
    pub findings: Vec<import_finding::Model>,
    pub seats: Vec<post::Model>,
    pub talks: Vec<talk::Model>,
    pub issues: Vec<talk_issue::Model>,
    pub declared: Vec<declared_fact::Model>,
    pub waivers: Vec<criterion_waiver::Model>,
    pub entries: Vec<duty_entry::Model>,
    pub readings: Vec<access_log::Model>,
    pub acts: Vec<audit_event::Model>,
    pub changes: Vec<audit_change::Model>,
    /// The moment of asking.
    pub now: DateTime<Utc>,
}

impl Raw {
    /// The civil day of asking.
    pub fn today(&self) -> NaiveDate {
        api::clock::civil_day(self.now)
    }

    /// Reads everything.
    pub async fn of(world: &World) -> Self {
        macro_rules! all {
            ($($field:ident: $entity:ident,)+) => {
                Self { $($field: {
                    let mut rows = $entity::Entity::find().all(&world.db).await.expect("rows");
                    rows.sort_by_key(|it| it.id); // made in one order, so one seed picks the same rows on each stack
                    rows
                },)+ now: world.now() }
            };
        }
        all! {
            organizations: organization,
            cadres: cadre,
            posts: post_assignment,
            levels: level_period,
            sanctions: sanction,
            pools: reserve_pool,
            tiers: pool_tier,
            memberships: pool_membership,
            pairs: mentoring_pair,
            parts: pair_part,
            contacts: pair_contact,
            evaluations: pair_evaluation,
            capacities: pair_capacity,
            accounts: account,
            grants: account_grant,
            ranks: rank_period,
            educations: education,
            titles: professional_title,
            assessments: assessment,
            experiences: experience,
            trainings: training,
            awards: award,
            resume: resume_entry,
            divisions: pool_division,
            steps: membership_step,
            corrections: correction_request,
            transfers: cadre_transfer,
            editions: policy_edition,
            imports: import,
            uploads: upload,
            runs: import_run,
            findings: import_finding,
            seats: post,
            talks: talk,
            issues: talk_issue,
            declared: declared_fact,
            waivers: criterion_waiver,
            entries: duty_entry,
            readings: access_log,
            acts: audit_event,
            changes: audit_change,
        }
    }

    /// An account.
    pub fn account(&self, id: AccountId) -> &account::Model {
        self.accounts.iter().find(|it| it.id == id).expect("an account")
    }

    /// Somebody, narrowed to an act; none where no grant counts for it.
    pub fn lens(&self, account: AccountId, act: Act) -> Option<Lens<'_>> {
        let row = self.account(account);
        assert_eq!(row.state, AccountState::Active, "a closed account asks nothing");
        let counts = |it: &&account_grant::Model| {
            it.account_id == account
                && it.valid_from <= self.now
                && it.valid_to.is_none_or(|end| end > self.now)
                && roles(act).contains(&it.role)
        };
        let held: Vec<_> = self.grants.iter().filter(counts).collect();
        let ceiling = held.iter().map(|it| it.secrecy_ceiling).min_by_key(|it| secret(*it))?;
        let held = held.into_iter().map(|it| (it.role, it.organization_id, it.managing_tier)).collect();
        Some(Lens { raw: self, act, held, ceiling, person: row.cadre_id, lifted: Lifted::default() })
    }

    /// Whether an organization is another, or stands somewhere below it.
    pub fn within(&self, organization: OrganizationId, top: OrganizationId) -> bool {
        let mut at = Some(organization);
        while let Some(id) = at {
            if id == top {
                return true;
            }
            at = self.organizations.iter().find(|it| it.id == id).expect("an organization").parent_id;
        }
        false
    }

    /// An edition.
    pub fn edition(&self, id: PolicyEditionId) -> &policy_edition::Model {
        self.editions.iter().find(|it| it.id == id).expect("an edition")
    }

    /// A cadre.
    pub fn cadre(&self, id: CadreId) -> &cadre::Model {
        self.cadres.iter().find(|it| it.id == id).expect("a cadre")
    }

    pub fn pool(&self, id: PoolId) -> &reserve_pool::Model {
        self.pools.iter().find(|it| it.id == id).expect("a pool")
    }

    pub fn pair(&self, id: PairId) -> &mentoring_pair::Model {
        self.pairs.iter().find(|it| it.id == id).expect("a pair")
    }

    /// Whether a person takes part in a pair, and has not left it.
    pub fn takes_part(&self, pair: PairId, person: CadreId) -> bool {
        self.parts.iter().any(|it| it.pair_id == pair && it.cadre_id == person && it.left_on.is_none())
    }
}
