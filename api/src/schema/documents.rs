//! What is found of each document once: what the library's rules say against it, and what it tells of the rows that are
//! gathered for it.

use async_graphql::{Request, ServerError, parser::types::ExecutableDocument};
use entity::told::Narrow;
use futures_util::{FutureExt, StreamExt};

use crate::{
    cadre::graphql::Cadre,
    document::idle::idle,
    mentoring::graphql::MentoringPair,
    organization::graphql::Organization,
    pool::graphql::ReservePool,
    reading::{self, End, ToldRoot},
    schema::builder,
};

/// What the library's rules say against a document, whatever its variables: asked once for each document.
pub fn rules() -> impl Fn(&ExecutableDocument) -> Vec<ServerError> + Send + Sync + 'static {
    let strict = builder().finish();
    move |document| {
        let mut wanted = Request::new("");
        if let Some(name) = document.operations.iter().find_map(|(name, _)| name) {
            wanted = wanted.operation_name(name.as_str());
        }
        wanted.set_parsed_query(idle(document));
        // Nothing is executed, so nothing is waited for.
        strict.execute_stream(wanted).next().now_or_never().flatten().map(|it| it.errors).unwrap_or_default()
    }
}

const fn one(field: &'static str, to: End) -> ToldRoot {
    ToldRoot { field, to, paged: false }
}

const fn pages(field: &'static str, to: End) -> ToldRoot {
    ToldRoot { field, to, paged: true }
}

/// The root's fields whose rows may come without the columns that a document does not tell: each hands its rows to their type
/// and looks at nothing of them itself.
const ROOTS: &[ToldRoot] = &[
    one("cadre", End::of::<Cadre>()),
    pages("cadres", End::of::<Cadre>()),
    one("organization", End::of::<Organization>()),
    pages("organizations", End::of::<Organization>()),
    one("reservePool", End::of::<ReservePool>()),
    pages("reservePools", End::of::<ReservePool>()),
    one("mentoringPair", End::of::<MentoringPair>()),
    pages("mentoringPairs", End::of::<MentoringPair>()),
];

/// What a document tells of the rows that are gathered for it.
pub fn narrowed(document: &ExecutableDocument) -> Narrow {
    reading::narrowed(document, ROOTS)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    fn told(text: &str) -> String {
        narrowed(&parse_query(text).unwrap()).text().to_owned()
    }

    #[test]
    fn a_field_tells_the_column_that_it_is_named_as() {
        assert_eq!(told("{ cadre { id name birthDate __typename } }"), "Cadre(birth_date id name)");
        assert_eq!(
            told("{ cadre { ...f } } fragment f on Cadre { sex ... on Cadre { version } }"),
            "Cadre(sex version)"
        );
        assert_eq!(
            told("{ mentoringPair { mentees { cadreId } } }"),
            "Cadre(id)MentoringPair(id)PairPart(cadre_id left_on side)"
        );
        assert_eq!(told("{ a: cadre { name } b: cadre { sex } }"), "Cadre(name sex)");
    }

    #[test]
    fn a_page_within_tells_what_its_rows_tell() {
        let members =
            "memberships(first: 2, states: [CONFIRMED]) { totalCount edges { node { decidedOn cadre { name } } } }";
        let text = told(&format!("{{ reservePool {{ name {members} }} }}"));
        assert_eq!(text, "Cadre(name)ReservePool(id name)PoolMembership(cadre_id decided_on)");
        assert_eq!(told("{ reservePool { log(first: 2) { totalCount } } }"), "");
    }

    #[test]
    fn what_leads_somewhere_tells_what_it_leads_to() {
        let text = "{ cadres { totalCount pageInfo { endCursor } edges { cursor node { organization { code } } } } }";
        assert_eq!(told(text), "Organization(code)Cadre(organization_id)");
        let text = "{ cadre { pairs { state mentors { name } } } }";
        // Who is a mentor is looked at by code.
        assert_eq!(told(text), "Cadre(id name)MentoringPair(id state)PairPart(cadre_id left_on pair_id side)");
        assert_eq!(told("{ cadre { monthsAtLevel } }"), "Cadre(id)");
    }

    #[test]
    fn with_a_field_of_which_nothing_is_known_all_is_told() {
        for text in [
            "{ cadre { name findings { code } } }",
            "{ cadre { name assessments(lastYears: 3) { year } } }",
            "{ cadre { name resume { id } } }",
            "{ cadre { name } other { name } }",
            "{ cadre { name ...g } }",
            "mutation { cadre { name } }",
            "query a { cadre { name } } query b { cadre { name } }",
        ] {
            assert_eq!(told(text), "", "{text}");
        }
    }
}
