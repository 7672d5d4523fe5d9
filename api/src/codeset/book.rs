//! The code sets, as files in the binary: read once, the same for everybody, good without a network.
//!
//! A bare code is not exchangeable: the same level is `131`, `0131` or `1A31` by edition. So every value names its set
//! and edition, and the crosswalk says which values of two editions mean the same.

use std::sync::LazyLock;

use entity::partial_date::PartialDate;

const SETS: &str = include_str!("../../codes/sets.csv");
const CROSSWALK: &str = include_str!("../../codes/crosswalk.csv");
const VALUES: [&str; 21] = [
    include_str!("../../codes/affiliation_level.csv"),
    include_str!("../../codes/appointment.csv"),
    include_str!("../../codes/assessment.csv"),
    include_str!("../../codes/award.csv"),
    include_str!("../../codes/cadre_standing.csv"),
    include_str!("../../codes/degree.csv"),
    include_str!("../../codes/division.csv"),
    include_str!("../../codes/education.csv"),
    include_str!("../../codes/ethnic_group.csv"),
    include_str!("../../codes/exchange.csv"),
    include_str!("../../codes/health.csv"),
    include_str!("../../codes/inspection_kind.csv"),
    include_str!("../../codes/marital_status.csv"),
    include_str!("../../codes/political_affiliation.csv"),
    include_str!("../../codes/position_level.csv"),
    include_str!("../../codes/professional_post.csv"),
    include_str!("../../codes/rank.csv"),
    include_str!("../../codes/reserve_status.csv"),
    include_str!("../../codes/sanction.csv"),
    include_str!("../../codes/secrecy.csv"),
    include_str!("../../codes/sex.csv"),
];

/// How sure a set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A published standard.
    Standard,
    /// Seen in the files of cadre offices; its edition and its whole are not known.
    Seen,
    /// Ours, until the code values of the field are confirmed.
    Local,
}

/// One edition of a code set.
#[derive(Debug)]
pub struct Set {
    /// Its code, such as `GB/T 12407`.
    pub code: &'static str,
    /// Its edition.
    pub edition: &'static str,
    /// Chinese name.
    pub name_zh: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// How sure it is.
    pub standing: Standing,
    /// What a reader should know of it.
    pub note: Option<&'static str>,
}

/// One value of a code set's edition.
#[derive(Debug)]
pub struct Value {
    /// The set.
    pub set: &'static str,
    /// The edition.
    pub edition: &'static str,
    /// The code.
    pub code: &'static str,
    /// Chinese label.
    pub label_zh: &'static str,
    /// English label.
    pub label_en: &'static str,
    /// The code that it is a division of.
    pub parent: Option<&'static str>,
    /// From when it is in use, as far as known.
    pub valid_from: Option<PartialDate>,
    /// From when it is no longer in use.
    pub valid_to: Option<PartialDate>,
    /// The value of the schema's closed set that it means.
    pub kind: Option<&'static str>,
}

/// How the value that a mapping leads to stands to the one that it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exactness {
    /// It means the same.
    Exact,
    /// It means more.
    Broader,
    /// It means less.
    Narrower,
}

/// That a value of one edition stands for one of another.
#[derive(Debug)]
pub struct Mapping {
    /// The value that it begins with.
    pub from: &'static Value,
    /// The value that it leads to.
    pub to: &'static Value,
    /// How they stand to each other.
    pub exactness: Exactness,
}

/// A few hundred values: searched from end to end, which is faster than it is worth an index.
struct Book {
    sets: Vec<Set>,
    values: Vec<Value>,
}

static BOOK: LazyLock<Book> = LazyLock::new(|| Book {
    sets: lines(SETS).filter_map(set).collect(),
    values: VALUES.iter().flat_map(|file| lines(file)).filter_map(value).collect(),
});

static MAPPINGS: LazyLock<Vec<Mapping>> = LazyLock::new(|| lines(CROSSWALK).filter_map(mapping).collect());

/// Every line of a file but its header.
fn lines(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines().skip(1).map(|line| line.split(',').collect())
}

fn some(text: &'static str) -> Option<&'static str> {
    Some(text).filter(|it| !it.is_empty())
}

fn set(line: Vec<&'static str>) -> Option<Set> {
    let [code, edition, name_zh, name_en, standing, note] = line.try_into().ok()?;
    let standing = match standing {
        "STANDARD" => Standing::Standard,
        "SEEN" => Standing::Seen,
        "LOCAL" => Standing::Local,
        _ => return None,
    };
    Some(Set { code, edition, name_zh, name_en, standing, note: some(note) })
}

fn value(line: Vec<&'static str>) -> Option<Value> {
    let [set, edition, code, label_zh, label_en, parent, from, to, kind] = line.try_into().ok()?;
    let (valid_from, valid_to) = (PartialDate::parse(from), PartialDate::parse(to));
    let (parent, kind) = (some(parent), some(kind));
    Some(Value { set, edition, code, label_zh, label_en, parent, valid_from, valid_to, kind })
}

fn mapping(line: Vec<&'static str>) -> Option<Mapping> {
    let [set, edition, code, to_set, to_edition, to_code, exactness] = line.try_into().ok()?;
    let exactness = match exactness {
        "EXACT" => Exactness::Exact,
        "BROADER" => Exactness::Broader,
        "NARROWER" => Exactness::Narrower,
        _ => return None,
    };
    let (from, to) = (find(set, edition, code)?, find(to_set, to_edition, to_code)?);
    Some(Mapping { from, to, exactness })
}

/// Every edition of every set.
pub fn sets() -> &'static [Set] {
    &BOOK.sets
}

/// The values of an edition, in the order of its file.
pub fn values(set: &str, edition: &str) -> impl Iterator<Item = &'static Value> {
    BOOK.values.iter().filter(move |it| it.set == set && it.edition == edition)
}

/// A value by its set, edition and code.
pub fn find(set: &str, edition: &str, code: &str) -> Option<&'static Value> {
    BOOK.values.iter().find(|it| it.code == code && it.edition == edition && it.set == set)
}

/// The value of an edition that means a value of the schema's closed sets: the broadest of them.
pub fn meaning(set: &str, edition: &str, kind: &str) -> Option<&'static Value> {
    values(set, edition).find(|it| it.kind == Some(kind))
}

/// The mappings that begin with a value.
pub fn mappings(set: &str, edition: &str, code: &str) -> impl Iterator<Item = &'static Mapping> {
    MAPPINGS.iter().filter(move |it| it.from.set == set && it.from.edition == edition && it.from.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use entity::kind;

    use super::*;

    #[test]
    fn every_line_of_every_file_is_read() {
        assert_eq!(lines(SETS).count(), sets().len());
        assert_eq!(lines(CROSSWALK).count(), MAPPINGS.len(), "an end of the crosswalk is no value");
        assert_eq!(VALUES.iter().flat_map(|file| lines(file)).count(), BOOK.values.len());
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/codes")).unwrap().count();
        assert_eq!(files, VALUES.len() + 2, "a file in api/codes that book.rs doesn't name");
    }

    #[test]
    fn codes_are_unique_in_their_edition_and_have_two_labels() {
        let places: BTreeSet<_> = BOOK.values.iter().map(|it| (it.set, it.edition, it.code)).collect();
        assert_eq!(places.len(), BOOK.values.len(), "a code stands twice in its edition");
        let known: BTreeSet<_> = sets().iter().map(|it| (it.code, it.edition)).collect();
        assert_eq!(known.len(), sets().len());
        let used: BTreeSet<_> = BOOK.values.iter().map(|it| (it.set, it.edition)).collect();
        assert_eq!(used, known, "a set without values, or values without a set");
        for it in &BOOK.values {
            assert!(![it.code, it.label_zh, it.label_en].iter().any(|it| it.trim().is_empty()), "{it:?}");
            assert!(it.label_en.is_ascii() && !it.label_zh.is_ascii(), "{it:?}");
            assert!(it.parent.is_none_or(|parent| find(it.set, it.edition, parent).is_some()), "{it:?}");
            assert!(it.valid_to.is_none() || it.valid_from <= it.valid_to, "{it:?}");
        }
    }

    #[test]
    fn dates_of_the_files_are_dates() {
        for line in VALUES.iter().flat_map(|file| lines(file)) {
            for date in &line[6..8] {
                assert!(date.is_empty() || PartialDate::parse(date).is_some(), "{line:?}");
            }
        }
    }

    #[test]
    fn levels_of_three_generations_lead_to_one_another() {
        let to = |set: &'static str, edition: &'static str, code: &'static str| -> Vec<_> {
            mappings(set, edition, code).map(|it| it.to.code).collect()
        };
        assert_eq!(to("GB/T 12407", "2008", "131"), ["0131", "1A31"]);
        assert_eq!(to("ZB09", "1A", "1A42"), ["142", "0142"]);
        assert!(MAPPINGS.iter().all(|it| it.from.set != it.to.set || it.from.edition != it.to.edition));
        // What is the same one way is the same the other way.
        let back =
            |it: &Mapping| mappings(it.to.set, it.to.edition, it.to.code).any(|other| other.to.code == it.from.code);
        assert!(MAPPINGS.iter().all(back));
    }

    #[test]
    fn closed_sets_of_the_schema_have_their_codes() {
        let all = |set: &str, edition: &str, kinds: Vec<&'static str>| {
            for it in kinds {
                assert!(meaning(set, edition, it).is_some(), "{set} has no code for {it}");
            }
        };
        all("GB/T 12407", "2008", kind::PositionLevel::ALL.iter().map(|it| it.text()).collect());
        all("GB/T 2261.1", "2003", kind::Sex::ALL.iter().map(|it| it.text()).collect());
        all("ZB64", "SEEN", kind::Education::ALL.iter().map(|it| it.text()).collect());
        all("ZB126", "SEEN", kind::CadreStatus::ALL.iter().map(|it| it.text()).collect());
        all("ZB130", "SEEN", kind::ManagementAuthority::ALL.iter().map(|it| it.text()).collect());
    }

    #[test]
    fn all_fifty_six_ethnic_groups_and_all_provinces_are_there() {
        let groups = values("GB/T 3304", "1991").filter(|it| it.code.parse::<u8>().is_ok_and(|it| it <= 56));
        assert_eq!((groups.count(), values("GB/T 2260", "2007").count()), (56, 34));
    }
}
