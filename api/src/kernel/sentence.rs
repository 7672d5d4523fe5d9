//! A need as a sentence, in Chinese and in English: what an official reads is made from what the engine evaluates.

use crate::kernel::{
    need::{Compared, Limit, Need},
    number::Comparator,
};

/// The language of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 中文
    Chinese,
    /// English.
    English,
}

use Language::{Chinese, English};

impl Language {
    fn pick<'a>(self, (zh, en): (&'a str, &'a str)) -> &'a str {
        match self {
            Chinese => zh,
            English => en,
        }
    }
}

/// A need as a sentence without its full stop.
pub fn sentence(need: &Need, language: Language) -> String {
    said(need, language, false)
}

fn said(need: &Need, language: Language, inside: bool) -> String {
    let joined = |parts: &[Need], between: (&str, &str)| {
        let each: Vec<_> = parts.iter().map(|it| said(it, language, parts.len() > 1)).collect();
        each.join(language.pick(between))
    };
    let (text, several) = match need {
        Need::Fact(it) => (compared(it, language), false),
        Need::All(parts) => (joined(parts, ("，且", " and ")), parts.len() > 1),
        Need::Any(parts) => (joined(parts, ("，或", " or ")), parts.len() > 1),
        Need::Not(inner) => {
            let inner = said(inner, language, false);
            (if language == Chinese { format!("不符合“{inner}”") } else { format!("not ({inner})") }, false)
        }
        Need::AtLeast(count, parts) => {
            let (all, list) = (parts.len(), joined(parts, ("；", "; ")));
            match language {
                Chinese => (format!("下列{all}项中至少符合{count}项：{list}"), true),
                English => (format!("at least {count} of these {all}: {list}"), true),
            }
        }
    };
    match (inside && several, language) {
        (false, _) => text,
        (true, Chinese) => format!("（{text}）"),
        (true, English) => format!("({text})"),
    }
}

fn compared(it: &Compared, language: Language) -> String {
    let fact = it.asked.fact;
    if let Some((_, title)) = &it.asked.declared {
        return if language == Chinese { format!("经书面认定：{title}") } else { format!("signed: {title}") };
    }
    let label = language.pick(fact.labels());
    let word = |code: &&'static str| language.pick(fact.words(code)).to_owned();
    let subject = match &it.asked.grades {
        None => label.to_owned(),
        Some((grades, years)) => {
            let grades: Vec<_> = grades.iter().map(word).collect();
            match language {
                Chinese => format!("近{years}年{label}为{}的次数", grades.join("、")),
                English => format!("{label} of the last {years} years graded {}", grades.join(" or ")),
            }
        }
    };
    match &it.limit {
        Limit::Number(limit) => {
            let months = it.unit == Some("YEAR")
                && fact.kind() == crate::kernel::fact::Type::Number(crate::kernel::fact::Unit::Month);
            let unit = if months { Some("MONTH") } else { it.unit };
            let (written, about) = match it.about {
                Some(written) => (written, language.pick(("左右", " or so"))),
                None => (*limit, ""),
            };
            format!(
                "{subject}{}{}{}{about}",
                number_op(written.op, language),
                String::from(written.value),
                unit_word(unit, language)
            )
        }
        Limit::Height(op, code) => height(&subject, *op, &word(code), language),
        Limit::OneOf(codes) => {
            let all: Vec<_> = codes.iter().map(word).collect();
            match language {
                Chinese => format!("{subject}为{}", all.join("或")),
                English => format!("{subject} is {}", all.join(" or ")),
            }
        }
        Limit::Day(op, day) => {
            let op = match op {
                Comparator::Ge => ("不早于", " is not before "),
                Comparator::Gt => ("晚于", " is after "),
                Comparator::Le => ("不晚于", " is not after "),
                Comparator::Lt => ("早于", " is before "),
                Comparator::Eq => ("为", " is "),
            };
            format!("{subject}{}{day}", language.pick(op))
        }
    }
}

fn number_op(op: Comparator, language: Language) -> &'static str {
    match language {
        Chinese => match op {
            Comparator::Ge => "不少于",
            Comparator::Gt => "多于",
            Comparator::Le => "不超过",
            Comparator::Lt => "少于",
            Comparator::Eq => "等于",
        },
        English => match op {
            Comparator::Ge => " is at least ",
            Comparator::Gt => " is more than ",
            Comparator::Le => " is at most ",
            Comparator::Lt => " is less than ",
            Comparator::Eq => " is exactly ",
        },
    }
}

fn unit_word(unit: Option<&str>, language: Language) -> &'static str {
    match (unit, language) {
        (Some("YEAR"), Chinese) => "周岁",
        (Some("MONTH"), Chinese) => "个月",
        (Some("YEAR"), English) => " years",
        (Some("MONTH"), English) => " months",
        _ => "",
    }
}

fn height(subject: &str, op: Comparator, word: &str, language: Language) -> String {
    match language {
        Chinese => match op {
            Comparator::Ge => format!("{subject}为{word}及以上"),
            Comparator::Gt => format!("{subject}高于{word}"),
            Comparator::Le => format!("{subject}为{word}及以下"),
            Comparator::Lt => format!("{subject}低于{word}"),
            Comparator::Eq => format!("{subject}为{word}"),
        },
        English => match op {
            Comparator::Ge => format!("{subject} is {word} or higher"),
            Comparator::Gt => format!("{subject} is higher than {word}"),
            Comparator::Le => format!("{subject} is {word} or lower"),
            Comparator::Lt => format!("{subject} is lower than {word}"),
            Comparator::Eq => format!("{subject} is {word}"),
        },
    }
}
