//! What is derived from people and the tree, who stands under whom and how many of what kind, is exact at every moment,
//! whatever happened: writes by any way, many at once, moves of subtrees, writers that die.

use std::sync::Arc;

use entity::{
    id::{CadreId, OrganizationId},
    kind::{ManagementAuthority, PositionLevel, Role, Sex},
    partial_date::PartialDate,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TransactionTrait};
use serde_json::{Value, json};
use tests::{
    both,
    dice::Dice,
    runner::Stack,
    world::{World, global},
};

use crate::organizations::act;

const SCOPE: &str = "select a.ancestor_id, c.id, c.position_level from cadre c \
    join organization_closure a on a.descendant_id = c.organization_id";
const TALLY: &str = "select a.ancestor_id, coalesce(c.position_level, ''), c.sex, \
    coalesce(cast(substr(c.birth_date, 1, 4) as integer), 0), coalesce(c.management_authority, ''), c.secrecy_level, count(*) \
    from cadre c join organization_closure a on a.descendant_id = c.organization_id \
    where c.status = 'IN_POST' group by 1, 2, 3, 4, 5, 6";
const TALLIED: &str = "select ancestor_id, position_level, sex, birth_year, management_authority, secrecy_level, sum(people) \
    from cadre_tally group by 1, 2, 3, 4, 5, 6 having sum(people) <> 0";
const SCOPED: &str = "select ancestor_id, cadre_id, position_level from cadre_scope";

/// Rows by which what is derived differs from what it is derived from.
async fn astray(world: &World) -> i64 {
    let mut rows = 0;
    for (derived, source) in [(SCOPED, SCOPE), (TALLIED, TALLY)] {
        for (one, other) in [(derived, source), (source, derived)] {
            rows += world
                .number(&format!("select count(*) from (select * from ({one}) p except select * from ({other}) q) x"))
                .await;
        }
    }
    rows
}

/// Some writes of people of its own, each in a transaction that may be given up.
struct Hand {
    db: DatabaseConnection,
    units: Arc<Vec<OrganizationId>>,
    people: Vec<CadreId>,
    dice: Dice,
}

impl Hand {
    async fn write(&mut self) {
        // A connection that was ended from outside can't begin; the next one can.
        let Ok(tx) = self.db.begin().await else { return };
        for _ in 0..=self.dice.below(3) {
            let (sql, values) = self.change();
            let done = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await;
            // Whoever is ended from outside has changed nothing. Nobody stands in another's way.
            if let Err(cause) = done {
                assert!(!cause.to_string().contains("deadlock"), "{cause}");
                return;
            }
        }
        // A transaction that is dropped is one whose process died.
        if !self.dice.chance(10) {
            let _ = tx.commit().await;
        }
    }

    fn change(&mut self) -> (&'static str, Vec<sea_orm::Value>) {
        let (who, unit) = (self.dice.pick(&self.people), self.dice.pick(&self.units));
        let dice = &mut self.dice;
        match dice.below(10) {
            0..3 => {
                let level = dice.pick(&[None, Some(PositionLevel::TownshipDeputy), Some(PositionLevel::CountyDeputy)]);
                ("update cadre set position_level = $1 where id = $2", vec![level.into(), who.into()])
            }
            3..6 => ("update cadre set organization_id = $1 where id = $2", vec![unit.into(), who.into()]),
            6 => {
                let born = dice.pick(&[None, Some("1980"), Some("1985-02"), Some("1990-12-31")]);
                let born = born.and_then(PartialDate::parse);
                ("update cadre set birth_date = $1 where id = $2", vec![born.into(), who.into()])
            }
            7 => {
                let status = dice.pick(&["IN_POST", "RETIRED", "DECEASED"]);
                ("update cadre set status = $1, version = version + 1 where id = $2", vec![status.into(), who.into()])
            }
            8 => {
                let tier = dice.pick(&[None, Some(ManagementAuthority::County)]);
                (
                    "update cadre set management_authority = $1, name = 'Other' where id = $2",
                    vec![tier.into(), who.into()],
                )
            }
            _ => {
                let sex = dice.pick(&[Sex::Male, Sex::Female]);
                let other = dice.pick(&self.people);
                (
                    "update cadre set sex = $1, organization_id = $2 where id in ($3, $4)",
                    vec![sex.into(), unit.into(), who.into(), other.into()],
                )
            }
        }
    }
}

both! {
    /// Ten thousand writes of sixteen hands, some of which die, while units move.
    async fn what_is_derived_is_exact_after_any_history(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let mut dice = Dice::new(20_261_122);
        let mut units = vec![county];
        for number in 0..24 {
            let above = dice.pick(&units);
            units.push(world.department(above, &format!("Unit {number}")).await);
        }
        let mut people = Vec::new();
        for number in 0..240 {
            people.push(world.cadre(dice.pick(&units), &format!("Person {number}"), |_| {}).await);
        }
        world.tell().await;
        assert_eq!(astray(&world).await, 0);
        let (hands, each) = if world.stack == Stack::Postgres { (16, 320) } else { (1, 5120) };
        let units = Arc::new(units);
        let hands: Vec<_> = (0..hands)
            .map(|hand| {
                let share = people.chunks(people.len() / hands).nth(hand).expect("a share").to_vec();
                let mut hand = Hand { db: world.db.clone(), units: units.clone(), people: share, dice: Dice::new(hand as u64) };
                tokio::spawn(async move {
                    for _ in 0..each {
                        hand.write().await;
                    }
                })
            })
            .collect();
        let mut moved = 0;
        while !hands.iter().all(tokio::task::JoinHandle::is_finished) {
            let (unit, place) = (dice.pick(&units[1..]), dice.pick(&units));
            let version = crate::organizations::read(&admin, unit).await["version"].clone();
            let input = json!({ "id": global(unit), "expectedVersion": version, "parentId": global(place), "reason": "机构改革" });
            moved += usize::from(act(&admin, "Move", input).await.text.contains("\"problems\":[]"));
            if world.stack == Stack::Postgres {
                if dice.chance(20) {
                    world.number("select count(*) from fold_cadre_tally()").await;
                }
                if dice.chance(20) {
                    let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() \
                        and pid <> pg_backend_pid() and query like 'update cadre set%' and state like 'idle in transaction%'";
                    world.number(end).await;
                }
                assert_eq!(astray(&world).await, 0, "after move {moved}");
            }
        }
        for hand in hands {
            hand.await.expect("a hand that was not ended by what it wrote");
        }
        assert!(moved >= 2, "{moved} moves");
        assert_eq!(astray(&world).await, 0);
        if world.stack == Stack::Postgres {
            let before = world.number("select count(*) from cadre_tally").await;
            world.number("select count(*) from fold_cadre_tally()").await;
            assert_eq!(world.number("select count(*) from cadre_tally where not folded").await, 0);
            assert!(world.number("select count(*) from cadre_tally").await <= before);
            assert_eq!(astray(&world).await, 0);
        }
    }

    /// What the tally tells is what the people's own rows tell, for whoever may count them.
    async fn a_summary_is_the_same_from_the_tally_and_from_the_rows(world: World) {
        let county = world.organization("North").await;
        let mut dice = Dice::new(7);
        let units = [world.department(county, "Finance").await, world.department(county, "Water").await];
        for number in 0..120 {
            let born = format!("{}-{:02}-{:02}", 1964 + dice.below(38), 1 + dice.below(12), 1 + dice.below(28));
            let (level, tier) = (dice.pick(&[None, Some(PositionLevel::TownshipDeputy), Some(PositionLevel::CountyDeputy)]), dice.pick(&[None, Some(ManagementAuthority::County), Some(ManagementAuthority::Provincial)]));
            let (sex, unknown) = (dice.pick(&[Sex::Male, Sex::Female]), dice.chance(10));
            world.cadre(dice.pick(&units), &format!("Person {number}"), |row| {
                (row.position_level, row.management_authority, row.sex) = (level, tier, sex);
                row.birth_date = PartialDate::parse(&born).filter(|_| !unknown);
            }).await;
        }
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let unit = world.sign_in(Role::UnitOfficer, units[0]).await;
        // Who sees rows and counts besides is told from the rows.
        let by_rows = world.sign_in_with(&[(Role::OrganizationOfficer, county), (Role::SummaryReader, county)], None).await;
        let unit_by_rows = world.sign_in_with(&[(Role::UnitOfficer, units[0]), (Role::SummaryReader, units[0])], None).await;
        let end = format!("{}-12-31", &world.today().to_string()[..4]);
        let ask = "query($at: ID!, $by: [CadreGroupBy!]!, $on: Date) { cadreSummary(organization: $at, groupBy: $by, asOf: $on) { total cells { level ageBand birthYear sex count } } }";
        for (client, rows, at, some) in [(&officer, &by_rows, county, true), (&officer, &by_rows, units[1], true), (&unit, &unit_by_rows, units[0], true), (&unit, &by_rows, county, false)] {
            for (by, on) in [(json!([]), None), (json!(["LEVEL"]), None), (json!(["SEX", "AGE_BAND_IN_YEAR", "LEVEL"]), None), (json!(["AGE_BAND", "SEX"]), Some(&end)), (json!(["BIRTH_YEAR", "SEX"]), None)] {
                let variables = json!({ "at": global(at), "by": by, "on": on });
                let (told, counted) = (client.run(ask, variables.clone()).await, rows.run(ask, variables).await);
                assert_eq!(told.at("/cadreSummary") == counted.at("/cadreSummary"), some, "{} {}", told.text, counted.text);
            }
        }
        let reader = world.sign_in(Role::SummaryReader, county).await;
        let variables = json!({ "at": global(county), "by": ["LEVEL", "AGE_BAND_IN_YEAR"] });
        let (suppressed, all) = (reader.run(ask, variables.clone()).await, officer.run(ask, variables).await);
        let (suppressed, all) = (suppressed.at("/cadreSummary/cells"), all.at("/cadreSummary/cells"));
        for (cell, all) in suppressed.as_array().expect("cells").iter().zip(all.as_array().expect("cells")) {
            let small = all["count"].as_i64().expect("a count") < 5;
            assert_eq!(cell["count"], if small { Value::Null } else { all["count"].clone() }, "{cell} {all}");
        }
        let counted = officer.run(ask, json!({ "at": global(county), "by": ["AGE_BAND_IN_YEAR"] })).await;
        for cell in counted.at("/cadreSummary/cells").as_array().expect("cells") {
            let (from, to) = match cell["ageBand"].as_str() {
                None => continue,
                Some("UNDER_30") => (0, 29),
                Some("FROM_55") => (55, 200),
                Some(band) => (band[5..7].parse().expect("an age"), band[11..13].parse().expect("an age")),
            };
            let year: i32 = end[..4].parse().expect("a year");
            let sql = format!("select count(*) from cadre where cast(substr(birth_date, 1, 4) as integer) between {} and {}", year - to, year - from);
            assert_eq!(cell["count"], world.number(&sql).await, "{cell}");
        }
        officer.run(ask, json!({ "at": global(county), "by": ["AGE_BAND", "AGE_BAND_IN_YEAR"] })).await.refused("INVALID");
    }
}
