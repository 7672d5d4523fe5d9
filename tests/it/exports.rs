//! What goes out comes back without a difference, to nobody who may not have it, and never without a trace.

mod addresses;
mod downloads;
mod form_uploads;
mod forms;
mod party;

use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use entity::{
    id::{CadreId, OrganizationId},
    kind::{Disclosure, MembershipState, PositionLevel, Role, SecrecyLevel},
    partial_date::PartialDate,
};
use sea_orm::EntityTrait;
use tests::{
    both,
    process::{Ended, Program, fresh_folder},
    world::World,
};

/// What every export states.
const STATED: [&str; 4] = ["--purpose", "inspection", "--reason", "年度统计核对"];

/// A roster as messy as a roster may be: formula-looking text, two educations, a résumé, grades, a unit.
const ROSTER: &str = "序号,姓名,身份证号,单位,现任职务,任现职时间,职务层次,任现职务层次时间,职级,任现职级时间,全日制教育学历,全日制教育学位,\
    全日制教育毕业院校系及专业,在职教育学历,在职教育毕业院校系及专业,专业技术职务,2024年度考核,2025年度考核,手机号码,管理权限,简历\n\
    1,王伟,990000199003070013,教育局,=1+1教育局副局长,2021.03,副科级,2020.06,四级主任科员,2019.06,大学,工学学士,清华大学土木工程系土木工程专业,\
    研究生,,工程师,称职,优秀,10000000001,县管,\"2006.09--2010.07  清华大学学生\n2010.07--2015.03  禾丰镇科员\n（其间：2012.01--2013.01挂职）\n2015.03--  教育局\"\n\
    2,欧阳娜,990000198512310025,,县委办公室主任,2019.07,正科级,,,,,,,,,,,,,,\n\
    3,买买提·艾力,,教育局,,,,,,,,,,,,,,,,,\n";

pub(crate) async fn code(world: &World, at: OrganizationId) -> String {
    entity::organization::Entity::find_by_id(at).one(&world.db).await.expect("an answer").expect("a row").code
}

/// The login of an account with a role.
pub(crate) async fn login(world: &World, role: Role, at: OrganizationId, person: Option<CadreId>) -> String {
    let account = world.account(person).await;
    world.grant(account, role, at, None).await;
    entity::account::Entity::find_by_id(account).one(&world.db).await.expect("an answer").expect("a row").login
}

/// Runs a command over the world's database.
pub(crate) fn command(world: &World, arguments: &[&str]) -> Ended {
    let it = &world.config;
    let settings = [
        ("--database-url", &it.database_url),
        ("--redis-url", &it.redis_url),
        ("--redis-prefix", &it.redis_prefix),
        ("--signing-key", &it.signing_key),
        ("--field-key", &it.field_key),
    ];
    let settings = settings.iter().flat_map(|(flag, value)| [*flag, value.as_str()]);
    let arguments: Vec<&str> = arguments.iter().copied().chain(settings).collect();
    Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &arguments).run()
}

async fn import(world: &World, at: OrganizationId, file: &Path, counts: &str) -> String {
    let (file, code) = (file.display().to_string(), code(world, at).await);
    let out = command(world, &["import", "roster", &file, "--organization", &code]).done().out;
    assert!(out.ends_with(&format!("Imported: {counts}.\n")), "{out}");
    out
}

async fn export(world: &World, at: OrganizationId, login: &str, more: &[&str]) -> PathBuf {
    let path = fresh_folder().join("花名册.xlsx");
    let (out, code) = (path.display().to_string(), code(world, at).await);
    let arguments = ["roster", "export", "--organization", &code, "--as", login, "--out", &out];
    let arguments: Vec<&str> = arguments.into_iter().chain(STATED).chain(more.iter().copied()).collect();
    command(world, &arguments).done();
    path
}

/// The cells of a file that went out.
fn cells(path: &Path) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("its cells");
    let text = |it: &Data| {
        assert!(matches!(it, Data::String(_) | Data::Empty), "{it:?} is no text");
        it.to_string()
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

/// The cell of a person below a header.
fn cell(rows: &[Vec<String>], name: &str, header: &str) -> String {
    let place =
        |row: &[String], text: &str| row.iter().position(|it| it == text).unwrap_or_else(|| panic!("no {text}"));
    let column = place(&rows[1], header);
    rows.iter().find(|it| it.iter().any(|it| it == name)).unwrap_or_else(|| panic!("no {name}"))[column].clone()
}

fn roster() -> PathBuf {
    let path = fresh_folder().join("roster.csv");
    std::fs::write(&path, ROSTER).expect("a file");
    path
}

/// A county with an office, and one without people.
async fn counties(world: &World) -> (OrganizationId, OrganizationId) {
    let (county, other) = (world.organization("青禾县").await, world.organization("邻县").await);
    world.department(county, "教育局").await;
    world.department(other, "教育局").await;
    world.department(other, "青禾县").await;
    (county, other)
}

both! {
    async fn a_roster_goes_out_and_comes_back_without_a_difference(world: World) {
        let (county, _) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let file = export(&world, county, &officer, &[]).await;
        let rows = cells(&file);
        assert_eq!(rows.len(), 5, "{rows:#?}");
        for (header, value) in [
            ("身份证号", "990000199003070013"), ("现任职务", "=1+1教育局副局长"), ("任现职时间", "2021.03"), ("单位", "教育局"),
            ("职务层次", "乡科级副职"), ("职级", "四级主任科员"), ("全日制教育毕业院校系及专业", "清华大学土木工程系"),
            ("在职教育学历", "研究生"), ("年度考核结果", "2024称职、2025优秀"), ("手机号码", "10000000001"), ("密级", "内部"),
        ] {
            assert_eq!(cell(&rows, "王伟", header), value, "{header}");
        }
        assert!(cell(&rows, "王伟", "简历").contains("其间：2012.01--2013.01挂职"));
        let before = world.fingerprint().await;
        let facts = |all: Vec<(String, i64, i64)>| {
            all.into_iter().filter(|it| !it.0.starts_with("audit") && !it.0.starts_with("import")).collect::<Vec<_>>()
        };
        let out = import(&world, county, &file, "0 added, 0 changed, 3 unchanged").await;
        assert!(out.contains("3 rows: 0 errors, 0 warnings, 0 hints."), "{out}");
        assert_eq!(facts(world.fingerprint().await), facts(before));
    }

    async fn a_file_makes_the_same_file_of_a_fresh_county(world: World) {
        let (county, _) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let file = export(&world, county, &officer, &[]).await;
        let fresh = World::new(world.stack).await;
        let (same, _) = counties(&fresh).await;
        import(&fresh, same, &file, "3 added, 0 changed, 0 unchanged").await;
        let officer = login(&fresh, Role::OrganizationOfficer, same, None).await;
        assert_eq!(cells(&export(&fresh, same, &officer, &[]).await), cells(&file));
    }

    async fn an_export_is_one_act_with_its_rows_and_every_value_that_it_opened(world: World) {
        let (county, _) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        export(&world, county, &officer, &[]).await;
        let done = "select count(*) from audit_event where action = 'ROSTER_EXPORT' and outcome = 'DONE' and purpose = 'INSPECTION' \
            and account_id is not null";
        assert_eq!(world.number(done).await, 1);
        let stands = "select count(*) from export where kind = 'ROSTER' and row_count = 3 and reason = '年度统计核对' and made_at is not null";
        assert_eq!(world.number(stands).await, 1);
        // Two numbers and one phone, each named with its person in the log of that act.
        let opened = "select count(*) from access_log l join audit_event e on e.id = l.event_id where e.action = 'ROSTER_EXPORT' \
            and l.purpose = 'INSPECTION' and l.reason = '年度统计核对'";
        assert_eq!(world.number(opened).await, 3);
        let file = export(&world, county, &officer, &["--without-numbers"]).await;
        assert_eq!(cell(&cells(&file), "王伟", "身份证号"), "");
        assert_eq!((world.number(done).await, world.number(opened).await), (2, 3));
        // A reason and a purpose are no ornaments.
        let (out, code) = (fresh_folder().join("x.xlsx").display().to_string(), code(&world, county).await);
        let whole = ["roster", "export", "--organization", &code, "--as", &officer, "--out", &out, "--purpose", "inspection", "--reason", " "];
        command(&world, &whole).refused(&["reason", "1 to 200 characters"]);
        let whole = ["roster", "export", "--organization", &code, "--as", &officer, "--out", &out, "--purpose", "own-copy", "--reason", "x"];
        command(&world, &whole).refused(&["purpose"]);
        assert!(!Path::new(&out).exists());
        assert_eq!(world.number(done).await, 2);
    }

    async fn an_export_holds_what_the_account_may_see_and_nothing_else(world: World) {
        let (county, elsewhere) = counties(&world).await;
        let office = world.department(county, "水务局").await;
        world.cadre(county, "县里人", |_| {}).await;
        let own = world.cadre(office, "水务人", |_| {}).await;
        world.cadre(office, "秘密人", |it| it.secrecy_level = SecrecyLevel::Confidential).await;
        world.cadre(elsewhere, "外县人", |_| {}).await;
        let names = |path: &Path| cells(path).iter().skip(2).map(|it| it[1].clone()).collect::<Vec<_>>();
        let of_office = login(&world, Role::OrganizationOfficer, office, None).await;
        assert_eq!(names(&export(&world, office, &of_office, &[]).await), ["水务人"]);
        let of_county = login(&world, Role::OrganizationOfficer, county, None).await;
        assert_eq!(names(&export(&world, county, &of_county, &[]).await), ["县里人", "水务人"]);
        let (county_code, before) = (code(&world, county).await, world.number("select count(*) from access_log").await);
        let sibling = world.department(county, "农业局").await;
        let both = login(&world, Role::OrganizationOfficer, sibling, None).await;
        let account = entity::account::Entity::find().all(&world.db).await.expect("accounts").into_iter().find(|it| it.login == both);
        world.grant(account.expect("an account").id, Role::OrganizationLeader, county, None).await;
        let refused = [
            (login(&world, Role::OrganizationOfficer, sibling, None).await, "no organization has the code"),
            // Seen as its leader, and exported only by an officer.
            (both, "No such organization"),
            (login(&world, Role::OrganizationOfficer, elsewhere, None).await, "organization"),
            (login(&world, Role::OrganizationLeader, county, None).await, "ROSTER_EXPORT"),
            (login(&world, Role::UnitOfficer, county, None).await, "ROSTER_EXPORT"),
            (login(&world, Role::Mentor, county, Some(own)).await, "ROSTER_EXPORT"),
            (login(&world, Role::Cadre, county, None).await, "ROSTER_EXPORT"),
            (login(&world, Role::SummaryReader, county, None).await, "ROSTER_EXPORT"),
            (login(&world, Role::SystemAdmin, county, None).await, "ROSTER_EXPORT"),
            (login(&world, Role::SecurityAdmin, county, None).await, "ROSTER_EXPORT"),
            (login(&world, Role::AuditAdmin, county, None).await, "ROSTER_EXPORT"),
            ("nobody".to_owned(), "no account has the login"),
        ];
        for (login, word) in refused {
            let folder = fresh_folder();
            let out = folder.join("x.xlsx").display().to_string();
            let whole = ["roster", "export", "--organization", &county_code, "--as", &login, "--out", &out];
            let whole: Vec<&str> = whole.into_iter().chain(STATED).collect();
            command(&world, &whole).refused(&[word]);
            let left = std::fs::read_dir(&folder).expect("a folder").count();
            assert_eq!(left, 0, "{login} left a file behind");
        }
        assert_eq!(world.number("select count(*) from access_log").await, before);
        // Eight roles without the act, and one officer beyond the own reach: each refusal is on record.
        let refused = "select count(*) from audit_event where action = 'ROSTER_EXPORT' and outcome = 'REFUSED'";
        assert_eq!(world.number(refused).await, 9);
    }

    async fn a_file_that_is_there_is_not_written_over(world: World) {
        let (county, _) = counties(&world).await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let (path, code) = (fresh_folder().join("there.xlsx"), code(&world, county).await);
        std::fs::write(&path, "mine").expect("a file");
        let out = path.display().to_string();
        let whole = ["roster", "export", "--organization", &code, "--as", &officer, "--out", &out];
        let whole: Vec<&str> = whole.into_iter().chain(STATED).collect();
        command(&world, &whole).refused(&["is there already"]);
        assert_eq!(std::fs::read_to_string(&path).expect("a file"), "mine");
        assert_eq!(world.number("select count(*) from audit_event where action = 'ROSTER_EXPORT'").await, 0);
    }

    async fn a_past_day_is_told_as_it_was(world: World) {
        let county = world.organization("青禾县").await;
        let who = world.cadre(county, "王伟", |it| it.post_title = Some("局长".to_owned())).await;
        let (first, second) = (PartialDate::parse("2018-03"), PartialDate::parse("2024-05"));
        world.post(who, "副局长", first, second, |_| {}).await;
        world.post(who, "局长", second, None, |_| {}).await;
        world.level(who, PositionLevel::TownshipDeputy, first, second).await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let rows = cells(&export(&world, county, &officer, &["--as-of", "2020-06-01"]).await);
        assert!(rows[0][0].contains("2020-06-01"), "{rows:?}");
        assert_eq!(cell(&rows, "王伟", "现任职务"), "副局长");
        assert_eq!(cell(&rows, "王伟", "任现职时间"), "2018.03");
        assert_eq!(cell(&rows, "王伟", "职务层次"), "乡科级副职");
        assert_eq!(cell(&cells(&export(&world, county, &officer, &[]).await), "王伟", "现任职务"), "局长");
    }

    async fn a_pool_s_list_of_names_goes_out_tier_by_tier_and_comes_back(world: World) {
        let (county, elsewhere) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        let people = entity::cadre::Entity::find().all(&world.db).await.expect("people");
        let of = |name: &str| people.iter().find(|it| it.name == name).expect("a person").id;
        let pool = world.pool(county, "P315", Disclosure::Confidential).await;
        world.membership(pool, of("王伟"), MembershipState::Confirmed).await;
        world.membership(pool, of("欧阳娜"), MembershipState::Proposed).await;
        world.membership(pool, of("买买提·艾力"), MembershipState::Exited).await;
        let stranger = world.cadre(elsewhere, "外县人", |_| {}).await;
        world.membership(pool, stranger, MembershipState::Confirmed).await;
        let officer = login(&world, Role::OrganizationOfficer, county, None).await;
        let (path, keeper) = (fresh_folder().join("名册.xlsx"), code(&world, county).await);
        let out = path.display().to_string();
        let whole = ["pool", "export", "--organization", &keeper, "--pool", "P315", "--as", &officer, "--out", &out];
        let whole: Vec<&str> = whole.into_iter().chain(STATED).collect();
        command(&world, &whole).done();
        let rows = cells(&path);
        assert_eq!(rows.iter().skip(2).map(|it| it[1].as_str()).collect::<Vec<_>>(), ["王伟", "欧阳娜"]);
        assert_eq!(cell(&rows, "王伟", "库内状态"), "已入库");
        assert_eq!(cell(&rows, "欧阳娜", "身份证号"), "990000198512310025");
        assert_eq!(world.number("select count(*) from export where kind = 'POOL' and row_count = 2 and pool_id is not null").await, 1);
        let out = import(&world, county, &path, "0 added, 0 changed, 2 unchanged").await;
        assert!(out.contains("2 rows: 0 errors, 0 warnings, 0 hints."), "{out}");
        // Neither a leader nor an officer beside gets it.
        for (role, at, word) in [(Role::OrganizationLeader, county, "POOL_EXPORT"), (Role::OrganizationOfficer, elsewhere, "rganization")] {
            let (other, out) = (login(&world, role, at, None).await, fresh_folder().join("x.xlsx").display().to_string());
            let whole = ["pool", "export", "--organization", &keeper, "--pool", "P315", "--as", &other, "--out", &out];
            let whole: Vec<&str> = whole.into_iter().chain(STATED).collect();
            command(&world, &whole).refused(&[word]);
        }
    }
}
