//! The paths to sealed values. They write the access log, so they are walked after all others.

use serde_json::{Value, json};
use tests::{dice::Dice, world::global};

use super::{
    super::{rules::Act, sight::Sight},
    Expected, Path,
};

/// The purposes, and whether each is the own copy.
const PURPOSES: [(&str, bool); 8] = [
    ("APPOINTMENT", false),
    ("POOL_REVIEW", false),
    ("INSPECTION", false),
    ("FILE_REVIEW", false),
    ("STATISTICS_CHECK", false),
    ("CORRECTION", false),
    ("SUPERVISION", false),
    ("OWN_COPY", true),
];

/// Everybody's sealed values for some purposes, over all accounts for each of them; each is a document of its own, because it opens for sixty people.
pub fn openings(sight: &Sight<'_>, dice: &mut Dice) -> Vec<Path> {
    let sensitive =
        |purpose: &str| format!("sensitive(purpose: {purpose}, reason: \"Asked\") {{ phone identityNumber }}");
    let mut made = Vec::new();
    for (purpose, own_copy) in [dice.pick(&PURPOSES), dice.pick(&PURPOSES), ("OWN_COPY", true)] {
        let expected = match sight.lens(Act::Cadres) {
            None => Expected::Refusal("FORBIDDEN"),
            Some(_) => Expected::Holes(
                sight.cadres(|_| true, |it| json!({ "id": global(it.id), "sensitive": sight.sealed(it, own_copy) })),
            ),
        };
        let fields = format!("{{ totalCount edges {{ node {{ id {} }} }} }}", sensitive(purpose));
        made.push(Path { field: format!("cadres(first: 100) {fields}"), expected });
    }
    let expected = match sight.lens(Act::OwnRecord) {
        None => Expected::Refusal("FORBIDDEN"),
        Some(_) => {
            let own = sight.raw.account(sight.account).cadre_id.map(|it| sight.raw.cadre(it));
            let own = own.map(|it| json!({ "id": global(it.id), "sensitive": sight.sealed(it, true) }));
            Expected::Holes(own.unwrap_or(Value::Null))
        }
    };
    made.push(Path { field: format!("myRecord {{ id {} }}", sensitive("OWN_COPY")), expected });
    made
}
