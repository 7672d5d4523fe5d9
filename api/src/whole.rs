//! Rows with all that a document asks of them, by one statement.
//!
//! Which fields of a type lead to rows of others is said with the type, in `leads!`. When rows are asked for, what is
//! selected of them is looked at first, and what that leads to is gathered along; it lies on the request's shelf, where
//! the loaders look before they ask. So a resolver knows nothing of it, and a plan can't be wrong: what it does not bring
//! is loaded as ever, what it brings in vain is not looked at. Each part has its own act, scope and row policy.

use std::marker::PhantomData;

use async_graphql::{Context, SelectionField};
use entity::{Noun, Table};
use sea_orm::{EntityTrait, IdenStatic};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, ser::Error as _};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    db::{
        gate::{Gate, Visible},
        gather::{Above, Gathered, Joined, Part, named},
        reader::{self, Reader},
        session::{Remember, Session},
    },
    error::{Action, Error, Result},
    loaders::{Caller, Shelf},
    page::Page,
    questions::{self, Among, Belonging, List, RowsOf},
};

/// Parts of one statement, at most, besides the first.
const MOST: usize = 12;

type Row<E> = <E as EntityTrait>::Model;
type RowOf<B> = Row<<B as Belonging>::Entity>;

/// A field that leads to other rows: through which, and which fields those have in turn.
pub struct Lead {
    /// The field in the schema.
    pub field: &'static str,
    /// The way: each step starts at the rows of the one before.
    pub through: &'static [&'static dyn Link],
    /// What the type at its end leads to.
    pub to: Option<fn() -> Leads>,
}

/// What a type leads to.
pub type Leads = &'static [Lead];

/// One step: rows that belong to keys that a column of other rows names.
pub trait Link: Send + Sync {
    /// The act.
    fn action(&self) -> Action;
    /// The question that would be asked otherwise.
    fn name(&self) -> &'static str;
    /// The column that names the keys.
    fn from(&self) -> &'static str;
    /// The table of its rows.
    fn table(&self) -> Table;
    /// The part of a statement below another one.
    ///
    /// # Errors
    /// `Internal` for a table that can't be gathered.
    fn part(&self, gate: &Gate, above: &Above) -> Result<Part>;
    /// What a statement brought.
    ///
    /// # Errors
    /// `Internal` for rows of another table.
    fn read(&self, gathered: &Gathered, part: usize) -> Result<Box<dyn Brought>>;
    /// What was remembered.
    ///
    /// # Errors
    /// `Internal` for another text than `Brought::text` gave.
    fn parse(&self, text: &RawValue) -> Result<Box<dyn Brought>>;
}

/// Rows that came along.
pub trait Brought: Send + Sync {
    /// The keys that a column of them names.
    fn keys(&self, column: &str) -> Vec<Uuid>;
    /// To be remembered.
    ///
    /// # Errors
    /// Those of the rows' own text.
    fn text(&self) -> serde_json::Result<Box<RawValue>>;
    /// Puts them where the loaders look; of the keys that were asked for those without a row are known to have none.
    fn shelve(self: Box<Self>, asked: Vec<Uuid>, shelf: &Shelf);
}

/// The rows of a question by the keys of a column.
pub struct By<B, C> {
    /// The column.
    pub from: C,
    /// The question.
    pub of: PhantomData<fn() -> B>,
}

struct Rows<B: Belonging>(Vec<RowOf<B>>);

impl<B: Belonging, C: IdenStatic + Send + Sync> Link for By<B, C> {
    fn action(&self) -> Action {
        B::ACTION
    }

    fn name(&self) -> &'static str {
        B::NAME
    }

    fn from(&self) -> &'static str {
        self.from.as_str()
    }

    fn table(&self) -> Table {
        B::Entity::TABLE
    }

    fn part(&self, gate: &Gate, above: &Above) -> Result<Part> {
        Part::below::<B::Entity>(gate, B::column(), above, B::order())
    }

    fn read(&self, gathered: &Gathered, part: usize) -> Result<Box<dyn Brought>> {
        Ok(Box::new(Rows::<B>(gathered.rows::<B::Entity>(part)?)))
    }

    fn parse(&self, text: &RawValue) -> Result<Box<dyn Brought>> {
        Ok(Box::new(Rows::<B>(serde_json::from_str(text.get()).map_err(Error::internal)?)))
    }
}

impl<B: Belonging> Brought for Rows<B> {
    fn keys(&self, column: &str) -> Vec<Uuid> {
        named::<B::Entity>(&self.0, column)
    }

    fn text(&self) -> serde_json::Result<Box<RawValue>> {
        serde_json::value::to_raw_value(&self.0)
    }

    fn shelve(self: Box<Self>, asked: Vec<Uuid>, shelf: &Shelf) {
        use entity::id::Key as _;
        shelf.put::<B, _>(asked, self.0.into_iter().map(|row| (B::key(&row).uuid(), row)));
    }
}

/// What is gathered along with the rows of a question: each branch hangs on the first part, 0, or on an earlier branch.
#[derive(Default)]
struct Plan(Vec<(usize, &'static dyn Link)>);

impl Plan {
    /// What some selected fields lead to.
    fn of<'s>(session: &Session, fields: impl Iterator<Item = SelectionField<'s>>, leads: Leads) -> Self {
        let mut plan = Self::default();
        plan.grow(session, fields, leads, 0);
        plan
    }

    fn grow<'s>(
        &mut self,
        session: &Session,
        fields: impl Iterator<Item = SelectionField<'s>>,
        leads: Leads,
        parent: usize,
    ) {
        for field in fields {
            let Some(lead) = leads.iter().find(|it| it.field == field.name()) else { continue };
            let end = lead.through.iter().try_fold(parent, |parent, link| self.branch(session, parent, *link));
            // A way may lead back to where it began: each branch counts, and there are few.
            if let (Some(end), Some(to)) = (end, lead.to) {
                self.grow(session, field.selection_set(), to(), end);
            }
        }
    }

    /// The part that a branch is; none where there is no room, or where the caller may not ask for its rows.
    fn branch(&mut self, session: &Session, parent: usize, link: &'static dyn Link) -> Option<usize> {
        let same =
            |(at, it): &(usize, &dyn Link)| *at == parent && it.name() == link.name() && it.from() == link.from();
        if let Some(found) = self.0.iter().position(same) {
            return Some(found + 1);
        }
        if self.0.len() >= MOST || !session.may(link.action()) {
            return None;
        }
        self.0.push((parent, link));
        Some(self.0.len())
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        out.collect_seq(self.0.iter().map(|(parent, link)| (parent, link.name(), link.from())))
    }
}

/// A question whose rows others can hang on.
pub trait Root: Remember {
    /// The table.
    type Entity: Visible;
    /// Its rows as the first part of a statement.
    ///
    /// # Errors
    /// `Internal` for a table that can't be gathered.
    fn part(&self, reader: &Reader<'_>) -> Result<Part>;
    /// The one key that it is about, where there is one.
    fn one(&self) -> Option<Uuid> {
        None
    }
    /// The same about another key, where it is about one.
    fn about(&self, _: Uuid) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
    /// The answer that its rows make.
    fn answer(&self, rows: Vec<Row<Self::Entity>>) -> Self::Answer;
    /// The keys that a column of an answer's rows names.
    fn keys(answer: &Self::Answer, column: &str) -> Vec<Uuid>;
}

impl<A: Among> Root for List<A> {
    type Entity = A::Entity;
    fn part(&self, reader: &Reader<'_>) -> Result<Part> {
        let among = self.among.condition(reader.gate());
        reader.find::<A::Entity>().filter(among).page_part(&self.page, A::by_name())
    }

    fn answer(&self, rows: Vec<Row<A::Entity>>) -> Page<Row<A::Entity>> {
        reader::page::<A::Entity>(rows, &self.page, A::by_name())
    }

    fn keys(answer: &Page<Row<A::Entity>>, column: &str) -> Vec<Uuid> {
        named::<A::Entity>(answer.rows.iter().map(|(_, row)| row), column)
    }
}

impl<Q: questions::Rows> Root for Q {
    type Entity = Q::Entity;
    fn part(&self, reader: &Reader<'_>) -> Result<Part> {
        self.found(reader).part(Q::order())
    }

    fn one(&self) -> Option<Uuid> {
        questions::Rows::one(self)
    }

    fn about(&self, key: Uuid) -> Option<Self> {
        questions::Rows::about(self, key)
    }

    fn answer(&self, rows: Vec<Row<Q::Entity>>) -> Vec<Row<Q::Entity>> {
        rows
    }

    fn keys(answer: &Vec<Row<Q::Entity>>, column: &str) -> Vec<Uuid> {
        named::<Q::Entity>(answer, column)
    }
}

/// A question with what hangs on its rows.
#[derive(Serialize)]
struct Whole<'q, R> {
    root: &'q R,
    plan: Plan,
}

/// The answer of a question, and what hangs on it.
#[derive(Serialize, Deserialize)]
struct Answered<A> {
    root: A,
    along: Vec<Along>,
}

enum Along {
    Read(Box<dyn Brought>),
    Remembered(Box<RawValue>),
}

impl Serialize for Along {
    fn serialize<S: Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Read(rows) => rows.text().map_err(S::Error::custom)?.serialize(out),
            Self::Remembered(text) => text.serialize(out),
        }
    }
}

impl<'de> Deserialize<'de> for Along {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Box::deserialize(from).map(Self::Remembered)
    }
}

impl<R: Root<Answer: DeserializeOwned>> Joined for Whole<'_, R> {
    const NAME: &'static str = R::NAME;
    const TTL_S: u64 = R::TTL_S;
    const BY_KEY: bool = R::BY_KEY;
    type Answer = Answered<R::Answer>;
    fn actions(&self) -> Vec<Action> {
        std::iter::once(R::ACTION).chain(self.plan.0.iter().map(|(_, link)| link.action())).collect()
    }

    fn shape(&self) -> String {
        self.plan.0.iter().map(|(parent, link)| format!("{parent} {} {},", link.name(), link.from())).collect()
    }

    fn one(&self) -> Option<Uuid> {
        self.root.one()
    }

    fn parts(&self, reader: &Reader<'_>, gates: &[Gate], instead: Option<Uuid>) -> Result<Vec<Part>> {
        let other = instead.and_then(|key| self.root.about(key));
        let mut parts = vec![other.as_ref().unwrap_or(self.root).part(reader)?];
        for ((part, link), gate) in self.plan.0.iter().zip(gates.iter().skip(1)) {
            let (part, from) = (*part, link.from());
            let parent = part.checked_sub(1).and_then(|at| self.plan.0.get(at));
            let (table, action) = parent.map_or((R::Entity::TABLE, R::ACTION), |(_, it)| (it.table(), it.action()));
            parts.push(link.part(gate, &Above { part, from, table, action })?);
        }
        Ok(parts)
    }

    fn answer(&self, gathered: &Gathered) -> Result<Self::Answer> {
        let root = self.root.answer(gathered.rows::<R::Entity>(0)?);
        let links = self.plan.0.iter().enumerate();
        let along = links.map(|(at, (_, link))| link.read(gathered, at + 1).map(Along::Read));
        Ok(Answered { root, along: along.collect::<Result<_>>()? })
    }
}

/// The answer of a question; what its rows lead to lies on the shelf then.
async fn whole<R: Root<Answer: DeserializeOwned>>(ctx: &Context<'_>, root: &R, plan: Plan) -> Result<R::Answer> {
    let session = ctx.session()?;
    if plan.0.is_empty() {
        return session.recall(root).await;
    }
    let question = Whole { root, plan };
    let answered = session.recall_joined(&question).await?;
    let links = question.plan.0.iter();
    let along = answered.along.into_iter().zip(links.clone()).map(|(rows, (_, link))| match rows {
        Along::Read(rows) => Ok(rows),
        Along::Remembered(text) => link.parse(&text),
    });
    let along: Vec<_> = along.collect::<Result<_>>()?;
    let asked = |(parent, link): &(usize, &dyn Link)| match parent.checked_sub(1) {
        None => R::keys(&answered.root, link.from()),
        Some(earlier) => along.get(earlier).map(|it| it.keys(link.from())).unwrap_or_default(),
    };
    let asked: Vec<_> = links.map(asked).collect();
    for (rows, asked) in along.into_iter().zip(asked) {
        rows.shelve(asked, ctx.shelf()?);
    }
    Ok(answered.root)
}

/// A page of a list, with what is selected of its nodes.
///
/// # Errors
/// As the question.
pub async fn page<A: Among>(ctx: &Context<'_>, list: &List<A>, leads: Leads) -> Result<Page<Row<A::Entity>>> {
    let inside = |name: &'static str| move |it: &SelectionField<'_>| it.name() == name;
    let field = ctx.field();
    let edges = field.selection_set().filter(inside("edges"));
    let nodes = edges.flat_map(|it| it.selection_set().collect::<Vec<_>>()).filter(inside("node"));
    let fields = nodes.flat_map(|it| it.selection_set().collect::<Vec<_>>());
    whole(ctx, list, Plan::of(ctx.session()?, fields, leads)).await
}

/// Some rows, with what some selected fields ask of them.
///
/// # Errors
/// As the question.
pub async fn some<'s, Q: questions::Rows<Answer: DeserializeOwned>>(
    ctx: &Context<'_>,
    question: &Q,
    fields: impl Iterator<Item = SelectionField<'s>>,
    leads: Leads,
) -> Result<Q::Answer> {
    whole(ctx, question, Plan::of(ctx.session()?, fields, leads)).await
}

/// The row of one key, if the caller may see it, with what is selected of it.
///
/// # Errors
/// As the question.
pub async fn row<B: Belonging>(ctx: &Context<'_>, key: B::By, leads: Leads) -> Result<Option<RowOf<B>>> {
    let plan = Plan::of(ctx.session()?, ctx.field().selection_set(), leads);
    Ok(whole(ctx, &RowsOf::<B>::new([key]), plan).await?.pop())
}

/// Says which fields of a type lead to which rows: the field, each step as the column that names the keys and the question
/// that they are the keys of, and the type at the end, where that leads further.
#[macro_export]
macro_rules! leads {
    ($($field:literal: $($column:path => $question:ty),+ $(; $to:ty)?;)*) => {
        fn leads() -> $crate::whole::Leads {
            const LEADS: $crate::whole::Leads = &[$($crate::whole::Lead {
                field: $field,
                through: &[$(&$crate::whole::By::<$question, _> { from: $column, of: std::marker::PhantomData }),+],
                to: $crate::leads!(@to $($to)?),
            }),*];
            LEADS
        }
    };
    (@to) => { None };
    (@to $to:ty) => { Some(<$to as $crate::relay::FromRow>::leads) };
}

#[cfg(test)]
mod tests {
    use async_graphql::{Context, resolver_utils::ContainerType};

    use crate::{
        cadre::graphql::Cadre, mentoring::graphql::MentoringPair, pool::graphql::PoolMembership, schema::Query,
    };

    /// Bytes of a resolver.
    const MOST: usize = 6 * 1024;

    /// The library makes room for the largest resolver of a type at every field of every row. One that holds what waits for
    /// a database makes all its neighbours slow: `Session` boxes it.
    #[test]
    fn no_resolver_is_large() {
        fn size<'a, T: 'a, F>(_: impl FnOnce(&'a T, &'a Context<'a>) -> F) -> usize {
            size_of::<F>()
        }
        let sizes = [
            ("Cadre", size(<Cadre as ContainerType>::resolve_field)),
            ("MentoringPair", size(<MentoringPair as ContainerType>::resolve_field)),
            ("PoolMembership", size(<PoolMembership as ContainerType>::resolve_field)),
            ("Query", size(<Query as ContainerType>::resolve_field)),
        ];
        let large: Vec<_> = sizes.iter().filter(|(_, size)| *size > MOST).collect();
        assert!(large.is_empty(), "{large:?}");
    }
}
