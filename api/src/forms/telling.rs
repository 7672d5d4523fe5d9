//! A form as it goes out: the one that came in, with what the record says otherwise since; or a new one from the record.
//!
//! Where the record says nothing else, the file is the same to the byte: what nobody models is nobody's to change.

use chrono::NaiveDate;
use entity::{
    kind::{EducationMode, Sex},
    partial_date::PartialDate,
};

use crate::{
    career::{
        draft::{Draft, Span},
        rules,
    },
    export::{dossier::Dossier, words},
    forms::rows::{row, says_no_more},
    lrmx::{
        file,
        form::{Form, Name},
        limits::Limits,
        save::save,
        tree::{Content, Element},
    },
    roster::{
        kind::{DegreeTier, Manner},
        row::RosterRow,
        schooling::school,
        text::one_line,
        write::resume_lines,
    },
};

/// The version that our forms state: that of the program whose forms every office opens.
const VERSION: &str = "3.2.1.16";

/// The file of a person's form; `kept` is the one that came in last.
pub fn form(it: &Dossier, number: Option<&str>, kept: Option<&[u8]>, today: NaiveDate) -> Vec<u8> {
    let Some(bytes) = kept else { return fresh(it, number) };
    let reading = file::read(bytes, &Limits::default(), today).ok().and_then(|mut all| all.pop());
    let Some((mut tree, form)) = reading.and_then(|it| it.tree.zip(it.form)) else { return fresh(it, number) };
    let changes = changes(it, number, &form, today);
    if changes.is_empty() {
        return bytes.to_vec();
    }
    changes.iter().for_each(|(name, text)| put(&mut tree, *name, text));
    save(&tree)
}

fn fresh(it: &Dossier, number: Option<&str>) -> Vec<u8> {
    let mut root = Element { name: "Person".to_owned(), ..Element::default() };
    let texts = texts(it, number);
    for name in Name::ALL.iter().filter(|it| !matches!(it, Name::Affiliation | Name::DueDate)) {
        let text = texts.iter().find(|(of, _)| of == name).map_or("", |(_, text)| text.as_str());
        root.content.push(Content::Text("\n  ".to_owned()));
        root.content.push(Content::Element(Element::of_text(name.text(), text)));
    }
    root.content.push(Content::Text("\n".to_owned()));
    save(&root)
}

fn put(root: &mut Element, name: Name, text: &str) {
    let held = root.content.iter_mut().find_map(|it| match it {
        Content::Element(child) if child.name.eq_ignore_ascii_case(name.text()) => Some(child),
        _ => None,
    });
    match held {
        Some(child) => child.set_text(text),
        None => root.content.push(Content::Element(Element::of_text(name.text(), text))),
    }
}

type Texts = Vec<(Name, String)>;

/// What the record says, element by element.
fn texts(it: &Dossier, number: Option<&str>) -> Texts {
    let mut out = vec![
        (Name::FullName, it.record.name.clone()),
        (Name::Sex, sex(it)),
        (Name::BirthDate, it.record.birth_date.map(month).unwrap_or_default()),
        (Name::PartyJoin, it.record.party_joined_on.map(month).unwrap_or_default()),
        (Name::Post, it.post.as_ref().map(|(title, _)| title.clone()).unwrap_or_default()),
        (Name::ProfessionalTitle, it.title.clone().unwrap_or_default()),
        (Name::Resume, it.resume.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n")),
        (Name::Assessments, grades(it)),
        (Name::IdentityNumber, number.unwrap_or_default().to_owned()),
        (Name::Version, VERSION.to_owned()),
    ];
    for mode in [EducationMode::FullTime, EducationMode::InService] {
        out.extend(schooling(it, mode));
    }
    out
}

/// What the record says otherwise than the form, as an import would take it.
fn changes(it: &Dossier, number: Option<&str>, form: &Form, today: NaiveDate) -> Texts {
    let said = row(form, 1, today);
    let record = &it.record;
    let mut differs = Vec::new();
    differs.extend((said.name != record.name).then_some(Name::FullName));
    differs.extend((said.sex.unwrap_or(Sex::Unknown) != record.sex).then_some(Name::Sex));
    let birth = match said.birth_date {
        Some(stated) => says_no_more(stated, record.birth_date),
        None => record.birth_date.is_none(),
    };
    differs.extend((!birth).then_some(Name::BirthDate));
    differs.extend((!same_party(&said, record.party_joined_on)).then_some(Name::PartyJoin));
    differs.extend((said.post_title.as_ref() != it.post.as_ref().map(|(title, _)| title)).then_some(Name::Post));
    differs.extend((said.identity_number.as_deref() != number).then_some(Name::IdentityNumber));
    differs.extend((!same_title(&said, it)).then_some(Name::ProfessionalTitle));
    differs.extend((!same_resume(&said, it, today)).then_some(Name::Resume));
    differs.extend((!same_grades(&said, it, today)).then_some(Name::Assessments));
    for (mode, manner) in [(EducationMode::FullTime, Manner::FullTime), (EducationMode::InService, Manner::InService)] {
        if !same_schooling(&said, it, mode, manner) {
            differs.extend(schooling(it, mode).map(|(name, _)| name));
        }
    }
    texts(it, number).into_iter().filter(|(name, _)| differs.contains(name)).collect()
}

/// Words of another party stay as the form has them: the record knows the date alone.
fn same_party(said: &RosterRow, held: Option<PartialDate>) -> bool {
    let named = !said.facts.affiliations.is_empty() && said.facts.party_joined_on().is_none();
    named || held.is_none() || said.facts.party_join.is_some_and(|stated| says_no_more(stated, held))
}

fn same_title(said: &RosterRow, it: &Dossier) -> bool {
    match (&said.facts.professional_title, &it.title) {
        (said, None) => said.as_deref().is_none_or(|said| !it.titles.iter().any(|held| held.title == said)),
        (said, Some(title)) => said.as_ref() == Some(title),
    }
}

fn same_resume(said: &RosterRow, it: &Dossier, today: NaiveDate) -> bool {
    let fits = |(raw_text, span): &(String, Span)| {
        let draft = Draft::Resume { ordinal: 1, raw_text: raw_text.clone(), span: *span };
        rules::by_itself(&draft, said.birth_date, today).is_ok()
    };
    let lines = said.facts.resume.as_ref().map(resume_lines).unwrap_or_default();
    it.resume.is_empty() || lines.into_iter().filter(fits).eq(it.resume.iter().cloned())
}

fn same_grades(said: &RosterRow, it: &Dossier, today: NaiveDate) -> bool {
    let fits = |year: i32, grade| {
        let draft = Draft::Assessment { year, kind: entity::kind::AssessmentKind::Annual, grade };
        rules::by_itself(&draft, said.birth_date, today).is_ok()
    };
    let held: Vec<_> = it.assessments.iter().map(|it| (it.year, it.grade.text())).collect();
    let stated = said.facts.assessments.iter().filter_map(|one| {
        let grade = entity::kind::AssessmentGrade::parse(one.grade.text())?;
        fits(i32::from(one.year), grade).then_some((i32::from(one.year), grade.text()))
    });
    let mut stated: Vec<_> = stated.collect();
    stated.sort_by_key(|(year, _)| *year);
    // Of a year with two grades the first one was taken.
    stated.dedup_by_key(|(year, _)| *year);
    held.is_empty() || held == stated
}

fn same_schooling(said: &RosterRow, it: &Dossier, mode: EducationMode, manner: Manner) -> bool {
    let Some((best, _)) = it.highest(mode) else { return true };
    let Some(entry) = said.facts.educations.iter().find(|it| it.manner == manner) else { return false };
    let tier = best.degree.map(words::degree);
    let degree = entry.degree.and_then(|it| match it {
        DegreeTier::Doctor => Some("博士"),
        DegreeTier::Master => Some("硕士"),
        DegreeTier::Bachelor => Some("学士"),
        DegreeTier::HonoraryDoctor => None,
    });
    let parts = entry.school_text.as_deref().map(school).unwrap_or_default();
    let named = parts.name.map(|name| name + parts.department.as_deref().unwrap_or_default());
    let named = named.or_else(|| entry.school_text.as_deref().map(one_line)).unwrap_or_default();
    best.level == entry.education
        && (degree.is_none() || degree == tier)
        && (named.is_empty() || named == best.school)
        && (parts.major.is_none() || parts.major == best.major)
}

fn schooling(it: &Dossier, mode: EducationMode) -> [(Name, String); 4] {
    let names = match mode {
        EducationMode::FullTime => {
            [Name::FullTimeEducation, Name::FullTimeDegree, Name::FullTimeSchool, Name::FullTimeDegreeSchool]
        }
        EducationMode::InService => {
            [Name::InServiceEducation, Name::InServiceDegree, Name::InServiceSchool, Name::InServiceDegreeSchool]
        }
    };
    let best = it.highest(mode).map(|(best, _)| best);
    let level = best.and_then(|it| it.level).map(words::education).unwrap_or_default();
    let degree = best.and_then(|it| it.degree).map(words::degree).unwrap_or_default();
    let school = best.map(|it| match &it.major {
        Some(major) => format!("{}{major}专业", it.school),
        None => it.school.clone(),
    });
    let [of_level, of_degree, of_school, of_degree_school] = names;
    [
        (of_level, level.to_owned()),
        (of_degree, degree.to_owned()),
        (of_school, school.unwrap_or_default()),
        (of_degree_school, String::new()),
    ]
}

fn sex(it: &Dossier) -> String {
    match it.record.sex {
        Sex::Unknown => String::new(),
        known => words::sex(known).to_owned(),
    }
}

fn grades(it: &Dossier) -> String {
    let each = it.assessments.iter().map(|it| format!("{}年{}", it.year, words::grade(it.grade)));
    each.collect::<Vec<_>>().join("，")
}

/// yyyyMM, as forms have it.
fn month(it: PartialDate) -> String {
    it.month().map_or_else(|| it.year().to_string(), |month| format!("{}{month:02}", it.year()))
}
