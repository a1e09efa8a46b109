"""What the answers to a question have to be, from what counts."""

import datetime
import urllib.parse

import comparison
import figures
from figures import BY_KEY, COUNT, METRICS, RESPONSE, SHARE, STOCK, TICKET, Metric
from model import DERIVED, EXCLUDED

DAY = datetime.timedelta(days=1)
ANSWERED = Metric("answered", SHARE, "percent", TICKET, (0, 1), 1)
ABSENT = object()  # null in place of a number that is withheld


class Either:
    """What is withheld, or what would stand there otherwise."""

    def __init__(self, withheld, figure):
        self.withheld, self.figure = withheld, figure

    def __repr__(self):
        return f"{self.withheld} or {self.figure}"


class Partly:
    """An object of which these members are known."""

    def __init__(self, members):
        self.members = members

    def __repr__(self):
        return f"{self.members} …"


class Question:
    """A scope (values by dimension), a window of days, metrics (None: all), whether the window before is asked for, and whether excluded responses
    are to count."""

    def __init__(self, scope, first, last, metrics=None, compare=False, excluded=False):
        self.scope, self.first, self.last, self.metrics, self.compare, self.excluded = scope, first, last, metrics, compare, excluded

    def query(self, **more):
        found = {"from": self.first, "to": self.last, "scope": scope_text(self.scope) if self.scope else None,
                 "metrics": ",".join(self.metrics) if self.metrics else None, "compare": "previous" if self.compare else None,
                 "with_excluded": "true" if self.excluded else None, **more}
        return {name: value for name, value in found.items() if value is not None}

    def asked(self):
        return [metric for metric in METRICS if self.metrics is None or metric.key in self.metrics]

    def before(self):
        length = self.last - self.first + DAY
        return Question(self.scope, self.first - length, self.last - length, self.metrics, excluded=self.excluded)

    def within(self, name, value):
        """The same about one value of a dimension."""
        return self.about(self.scope | {name: [value]})

    def about(self, scope):
        """The same about another scope."""
        return Question(scope, self.first, self.last, self.metrics, excluded=self.excluded)

    def part(self, first, last):
        return Question(self.scope, first, last, self.metrics, excluded=self.excluded)

    def __repr__(self):
        return urllib.parse.urlencode(self.query())


def scope_text(scope):
    def escaped(value):
        return "".join("\\" + letter if letter in ",;:\\" else letter for letter in value)

    return ";".join(f"{name}:{','.join(escaped(value) for value in values)}" for name, values in scope.items())


def in_scope(item, scope):
    return all(item.context.get(name) in values for name, values in scope.items())


class View:
    """Answers about what counts now. `privacy` says of a question and a metric whether it is withheld: True, False, or None where either may be.
    `counted`: the n of what is withheld is shown, as to administrators."""

    def __init__(self, tenant, items, counted=False):
        self.tenant, self.counted = tenant, counted
        self.privacy = lambda question, metric: False
        self.pieces = None
        self.by_metric = {}
        for item in items:
            self.by_metric.setdefault(item.metric, []).append(item)

    def alone(self, question, key):
        """What counts with this key, whatever the question says of excluded responses."""
        since = datetime.date.min if key == "backlog" else question.first
        return [item for item in self.by_metric.get(key, ()) if since <= item.day <= question.last and in_scope(item, question.scope)]

    def items(self, question, key):
        if not question.excluded:
            return self.alone(question, key)
        return self.alone(question, "answered by all") if key == "answered" else self.alone(question, key) + self.alone(question, EXCLUDED + key)

    def keys(self, question):
        """Whatever shows a group, or a piece of time."""
        return [key for key in self.by_metric if question.excluded or not key.startswith(EXCLUDED)]

    def values(self, question, key):
        return [item.value for item in self.items(question, key)]

    def shown(self, verdict, figure, n, withheld=None):
        """The figure, what stands in its place, or both where there is no verdict."""
        withheld = withheld or {"suppressed": True, **({"n": n} if self.counted and n > 0 else {})}
        withheld = None if withheld is ABSENT else withheld
        return Either(withheld, figure) if verdict is None else withheld if verdict else figure

    def head(self, question):
        responses, share = self.values(question, "responses"), figures.estimate(ANSWERED, self.values(question, "answered"), self.tenant.currency)
        excluded = len(self.alone(question, EXCLUDED + "responses"))
        rate = {"value": None, "n": 0, "pending": 0, "uninvited": len(responses), "ticket_response_share": share}
        if not self.counted:
            rate["uninvited"] = self.shown(self.privacy(question, "responses"), len(responses), 0, ABSENT)
        rate["ticket_response_share"] = self.shown(self.privacy(question, "answered"), share, share["n"])
        return {"scope": {name: sorted(set(values), key=str.encode) for name, values in question.scope.items()}, "window": window(question),
                "time_zone": self.tenant.zone_name, "response_rate": rate,
                "exclusions": excluded if self.counted else self.shown(self.privacy(question, EXCLUDED + "responses"), excluded, 0, ABSENT),
                "with_excluded": question.excluded}

    def figure(self, question, metric, verdict, compare=False):
        values = self.values(question, metric.key)
        if not compare:
            return self.shown(verdict, figures.figure_of(metric, values, self.tenant), len(values))
        before = self.values(question.before(), metric.key)
        figure = figures.compared(metric, values, before, self.tenant)
        if values and before:
            figure["comparison"] = Partly(comparison.expected(metric, *(figures.capped_values(metric, some, self.tenant) for some in (before, values))))
        hidden = figure | {"change": None, "compared_with": self.shown(True, None, len(before)), "comparison": figures.NOTHING_SURE}
        figure = self.shown(self.privacy(question.before(), metric.key), figure, 0, hidden)
        return self.shown(verdict, figure, len(values))

    def metrics(self, question, compare=False):
        return {metric.key: self.figure(question, metric, self.privacy(question, metric.key), compare) for metric in question.asked()}

    def experience(self, question):
        answer = self.head(question) | {"metrics": self.metrics(question, question.compare)}
        if question.compare:
            answer["compared_with"] = compared_with(question)
        return answer

    def distribution(self, question, given):
        answer = self.head(question) | {"metrics": self.histograms(question, given["metrics"])}
        if question.compare:
            before = self.histograms(question.before(), given.get("compared_with", {}).get("metrics", {}))
            answer["compared_with"] = compared_with(question) | {"metrics": before}
        return answer

    def histograms(self, question, given):
        found = {}
        for metric in question.asked():
            if metric.formula not in (COUNT, STOCK):
                values, bins = self.values(question, metric.key), given.get(metric.key)
                found[metric.key] = self.shown(self.privacy(question, metric.key), figures.histogram(metric, values, self.tenant, bins), len(values))
        return found

    def rows(self, question, by):
        keys = {item.context.get(by) for key in self.keys(question) for item in self.alone(question, key)}
        found = []
        for key in sorted(keys, key=lambda key: order(by, key)):
            found.append({"key": key, "metrics": self.metrics(question.within(by, key))})
        return {"rows": found, "total": {"metrics": self.metrics(question)}}

    def breakdown(self, question, by):
        answer = self.head(question) | {"by": by} | self.rows(question, by)
        if question.compare:
            answer["compared_with"] = compared_with(question) | self.rows(question.before(), by)
        return answer

    def points(self, question, interval):
        parts, first = [], question.first
        while first <= question.last:
            last = min(piece_end(first, interval), question.last)
            parts.append(question.part(first, last))
            first = last + DAY
        parts = [part for part in parts if any(item.day >= part.first for key in self.keys(part) for item in self.alone(part, key))]
        found = [window(part) | {"metrics": {}} for part in parts]
        for metric in question.asked():
            present = [i for i, part in enumerate(parts) if self.items(part, metric.key)]
            verdicts = [False] * len(present)
            if self.pieces is not None:
                verdicts = self.pieces([parts[i] for i in present], question, metric.key)
            for i, verdict in zip(present, verdicts):
                found[i]["metrics"][metric.key] = self.figure(parts[i], metric, verdict)
        return [point for point in found if point["metrics"]]

    def lines(self, question):
        """By metric that has anything in the window. Few days of answers give no line, whoever they are of."""
        found = {}
        for metric in question.asked():
            if metric.formula in (COUNT, STOCK) or not self.items(question, metric.key):
                continue
            by_day = {}
            for item in self.items(question.part(question.first - 6 * DAY, question.last), metric.key):
                by_day.setdefault(item.day, []).append(item.value)
            line = figures.line(metric, by_day, question.first, question.last, self.tenant)
            verdict = self.privacy(question, metric.key)
            if line is not None:
                few = metric.source == RESPONSE and line["data_days"] < figures.TREND_DAYS
                line = self.shown(True if few else verdict, line, 0, {"suppressed": True})
            found[metric.key] = line
        return found

    def trend(self, question, interval):
        answer = self.head(question) | {"interval": interval, "points": self.points(question, interval), "trend": self.lines(question)}
        if question.compare:
            answer["compared_with"] = compared_with(question) | {"points": self.points(question.before(), interval)}
        return answer


def compared_with(question):
    return {"kind": "previous", "window": window(question.before())}


def window(question):
    return {"from": question.first.isoformat(), "to": question.last.isoformat()}


def order(by, key):
    """Values of derived dimensions stand in their own order, others in that of their bytes; the missing one comes last."""
    if key is None:
        return (1, 0, b"")
    return (0, DERIVED[by].index(key), b"") if by in DERIVED else (0, 0, key.encode())


def piece_end(first, interval):
    if interval == "day":
        return first
    if interval == "week":
        return first + (6 - first.weekday()) * DAY
    return (first.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def differences(wanted, found, path=""):
    """Where an answer isn't what it has to be."""
    if isinstance(wanted, Partly) and isinstance(found, dict):
        return differences(wanted.members, {name: found[name] for name in wanted.members if name in found}, path)
    if isinstance(wanted, figures.Unchecked):
        return [] if isinstance(found, dict) or found is None else [f"{path}: {found!r}"]
    if isinstance(wanted, Either):
        return differences(wanted.figure, found, path) and differences(wanted.withheld, found, path) and [f"{path}: {found!r} instead of {wanted!r}"]
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [line for name in [*wanted, *(more for more in found if more not in wanted)]
                for line in (differences(wanted[name], found[name], f"{path}.{name}") if name in wanted and name in found
                             else [f"{path}.{name}: {'missing' if name in wanted else f'there, as {found[name]}'}"])]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return [line for i, (one, other) in enumerate(zip(wanted, found)) for line in differences(one, other, f"{path}.{i}")]
    same = wanted == found and isinstance(wanted, bool) == isinstance(found, bool)
    return [] if same else [f"{path}: {found!r} instead of {wanted!r}"]


assert set(BY_KEY) == {metric.key for metric in METRICS}
