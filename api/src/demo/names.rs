//! Invented names. Surnames are the common ones, given names fall together by chance, so a likeness to somebody alive is
//! one too. A few carry what breaks naive software: characters beyond the basic plane, double surnames, a middle dot.
//!
//! Surnames with a reading of their own (单, 曾, 解) are left out: their sort key would need a table of exceptions.

use entity::kind::Sex;

use super::dice::Dice;

const FREQUENT: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗",
];

const SURNAMES: &[&str] = &[
    "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "彭", "吕",
    "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "姜", "范",
    "方", "石", "姚", "谭", "廖", "邹", "熊", "陆", "郝", "孔", "白", "崔", "康", "毛", "邱", "秦", "江", "史", "顾",
    "侯", "邵", "孟", "龙", "万", "段", "雷", "钱", "汤", "尹", "黎", "易", "常", "武", "乔", "贺", "赖", "龚", "文",
    "欧阳", "司徒", "上官",
];

const MALE: &[&str] = &[
    "建", "国", "志", "明", "伟", "强", "军", "斌", "浩", "宇", "轩", "博", "涛", "鹏", "飞", "俊", "杰", "峰", "磊",
    "刚", "勇", "毅", "辉", "凯", "泽", "锋", "海", "波", "松", "森", "宏", "德", "永", "健", "民", "义",
];

const FEMALE: &[&str] = &[
    "静", "雅", "婷", "敏", "丽", "娜", "芳", "燕", "玲", "慧", "颖", "雪", "倩", "琳", "欣", "怡", "佳", "蕾", "薇",
    "洁", "莉", "萍", "红", "梅", "兰", "竹", "月", "霞", "琴", "秀",
];

const EITHER: &[&str] = &[
    "安", "宁", "清", "思", "远", "知", "云", "川", "景", "禾", "嘉", "若", "文", "新", "晓", "春", "秋", "华", "元",
    "一", "平", "书", "言", "溪", "亦", "成", "卓", "明", "瑞", "星",
];

/// Beyond the basic plane, or so rare that fonts and code pages lack it.
const RARE: &[&str] = &["𠮷", "䶮", "㛃", "𬭎", "𫍯", "堃"];

const DOTTED_FIRST: &[&str] = &["阿兰古", "娜依拉", "塔木尔", "巴彦图", "索依兰", "玛达尔", "乌云其", "卡米兰"];
const DOTTED_LAST: &[&str] = &["木拉达", "库尔恩", "艾山木", "赛依德", "巴图兰", "吉勒图", "帕尔汗", "玉山尔"];

/// A name for a person of that sex. Some names meet twice in a county, as names do.
pub fn person(dice: &mut Dice, sex: Sex) -> String {
    match dice.between(1, 1000) {
        1..=4 => return format!("{}·{}", dice.pick(DOTTED_FIRST), dice.pick(DOTTED_LAST)),
        5..=8 => return format!("{}{}{}", dice.pick(FREQUENT), dice.pick(EITHER), dice.pick(RARE)),
        _ => {}
    }
    let surname = if dice.chance(55) { dice.pick(FREQUENT) } else { dice.pick(SURNAMES) };
    let own = if sex == Sex::Female { FEMALE } else { MALE };
    match dice.between(1, 100) {
        1..=18 => format!("{surname}{}", dice.pick(own)),
        19..=50 => format!("{surname}{}{}", dice.pick(EITHER), dice.pick(own)),
        51..=80 => format!("{surname}{}{}", dice.pick(own), dice.pick(EITHER)),
        _ => format!("{surname}{}{}", dice.pick(own), dice.pick(own)),
    }
}
