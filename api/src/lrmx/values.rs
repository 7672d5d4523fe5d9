//! The tree of a form as typed values. Lenient: what cannot be read is a warning, and its text stays.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{Datelike, NaiveDate};
use entity::partial_date::PartialDate;

use super::{
    form::{FamilyMember, Form, FormEducation, Name, Read},
    limits::Limits,
    tree::Element,
    warning::Warning,
};
use crate::{
    identity_number,
    roster::{
        assessments::grades,
        code,
        date::date,
        finding::{FindingCode, Remark, Severity},
        party::standing,
        resume::resume,
        schooling::{attained, degree_cell},
        sheet::Cell,
        text::{clean, is_blank, quote},
        value::{self, Value, softened},
    },
};

/// Members of a family; a form has lines for fewer.
const MEMBERS: usize = 60;
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];

/// Reads the values of a form; `today` bounds the dates inside identity numbers.
pub fn values(root: &Element, limits: &Limits, today: NaiveDate) -> (Form, Vec<Warning>) {
    let mut reading = Reading { root, limits, today, warnings: Vec::new() };
    reading.strangers();
    let form = reading.form();
    (form, reading.warnings)
}

struct Reading<'a> {
    root: &'a Element,
    limits: &'a Limits,
    today: NaiveDate,
    warnings: Vec<Warning>,
}

impl Reading<'_> {
    fn form(&mut self) -> Form {
        let this_year = u16::try_from(self.today.year()).unwrap_or(2_000);
        let (party_join, mut affiliations) = self.party(Name::PartyJoin);
        affiliations.extend(self.party(Name::Affiliation).1);
        affiliations.dedup();
        Form {
            name: self.read(Name::FullName, value::name).value,
            sex: self.read(Name::Sex, code::sex),
            birth_date: self.read(Name::BirthDate, date),
            ethnicity: self.text(Name::Ethnicity),
            ancestral_home: self.text(Name::AncestralHome),
            birthplace: self.text(Name::Birthplace),
            party_join,
            affiliations,
            work_start: self.read(Name::WorkStart, date),
            health: self.text(Name::Health),
            professional_title: self.text(Name::ProfessionalTitle),
            expertise: self.text(Name::Expertise),
            full_time: self.education([
                Name::FullTimeEducation,
                Name::FullTimeDegree,
                Name::FullTimeSchool,
                Name::FullTimeDegreeSchool,
            ]),
            in_service: self.education([
                Name::InServiceEducation,
                Name::InServiceDegree,
                Name::InServiceSchool,
                Name::InServiceDegreeSchool,
            ]),
            post: self.text(Name::Post),
            proposed_post: self.text(Name::ProposedPost),
            post_to_leave: self.text(Name::PostToLeave),
            resume: self.resume(),
            awards_and_sanctions: self.text(Name::AwardsAndSanctions).filter(|it| it != "无"),
            assessments: self.read(Name::Assessments, |cell| grades(cell, &[], this_year)),
            reason: self.text(Name::Reason),
            family: self.family(),
            submitting_unit: self.text(Name::SubmittingUnit),
            age_date: self.read(Name::AgeDate, date),
            filled_on: self.read(Name::FilledOn, date),
            filled_by: self.text(Name::FilledBy),
            identity_number: self.identity(),
            photo: self.photo(),
            version: self.text(Name::Version),
            due_date: self.read(Name::DueDate, date),
        }
    }

    /// Elements that no form has, or has once: they stay in the file and are not read.
    fn strangers(&mut self) {
        let mut seen: Vec<&str> = Vec::new();
        for child in self.root.children() {
            let name = child.name.as_str();
            let known = Name::ALL.iter().any(|it| it.text().eq_ignore_ascii_case(name));
            let remark = if !known {
                let message = "The element is unknown; it is kept and not read.";
                Remark::hint(FindingCode::ColumnNotRead, message, "Nothing needs to be done.")
            } else if seen.contains(&name) {
                let message = "The element stands here a second time; the first is read.";
                Remark::warning(FindingCode::ColumnTwice, message, "Remove the one that is wrong.")
            } else {
                seen.push(name);
                continue;
            };
            self.warnings.push(Warning::at(name, child.line, remark));
        }
    }

    fn warn(&mut self, element: &Element, remark: Remark) {
        // A form is a paper that people signed: nothing in it keeps the rest out.
        let severity = remark.severity.max(Severity::Warning);
        self.warnings.push(Warning::at(&element.name, element.line, Remark { severity, ..remark }));
    }

    /// The text of an element, cleaned; none where only blanks stand in it.
    fn plain(&mut self, element: &Element) -> Option<String> {
        let mut text = element.text();
        if ["&amp;", "&lt;", "&gt;", "&quot;"].iter().any(|it| text.contains(it)) {
            text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            let message = "The text was escaped twice; it was read as it was meant.";
            self.warn(element, Remark::hint(FindingCode::CharactersRemoved, message, "Nothing needs to be done."));
        }
        let (text, _) = clean(&text);
        (!is_blank(&text)).then_some(text)
    }

    fn text(&mut self, name: Name) -> Option<String> {
        let element = self.root.child(name.text())?;
        self.plain(element)
    }

    fn read<T>(&mut self, name: Name, reader: impl FnOnce(&Cell) -> Value<T>) -> Read<T> {
        let Some(element) = self.root.child(name.text()) else { return Read::default() };
        self.read_in(element, reader)
    }

    fn read_in<T>(&mut self, element: &Element, reader: impl FnOnce(&Cell) -> Value<T>) -> Read<T> {
        let Some(text) = self.plain(element) else { return Read::default() };
        let value = match softened(reader(&Cell::Text(text.clone()))) {
            Value::Absent => None,
            Value::Plain(value) => Some(value),
            Value::Doubtful(value, remark) => {
                self.warn(element, remark);
                Some(value)
            }
            Value::Dropped(remark) => {
                self.warn(element, remark);
                None
            }
        };
        Read { value, text: Some(text) }
    }

    fn party(&mut self, name: Name) -> (Read<PartialDate>, Vec<crate::roster::kind::Affiliation>) {
        let read = self.read(name, standing);
        let found = read.value.unwrap_or_default();
        (Read { value: found.joined, text: read.text }, found.affiliations)
    }

    fn education(&mut self, names: [Name; 4]) -> FormEducation {
        let [attained_at, degree_at, school_at, degree_school_at] = names;
        let said = self.read(attained_at, attained);
        let degree = self.read(degree_at, degree_cell);
        let found = said.value.unwrap_or_default();
        let tier = degree.value.and_then(|(tier, _)| tier).or(found.degree);
        FormEducation {
            education: Read { value: found.education, text: said.text },
            degree: Read { value: tier, text: degree.text.or(found.degree_text) },
            school: self.text(school_at),
            degree_school: self.text(degree_school_at),
        }
    }

    /// The periods of the résumé; each remark names the line of the file.
    fn resume(&mut self) -> Option<crate::roster::resume::Resume> {
        let element = self.root.child(Name::Resume.text())?;
        let text = self.plain(element)?;
        let raw = element.text();
        // Blank lines above the first period are cleaned away before the lines are counted.
        let above = raw.find(text.lines().next().unwrap_or_default()).and_then(|at| raw.get(..at)).unwrap_or_default();
        let first = element.line.saturating_add(u32::try_from(above.matches('\n').count()).unwrap_or(0));
        let (found, remarks) = resume(&text);
        for (line, remark) in remarks {
            let line = first.saturating_add(line.saturating_sub(1));
            self.warnings.push(Warning::at(&element.name, line, remark));
        }
        Some(found)
    }

    fn family(&mut self) -> Vec<FamilyMember> {
        let Some(element) = self.root.child(Name::Family.text()) else { return Vec::new() };
        let items: Vec<&Element> = element.children().filter(|it| it.name.eq_ignore_ascii_case("Item")).collect();
        if let Some(stranger) = items.get(MEMBERS) {
            let message =
                format!("The family has more than {MEMBERS} members; those from here on are kept and not read.");
            self.warn(stranger, Remark::warning(FindingCode::TooManyRows, message, "Look at the form on paper."));
        }
        let members = items.into_iter().take(MEMBERS).map(|item| self.member(item));
        members.collect::<Vec<_>>().into_iter().filter(|it| *it != FamilyMember::default()).collect()
    }

    fn member(&mut self, item: &Element) -> FamilyMember {
        let mut text = |name: &str| item.child(name).and_then(|it| self.plain(it));
        let (relation, name) = (text("ChengWei"), text("XingMing"));
        let (affiliation, work) = (text("ZhengZhiMianMao"), text("GongZuoDanWeiJiZhiWu"));
        let birth_date = item.child("ChuShengRiQi").map(|it| self.read_in(it, date)).unwrap_or_default();
        FamilyMember { relation, name, birth_date, affiliation, work }
    }

    fn identity(&mut self) -> Option<String> {
        let element = self.root.child(Name::IdentityNumber.text())?;
        let text = self.plain(element)?;
        match identity_number::parse(&crate::roster::text::compact(&text), self.today) {
            Ok(number) => Some(number.text().to_owned()),
            Err((why, remedy)) => {
                let message = format!("The identity number {} {why}; it was left out.", quote(&text));
                self.warn(element, Remark::warning(FindingCode::IdentityNumberInvalid, message, remedy));
                None
            }
        }
    }

    /// The photo, where it is a JPEG picture of a size that a photo has.
    fn photo(&mut self) -> Option<Vec<u8>> {
        let element = self.root.child(Name::Photo.text())?;
        let text: String = element.text().chars().filter(|it| !it.is_whitespace()).collect();
        if text.is_empty() {
            return None;
        }
        let encoded = text.split_once("base64,").map_or(text.as_str(), |(_, rest)| rest);
        let remark = |message: String| {
            Remark::warning(FindingCode::ValueUnknown, message, "Put the photo into the form again, as a JPEG picture.")
        };
        if encoded.len() / 4 * 3 > self.limits.photo_bytes {
            let message = format!("The photo has more than {} KiB; it was left out.", self.limits.photo_bytes >> 10);
            self.warn(element, remark(message));
            return None;
        }
        let bytes = STANDARD.decode(encoded).ok().filter(|bytes| bytes.starts_with(JPEG));
        if bytes.is_none() {
            self.warn(element, remark("The photo is no JPEG picture in base64; it was left out.".to_owned()));
        }
        bytes
    }
}
