//! People beside each other, in the schema.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use entity::{id::PolicyEditionId, policy_edition};

use crate::{
    cadre::graphql::CadreCard,
    edition::{document::Document, graphql::PolicyEdition},
    eligibility::{dossier::Dossier, graphql::CriterionResult, judge::judge},
    error::{Error, Result},
    kernel::fact::Asked,
    portrait::{graphql::PortraitCell, rules},
    relay::Date,
};

/// One person of a comparison.
#[derive(SimpleObject)]
pub struct ComparisonPerson {
    /// The person's short card.
    cadre: CadreCard,
    /// The edition of the policy that has effect for the organization that keeps the person; null where none has, or no
    /// policy is asked for.
    edition: Option<PolicyEdition>,
}

/// One fact of everybody in a comparison.
#[derive(SimpleObject)]
pub struct ComparisonFact {
    /// The fact's name in policies.
    code: &'static str,
    /// Its Chinese label.
    label_zh: String,
    /// Its English label.
    label_en: String,
    /// A cell for each person, in the order of the people; null where the person is.
    cells: Vec<Option<PortraitCell>>,
}

/// One criterion of everybody in a comparison.
#[derive(SimpleObject)]
pub struct ComparisonCriterion {
    /// Its code within the policy.
    code: String,
    /// What it is called.
    title: String,
    /// How it comes out for each person, in the order of the people; null where the person is, and where the edition for
    /// the person does not ask for it.
    results: Vec<Option<CriterionResult>>,
}

/// Some people beside each other on a day (比较表), in the order asked for. It ranks nobody and adds nothing up.
#[derive(SimpleObject)]
pub struct ComparisonSheet {
    /// The day.
    as_of: Date,
    /// The people, in the order asked for; null for each who does not exist for the caller.
    people: Vec<Option<ComparisonPerson>>,
    /// The facts of a portrait, in its order.
    facts: Vec<ComparisonFact>,
    /// The criteria of the policy, in its order; empty where none is asked for, or none has effect for anybody.
    criteria: Vec<ComparisonCriterion>,
}

/// A person with the edition that has effect for them; none who does not exist for the caller.
type Placed = Option<(Dossier, Option<policy_edition::Model>)>;

impl ComparisonSheet {
    /// A sheet of some people.
    ///
    /// # Errors
    /// `Invalid` on a `purpose` that no edition has.
    pub(super) fn of(columns: Vec<Placed>, purpose: Option<&str>, on: NaiveDate) -> Result<Self> {
        let criteria = criteria(&columns, purpose, on)?;
        let fact = |asked: Asked| {
            let cell = |it: &Placed| it.as_ref().map(|(dossier, _)| rules::fact(dossier, &asked, on).into());
            let (label_zh, label_en) = rules::labels(&asked);
            let cells = columns.iter().map(cell).collect();
            ComparisonFact { code: asked.fact.text(), label_zh, label_en, cells }
        };
        let facts = rules::shown().into_iter().map(fact).collect();
        let person = |(dossier, edition): (Dossier, Option<policy_edition::Model>)| ComparisonPerson {
            cadre: CadreCard(dossier.cadre),
            edition: edition.map(PolicyEdition),
        };
        let people = columns.into_iter().map(|it| it.map(person)).collect();
        Ok(Self { as_of: Date(on), people, facts, criteria })
    }
}

/// Every criterion that an edition asks for, in the order in which the editions name them first.
fn criteria(columns: &[Placed], purpose: Option<&str>, on: NaiveDate) -> Result<Vec<ComparisonCriterion>> {
    let mut documents: Vec<(PolicyEditionId, Document)> = Vec::new();
    for row in columns.iter().flatten().filter_map(|(_, edition)| edition.as_ref()) {
        if documents.iter().all(|(id, _)| *id != row.id) {
            documents.push((row.id, PolicyEdition(row.clone()).read()?));
        }
    }
    let asked = |document: &Document| document.asked_for(purpose).is_some();
    if !documents.is_empty() && !documents.iter().any(|(_, it)| asked(it)) {
        let known = documents.iter().flat_map(|(_, it)| it.sections.purposes());
        let known: Vec<String> = known.map(|it| it.code).collect();
        return Err(Error::invalid("purpose", format!("is none of this policy: it has {}", known.join(", "))));
    }
    let mut out: Vec<ComparisonCriterion> = Vec::new();
    for criterion in documents.iter().filter_map(|(_, it)| it.asked_for(purpose)).flatten() {
        if out.iter().any(|it| it.code == criterion.code) {
            continue;
        }
        let result = |it: &Placed| {
            let (dossier, edition) = it.as_ref()?;
            let edition = edition.as_ref()?.id;
            let (_, document) = documents.iter().find(|(id, _)| *id == edition)?;
            let own = document.asked_for(purpose)?.into_iter().find(|it| it.code == criterion.code)?;
            Some(judge(own, edition, dossier, on).into())
        };
        let results = columns.iter().map(result).collect();
        out.push(ComparisonCriterion { code: criterion.code.clone(), title: criterion.title.clone(), results });
    }
    Ok(out)
}
