//! Educations, professional titles and the lines of the résumé, as facts.

use entity::{
    education,
    id::{EducationId, Key, ProfessionalTitleId, ResumeEntryId},
    kind::{Degree, EducationMode},
    professional_title, resume_entry,
};

use crate::{
    career::{
        draft::{Draft, Span},
        read::Fact as _,
        write,
    },
    db::writer::Writer,
    error::Result,
    roster::{
        fields::Field,
        kind::{DegreeTier, Manner},
        resume::Resume,
        schooling::EducationEntry,
        write::facts::{Taking, supersede},
    },
};

/// Characters of a school, a major, a title.
const SHORT_CHARS: usize = 120;
/// Characters of a line of the résumé.
const LINE_CHARS: usize = 400;
/// What a cell writes that says that there is nothing.
const NOTHING: &[&str] = &["无", "-", "—", "/", "暂无", "没有"];

/// The educations of full time and in service. What does not say which of them it is stays with the record alone.
pub(super) async fn educations(
    taking: &mut Taking<'_>,
    tx: &mut Writer<'_>,
    held: Vec<education::Model>,
) -> Result<bool> {
    let mut moved = false;
    for entry in &taking.row.facts.educations {
        let Some(new) = course(taking, entry) else { continue };
        let before = held.iter().find(|it| it.mode == new.mode && corrected(it, &new));
        let new = match before {
            Some(before) if adds_nothing(before, &new) => continue,
            Some(before) => {
                let new = completed(new, before);
                supersede::<education::Entity>(tx, before, new.id.uuid()).await?;
                new
            }
            None => new,
        };
        taking.sheaf.educations.push(new);
        moved = true;
    }
    Ok(moved)
}

fn course(taking: &Taking<'_>, entry: &EducationEntry) -> Option<education::Model> {
    let (mode, field) = match entry.manner {
        Manner::FullTime => (EducationMode::FullTime, Field::FullTimeSchool),
        Manner::InService => (EducationMode::InService, Field::InServiceSchool),
        Manner::Unstated => return None,
    };
    let degree = entry.degree.and_then(|it| match it {
        DegreeTier::Doctor => Some(Degree::Doctorate),
        DegreeTier::Master => Some(Degree::Master),
        DegreeTier::Bachelor => Some(Degree::Bachelor),
        // An honour, and no degree that was studied for.
        DegreeTier::HonoraryDoctor => None,
    });
    let level = entry.education;
    if level.is_none() && degree.is_none() {
        return None;
    }
    let parts = &entry.school;
    let named = parts.name.as_ref().map(|it| it.clone() + parts.department.as_deref().unwrap_or_default());
    let school = named.or_else(|| entry.school_text.as_deref().map(crate::roster::text::one_line));
    let (school, major) = (school.unwrap_or_default(), parts.major.clone());
    let long = |text: &str| text.chars().nth(SHORT_CHARS).is_some();
    if long(&school) || major.as_deref().is_some_and(long) {
        let why =
            format!("School or major have more than {SHORT_CHARS} characters, so the education was not recorded.");
        taking.left_out(field, why);
        return None;
    }
    let stamp = taking.stamp();
    Some(write::row!(stamp, education, EducationId, {
        mode, level, education_code: None, degree, degree_code: None, school, major, enrolled: None, graduated: None,
    }))
}

/// Whether a fact came from a file, and the next file may correct it.
fn of_file(source: &str) -> bool {
    ["roster ", "lrmx "].iter().any(|it| source.starts_with(it))
}

/// Whether a row means this education: the same one, or one that an earlier roster stated too high.
fn corrected(held: &education::Model, new: &education::Model) -> bool {
    if held.level == new.level && (held.level.is_some() || held.degree == new.degree) {
        return true;
    }
    let same_school = held.school == new.school || held.school.is_empty() || new.school.is_empty();
    // The closed set is declared highest first. A higher one than before was taken since, and both stand.
    of_file(&held.source) && same_school && held.level < new.level && held.level.is_some()
}

fn adds_nothing(held: &education::Model, new: &education::Model) -> bool {
    held.level == new.level
        && new.degree.is_none_or(|it| held.degree == Some(it))
        && (new.school.is_empty() || new.school == held.school)
        && new.major.as_ref().is_none_or(|it| held.major.as_ref() == Some(it))
}

/// What the file leaves blank stays as it was.
fn completed(new: education::Model, held: &education::Model) -> education::Model {
    let same = held.level == new.level;
    education::Model {
        degree: new.degree.or(held.degree.filter(|_| same)),
        school: if new.school.is_empty() { held.school.clone() } else { new.school },
        major: new.major.or_else(|| held.major.clone()),
        education_code: held.education_code.clone().filter(|_| same),
        degree_code: held.degree_code.clone().filter(|_| same && new.degree.is_none_or(|it| held.degree == Some(it))),
        enrolled: held.enrolled,
        graduated: held.graduated,
        ..new
    }
}

/// The professional title; another one is held beside those before.
pub(super) fn title(taking: &mut Taking<'_>, held: &[professional_title::Model]) -> bool {
    let Some(title) = taking.row.facts.professional_title.clone() else { return false };
    if NOTHING.contains(&title.as_str()) || held.iter().any(|it| it.title == title) {
        return false;
    }
    if title.chars().nth(SHORT_CHARS).is_some() {
        let why = format!("The title has more than {SHORT_CHARS} characters, so it was not recorded.");
        taking.left_out(Field::ProfessionalTitle, why);
        return false;
    }
    let stamp = taking.stamp();
    let row = write::row!(stamp, professional_title, ProfessionalTitleId, { title, grade: None, obtained: None, });
    taking.sheaf.titles.push(row);
    true
}

/// The résumé, line by line. Lines that an earlier roster had and this one has no more are voided; those that somebody
/// recorded by hand stay.
pub(super) async fn resume(
    taking: &mut Taking<'_>,
    tx: &mut Writer<'_>,
    mut held: Vec<resume_entry::Model>,
) -> Result<bool> {
    let Some(resume) = taking.row.facts.resume.as_ref().filter(|it| !it.periods.is_empty()) else { return Ok(false) };
    held.sort_by_key(|it| (it.ordinal, it.id));
    let mut moved = false;
    let mut place = 0;
    for (raw_text, span) in lines(resume) {
        let draft = Draft::Resume { ordinal: place + 1, raw_text: raw_text.clone(), span };
        if !taking.allowed(tx, &draft, &[], Field::Resume) {
            continue;
        }
        place += 1;
        let before = held.iter().position(|it| it.ordinal == place).map(|at| held.remove(at));
        let same =
            |it: &resume_entry::Model| it.raw_text == raw_text && (it.valid_from, it.valid_to) == (span.from, span.to);
        if before.as_ref().is_some_and(same) {
            continue;
        }
        let stamp = taking.stamp();
        let new = write::row!(stamp, resume_entry, ResumeEntryId, {
            ordinal: place, raw_text, valid_from: span.from, valid_to: span.to,
        });
        if let Some(before) = before {
            supersede::<resume_entry::Entity>(tx, &before, new.id.uuid()).await?;
        }
        taking.sheaf.resume.push(new);
        moved = true;
    }
    for gone in held.into_iter().filter(|it| place > 0 && of_file(&it.source)) {
        let void = resume_entry::Entity::voided(gone.clone(), format!("Not in {}", taking.stamp.source));
        tx.update::<resume_entry::Entity>(&gone, void).await?;
        moved = true;
    }
    Ok(moved)
}

/// The text of each period as written, on one line, and when it was.
pub fn lines(resume: &Resume) -> Vec<(String, Span)> {
    let written: Vec<&str> = resume.text.lines().collect();
    let at = |line: u32| usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let ends = resume.periods.iter().skip(1).map(|it| at(it.line)).chain([written.len()]);
    let each = resume.periods.iter().zip(ends);
    each.map(|(period, end)| {
        let text = written.get(at(period.line)..end).unwrap_or_default().join("\n");
        let text = crate::roster::text::one_line(&text);
        // The sealed row keeps the cell whole.
        let shown = if text.chars().nth(LINE_CHARS).is_some() {
            text.chars().take(LINE_CHARS - 1).chain(['…']).collect()
        } else {
            text
        };
        (shown, Span { from: Some(period.from), to: period.to })
    })
    .collect()
}
