//! Code sets in the schema: what a coded value means, in which edition, and what it is called in another one.

use async_graphql::{Context, Enum, Object};
use chrono::NaiveDate;

use crate::{
    codeset::{
        book::{self, Exactness, Mapping, Set, Standing, Value},
        read::MayReadCodes,
    },
    error::{Action, Result},
    loaders::Caller,
    relay::{Date, PartialDate, access},
};

/// How sure a code set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Standing")]
pub enum CodeSetStanding {
    /// A published standard.
    Standard,
    /// Seen in the files of cadre offices; its edition and its whole are not known.
    Seen,
    /// Ours, until the code values of the field are confirmed.
    Local,
}

/// How the value that a mapping leads to stands to the one that it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Exactness")]
pub enum CodeExactness {
    /// It means the same.
    Exact,
    /// It means more.
    Broader,
    /// It means less.
    Narrower,
}

/// A value of a code set's edition.
#[derive(Clone, Copy)]
pub struct CodedValue(pub &'static Value);

impl CodedValue {
    /// The value of a code, if the book has it.
    pub fn of(set: &str, edition: &str, code: &str) -> Option<Self> {
        book::find(set, edition, code).map(Self)
    }

    /// The value of an edition that means a value of the schema's closed sets.
    pub fn meaning(set: &str, edition: &str, kind: &str) -> Option<Self> {
        book::meaning(set, edition, kind).map(Self)
    }

    fn in_use(self, on: Option<NaiveDate>) -> bool {
        let begun = |on| self.0.valid_from.and_then(|it| it.earliest()).is_none_or(|from| from <= on);
        let over = |on| self.0.valid_to.and_then(|it| it.earliest()).is_some_and(|to| to <= on);
        on.is_none_or(|on| begun(on) && !over(on))
    }
}

/// A value of a code set's edition: a bare code can't be exchanged.
#[Object(crate = "crate::relay::graphql")]
impl CodedValue {
    /// The code.
    async fn code(&self) -> &str {
        self.0.code
    }
    /// The set, such as `GB/T 12407`.
    async fn code_set(&self) -> &str {
        self.0.set
    }
    /// The set's edition.
    async fn edition(&self) -> &str {
        self.0.edition
    }
    /// Chinese label.
    async fn label_zh(&self) -> &str {
        self.0.label_zh
    }
    /// English label.
    async fn label_en(&self) -> &str {
        self.0.label_en
    }
    /// The code that it is a division of.
    async fn parent(&self) -> Option<&str> {
        self.0.parent
    }
    /// From when it is in use, as far as known.
    async fn valid_from(&self) -> Option<PartialDate> {
        self.0.valid_from.map(PartialDate)
    }
    /// From when it is no longer in use.
    async fn valid_to(&self) -> Option<PartialDate> {
        self.0.valid_to.map(PartialDate)
    }
}

/// One edition of a code set.
pub struct CodeSet {
    set: &'static Set,
    on: Option<NaiveDate>,
}

/// One edition of a code set (代码集).
#[Object(crate = "crate::relay::graphql")]
impl CodeSet {
    /// Its code, such as `GB/T 12407`.
    async fn code(&self) -> &str {
        self.set.code
    }
    /// Its edition.
    async fn edition(&self) -> &str {
        self.set.edition
    }
    /// Chinese name.
    async fn name_zh(&self) -> &str {
        self.set.name_zh
    }
    /// English name.
    async fn name_en(&self) -> &str {
        self.set.name_en
    }
    /// How sure it is.
    async fn standing(&self) -> CodeSetStanding {
        self.set.standing.into()
    }
    /// What a reader should know of it, such as what is left out.
    async fn note(&self) -> Option<&str> {
        self.set.note
    }
    /// Its values; of a dated request those in use on the date.
    async fn values(&self) -> Vec<CodedValue> {
        let all = book::values(self.set.code, self.set.edition).map(CodedValue);
        all.filter(|it| it.in_use(self.on)).collect()
    }
}

/// What a value is called in another set or edition.
pub struct CodeMapping(&'static Mapping);

/// What a value is called in another set or edition.
#[Object(crate = "crate::relay::graphql")]
impl CodeMapping {
    /// The value that it begins with.
    async fn from(&self) -> CodedValue {
        CodedValue(self.0.from)
    }
    /// The value that it leads to.
    async fn to(&self) -> CodedValue {
        CodedValue(self.0.to)
    }
    /// How they stand to each other.
    async fn exactness(&self) -> CodeExactness {
        self.0.exactness.into()
    }
}

/// Questions about code sets.
#[derive(Default)]
pub struct CodeSetQuery;

/// Questions about code sets.
#[Object]
impl CodeSetQuery {
    /// Code sets with their values, the same for everybody.
    #[graphql(directive = access::apply(Action::CodeSetRead))]
    async fn code_sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the set of this code, such as `GB/T 12407`.")] code: Option<String>,
        #[graphql(desc = "Only this edition.")] edition: Option<String>,
        #[graphql(desc = "Only values in use on this day; one date for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<Vec<CodeSet>>> {
        let session = ctx.session()?;
        session.ask(&MayReadCodes).await?;
        session.agree(as_of.map(|it| it.0))?;
        let wanted = |it: &&Set| {
            code.as_deref().is_none_or(|code| code == it.code)
                && edition.as_deref().is_none_or(|edition| edition == it.edition)
        };
        let found = book::sets().iter().filter(wanted);
        Ok(Some(found.map(|set| CodeSet { set, on: session.asked() }).collect()))
    }

    /// What a value of one edition is called in others; none where the crosswalk knows of no other.
    #[graphql(directive = access::apply(Action::CodeSetRead))]
    async fn code_crosswalk(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The set of the value.")] code_set: String,
        #[graphql(desc = "The edition of the value.")] edition: String,
        #[graphql(desc = "The value.")] code: String,
        #[graphql(desc = "Only mappings to this set.")] to_set: Option<String>,
        #[graphql(desc = "Only mappings to this edition.")] to_edition: Option<String>,
    ) -> Result<Option<Vec<CodeMapping>>> {
        ctx.session()?.ask(&MayReadCodes).await?;
        let found = book::mappings(&code_set, &edition, &code);
        let found = found.filter(|it| to_set.as_deref().is_none_or(|set| set == it.to.set));
        let found = found.filter(|it| to_edition.as_deref().is_none_or(|edition| edition == it.to.edition));
        Ok(Some(found.map(CodeMapping).collect()))
    }
}
