//! Requests that nobody means well with: documents that are deep, wide, circular, broken, or nearly right.
//!
//! Each kind aims at something that has felled a server somewhere: recursion, expansion, overlap checks, lists of errors,
//! number and text parsing, the JSON around the document. The same seed makes the same requests.

use serde_json::json;

use crate::{county::PROBES, dice::Dice};

/// Longest body, in bytes: as long as the server takes.
const LONGEST: usize = 256 * 1024;

/// A way of being hostile, by name.
pub type Kind = (&'static str, fn(&mut Dice) -> Vec<u8>);

/// Every way.
pub const KINDS: &[Kind] = &[
    ("deep fields", |dice| query(&nested(dice, "children { ", " }", "id"))),
    ("deep lists", |dice| query(&format!("{{ nodes(ids: {}) {{ id }} }}", nested(dice, "[", "]", "1")))),
    ("deep objects", |dice| {
        query(&format!("{{ cadres(filter: {}) {{ totalCount }} }}", nested(dice, "{a: ", "}", "1")))
    }),
    ("deep inline fragments", |dice| query(&format!("{{ me {{ {} }} }}", nested(dice, "... { ", " }", "id")))),
    ("aliases", |dice| {
        let many = dice.below(6_000) + 1;
        query(&format!("{{ {} }}", (0..many).map(|it| format!("a{it}: me {{ id }} ")).collect::<String>()))
    }),
    ("doubling fragments", |dice| {
        let levels = dice.below(200) + 2;
        let all =
            (0..levels).map(|it| format!("fragment f{it} on Account {{ a{it}: id ...f{n} ...f{n} }} ", n = it + 1));
        query(&format!("{{ me {{ ...f0 }} }} {} fragment f{levels} on Account {{ id }}", all.collect::<String>()))
    }),
    ("circles of fragments", |dice| {
        let many = dice.below(400) + 1;
        let all = (0..many).map(|it| format!("fragment f{it} on Account {{ ...f{} }} ", (it + 1) % many));
        query(&format!("{{ me {{ ...f0 }} }} {}", all.collect::<String>()))
    }),
    ("overlapping fragments", |dice| {
        let many = dice.below(120) + 2;
        let all =
            (0..many).map(|it| format!("fragment f{it} on Account {{ id grants {{ x: role }} ...f{} }} ", it + 1));
        let spread: String = (0..many).map(|it| format!("...f{it} ")).collect();
        query(&format!(
            "{{ me {{ {spread} }} }} {} fragment f{many} on Account {{ grants {{ x: id }} }}",
            all.collect::<String>()
        ))
    }),
    ("overlapping fields", |dice| {
        let many = dice.below(1_200) + 2;
        query(&format!(
            "{{ me {{ {} }} }}",
            (0..many).map(|it| format!("x: {} ", ["id", "login", "name"][it % 3])).collect::<String>()
        ))
    }),
    ("directives", |dice| {
        let many = dice.below(3_000) + 1;
        query(&format!("{{ me {{ id {} }} }}", "@skip(if: false) ".repeat(many)))
    }),
    ("unknown directives", |dice| {
        query(&format!("{{ me {{ id {} }} }}", (0..dice.below(1_500)).map(|it| format!("@d{it} ")).collect::<String>()))
    }),
    ("huge numbers", |dice| {
        let digits = "9".repeat(dice.below(100_000) + 1);
        let number = dice.pick(&["", "-", "1e", "0.", "1e-"]);
        query(&format!("{{ cadres(first: {number}{digits}) {{ totalCount }} }}"))
    }),
    ("huge texts", |dice| {
        let long = dice.pick(&["a", "\\\\u0041", "\u{20bb7}", "\\\\n", "\\\\u{1F600}"]).repeat(dice.below(20_000) + 1);
        query(&format!("{{ organization(code: \"{long}\") {{ id }} }}"))
    }),
    ("block texts", |dice| {
        let lines: String = (0..dice.below(5_000)).map(|it| format!("{}x\n", " ".repeat(it % 40))).collect();
        query(&format!("{{ organization(code: \"\"\"{lines}\"\"\") {{ id }} }}"))
    }),
    ("names", |dice| query(&format!("{{ {} }}", "n".repeat(dice.below(200_000) + 1)))),
    ("comments", |dice| query(&format!("{{ me {{ id }} }} {}", "# nothing\n".repeat(dice.below(20_000))))),
    ("unknown fields", |dice| {
        query(&format!("{{ {} }}", (0..dice.below(1_500) + 1).map(|it| format!("f{it} ")).collect::<String>()))
    }),
    ("operations", |dice| {
        let many = dice.below(900) + 2;
        let text: String = (0..many).map(|it| format!("query q{it} {{ me {{ id }} }} ")).collect();
        json!({ "query": text, "operationName": format!("q{}", many / 2) }).to_string().into_bytes()
    }),
    ("variables", |dice| {
        let many = dice.below(1_200) + 1;
        let declared: String = (0..many).map(|it| format!("$v{it}: [[Int]] = [[{it}]] ")).collect();
        query(&format!("query({declared}) {{ me {{ id }} }}"))
    }),
    ("deep variables", |dice| {
        let deep = dice.below(20_000) + 1;
        let value = dice.pick(&["[", "{\"a\":"]);
        let close = if value == "[" { "]" } else { "}" };
        format!("{{\"query\":\"query($f: CadreFilter) {{ cadres(filter: $f) {{ totalCount }} }}\",\"variables\":{{\"f\":{}1{}}}}}", value.repeat(deep), close.repeat(deep)).into_bytes()
    }),
    ("wide variables", |dice| {
        let ids: Vec<usize> = (0..dice.below(30_000)).collect();
        json!({ "query": "query($i: [ID!]!) { nodes(ids: $i) { id } }", "variables": { "i": ids } })
            .to_string()
            .into_bytes()
    }),
    ("introspection", |dice| {
        let deep = dice.below(12) + 1;
        let inner = format!("{}name{}", "fields { type { ".repeat(deep), " } }".repeat(deep));
        query(&format!("{{ __schema {{ types {{ {inner} }} }} }}"))
    }),
    ("wide pages", |dice| {
        let page = dice.pick(&["100", "2147483647", "-1", "0", "99999999999"]);
        query(&format!(
            "{{ cadres(first: {page}) {{ edges {{ node {{ pairs {{ contacts(first: {page}) {{ edges {{ node {{ id }} }} }} }} }} }} }} }}"
        ))
    }),
    ("broken bytes", |dice| {
        let mut body = query("{ me { id } }");
        for _ in 0..dice.below(20) + 1 {
            let at = dice.below(body.len());
            body[at] = u8::try_from(dice.below(256)).expect("a byte");
        }
        body
    }),
    ("no sense", |dice| {
        let words = [
            "{", "}", "(", ")", "[", "]", ":", "!", "$a", "@b", "...", "on", "query", "mutation", "fragment", "\"",
            "\"\"\"", "1", "-0", "me", "&", "|", "=", "\u{0}", "\u{feff}", "\\",
        ];
        query(&(0..dice.below(6_000)).map(|_| format!("{} ", dice.pick(&words))).collect::<String>())
    }),
    ("cut short", |dice| {
        let (_, text) = PROBES[dice.below(PROBES.len())];
        let text: Vec<char> = text.chars().collect();
        query(&text[..dice.below(text.len())].iter().collect::<String>())
    }),
    ("nearly right", |dice| {
        let (_, text) = PROBES[dice.below(PROBES.len())];
        let mut words: Vec<&str> = text.split(' ').collect();
        for _ in 0..dice.below(4) + 1 {
            let (from, to) = (dice.below(words.len()), dice.below(words.len()));
            words.swap(from, to);
        }
        query(&words.join(" "))
    }),
];

/// One request of a kind, no longer than the server takes.
pub fn body(kind: &Kind, dice: &mut Dice) -> Vec<u8> {
    let mut body = kind.1(dice);
    body.truncate(LONGEST);
    body
}

fn query(text: &str) -> Vec<u8> {
    json!({ "query": text }).to_string().into_bytes()
}

fn nested(dice: &mut Dice, open: &str, close: &str, core: &str) -> String {
    let most = dice.pick(&[10, 100, 1_000, 20_000]);
    let deep = dice.below(most) + 1;
    let text = format!("{}{core}{}", open.repeat(deep), close.repeat(deep));
    if open.contains("children") { format!("{{ organizations {{ edges {{ node {{ {text} }} }} }} }}") } else { text }
}
