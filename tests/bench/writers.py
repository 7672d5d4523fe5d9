"""Writes at once under one root, and what moving a subtree costs: python3 writers.py ADDRESS TOKENS MOVER DATABASE_URL

ADDRESS is that of a server that `product serve` started over the kit's database, TOKENS a file of what `product token` printed,
MOVER one of what `product mover` printed.
Sixteen writers change the year of birth of people of their own, all under one province, so that every write changes the same
sums. Then the largest subtree is moved under another parent, and back, and again with its neighbours below it, a thousand units.
"""
import base64, http.client, json, subprocess, sys, threading, time


WRITERS, EACH = 16, 60
CHANGE = "mutation($input: CadreUpdateInput!) { it: cadreUpdate(input: $input) { problems { code message } } }"
MOVE = "mutation($input: OrganizationMoveInput!) { it: organizationMove(input: $input) { problems { code message } } }"

address, tokens, mover, database = sys.argv[1:]
tokens, mover = open(tokens).read().splitlines(), open(mover).read().strip()


def rows(sql):
    return subprocess.run(["psql", "-qAtX", "-F", " ", "-c", sql, database], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.split("\n")[:-1]


def ask(link, token, query, variables):
    link.request("POST", "/graphql", json.dumps({"query": query, "variables": variables}),
                 {"Content-Type": "application/json", "Authorization": token})
    answer = json.loads(link.getresponse().read())
    if answer.get("errors") or answer["data"]["it"]["problems"]:
        raise SystemExit(answer)


def link():
    return http.client.HTTPConnection(address)


def own(noun, uuid):
    return base64.urlsafe_b64encode(f"{noun}:{uuid.replace('-', '')}".encode()).decode().rstrip("=")


def write(people, token):
    to = link()
    for turn in range(EACH):
        person = people[turn % len(people)]
        born = f"19{60 + (turn * 7) % 40}-05"
        ask(to, token, CHANGE, {"input": {"id": own("cadre", person[0]), "expectedVersion": person[1], "birthDate": born}})
        person[1] += 1


root = rows("select id from tidui.organization where parent_id is null order by id limit 1")[0]
people = rows(f"select c.id, c.version from tidui.cadre c join tidui.cadre_scope s on s.cadre_id = c.id "
              f"where s.ancestor_id = '{root}' order by c.id limit {WRITERS * 10}")
people = [[it.split()[0], int(it.split()[1])] for it in people]
shares = [people[at::WRITERS] for at in range(WRITERS)]
threads = [threading.Thread(target=write, args=(share, tokens[at % len(tokens)])) for at, share in enumerate(shares)]
begun = time.time()
for it in threads: it.start()
for it in threads: it.join()
took = time.time() - begun
astray = "select count(*) from (select ancestor_id, birth_year, sum(people) from tidui.cadre_tally group by 1, 2 having sum(people) <> 0 " \
    "except select a.ancestor_id, coalesce(cast(substr(c.birth_date, 1, 4) as integer), 0), count(*) from tidui.cadre c " \
    "join tidui.organization_closure a on a.descendant_id = c.organization_id where c.status = 'IN_POST' group by 1, 2) x"
print(f"{WRITERS} writers: {WRITERS * EACH / took:.0f} writes/s, {rows(astray)[0]} sums astray")

FROM = "from tidui.organization o join tidui.organization_closure a on a.ancestor_id = o.id where o.parent_id is not null group by o.id"
largest = rows(f"select o.id, count(*), o.parent_id {FROM} order by count(*) desc, o.id limit 1")[0].split()
top, size, parent = largest[0], int(largest[1]), largest[2]
beside = rows(f"select o.id {FROM} having o.parent_id = '{parent}' and count(*) = {size} and o.id <> '{top}' order by o.id limit {1000 // size}")


def move(unit, to):
    version = int(rows(f"select version from tidui.organization where id = '{unit}'")[0])
    begun = time.time()
    ask(link(), mover, MOVE, {"input": {"id": own("organization", unit), "expectedVersion": version, "parentId": own("organization", to),
                                        "reason": "bench"}})
    return (time.time() - begun) * 1000


def there_and_back():
    units, people = rows(f"select (select count(*) from tidui.organization_closure where ancestor_id = '{top}'), "
                         f"(select count(*) from tidui.cadre_scope where ancestor_id = '{top}')")[0].split()
    other = rows(f"select id from tidui.organization where id <> '{parent}' and (parent_id is null) = "
                 f"(select parent_id is null from tidui.organization where id = '{parent}') order by id desc limit 1")[0]
    for place in (other, parent):
        print(f"a subtree of {units} units and {people} people: moved in {move(top, place):.0f} ms, {rows(astray)[0]} sums astray")


there_and_back()
if size > 100:
    for it in beside: move(it, top)
    there_and_back()
    for it in beside: move(it, parent)
