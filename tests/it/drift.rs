//! What must go in step: entities and tables (`drift/tables.rs`), the schema and its exported text, this schema and the
//! released one.

mod tables;

use tests::{
    law,
    sdl::{broken, parts},
    source::{Breach, hold, read},
};

/// A small schema in the form of the export, for the laws about the comparison itself.
const SMALL: &str = "\"A.\"\ntype Query implements Node {\n\t\"B.\"\n\tone(\n\t\t\"C.\"\n\t\tid: ID!\n\t): Int @access(action: X)\n\
    \t\"D.\"\n\ttwo(a: Int!, b: [Int!]! = 3): [String!]!\n}\n\"E.\"\nenum Sex {\n\tMALE\n}\ninput In {\n\ta: Int\n}\n\
    directive @access(action: Action!) on FIELD_DEFINITION\nschema {\n\tquery: Query\n}\n";

law! {
    fn the_exported_schema_is_that_of_the_code() {
        let (was, is) = (read("schema.graphql"), api::schema::sdl());
        assert!(
            was == is,
            "schema.graphql is not what the code says ({}): run `cargo run -- schema > schema.graphql` and review it",
            first_difference(&was, &is)
        );
    }

    /// Before 1.0 a line of `it/allow/breaking.txt` may let a break pass, with its reason. A release copies
    /// `schema.graphql` over `it/released.graphql` and empties that list.
    fn nothing_that_was_released_is_gone_or_narrowed() {
        let (released, current) = (parts(&read("tests/it/released.graphql")), parts(&api::schema::sdl()));
        let breaches: Vec<Breach> = broken(&released, &current)
            .into_iter()
            .map(|(path, why)| Breach::new(path.replace(' ', "_"), format!("{why}: keep it and mark it deprecated")))
            .collect();
        hold("breaking", &breaches);
    }

    fn every_part_of_the_schema_is_described() {
        let breaches: Vec<Breach> = parts(&api::schema::sdl())
            .into_iter()
            .filter(|(_, part)| !part.described)
            .map(|(path, part)| Breach::new(path.replace(' ', "_"), format!("describe the {} in its Rust source", part.kind)))
            .collect();
        hold("undescribed", &breaches);
    }

    fn the_comparison_sees_what_breaks_a_client() {
        let paths = |text: &str| -> Vec<String> {
            broken(&parts(SMALL), &parts(text)).into_iter().map(|(path, _)| path).collect()
        };
        let none: [&str; 0] = [];
        assert_eq!(paths(SMALL), none);
        assert_eq!(paths(&SMALL.replace("\tMALE\n", "")), ["Sex.MALE"]);
        assert_eq!(paths(&SMALL.replace("[String!]!", "[String]!")), ["Query.two"]);
        assert_eq!(paths(&SMALL.replace("id: ID!", "id: Int!")), ["Query.one(id)"]);
        assert_eq!(paths(&SMALL.replace(" = 3", "")), ["Query.two(b)"]);
        assert_eq!(paths(&SMALL.replace(" implements Node", "")), ["Query implements Node"]);
        assert_eq!(paths(&SMALL.replace("\ta: Int\n", "\ta: Int\n\tb: Int!\n")), ["In.b"]);
        assert_eq!(paths(&SMALL.replace("\ta: Int\n", "\ta: Int\n\tb: Int! = 3\n\tc: Int\n")), none);
    }

    fn the_reader_sees_what_lacks_a_description() {
        let bare: Vec<String> = parts(SMALL).into_iter().filter(|(_, it)| !it.described).map(|(path, _)| path).collect();
        let expected = ["@access", "@access(action)", "In", "In.a", "Query.two(a)", "Query.two(b)", "Sex.MALE"];
        assert_eq!(bare, expected);
    }
}

fn first_difference(was: &str, is: &str) -> String {
    let place = was.lines().zip(is.lines()).take_while(|(one, other)| one == other).count();
    let line = |of: &str| of.lines().nth(place).unwrap_or_default().trim().to_owned();
    format!("line {}: `{}`, now `{}`", place + 1, line(was), line(is))
}
