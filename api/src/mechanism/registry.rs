//! What a policy says of the registry itself: quotas that are never exceeded, posts that are set aside, limits at which somebody
//! may leave a post, code lists of its own.

use entity::kind::CivilServantRank;
use serde_json::{Value, json};

use crate::{
    kernel::{
        cadence::term,
        fact::{Asked, Fact},
        finding::Findings,
        need::{Compared, Limit, Need},
        node::Node,
        number::{Comparator, Decimal, Num},
        share::Share,
        term::Term,
        vocabulary::{Nature, Vocabulary, each, unique},
    },
    mechanism::{Section, code, code_schema, codes_schema, list_schema, object_schema},
};

/// How many may be held at once: no waiver lifts it.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// The declared fact of a person that takes a place.
    pub fact: String,
    /// How many are approved; the declared count of the same policy goes before, where one is recorded.
    pub approved: u32,
    /// The declared count by which the number is raised.
    pub raised_by: Option<String>,
}

/// Posts that are set aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Reserved {
    /// Its code.
    pub code: String,
    /// The declared count of which they are a part: a forecast that is filed.
    pub of: String,
    /// In which time.
    pub per: Term,
    /// Which part.
    pub share: Share,
    /// The event that fills one.
    pub filled_by: String,
}

/// At which age somebody of a rank may leave a leading post.
#[derive(Clone, Debug, PartialEq)]
pub struct PostLimit {
    /// Its code.
    pub code: String,
    /// The rank.
    pub rank: CivilServantRank,
    /// The age in years.
    pub age: u32,
    /// The declared fact without which nothing is forecast: the person's own wish.
    pub needs: Option<String>,
}

/// What a policy says of the registry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    /// Quotas.
    pub quotas: Vec<Quota>,
    /// Posts set aside.
    pub reserved: Vec<Reserved>,
    /// Limits of posts.
    pub post_limits: Vec<PostLimit>,
    /// Code lists of its own, by code.
    pub taxonomies: Vec<(String, Vec<String>)>,
}

impl Section for Registry {
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["quotas", "reservedPosts", "postLimits", "taxonomies"], findings) {
            return None;
        }
        let taxonomies = each(node, "taxonomies", findings, |it, findings| {
            if !it.is_object_of(&["code", "items"], findings) {
                return None;
            }
            Some((code(it, "code", findings)?, crate::kernel::vocabulary::codes(it, "items", findings)))
        });
        unique(node, "taxonomies", taxonomies.iter().map(|it| it.0.as_str()), findings);
        let quotas = each(node, "quotas", findings, |it, findings| quota(it, vocabulary, findings));
        unique(node, "quotas", quotas.iter().map(|it| it.fact.as_str()), findings);
        let reserved = each(node, "reservedPosts", findings, |it, findings| reserved(it, vocabulary, findings));
        unique(node, "reservedPosts", reserved.iter().map(|it| it.code.as_str()), findings);
        let post_limits = each(node, "postLimits", findings, |it, findings| post_limit(it, vocabulary, findings));
        unique(node, "postLimits", post_limits.iter().map(|it| it.code.as_str()), findings);
        Some(Self { quotas, reserved, post_limits, taxonomies })
    }

    fn schema() -> Value {
        let (code, text, whole) = (code_schema(), json!({ "type": "string" }), json!({ "type": "integer" }));
        let ranks: Vec<&str> = CivilServantRank::ALL.iter().map(|it| it.text()).collect();
        object_schema(
            &[],
            &json!({
                "quotas": list_schema(&["fact", "approved"], &json!({ "fact": code, "approved": whole, "raisedBy": code })),
                "reservedPosts": list_schema(&["code", "of", "per", "share", "filledBy"], &json!({ "code": code, "of": code, "per": text, "share": { "type": "object" }, "filledBy": code })),
                "postLimits": list_schema(&["code", "rank", "age"], &json!({ "code": code, "rank": { "enum": ranks }, "age": whole, "needs": code })),
                "taxonomies": list_schema(&["code", "items"], &json!({ "code": code, "items": codes_schema() })),
            }),
        )
    }
}

fn quota(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Quota> {
    if !node.is_object_of(&["fact", "approved", "raisedBy"], findings) {
        return None;
    }
    let fact = node.needed("fact", findings).and_then(|it| vocabulary.fact(&it, &[Nature::Statement], findings));
    let approved = node.needed("approved", findings).and_then(|it| it.whole(0, 10_000_000, findings));
    let raised_by = node.get("raisedBy").map(|it| vocabulary.fact(&it, &[Nature::Count], findings).map(|it| it.code));
    Some(Quota { fact: fact?.code, approved: approved?, raised_by: raised_by.flatten() })
}

fn reserved(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Reserved> {
    if !node.is_object_of(&["code", "of", "per", "share", "filledBy"], findings) {
        return None;
    }
    let of = node.needed("of", findings).and_then(|it| vocabulary.fact(&it, &[Nature::Count], findings));
    let filled = node.needed("filledBy", findings).and_then(|it| vocabulary.fact(&it, &[Nature::Event], findings));
    let per = node.needed("per", findings).and_then(|it| term(&it, findings));
    let share = node.needed("share", findings).and_then(|it| Share::read(&it, findings));
    Some(Reserved {
        code: code(node, "code", findings)?,
        of: of?.code,
        per: per?,
        share: share?,
        filled_by: filled?.code,
    })
}

fn post_limit(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<PostLimit> {
    if !node.is_object_of(&["code", "rank", "age", "needs"], findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let rank = node.needed("rank", findings);
    let rank = rank.and_then(|it| it.one_of(CivilServantRank::ALL, CivilServantRank::text, findings));
    let age = node.needed("age", findings).and_then(|it| it.whole(16, 100, findings));
    let needs = node.get("needs").map(|it| vocabulary.fact(&it, &[Nature::Statement], findings).map(|it| it.code));
    Some(PostLimit { code, rank: rank?, age: age?, needs: needs.flatten() })
}

impl PostLimit {
    /// Who of the rank it speaks of: of that age or more, with the own wish signed where it wants one.
    pub fn need(&self) -> Need {
        let compared = |asked, limit, unit| Need::Fact(Compared { asked, limit, unit, parameter: None, about: None });
        let age = Asked { fact: Fact::Age, grades: None, declared: None };
        let years = Decimal::whole(i32::try_from(self.age).unwrap_or(i32::MAX));
        let age = compared(age, Limit::Number(Num { op: Comparator::Ge, value: years }), Some("YEAR"));
        let wish = self.needs.as_ref().map(|code| {
            let asked = Asked { fact: Fact::Declared, grades: None, declared: Some((code.clone(), code.clone())) };
            compared(asked, Limit::OneOf(vec!["YES"]), None)
        });
        Need::All(std::iter::once(age).chain(wish).collect())
    }
}
