//! What the caller may still ask for, as a question that costs nothing.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    account::graphql::AccountKind,
    db::session::Session,
    error::{Action, Error, Result},
    loaders::Caller,
    quota::admission::Allowance,
    relay::access,
    shared::gcra::{Balance, Rate},
};

/// One allowance, earned evenly over its window: whoever spent all of it at once has all of it again after one window.
#[derive(SimpleObject)]
pub struct RateAllowance {
    /// How much there is in a window.
    pub limit: u64,
    /// How much is left at this moment, this request taken off.
    pub remaining: u64,
    /// When all of it is there again, should nothing more be asked.
    pub reset_at: DateTime<Utc>,
    /// The window, in seconds.
    pub window_seconds: u64,
}

impl RateAllowance {
    fn of(rate: Rate, balance: Balance, now: DateTime<Utc>) -> Self {
        let reset = TimeDelta::from_std(balance.reset).unwrap_or_default();
        let reset_at = now.checked_add_signed(reset).unwrap_or(now);
        Self { limit: rate.most, remaining: balance.remaining, reset_at, window_seconds: rate.window_s }
    }
}

/// What the caller's account may use, and what is left of it (see `extensions.cost` and the header `ratelimit`).
#[derive(SimpleObject)]
pub struct RateLimit {
    /// Whose plan it is: people and programs have one each.
    pub plan: AccountKind,
    /// Requests.
    pub requests: RateAllowance,
    /// Points of cost: one a field, times the rows of the pages around it.
    pub points: RateAllowance,
    /// Operations that may run at once.
    pub concurrent: u64,
    /// Points that this request asked for. What it does not use is given back.
    pub requested: u64,
}

impl RateLimit {
    /// Of an allowance at a moment.
    pub fn of(left: &Allowance, now: DateTime<Utc>) -> Self {
        Self {
            plan: left.plan.of.into(),
            requests: RateAllowance::of(left.plan.requests, left.requests, now),
            points: RateAllowance::of(left.plan.points, left.points, now),
            concurrent: left.plan.concurrent,
            requested: left.requested,
        }
    }
}

/// Whether the caller may ask how much is left.
struct MayAsk;

impl crate::db::session::Query for MayAsk {
    const ACTION: Action = Action::RateLimitRead;
    type Answer = ();
    async fn load(&self, _: &crate::db::reader::Reader<'_>) -> Result<()> {
        Ok(())
    }
}

/// Questions about what is left.
#[derive(Default)]
pub struct RateLimitQuery;

/// Questions about what is left.
#[Object]
impl RateLimitQuery {
    /// What the caller may still ask for. The question itself costs no points.
    #[graphql(directive = access::apply(Action::RateLimitRead))]
    async fn rate_limit(&self, ctx: &Context<'_>) -> Result<Option<RateLimit>> {
        let session: &Session = ctx.session()?;
        session.ask(&MayAsk).await?;
        let left = ctx.data::<Allowance>().map_err(|_| Error::invalid("rateLimit", "is not counted here"))?;
        Ok(Some(RateLimit::of(left, session.now())))
    }
}
