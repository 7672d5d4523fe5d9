"""Has the product's documents known by name: bodies that name them, and the manifest that says which text a name is."""
import glob, hashlib, json, os, sys

folder, manifest = sys.argv[1:]
documents = {}
for path in glob.glob(os.path.join(folder, "W*", "product.json")):
    with open(path) as file:
        body = json.load(file)
    if body["query"].startswith("query"):
        name = "sha256:" + hashlib.sha256(body["query"].encode()).hexdigest()
        documents[name] = body["query"]
        body["extra"] = {"query": None, "documentId": name}
        with open(path, "w") as file:
            json.dump(body, file, ensure_ascii=False, indent=1)
with open(manifest, "w") as file:
    json.dump(documents, file, ensure_ascii=False, indent=1)
