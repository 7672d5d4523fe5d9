//! What a pool's policy says of a step. A criterion whose failing is an error stands in the way until somebody waives it;
//! everything else is told, and kept with the step. Targets and structure never stand in anybody's way.

use chrono::{Datelike, NaiveDate};
use entity::{
    cadre,
    id::{OrganizationId, PolicyEditionId, PoolId},
    kind::MembershipState,
    policy_edition, pool_membership, reserve_pool,
};
use sea_orm::sea_query::ExprTrait;

use crate::{
    db::{gate::Alias, writer::Writer},
    edition::{
        document::Document,
        notice::Notice,
        read::{document_of, effective, in_force},
    },
    eligibility::{judge::judge, read::dossier},
    error::{Error, Problem, ProblemCode, Result},
    mechanism::pool::{CapacityMode, Pool, beyond},
};

/// States of a membership that take a place.
pub const HELD: [MembershipState; 2] = [MembershipState::Confirmed, MembershipState::Warned];

/// The edition of a pool's policy, and what it says.
pub struct Policed {
    /// The edition.
    pub edition: policy_edition::Model,
    /// What it says.
    pub document: Document,
}

/// What was said of a step, under which edition.
#[derive(Default)]
pub struct Said {
    /// The edition.
    pub edition: Option<PolicyEditionId>,
    /// What it said.
    pub notices: Vec<Notice>,
}

/// A membership that is proposed or confirmed.
pub struct Entering<'a> {
    /// Who.
    pub person: cadre::Model,
    /// Code of the tier.
    pub tier: &'a str,
    /// By which route.
    pub route: Option<&'a str>,
    /// Whether it is decided now, or only proposed.
    pub deciding: bool,
}

/// The policy of a code, in effect for a place today, which says something of pools.
///
/// # Errors
/// `Invalid` on `policyCode`.
pub async fn named(tx: &Writer<'_>, code: &str, place: OrganizationId) -> Result<Policed> {
    let Some((edition, document)) = in_force(&tx.reader(), code, place, tx.today()).await? else {
        let why = format!("'{code}' has no edition in effect there today: publish one first");
        return Err(Error::invalid("policyCode", why));
    };
    let says = &document.sections;
    if says.pool.is_none() && says.duties.is_none() && says.talks.is_none() && says.targets.is_none() {
        return Err(Error::invalid("policyCode", format!("'{code}' says nothing of a pool: name a policy that does")));
    }
    Ok(Policed { edition, document })
}

/// The policy of a pool; none where it has none, or none is in effect today.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn of(tx: &Writer<'_>, pool: &reserve_pool::Model) -> Result<Option<Policed>> {
    let Some(code) = &pool.policy_code else { return Ok(None) };
    let edition = effective(&tx.reader(), code, pool.organization_id, tx.today()).await?;
    edition.map(|edition| Ok(Policed { document: document_of(&edition)?, edition })).transpose()
}

impl Policed {
    /// What it says of the pool itself; a policy may speak of its members' duties and talks alone.
    fn pool(&self) -> Pool {
        self.document.sections.pool.clone().unwrap_or_default()
    }

    fn said(&self, notices: Vec<Notice>) -> Said {
        let under = |it: Notice| it.under(self.edition.edition, &self.document.source);
        Said { edition: Some(self.edition.id), notices: notices.into_iter().map(under).collect() }
    }

    /// What the policy says of somebody who enters.
    ///
    /// # Errors
    /// CRITERION_UNMET, CAPACITY_REACHED, `Invalid` on `entryRoute`.
    pub async fn entering(&self, tx: &Writer<'_>, pool: PoolId, who: Entering<'_>) -> Result<Said> {
        let rules = self.pool();
        let mut notices = self.criteria(tx, &rules, &who).await?;
        if let Some(route) = who.route
            && !rules.entry_routes.is_empty()
            && !rules.entry_routes.iter().any(|it| it == route)
        {
            let why = format!("'{route}' is no way into this pool; its policy has {}", rules.entry_routes.join(", "));
            return Err(Error::invalid("entryRoute", why));
        }
        if who.deciding {
            self.capacity(tx, &rules, pool, &who, &mut notices).await?;
        }
        Ok(self.said(notices))
    }

    async fn criteria(&self, tx: &Writer<'_>, rules: &Pool, who: &Entering<'_>) -> Result<Vec<Notice>> {
        let codes: Vec<&str> = rules.asked_of(who.tier).collect();
        let asked: Vec<_> = codes.iter().filter_map(|code| self.document.criterion(code)).collect();
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let dossier = dossier(&tx.reader(), who.person.clone()).await?;
        let mut notices = Vec::new();
        let mut refused: Option<Problem> = None;
        for criterion in asked {
            let judged = judge(criterion, self.edition.id, &dossier, tx.today());
            let Some(notice) = judged.notice() else { continue };
            let notice = notice.under(self.edition.edition, &self.document.source);
            if judged.blocks(who.deciding) {
                let problem = notice.problem("cadreId");
                refused = Some(match refused {
                    None => problem,
                    Some(first) => Problem {
                        message: format!("{} Also {}: {}", first.message, criterion.code, problem.message),
                        ..first
                    },
                });
            }
            notices.push(notice);
        }
        refused.map_or(Ok(notices), |problem| Err(problem.into()))
    }

    async fn capacity(
        &self,
        tx: &Writer<'_>,
        rules: &Pool,
        pool: PoolId,
        who: &Entering<'_>,
        notices: &mut Vec<Notice>,
    ) -> Result<()> {
        let members = members(tx, pool).await?;
        let tiers = crate::pool::write::tiers_of(tx, pool).await?;
        let tier = tiers.iter().find(|it| it.code == who.tier);
        let in_tier = members.iter().filter(|it| tier.is_some_and(|tier| tier.id == it.tier_id)).count();
        let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        if let Some((target, now)) = beyond(rules.tier(who.tier).and_then(|it| it.target), count(in_tier + 1)) {
            let about = rules.tier(who.tier).and_then(|it| it.target).is_some_and(|it| it.about.is_some());
            let (zh, en) = if about { ("约", "about ") } else { ("", "") };
            notices.push(Notice::warning(
                "TIER_TARGET",
                format!("目标{zh}{target}人，现{now}人"),
                format!("target {en}{target}, now {now}"),
            ));
        }
        let now = count(members.len() + 1);
        if let Some((mode, Some(total))) = rules.capacity
            && now > total
        {
            if mode != CapacityMode::Soft {
                let message = format!(
                    "The pool holds {} of {total}, which is {}: somebody must leave first.",
                    members.len(),
                    mode.text()
                );
                return Err(Problem::new(ProblemCode::CapacityReached, message)
                    .on("id")
                    .cited("CAPACITY", &self.document.source)
                    .into());
            }
            notices.push(Notice::warning(
                "CAPACITY",
                format!("总量{total}人，现{now}人"),
                format!("total {total}, now {now}"),
            ));
        }
        let year = tx.today().year();
        let quotas = rules.entry_quotas.iter().filter(|(route, _)| Some(route.as_str()) == who.route);
        for (route, most) in quotas {
            let entered = |it: &&pool_membership::Model| {
                it.entry_route.as_ref() == Some(route) && it.decided_on.is_some_and(|it: NaiveDate| it.year() == year)
            };
            let now = count(members.iter().filter(entered).count() + 1);
            if now > *most {
                let (zh, en) =
                    (format!("{route}每年{most}人，现{now}人"), format!("{most} a year by {route}, now {now}"));
                notices.push(Notice::warning("ENTRY_QUOTA", zh, en));
            }
        }
        Ok(())
    }

    /// What the policy says of a move from one maturity to another.
    pub fn moving(&self, from: Option<&str>, to: Option<&str>) -> Said {
        let layers = self.pool().maturity;
        let place = |code: Option<&str>| layers.iter().position(|it| Some(it.as_str()) == code);
        let mut notices = Vec::new();
        if let (Some(from), Some(to)) = (place(from), place(to))
            && to > from + 1
        {
            let skipped = layers.get(from + 1..to).unwrap_or_default().join(", ");
            let (zh, en) = (format!("越过{skipped}层次"), format!("goes over {skipped}"));
            notices.push(Notice::warning("LAYER_SKIPPED", zh, en));
        }
        self.said(notices)
    }

    /// What the policy says of an exit.
    ///
    /// # Errors
    /// TRANSITION_REFUSED where a warning must come first; `Invalid` on `reasonCode`.
    pub fn leaving(&self, state: MembershipState, reason_code: Option<&str>) -> Result<Said> {
        let rules = self.pool();
        let codes: Vec<&str> = rules.exit_rules.iter().map(|it| it.code.as_str()).collect();
        let mut notices = Vec::new();
        match reason_code {
            Some(code) if !codes.is_empty() && !codes.contains(&code) => {
                let why = format!("'{code}' is no way out of this pool; its policy has {}", codes.join(", "));
                return Err(Error::invalid("reasonCode", why));
            }
            None if !codes.is_empty() => {
                let known = codes.join(", ");
                let (zh, en) = (format!("未列明出库情形：{known}"), format!("names none of its ways out: {known}"));
                notices.push(Notice::warning("EXIT_RULE", zh, en));
            }
            _ => {}
        }
        if rules.warn_first && state == MembershipState::Confirmed {
            let message = "The policy wants a warning first: warn the member, and decide after that.";
            return Err(Problem::new(ProblemCode::TransitionRefused, message)
                .on("id")
                .cited("WARN_FIRST", &self.document.source)
                .into());
        }
        Ok(self.said(notices))
    }
}

/// The members of a pool.
async fn members(tx: &Writer<'_>, pool: PoolId) -> Result<Vec<pool_membership::Model>> {
    let at = Alias::own::<pool_membership::Entity>();
    let reader = tx.reader();
    let members = reader.find::<pool_membership::Entity>().filter(at.col(pool_membership::Column::PoolId).eq(pool));
    members.filter(at.col(pool_membership::Column::State).is_in(HELD)).all().await
}
