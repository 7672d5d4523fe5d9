//! Counts over cadres: a closed set of groupings, within what the caller may count.
//!
//! A caller who may count but not see the rows gets small cells suppressed, so that a count does not name a person. One
//! who sees the rows of one place and counts another could subtract: a cell is shown where the part that they do not see
//! is nobody, or is no small cell itself. Nothing here resists differencing of several groupings yet. Pools and pairs are
//! counted in the same way, in `pools` and `pairs`; what was so on an earlier day stands in `then`.

pub mod pairs;
pub mod pools;
mod tally;
mod then;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use entity::{
    cadre,
    id::OrganizationId,
    kind::{CadreStatus, PositionLevel, Role, Sex},
    organization,
};
use sea_orm::{
    Condition,
    sea_query::{CaseStatement, Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};

use crate::{
    auth::scope::Reach,
    cadre::read::ROWS,
    db::{
        gate::{Alias, Countable},
        reader::Reader,
        session::{Query, Remember},
    },
    error::{Action, Error, Result},
    organization::read::below,
};

/// Cells below it are suppressed for callers without row rights.
pub const FLOOR: i64 = 5;

/// By what to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum GroupBy {
    /// By position level.
    Level,
    /// By sex.
    Sex,
    /// By age band.
    AgeBand,
    /// By the band of the age that is reached within the year.
    AgeBandInYear,
    /// By year of birth.
    BirthYear,
}

/// Roles by whose grants people are counted: those that see rows, and readers of counts.
const COUNTING: [Role; 4] =
    [Role::OrganizationOfficer, Role::OrganizationLeader, Role::UnitOfficer, Role::SummaryReader];

/// Ages in full years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AgeBand {
    /// Below 30.
    Under30,
    /// 30 to 34.
    From30To34,
    /// 35 to 39.
    From35To39,
    /// 40 to 44.
    From40To44,
    /// 45 to 49.
    From45To49,
    /// 50 to 54.
    From50To54,
    /// 55 and above.
    From55,
}

/// Every band but the youngest, oldest first, with its youngest age in full years.
const BANDS: [(AgeBand, i32); 6] = [
    (AgeBand::From55, 55),
    (AgeBand::From50To54, 50),
    (AgeBand::From45To49, 45),
    (AgeBand::From40To44, 40),
    (AgeBand::From35To39, 35),
    (AgeBand::From30To34, 30),
];

/// Counts of cadres in post under an organization.
#[derive(Serialize)]
pub struct SummarizeCadres {
    /// The organization, with all below it.
    pub organization: OrganizationId,
    /// By what, each once.
    pub group_by: Vec<GroupBy>,
    /// The day of which it tells.
    pub as_of: NaiveDate,
    /// Whether that day is over: then its dated facts tell, and the records otherwise.
    pub past: bool,
}

/// One count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The level; none where it is not grouped by, or not known.
    pub level: Option<PositionLevel>,
    /// The sex; none where it is not grouped by.
    pub sex: Option<Sex>,
    /// The age band; none where it is not grouped by, or the birth date not known.
    pub age_band: Option<AgeBand>,
    /// The year of birth; none where it is not grouped by, or not known.
    pub birth_year: Option<i32>,
    /// How many; none where it is suppressed.
    pub count: Option<i64>,
}

impl Query for SummarizeCadres {
    const ACTION: Action = Action::SummaryRead;
    type Answer = Vec<Cell>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        at_own_level(reader, self.organization).await?;
        let rows = match tally::counts(self, reader).await? {
            Some(counts) => counted(reader, counts),
            None => self.rows(reader).await?,
        };
        let mut cells: Vec<Cell> = rows.into_iter().map(|(keys, count)| self.cell(&keys, count)).collect();
        cells.sort_by_key(|it| (it.level, it.sex, it.age_band, it.birth_year));
        Ok(cells)
    }
}

impl Remember for SummarizeCadres {
    const NAME: &'static str = "summary.cadres";
    const TTL_S: u64 = 300;
}

impl SummarizeCadres {
    /// The counts by the people's own rows.
    async fn rows(&self, reader: &Reader<'_>) -> Result<Vec<(Keys, Option<i64>)>> {
        let (at, gate) = (Alias::own::<cadre::Entity>(), reader.gate());
        let key = |by: &GroupBy| match by {
            GroupBy::Level if self.past => then::level(&at, gate, self.as_of),
            GroupBy::Level => at.col(cadre::Column::PositionLevel),
            GroupBy::Sex => at.col(cadre::Column::Sex),
            GroupBy::AgeBand => band(&at, self.as_of),
            GroupBy::AgeBandInYear => band(&at, last_of_year(self.as_of)),
            GroupBy::BirthYear => Expr::cust("substr(\"cadre\".\"birth_date\", 1, 4)"),
        };
        let keys: Vec<Expr> = self.group_by.iter().map(key).collect();
        let (in_post, keeper) = if self.past {
            (then::in_post(&at, gate, self.as_of), then::keeper(&at, gate, self.as_of))
        } else {
            let in_post = at.col(cadre::Column::Status).eq(CadreStatus::InPost);
            (Condition::all().add(in_post), at.col(cadre::Column::OrganizationId))
        };
        let among = Condition::all().add(in_post).add(keeper.in_subquery(below(gate, self.organization)));
        let measure = at.col(cadre::Column::Id).count();
        told::<cadre::Entity>(reader, among, &keys, measure, |keys| keys).await
    }

    fn cell(&self, keys: &[Option<String>], count: Option<i64>) -> Cell {
        let text = |by: GroupBy| {
            let place = self.group_by.iter().position(|it| *it == by)?;
            keys.get(place)?.as_deref()
        };
        Cell {
            level: text(GroupBy::Level).and_then(PositionLevel::parse),
            sex: text(GroupBy::Sex).and_then(Sex::parse),
            age_band: text(GroupBy::AgeBand)
                .or_else(|| text(GroupBy::AgeBandInYear))
                .and_then(|it| it.parse::<i32>().ok())
                .map(|it| BANDS.iter().find(|(_, from)| *from == it).map_or(AgeBand::Under30, |(band, _)| *band)),
            birth_year: text(GroupBy::BirthYear).and_then(|it| it.parse().ok()),
            count,
        }
    }
}

/// The last day of a day's year: by then everybody has had that year's birthday.
fn last_of_year(day: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year(), 12, 31).unwrap_or(day)
}

/// That a reader of counts asks for an organization of the own grants, and for none below it: counts of a subtree and
/// of the subtrees inside it would differ by what is to stay hidden.
async fn at_own_level(reader: &Reader<'_>, asked_for: OrganizationId) -> Result<()> {
    let gate = reader.gate();
    let Reach::Under(granted) = gate.scope().reach(&[Role::SummaryReader]) else { return Ok(()) };
    if granted.is_empty() || granted.contains(&asked_for) {
        return Ok(());
    }
    let id = Alias::own::<organization::Entity>().col(organization::Column::Id);
    let asked = || reader.find::<organization::Entity>().filter(id.clone().eq(asked_for));
    let counted = asked().filter(gate.under(id.clone(), &[Role::SummaryReader])).one().await?.is_some();
    let read = asked().filter(gate.under(id.clone(), ROWS)).one().await?.is_some();
    if counted && !read {
        return Err(Error::invalid(
            "organization",
            "lies below your grant: ask for the organization of the grant itself",
        ));
    }
    Ok(())
}

/// What a cell is by its groupings.
type Keys = Vec<Option<String>>;

/// Rows of a measure, each count shown or suppressed as the caller may see the rows behind it. What the database groups by
/// may be finer than the cells: `fold` says which cell a group belongs to.
async fn told<E: Countable>(
    reader: &Reader<'_>,
    among: Condition,
    keys: &[Expr],
    measure: Expr,
    fold: impl Fn(Keys) -> Keys,
) -> Result<Vec<(Keys, Option<i64>)>> {
    let folded = |rows: Vec<(Keys, i64)>| {
        let mut cells: BTreeMap<Keys, i64> = BTreeMap::new();
        rows.into_iter().for_each(|(keys, count)| *cells.entry(fold(keys)).or_default() += count);
        cells
    };
    let sees_rows = holds(reader, ROWS);
    let all = folded(reader.measure_by::<E>(among.clone(), keys, measure.clone()).await?);
    let mut unseen = BTreeMap::new();
    if sees_rows && holds(reader, &[Role::SummaryReader]) {
        let seen = E::visible(&Alias::own::<E>(), reader.gate());
        unseen = folded(reader.measure_by::<E>(among.add(seen.not()), keys, measure).await?);
    }
    let tell = |(keys, count): (Keys, i64)| {
        let hidden = if sees_rows { unseen.get(&keys).copied().unwrap_or(0) } else { count };
        let shown = hidden >= FLOOR || (hidden == 0 && sees_rows);
        (keys, shown.then_some(count))
    };
    Ok(all.into_iter().map(tell).collect())
}

/// Whether some grant of these roles counts here.
fn holds(reader: &Reader<'_>, roles: &[Role]) -> bool {
    !matches!(reader.gate().scope().reach(roles), Reach::Under(roots) if roots.is_empty())
}

/// Counts of whom the caller sees all, or none: then small ones are suppressed.
fn counted(reader: &Reader<'_>, counts: Vec<(Keys, i64)>) -> Vec<(Keys, Option<i64>)> {
    let sees_rows = holds(reader, ROWS);
    counts.into_iter().map(|(keys, count)| (keys, Some(count).filter(|it| sees_rows || *it >= FLOOR))).collect()
}

/// The youngest age of a row's band as text, `0` for the youngest band, null where the birth date is unknown.
///
/// Birth dates are texts of which an unknown part is missing, so comparing texts counts it as the earliest; the day a
/// person turned 30 need not exist in a calendar for the texts to compare rightly (29 February). The texts are digits
/// that this function makes; they stand in the statement as they are, because an expression with bound values is
/// another expression to PostgreSQL each time it occurs, and could not be grouped by.
fn band(at: &Alias, as_of: NaiveDate) -> Expr {
    let birth = at.col(cadre::Column::BirthDate);
    let mut bands = CaseStatement::new().case(birth.clone().is_null(), Expr::cust("NULL"));
    for (_, from) in BANDS {
        let turned = format!("'{:04}-{:02}-{:02}'", as_of.year() - from, as_of.month(), as_of.day());
        bands = bands.case(birth.clone().lte(Expr::cust(turned)), Expr::cust(format!("'{from}'")));
    }
    bands.finally(Expr::cust("'0'")).into()
}
