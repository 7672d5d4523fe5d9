//! How fast somebody may go on: the generic cell rate algorithm, on Redis for all processes together, or in this one.
//!
//! One number a key: the instant by which all that was drawn so far is earned again. What is drawn moves it on; who would
//! move it further ahead than a window has to wait. So nobody can spend two windows at the seam of two, as counting by the
//! minute would allow. Several keys are drawn on together or not at all, in one step.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::shared::store::{Script, Store};

/// Keys kept in this process; beyond it those that are earned again are dropped.
const KEPT: usize = 100_000;

/// So much in a window, earned evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How much.
    pub most: u64,
    /// The window, in seconds.
    pub window_s: u64,
}

impl Rate {
    /// What one unit takes to be earned, in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "windows and limits are far below 2^52")]
    fn interval(self) -> f64 {
        self.window() / self.most.max(1) as f64
    }

    /// How long so much takes to be earned.
    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^52")]
    pub fn earning(self, amount: u64) -> Duration {
        Duration::from_secs_f64(amount.min(self.most) as f64 * self.interval() / 1e6)
    }

    /// The window in microseconds.
    #[expect(clippy::cast_precision_loss, reason = "windows are far below 2^52 microseconds")]
    fn window(self) -> f64 {
        self.window_s as f64 * 1e6
    }
}

/// What is drawn from one key.
#[derive(Clone, Debug)]
pub struct Draw {
    /// Whose, and of what.
    pub key: String,
    /// At which rate it is earned.
    pub rate: Rate,
    /// How much.
    pub amount: u64,
    /// How much of an earlier draw is given back first.
    pub back: u64,
}

/// Where a key stands after a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// How much is left at once.
    pub remaining: u64,
    /// Until all of it is earned again.
    pub reset: Duration,
    /// How long to wait for what was refused; none where this key would have given it.
    pub wait: Option<Duration>,
}

/// Whether everything was drawn, and where each key stands now, in the order of the draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Whether all of it was drawn; else nothing was.
    pub admitted: bool,
    /// One a draw.
    pub balances: Vec<Balance>,
}

/// Draws on keys.
pub struct Meter {
    store: Arc<Store>,
    /// Draws in this process while the store is away: an outage must not lift a limit.
    own: Own,
}

impl Meter {
    /// Over the shared store.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, own: Own::default() }
    }

    /// Whether other processes draw on the same keys.
    pub fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    /// Draws on all keys or on none; what is given back is given back either way.
    pub async fn draw(&self, draws: &[Draw]) -> Drawn {
        if self.store.is_shared() {
            let keys: Vec<&str> = draws.iter().map(|it| it.key.as_str()).collect();
            if let Ok(found) = self.store.invoke(&STEP, &keys, &arguments(draws)).await {
                let ahead: Vec<f64> = found.iter().skip(1).map(|it| *it as f64).collect();
                return drawn(draws, found.first() == Some(&1), &ahead);
            }
        }
        self.own.draw(draws)
    }
}

/// Draws in one process.
pub struct Own {
    begun: Instant,
    /// Microseconds since the beginning by which all is earned again.
    earned: Mutex<HashMap<String, f64>>,
}

impl Default for Own {
    fn default() -> Self {
        Self { begun: Instant::now(), earned: Mutex::default() }
    }
}

impl Own {
    /// As [`Meter::draw`].
    pub fn draw(&self, draws: &[Draw]) -> Drawn {
        self.draw_at(draws, self.begun.elapsed())
    }

    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^52")]
    fn draw_at(&self, draws: &[Draw], now: Duration) -> Drawn {
        let now = now.as_secs_f64() * 1e6;
        let mut earned = self.earned.lock().unwrap_or_else(PoisonError::into_inner);
        if earned.len() > KEPT {
            earned.retain(|_, at| *at > now);
        }
        let ahead = |draw: &Draw| {
            let at = earned.get(&draw.key).copied().unwrap_or(0.0);
            (at - draw.back as f64 * draw.rate.interval() - now).max(0.0)
        };
        let before: Vec<f64> = draws.iter().map(ahead).collect();
        let after: Vec<f64> =
            draws.iter().zip(&before).map(|(draw, it)| it + draw.amount as f64 * draw.rate.interval()).collect();
        let admitted = draws.iter().zip(&after).all(|(draw, it)| *it <= draw.rate.window());
        let kept = if admitted { after } else { before };
        for (draw, ahead) in draws.iter().zip(&kept) {
            earned.insert(draw.key.clone(), now + ahead);
        }
        drawn(draws, admitted, &kept)
    }
}

/// Where keys stand that are so many microseconds ahead of now.
#[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^52")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative, at most the limit")]
fn drawn(draws: &[Draw], admitted: bool, ahead: &[f64]) -> Drawn {
    let balance = |(draw, ahead): (&Draw, &f64)| {
        let left = draw.rate.window() - ahead;
        let lacking = draw.amount as f64 * draw.rate.interval() - left;
        // What is earned to within a millionth is earned.
        let remaining = (left / draw.rate.interval() + 1e-6).max(0.0) as u64;
        let wait = (!admitted && lacking > 0.0).then(|| Duration::from_micros(lacking.ceil() as u64));
        Balance { remaining, reset: Duration::from_micros(ahead.max(0.0) as u64), wait }
    };
    Drawn { admitted, balances: draws.iter().zip(ahead).map(balance).collect() }
}

fn arguments(draws: &[Draw]) -> Vec<String> {
    let of = |it: &Draw| {
        [it.rate.window().to_string(), it.rate.interval().to_string(), it.amount.to_string(), it.back.to_string()]
    };
    draws.iter().flat_map(of).collect()
}

/// The same step on Redis, by its clock, which all processes share.
const SCRIPT: &str = r"local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local before, after, admitted = {}, {}, 1
for i = 1, #KEYS do
  local window, interval = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2])
  local earned = tonumber(redis.call('GET', KEYS[i]) or '0')
  before[i] = math.max(earned - tonumber(ARGV[4 * i]) * interval - now, 0)
  after[i] = before[i] + tonumber(ARGV[4 * i - 1]) * interval
  if after[i] > window then admitted = 0 end
end
local out = { admitted }
for i = 1, #KEYS do
  local ahead = admitted == 1 and after[i] or before[i]
  if ahead > 0 then
    redis.call('SET', KEYS[i], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000) + 1000)
  else
    redis.call('DEL', KEYS[i])
  end
  out[i + 1] = math.ceil(ahead)
end
return out";

/// The script and its name, made once.
static STEP: LazyLock<Script> = LazyLock::new(|| Script::new(SCRIPT));

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Rate = Rate { most: 60, window_s: 60 };

    fn draw(key: &str, amount: u64, back: u64) -> Draw {
        Draw { key: key.to_owned(), rate: MINUTE, amount, back }
    }

    fn at(own: &Own, seconds: f64, draws: &[Draw]) -> Drawn {
        own.draw_at(draws, Duration::from_secs_f64(seconds))
    }

    #[test]
    fn a_window_may_be_spent_at_once_and_is_earned_evenly() {
        let own = Own::default();
        let all = at(&own, 1.0, &[draw("a", 60, 0)]);
        assert_eq!((all.admitted, all.balances[0].remaining), (true, 0));
        assert_eq!(all.balances[0].reset.as_secs(), 60);
        let more = at(&own, 1.5, &[draw("a", 1, 0)]);
        assert_eq!((more.admitted, more.balances[0].wait.map(|it| it.as_millis())), (false, Some(500)));
        assert!(at(&own, 2.1, &[draw("a", 1, 0)]).admitted);
        assert!(!at(&own, 2.2, &[draw("a", 1, 0)]).admitted);
        assert!(at(&own, 2.2, &[draw("b", 60, 0)]).admitted, "another key is another's");
        // Two windows can't be spent at the seam of two minutes.
        assert!(!at(&own, 60.5, &[draw("a", 60, 0)]).admitted);
    }

    #[test]
    fn keys_are_drawn_on_together_or_not_at_all() {
        let own = Own::default();
        assert!(at(&own, 1.0, &[draw("points", 50, 0)]).admitted);
        let both = at(&own, 1.0, &[draw("requests", 1, 0), draw("points", 20, 0)]);
        assert!(!both.admitted);
        assert_eq!((both.balances[0].remaining, both.balances[0].wait), (60, None));
        assert_eq!(both.balances[1].wait.map(|it| it.as_secs()), Some(10));
    }

    #[test]
    fn what_was_not_used_is_given_back_and_never_more() {
        let own = Own::default();
        at(&own, 1.0, &[draw("a", 50, 0)]);
        assert_eq!(at(&own, 1.0, &[draw("a", 10, 40)]).balances[0].remaining, 40);
        assert_eq!(at(&own, 1.0, &[draw("a", 0, 1000)]).balances[0].remaining, 60);
    }
}
