//! Questions about quotas, posts that are set aside, and limits at which a post may fall vacant.

use chrono::NaiveDate;
use entity::{
    cadre, declared_fact,
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, FactState},
    policy_edition, rank_period,
};
use sea_orm::sea_query::ExprTrait;

use super::said;
use crate::{
    cadre::read::holds,
    db::{gate::Alias, reader::Reader, session::Query},
    declared::read::in_force,
    eligibility::{judge::belongs, read::dossier},
    error::{Action, Result},
    kernel::outcome::Outcome,
    mechanism::registry::{PostLimit, Quota, Reserved},
    organization::read::below,
    target::rules::{Stretch, stretch},
};

/// How the quotas, the posts set aside and the limits of posts of a policy stand for a place on a day.
pub struct QuotasOf {
    /// Code of the policy.
    pub policy: String,
    /// The place.
    pub place: OrganizationId,
    /// The day.
    pub on: NaiveDate,
}

/// How a quota stands.
#[derive(Clone, Debug)]
pub struct QuotaStanding {
    /// The quota.
    pub quota: Quota,
    /// How many are approved.
    pub approved: u32,
    /// How many are held.
    pub held: u32,
}

/// How posts that are set aside stand.
#[derive(Clone, Debug)]
pub struct ReservedStanding {
    /// What is set aside.
    pub reserved: Reserved,
    /// In which time.
    pub stretch: Option<Stretch>,
    /// Of how many; none where no forecast is filed for that time, which is not 0.
    pub forecast: Option<u32>,
    /// How many are set aside.
    pub needed: Option<u32>,
    /// How many are filled.
    pub filled: u32,
}

/// Who may leave a leading post by a limit.
#[derive(Clone, Debug)]
pub struct LimitStanding {
    /// The limit.
    pub limit: PostLimit,
    /// Who.
    pub people: Vec<CadreId>,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Quotas {
    /// The edition.
    pub edition: policy_edition::Model,
    /// Quotas.
    pub quotas: Vec<QuotaStanding>,
    /// Posts set aside.
    pub reserved: Vec<ReservedStanding>,
    /// Limits of posts.
    pub limits: Vec<LimitStanding>,
}

impl Query for QuotasOf {
    const ACTION: Action = Action::TargetRead;
    type Answer = Option<Quotas>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some((edition, document)) = said(reader, &self.policy, self.place, self.on).await? else { return Ok(None) };
        let Some(registry) = document.sections.registry.clone() else { return Ok(None) };
        let mut quotas = Vec::new();
        for quota in registry.quotas {
            let held = self.facts(reader, &quota.fact).await?;
            let held: std::collections::BTreeSet<_> =
                held.iter().filter(|it| it.holds).filter_map(|it| it.cadre_id).collect();
            let raised = match &quota.raised_by {
                Some(code) => self
                    .facts(reader, code)
                    .await?
                    .iter()
                    .max_by_key(|it| (it.valid_from, it.id))
                    .and_then(|it| it.number),
                None => None,
            };
            let approved = raised.and_then(|it| u32::try_from(it).ok()).unwrap_or(quota.approved);
            quotas.push(QuotaStanding { approved, held: u32::try_from(held.len()).unwrap_or(u32::MAX), quota });
        }
        let mut reserved = Vec::new();
        for it in registry.reserved {
            reserved.push(self.reserved(reader, &edition, it).await?);
        }
        let mut limits = Vec::new();
        for limit in registry.post_limits {
            let people = self.limited(reader, &limit).await?;
            limits.push(LimitStanding { limit, people });
        }
        Ok(Some(Quotas { edition, quotas, reserved, limits }))
    }
}

impl QuotasOf {
    /// Declared facts of a code at or below the place, in force on the day.
    async fn facts(&self, reader: &Reader<'_>, code: &str) -> Result<Vec<declared_fact::Model>> {
        let at = Alias::own::<declared_fact::Entity>();
        let here = at.col(declared_fact::Column::OrganizationId).in_subquery(below(reader.gate(), self.place));
        let found = reader.find::<declared_fact::Entity>().filter(here);
        found.filter(at.col(declared_fact::Column::Code).eq(code)).filter(in_force(&at, self.on)).all().await
    }

    async fn reserved(
        &self,
        reader: &Reader<'_>,
        edition: &policy_edition::Model,
        reserved: Reserved,
    ) -> Result<ReservedStanding> {
        let period = crate::mechanism::targets::Period::Per(reserved.per);
        let stretch = stretch(period, edition.valid_from, self.on, reader.calendar());
        let within = |day: NaiveDate| stretch.is_some_and(|it| it.from <= day && day <= it.to);
        let filed = self.facts(reader, &reserved.of).await?;
        let filed = filed.iter().filter(|it| within(it.valid_from)).max_by_key(|it| (it.valid_from, it.id));
        let forecast = filed.and_then(|it| it.number).and_then(|it| u32::try_from(it).ok());
        let filled = self.facts(reader, &reserved.filled_by).await?;
        let filled = filled.iter().filter(|it| it.holds && within(it.valid_from)).count();
        Ok(ReservedStanding {
            needed: forecast.map(|it| reserved.share.count(it)),
            filled: u32::try_from(filled).unwrap_or(u32::MAX),
            reserved,
            stretch,
            forecast,
        })
    }

    /// People of a rank and age, with what the limit needs signed.
    async fn limited(&self, reader: &Reader<'_>, limit: &PostLimit) -> Result<Vec<CadreId>> {
        let (at, ranked) = (Alias::own::<cadre::Entity>(), Alias::named("limited_rank"));
        let (from, to) = (ranked.col(rank_period::Column::ValidFrom), ranked.col(rank_period::Column::ValidTo));
        let mut held = reader.gate().visible::<rank_period::Entity>(rank_period::Column::CadreId, &ranked);
        held.and_where(ranked.col(rank_period::Column::State).eq(FactState::Recorded))
            .and_where(ranked.col(rank_period::Column::Rank).eq(limit.rank))
            .cond_where(holds(from, to, self.on));
        let people = reader
            .find::<cadre::Entity>()
            .filter(at.col(cadre::Column::OrganizationId).in_subquery(below(reader.gate(), self.place)))
            .filter(at.col(cadre::Column::Status).eq(CadreStatus::InPost))
            .filter(at.col(cadre::Column::Id).in_subquery(held))
            .order(cadre::Column::NameSort)
            .all()
            .await?;
        let mut found = Vec::new();
        for person in people {
            let id = person.id;
            let dossier = dossier(reader, person).await?;
            if belongs(&limit.need(), &dossier, self.on) == Outcome::Met {
                found.push(id);
            }
        }
        Ok(found)
    }
}
