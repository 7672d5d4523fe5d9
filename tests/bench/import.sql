-- Copies the kit's dataset (schema bench) into Tidui's tables (schema tidui, emptied by `product prepare`).
--
-- Keys are UUIDv7 in shape: a millisecond a canonical id, so that lists by id have the canonical order. hooks.py counts back.
set client_min_messages = warning;
set search_path = tidui, public;
set synchronous_commit = off;
set work_mem = '256MB';
-- The rows are right by the way they are made; each key is looked up once more at the end, by the joins of the check.
set session_replication_role = replica;

create function pg_temp.key(noun text, id int) returns uuid language sql immutable as
$$ select (lpad(to_hex(1735689600000 + id), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid from md5(noun || id) h $$;

insert into organization (id, parent_id, code, name, name_sort, kind)
  select pg_temp.key('organization', id), pg_temp.key('organization', parent_id), code, name, lower(name),
    case level when 1 then 'PROVINCE' when 2 then 'PREFECTURE' when 3 then 'COUNTY'
      else case when name like '%镇' then 'TOWNSHIP' else 'DEPARTMENT' end end
  from bench.organizations;
insert into organization_closure (ancestor_id, descendant_id, depth)
  with recursive above as (
    select id as ancestor, id as descendant, 0 as depth from bench.organizations
    union all
    select o.parent_id, a.descendant, a.depth + 1 from above a join bench.organizations o on o.id = a.ancestor
    where o.parent_id is not null)
  select pg_temp.key('organization', ancestor), pg_temp.key('organization', descendant), depth from above;

create temp table levels (theirs text primary key, ours text not null);
insert into levels values ('KY', 'SECTION_MEMBER'), ('FK', 'TOWNSHIP_DEPUTY'), ('ZK', 'TOWNSHIP_PRINCIPAL'), ('FC', 'COUNTY_DEPUTY'),
  ('ZC', 'COUNTY_PRINCIPAL'), ('FT', 'BUREAU_DEPUTY'), ('ZT', 'BUREAU_PRINCIPAL');

-- In the order of the keys, as a registry fills: rows of neighbouring keys lie together.
insert into cadre (id, organization_id, name, name_sort, sex, birth_date, party_joined_on, post_title, position_level, education,
    management_authority, status, recorded_at)
  select pg_temp.key('cadre', c.id), pg_temp.key('organization', c.org_id), c.name, c.name, case c.sex when 'M' then 'MALE' else 'FEMALE' end,
    c.birth_date::text, c.party_joined_on::text, c.position_title, l.ours,
    case c.education when 'COLLEGE' then 'JUNIOR_COLLEGE' when 'BACHELOR' then 'BACHELOR' else 'POSTGRADUATE' end,
    'COUNTY', 'IN_POST', timestamptz '2025-01-01 00:00:00Z'
  from bench.cadres c join levels l on l.theirs = c.level order by c.id;
insert into education (id, cadre_id, mode, level, degree, school, source, recorded_at, state)
  select pg_temp.key('education', id), pg_temp.key('cadre', id), 'FULL_TIME',
    case education when 'COLLEGE' then 'JUNIOR_COLLEGE' when 'BACHELOR' then 'BACHELOR' else 'POSTGRADUATE' end,
    case education when 'BACHELOR' then 'BACHELOR' when 'MASTER' then 'MASTER' when 'DOCTOR' then 'DOCTORATE' end,
    '', 'bench', timestamptz '2025-01-01 00:00:00Z', 'RECORDED'
  from bench.cadres order by id;
-- The dataset knows no day of a post or level: both are held since a time that nobody knows.
insert into post_assignment (id, cadre_id, title, is_primary, source, recorded_at)
  select pg_temp.key('post_assignment', id), pg_temp.key('cadre', id), position_title, true, 'bench', timestamptz '2025-01-01 00:00:00Z'
  from bench.cadres order by id;
insert into level_period (id, cadre_id, level, source, recorded_at)
  select pg_temp.key('level_period', c.id), pg_temp.key('cadre', c.id), l.ours, 'bench', timestamptz '2025-01-01 00:00:00Z'
  from bench.cadres c join levels l on l.theirs = c.level order by c.id;

-- A pool that is for the young says so by its kind, one of another theme by its code.
insert into reserve_pool (id, organization_id, code, name, name_sort, disclosure, kind)
  select pg_temp.key('reserve_pool', id), pg_temp.key('organization', org_id), kind || '-' || id, name, name, 'UNIT',
    case kind when 'YOUNG' then 'PROMISING_YOUNG' else 'THEMATIC' end
  from bench.reserve_pools order by id;
insert into pool_tier (id, pool_id, code, name, target_count, ordinal)
  select pg_temp.key('pool_tier', id), pg_temp.key('reserve_pool', id), 'A', 'A', 100, 1 from bench.reserve_pools order by id;
insert into pool_membership (id, pool_id, tier_id, cadre_id, state, reason, proposed_on, decided_on)
  select pg_temp.key('pool_membership', id), pg_temp.key('reserve_pool', pool_id), pg_temp.key('pool_tier', pool_id), pg_temp.key('cadre', cadre_id),
    case when left_on is null then 'CONFIRMED' else 'EXITED' end, 'bench', joined_on, coalesce(left_on, joined_on)
  from bench.pool_memberships order by id;

insert into mentoring_pair (id, organization_id, state, started_on, ended_on, contact_every_days, next_contact_due)
  select pg_temp.key('mentoring_pair', p.id), pg_temp.key('organization', c.org_id),
    case p.status when 'active' then 'ACTIVE' else 'COMPLETED' end, p.start_on, p.end_on,
    case p.cadence when 'monthly' then 30 else 91 end,
    (select min(s.due_on) from bench.mentoring_sessions s where s.pair_id = p.id and s.held_on is null)
  from bench.mentoring_pairs p join bench.cadres c on c.id = p.mentee_id order by p.id;
insert into pair_part (id, pair_id, cadre_id, side, role, joined_on)
  select pg_temp.key('mentor', id), pg_temp.key('mentoring_pair', id), pg_temp.key('cadre', mentor_id), 'MENTOR', 'LEAD', start_on
    from bench.mentoring_pairs union all
  select pg_temp.key('mentee', id), pg_temp.key('mentoring_pair', id), pg_temp.key('cadre', mentee_id), 'MENTEE', 'MENTEE', start_on
    from bench.mentoring_pairs order by 1;
insert into pair_contact (id, pair_id, held_on, topic, agreed)
  select pg_temp.key('pair_contact', id), pg_temp.key('mentoring_pair', pair_id), held_on,
    case topic when '政策学习' then 'STUDY' when '个人规划' then 'DEVELOPMENT' else 'WORK' end, topic
  from bench.mentoring_sessions where held_on is not null order by id;

-- What replica mode let pass would show here.
do $$ begin
  if exists (select 1 from cadre c left join organization o on o.id = c.organization_id where o.id is null)
    or exists (select 1 from pair_part p left join cadre c on c.id = p.cadre_id where c.id is null)
    or exists (select 1 from pool_membership m left join pool_tier t on t.id = m.tier_id where t.id is null)
    or exists (select 1 from organization o left join organization p on p.id = o.parent_id where o.parent_id is not null and p.id is null)
  then raise exception 'a row of the import refers to none'; end if;
end $$;
reset session_replication_role;
-- What triggers would have kept.
select derive_cadres();
vacuum analyze;
