//! One dated fact of each kind in the schema.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    assessment, award, education, experience, level_period, post_assignment, professional_title, rank_period,
    resume_entry, sanction, training,
};

use super::kinds::{
    AssessmentGrade, AssessmentKind, CivilServantRank, Degree, EducationMode, ExperienceKind, PostRole, SanctionKind,
    TitleGrade,
};
use crate::{
    cadre::graphql::Education,
    career::read::Fact,
    codeset::graphql::CodedValue,
    error::Result,
    organization::graphql::PositionLevel,
    post::graphql::Post,
    reading::{Leads, Tells, Told},
    relay::{Date, PartialDate, global_id},
};

macro_rules! fact {
    ($(#[$doc:meta])* $name:ident over $module:ident by $($looked:ident),+ { $($fields:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name {
            row: $module::Model,
            on: NaiveDate,
        }

        impl $name {
            /// As of a day.
            pub fn new(row: $module::Model, on: NaiveDate) -> Self {
                Self { row, on }
            }
        }

        impl Tells for $name {
            fn leads() -> Leads {
                &[]
            }
            /// Whether it is in force and has begun is looked at in any case.
            fn told() -> Option<Told> {
                $(let _ = |row: &$module::Model| { let _ = &row.$looked; };)+
                Some(Told::of::<$module::Model>(&["state", $(stringify!($looked)),+]))
            }
        }

        $(#[$doc])*
        #[Object(crate = "crate::relay::graphql")]
        impl $name {
            /// Global id: by it the fact is superseded or voided.
            async fn id(&self) -> ID {
                global_id(self.row.id)
            }
            $($fields)*
            /// Whether it holds on the request's day.
            async fn is_current(&self) -> bool {
                $module::Entity::span(&self.row).holds(self.on)
            }
            /// Where it stands written; empty where nothing was said.
            async fn source(&self) -> &str {
                &self.row.source
            }
            /// When it was recorded, where known.
            async fn recorded_at(&self) -> Option<DateTime<Utc>> {
                self.row.recorded_at.into()
            }
            /// Grows by one at each change; state it as expectedVersion when you void the fact.
            async fn version(&self) -> i32 {
                self.row.version
            }
        }
    };
}

fact!(
    /// One dated post of a cadre (职务任免记录, A02).
    PostAssignment over post_assignment by valid_from, valid_to {
        /// 职务名称
        async fn title(&self) -> &str {
            &self.row.title
        }
        /// 任职时间, where known.
        async fn valid_from(&self) -> Option<PartialDate> {
            self.row.valid_from.map(PartialDate)
        }
        /// 免职时间; null while it is held.
        async fn valid_to(&self) -> Option<PartialDate> {
            self.row.valid_to.map(PartialDate)
        }
        /// 主职务; a concurrent post is none.
        async fn is_primary(&self) -> bool {
            self.row.is_primary
        }
        /// 正职 or 副职, where known.
        async fn role(&self) -> Option<PostRole> {
            self.row.role.map(Into::into)
        }
        /// 任职文号 (A0245), where known.
        async fn document_number(&self) -> Option<&str> {
            self.row.document_number.as_deref()
        }
        /// The post of an organization that it fills, where it names one that the caller may see.
        async fn post(&self, ctx: &Context<'_>) -> Result<Option<Post>> {
            Post::maybe(ctx, self.row.post_id).await
        }
    }
);
fact!(
    /// One dated position level (职务层次) of a cadre.
    LevelPeriod over level_period by valid_from, valid_to {
        /// 职务层次
        async fn level(&self) -> PositionLevel {
            self.row.level.into()
        }
        /// The level as a value of GB/T 12407-2008; codeCrosswalk leads to other editions.
        async fn level_code(&self) -> Option<CodedValue> {
            CodedValue::meaning("GB/T 12407", "2008", self.row.level.text())
        }
        /// 任职务层次时间 (A0288), where known.
        async fn valid_from(&self) -> Option<PartialDate> {
            self.row.valid_from.map(PartialDate)
        }
        /// The end; null while it is held.
        async fn valid_to(&self) -> Option<PartialDate> {
            self.row.valid_to.map(PartialDate)
        }
    }
);
fact!(
    /// One dated rank (职级) of a cadre.
    RankPeriod over rank_period by valid_from, valid_to {
        /// 职级
        async fn rank(&self) -> CivilServantRank {
            self.row.rank.into()
        }
        /// The rank as a coded value.
        async fn rank_code(&self) -> Option<CodedValue> {
            CodedValue::meaning("TIDUI RANK", "2019", self.row.rank.text())
        }
        /// Since when, where known.
        async fn valid_from(&self) -> Option<PartialDate> {
            self.row.valid_from.map(PartialDate)
        }
        /// Until when; null while it is held.
        async fn valid_to(&self) -> Option<PartialDate> {
            self.row.valid_to.map(PartialDate)
        }
    }
);
fact!(
    /// One course of education, or degree, of a cadre (学历学位, A08).
    EducationRecord over education by enrolled, graduated {
        /// 全日制 or 在职
        async fn mode(&self) -> EducationMode {
            self.row.mode.into()
        }
        /// 学历; null where only a degree was taken.
        async fn level(&self) -> Option<Education> {
            self.row.level.map(Into::into)
        }
        /// 学历代码 (ZB64).
        async fn education_code(&self) -> Option<CodedValue> {
            CodedValue::of("ZB64", "SEEN", self.row.education_code.as_deref()?)
        }
        /// 学位; null where none was taken.
        async fn degree(&self) -> Option<Degree> {
            self.row.degree.map(Into::into)
        }
        /// 学位代码 (GB/T 6864).
        async fn degree_code(&self) -> Option<CodedValue> {
            CodedValue::of("GB/T 6864", "2003", self.row.degree_code.as_deref()?)
        }
        /// 毕业院校系
        async fn school(&self) -> &str {
            &self.row.school
        }
        /// 专业
        async fn major(&self) -> Option<&str> {
            self.row.major.as_deref()
        }
        /// 入学时间, where known.
        async fn enrolled(&self) -> Option<PartialDate> {
            self.row.enrolled.map(PartialDate)
        }
        /// 毕业时间; null while it goes on.
        async fn graduated(&self) -> Option<PartialDate> {
            self.row.graduated.map(PartialDate)
        }
    }
);
fact!(
    /// One professional title of a cadre (专业技术资格, A06).
    ProfessionalTitle over professional_title by obtained {
        /// 资格名称
        async fn title(&self) -> &str {
            &self.row.title
        }
        /// 正高级 to 初级, where known.
        async fn grade(&self) -> Option<TitleGrade> {
            self.row.grade.map(Into::into)
        }
        /// 获得日期, where known.
        async fn obtained(&self) -> Option<PartialDate> {
            self.row.obtained.map(PartialDate)
        }
    }
);
fact!(
    /// One assessment of a cadre (考核, A15).
    Assessment over assessment by year {
        /// 考核年度
        async fn year(&self) -> i32 {
            self.row.year
        }
        /// 考核类别
        async fn kind(&self) -> AssessmentKind {
            self.row.kind.into()
        }
        /// 考核等次
        async fn grade(&self) -> AssessmentGrade {
            self.row.grade.into()
        }
        /// The grade as a value of ZB18.
        async fn grade_code(&self) -> Option<CodedValue> {
            CodedValue::meaning("ZB18", "SEEN", self.row.grade.text())
        }
        /// The kind as a value of ZB17.
        async fn kind_code(&self) -> Option<CodedValue> {
            CodedValue::meaning("ZB17", "SEEN", self.row.kind.text())
        }
    }
);
fact!(
    /// One stretch of experience of a cadre, which programmes count in months.
    Experience over experience by valid_from, valid_to {
        /// What kind.
        async fn kind(&self) -> ExperienceKind {
            self.row.kind.into()
        }
        /// Where, and as what.
        async fn place(&self) -> &str {
            &self.row.place
        }
        /// Since when.
        async fn valid_from(&self) -> PartialDate {
            PartialDate(self.row.valid_from)
        }
        /// Until when; null while it goes on.
        async fn valid_to(&self) -> Option<PartialDate> {
            self.row.valid_to.map(PartialDate)
        }
        /// Full months of it until the request's day.
        async fn months(&self) -> Option<u32> {
            experience::Entity::span(&self.row).full_months(self.on)
        }
    }
);
fact!(
    /// One training of a cadre (教育培训, A11).
    Training over training by valid_from, valid_to {
        /// 培训班名称
        async fn title(&self) -> &str {
            &self.row.title
        }
        /// 主办单位
        async fn provider(&self) -> Option<&str> {
            self.row.provider.as_deref()
        }
        /// 学时
        async fn hours(&self) -> Option<i32> {
            self.row.hours
        }
        /// Since when, where known.
        async fn valid_from(&self) -> Option<PartialDate> {
            self.row.valid_from.map(PartialDate)
        }
        /// Until when.
        async fn valid_to(&self) -> Option<PartialDate> {
            self.row.valid_to.map(PartialDate)
        }
    }
);
fact!(
    /// One award of a cadre (奖励, A14).
    Award over award by decided {
        /// 奖励名称
        async fn name(&self) -> &str {
            &self.row.name
        }
        /// 奖励名称代码 (ZB65).
        async fn code(&self) -> Option<CodedValue> {
            CodedValue::of("ZB65", "SEEN", self.row.award_code.as_deref()?)
        }
        /// 批准机关
        async fn decided_by(&self) -> Option<&str> {
            self.row.decided_by.as_deref()
        }
        /// 批准时间, where known.
        async fn decided(&self) -> Option<PartialDate> {
            self.row.decided.map(PartialDate)
        }
    }
);
fact!(
    /// One sanction or accountability measure (处分、问责): a formal finding that names its author, ends, and can be
    /// appealed.
    Sanction over sanction by effect_from, effect_until {
        /// What it is.
        async fn kind(&self) -> SanctionKind {
            self.row.kind.into()
        }
        /// What it is as a coded value.
        async fn kind_code(&self) -> Option<CodedValue> {
            CodedValue::meaning("TIDUI SANCTION", "1", self.row.kind.text())
        }
        /// 作出决定的机关
        async fn deciding_body(&self) -> &str {
            &self.row.deciding_body
        }
        /// 决定文号
        async fn document_number(&self) -> &str {
            &self.row.document_number
        }
        /// 决定日期
        async fn decided_on(&self) -> Date {
            Date(self.row.decided_on)
        }
        /// 影响期 begins.
        async fn effect_from(&self) -> Date {
            Date(self.row.effect_from)
        }
        /// 影响期 ends before this day.
        async fn effect_until(&self) -> Date {
            Date(self.row.effect_until)
        }
        /// Whether it has effect on the request's day.
        async fn in_effect(&self) -> bool {
            self.row.effect_from <= self.on && self.on < self.row.effect_until
        }
        /// Where it can be appealed.
        async fn appeal_to(&self) -> &str {
            &self.row.appeal_to
        }
    }
);
fact!(
    /// One line of a cadre's résumé (简历, A17): the raw text beside the period that was read from it.
    ResumeEntry over resume_entry by valid_from, valid_to {
        /// Its place, from 1 on.
        async fn ordinal(&self) -> i32 {
            self.row.ordinal
        }
        /// The line as it was written.
        async fn raw_text(&self) -> &str {
            &self.row.raw_text
        }
        /// Since when, where it could be read.
        async fn valid_from(&self) -> Option<PartialDate> {
            self.row.valid_from.map(PartialDate)
        }
        /// Until when.
        async fn valid_to(&self) -> Option<PartialDate> {
            self.row.valid_to.map(PartialDate)
        }
    }
);
