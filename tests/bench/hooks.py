"""Between the kit's variables and answers and ours: ids, codes, enum values, order, and where a value stands.

Ids are made by import.sql out of the canonical ones, so that both directions are arithmetic.
"""
import base64, collections, hashlib, subprocess

FIRST = 1735689600000                              # the time of canonical id 0, as import.sql has it
LEVELS = {"KY": "SECTION_MEMBER", "FK": "TOWNSHIP_DEPUTY", "ZK": "TOWNSHIP_PRINCIPAL", "FC": "COUNTY_DEPUTY",
          "ZC": "COUNTY_PRINCIPAL", "FT": "BUREAU_DEPUTY", "ZT": "BUREAU_PRINCIPAL"}
LEVEL = {ours: theirs for theirs, ours in LEVELS.items()}
SEX = {"MALE": "M", "FEMALE": "F"}
# 学历 and degree are two things here; the kit has one word for both.
EDUCATION = {("JUNIOR_COLLEGE", None): "COLLEGE", ("BACHELOR", "BACHELOR"): "BACHELOR", ("POSTGRADUATE", "MASTER"): "MASTER",
             ("POSTGRADUATE", "DOCTORATE"): "DOCTOR"}
KIND = {"PROVINCE": 1, "PREFECTURE": 2, "COUNTY": 3, "TOWNSHIP": 4, "DEPARTMENT": 4}
CADENCE = {30: "monthly", 91: "quarterly"}
# An age of the kit is a difference of years; its bands are other ones than ours, so people are counted by year of birth.
YEAR = 2026
BANDS = [(30, "LE30"), (35, "31_35"), (40, "36_40"), (45, "41_45"), (50, "46_50"), (55, "51_55"), (999, "GT55")]


def own(noun, key):
    """the global id of a canonical one"""
    tail = hashlib.md5(f"{noun}{key}".encode()).hexdigest()
    text = f"{noun}:{FIRST + key:012x}7{tail[:3]}8{tail[3:18]}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def canonical(id):
    """the canonical id of a global one"""
    text = base64.urlsafe_b64decode(id + "=" * (-len(id) % 4)).decode()
    return int(text.split(":")[1][:12], 16) - FIRST


def variables(workload, canonical_list, database_url):
    rows = subprocess.run(["psql", "-qAtX", "-F", " ", "-c", "select code, id from bench.organizations", database_url],
                          check=True, text=True, stdout=subprocess.PIPE).stdout
    organizations = {code: own("organization", int(key)) for code, key in map(str.split, rows.splitlines())}
    noun = {"W1": "cadre", "W3": "reserve_pool", "W5": "cadre"}
    for it in canonical_list:
        if "id" in it:
            it["id"] = own(noun[workload], it["id"])
        if "orgCode" in it:
            it["organization"] = organizations[it.pop("orgCode")]
        if "level" in it:
            it["level"] = LEVELS[it["level"]]
        if "asOf" in it:
            assert it.pop("asOf") == f"{YEAR}-01-01"
        if "input" in it:
            it["input"]["pairId"] = own("mentoring_pair", it["input"]["pairId"])
    return canonical_list


def card(it):
    return {"id": canonical(it["cadreId"]), "name": it["name"]}


def pool(it):
    kind = "YOUNG" if it["kind"] == "PROMISING_YOUNG" else it["code"].split("-")[0]
    return {"id": canonical(it["id"]), "name": it["name"], "kind": kind}


def pair(it):
    return {"id": canonical(it["id"]), "status": it["state"].lower(), "mentor": card(it["mentors"][0])}


def active(pairs):
    """the one pair in which the person is mentored now; ended ones are listed too"""
    return next((it for it in pairs if it["state"] == "ACTIVE"), None)


def current(memberships):
    """those that are not over, by canonical id"""
    rows = [{"id": canonical(it["id"]), "joinedOn": it["decidedOn"], "pool": pool(it["pool"])}
            for it in memberships if it["state"] == "CONFIRMED"]
    return sorted(rows, key=lambda it: it["id"])


def cadre(it):
    out = {"id": canonical(it["id"]), "name": it["name"], "sex": SEX[it["sex"]], "birthDate": it["birthDate"],
           "level": LEVEL[it["positionLevel"]]}
    organization = it["organization"]
    out["org"] = {"id": canonical(organization["id"]), "code": organization["code"], "name": organization["name"]}
    return out


def point(tree):
    it = tree["cadre"]
    (studies,) = it["educations"]
    out = cadre(it) | {"partyJoinedOn": it["partyJoinedOn"], "education": EDUCATION[it["education"], studies["degree"]]}
    out["org"]["level"] = KIND[it["organization"]["kind"]]
    return {"cadre": out}


def page(tree):
    return {"cadres": [cadre(it) | {"memberships": current(it["memberships"])} for it in tree["cadres"]]}


def members(tree):
    it, rows = tree["reservePool"], []
    for one in it["memberships"]:
        person = one["cadre"]
        mentored = active(person["pairs"])
        person = {"id": canonical(person["id"]), "name": person["name"], "level": LEVEL[person["positionLevel"]],
                  "mentorPair": pair(mentored) if mentored else None}
        rows.append({"id": canonical(one["id"]), "joinedOn": one["decidedOn"], "cadre": person})
    return {"pool": pool(it) | {"members": rows}}


def counts(tree):
    cells = collections.Counter()
    for it in tree["cadreSummary"]["cells"]:
        band = next(name for most, name in BANDS if YEAR - it["birthYear"] <= most)
        cells[LEVEL[it["level"]], band, SEX[it["sex"]]] += it["count"]
    rows = [{"level": level, "ageBand": band, "sex": sex, "count": count} for (level, band, sex), count in cells.items()]
    return {"cadreSummary": sorted(rows, key=lambda row: (row["level"], row["ageBand"], row["sex"]))}


def status(tree):
    it, mentored = tree["cadre"], active(tree["cadre"]["pairs"])
    if mentored:
        due = {"nextSession": {"dueOn": mentored["nextContactDue"]}}
        mentored = pair(mentored) | {"cadence": CADENCE[mentored["contactEveryDays"]]} | due
    return {"cadre": {"id": canonical(it["id"]), "name": it["name"], "mentorPair": mentored}}


def recorded(tree):
    done = tree["pairContactRecord"]
    assert done["problems"] == [], done
    mentee = {"mentee": card(done["pair"]["mentees"][0])}
    return {"recordSession": {"pair": pair(done["pair"]) | mentee}}


def normal(workload, tree):
    return {"W1": point, "W2": page, "W3": members, "W4": counts, "W5": status, "W6": recorded}[workload](tree)
