//! Closed sets of mentoring pairs.

use super::*;

kinds! {
    /// The course of a mentoring pair.
    PairState {
        /// 拟结对
        Proposed = "PROPOSED",
        /// 结对中
        Active = "ACTIVE",
        /// 暂停
        Suspended = "SUSPENDED",
        /// 期满
        Completed = "COMPLETED",
        /// 提前终止
        EndedEarly = "ENDED_EARLY",
    }

    /// Which side of a pair a person is on.
    PairSide {
        /// 导师
        Mentor = "MENTOR",
        /// 帮带对象
        Mentee = "MENTEE",
    }

    /// What a contact was about: the class alone, for a private matter stays private.
    ContactTopic {
        /// 业务工作
        Work = "WORK",
        /// 学习培训
        Study = "STUDY",
        /// 职业发展
        Development = "DEVELOPMENT",
        /// 其他
        Other = "OTHER",
    }

    /// Who mentors whom.
    PairForm {
        /// 一对一
        OneToOne = "ONE_TO_ONE",
        /// 一对多
        OneToMany = "ONE_TO_MANY",
        /// 一名主导师带若干副导师
        LeadPlusAssistants = "LEAD_PLUS_ASSISTANTS",
        /// 导师组
        Team = "TEAM",
        /// 联系人
        ContactOfficer = "CONTACT_OFFICER",
        /// 单位结对
        Organization = "ORGANIZATION",
    }

    /// As what a person takes part in a pair.
    PairRole {
        /// 主导师
        Lead = "LEAD",
        /// 副导师
        Assistant = "ASSISTANT",
        /// 导师组成员
        Member = "MEMBER",
        /// 联系人
        ContactOfficer = "CONTACT_OFFICER",
        /// 帮带对象
        Mentee = "MENTEE",
    }

    /// What happened to a pair.
    PairStepKind {
        /// 提出
        Proposed = "PROPOSED",
        /// 结对
        Activated = "ACTIVATED",
        /// 暂停
        Suspended = "SUSPENDED",
        /// 恢复
        Resumed = "RESUMED",
        /// 期满
        Completed = "COMPLETED",
        /// 终止
        Ended = "ENDED",
        /// 更换
        Replaced = "REPLACED",
        /// 成员退出
        PartLeft = "PART_LEFT",
        /// 成员加入
        PartJoined = "PART_JOINED",
    }

    /// Who says something of a pair.
    EvaluationSide {
        /// 导师
        Mentor = "MENTOR",
        /// 帮带对象
        Mentee = "MENTEE",
        /// 组织
        Organization = "ORGANIZATION",
    }
}
