//! What the files of the managed cadres say besides posts and levels: education, ranks, assessments, experience,
//! training, awards and the résumé.
//!
//! It throws dice of its own, so that the county stays the same with and without it.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use entity::{
    assessment, award, cadre, education, experience,
    id::{AssessmentId, AwardId, CadreId, EducationId, ExperienceId, RankPeriodId, ResumeEntryId, TrainingId},
    kind::{
        AssessmentGrade, AssessmentKind, CivilServantRank, Education, EducationMode, ExperienceKind, FactState,
        PositionLevel,
    },
    partial_date::PartialDate,
    post_assignment, rank_period, resume_entry, training,
};

use super::dice::Dice;

/// The facts of a county's managed cadres.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dossiers {
    /// Education and degrees.
    pub educations: Vec<education::Model>,
    /// Ranks.
    pub ranks: Vec<rank_period::Model>,
    /// Annual assessments of three years.
    pub assessments: Vec<assessment::Model>,
    /// Grassroots experience.
    pub experiences: Vec<experience::Model>,
    /// Trainings.
    pub trainings: Vec<training::Model>,
    /// Awards.
    pub awards: Vec<award::Model>,
    /// Résumés, a line a post.
    pub resume: Vec<resume_entry::Model>,
}

macro_rules! row {
    ($cadre:ident, $module:ident, $id:expr, { $($fields:tt)* }) => {
        $module::Model {
            id: $id,
            cadre_id: $cadre.id,
            $($fields)*
            source: "干部人事档案".to_owned(),
            recorded_at: recorded_at($cadre),
            recorded_by: None,
            state: FactState::Recorded,
            superseded_by: None,
            void_reason: None,
            version: 1,
        }
    };
}

fn recorded_at(cadre: &cadre::Model) -> DateTime<Utc> {
    cadre.recorded_at
}

/// The dossiers of a seed, for these persons with these posts.
pub fn dossiers(seed: u64, today: NaiveDate, cadres: &[cadre::Model], posts: &[post_assignment::Model]) -> Dossiers {
    let dice = &mut Dice::new(seed ^ 0x0d05_51e5);
    let mut made = Dossiers::default();
    for cadre in cadres.iter().filter(|it| it.management_authority.is_some()) {
        made.studies(dice, cadre);
        made.service(dice, today, cadre);
        made.merits(dice, today, cadre);
    }
    made.lines(dice, cadres, posts);
    made
}

/// The year in which somebody becomes so old.
fn year_at(cadre: &cadre::Model, age: u16) -> u16 {
    cadre.birth_date.map_or(1980, PartialDate::year) + age
}

fn month(year: u16, month: u8) -> Option<PartialDate> {
    PartialDate::new(year, Some(month), None)
}

impl Dossiers {
    fn studies(&mut self, dice: &mut Dice, cadre: &cadre::Model) {
        let highest = cadre.education.unwrap_or(Education::Bachelor);
        let in_service = highest == Education::Postgraduate && dice.chance(60);
        let first = if in_service { Education::Bachelor } else { highest };
        let code = match first {
            Education::Postgraduate => "11",
            Education::Bachelor => "21",
            Education::JuniorCollege => "31",
            Education::SecondaryVocational => "41",
            Education::SeniorHigh => "61",
            Education::JuniorHigh => "71",
        };
        let begin = year_at(cadre, 18);
        self.educations.push(row!(cadre, education, EducationId(dice.key()), {
            mode: EducationMode::FullTime,
            level: Some(first),
            education_code: Some(code.to_owned()),
            degree: None,
            degree_code: None,
            school: "青禾大学".to_owned(),
            major: None,
            enrolled: month(begin, 9),
            graduated: month(begin + 3, 7),
        }));
        if in_service {
            let begin = year_at(cadre, 27);
            self.educations.push(row!(cadre, education, EducationId(dice.key()), {
                mode: EducationMode::InService,
                level: Some(highest),
                education_code: Some("1B".to_owned()),
                degree: None,
                degree_code: None,
                school: "省委党校".to_owned(),
                major: Some("公共管理".to_owned()),
                enrolled: month(begin, 9),
                graduated: month(begin + 3, 7),
            }));
        }
    }

    fn service(&mut self, dice: &mut Dice, today: NaiveDate, cadre: &cadre::Model) {
        let rank = match cadre.position_level {
            Some(PositionLevel::CountyPrincipal) => CivilServantRank::Researcher1,
            Some(PositionLevel::CountyDeputy) => CivilServantRank::Researcher4,
            Some(PositionLevel::TownshipPrincipal) => CivilServantRank::PrincipalStaff1,
            Some(PositionLevel::TownshipDeputy) => CivilServantRank::PrincipalStaff3,
            _ => CivilServantRank::Staff1,
        };
        let since = u16::try_from(dice.between(2019, today.year() - 1)).unwrap_or(2019);
        self.ranks.push(row!(cadre, rank_period, RankPeriodId(dice.key()), {
            rank,
            valid_from: month(since, if since == 2019 { 6 } else { 1 }),
            valid_to: None,
        }));
        if dice.chance(45) {
            let begin = year_at(cadre, 23);
            let months = u8::try_from(dice.between(1, 12)).unwrap_or(1);
            let years = u16::try_from(dice.between(1, 4)).unwrap_or(2);
            let Some(valid_from) = month(begin, months) else { return };
            self.experiences.push(row!(cadre, experience, ExperienceId(dice.key()), {
                kind: ExperienceKind::Grassroots,
                place: "青禾县禾丰镇某村".to_owned(),
                valid_from,
                valid_to: month(begin + years, months),
            }));
        }
    }

    fn merits(&mut self, dice: &mut Dice, today: NaiveDate, cadre: &cadre::Model) {
        for year in today.year() - 3..today.year() {
            let grade = if dice.chance(18) { AssessmentGrade::Excellent } else { AssessmentGrade::Competent };
            let kind = AssessmentKind::Annual;
            self.assessments.push(row!(cadre, assessment, AssessmentId(dice.key()), { year, kind, grade, }));
        }
        let last_year = u16::try_from(today.year() - 1).unwrap_or(2025);
        if dice.chance(30) {
            self.trainings.push(row!(cadre, training, TrainingId(dice.key()), {
                title: "年轻干部专题培训班".to_owned(),
                provider: Some("县委党校".to_owned()),
                hours: Some(56),
                valid_from: month(last_year, 5),
                valid_to: month(last_year, 6),
            }));
        }
        if dice.chance(10) {
            self.awards.push(row!(cadre, award, AwardId(dice.key()), {
                name: "嘉奖".to_owned(),
                award_code: Some("01115".to_owned()),
                decided_by: Some("青禾县委".to_owned()),
                decided: month(last_year, 3),
            }));
        }
    }

    /// A line for each post, as the forms of the field write it.
    fn lines(&mut self, dice: &mut Dice, cadres: &[cadre::Model], posts: &[post_assignment::Model]) {
        let managed = cadres.iter().filter(|it| it.management_authority.is_some()).map(|it| (it.id, it));
        let managed: std::collections::HashMap<CadreId, &cadre::Model> = managed.collect();
        let mut before: Option<(CadreId, i32)> = None;
        for post in posts {
            let Some(&cadre) = managed.get(&post.cadre_id) else { continue };
            let ordinal = before.filter(|(whose, _)| *whose == cadre.id).map_or(1, |(_, ordinal)| ordinal + 1);
            before = Some((cadre.id, ordinal));
            let written = |date: Option<PartialDate>| {
                date.map_or("       ".to_owned(), |it| format!("{}.{:02}", it.year(), it.month().unwrap_or(1)))
            };
            self.resume.push(row!(cadre, resume_entry, ResumeEntryId(dice.key()), {
                ordinal,
                raw_text: format!("{}--{}  {}", written(post.valid_from), written(post.valid_to), post.title),
                valid_from: post.valid_from,
                valid_to: post.valid_to,
            }));
        }
    }

    /// How many rows they are.
    pub fn rows(&self) -> usize {
        let service = self.educations.len() + self.ranks.len() + self.assessments.len() + self.experiences.len();
        service + self.trainings.len() + self.awards.len() + self.resume.len()
    }
}
