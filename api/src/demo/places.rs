//! What stands in the synthetic county: departments as counties have them, under places that don't exist.
//!
//! Names carry no county; `tree` puts it in front («青禾县» + «教育局»).

use entity::kind::PositionLevel::{self, CountyDeputy, TownshipDeputy, TownshipPrincipal};

/// Province, prefecture, the county of the demo and its neighbour.
pub const PROVINCE: &str = "安岚省";
/// See `PROVINCE`.
pub const PREFECTURE: &str = "临澜市";
/// See `PROVINCE`.
pub const COUNTY: &str = "青禾县";
/// See `PROVINCE`.
pub const NEIGHBOUR: &str = "白鹭县";

/// What kind of house it is: decides how its posts and its units are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Organs of the party, the congress and the consultative conference.
    Party,
    /// Bureaus of the government.
    Bureau,
    /// Court and procuratorate.
    Court,
    /// Mass organizations.
    Mass,
    /// Public institutions.
    Institution,
    /// Schools.
    School,
    /// Hospitals.
    Hospital,
    /// 乡镇
    Township,
}

impl Style {
    /// Whether most of its staff serve outside the levels of the civil service.
    pub fn is_institution(self) -> bool {
        matches!(self, Style::Institution | Style::School | Style::Hospital)
    }
}

/// Houses of one style.
pub struct Group {
    /// Their style.
    pub style: Style,
    /// Their 机构级别.
    pub level: PositionLevel,
    /// How many internal units they have, at least and at most.
    pub inner: (i32, i32),
    /// Their names, without the county.
    pub names: &'static [&'static str],
}

/// The 84 departments and 12 townships of the county.
pub const GROUPS: &[Group] = &[
    Group { style: Style::Party, level: TownshipPrincipal, inner: (2, 4), names: PARTY },
    Group { style: Style::Bureau, level: TownshipPrincipal, inner: (3, 5), names: BUREAUS },
    Group { style: Style::Court, level: CountyDeputy, inner: (4, 5), names: &["人民法院", "人民检察院"] },
    Group { style: Style::Mass, level: TownshipPrincipal, inner: (0, 2), names: MASS },
    Group { style: Style::Institution, level: TownshipPrincipal, inner: (2, 4), names: INSTITUTIONS },
    Group {
        style: Style::School, level: TownshipPrincipal, inner: (3, 4), names: &["第一中学", "职业教育中心"]
    },
    Group { style: Style::Hospital, level: TownshipPrincipal, inner: (3, 4), names: &["人民医院", "中医医院"] },
    Group { style: Style::Institution, level: TownshipDeputy, inner: (0, 0), names: SMALL_INSTITUTIONS },
    Group { style: Style::Township, level: TownshipPrincipal, inner: (4, 5), names: TOWNSHIPS },
];

/// The five departments of the neighbour county.
pub const NEIGHBOUR_GROUPS: &[Group] = &[
    Group { style: Style::Party, level: TownshipPrincipal, inner: (2, 2), names: &["委办公室", "委组织部"] },
    Group {
        style: Style::Bureau, level: TownshipPrincipal, inner: (2, 2), names: &["政府办公室", "教育局", "财政局"]
    },
];

const PARTY: &[&str] = &[
    "委办公室",
    "委组织部",
    "委宣传部",
    "委统战部",
    "委政法委员会",
    "委社会工作部",
    "委网络安全和信息化委员会办公室",
    "委机构编制委员会办公室",
    "委巡察工作领导小组办公室",
    "委直属机关工作委员会",
    "委老干部局",
    "委党校",
    "委党史研究室",
    "纪委监委",
    "信访局",
    "人大常委会办公室",
    "政协办公室",
];

const BUREAUS: &[&str] = &[
    "政府办公室",
    "发展和改革局",
    "教育局",
    "科学技术局",
    "工业和信息化局",
    "民族宗教事务局",
    "公安局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境局",
    "住房和城乡建设局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "商务局",
    "文化和旅游局",
    "卫生健康局",
    "退役军人事务局",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "林业局",
    "医疗保障局",
    "数据局",
    "行政审批局",
    "综合行政执法局",
    "城市管理局",
    "粮食和物资储备局",
    "国防动员办公室",
    "金融工作办公室",
];

const MASS: &[&str] = &[
    "总工会",
    "团委",
    "妇女联合会",
    "科学技术协会",
    "工商业联合会",
    "残疾人联合会",
    "红十字会",
    "文学艺术界联合会",
    "归国华侨联合会",
];

const INSTITUTIONS: &[&str] = &[
    "融媒体中心",
    "档案馆",
    "供销合作社联合社",
    "机关事务服务中心",
    "投资促进中心",
    "经济开发区管理委员会",
    "疾病预防控制中心",
    "公共资源交易中心",
];

const SMALL_INSTITUTIONS: &[&str] = &[
    "图书馆",
    "文化馆",
    "博物馆",
    "妇幼保健院",
    "公路事务中心",
    "农业技术推广中心",
    "不动产登记中心",
    "社会保险服务中心",
    "就业服务中心",
    "国有林场",
];

const TOWNSHIPS: &[&str] = &[
    "云岭镇",
    "青石镇",
    "柳溪镇",
    "松坪镇",
    "禾丰镇",
    "望湖镇",
    "枫林镇",
    "清泉镇",
    "广坪镇",
    "竹溪乡",
    "梅岭乡",
    "鹿鸣乡",
];

/// How the internal units of a house are called, the usual ones first.
pub fn inner_names(style: Style, house: &str) -> &'static [&'static str] {
    if house.ends_with("委组织部") {
        return &["办公室", "干部科", "组织科", "干部监督科", "人才科"];
    }
    if house.ends_with("教育局") {
        return &["办公室", "人事股", "基础教育股", "计划财务股", "安全管理股"];
    }
    match style {
        Style::Party => &["综合科", "秘书科", "调研科", "督查科", "信息科"],
        Style::Bureau => &["综合股", "政策法规股", "计划财务股", "人事股", "业务管理股"],
        Style::Court => &["政治部", "综合办公室", "刑事业务部", "民事业务部", "检务督察部"],
        Style::Mass => &["办公室", "宣传部"],
        Style::Institution => &["办公室", "财务科", "业务科", "技术科"],
        Style::School => &["办公室", "教务处", "德育处", "总务处"],
        Style::Hospital => &["办公室", "医务科", "护理部", "财务科"],
        Style::Township => &["党政综合办公室", "经济发展办公室", "公共服务办公室", "平安法治办公室", "综合执法队"],
    }
}
