//! Forms as messy as those of the field, each with its expected report, and what is written again.
//!
//! `tests/files/lrmx/NAME.txt` says what `NAME.lrmx` must give: the findings, then the values.

use std::{fmt::Write as _, fs, io::Write, path::PathBuf};

use super::*;
use crate::{
    lrmx::{form::Read, save::save, tree::Content},
    roster::resume::Period,
};
use zip::{ZipWriter, write::SimpleFileOptions};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/files/lrmx")
}

/// Name and bytes of every messy form.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path());
    let forms = entries.filter(|it| it.extension().is_some_and(|it| it == "lrmx"));
    let mut files: Vec<(String, Vec<u8>)> =
        forms.map(|it| (it.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(&it).unwrap())).collect();
    files.sort();
    files
}

fn single(bytes: &[u8]) -> Reading {
    read(bytes, &Limits::default(), today()).unwrap().remove(0)
}

#[test]
fn every_messy_form_gives_its_expected_report() {
    let files = files();
    assert!(files.len() >= 8, "{}", files.len());
    let mut wrong = Vec::new();
    for (name, bytes) in files {
        let told = told(&single(&bytes));
        if told != fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap_or_default() {
            let found = std::env::temp_dir().join(format!("{name}.txt"));
            fs::write(&found, &told).unwrap();
            wrong.push(format!("{name}: read what was found in {}, and compare", found.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_written_again_is_what_was_read() {
    for (name, bytes) in files() {
        let Some(tree) = single(&bytes).tree else { continue };
        let written = save(&tree);
        let again = single(&written).tree.unwrap();
        assert_eq!(without_lines(&again), without_lines(&tree), "{name}");
        assert_eq!(save(&again), written, "{name}");
    }
    let usual = fs::read(folder().join("1-usual.lrmx")).unwrap();
    let written = String::from_utf8(save(&single(&usual).tree.unwrap())).unwrap();
    let read = String::from_utf8(usual).unwrap();
    let body = |text: &str| text.split_once("?>").unwrap().1.trim_start().to_owned();
    assert_eq!(body(&written), body(&read), "a usual form differs in its declaration alone");
}

/// The declaration is one line of its own: lines move, elements do not.
fn without_lines(it: &Element) -> Element {
    let content = it.content.iter().map(|it| match it {
        Content::Element(child) => Content::Element(without_lines(child)),
        other => other.clone(),
    });
    Element { line: 0, content: content.collect(), ..it.clone() }
}

#[test]
fn a_zip_of_forms_is_bounded() {
    let forms = files();
    let archive = |count: usize, content: &[u8]| {
        let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("说明.txt", SimpleFileOptions::default()).unwrap();
        for number in 0..count {
            writer.start_file(format!("任免表/{number}.LRMX"), SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let limits = Limits::default();
    let found = read(&archive(3, &forms[0].1), &limits, today()).unwrap();
    assert_eq!((found.len(), found[2].file.as_deref()), (3, Some("任免表/2.LRMX")));
    let code = |bytes: &[u8], limits: &Limits| read(bytes, limits, today()).unwrap_err().code;
    assert_eq!(code(&archive(0, b""), &limits), FindingCode::FileEmpty);
    assert_eq!(code(&archive(3, b""), &Limits { forms: 2, ..limits }), FindingCode::FileTooLarge);
    assert_eq!(code(&archive(1, &vec![b' '; 9 << 20]), &limits), FindingCode::FileTooLarge);
    let bomb = Limits { inflated_bytes: 10 << 20, ..limits };
    assert_eq!(code(&archive(3, &vec![b' '; 4 << 20]), &bomb), FindingCode::FileTooLarge);
    let whole = archive(3, &forms[0].1);
    assert_eq!(code(&whole[..whole.len() - 40], &limits), FindingCode::FileDamaged);
    assert_eq!(code(&vec![b'<'; 9 << 20], &limits), FindingCode::FileTooLarge);
}

#[test]
fn depth_elements_and_photos_are_bounded() {
    let nested = format!("<Person>{}</Person>", "<a>".repeat(100));
    assert!(single(nested.as_bytes()).warnings[0].remark.message.contains("more than 5000 elements, or 8"));
    let many = format!("<Person>{}</Person>", "<a/>".repeat(6_000));
    assert!(single(many.as_bytes()).warnings[0].is_error());
    let photo = format!("<Person><XingMing>王伟</XingMing><ZhaoPian>{}</ZhaoPian></Person>", "/9j/".repeat(900_000));
    let found = single(photo.as_bytes());
    assert_eq!(found.form.unwrap().photo, None);
    assert!(found.warnings[0].text().starts_with("WARNING line 1, ZhaoPian: The photo has more than 2048 KiB"));
}

/// The findings, then the values.
fn told(reading: &Reading) -> String {
    let mut out: String = reading.warnings.iter().map(|it| it.text() + "\n").collect();
    let _ = writeln!(out, "encoding: {}", reading.encoding);
    let Some(form) = &reading.form else { return out };
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            let _ = writeln!(out, "{name}: {value}");
        }
    };
    fn date(it: &Read<entity::partial_date::PartialDate>) -> Option<String> {
        let text = it.text.clone()?;
        Some(format!("{} ({text})", it.value.map_or_else(|| "-".to_owned(), String::from)))
    }
    fact("name", form.name.clone());
    fact("sex", form.sex.value.map(|it| it.text().to_owned()));
    fact("born", date(&form.birth_date));
    fact("number", form.identity_number.clone());
    fact("ethnicity, sealed", form.ethnicity.clone());
    fact("ancestral home", form.ancestral_home.clone());
    fact("birthplace", form.birthplace.clone());
    fact("joined", date(&form.party_join));
    fact("party", Some(form.affiliations.iter().map(|it| it.text()).collect::<Vec<_>>().join(", ")));
    fact("works since", date(&form.work_start));
    fact("health, sealed", form.health.clone());
    fact("professional title", form.professional_title.clone());
    fact("expertise", form.expertise.clone());
    for (manner, it) in [("full time", &form.full_time), ("in service", &form.in_service)] {
        fact(manner, it.education.value.map(|it| it.text().to_owned()));
        fact(&format!("{manner} degree"), it.degree.value.map(|it| it.text().to_owned()));
        fact(&format!("{manner} school"), it.school.clone());
    }
    fact("post", form.post.clone());
    fact("proposed post", form.proposed_post.clone());
    fact("post to leave", form.post_to_leave.clone());
    for period in form.resume.iter().flat_map(|it| &it.periods) {
        fact("period", Some(shown(period)));
        period.meanwhile.iter().for_each(|it| fact("  meanwhile", Some(shown(it))));
    }
    fact("awards and sanctions", form.awards_and_sanctions.clone());
    let grades = form.assessments.value.iter().flatten().map(|it| format!("{} {}", it.year, it.grade.text()));
    fact("assessments", Some(grades.collect::<Vec<_>>().join(", ")));
    fact("reason", form.reason.clone());
    for it in &form.family {
        let part = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
        let born = date(&it.birth_date).unwrap_or_else(|| "-".to_owned());
        fact(
            "family",
            Some([part(&it.relation), part(&it.name), born, part(&it.affiliation), part(&it.work)].join(" | ")),
        );
    }
    fact("submitting unit", form.submitting_unit.clone());
    fact("age date", date(&form.age_date));
    fact("filled on", date(&form.filled_on));
    fact("filled by", form.filled_by.clone());
    fact("photo bytes", form.photo.as_ref().map(|it| it.len().to_string()));
    fact("version", form.version.clone());
    fact("due date", date(&form.due_date));
    out
}

fn shown(it: &Period) -> String {
    format!("{} to {} {}", String::from(it.from), it.to.map(String::from).unwrap_or_else(|| "now".to_owned()), it.text)
}
