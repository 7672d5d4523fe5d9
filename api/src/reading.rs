//! Rows with all that a document asks of them, by one statement.
//!
//! Which fields of a type lead to rows of others is said with the type, in `leads!`. When rows are asked for, what is
//! selected of them is looked at first, and what that leads to is gathered along; it lies on the request's shelf, where
//! the loaders look before they ask. So a resolver knows nothing of it, and a plan can't be wrong: what it does not bring
//! is loaded as ever, what it brings in vain is not looked at. Each part has its own act, scope and row policy.

mod links;
mod told;

use std::{fmt::Write, sync::Arc};

use async_graphql::{Context, SelectionField};
use entity::told::Narrow;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser::Error as _};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    db::{
        connect::Plans,
        gate::{Gate, Visible},
        gather::{Above, Gathered, Joined, Part, named},
        reader::{self, Reader},
        session::{Remember, Session},
    },
    error::{Action, Error, Result},
    loaders::Caller,
    page::Page,
    questions::{self, Among, Belonging, List, RowsOf},
};

pub use links::{Brought, By, End, FromRow, Lead, Leads, Link, Tells, Told};
pub use told::{Root as ToldRoot, narrowed};

/// Parts of one statement, at most, besides the first.
const MOST: usize = 12;

type Row<E> = <E as EntityTrait>::Model;
/// The rows of a question.
pub type RowOf<B> = Row<<B as Belonging>::Entity>;

/// Longest form of a list whose statement is kept, in bytes: clients write lists as long as they like, and no two alike.
const LONGEST_FORM: usize = 500;

/// What is gathered along with the rows of a question: each branch hangs on the first part, 0, or on an earlier branch.
#[derive(Default)]
struct Plan {
    branches: Vec<(usize, &'static dyn Link)>,
    /// What the document tells of their rows.
    narrow: Narrow,
}

impl Plan {
    /// What some selected fields lead to.
    fn of<'s>(ctx: &Context<'_>, fields: impl Iterator<Item = SelectionField<'s>>, leads: Leads) -> Result<Self> {
        let narrow = ctx.data_opt::<Narrow>().cloned().unwrap_or_default();
        let mut plan = Self { branches: Vec::new(), narrow };
        plan.grow(ctx.session()?, fields, leads, 0);
        Ok(plan)
    }

    fn grow<'s>(
        &mut self,
        session: &Session,
        fields: impl Iterator<Item = SelectionField<'s>>,
        leads: Leads,
        parent: usize,
    ) {
        for field in fields {
            let Some(lead) = leads.iter().find(|it| it.field == field.name() && !it.paged) else { continue };
            let end = lead.through.iter().try_fold(parent, |parent, link| self.branch(session, parent, *link));
            // A way may lead back to where it began: each branch counts, and there are few.
            if let (Some(end), Some(to)) = (end, lead.to) {
                self.grow(session, field.selection_set(), (to.leads)(), end);
            }
        }
    }

    /// The part that a branch is; none where there is no room, or where the caller may not ask for its rows.
    fn branch(&mut self, session: &Session, parent: usize, link: &'static dyn Link) -> Option<usize> {
        let same =
            |(at, it): &(usize, &dyn Link)| *at == parent && it.name() == link.name() && it.from() == link.from();
        if let Some(found) = self.branches.iter().position(same) {
            return Some(found + 1);
        }
        if self.branches.len() >= MOST || !session.may(link.action()) {
            return None;
        }
        self.branches.push((parent, link));
        Some(self.branches.len())
    }
}

impl Plan {
    /// Its branches in words: two plans that read alike are one.
    fn shape(&self) -> String {
        let mut text = self.narrow.text().to_owned();
        for (parent, link) in &self.branches {
            let _ = write!(text, "{parent} {} {},", link.name(), link.from());
        }
        text
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        out.serialize_str(&self.shape())
    }
}

/// A question whose rows others can hang on.
pub trait Root: Remember {
    /// The table.
    type Entity: Visible<Model: DeserializeOwned>;
    /// Its rows as the first part of a statement.
    ///
    /// # Errors
    /// `Internal` for a table that can't be gathered.
    fn part(&self, reader: &Reader<'_>) -> Result<Part>;
    /// What tells its statement from others, besides its keys; none where it is made anew each time.
    fn form(&self) -> Option<String> {
        None
    }
    /// The same about other keys, each put through a function, where it has a form.
    fn about(&self, _: &mut dyn FnMut(Uuid) -> Uuid) -> Option<Self>
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
        self.found(reader).page_part(&self.page, A::by_name())
    }

    fn form(&self) -> Option<String> {
        let Self { among, page } = self.about(&mut |_| Uuid::nil())?;
        let form = serde_json::to_string(&(among, page.first, page.order, page.after)).ok();
        form.filter(|it| it.len() <= LONGEST_FORM)
    }

    fn about(&self, of: &mut dyn FnMut(Uuid) -> Uuid) -> Option<Self> {
        let Self { mut among, mut page } = self.clone();
        let kept = among.each_key(of) && page.each_key(of);
        kept.then_some(Self { among, page })
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

    fn form(&self) -> Option<String> {
        questions::Rows::form(self)
    }

    fn about(&self, of: &mut dyn FnMut(Uuid) -> Uuid) -> Option<Self> {
        questions::Rows::about(self, of)
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

impl<R: Root> Whole<'_, R> {
    /// What hangs on an answer: `read` brings the rows of each branch for the keys that they are asked for by.
    fn answered(
        &self,
        root: R::Answer,
        mut read: impl FnMut(usize, &dyn Link, Vec<Uuid>) -> Result<Arc<dyn Brought>>,
    ) -> Result<Answered<R::Answer>> {
        let mut along: Vec<Along> = Vec::new();
        for (at, (parent, link)) in self.plan.branches.iter().enumerate() {
            let asked = match parent.checked_sub(1) {
                None => R::keys(&root, link.from()),
                Some(earlier) => along.get(earlier).map(|it| it.0.keys(link.from())).unwrap_or_default(),
            };
            along.push(Along(read(at, *link, asked)?));
        }
        Ok(Answered { root, along })
    }
}

/// The answer of a question, and what hangs on it.
#[derive(Clone, Serialize)]
struct Answered<A> {
    root: A,
    along: Vec<Along>,
}

#[derive(Clone)]
struct Along(Arc<dyn Brought>);

impl Serialize for Along {
    fn serialize<S: Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.text().map_err(S::Error::custom)?.serialize(out)
    }
}

/// The same as its text.
#[derive(Deserialize)]
struct Text<'t, A> {
    root: A,
    #[serde(borrow)]
    along: Vec<&'t RawValue>,
}

impl<R: Root<Answer: DeserializeOwned>> Joined for Whole<'_, R> {
    const NAME: &'static str = R::NAME;
    const TTL_S: u64 = R::TTL_S;
    type Answer = Answered<R::Answer>;
    fn plans(&self) -> Plans {
        self.root.plans()
    }

    fn actions(&self) -> Vec<Action> {
        std::iter::once(R::ACTION).chain(self.plan.branches.iter().map(|(_, link)| link.action())).collect()
    }

    fn narrow(&self) -> Narrow {
        self.plan.narrow.clone()
    }

    fn form(&self) -> Option<String> {
        Some(format!("{} {}", self.root.form()?, self.plan.shape()))
    }

    fn keys(&self) -> Vec<Uuid> {
        let mut keys = Vec::new();
        self.root.about(&mut |key| {
            keys.push(key);
            key
        });
        keys
    }

    fn parts(&self, reader: &Reader<'_>, gates: &[Gate], of: &mut dyn FnMut(Uuid) -> Uuid) -> Result<Vec<Part>> {
        let other = self.root.about(of);
        let mut parts = vec![other.as_ref().unwrap_or(self.root).part(reader)?];
        let gate = |action| {
            let gate = gates.iter().find(|it| it.scope().action() == action);
            gate.ok_or_else(|| Error::broken("a part whose act has no gate"))
        };
        for (part, link) in &self.plan.branches {
            let (part, from) = (*part, link.from());
            let above = match part.checked_sub(1).and_then(|at| self.plan.branches.get(at)) {
                Some((_, parent)) => parent.above(part, from, gate(parent.action())?),
                None => Above::of::<R::Entity>(part, from, reader.gate()),
            };
            parts.push(link.part(gate(link.action())?, &above)?);
        }
        Ok(parts)
    }

    fn answer(&self, gathered: &Gathered) -> Result<Self::Answer> {
        let root = self.root.answer(gathered.rows::<R::Entity>(0)?);
        self.answered(root, |at, link, asked| link.read(gathered, at + 1, asked))
    }

    fn remembered(&self, text: &str) -> Result<Self::Answer> {
        let Text::<R::Answer> { root, along } = serde_json::from_str(text).map_err(Error::internal)?;
        self.answered(root, |at, link, asked| {
            let text = along.get(at).ok_or_else(|| Error::broken("a remembered answer without a part"))?;
            link.parse(text, asked)
        })
    }
}

/// The answer of a question; what its rows lead to lies on the shelf then.
async fn whole<R: Root<Answer: DeserializeOwned>>(ctx: &Context<'_>, root: &R, plan: Plan) -> Result<R::Answer> {
    let session = ctx.session()?;
    if plan.branches.is_empty() {
        return session.recall(root).await;
    }
    let answered = session.recall_joined(&Whole { root, plan }).await?;
    for Along(rows) in answered.along {
        rows.shelve(ctx.shelf()?);
    }
    Ok(answered.root)
}

/// A page of a list, with what is selected of its nodes.
///
/// # Errors
/// As the question.
pub async fn page<A: Among>(ctx: &Context<'_>, list: &List<A>, leads: Leads) -> Result<Page<Row<A::Entity>>> {
    let field = ctx.field();
    let fields = inside(inside(field.selection_set(), "edges"), "node");
    whole(ctx, list, Plan::of(ctx, fields, leads)?).await
}

/// What is selected of the fields of a name.
pub fn inside<'s>(
    fields: impl Iterator<Item = SelectionField<'s>>,
    name: &'static str,
) -> impl Iterator<Item = SelectionField<'s>> {
    fields.filter(move |it| it.name() == name).flat_map(|it| it.selection_set().collect::<Vec<_>>())
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
    whole(ctx, question, Plan::of(ctx, fields, leads)?).await
}

/// The row of one key, if the caller may see it, with what is selected of it.
///
/// # Errors
/// As the question.
pub async fn row<B: Belonging>(ctx: &Context<'_>, key: B::By, leads: Leads) -> Result<Option<RowOf<B>>> {
    let plan = Plan::of(ctx, ctx.field().selection_set(), leads)?;
    Ok(whole(ctx, &RowsOf::<B>::new([key]), plan).await?.pop())
}
