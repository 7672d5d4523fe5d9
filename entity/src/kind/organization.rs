//! Closed sets of organizations.

use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

kinds! {
    /// 隶属关系 (GB/T 12404), highest first.
    AffiliationLevel {
        /// 中央
        Central = "CENTRAL",
        /// 省
        Province = "PROVINCE",
        /// 副省级市
        SubProvincialCity = "SUB_PROVINCIAL_CITY",
        /// 市（地区）
        Prefecture = "PREFECTURE",
        /// 区
        District = "DISTRICT",
        /// 县
        County = "COUNTY",
        /// 镇、乡
        Township = "TOWNSHIP",
    }

    /// Whether an organization is one still.
    OrganizationState {
        /// 存续
        Active = "ACTIVE",
        /// 已并入其他单位
        Merged = "MERGED",
        /// 已撤销
        Closed = "CLOSED",
    }

    /// What happened to an organization.
    OrganizationEventKind {
        /// 设立
        Created = "CREATED",
        /// 更名
        Renamed = "RENAMED",
        /// 调整隶属
        Moved = "MOVED",
        /// 并入
        MergedInto = "MERGED_INTO",
        /// 析出设立
        SplitFrom = "SPLIT_FROM",
        /// 撤销
        Closed = "CLOSED",
    }
}
