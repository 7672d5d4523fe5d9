//! What forms say, as the rows of a file: the same persons, records and dated facts that a roster would bring.
//!
//! A form says more than the registry has a place for (family, photo, health, other parties, what is proposed): that stays in
//! the form itself, which is kept whole and sealed with the person. Of the family nothing becomes a row, on purpose.

use std::collections::{HashMap, hash_map::Entry};

use chrono::NaiveDate;
use entity::partial_date::PartialDate;

use crate::{
    identity_number,
    lrmx::{
        file::{self, Reading},
        form::{Form, FormEducation},
        limits::Limits,
        warning::Warning,
    },
    roster::{
        facts::{Facts, Sensitive},
        finding::{Finding, FindingCode, Remark},
        kind::Manner,
        raw::RawCells,
        report::Report,
        row::RosterRow,
        schooling::{EducationEntry, school},
        text::one_line,
    },
};

/// What a form is called where it is the only one.
const ALONE: &str = "form";

/// Forms that were read.
#[derive(Default)]
pub struct Forms {
    /// Those without an error, in their order; the line is the number of the form.
    pub rows: Vec<RosterRow>,
    /// What each is called, by number from 1.
    pub names: Vec<String>,
    /// What was found.
    pub report: Report,
}

/// The forms of a file; what is wrong with it as a whole stands in the report. Call it where it may block.
pub fn read(bytes: &[u8], limits: &Limits, today: NaiveDate, mut report: Report) -> Forms {
    match file::each(bytes, limits, today) {
        Ok(readings) => rows(readings, today, report),
        Err(remark) => {
            report.add(remark.in_file());
            Forms { report, ..Forms::default() }
        }
    }
}

/// Takes forms as rows; findings go into the report.
fn rows(readings: impl Iterator<Item = Reading>, today: NaiveDate, report: Report) -> Forms {
    let mut forms = Forms { report, ..Forms::default() };
    let mut numbers: HashMap<String, String> = HashMap::new();
    for (number, reading) in (1..).zip(readings) {
        let name = reading.file.clone().unwrap_or_else(|| ALONE.to_owned());
        let mut refused = reading.warnings.iter().any(Warning::is_error);
        forms.report.rows = forms.report.rows.saturating_add(1);
        let at = Place { number, name: &name, alone: reading.file.is_none() };
        reading.warnings.into_iter().for_each(|it| forms.report.add(at.of(it)));
        if let Some(form) = &reading.form {
            let row = RosterRow { raw: RawCells::whole(reading.raw), ..row(form, number, today) };
            contradictions(&row, form, today).into_iter().for_each(|it| {
                forms.report.add(at.of(Warning::of_form(it)));
            });
            match row.identity_number.clone().map(|number| numbers.entry(number)) {
                Some(Entry::Occupied(first)) => {
                    let message = format!("The identity number stands in {} already.", first.get());
                    let remark = Remark::error(FindingCode::IdentityNumberTwice, message, "Remove one of the forms.");
                    forms.report.add(at.of(Warning::of_form(remark)));
                    refused = true;
                }
                Some(Entry::Vacant(free)) => {
                    free.insert(name.clone());
                }
                None => {}
            }
            forms.rows.extend(Some(row).filter(|_| !refused));
        }
        forms.names.push(name);
    }
    forms
}

/// Which form of a file.
struct Place<'n> {
    number: u32,
    name: &'n str,
    alone: bool,
}

impl Place<'_> {
    /// A finding of the form in a report: which element, and in an archive which form.
    fn of(&self, it: Warning) -> Finding {
        let column = match (&it.element, self.alone) {
            (Some(element), true) => Some(element.clone()),
            (Some(element), false) => Some(format!("{} {element}", self.name)),
            (None, true) if it.line.is_some() => None,
            (None, _) => Some(self.name.to_owned()),
        };
        Finding { form: Some(self.number), line: it.line, column, ..it.remark.in_file() }
    }
}

/// What a form says, as a row. Without a unit: a form names posts and no organization.
pub fn row(form: &Form, line: u32, today: NaiveDate) -> RosterRow {
    let identity = form.identity_number.as_deref().and_then(|it| identity_number::parse(it, today).ok());
    let entries = [(Manner::FullTime, &form.full_time), (Manner::InService, &form.in_service)];
    let educations: Vec<EducationEntry> = entries.into_iter().filter_map(|(manner, it)| entry(manner, it)).collect();
    RosterRow {
        line,
        name: form.name.clone().unwrap_or_default(),
        sex: form.sex.value.or(identity.as_ref().map(|it| it.sex)),
        birth_date: form.birth_date.value.or(identity.as_ref().map(|it| it.birth)),
        identity_number: form.identity_number.clone(),
        unit: None,
        post_title: form.post.as_deref().map(one_line),
        position_level: None,
        education: educations.iter().filter_map(|it| it.education).min(),
        status: None,
        management_authority: None,
        secrecy_level: None,
        post_start: None,
        level_start: None,
        phone: None,
        facts: Box::new(Facts {
            educations,
            affiliations: form.affiliations.clone(),
            party_join: form.party_join.value,
            work_start: form.work_start.value,
            birthplace: form.birthplace.clone(),
            ancestral_home: form.ancestral_home.clone(),
            professional_title: form.professional_title.as_deref().map(one_line),
            expertise: form.expertise.clone(),
            assessments: form.assessments.value.clone().unwrap_or_default(),
            resume: form.resume.clone(),
            awards_and_sanctions: form.awards_and_sanctions.clone(),
            sensitive: Sensitive { ethnicity: form.ethnicity.clone(), health: form.health.clone() },
            ..Facts::default()
        }),
        raw: RawCells::whole(Vec::new()),
    }
}

fn entry(manner: Manner, it: &FormEducation) -> Option<EducationEntry> {
    let school_text = it.school.clone().or_else(|| it.degree_school.clone());
    if it.education.text.is_none() && it.degree.text.is_none() && school_text.is_none() {
        return None;
    }
    Some(EducationEntry {
        manner,
        education: it.education.value,
        education_text: it.education.text.clone(),
        degree: it.degree.value,
        degree_text: it.degree.text.clone(),
        school: school_text.as_deref().map(school).unwrap_or_default(),
        school_text,
    })
}

/// Where a form and its identity number differ, the form stands, as in a roster.
fn contradictions(row: &RosterRow, form: &Form, today: NaiveDate) -> Vec<Remark> {
    let number = row.identity_number.as_deref().and_then(|it| identity_number::parse(it, today).ok());
    let Some(number) = number else { return Vec::new() };
    let said = |what: &str| {
        let message = format!("The form says another {what} than the identity number; the form was taken.");
        let remedy = "Compare both with the personnel file and correct the wrong one.";
        Remark::warning(FindingCode::IdentityNumberContradicts, message, remedy)
    };
    let birth = form.birth_date.value.filter(|it| !says_no_more(*it, Some(number.birth)));
    let sex = form.sex.value.filter(|it| *it != number.sex);
    birth.map(|_| said("birth date")).into_iter().chain(sex.map(|_| said("sex"))).collect()
}

/// Whether a date says the same as the one on record, or less of it.
pub fn says_no_more(stated: PartialDate, held: Option<PartialDate>) -> bool {
    held.is_some_and(|held| String::from(held).starts_with(&String::from(stated)))
}
