# Adds up the entries of a clearing file in CSV with Python's csv module, and prints
# the sums as JSON.
import csv, io, json, sys

rows = csv.DictReader(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline=""), strict=True)
sums = {}
for row in rows:
    if row["record"] not in ("payment", "refund"):
        continue
    for name in (row["record"] + "s", "all"):
        total = sums.setdefault(row["currency"] + " " + name, {"count": 0, "gross": 0, "fee": 0, "net": 0})
        total["count"] += 1
        for part in ("gross", "fee", "net"):
            total[part] += int(row[part])
json.dump(sums, sys.stdout)
