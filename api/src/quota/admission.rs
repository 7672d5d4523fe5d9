//! Lets requests in, or says how long to wait: operations at once, requests and points a minute, each account its own.
//!
//! One step on the shared store a request, or less: see `lease.rs`. What was asked for and not used is given back with the
//! account's next request, so that giving back costs no step of its own; a process that ends forgets it. An account that was
//! refused is refused again without a step, and before its next document is read, until what it lacked is earned.

mod lease;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use entity::id::{AccountId, Key as _};

use crate::{
    quota::{
        admission::lease::{Amount, Lease},
        plan::{Plan, Plans},
    },
    shared::{
        gcra::{Balance, Draw, Drawn, Meter},
        store::Store,
    },
};

/// How long a change waits to be told while the account does enough at once.
const TURN: Duration = Duration::from_millis(50);

/// Accounts remembered; beyond it those with nothing in flight are forgotten, and what they would get back.
const KEPT: usize = 100_000;

/// What an account has in this process.
#[derive(Default)]
struct Held {
    /// Operations that run.
    running: u64,
    /// Points to give back.
    back: u64,
    /// Until when it is refused without a step.
    until: Option<Instant>,
    /// What is drawn ahead, where other processes draw too.
    lease: Lease,
}

impl Held {
    /// Whether nothing would be lost with it.
    fn is_idle(&self) -> bool {
        self.running == 0 && self.back == 0 && self.until.is_none() && self.lease.is_unused()
    }
}

/// Lets requests in.
pub struct Quota {
    meter: Meter,
    plans: Plans,
    held: Arc<Mutex<HashMap<AccountId, Held>>>,
}

/// Why a request has to wait, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// What there is none left of: `requests`, `points` or `operations at once`.
    pub what: &'static str,
    /// How much of it there is.
    pub most: u64,
    /// How long to wait.
    pub wait: Duration,
    /// What is left of each, where that was looked at.
    pub left: Option<Box<Allowance>>,
}

/// What an account has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Its plan.
    pub plan: Plan,
    /// Requests.
    pub requests: Balance,
    /// Points.
    pub points: Balance,
    /// Points that this request asked for.
    pub requested: u64,
}

/// One operation that runs, until it is dropped, however it ends.
pub struct Running {
    held: Arc<Mutex<HashMap<AccountId, Held>>>,
    account: AccountId,
    /// Its plan.
    pub plan: Plan,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(it) = held.get_mut(&self.account) else { return };
        it.running = it.running.saturating_sub(1);
        if it.is_idle() {
            held.remove(&self.account);
        }
    }
}

impl Quota {
    /// By plans, over the shared store.
    pub fn new(plans: Plans, store: Arc<Store>) -> Self {
        Self { meter: Meter::new(store), plans, held: Arc::default() }
    }

    /// Begins an operation.
    ///
    /// # Errors
    /// When the account has too many already, or was refused and has not waited.
    pub fn begin(&self, account: AccountId, machine: bool) -> Result<Running, Over> {
        let plan = self.plans.plan(machine);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() > KEPT {
            held.retain(|_, it| it.running > 0);
        }
        let it = held.entry(account).or_default();
        if let Some(wait) = it.until.and_then(|until| until.checked_duration_since(Instant::now())) {
            return Err(Over { what: "requests or points", most: plan.requests.most, wait, left: None });
        }
        it.until = None;
        if it.running >= plan.concurrent {
            let wait = Duration::from_secs(1);
            return Err(Over { what: "operations at once", most: plan.concurrent, wait, left: None });
        }
        it.running += 1;
        Ok(Running { held: self.held.clone(), account, plan })
    }

    /// Draws one request, and the points that it asks for.
    ///
    /// # Errors
    /// When there are not enough left.
    pub async fn draw(&self, running: &Running, points: u64) -> Result<Allowance, Over> {
        let (account, plan) = (running.account, running.plan);
        let left = |requests, points_left| Allowance { plan, requests, points: points_left, requested: points };
        let ahead = match self.drawn_ahead(running, points) {
            Ok((requests, points)) => return Ok(left(requests, points)),
            Err(ahead) => ahead,
        };
        let mut drawn = self.step(running, points, ahead).await;
        if !drawn.admitted && ahead != Amount::default() {
            drawn = self.step(running, points, Amount::default()).await;
        }
        let [requests, points_left] = drawn.balances.as_slice() else {
            let wait = Duration::from_secs(1);
            return Err(Over { what: "requests", most: plan.requests.most, wait, left: None });
        };
        let left = left(*requests, *points_left);
        if drawn.admitted {
            return Ok(left);
        }
        let (what, most, wait) = match (requests.wait, points_left.wait) {
            (Some(wait), _) => ("requests", plan.requests.most, wait),
            (None, wait) => ("points", plan.points.most, wait.unwrap_or_default()),
        };
        // Only who lacks requests lacks them for whatever comes next: a cheaper document may still be paid for.
        if requests.wait.is_some() {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.entry(account).or_default().until = Instant::now().checked_add(wait);
        }
        Err(Over { what, most, wait, left: Some(Box::new(left)) })
    }

    /// What the account has left after a request of so many points, where what is drawn ahead holds it; else how much to
    /// draw ahead with the next step.
    fn drawn_ahead(&self, running: &Running, points: u64) -> Result<(Balance, Balance), Amount> {
        if !self.meter.is_shared() {
            return Err(Amount::default());
        }
        self.with_lease(running.account, |it| it.take(points).ok_or_else(|| it.ahead(running.plan)))
    }

    /// One step: a request of so many points and what is drawn ahead, or nothing.
    async fn step(&self, running: &Running, points: u64, ahead: Amount) -> Drawn {
        let (account, plan) = (running.account, running.plan);
        let mut draws = [
            Draw { key: key("requests", account), rate: plan.requests, amount: 1 + ahead.requests, back: 0 },
            self.points(running, points + ahead.points),
        ];
        let [requests, points] = &mut draws;
        // What was drawn ahead and not used goes back first.
        let unused = self.with_lease(account, Lease::empty);
        requests.back += unused.requests;
        points.back += unused.points;
        let drawn = self.meter.draw(&draws).await;
        if let ([requests, points], true) = (drawn.balances.as_slice(), drawn.admitted) {
            self.with_lease(account, |it| it.grow(ahead, *requests, *points));
        }
        drawn
    }

    fn with_lease<T>(&self, account: AccountId, act: impl FnOnce(&mut Lease) -> T) -> T {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut held.entry(account).or_default().lease)
    }

    /// Begins to tell a follower of a change, and draws the points that its document asks for. A change is no request of
    /// the client's, so requests are not counted; and half of the operations are left to what the account asks itself.
    ///
    /// # Errors
    /// How long to wait. Then nothing was drawn.
    pub async fn tell(&self, account: AccountId, machine: bool, points: u64) -> Result<Running, Duration> {
        let plan = self.plans.plan(machine);
        let running = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let it = held.entry(account).or_default();
            if it.running >= plan.concurrent.div_ceil(2) {
                return Err(TURN);
            }
            it.running += 1;
            Running { held: self.held.clone(), account, plan }
        };
        let drawn = self.meter.draw(&[self.points(&running, points)]).await;
        drawn.balances.first().and_then(|it| it.wait).map_or(Ok(running), Err)
    }

    /// A draw of points, with those that the account gets back.
    fn points(&self, running: &Running, amount: u64) -> Draw {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let back = held.get_mut(&running.account).map_or(0, |it| std::mem::take(&mut it.back));
        Draw { key: key("points", running.account), rate: running.plan.points, amount, back }
    }

    /// Gives back points that were not used, with the account's next request.
    pub fn give_back(&self, running: &Running, points: u64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let it = held.entry(running.account).or_default();
        it.back = it.back.saturating_add(points);
    }
}

/// Where it is counted what an account has left.
fn key(what: &str, account: AccountId) -> String {
    format!("rate:{what}:{}", account.uuid().simple())
}
