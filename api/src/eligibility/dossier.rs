//! What is on record of one person, as inputs of criteria: each with its source and its date.

use chrono::{Datelike, NaiveDate};
use entity::{
    assessment, cadre, criterion_waiver, declared_fact, education, experience,
    kind::{AssessmentKind, ExperienceKind, FactState, OrganizationKind, Sex},
    level_period,
    partial_date::PartialDate,
    post_assignment, professional_title, rank_period, sanction,
};

use crate::{
    career::{
        draft::Span,
        read::{Fact as Dated, told},
    },
    kernel::{
        fact::{Asked, Fact},
        outcome::{Input, Known, Missing},
    },
};

/// The rows of one person.
pub struct Dossier {
    /// The record.
    pub cadre: cadre::Model,
    /// Levels.
    pub levels: Vec<level_period::Model>,
    /// Ranks.
    pub ranks: Vec<rank_period::Model>,
    /// Posts.
    pub posts: Vec<post_assignment::Model>,
    /// Experience.
    pub experiences: Vec<experience::Model>,
    /// Education.
    pub educations: Vec<education::Model>,
    /// Assessments.
    pub assessments: Vec<assessment::Model>,
    /// Sanctions; none, which is not an empty list, where they are not for the caller.
    pub sanctions: Option<Vec<sanction::Model>>,
    /// Professional titles.
    pub titles: Vec<professional_title::Model>,
    /// What policies declare, and is signed; none where it is not for the caller.
    pub declared: Option<Vec<declared_fact::Model>>,
    /// Criteria that somebody let pass for the person.
    pub waivers: Vec<criterion_waiver::Model>,
    /// What kind of organization keeps the person; none where the caller may not see it.
    pub kept_by: Option<OrganizationKind>,
}

fn nothing() -> Input {
    Input { known: Known::Nothing(Missing::NotOnRecord), source: None, since: None }
}

fn number(known: i64, table: &str, source: &str, since: Option<PartialDate>) -> Input {
    Input { known: Known::Number(known, known), source: Some(cited(table, source)), since }
}

/// Where something stands: the kind of record, and the source that the row names.
pub fn cited(table: &str, source: &str) -> String {
    if source.is_empty() { table.to_owned() } else { format!("{table}: {source}") }
}

/// Of rows of one kind, each with its span and source.
type Spans<'a> = Vec<(Span, &'a str)>;

/// Full months of the span that holds longest already.
fn longest(table: &str, spans: &[(Span, &str)], on: NaiveDate) -> Input {
    let held = spans.iter().filter(|it| it.0.holds(on)).filter_map(|it| Some((it.0.full_months(on)?, it)));
    let Some((months, (span, source))) = held.max_by_key(|it| it.0) else { return nothing() };
    number(i64::from(months), table, source, span.from)
}

/// The highest of some codes.
fn highest<'a>(
    fact: Fact,
    table: &str,
    codes: impl Iterator<Item = (&'static str, &'a str, Option<PartialDate>)>,
) -> Input {
    let Some((code, source, since)) = codes.max_by_key(|it| fact.height(it.0)) else { return nothing() };
    Input { known: Known::Code(code), source: Some(cited(table, source)), since }
}

impl Dossier {
    /// What is known of a fact on a day.
    pub fn input(&self, asked: &Asked, on: NaiveDate) -> Input {
        match asked.fact {
            Fact::Age => self.birth(|birth| birth.full_years(on).map(|it| Known::Number(it.into(), it.into()))),
            Fact::BirthDate => self.birth(|birth| Some(Known::Day(birth))),
            Fact::Sex if self.cadre.sex == Sex::Unknown => nothing(),
            Fact::Sex => self.recorded(self.cadre.sex.text()),
            Fact::Status => self.recorded(self.cadre.status.text()),
            Fact::Level | Fact::Rank => self.standing(asked.fact, on),
            Fact::MonthsAtLevel => {
                longest("level_period", &spans::<level_period::Entity>(&self.levels, on, |it| &it.source), on)
            }
            Fact::MonthsAtRank => {
                longest("rank_period", &spans::<rank_period::Entity>(&self.ranks, on, |it| &it.source), on)
            }
            Fact::MonthsInPost => {
                let principal: Vec<_> = self.posts.iter().filter(|it| it.is_primary).cloned().collect();
                longest("post_assignment", &spans::<post_assignment::Entity>(&principal, on, |it| &it.source), on)
            }
            Fact::GrassrootsMonths => self.experience(ExperienceKind::Grassroots, on),
            Fact::SecondmentMonths => self.experience(ExperienceKind::Secondment, on),
            Fact::Education | Fact::FullTimeEducation | Fact::Degree => self.studied(asked.fact, on),
            Fact::AnnualGrades => self.grades(asked, on),
            Fact::SanctionsInEffect => self.sanctioned(on),
            Fact::PostRole => self.post_role(on),
            Fact::OrganizationKind => match self.kept_by {
                Some(kind) => {
                    Input { known: Known::Code(kind.text()), source: Some("organization".to_owned()), since: None }
                }
                None => nothing(),
            },
            Fact::TitleGrade => self.title_grade(on),
            Fact::PartyMonths => {
                // Who joins later is none yet on this day.
                let begun = |it: &PartialDate| Span { from: Some(*it), to: None }.begun(on);
                let joined = self.cadre.party_joined_on.filter(begun);
                match joined.and_then(|it| Some((it, Span { from: Some(it), to: None }.full_months(on)?))) {
                    Some((since, months)) => number(i64::from(months), "cadre", "", Some(since)),
                    None => nothing(),
                }
            }
            Fact::Declared => self.signed(asked, on),
        }
    }

    /// Of several posts that are principal, the one that says most: 正职 before 副职.
    fn post_role(&self, on: NaiveDate) -> Input {
        let held = self.posts.iter().filter(|it| {
            it.state == FactState::Recorded && it.is_primary && post_assignment::Entity::span(it).holds(on)
        });
        let found = held.filter_map(|it| Some((it.role?, it))).min_by_key(|(role, _)| *role);
        match found {
            Some((role, row)) => Input {
                known: Known::Code(role.text()),
                source: Some(cited("post_assignment", &row.source)),
                since: row.valid_from,
            },
            None => nothing(),
        }
    }

    fn title_grade(&self, on: NaiveDate) -> Input {
        let held = self
            .titles
            .iter()
            .filter(|it| it.state == FactState::Recorded && professional_title::Entity::span(it).begun(on));
        let held = held.filter_map(|it| Some((it.grade?.text(), it.source.as_str(), it.obtained)));
        highest(Fact::TitleGrade, "professional_title", held)
    }

    /// What was signed last and is in force; a signed no is known too.
    fn signed(&self, asked: &Asked, on: NaiveDate) -> Input {
        let (Some(rows), Some((code, _))) = (&self.declared, &asked.declared) else {
            return Input { known: Known::Nothing(Missing::NotForCaller), source: None, since: None };
        };
        let in_force = |it: &&declared_fact::Model| {
            it.code == *code
                && it.state == FactState::Recorded
                && it.valid_from <= on
                && it.valid_to.is_none_or(|end| on < end)
        };
        // Yes goes before no, as everywhere a fact that holds goes before one that does not.
        let Some(row) = rows.iter().filter(in_force).max_by_key(|it| (it.holds, it.valid_from)) else {
            return nothing();
        };
        Input {
            known: Known::Code(if row.holds { "YES" } else { "NO" }),
            source: Some(cited("declared_fact", row.document_number.as_deref().unwrap_or(&row.source))),
            since: PartialDate::day_of(row.valid_from),
        }
    }

    fn birth(&self, known: impl Fn(PartialDate) -> Option<Known>) -> Input {
        let Some((birth, known)) = self.cadre.birth_date.and_then(|it| Some((it, known(it)?))) else {
            return nothing();
        };
        Input { known, source: Some("cadre".to_owned()), since: Some(birth) }
    }

    fn recorded(&self, code: &'static str) -> Input {
        Input { known: Known::Code(code), source: Some("cadre".to_owned()), since: None }
    }

    fn standing(&self, fact: Fact, on: NaiveDate) -> Input {
        if fact == Fact::Level {
            let held = self
                .levels
                .iter()
                .filter(|it| it.state == FactState::Recorded && level_period::Entity::span(it).holds(on));
            return highest(fact, "level_period", held.map(|it| (it.level.text(), it.source.as_str(), it.valid_from)));
        }
        let held =
            self.ranks.iter().filter(|it| it.state == FactState::Recorded && rank_period::Entity::span(it).holds(on));
        highest(fact, "rank_period", held.map(|it| (it.rank.text(), it.source.as_str(), it.valid_from)))
    }

    fn experience(&self, kind: ExperienceKind, on: NaiveDate) -> Input {
        let rows: Vec<_> = self.experiences.iter().filter(|it| it.kind == kind).cloned().collect();
        let rows = told::<experience::Entity>(rows, on);
        let months = rows.iter().filter_map(|it| experience::Entity::span(it).full_months(on)).map(i64::from).sum();
        let Some(first) = rows.first() else { return nothing() };
        number(months, "experience", &first.source, Some(first.valid_from))
    }

    /// A course counts once it is over; one without any date is over.
    fn studied(&self, fact: Fact, on: NaiveDate) -> Input {
        let over = |it: &&education::Model| match it.graduated {
            Some(day) => day.earliest().is_some_and(|it| it <= on),
            None => it.enrolled.is_none(),
        };
        let full_time = |it: &&education::Model| {
            fact != Fact::FullTimeEducation || it.mode == entity::kind::EducationMode::FullTime
        };
        let rows = self.educations.iter().filter(|it| it.state == FactState::Recorded).filter(over).filter(full_time);
        let code = |it: &education::Model| match fact {
            Fact::Degree => it.degree.map(|it| it.text()),
            _ => it.level.map(|it| it.text()),
        };
        highest(fact, "education", rows.filter_map(|it| Some((code(it)?, it.source.as_str(), it.graduated))))
    }

    /// From those years that had the grades, to those that may have had them: a year without an assessment may be either.
    fn grades(&self, asked: &Asked, on: NaiveDate) -> Input {
        let Some((grades, years)) = &asked.grades else { return nothing() };
        let first = on.year() - i32::try_from(*years).unwrap_or(0);
        let rows = self.assessments.iter().filter(|it| {
            it.state == FactState::Recorded
                && it.kind == AssessmentKind::Annual
                && (first..on.year()).contains(&it.year)
        });
        let rows: Vec<_> = rows.collect();
        let so = rows.iter().filter(|it| grades.contains(&it.grade.text())).count();
        let (so, known) = (i64::try_from(so).unwrap_or(0), i64::try_from(rows.len()).unwrap_or(0));
        let told: Vec<_> = rows.iter().map(|it| format!("{} {}", it.year, it.grade.text())).collect();
        let source = Some(cited("assessment", &told.join(", ")));
        Input { known: Known::Number(so, so + i64::from(*years) - known), source, since: None }
    }

    fn sanctioned(&self, on: NaiveDate) -> Input {
        let Some(rows) = &self.sanctions else {
            return Input { known: Known::Nothing(Missing::NotForCaller), source: None, since: None };
        };
        let effective =
            |it: &&sanction::Model| it.state == FactState::Recorded && it.effect_from <= on && on < it.effect_until;
        let rows: Vec<_> = rows.iter().filter(effective).collect();
        let numbers: Vec<_> = rows.iter().map(|it| it.document_number.as_str()).collect();
        let since = rows.iter().map(|it| it.effect_from).min().and_then(PartialDate::day_of);
        number(i64::try_from(rows.len()).unwrap_or(0), "sanction", &numbers.join(", "), since)
    }
}

fn spans<'a, E: Dated>(
    rows: &'a [<E as sea_orm::EntityTrait>::Model],
    on: NaiveDate,
    source: impl Fn(&'a <E as sea_orm::EntityTrait>::Model) -> &'a String,
) -> Spans<'a> {
    let in_force = rows.iter().filter(|row| E::state(row) == FactState::Recorded && E::span(row).begun(on));
    in_force.map(|row| (E::span(row), source(row).as_str())).collect()
}
