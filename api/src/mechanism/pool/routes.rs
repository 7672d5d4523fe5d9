//! Routes into a pool that overlap: who is found by two of them, comes by neither for certain.

use crate::{
    kernel::{finding::Findings, need, node::Node},
    mechanism::pool::AutoCandidates,
};

/// That no two rules find the same people for a tier: by which of two routes would they come?
pub(super) fn distinct(node: &Node<'_>, rules: &[AutoCandidates], findings: &mut Findings) {
    for (place, one) in rules.iter().enumerate() {
        for other in rules.iter().skip(place + 1) {
            let of_one_tier = one.tier == other.tier || one.tier.is_none() || other.tier.is_none();
            let same = one.event.is_some() && one.event == other.event;
            let meet = match (&one.need, &other.need) {
                (Some(one), Some(other)) => need::overlap(one, other),
                _ => same,
            };
            if !of_one_tier || !meet {
                continue;
            }
            let path = format!("{}.autoCandidates", node.path);
            match (&one.route, &other.route) {
                (Some(by), Some(or)) if by != or => findings.doubt(
                    &path,
                    format!("finds the same person by {} for {by} and by {} for {or}, so the routes overlap: set limits that leave nobody between them", one.code, other.code),
                ),
                _ if same || one.need == other.need => {
                    findings.doubt(&path, format!("says the same in {} and in {}: keep one", one.code, other.code));
                }
                _ => {}
            }
        }
    }
}
