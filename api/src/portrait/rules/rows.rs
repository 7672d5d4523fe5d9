//! The dated rows of a portrait's sections: a cell for each, with its source and date.

use chrono::{Datelike, NaiveDate};
use entity::{
    assessment, award, education, experience,
    kind::{AssessmentKind, EducationMode, ExperienceKind, PairSide},
    level_period,
    partial_date::PartialDate,
    post_assignment, professional_title, rank_period, sanction,
};

use crate::{
    career::{
        draft::Span,
        read::{Fact as Dated, told},
    },
    eligibility::dossier::Dossier,
    kernel::fact::Fact,
    portrait::rules::{Cell, Paired, Part, Pooled, Portrayed},
};

/// How many years of annual assessments a portrait lists.
const YEARS: i32 = 5;

/// The dated rows of a section, oldest first.
pub(super) fn rows(of: &Portrayed, part: Part, on: NaiveDate) -> Vec<Cell> {
    match part {
        Part::Identity => Vec::new(),
        Part::Post => posts(&of.dossier, on),
        Part::LevelAndRank => levels(&of.dossier, on),
        Part::Education => educations(&of.dossier, on),
        Part::Experience => experiences(&of.dossier, on),
        Part::Assessments => assessments(&of.dossier, on),
        Part::Awards => awards(&of.awards, on),
        Part::Sanctions => sanctions(&of.dossier, on),
        Part::Pools => of.pools.iter().filter_map(|it| pooled(it, on)).collect(),
        Part::Pairs => of.pairs.iter().filter_map(|it| paired(it, on)).collect(),
    }
}

fn posts(of: &Dossier, on: NaiveDate) -> Vec<Cell> {
    let cell = |it: post_assignment::Model| {
        let label = if it.is_primary { ("职务", "post") } else { ("兼任职务", "concurrent post") };
        let span = post_assignment::Entity::span(&it);
        Cell::new("post", label, it.title).stands("post_assignment", &it.source, span, it.recorded_at)
    };
    told::<post_assignment::Entity>(of.posts.clone(), on).into_iter().map(cell).collect()
}

fn levels(of: &Dossier, on: NaiveDate) -> Vec<Cell> {
    let level = |it: level_period::Model| {
        let cell = Cell::new("levelPeriod", Fact::Level.labels(), it.level.text());
        cell.stands("level_period", &it.source, level_period::Entity::span(&it), it.recorded_at)
    };
    let rank = |it: rank_period::Model| {
        let cell = Cell::new("rankPeriod", Fact::Rank.labels(), it.rank.text());
        cell.stands("rank_period", &it.source, rank_period::Entity::span(&it), Some(it.recorded_at))
    };
    let levels = told::<level_period::Entity>(of.levels.clone(), on).into_iter().map(level);
    levels.chain(told::<rank_period::Entity>(of.ranks.clone(), on).into_iter().map(rank)).collect()
}

fn educations(of: &Dossier, on: NaiveDate) -> Vec<Cell> {
    let course = |it: education::Model| {
        let label = match it.mode {
            EducationMode::FullTime => ("全日制教育", "full-time education"),
            EducationMode::InService => ("在职教育", "in-service education"),
        };
        let parts =
            [it.level.map(|it| it.text()), it.degree.map(|it| it.text()), Some(&it.school), it.major.as_deref()];
        let value = parts.into_iter().flatten().collect::<Vec<&str>>().join(" · ");
        let span = education::Entity::span(&it);
        Cell::new("educationRecord", label, value).stands("education", &it.source, span, Some(it.recorded_at))
    };
    let title = |it: professional_title::Model| {
        let cell = Cell::new("professionalTitle", ("专业技术职务", "professional title"), &it.title);
        cell.stands("professional_title", &it.source, professional_title::Entity::span(&it), Some(it.recorded_at))
    };
    let courses = told::<education::Entity>(of.educations.clone(), on).into_iter().map(course);
    courses.chain(told::<professional_title::Entity>(of.titles.clone(), on).into_iter().map(title)).collect()
}

fn experiences(of: &Dossier, on: NaiveDate) -> Vec<Cell> {
    let cell = |it: experience::Model| {
        let label = match it.kind {
            ExperienceKind::Grassroots => ("基层工作", "grassroots work"),
            ExperienceKind::Secondment => ("挂职", "secondment"),
            ExperienceKind::VillageSecretary => ("驻村第一书记", "first secretary of a village"),
            ExperienceKind::Aid => ("援派", "aid"),
            ExperienceKind::TaskForce => ("专班、专项工作", "task force"),
            ExperienceKind::Other => ("其他经历", "other experience"),
        };
        let cell = Cell::new("experienceRecord", label, &it.place);
        cell.stands("experience", &it.source, experience::Entity::span(&it), Some(it.recorded_at))
    };
    told::<experience::Entity>(of.experiences.clone(), on).into_iter().map(cell).collect()
}

/// Annual assessments of the last whole years before the day's.
fn assessments(of: &Dossier, on: NaiveDate) -> Vec<Cell> {
    let years = on.year() - YEARS..on.year();
    let annual = |it: &assessment::Model| it.kind == AssessmentKind::Annual && years.contains(&it.year);
    let cell = |it: assessment::Model| {
        let label = (format!("{}年度考核", it.year), format!("annual assessment of {}", it.year));
        let cell = Cell::new("annualAssessment", label, it.grade.text());
        cell.stands("assessment", &it.source, assessment::Entity::span(&it), Some(it.recorded_at))
    };
    told::<assessment::Entity>(of.assessments.clone(), on).into_iter().filter(annual).map(cell).collect()
}

fn awards(of: &[award::Model], on: NaiveDate) -> Vec<Cell> {
    let cell = |it: award::Model| {
        let cell = Cell::new("award", ("奖励", "award"), &it.name);
        cell.stands("award", &it.source, award::Entity::span(&it), Some(it.recorded_at))
    };
    told::<award::Entity>(of.to_vec(), on).into_iter().map(cell).collect()
}

/// Those that are for the caller: where they are not, the fact of how many have effect says so.
fn sanctions(of: &Dossier, on: NaiveDate) -> Vec<Cell> {
    let cell = |it: sanction::Model| {
        let cell = Cell::new("sanction", ("处分、问责", "sanction"), it.kind.text());
        cell.stands("sanction", &it.document_number, sanction::Entity::span(&it), Some(it.recorded_at))
    };
    let known = of.sanctions.clone().unwrap_or_default();
    told::<sanction::Entity>(known, on).into_iter().map(cell).collect()
}

/// Where a membership stood on a day, by the decisions up to then; none before it was proposed.
fn pooled(of: &Pooled, on: NaiveDate) -> Option<Cell> {
    let row = &of.membership;
    let decided = of.steps.iter().filter(|it| it.decided_on <= on).max_by_key(|it| (it.decided_on, it.recorded_at));
    let (state, tier, since) = match decided {
        Some(step) => (step.state, step.tier_id, step.decided_on),
        None if of.steps.is_empty() && row.proposed_on <= on => {
            (row.state, row.tier_id, row.decided_on.unwrap_or(row.proposed_on))
        }
        None => return None,
    };
    let tier = of.tiers.iter().find(|it| it.id == tier).map(|it| it.name.as_str());
    let pool = of.pool.as_ref().map(|it| it.name.as_str());
    let named =
        |plain: &'static str| [pool.or(Some(plain)), tier].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let cell = Cell::new("membership", (named("后备队伍"), named("reserve pool")), state.text());
    let source = decided.and_then(|it| it.document_number.as_deref()).unwrap_or_default();
    let span = Span { from: PartialDate::day_of(since), to: None };
    Some(cell.stands("pool_membership", source, span, decided.map(|it| it.recorded_at)))
}

/// Where a pair stood on a day in which the person takes or took a part; none before it was proposed.
fn paired(of: &Paired, on: NaiveDate) -> Option<Cell> {
    let decided = of.steps.iter().filter(|it| it.decided_on <= on).max_by_key(|it| (it.decided_on, it.recorded_at));
    let state = match decided {
        Some(step) => step.state,
        None if of.steps.is_empty() && of.pair.started_on.is_none_or(|it| it <= on) => of.pair.state,
        None => return None,
    };
    let label = match of.part.side {
        PairSide::Mentor => ("帮带（导师）", "mentoring, as mentor"),
        PairSide::Mentee => ("帮带（帮带对象）", "mentoring, as mentee"),
    };
    let until = of.part.left_on.or(of.pair.ended_on).filter(|it| *it <= on);
    let from = of.part.joined_on.or(of.pair.started_on);
    let span = Span { from: from.and_then(PartialDate::day_of), to: until.and_then(PartialDate::day_of) };
    let cell = Cell::new("pair", label, state.text());
    Some(cell.stands("mentoring_pair", "", span, decided.map(|it| it.recorded_at)))
}
