//! What the goals of a policy say of somebody who is to come to a place: which of them is short there and would stay so.

use chrono::NaiveDate;
use entity::id::OrganizationId;

use crate::{
    db::reader::Reader,
    edition::notice::Notice,
    eligibility::{dossier::Dossier, judge::belongs},
    error::Result,
    kernel::outcome::Outcome,
    mechanism::targets::{Counted, Goal},
    target::read::{Progress, said},
};

/// For each goal for cadres that is short at a place, and that the person would not help to reach: a warning, for which a reason
/// is asked. Nothing where no edition that sets goals has effect there.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn unhelped(
    reader: &Reader<'_>,
    policy: &str,
    place: OrganizationId,
    on: NaiveDate,
    comer: &Dossier,
) -> Result<Vec<Notice>> {
    let Some((edition, document)) = said(reader, policy, place, on).await? else { return Ok(Vec::new()) };
    let Some(targets) = &document.sections.targets else { return Ok(Vec::new()) };
    let of = Progress { policy: policy.to_owned(), place, on };
    let is = |code: &Option<String>| {
        let group = code.as_ref().and_then(|code| document.group(code));
        group.is_none_or(|it| belongs(&it.need, comer, on) == Outcome::Met)
    };
    let unhelpful = |it: &&Goal| it.counted == Counted::Cadres && is(&it.among) && !is(&it.group);
    let mut all = Vec::new();
    for goal in targets.goals.iter().filter(unhelpful) {
        let (standing, _) = of.goal(reader, &edition, &document, goal).await?;
        let (needed, actual) = (standing.standing.needed, standing.standing.actual);
        if standing.standing.missing > 0 {
            let first = targets.on_shortfall.first().map(|it| format!(" ({it})")).unwrap_or_default();
            let zh = format!("{}不足：应有{needed}，现有{actual}，此人不计入其中；请说明理由{first}", goal.title);
            let en = format!(
                "{} is short, {actual} of {needed}, and this person does not count for it: give a reason{first}",
                goal.title
            );
            all.push(Notice::warning(&goal.code, zh, en).under(edition.edition, &document.source));
        }
    }
    Ok(all)
}
