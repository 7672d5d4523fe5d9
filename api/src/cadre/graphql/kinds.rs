//! The closed sets of a cadre's record, in the schema.

use async_graphql::Enum;
use entity::kind;

/// Sex (GB/T 2261.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::Sex")]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
    /// 未知或未说明
    Unknown,
}

/// Highest education, highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::Education")]
pub enum Education {
    /// 研究生
    Postgraduate,
    /// 大学
    Bachelor,
    /// 大专
    JuniorCollege,
    /// 中专
    SecondaryVocational,
    /// 高中
    SeniorHigh,
    /// 初中及以下
    JuniorHigh,
}

/// 人员状态 (ZB126).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::CadreStatus")]
pub enum CadreStatus {
    /// 现职
    InPost,
    /// 离退
    Retired,
    /// 调出
    TransferredOut,
    /// 去世
    Deceased,
    /// 其他
    Other,
}

/// 密级 (ZB35) of a record, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::SecrecyLevel")]
pub enum SecrecyLevel {
    /// 公开
    Public,
    /// 内部
    Internal,
    /// 秘密
    Confidential,
    /// 机密
    Secret,
    /// 绝密
    TopSecret,
}

/// 管理权限 (ZB130): at which level a person is managed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ManagementAuthority")]
pub enum ManagementAuthority {
    /// 中央管
    Central,
    /// 省管
    Provincial,
    /// 市管
    Municipal,
    /// 县管
    County,
}
