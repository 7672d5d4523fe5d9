//! How posts are called: by the ending of the house's name, as in life («…局» has a 局长, «…中心» a 主任).

use entity::kind::PositionLevel::{self, CountyDeputy, CountyPrincipal, TownshipDeputy, TownshipPrincipal};

use super::{
    places::Style,
    tree::{House, Unit},
};

/// Ending of the name, head, deputy. The first that fits counts, so longer endings stand first.
const HEADS: &[(&str, &str, &str)] = &[
    // Led by a member of the county's standing committee: the first of the house is the deputy in charge.
    ("委办公室", "常务副主任", "副主任"),
    ("委组织部", "常务副部长", "副部长"),
    ("委宣传部", "常务副部长", "副部长"),
    ("委统战部", "常务副部长", "副部长"),
    ("委政法委员会", "常务副书记", "副书记"),
    ("委党校", "常务副校长", "副校长"),
    ("纪委监委", "副书记、监委副主任", "常委、监委委员"),
    ("红十字会", "常务副会长", "副会长"),
    ("机关工作委员会", "书记", "副书记"),
    ("团委", "书记", "副书记"),
    ("总工会", "常务副主席", "副主席"),
    ("联合会", "主席", "副主席"),
    ("协会", "主席", "副主席"),
    ("检察院", "检察长", "副检察长"),
    ("院", "院长", "副院长"),
    ("中学", "校长", "副校长"),
    ("职业教育中心", "校长", "副校长"),
    ("馆", "馆长", "副馆长"),
    ("林场", "场长", "副场长"),
    ("局", "局长", "副局长"),
    ("部", "部长", "副部长"),
    ("", "主任", "副主任"),
];

/// Leaders of the county itself, in order. Two more, of the court and the procuratorate, sit in their houses.
pub const COUNTY_LEADERS: &[(&str, PositionLevel)] = &[
    ("县委书记", CountyPrincipal),
    ("县委副书记、县长", CountyPrincipal),
    ("县人大常委会主任", CountyPrincipal),
    ("县政协主席", CountyPrincipal),
    ("县委副书记", CountyDeputy),
    ("县委常委、县纪委书记、县监委主任", CountyDeputy),
    ("县委常委、组织部部长", CountyDeputy),
    ("县委常委、宣传部部长", CountyDeputy),
    ("县委常委、统战部部长", CountyDeputy),
    ("县委常委、政法委书记", CountyDeputy),
    ("县委常委、县委办公室主任", CountyDeputy),
    ("县委常委、常务副县长", CountyDeputy),
    ("副县长（公安司法）", CountyDeputy),
    ("副县长（农业农村）", CountyDeputy),
    ("副县长（教育卫生）", CountyDeputy),
    ("副县长（工业商务）", CountyDeputy),
    ("副县长（城乡建设）", CountyDeputy),
    ("县人大常委会副主任（监察司法）", CountyDeputy),
    ("县人大常委会副主任（财政经济）", CountyDeputy),
    ("县人大常委会副主任（农业环保）", CountyDeputy),
    ("县人大常委会副主任（教科文卫）", CountyDeputy),
    ("县政协副主席（提案）", CountyDeputy),
    ("县政协副主席（经济）", CountyDeputy),
    ("县政协副主席（文史）", CountyDeputy),
    ("县政协副主席（社会法制）", CountyDeputy),
    ("县经济开发区党工委书记", CountyDeputy),
    ("县二级调研员（乡村振兴）", CountyDeputy),
    ("县二级调研员（重点项目）", CountyDeputy),
];

const TOWNSHIP_LEADERS: &[(&str, PositionLevel)] = &[
    ("党委书记", TownshipPrincipal),
    ("党委副书记、镇长", TownshipPrincipal),
    ("人大主席", TownshipPrincipal),
    ("党委副书记、政法委员", TownshipDeputy),
    ("党委委员、纪委书记", TownshipDeputy),
    ("党委委员、组织委员", TownshipDeputy),
    ("党委委员、宣传委员", TownshipDeputy),
    ("党委委员、武装部部长", TownshipDeputy),
    ("党委委员、副镇长", TownshipDeputy),
    ("副镇长（农业农村）", TownshipDeputy),
    ("副镇长（规划建设）", TownshipDeputy),
    ("人大副主席", TownshipDeputy),
];

/// The leaders' posts of a house, head first, with so many deputies (townships have their own number).
pub fn leaders(house: &House, deputies: i32) -> Vec<(String, PositionLevel)> {
    if house.style == Style::Township {
        let titled = TOWNSHIP_LEADERS.iter().map(|(post, level)| {
            let post = if house.name.ends_with('乡') { post.replace('镇', "乡") } else { (*post).to_owned() };
            (format!("{}{post}", house.name), *level)
        });
        return titled.collect();
    }
    let (head, deputy) = head_and_deputy(house);
    // Whoever leads a house of deputy level has deputies of the same level: a level below has no name in this table.
    let deputy_level = house.level.max(TownshipDeputy);
    std::iter::once((head, house.level)).chain((0..deputies).map(|_| (deputy.clone(), deputy_level))).collect()
}

fn head_and_deputy(house: &House) -> (String, String) {
    let (head, deputy) = HEADS
        .iter()
        .find(|(ending, _, _)| house.name.ends_with(ending))
        .map_or(("主任", "副主任"), |(_, head, deputy)| (*head, *deputy));
    let name = &house.name;
    match house.style {
        Style::Bureau => (format!("{name}党组书记、{head}"), format!("{name}党组成员、{deputy}")),
        Style::Court => (format!("{name}党组书记、{head}"), format!("{name}党组成员、{deputy}")),
        Style::School => (format!("{name}党委副书记、{head}"), format!("{name}{deputy}")),
        Style::Party | Style::Mass | Style::Institution | Style::Hospital | Style::Township => {
            (format!("{name}{head}"), format!("{name}{deputy}"))
        }
    }
}

/// The post of somebody with a rank but without a seat among the leaders.
pub fn ranked(house: &House, level: PositionLevel, upper: bool) -> String {
    let rank = match (level, upper) {
        (TownshipPrincipal, true) => "一级主任科员",
        (TownshipPrincipal, false) => "二级主任科员",
        (_, true) => "三级主任科员",
        (_, false) => "四级主任科员",
    };
    format!("{}{rank}", house.name)
}

/// The post of the head of an internal unit.
pub fn unit_head(unit: &Unit) -> String {
    let head = match unit.name.chars().last() {
        Some('股') => "股长",
        Some('科') => "科长",
        Some('队') => "队长",
        Some('部') => "部长",
        _ => "主任",
    };
    format!("{}{head}", unit.name)
}

/// The post of somebody on the staff of `place`.
pub fn staff(place: &str, style: Style, level: Option<PositionLevel>, upper: bool) -> String {
    let post = match (level, style, upper) {
        (Some(PositionLevel::Clerk), _, _) => "办事员",
        (Some(_), _, true) => "一级科员",
        (Some(_), _, false) => "二级科员",
        (None, Style::School, true) => "高级教师",
        (None, Style::School, false) => "教师",
        (None, Style::Hospital, true) => "主治医师",
        (None, Style::Hospital, false) => "医师",
        (None, _, true) => "九级职员",
        (None, _, false) => "工作人员",
    };
    format!("{place}{post}")
}
