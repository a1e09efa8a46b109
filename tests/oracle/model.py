"""What a tenant's tickets and responses count with: the life of both as domain.md and openapi.yaml tell it, kept in plain objects."""

import datetime
import zoneinfo
from fractions import Fraction

from figures import BY_KEY, METRICS, RESPONSE

UTC = datetime.timezone.utc
OTHER = "(other)"
PRESET = ["service", "category", "channel", "assignment_group", "location", "department", "supplier", "priority", "kind"]
DERIVED = {
    "sla": ["met", "missed"],
    "reassignments": ["0", "1", "2", "3", "4+"],
    "reopened": ["yes", "no"],
    "resolution_time": ["under 1 h", "1 to 4 h", "4 to 8 h", "8 to 24 h", "1 to 3 d", "over 3 d"],
}
HOURS_BELOW = [1, 4, 8, 24]
FLAGS = ["first_level_resolved", "level0_solvable", "miscategorised", "known_problem", "known_resolution"]
ANSWERS = {"happiness": "happiness", "lost_minutes": "lost_time", "csat": "csat", "ces": "ces", "nps": "nps", "expectation": "expectation",
           "promise_kept": "promise_kept", "brand_promise": "brand_promise"}
DAY = datetime.timedelta(days=1)
EXCLUDED = "excluded "  # before a metric's key: what excluded responses count with


def instant_text(instant, zone=UTC):
    return None if instant is None else instant.astimezone(zone).isoformat().replace("+00:00", "Z")


class Item:
    """One thing that is counted: a value of a metric, on a day, in a context (derived dimensions included), by somebody."""

    __slots__ = ("metric", "value", "day", "context", "who")

    def __init__(self, metric, value, day, context, who=None):
        self.metric, self.value, self.day, self.context, self.who = metric, value, day, context, who


class Ticket:
    def __init__(self, ref):
        self.ref = ref
        self.facts = None  # as last sent; None while only a response told of it
        self.context = {}  # that counts while it is open
        self.resolutions = []  # {"at", "context", "derived"}: number 1 stands first
        self.responses = []

    def resolved(self):
        return self.facts is not None and (self.facts.get("resolved_at") or self.facts.get("closed_at")) is not None

    def reopens(self):
        if self.facts is None:
            return None
        sent = self.facts.get("reopens")
        return sent if sent is not None else max(0, len(self.resolutions) - self.resolved())

    def derived(self):
        facts = self.facts or {}
        reassignments, reopens, sla = facts.get("reassignments"), self.reopens(), facts.get("sla_met")
        found = {"sla": None if sla is None else "met" if sla else "missed",
                 "reassignments": None if reassignments is None else "4+" if reassignments >= 4 else str(reassignments),
                 "reopened": None if reopens is None else "yes" if reopens else "no",
                 "resolution_time": None}
        if facts.get("resolved_at"):
            took = facts["resolved_at"] - facts["opened_at"]
            names = DERIVED["resolution_time"]
            below = [name for name, hours in zip(names, HOURS_BELOW) if took < datetime.timedelta(hours=hours)]
            found["resolution_time"] = below[0] if below else names[4] if took <= 3 * DAY else names[5]
        return found

    def counts_in(self, number):
        """The context of a resolution; 0: of the ticket as it stands."""
        if number:
            return self.resolutions[number - 1]["context"] | self.resolutions[number - 1]["derived"]
        return self.context | self.derived()


class Response:
    def __init__(self, identity, body, ticket, number, who, submitted):
        self.id, self.body, self.ticket, self.number, self.who, self.submitted = identity, dict(body), ticket, number, who, submitted
        self.first = dict(body)
        self.reason = None  # why it is excluded

    def answers(self):
        return {ANSWERS[name]: value for name, value in self.body.items() if name in ANSWERS and value is not None}


class Tenant:
    def __init__(self, slug, zone, currency="EUR", cap=2400, min_group=5):
        self.slug, self.zone_name, self.zone = slug, zone, zoneinfo.ZoneInfo(zone)
        self.currency, self.cap, self.min_group = currency, cap, min_group
        self.room = {name: 2000 for name in PRESET}  # how many values a dimension keeps
        self.kept = {name: [] for name in PRESET}
        self.tickets = {}

    def add_dimension(self, name, room):
        self.room[name], self.kept[name] = room, []

    def dimensions(self):
        return list(self.room) + list(DERIVED)

    def day(self, instant):
        return instant.astimezone(self.zone).date()

    def file(self, kind, sent):
        """The context that counts: a full dimension keeps no new values."""
        filed = {"kind": kind or "incident"} | {name: value for name, value in (sent or {}).items() if value is not None}
        for name, value in filed.items():
            kept = self.kept[name]
            if value not in kept and len(kept) < self.room[name]:
                kept.append(value)
            filed[name] = value if value in kept else OTHER
        return filed

    def put(self, ref, facts):
        """Whether the ticket is new."""
        known = ref in self.tickets
        ticket = self.tickets.setdefault(ref, Ticket(ref))
        was_resolved = ticket.resolved()
        ticket.facts = facts
        at = facts.get("resolved_at") or facts.get("closed_at")
        if at is None:
            ticket.context = self.file(facts.get("kind"), facts.get("context"))
            return not known
        if not was_resolved:
            ticket.context = self.file(facts.get("kind"), facts.get("context"))
            ticket.resolutions.append({"context": ticket.context})
        ticket.resolutions[-1] |= {"at": at, "derived": ticket.derived()}
        if len(ticket.resolutions) == 1:
            for response in ticket.responses:
                response.number = response.number or 1
        return not known

    @staticmethod
    def number_at(ticket, submitted):
        """The latest resolution not after the response; what is older than the first belongs to that."""
        numbers = [i for i, resolution in enumerate(ticket.resolutions, 1) if resolution["at"] <= submitted]
        return numbers[-1] if numbers else min(1, len(ticket.resolutions))

    def find(self, body, submitted):
        """The ticket, the resolution's number, the respondent, and the response that stands there already. A ticket that must be made is None."""
        ticket = self.tickets.get(body["ticket"])
        facts = (ticket and ticket.facts) or {}
        who = body.get("respondent") or facts.get("requester")
        who = who.strip(" ").lower() if who else None
        if ticket is None:
            return None, 0, who, None
        number = self.number_at(ticket, submitted)
        there = [one for one in ticket.responses if one.number == number and one.who == who]
        return ticket, number, who, there[0] if there else None

    def respond(self, identity, body, submitted):
        ticket, number, who, _ = self.find(body, submitted)
        if ticket is None:
            ticket = self.tickets.setdefault(body["ticket"], Ticket(body["ticket"]))
        response = Response(identity, body, ticket, number, who, submitted)
        ticket.responses.append(response)
        return response

    @staticmethod
    def withdraw(response):
        response.ticket.responses.remove(response)

    def responses(self):
        return [response for ticket in self.tickets.values() for response in ticket.responses]

    def items(self):
        """All that counts now. Beside the metrics of the catalogue: `responses` (one each) and `answered` (0 or 1 of each resolved ticket), which is
        of all responses, too, as `answered by all`."""
        found = []
        for ticket in self.tickets.values():
            if ticket.facts is not None:
                self.ticket_items(ticket, found)
            for response in ticket.responses:
                self.response_items(response, found)
        return found

    def ticket_items(self, ticket, found):
        facts, number = ticket.facts, len(ticket.resolutions) if ticket.resolved() else 0
        context, opened = ticket.counts_in(number), self.day(facts["opened_at"])
        found.append(Item("ticket_volume", 1, opened, context))
        found.append(Item("backlog", 1, opened, context))
        if not number:
            return
        day = self.day(ticket.resolutions[-1]["at"])
        values = {name: facts.get(name) for name in ["sla_met", "business_impact", *FLAGS]}
        for name, end in (("resolution_time", "resolved_at"), ("response_time", "responded_at"), ("repair_time", "repaired_at")):
            if facts.get(end):
                values[name] = Fraction((facts[end] - facts["opened_at"]) // datetime.timedelta(seconds=1), 60)
        if facts.get("reassignments") is not None:
            values["reassigned"] = facts["reassignments"] > 0
        values["reopened"] = ticket.reopens() > 0
        values["handle_time"] = facts.get("handle_minutes")
        values["cost_per_ticket"] = None if facts.get("cost") is None else Fraction(facts["cost"])
        values["backlog"] = -1
        here = [response for response in ticket.responses if response.number == number]
        values |= {"answered": any(response.reason is None for response in here), "answered by all": bool(here)}
        found.extend(Item(name, value if isinstance(value, Fraction) else int(value), day, context) for name, value in values.items() if value is not None)

    def response_items(self, response, found):
        context, day = response.ticket.counts_in(response.number), self.day(response.submitted)
        mark = EXCLUDED if response.reason else ""
        found.append(Item(mark + "responses", 1, day, context, response.who))
        found.extend(Item(mark + metric, value, day, context, response.who) for metric, value in response.answers().items())


assert all(BY_KEY[metric].source == RESPONSE for metric in ANSWERS.values()) and len(METRICS) == 24
