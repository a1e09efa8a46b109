"""A small data set to attack: contexts of few values, people who answer often, and some of whom nobody knows who they are."""

import datetime
import itertools
import json
import random

from model import UTC, Tenant, instant_text

VALUES = ["a", "b", "c,d", "e"]
DIMENSIONS = ["service", "location", "department"]
ONE_DAY = datetime.timedelta(days=1)


class World:
    """A small data set: people answer mostly from where they belong, some often, and of some nobody knows who they are."""

    def __init__(self, seed, number):
        self.random = random.Random(f"{seed}/{number}")
        draw = self.random
        self.tenant = Tenant(f"attack-{number}", "Europe/Oslo", min_group=draw.choice([3, 5, 5, 5, 10]))
        self.names = DIMENSIONS[: draw.choice([2, 2, 3])]
        self.values = {name: VALUES[: draw.randrange(2, 5 if len(self.names) == 2 else 4)] for name in self.names}
        self.length = draw.choice([1, 5, 14])
        self.last = datetime.date(2025, 5, 31) - draw.randrange(0, 60) * ONE_DAY
        self.first = self.last - (self.length - 1) * ONE_DAY
        self.lines = self.draw_lines()
        share = draw.choice([0, 0, 0.2, 0.5])
        for ticket, response in self.lines:
            self.tenant.put(ticket["ref"], {**ticket, **{name: instant(ticket[name]) for name in ("opened_at", "resolved_at")}})
            told = self.tenant.respond(None, response, instant(response["submitted_at"]))
            told.reason = "a test" if draw.random() < share else None
        self.items = self.tenant.items()
        self.excluded = any(response.reason for response in self.tenant.responses())

    def value(self, name):
        values = self.values[name] + [None]
        return values[int(len(values) * self.random.random() * self.random.random())]

    def draw_lines(self):
        draw = self.random
        people = draw.randrange(3, 30)
        homes = [{name: self.value(name) for name in self.names} for _ in range(people)]
        usual, found = draw.random(), []
        for number in range(draw.randrange(6, 41)):
            person = draw.randrange(people)
            if draw.random() < 0.25:
                person = draw.randrange(person + 1)
            context = {name: homes[person][name] if draw.random() < usual else self.value(name) for name in self.names}
            # some of it in the window before
            day = self.first + draw.randrange(-self.length if draw.random() < 0.3 else 0, self.length) * ONE_DAY
            at = datetime.datetime.combine(day, datetime.time(8), UTC)
            ref = f"T{number}"
            ticket = {"ref": ref, "opened_at": instant_text(at), "resolved_at": instant_text(at), "context": context}
            response = {"ticket": ref, "submitted_at": instant_text(at + datetime.timedelta(hours=draw.choice([1, 1, 1, 30, 24 * self.length]))), "comment": "-"}
            if draw.random() < 0.95:
                response["respondent"] = f"person {person}"
            response |= {name: value for name, value in {"happiness": draw.randrange(0, 11), "lost_minutes": draw.randrange(0, 500),
                                                         "csat": draw.randrange(1, 6), "ces": draw.randrange(1, 8)}.items() if draw.random() < 0.8}
            found.append((ticket, response))
        return found

    def tell(self, keys):
        for what, lines in (("tickets", [ticket for ticket, _ in self.lines]), ("responses", [response for _, response in self.lines])):
            body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
            status, _, answers = keys["portal"].call("POST", f"/v1/{what}/import", body, "application/x-ndjson")
            if status != 200 or any(answer["status"] != 201 for answer in answers):
                raise RuntimeError(f"import of {what}: {status} {answers}")
        for answer, told in zip(answers, self.tenant.responses()):
            if told.reason:
                status, _, refused = keys["admin"].call("POST", f"/v1/responses/{answer['id']}/exclusion", {"reason": told.reason})
                if status != 201:
                    raise RuntimeError(f"exclusion: {status} {refused}")


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def subsets(values):
    return [list(some) for size in range(1, len(values) + 1) for some in itertools.combinations(values, size)]
