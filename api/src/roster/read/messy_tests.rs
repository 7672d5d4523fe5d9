//! Rosters as messy as those of the field, each with its expected report.
//!
//! `tests/files/roster/NN-name.txt` says what a file must give: the report as the terminal shows it, then the rows. Files
//! that a text or an old program writes stand beside it; workbooks of the newer form are made by `messy_books`.

use std::{fmt::Write as _, fs, path::PathBuf};

use super::{messy_books, *};
use crate::roster::{resume::Period, schooling::EducationEntry};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/files/roster")
}

/// Name and bytes of every messy roster.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path());
    let stored = entries.filter(|it| it.extension().is_some_and(|it| it == "csv" || it == "xls"));
    let mut files: Vec<(String, Vec<u8>)> =
        stored.map(|it| (it.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&it).unwrap())).collect();
    files.extend(messy_books::all());
    files.sort();
    files
}

#[test]
fn every_messy_roster_gives_its_expected_report() {
    let files = files();
    assert!(files.len() >= 12, "{}", files.len());
    let mut wrong = Vec::new();
    for (name, bytes) in files {
        let told = told(&read(&bytes, &Limits::default(), today()));
        let stem = name.split('.').next().unwrap();
        let expected = fs::read_to_string(folder().join(format!("{stem}.txt"))).unwrap_or_default();
        if told != expected {
            let found = std::env::temp_dir().join(format!("{stem}.txt"));
            fs::write(&found, &told).unwrap();
            wrong.push(format!("{name}: read what was found in {}, and compare", found.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The report, then each row with what was read of it.
fn told(reading: &Reading) -> String {
    let mut out = reading.report.text();
    out.push('\n');
    for row in &reading.rows {
        let _ = writeln!(out, "\nline {} {}", row.line, row.name);
        let mut fact = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|it| !it.is_empty()) {
                let _ = writeln!(out, "  {name}: {value}");
            }
        };
        let date = |it: Option<entity::partial_date::PartialDate>| it.map(String::from);
        fact("sex", row.sex.map(|it| it.text().to_owned()));
        fact("born", date(row.birth_date));
        fact("number", row.identity_number.clone());
        fact("unit", row.unit.clone());
        fact("post", row.post_title.clone());
        fact("post since", date(row.post_start));
        fact("level", row.position_level.map(|it| it.text().to_owned()));
        fact("level since", date(row.level_start));
        fact("education", row.education.map(|it| it.text().to_owned()));
        fact("status", row.status.map(|it| it.text().to_owned()));
        fact("managed by", row.management_authority.map(|it| it.text().to_owned()));
        fact("phone", row.phone.clone());
        let facts = &row.facts;
        for it in &facts.educations {
            fact(it.manner.text(), Some(education(it)));
        }
        fact("rank", facts.rank.map(|it| it.text().to_owned()));
        fact("rank since", date(facts.rank_start));
        fact("party", Some(facts.affiliations.iter().map(|it| it.text()).collect::<Vec<_>>().join(", ")));
        fact("joined", date(facts.party_join));
        fact("works since", date(facts.work_start));
        fact("birthplace", facts.birthplace.clone());
        fact("ancestral home", facts.ancestral_home.clone());
        fact("professional title", facts.professional_title.clone());
        fact("expertise", facts.expertise.clone());
        let grades = facts.assessments.iter().map(|it| format!("{} {}", it.year, it.grade.text()));
        fact("assessments", Some(grades.collect::<Vec<_>>().join(", ")));
        for period in facts.resume.iter().flat_map(|it| &it.periods) {
            fact("period", Some(shown(period)));
            period.meanwhile.iter().for_each(|it| fact("  meanwhile", Some(shown(it))));
        }
        fact("awards and sanctions", facts.awards_and_sanctions.clone());
        fact("awards", facts.awards.clone());
        fact("sanctions", facts.sanctions.clone());
        fact("remarks", facts.remarks.clone());
        fact("ethnicity, sealed", facts.sensitive.ethnicity.clone());
        fact("health, sealed", facts.sensitive.health.clone());
        fact("raw cells", Some(row.raw.iter().count().to_string()));
    }
    out
}

fn education(it: &EducationEntry) -> String {
    let part = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "{} ({}), {} ({}), {} / {} / {}",
        it.education.map_or("-", |it| it.text()),
        part(&it.education_text),
        it.degree.map_or("-", |it| it.text()),
        part(&it.degree_text),
        part(&it.school.name),
        part(&it.school.department),
        part(&it.school.major),
    )
}

fn shown(it: &Period) -> String {
    format!("{} to {} {}", String::from(it.from), it.to.map(String::from).unwrap_or_else(|| "now".to_owned()), it.text)
}
