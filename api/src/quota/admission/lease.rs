//! What a process has drawn ahead for an account that asks much, so that not every request of it is a step on the shared
//! store. It draws for the next tenth of a second as much as was asked for lately, at most a hundredth of what the plan
//! gives: who asks less than ten times a second is counted to the request. What is left of it after a second goes back with
//! the next step; a process that ends forgets it, as it forgets what was not used.

use std::time::{Duration, Instant};

use crate::{quota::plan::Plan, shared::gcra::Balance};

/// What was asked for within one says how much is drawn ahead; after one it is looked again what is left.
const SECOND: Duration = Duration::from_secs(1);
/// Steps in a second that a process aims at.
const STEPS: u64 = 10;
/// The part of a plan that it draws ahead at most.
const PART: u64 = 100;

/// Requests and points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Requests.
    pub requests: u64,
    /// Points.
    pub points: u64,
}

/// What is drawn ahead of one account.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    left: Amount,
    /// What the store said at the last step, and when that was.
    balances: Option<(Balance, Balance)>,
    stepped: Instant,
    /// The second that runs, what was asked for in it, and in the one before.
    second: Instant,
    asked: Amount,
    before: Amount,
}

impl Default for Lease {
    fn default() -> Self {
        let (now, none) = (Instant::now(), Amount::default());
        Self { left: none, balances: None, stepped: now, second: now, asked: none, before: none }
    }
}

impl Lease {
    /// Gives up what it still holds: it goes back with a step.
    pub fn empty(&mut self) -> Amount {
        self.balances = None;
        std::mem::take(&mut self.left)
    }

    /// Holds so much more, after a step that the store answered so.
    pub fn grow(&mut self, more: Amount, requests: Balance, points: Balance) {
        self.left.requests = self.left.requests.saturating_add(more.requests);
        self.left.points = self.left.points.saturating_add(more.points);
        (self.balances, self.stepped) = (Some((requests, points)), Instant::now());
    }

    /// Takes a request of so many points out of it, and says what the account has left; none where it does not hold them.
    pub fn take(&mut self, points: u64) -> Option<(Balance, Balance)> {
        self.note(points);
        let (requests, points_left) = self.balances.filter(|_| self.stepped.elapsed() <= SECOND)?;
        let left =
            Amount { requests: self.left.requests.checked_sub(1)?, points: self.left.points.checked_sub(points)? };
        self.left = left;
        let with = |it: Balance, left: u64| Balance { remaining: it.remaining.saturating_add(left), ..it };
        Some((with(requests, left.requests), with(points_left, left.points)))
    }

    fn note(&mut self, points: u64) {
        let elapsed = self.second.elapsed();
        if elapsed > SECOND {
            self.before = if elapsed > 2 * SECOND { Amount::default() } else { self.asked };
            (self.asked, self.second) = (Amount::default(), Instant::now());
        }
        self.asked.requests = self.asked.requests.saturating_add(1);
        self.asked.points = self.asked.points.saturating_add(points);
    }

    /// What to draw ahead now, after what was asked for lately.
    pub fn ahead(&self, plan: Plan) -> Amount {
        let soon = |it: fn(&Amount) -> u64| it(&self.asked).max(it(&self.before)) / STEPS;
        let requests = soon(|it| it.requests).min(plan.requests.most / PART);
        // Of the two the one without the other is of no use.
        if requests == 0 {
            return Amount::default();
        }
        Amount { requests, points: soon(|it| it.points).min(plan.points.most / PART) }
    }

    /// Whether it holds nothing, and knows nothing of what is asked for.
    pub fn is_unused(&self) -> bool {
        [self.left, self.asked, self.before].iter().all(|it| *it == Amount::default())
    }
}

#[cfg(test)]
mod tests {
    use entity::kind::AccountKind;

    use super::*;
    use crate::shared::gcra::Rate;

    const BALANCE: Balance = Balance { remaining: 1000, reset: Duration::ZERO, wait: None };

    fn plan(requests: u64) -> Plan {
        let rate = |most| Rate { most, window_s: 60 };
        Plan { of: AccountKind::Machine, requests: rate(requests), points: rate(1_000_000), concurrent: 8 }
    }

    fn asked(times: u64) -> Lease {
        let mut lease = Lease::default();
        (0..times).for_each(|_| assert!(lease.take(10).is_none()));
        lease
    }

    fn ago(instant: &mut Instant, ms: u64) {
        *instant = instant.checked_sub(Duration::from_millis(ms)).expect("a machine that runs longer");
    }

    #[test]
    fn who_asks_seldom_is_counted_to_the_request() {
        assert_eq!(asked(9).ahead(plan(6000)), Amount::default());
        assert_eq!(asked(2000).ahead(plan(99)), Amount::default(), "of a small plan nothing is drawn ahead");
    }

    #[test]
    fn a_tenth_of_a_second_is_drawn_and_a_hundredth_of_the_plan_at_most() {
        let mut lease = asked(205);
        assert_eq!(lease.ahead(plan(1_000_000)), Amount { requests: 20, points: 205 });
        assert_eq!(asked(2000).ahead(plan(6000)), Amount { requests: 60, points: 2000 });
        // The second before counts, the one before that does not.
        ago(&mut lease.second, 1500);
        assert!(lease.take(10).is_none());
        assert_eq!(lease.ahead(plan(1_000_000)), Amount { requests: 20, points: 205 });
        ago(&mut lease.second, 2500);
        assert!(lease.take(10).is_none());
        assert_eq!(lease.ahead(plan(1_000_000)), Amount::default());
    }

    #[test]
    fn it_gives_what_it_holds_and_tells_what_is_left_in_all() {
        let mut lease = Lease::default();
        lease.grow(Amount { requests: 2, points: 15 }, BALANCE, BALANCE);
        let left = |it: Option<(Balance, Balance)>| it.map(|(requests, points)| (requests.remaining, points.remaining));
        assert_eq!(left(lease.take(10)), Some((1001, 1005)));
        assert_eq!(left(lease.take(10)), None, "there are not points enough");
        assert_eq!(left(lease.take(5)), Some((1000, 1000)));
        assert_eq!(left(lease.take(0)), None);
        lease.grow(Amount { requests: 2, points: 15 }, BALANCE, BALANCE);
        ago(&mut lease.stepped, 1500);
        assert_eq!(left(lease.take(1)), None, "it looks again after a second");
        assert_eq!(lease.empty(), Amount { requests: 2, points: 15 });
        assert!(Lease::default().is_unused() && !lease.is_unused());
    }
}
