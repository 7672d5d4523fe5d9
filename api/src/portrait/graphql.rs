//! Portraits in the schema: every cell with its source and date, everybody in the order asked for or by name, nobody left
//! out for failing, and no total of a person. The shapes of answers stand in `sheet`, `list` and `structure`.

mod list;
mod sheet;
mod structure;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};

use crate::{
    cadre::graphql::CadreCard,
    db::session::Session,
    eligibility::{dossier::Dossier, graphql::InputMissing},
    error::{Action, Error, Result},
    loaders::Caller,
    page::{Order, PageArgs},
    portrait::{
        read::{Beside, ListedFor, Moving, PortraitOf},
        rules::{self, Cell},
    },
    questions::distinct,
    relay::{Date, PartialDate, access, key},
};

pub use list::ShortlistConnection;
pub use sheet::ComparisonSheet;
pub use structure::MoveSimulation;

/// Fewest and most people beside each other.
const BESIDE: (usize, usize) = (2, 20);

/// A section of a portrait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "rules::Part")]
pub enum PortraitPart {
    /// 基本信息
    Identity,
    /// 任职情况
    Post,
    /// 职务层次与职级
    LevelAndRank,
    /// 学历学位与专业技术职务
    Education,
    /// 工作经历
    Experience,
    /// 年度考核
    Assessments,
    /// 奖励
    Awards,
    /// 处分、问责
    Sanctions,
    /// 后备队伍
    Pools,
    /// 结对帮带
    Pairs,
}

/// One cell of a portrait: what is known, where it stands, and since when. A fact that is not known is a cell too.
#[derive(SimpleObject)]
pub struct PortraitCell {
    /// A fact's name in policies, or the kind of row.
    code: &'static str,
    /// Its Chinese label.
    label_zh: String,
    /// Its English label.
    label_en: String,
    /// What is known; where only a part is on record, the least that it can be. Null where nothing is known.
    value: Option<String>,
    /// The most that it can be, where only a part is on record.
    value_at_most: Option<String>,
    /// Why nothing is known.
    missing: Option<InputMissing>,
    /// Where it stands: the kind of record, and the source that it names.
    source: Option<String>,
    /// Since when it is so, as far as known.
    since: Option<PartialDate>,
    /// Until when it was so, exclusive, as far as known.
    until: Option<PartialDate>,
    /// When what it rests on was recorded last.
    recorded_at: Option<DateTime<Utc>>,
}

impl From<Cell> for PortraitCell {
    fn from(it: Cell) -> Self {
        Self {
            code: it.code,
            label_zh: it.label_zh,
            label_en: it.label_en,
            value: it.value,
            value_at_most: it.at_most,
            missing: it.missing.map(Into::into),
            source: it.source,
            since: it.span.from.map(PartialDate),
            until: it.span.to.map(PartialDate),
            recorded_at: it.recorded_at,
        }
    }
}

/// A section of a portrait: facts first, then the dated rows behind them, oldest first.
#[derive(SimpleObject)]
pub struct PortraitSection {
    /// Which section.
    code: PortraitPart,
    /// What it is called in Chinese.
    title_zh: &'static str,
    /// What it is called in English.
    title_en: &'static str,
    /// Its cells.
    cells: Vec<PortraitCell>,
}

/// The portrait of one person on a day (干部画像): what is on record, and nothing made of it.
#[derive(SimpleObject)]
pub struct Portrait {
    /// The person's short card.
    cadre: CadreCard,
    /// The day.
    as_of: Date,
    /// Its sections, all of them, in their order.
    sections: Vec<PortraitSection>,
}

/// Puts on record of whom the caller is shown the findings: of those whose findings are for the caller.
async fn shown(session: &Session, people: impl IntoIterator<Item = &Dossier>, asked: &str) -> Result<()> {
    let known = people.into_iter().filter(|it| it.sanctions.is_some() || it.declared.is_some());
    session.shows(Action::PortraitRead, known.map(|it| it.cadre.id).collect(), asked).await
}

/// Portraits of people.
#[derive(Default)]
pub struct PortraitQuery;

/// Portraits of people.
#[Object]
impl PortraitQuery {
    /// The portrait of a person: sections of cells, each with its source and date. What is not for the caller is told as
    /// such. Null where the person does not exist for the caller. Who is shown the sanctions of somebody else stands in that
    /// person's `accessLog`.
    #[graphql(directive = access::apply(Action::PortraitRead))]
    async fn portrait(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the person.")] cadre: ID,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<Portrait>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let Some(found) = session.ask(&PortraitOf(key(&cadre))).await? else { return Ok(None) };
        shown(session, [&found.dossier], "portrait").await?;
        let sections = rules::sections(&found, on).into_iter().map(|(part, cells)| PortraitSection {
            code: part.into(),
            title_zh: part.labels().0,
            title_en: part.labels().1,
            cells: cells.into_iter().map(Into::into).collect(),
        });
        let sections = sections.collect();
        Ok(Some(Portrait { cadre: CadreCard(found.dossier.cadre), as_of: Date(on), sections }))
    }

    /// Some people beside each other, in the order asked for, fact by fact; with a policy, also criterion by criterion, by
    /// the edition that has effect for each. It ranks nobody and adds nothing up. It stands in `accessLog` as a portrait does.
    #[graphql(directive = access::apply(Action::PortraitRead))]
    async fn comparison_sheet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids of 2 to 20 people, each once.")] cadres: Vec<ID>,
        #[graphql(desc = "Code of a policy.")] policy: Option<String>,
        #[graphql(desc = "For what: a purpose of the policy, such as TIER:A or MENTOR; all its criteria otherwise.")]
        purpose: Option<String>,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<ComparisonSheet>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let (fewest, most) = BESIDE;
        let wanted: Vec<entity::id::CadreId> = cadres.iter().map(key).collect();
        if !(fewest..=most).contains(&wanted.len()) {
            return Err(Error::invalid("cadres", format!("names {}; write {fewest} to {most}", wanted.len())));
        }
        if distinct(wanted.iter().copied()).len() < wanted.len() {
            return Err(Error::invalid("cadres", "names somebody twice: write each once"));
        }
        if policy.is_none() && purpose.is_some() {
            return Err(Error::invalid("purpose", "is one of a policy: name the policy too"));
        }
        let asked = ["comparisonSheet".to_owned()].into_iter().chain(policy.clone()).chain(purpose.clone());
        let asked = asked.collect::<Vec<_>>().join(" ");
        let found = session.ask(&Beside { cadres: wanted, policy, on }).await?;
        shown(session, found.iter().flatten().map(|it| &it.0), &asked).await?;
        ComparisonSheet::of(found, purpose.as_deref(), on).map(Some)
    }

    /// People in post under an organization for a list of a policy, by name alone: each with every factor and how it comes
    /// out, those too who fail one. Null where the organization, or the policy, does not exist for the caller. Where a factor
    /// asks for sanctions or for what is declared, it stands in `accessLog` as a portrait does.
    #[graphql(directive = access::apply(Action::PortraitRead))]
    #[expect(clippy::too_many_arguments, reason = "one for each argument of the field")]
    async fn shortlist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the policy, of which the edition nearest to the organization has effect.")]
        policy: String,
        #[graphql(desc = "Code of the list in the policy.")] list: String,
        #[graphql(desc = "Global id of the organization, with all below it.")] organization: ID,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which person: an endCursor of the same list.")] after: Option<String>,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<ShortlistConnection>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let organization = key(&organization);
        let bound = ("portrait.shortlist", &policy, &list, organization, on);
        let page = PageArgs::open(first, after.as_deref(), Order::Name, &bound, session.cursors())?;
        let asked = format!("shortlist {policy} {list}");
        let found = session.ask(&ListedFor { policy, list, organization, on, page }).await?;
        if let Some(found) = found.as_ref().filter(|it| it.shows_findings()) {
            shown(session, &found.people, &asked).await?;
        }
        Ok(found.map(|it| ShortlistConnection::of(it, organization, on, after.is_some(), session.cursors())))
    }

    /// How the structure of two units would change if a person moved: counts of the people in post whom each keeps itself and
    /// the caller may see. Nothing is changed. Null where the person or the unit is not within reach.
    #[graphql(directive = access::apply(Action::PortraitRead))]
    async fn move_simulation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the person.")] cadre: ID,
        #[graphql(desc = "Global id of the organization where the person would go.")] organization: ID,
        #[graphql(desc = "Code of a policy whose goals are looked at there.")] policy: Option<String>,
        #[graphql(desc = "The day on which ages and posts are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<MoveSimulation>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let found = session.ask(&Moving { cadre: key(&cadre), organization: key(&organization), policy, on }).await?;
        Ok(found.map(|it| MoveSimulation::of(it, on)))
    }
}
