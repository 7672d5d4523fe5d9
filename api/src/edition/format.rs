//! The JSON Schema of policies, so that an editor completes them. It says less than the check does (which reads `Document`),
//! and nothing that the check would not.

use entity::kind::AssessmentGrade;
use serde_json::{Value, json};

use crate::{
    kernel::{
        fact::Fact,
        number::Comparator,
        vocabulary::{About, Nature},
    },
    mechanism::Sections,
};

/// The schema, as draft 2020-12 has it.
pub fn schema() -> Value {
    let text = |most: usize| json!({ "type": "string", "minLength": 1, "maxLength": most });
    let code = json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,60}$" });
    let day = json!({ "type": "string", "format": "date" });
    let number = number_schema();
    let value = json!({ "anyOf": [number, { "type": "array", "items": { "type": "string" }, "minItems": 1 }] });
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tidui policy",
        "type": "object",
        "additionalProperties": false,
        "required": ["code", "jurisdiction", "title", "edition", "validFrom", "source"],
        "properties": {
            "code": code,
            "jurisdiction": code,
            "title": text(200),
            "edition": { "type": "integer", "minimum": 1, "maximum": 10_000 },
            "validFrom": day,
            "validTo": day,
            "source": text(500),
            "parameters": { "type": "array", "maxItems": 200, "items": {
                "type": "object", "additionalProperties": false, "required": ["code", "value"],
                "properties": { "code": code, "value": value, "unit": { "enum": ["YEAR", "MONTH"] } },
            } },
            "criteria": { "type": "array", "minItems": 1, "maxItems": 200, "items": {
                "type": "object", "additionalProperties": false,
                "required": ["code", "title", "need", "severity", "mode", "cite"],
                "properties": {
                    "code": code,
                    "title": text(200),
                    "need": { "$ref": "#/$defs/need" },
                    "when": { "$ref": "#/$defs/need" },
                    "severity": { "enum": ["ERROR", "WARNING", "HINT"] },
                    "mode": { "enum": ["MUST", "NORMALLY"] },
                    "waiver": {
                        "type": "object", "additionalProperties": false, "required": ["by"],
                        "properties": { "by": { "enum": ["ORGANIZATION_LEADER", "ORGANIZATION_OFFICER"] } },
                    },
                    "cite": text(200),
                },
            } },
        },
        "$defs": { "need": need(&value, "need", false), "groupNeed": need(&value, "groupNeed", true) },
    });
    if let Some(properties) = schema.pointer_mut("/properties").and_then(Value::as_object_mut) {
        properties.extend(Sections::schema());
        if let Value::Object(named) = named(&code, &text) {
            properties.extend(named);
        }
    }
    schema
}

/// What a policy names for itself.
fn named(code: &Value, text: &impl Fn(usize) -> Value) -> Value {
    let about: Vec<&str> = About::ALL.iter().map(|it| it.text()).collect();
    let natures: Vec<&str> = Nature::ALL.iter().map(|it| it.text()).collect();
    json!({
            "lists": { "type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["code", "count", "items"],
                "properties": { "code": code, "title": text(200), "count": { "type": "integer" }, "items": { "type": "array", "items": code } },
            } },
            "facts": { "type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["code", "title", "about", "nature"],
                "properties": { "code": code, "title": text(200), "about": { "enum": about }, "nature": { "enum": natures }, "structural": { "type": "boolean" } },
            } },
            "groups": { "type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["code", "title", "need"],
                "properties": { "code": code, "title": text(200), "need": { "$ref": "#/$defs/groupNeed" } },
            } },
    })
}

fn number_schema() -> Value {
    json!({ "type": ["number", "string"] })
}

/// A need under its name; that of a group may name facts of structure too.
fn need(value: &Value, name: &str, structural: bool) -> Value {
    let this = json!({ "$ref": format!("#/$defs/{name}") });
    let group = |key: &str, inside: Value| json!({ "type": "object", "additionalProperties": false, "required": [key], "properties": { key: inside } });
    let several = json!({ "type": "array", "minItems": 1, "maxItems": 60, "items": this });
    let mut ops: Vec<&str> = Comparator::ALL.iter().map(|it| it.text()).collect();
    ops.push("IN");
    let facts: Vec<Value> = Fact::ALL
        .iter()
        .filter(|it| structural || !it.is_structural())
        .map(|it| json!({ "const": it.text(), "title": it.labels().0, "description": it.labels().1 }))
        .collect();
    let grades: Vec<&str> = AssessmentGrade::ALL.iter().map(|it| it.text()).collect();
    json!({ "oneOf": [
        group("all", several.clone()),
        group("any", several.clone()),
        group("not", this),
        group("attested", json!({ "type": "string" })),
        {
            "type": "object", "additionalProperties": false, "required": ["atLeast", "of"],
            "properties": { "atLeast": { "type": "integer", "minimum": 1 }, "of": several },
        },
        {
            "type": "object", "additionalProperties": false, "required": ["fact", "op"],
            "properties": {
                "fact": { "oneOf": facts }, "op": { "enum": ops }, "value": value, "parameter": { "type": "string" },
                "unit": { "enum": ["YEAR", "MONTH"] }, "grades": { "type": "array", "items": { "enum": grades }, "minItems": 1 },
                "years": { "type": "integer", "minimum": 1, "maximum": 20 }, "approx": number_schema(),
            },
        },
    ] })
}
