"""Random data sets: tickets and responses whose times lie at midnights and clock changes, told to a daemon and to the model step by step."""

import datetime
import json
import random

from model import DERIVED, UTC, Tenant, instant_text

ZONES = ["Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Africa/Casablanca",
         "Asia/Kolkata", "America/Sao_Paulo", "Europe/London", "Pacific/Apia", "UTC", "America/Havana", "Atlantic/Azores", "Asia/Beirut"]
SOME_VALUES = ["vpn", "mail", "a,b;c:d\\e", "tromsø", "東京", "\U0001f600 emoji", "a b", "(other)", "+1", "x" * 200, "É", "e\u0301", "Vpn", "0", "null", "%2C", "a&b=c",
               "\"quoted\"", "'; drop", "ß", "\u00a0", "-", "\u202eright"]
PEOPLE = ["anna", "bo@example.org", "Çelik", "dora", "erik", "fay", "gus", "hal", "ida", "jon", "kim", "lea"]
FACTORS = ["fast", "slow", "kind", "kept-informed", "ünïcode"]
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)
DAYS_BEFORE = 20


class Draw:
    """Everything random of one data set comes from its seed."""

    def __init__(self, seed, name):
        self.random = random.Random(seed)
        draw = self.random
        self.tenant = Tenant(name, draw.choice(ZONES), draw.choice(["EUR", "NOK", "USD"]), draw.choice([2400, 2400, 60, 480, 1, 28800]),
                             draw.choice([1, 1, 1, 3, 5, 5, 10]))
        self.days = draw.choice([3, 10, 30, 60])
        self.first = self.change_day() - draw.randrange(0, self.days) * DAY
        self.last = self.first + (self.days - 1) * DAY
        self.own = None
        if draw.random() < 0.5:
            self.own = ("company", draw.choice([1, 2, 3, 2000]))
        self.used = draw.sample(["service", "category", "channel", "location", "department", "supplier", "priority", "assignment_group"],
                                draw.randrange(1, 5))
        self.values = {name: draw.sample(SOME_VALUES, draw.randrange(1, 6)) for name in self.used}
        self.people = draw.sample(PEOPLE, draw.randrange(3, len(PEOPLE)))
        self.numbers = 0

    def change_day(self):
        """A day on which clocks change there, or any."""
        year = self.random.choice([2019, 2023, 2024, 2025])
        zone, day = self.tenant.zone, datetime.date(year, 1, 1)
        changes = []
        for _ in range(330):
            noon = datetime.datetime.combine(day, datetime.time(12), zone)
            if noon.utcoffset() != (noon + DAY).utcoffset():
                changes.append(day + DAY)
            day += DAY
        return self.random.choice(changes) if changes else datetime.date(year, self.random.randrange(2, 12), self.random.randrange(1, 29))

    def instant(self, low=None, high=None):
        """An instant of the data's days, often at the edge of one, or in an hour that the clocks repeat or leave out; within bounds."""
        draw, zone = self.random, self.tenant.zone
        day = self.first + draw.randrange(-DAYS_BEFORE, self.days + 3) * DAY
        midnight = datetime.datetime.combine(day, datetime.time(0), zone).astimezone(UTC)
        where = draw.random()
        if where < 0.2:
            found = midnight + draw.choice([-1, 0, 0, 1]) * SECOND
        elif where < 0.3:
            found = midnight + draw.randrange(0, 4 * 3600) * SECOND
        else:
            found = midnight + draw.randrange(0, 24 * 3600) * SECOND
        if low is not None and found < low:
            found = low + draw.choice([0, 3599, 3600, 4 * 3600, 8 * 3600, 24 * 3600, 72 * 3600, 72 * 3600 + 1, draw.randrange(1, 500000)]) * SECOND
        if high is not None and found > high:
            found = high
        return found

    def context(self):
        found = {}
        for name in self.used:
            if self.random.random() < 0.85:
                values = self.values[name]
                found[name] = values[int(len(values) * self.random.random() ** 2)]
            elif self.random.random() < 0.3:
                found[name] = None
        if self.own and self.random.random() < 0.7:
            found[self.own[0]] = self.random.choice(["acme", "beta", "gamma", "delta"])
        if self.random.random() < 0.1:
            found["kind"] = "change"
        return found

    def maybe(self, value, chance=0.6):
        return value if self.random.random() < chance else None

    def ticket_facts(self, before=None):
        """Of a new ticket, or of one that is known with other facts. The context of what is resolved stays within values that are known."""
        draw = self.random
        facts = {"opened_at": before["opened_at"] if before and draw.random() < 0.9 else self.instant()}
        if before and facts["opened_at"] != before["opened_at"] and before.get("resolved_at"):
            facts["opened_at"] = min(facts["opened_at"], before["resolved_at"])
        opened = facts["opened_at"]
        if draw.random() < 0.8:
            facts["resolved_at"] = self.instant(opened)
        if draw.random() < 0.2:
            facts["closed_at"] = self.instant(facts.get("resolved_at", opened))
        facts["responded_at"] = self.maybe(self.instant(opened))
        facts["repaired_at"] = self.maybe(self.instant(opened))
        facts |= {name: self.maybe(draw.random() < 0.6) for name in
                  ("sla_met", "first_level_resolved", "level0_solvable", "miscategorised", "known_problem", "known_resolution")}
        facts |= {"kind": self.maybe(draw.choice(["incident", "request"])), "reassignments": self.maybe(draw.randrange(0, 7)),
                  "reopens": self.maybe(draw.randrange(0, 3), 0.2), "handle_minutes": self.maybe(draw.choice([0, 5, 17, 60, 1000000])),
                  "cost": self.maybe(draw.choice(["0", "17.50", "9.99", "10000000.00", "0.01", "25.0"])),
                  "business_impact": self.maybe(draw.randrange(1, 6)), "requester": self.maybe(draw.choice(self.people)),
                  "agents": self.maybe(["agent one", "agent two"], 0.2)}
        facts["context"] = self.context()
        return facts

    def after(self, at, facts):
        """The same facts, resolved later than before, so that resolutions follow each other."""
        if facts.get("resolved_at"):
            facts["resolved_at"] = max(facts["resolved_at"], at, facts["opened_at"])
        if facts.get("closed_at"):
            facts["closed_at"] = max(facts["closed_at"], facts.get("resolved_at") or at, at)
        return facts

    def answers(self):
        draw = self.random
        found = {"happiness": self.maybe(draw.randrange(0, 11), 0.9),
                 "lost_minutes": self.maybe(draw.choice([0, 0, 1, 14, 15, 30, 59, 60, 119, 240, 480, 481, 2400, 2401, 28800, draw.randrange(0, 600)]), 0.7),
                 "csat": self.maybe(draw.randrange(1, 6)), "ces": self.maybe(draw.randrange(1, 8)), "nps": self.maybe(draw.randrange(0, 11), 0.4)}
        found |= {name: self.maybe(draw.randrange(-2, 3), 0.4) for name in ("expectation", "promise_kept", "brand_promise")}
        found["factors"] = self.maybe(draw.sample(FACTORS, draw.randrange(0, 4)), 0.3)
        found["comment"] = self.maybe("Thank you, \u201cxlad\u201d", 0.3)
        found = {name: value for name, value in found.items() if value is not None or draw.random() < 0.2}
        if not any(found.get(name) is not None for name in found if name != "factors"):
            found["comment"] = "nothing to rate"
        return found

    def name(self, person):
        """The same person, spelled otherwise."""
        spelled = self.random.random()
        return person if spelled < 0.8 else f" {person} " if spelled < 0.9 else "".join(c.upper() if c.isascii() else c for c in person)

    def response_body(self, ref):
        body = {"ticket": ref, **self.answers()}
        if self.random.random() < 0.75:
            body["respondent"] = self.name(self.random.choice(self.people))
        submitted = self.instant()
        if self.random.random() < 0.2:
            submitted += datetime.timedelta(microseconds=self.random.choice([1, 500000, 999999]))
        return body, submitted

    def lists(self, values, most=4):
        return self.random.sample(values, self.random.randrange(1, min(most, len(values)) + 1))

    def scope(self, dimensions):
        """One value or several of each, values that never occur among them."""
        found = {}
        for name in self.random.sample(self.dimensions_in_use(), dimensions):
            known = self.known_values(name)
            found[name] = self.lists(known + ([] if name in DERIVED or self.random.random() < 0.8 else ["never"]), max(2, len(known)))
        return found

    def dimensions_in_use(self):
        return self.used + ["kind", *DERIVED] + ([self.own[0]] if self.own else [])

    def known_values(self, name):
        if name in DERIVED:
            return DERIVED[name]
        return self.values.get(name) or (["incident", "request", "change"] if name == "kind" else ["acme", "beta", "(other)"])


def wire(body, draw=None):
    """A body as it is sent: instants as texts, in any offset."""
    def text(value):
        if not isinstance(value, datetime.datetime):
            return value
        offset = draw.choice([0, 0, 60, -300, 345]) if draw else 0
        return instant_text(value, datetime.timezone(datetime.timedelta(minutes=offset)))

    return {name: text(value) for name, value in body.items()}


def line_of(body):
    return json.dumps(body, ensure_ascii=False).encode()
