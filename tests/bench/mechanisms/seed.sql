-- A synthetic country of so many people (the setting bench.people), as a registry keeps it: in a county 1,000 of them in twenty
-- units, ten counties a prefecture, all prefectures in one province. All invented; numbers decide everything, no dice.
set client_min_messages = warning;
set synchronous_commit = off;
set work_mem = '256MB';
set session_replication_role = replica;

create function pg_temp.key(noun text, id bigint) returns uuid language sql immutable as
$$ select (lpad(to_hex(1735689600000 + id), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid from md5(noun || id) h $$;

create temp table place (id bigint primary key, parent bigint, kind text, level int);
insert into place values (0, null, 'PROVINCE', 0);
insert into place
  select 1 + i, 0, 'PREFECTURE', 1
  from generate_series(0, greatest(current_setting('bench.people')::int / 10000 - 1, 0)) i;
insert into place
  select 1000000 + i, 1 + i / 10, 'COUNTY', 2 from generate_series(0, current_setting('bench.people')::int / 1000 - 1) i;
insert into place
  select 2000000 + i, 1000000 + i / 20, 'DEPARTMENT', 3
  from generate_series(0, current_setting('bench.people')::int / 50 - 1) i;
insert into organization (id, parent_id, code, name, name_sort, kind)
  select pg_temp.key('organization', id), pg_temp.key('organization', parent), '99' || lpad(id::text, 8, '0'), 'Place ' || id, 'place ' || id, kind
  from place;
insert into organization_closure (ancestor_id, descendant_id, depth)
  with recursive above as (
    select id as ancestor, id as descendant, 0 as depth from place
    union all
    select p.parent, a.descendant, a.depth + 1 from above a join place p on p.id = a.ancestor where p.parent is not null)
  select pg_temp.key('organization', ancestor), pg_temp.key('organization', descendant), depth from above;

create temp table person as
  select i as id, pg_temp.key('cadre', i) as key, ('x' || substr(md5('die' || i), 1, 7))::bit(28)::int as die
  from generate_series(0, current_setting('bench.people')::int - 1) i;
alter table person add level text;
update person set level = (array['CLERK', 'SECTION_MEMBER', 'SECTION_MEMBER', 'SECTION_MEMBER', 'TOWNSHIP_DEPUTY', 'TOWNSHIP_DEPUTY',
  'TOWNSHIP_PRINCIPAL', 'TOWNSHIP_PRINCIPAL', 'COUNTY_DEPUTY', 'COUNTY_DEPUTY'])[1 + die % 10];
insert into cadre (id, organization_id, name, name_sort, sex, birth_date, post_title, position_level, education, management_authority, status, recorded_at)
  select key, pg_temp.key('organization', 2000000 + id / 50), 'Person ' || id, substr(md5('name' || id), 1, 8),
    case when die % 3 = 0 then 'FEMALE' else 'MALE' end,
    to_char(date '1966-01-01' + (die / 10 % 12400), 'YYYY-MM-DD'), 'Post', level, 'BACHELOR', 'COUNTY', 'IN_POST', timestamptz '2025-01-01 00:00:00Z'
  from person order by id;
insert into level_period (id, cadre_id, level, valid_from, source, recorded_at)
  select pg_temp.key('level_period', id), key, level, to_char(date '2014-01-01' + (die / 7 % 4000), 'YYYY-MM'), 'bench', timestamptz '2025-01-01 00:00:00Z'
  from person order by id;
insert into post_assignment (id, cadre_id, title, valid_from, is_primary, role, source, recorded_at)
  select pg_temp.key('post_assignment', id), key, 'Post', to_char(date '2014-01-01' + (die / 7 % 4000), 'YYYY-MM'), true,
    case when die % 10 > 5 then 'DEPUTY' else 'OTHER' end, 'bench', timestamptz '2025-01-01 00:00:00Z'
  from person order by id;
insert into education (id, cadre_id, mode, level, degree, school, graduated, source, recorded_at, state)
  select pg_temp.key('education', id), key, 'FULL_TIME', case when die % 5 = 0 then 'JUNIOR_COLLEGE' else 'BACHELOR' end,
    case when die % 5 = 0 then null else 'BACHELOR' end, 'School', '2005-07', 'bench', timestamptz '2025-01-01 00:00:00Z', 'RECORDED'
  from person order by id;
insert into experience (id, cadre_id, kind, place, valid_from, valid_to, source, recorded_at, state)
  select pg_temp.key('experience', id), key, 'GRASSROOTS', 'Village', '2010-01', '2013-06', 'bench', timestamptz '2025-01-01 00:00:00Z', 'RECORDED'
  from person where die % 4 = 0 order by id;
insert into assessment (id, cadre_id, year, kind, grade, source, recorded_at, state)
  select pg_temp.key('assessment', id * 3 + y - 2023), key, y, 'ANNUAL', case when (die / 11 + y) % 6 = 0 then 'EXCELLENT' else 'COMPETENT' end,
    'bench', timestamptz '2025-01-01 00:00:00Z', 'RECORDED'
  from person, generate_series(2023, 2025) y order by id, y;
reset session_replication_role;
-- What triggers would have kept.
select derive_cadres();
vacuum analyze;
