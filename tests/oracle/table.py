"""What a reader takes from a table (CSV) of /v1/experience and what is below it: the members of the JSON that the attack looks at. A cell that says
something counts, whatever the table says about its being withheld."""

import csv
import io


def figure(record):
    found = {"n": record["n"]} if record["n"] or record["value"] else {"suppressed": True}
    if record.get("change") or record.get("compared.n") or record.get("compared.value"):
        found["change"] = record["change"] or None
        found["compared_with"] = {"n": record["compared.n"]} if record["compared.n"] or record["compared.value"] else {"suppressed": True}
    return found


def histogram(record):
    return {"n": record["n"]} if record["n"] or record["count"] else {"suppressed": True}


def head(records):
    rate, share = ([record for record in records if record["part"] == part] for part in ("response_rate", "ticket_response_share"))
    return {"response_rate": {"uninvited": rate[0]["uninvited"] or None, "ticket_response_share": figure(share[0])},
            "exclusions": int(rate[0]["exclusions"]) if rate[0]["exclusions"] else None, "with_excluded": rate[0]["with_excluded"] == "true"}


def grouped(records, names):
    """Of records, in their order: those that have the same cells in these columns together, each with its figures by metric."""
    found = {}
    for record in records:
        found.setdefault(tuple(record[name] for name in names), {})[record["metric"]] = figure(record)
    return found


def rows(records, row, total):
    found = grouped((record for record in records if record["part"] == row), ["key"])
    totals = grouped((record for record in records if record["part"] == total), ["key"])
    return {"rows": [{"key": key or None, "metrics": metrics} for (key,), metrics in found.items()],
            "total": {"metrics": totals.get(("",), {})}}


def answer_of(path, text):
    """The answer to a question below /v1/experience."""
    records = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    answer = head(records)
    if path == "":
        answer["metrics"] = {record["metric"]: figure(record) for record in records if record["part"] == "metric"}
    elif path == "/distribution":
        answer["metrics"] = {record["metric"]: histogram(record) for record in records if record["part"] == "bin"}
    elif path == "/breakdown":
        answer |= rows(records, "row", "total") | {"compared_with": rows(records, "compared", "compared_total")}
    else:
        points = grouped((record for record in records if record["part"] == "point"), ["from", "to"])
        answer["points"] = [{"from": first, "to": last, "metrics": metrics} for (first, last), metrics in points.items()]
    return answer
