//! What is said of pairs, what binds them, and what of them and of memberships may be counted.

use entity::{kind::Role::SummaryReader, mentoring_pair, pair_capacity, pair_evaluation, pool_membership};

use super::{Lens, OWN, ROWS};

impl Lens<'_> {
    /// A word on a pair: where the pair is visible, of a pair kept within reach, or one's own word.
    pub fn evaluation(&self, row: &pair_evaluation::Model) -> bool {
        let pair = self.raw.pair(row.pair_id);
        let own = row.cadre_id.is_some_and(|person| self.is_me(OWN, person));
        self.pair(pair) && (self.reaches(ROWS, pair.organization_id) || own)
    }

    /// A capacity: of what a grant reaches, and of all above it.
    pub fn capacity(&self, row: &pair_capacity::Model) -> bool {
        let below = |top| self.raw.within(top, row.organization_id);
        let binds = self.held.iter().any(|(role, top, _)| ROWS.contains(role) && below(*top));
        self.reaches(ROWS, row.organization_id) || binds
    }

    /// Whether a pair may be counted, and whether it may be seen besides.
    pub fn counts_pair(&self, row: &mentoring_pair::Model) -> (bool, bool) {
        let seen = self.pair(row);
        let cleared = || {
            self.raw.parts.iter().filter(|it| it.pair_id == row.id).all(|it| self.cleared(self.raw.cadre(it.cadre_id)))
        };
        (seen || self.reaches(&[SummaryReader], row.organization_id) && cleared(), seen)
    }

    /// Whether a membership may be counted, and whether it may be seen besides.
    pub fn counts_member(&self, row: &pool_membership::Model) -> (bool, bool) {
        let seen = self.membership(row);
        let keeper = self.raw.pool(row.pool_id).organization_id;
        let counts = self.reaches(&[SummaryReader], keeper) && self.cleared(self.raw.cadre(row.cadre_id));
        (seen || counts, seen)
    }
}
