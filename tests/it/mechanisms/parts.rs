//! Parts of mechanisms that need later primitives too: what they say of pools, pairs, duties, talks and goals loads and is
//! published today. `parts/` holds a document for each.

use tests::both;

use super::*;

/// Each mechanism with the sections that its parts fill.
const PARTS: &[(&str, &str)] = &[
    ("M002", "pool"),
    ("M003", "pool pairs duties"),
    ("M006", "pool"),
    ("M007", "pool"),
    ("M010", "pool targets"),
    ("M011", "pool duties"),
    ("M013", "pool"),
    ("M014", "pool pairs"),
    ("M015", "pool duties targets"),
    ("M016", "pool"),
    ("M019", "pool"),
    ("M020", "pool duties"),
    ("M021", "pool"),
    ("M023", "pool"),
    ("M024", "pool"),
    ("M025", "pool pairs targets"),
    ("M026", "pool"),
    ("M028", "pool targets"),
    ("M029", "pool duties"),
    ("M032", "pool"),
    ("M033", "pairs duties targets"),
    ("M034", "duties targets"),
    ("M035", "pairs"),
    ("M037", "targets"),
    ("M038", "pool pairs"),
    ("M039", "pool duties"),
    ("M040", "pool"),
    ("M041", "pool"),
    ("M043", "pairs duties"),
    ("M044", "targets"),
    ("M048", "pool duties"),
    ("M050", "targets"),
    ("M058", "pool targets"),
    ("M065", "pairs"),
    ("M067", "pairs"),
    ("M074", "pairs duties talks"),
    ("M077", "pairs"),
    ("M088", "duties targets"),
    ("M091", "duties"),
    ("M097", "pairs"),
    ("M098", "duties"),
    ("M104", "duties"),
    ("M111", "pool"),
    ("M120", "pool"),
    ("M122", "duties"),
    ("M130", "targets"),
    ("M141", "duties"),
    ("M156", "duties"),
    ("M158", "duties"),
    ("M165", "duties talks"),
    ("M170", "duties"),
    ("M171", "duties"),
    ("M172", "duties"),
    ("M174", "talks"),
    ("M176", "duties"),
    ("M177", "duties"),
    ("M181", "duties"),
    ("M186", "pool duties"),
    ("M189", "duties"),
    ("M193", "duties talks"),
    ("M196", "talks"),
    ("M198", "duties"),
    ("M210", "duties"),
    ("M217", "pairs"),
];

both! {
    /// Every part is drafted without a fault and published, and fills the sections that it speaks of.
    async fn every_part_loads_and_is_published(world: World) {
        let place = Place::of(&world).await;
        let folder = tests::source::root().join("tests/it/mechanisms/parts");
        let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|it| it.expect("a file").path()).collect();
        files.sort();
        let mut filled: Vec<(String, Vec<String>)> = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a text");
            let document: Value = serde_json::from_str(&text).expect("JSON");
            let id = file.file_stem().and_then(|it| it.to_str()).expect("a name")[..4].to_uppercase();
            assert!(document["code"].as_str().is_some_and(|it| it.starts_with(&id)), "{id} is not the code's");
            let sections = ["pool", "pairs", "duties", "talks", "targets"].into_iter();
            let here: Vec<String> = sections.filter(|it| document[it].as_object().is_some_and(|it| !it.is_empty())).map(str::to_owned).collect();
            let edition = place.publish(&world, document).await;
            let told = place.officer.run("query($id: ID!) { node(id: $id) { ... on PolicyEdition { state } } }", json!({ "id": edition })).await;
            assert_eq!(told.at("/node/state"), "PUBLISHED", "{}", told.text);
            match filled.last_mut().filter(|it| it.0 == id) {
                Some(before) => before.1.extend(here),
                None => filled.push((id, here)),
            }
        }
        assert_eq!(filled.len(), PARTS.len());
        for ((id, wanted), (found, here)) in PARTS.iter().zip(&filled) {
            assert_eq!(id, found);
            assert!(wanted.split_whitespace().all(|it| here.iter().any(|section| section == it)), "{id} fills {here:?}");
        }
    }
}
