//! Closed sets of policies.

use super::*;

kinds! {
    /// The course of a policy's edition.
    PolicyState {
        /// 草案
        Draft = "DRAFT",
        /// 已发布
        Published = "PUBLISHED",
    }

    /// What was done about a due item.
    DutyState {
        /// 已报送
        Submitted = "SUBMITTED",
        /// 已验收
        Accepted = "ACCEPTED",
        /// 已退回
        Returned = "RETURNED",
        /// 免予报送
        Excused = "EXCUSED",
    }

    /// What a due item is about.
    DutySubject {
        /// 入库人选
        Membership = "MEMBERSHIP",
        /// 后备库
        Pool = "POOL",
        /// 结对
        Pair = "PAIR",
        /// 干部
        Cadre = "CADRE",
        /// 单位
        Organization = "ORGANIZATION",
        /// 事项
        Fact = "FACT",
        /// 谈话
        Talk = "TALK",
        /// 谈话事项
        Issue = "ISSUE",
    }

    /// How far a talk is.
    TalkState {
        /// 已约请
        Requested = "REQUESTED",
        /// 已定时间
        Fixed = "FIXED",
        /// 已谈
        Held = "HELD",
        /// 已回访
        FollowedUp = "FOLLOWED_UP",
    }

    /// What became of a matter that was raised.
    IssueState {
        /// 办理中
        Open = "OPEN",
        /// 已解决
        Solved = "SOLVED",
        /// 已说明
        Explained = "EXPLAINED",
        /// 不予办理
        Declined = "DECLINED",
    }
}
