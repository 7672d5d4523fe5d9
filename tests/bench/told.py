"""Takes out of the comparison what the registry does not keep, for every server alike, and says so.

A session that is planned has no row here: a pair tells the day by which the next contact is due. A contact has a class of
topic and what was agreed on, no free topic and no length, and recording one answers with its pair.
"""
import json, os, sys

NOT_KEPT = {
    "W5": ["cadre.mentorPair.nextSession.id", "cadre.mentorPair.nextSession.topic"],
    "W6": ["recordSession.id", "recordSession.heldOn", "recordSession.topic", "recordSession.durationMin"],
}

for name, fields in NOT_KEPT.items():
    path = os.path.join(sys.argv[1], name, "workload.json")
    with open(path) as file:
        workload = json.load(file)
    workload["ignore"] = sorted({*workload.get("ignore", []), *fields})
    with open(path, "w") as file:
        json.dump(workload, file, ensure_ascii=False, indent=1)
    print(f"{name}: not compared, for no server: {', '.join(fields)}", file=sys.stderr)
