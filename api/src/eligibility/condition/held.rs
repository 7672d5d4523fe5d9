//! What a person has on record on a day, table by table: the rows that conditions are made of.

use chrono::Datelike;
use entity::{
    Noun, assessment, cadre, declared_fact, education, experience,
    kind::{AssessmentKind, EducationMode, ExperienceKind, FactState, PostRole},
    level_period, organization, post_assignment, professional_title, rank_period, sanction,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

use super::{Both, Conditions, no, not, sanctions_known};
use crate::{
    cadre::read::{begun_by, full_months, holds},
    db::gate::{Alias, Visible},
    kernel::fact::{Asked, Fact},
};

impl Conditions<'_> {
    /// The rows of a table that are of the person whom the condition looks at: asked of that person alone, by an index, so
    /// that a page of candidates costs what its own people do, however many there are beside them.
    fn theirs<E: Visible>(&self, column: E::Column, at: &Alias) -> SelectStatement {
        self.gate.of_one::<E>(column, at, (cadre::Entity::TABLE, self.at.col(cadre::Column::Id)))
    }

    pub(super) fn levels(&self, months: Option<u32>, codes: Option<&[&'static str]>) -> SelectStatement {
        let at = Alias::named("held_level");
        let (from, to) = (at.col(level_period::Column::ValidFrom), at.col(level_period::Column::ValidTo));
        let mut people = self.theirs::<level_period::Entity>(level_period::Column::CadreId, &at);
        people
            .and_where(at.col(level_period::Column::State).eq(FactState::Recorded))
            .cond_where(holds(from.clone(), to, self.on))
            .cond_where(self.since(from, months));
        if let Some(codes) = codes {
            people.and_where(at.col(level_period::Column::Level).is_in(codes.iter().copied()));
        }
        people
    }

    pub(super) fn ranks(&self, months: Option<u32>, codes: Option<&[&'static str]>) -> SelectStatement {
        let at = Alias::named("held_rank");
        let (from, to) = (at.col(rank_period::Column::ValidFrom), at.col(rank_period::Column::ValidTo));
        let mut people = self.theirs::<rank_period::Entity>(rank_period::Column::CadreId, &at);
        people
            .and_where(at.col(rank_period::Column::State).eq(FactState::Recorded))
            .cond_where(holds(from.clone(), to, self.on))
            .cond_where(self.since(from, months));
        if let Some(codes) = codes {
            people.and_where(at.col(rank_period::Column::Rank).is_in(codes.iter().copied()));
        }
        people
    }

    pub(super) fn posts(&self, months: u32) -> SelectStatement {
        let at = Alias::named("held_post");
        let (from, to) = (at.col(post_assignment::Column::ValidFrom), at.col(post_assignment::Column::ValidTo));
        let mut people = self.theirs::<post_assignment::Entity>(post_assignment::Column::CadreId, &at);
        people
            .and_where(at.col(post_assignment::Column::State).eq(FactState::Recorded))
            .and_where(at.col(post_assignment::Column::IsPrimary).eq(true))
            .cond_where(holds(from.clone(), to, self.on))
            .cond_where(self.since(from, Some(months)));
        people
    }

    /// That so many full months have passed since a date, which is known then.
    pub(super) fn since(&self, from: Expr, months: Option<u32>) -> Condition {
        Condition::all().add_option(months.map(|it| from.lte(begun_by(self.on, it))))
    }

    pub(super) fn experience(&self, kind: ExperienceKind, least: i64) -> SelectStatement {
        let at = Alias::named("served");
        self.theirs::<experience::Entity>(experience::Column::CadreId, &at)
            .and_where(at.col(experience::Column::State).eq(FactState::Recorded))
            .and_where(at.col(experience::Column::Kind).eq(kind))
            .and_where(at.col(experience::Column::ValidFrom).lte(self.on.to_string()))
            .add_group_by([at.col(experience::Column::CadreId)])
            .and_having(Expr::cust(full_months("served", self.on)).gte(least))
            .to_owned()
    }

    pub(super) fn studied(&self, fact: Fact, codes: &[&'static str]) -> SelectStatement {
        let at = Alias::named("studied");
        let graduated = at.col(education::Column::Graduated);
        let over = Condition::any()
            .add(graduated.clone().lte(self.on.to_string()))
            .add(Condition::all().add(graduated.is_null()).add(at.col(education::Column::Enrolled).is_null()));
        let column = if fact == Fact::Degree { education::Column::Degree } else { education::Column::Level };
        let mut people = self.theirs::<education::Entity>(education::Column::CadreId, &at);
        people
            .and_where(at.col(education::Column::State).eq(FactState::Recorded))
            .cond_where(over)
            .and_where(at.col(column).is_in(codes.iter().copied()));
        if fact == Fact::FullTimeEducation {
            people.and_where(at.col(education::Column::Mode).eq(EducationMode::FullTime));
        }
        people
    }

    /// That at least so many annual assessments of the last years had these grades, or others.
    pub(super) fn graded(&self, asked: &Asked, these: bool, least: i64) -> Condition {
        let Some((grades, years)) = &asked.grades else { return no() };
        if least <= 0 {
            return Condition::all();
        }
        let at = Alias::named("graded");
        let grade = at.col(assessment::Column::Grade);
        let (last, codes) = (self.on.year(), grades.iter().copied());
        let first = last - i32::try_from(*years).unwrap_or(0);
        let mut people = self.theirs::<assessment::Entity>(assessment::Column::CadreId, &at);
        people
            .and_where(at.col(assessment::Column::State).eq(FactState::Recorded))
            .and_where(at.col(assessment::Column::Kind).eq(AssessmentKind::Annual))
            .and_where(at.col(assessment::Column::Year).gte(first))
            .and_where(at.col(assessment::Column::Year).lt(last))
            .and_where(if these { grade.is_in(codes) } else { grade.is_not_in(codes) })
            .add_group_by([at.col(assessment::Column::CadreId)])
            .and_having(at.col(assessment::Column::Id).count().gte(least));
        self.among(people)
    }

    pub(super) fn sanctioned(&self, least: i64) -> Condition {
        let known = Condition::all().add(sanctions_known(&self.at, self.gate));
        if least <= 0 {
            return known;
        }
        let at = Alias::named("punished");
        let mut people = self.theirs::<sanction::Entity>(sanction::Column::CadreId, &at);
        people
            .and_where(at.col(sanction::Column::State).eq(FactState::Recorded))
            .and_where(at.col(sanction::Column::EffectFrom).lte(self.on))
            .and_where(at.col(sanction::Column::EffectUntil).gt(self.on))
            .add_group_by([at.col(sanction::Column::CadreId)])
            .and_having(at.col(sanction::Column::Id).count().gte(least));
        known.add(self.among(people))
    }

    /// Who is kept by an organization of these kinds; of any that is seen where none are named.
    pub(super) fn kept_by(&self, kinds: Option<&[&'static str]>) -> Condition {
        let at = Alias::named("keeping");
        let mut places = self.gate.visible::<organization::Entity>(organization::Column::Id, &at);
        if let Some(kinds) = kinds {
            places.and_where(at.col(organization::Column::Kind).is_in(kinds.iter().copied()));
        }
        places.and_where(at.col(organization::Column::Id).eq(self.at.col(cadre::Column::OrganizationId)));
        Condition::all().add(self.exists(places))
    }

    /// Who holds a principal post, and whether the highest role among them is one of these.
    pub(super) fn in_role(&self, codes: &[&'static str]) -> Both {
        let held = |roles: &[PostRole]| -> Condition {
            let texts: Vec<&str> = roles.iter().map(|it| it.text()).collect();
            let at = Alias::named("held_role");
            let (from, to) = (at.col(post_assignment::Column::ValidFrom), at.col(post_assignment::Column::ValidTo));
            let mut people = self.theirs::<post_assignment::Entity>(post_assignment::Column::CadreId, &at);
            people
                .and_where(at.col(post_assignment::Column::State).eq(FactState::Recorded))
                .and_where(at.col(post_assignment::Column::IsPrimary).eq(true))
                .and_where(at.col(post_assignment::Column::Role).is_in(texts))
                .cond_where(holds(from, to, self.on));
            self.apart().among(people)
        };
        let met = PostRole::ALL.iter().enumerate().filter(|(_, role)| codes.contains(&role.text())).fold(
            no(),
            |any, (place, role)| {
                // Nobody is counted by a role who has a higher one.
                let higher = PostRole::ALL.get(..place).unwrap_or_default();
                let alone = held(&[*role]);
                any.add(if higher.is_empty() { alone } else { alone.add(not(&held(higher))) })
            },
        );
        Both { unmet: held(PostRole::ALL).add(not(&met)), met }
    }

    /// Whom a policy's own fact is signed for, or against.
    pub(super) fn signed(&self, asked: &Asked, codes: &[&'static str]) -> Both {
        let Some((code, _)) = &asked.declared else { return Both { met: no(), unmet: no() } };
        let said = |yes: bool| -> Condition {
            let at = Alias::named("signed");
            let until = at.col(declared_fact::Column::ValidTo);
            let mut people = self.theirs::<declared_fact::Entity>(declared_fact::Column::CadreId, &at);
            people
                .and_where(at.col(declared_fact::Column::Code).eq(code.as_str()))
                .and_where(at.col(declared_fact::Column::State).eq(FactState::Recorded))
                .and_where(at.col(declared_fact::Column::Holds).eq(yes))
                .and_where(at.col(declared_fact::Column::ValidFrom).lte(self.on))
                .cond_where(Condition::any().add(until.clone().is_null()).add(until.gt(self.on)));
            self.among(people)
        };
        let (yes, nay) = (said(true), said(false).add(not(&said(true))));
        if codes == ["YES"] { Both { met: yes, unmet: nay } } else { Both { met: nay, unmet: yes } }
    }

    pub(super) fn titled(&self, codes: &[&'static str]) -> SelectStatement {
        let at = Alias::named("titled");
        let obtained = at.col(professional_title::Column::Obtained);
        let mut people = self.theirs::<professional_title::Entity>(professional_title::Column::CadreId, &at);
        people
            .and_where(at.col(professional_title::Column::State).eq(FactState::Recorded))
            .and_where(at.col(professional_title::Column::Grade).is_in(codes.iter().copied()))
            .cond_where(Condition::any().add(obtained.clone().is_null()).add(obtained.lte(self.on.to_string())));
        people
    }
}
