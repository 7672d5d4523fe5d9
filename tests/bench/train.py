"""Asks a server what is asked most, so that it counts which way its code goes: `train.py BINARY`, for `trained`.

The server has the demo's county in a PostgreSQL of its own, and a Redis of its own; all of it ends with the program.
"""
import concurrent.futures, contextlib, datetime, glob, http.client, json, os, pathlib, shutil, socket, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
BINARY = str(pathlib.Path(sys.argv[1]).resolve())
# How often each document is asked, by how many at once.
TIMES, CALLERS = 300, 8
# Nobody is held up by limits: how fast is no matter here.
WIDE = ["--people-requests", "1000000000", "--people-points", "1000000000000", "--people-operations", "1000",
        "--address-requests", "0", "--log", "warn", "--workers", "2"]
FIND = """{ cadres(first: 40) { edges { node { id organization { id } memberships { pool { id } } pairs { id state } } } }
            county: organization(code: "990101") { id } }"""


def program(name):
    """a program of PostgreSQL, which need not stand in the path"""
    found = shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)
    return found or sys.exit(f"{name} is not installed: install PostgreSQL")


def as_owner(command):
    """PostgreSQL refuses to run as root"""
    return ["runuser", "-u", "postgres", "--", *command] if os.getuid() == 0 else command


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def until(ready, what):
    for _ in range(600):
        if ready():
            return
        time.sleep(0.1)
    sys.exit(f"{what} did not get ready")


@contextlib.contextmanager
def running(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


@contextlib.contextmanager
def database(folder):
    data = str(folder / "data")
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    subprocess.run(as_owner([program("initdb"), "-A", "trust", "-U", "tidui", "-D", data]), check=True, stdout=subprocess.DEVNULL)
    port = str(free_port())
    server = as_owner([program("postgres"), "-D", data, "-p", port, "-k", str(folder), "-c", "listen_addresses=127.0.0.1",
                       "-c", "fsync=off", "-c", "log_min_messages=panic"])
    with running(server):
        until(lambda: subprocess.run([program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", port, "-U", "tidui"]).returncode == 0, "PostgreSQL")
        yield f"postgres://tidui@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def redis():
    port = str(free_port())
    with running([shutil.which("redis-server") or sys.exit("redis-server is not installed"), "--port", port, "--bind", "127.0.0.1",
                  "--save", ""]):
        yield f"redis://127.0.0.1:{port}"


def ask(connection, token, body):
    connection.request("POST", "/graphql", json.dumps(body),
                       {"Content-Type": "application/json", "Accept": "application/json", "Authorization": f"Bearer {token}"})
    answer = json.loads(connection.getresponse().read())
    assert "errors" not in answer, answer
    return answer["data"]


def bodies(found):
    """W1 to W6 as the kit asks them, about the demo's people"""
    nodes = [edge["node"] for edge in found["cadres"]["edges"]]
    pools = {one["pool"]["id"] for it in nodes for one in it["memberships"]}
    pairs = {one["id"] for it in nodes for one in it["pairs"] if one["state"] == "ACTIVE"}
    people, yesterday = [{"id": it["id"]} for it in nodes], str(datetime.date.today() - datetime.timedelta(1))
    contact = {"heldOn": yesterday, "topic": "OTHER", "agreed": "To read the plan together"}
    variables = {
        "W1": people,
        "W2": [{"organization": found["county"]["id"], "level": level, "first": 20} for level in ("SECTION_MEMBER", "TOWNSHIP_DEPUTY")],
        "W3": [{"id": it, "first": 50} for it in pools],
        "W4": [{"organization": found["county"]["id"]}],
        "W5": people,
        "W6": [{"input": contact | {"pairId": it}} for it in pairs],
    }
    for name, values in variables.items():
        assert values, f"the demo has nothing to ask {name} about"
        query = json.loads((HERE / "bodies" / f"{name}.json").read_text())["query"]
        yield name, [{"query": query, "operationName": name, "variables": it} for it in values]


def load(port, token):
    until(lambda: not subprocess.run(["curl", "-sf", "-o", os.devnull, f"http://127.0.0.1:{port}/readyz"]).returncode, "the server")
    for _, asked in bodies(ask(http.client.HTTPConnection("127.0.0.1", port), token, {"query": FIND})):
        def caller(turn):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            for at in range(turn, TIMES, CALLERS):
                ask(connection, token, asked[at % len(asked)])
        with concurrent.futures.ThreadPoolExecutor(CALLERS) as callers:
            # What one of them met ends the whole.
            list(callers.map(caller, range(CALLERS)))


with tempfile.TemporaryDirectory() as folder, database(pathlib.Path(folder)) as url, redis() as cache:
    home = str(pathlib.Path(tempfile.mkdtemp(dir=folder if os.getuid() else None)))
    port = free_port()
    demo = [BINARY, "demo", "--data", home, "--port", str(port), "--database-url", url]
    with running(demo):
        until(lambda: os.path.exists(f"{home}/people.json"), "the demo")
    keys = ["--signing-key", f"{home}/keys/signing.pem", "--field-key", f"{home}/keys/field.key"]
    for remembers in ("false", "true"):
        token = subprocess.run([BINARY, "token", "officer", "--data", home], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
        port = free_port()
        serve = [BINARY, "serve", "--listen", f"127.0.0.1:{port}", "--database-url", url, "--redis-url", cache, "--cache", remembers]
        with running([*serve, *keys, *WIDE]):
            load(port, token)
    shutil.rmtree(home, ignore_errors=True)
