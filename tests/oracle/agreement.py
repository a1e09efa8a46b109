"""How an experience level agreement stands at the end of a day, and what its history says of it, by the formulas alone."""

import datetime
from decimal import Decimal
from fractions import Fraction

from comparison import LOWER_IS_BETTER, SIGNIFICANT
from figures import BY_KEY, NET, SHARE, TREND_DAYS, Near, capped_values, estimate, exact_value, least_squares, rounded, slope_p, to_decimal
from view import Question, View, in_scope, window

DAY = datetime.timedelta(days=1)
WEEK = 7 * DAY
POOLED = 6 * DAY  # that a point of a trend reaches back
LATE_DAYS = 92  # within which what came or changed later is noticed, or within the window
ALERT_ANSWERS = 5


class Days(View):
    """The view, with what counts sorted by day: windows are asked for by the thousand."""

    def __init__(self, tenant, items):
        super().__init__(tenant, items)
        self.by_day = {}
        for item in items:
            self.by_day.setdefault((item.metric, item.day), []).append(item)

    def alone(self, question, key):
        days = range((question.last - question.first).days + 1)
        return [item for i in days for item in self.by_day.get((key, question.first + i * DAY), ()) if in_scope(item, question.scope)]


class Terms:
    """What one version demands, from when on."""

    def __init__(self, version, valid_from, metric, scope, target, window_days):
        self.version, self.valid_from = version, valid_from
        self.metric, self.scope, self.target, self.window_days = BY_KEY[metric], scope, Fraction(target), window_days

    def window(self, day):
        return day - (self.window_days - 1) * DAY, day


class Row:
    """A day of the history: what was said of it, and what is said of it now."""

    def __init__(self, state, rests_on):
        self.first = self.latest = state
        self.rests_on = rests_on  # what the figures rested on when it was evaluated or revised last
        self.revised = False


class Agreement:
    def __init__(self, slug, terms, min_responses, burn, starts_on, review_by, pair=None):
        self.slug, self.min_responses, self.burn = slug, min_responses, Fraction(burn)
        self.starts_on, self.review_by, self.pair = starts_on, review_by, pair and (BY_KEY[pair[0]], Fraction(pair[1]))
        self.terms = [terms]
        self.periods = {}  # first and last day, by id
        self.rows = {}

    # What a day is judged by

    def terms_of(self, day):
        return [terms for terms in self.terms if terms.valid_from <= day][-1]

    def counts(self, day):
        return not any(first <= day <= last for first, last in self.periods.values())

    def pieces(self, first, last):
        """The days that count, as windows without a gap."""
        found, day = [], first
        while day <= last:
            if self.counts(day):
                if found and found[-1][1] == day - DAY:
                    found[-1] = (found[-1][0], day)
                else:
                    found.append((day, day))
            day += DAY
        return found

    # The state

    def figure(self, view, metric, scope, first, last):
        """Values of the days that count, and whether they are withheld: only if no piece may be shown."""
        questions = [Question(scope, *piece) for piece in self.pieces(first, last)]
        questions = [question for question in questions if view.alone(question, metric.key)]
        values = [value for question in questions for value in view.values(question, metric.key)]
        return capped_values(metric, values, view.tenant), bool(questions) and all(view.privacy(question, metric.key) for question in questions)

    def state(self, view, day):
        terms = self.terms_of(day)
        first, last = terms.window(day)
        values, hidden = self.figure(view, terms.metric, terms.scope, first, last)
        found = {"day": day.isoformat(), "version": terms.version, "status": "insufficient_data", "confirmed": None, "value": None, "n": None,
                 "interval": None, "suppressed": hidden, "target": rounded(terms.target, 4), "window": window(Question({}, first, last)),
                 "counted_days": sum(self.counts(first + i * DAY) for i in range(terms.window_days)), "budget": None, "burn": None, "projection": None,
                 "paired_sla": None, "components": None, "watermelon": None, "stale": day + DAY > self.review_by}
        pair = self.set_pair(found, view, terms, first, last)
        if hidden:
            return found
        found |= shown_of(terms.metric, values, view.tenant)
        found["budget"] = budget_of(terms, values)
        found["burn"] = self.burn_of(view, terms, first, last)
        if len(values) >= self.min_responses and values:
            self.judge(found, view, terms, values, pair)
        return found

    def set_pair(self, found, view, terms, first, last):
        """Whether the pair attains its target; None without a figure."""
        if not self.pair:
            return None
        metric, target = self.pair
        values, hidden = self.figure(view, metric, terms.scope, first, last)
        found["paired_sla"] = {"metric": metric.key, "target": rounded(target, 4),
                               **({"value": None, "n": None, "interval": None} if hidden else shown_of(metric, values, view.tenant))}
        return attains(metric, exact_value(metric, values), target) if values and not hidden else None

    def judge(self, found, view, terms, values, pair):
        attained = attains(terms.metric, exact_value(terms.metric, values), terms.target)
        contains = found["interval"] is not None and found["interval"][0].exact <= to_decimal(terms.target) <= found["interval"][1].exact
        crossing = self.crossing(view, terms, datetime.date.fromisoformat(found["day"]), attained)
        found["projection"] = crossing and crossing.isoformat()
        found["status"] = "breached" if not attained else "at_risk" if contains or crossing else "met"
        found["confirmed"] = None if found["interval"] is None else not contains
        found["watermelon"] = None if pair is None else pair and not attained

    def burn_of(self, view, terms, first, last):
        parts = {name: self.figure(view, terms.metric, terms.scope, max(first, begin), last) for name, begin in (("week", last - WEEK + DAY), ("day", last))}
        used = {name: None if hidden else used_of(terms, values) for name, (values, hidden) in parts.items()}
        if all(part is None for part in used.values()):
            return None
        alert = None not in used.values() and min(used.values()) > self.burn and len(parts["day"][0]) >= ALERT_ANSWERS
        return {name: None if part is None else rounded(part, 4) for name, part in used.items()} | {"alert": alert}

    def crossing(self, view, terms, day, attained):
        """The first day on which the line of a significant trend lies beyond the target, before the window has passed again."""
        metric, target = terms.metric, to_decimal(terms.target)
        line = trend(*self.daily(view, terms, day))
        if line is None:
            return None
        slope, at_zero = line  # of days after the window's first
        worse = slope > 0 if metric.key in LOWER_IS_BETTER else slope < 0
        if slope == 0 or worse != attained:
            return None
        for after in range(terms.window_days, 2 * terms.window_days):
            if attains(metric, at_zero + slope * after, target) != attained:
                return terms.window(day)[0] + after * DAY
        return None

    def daily(self, view, terms, day):
        """Points of the line and single days, both (days after the window's first, value, weight)."""
        first, _ = terms.window(day)
        by_day = {}
        for back in range(-POOLED.days, terms.window_days):
            at = first + back * DAY
            values = view.values(Question(terms.scope, at, at), terms.metric.key) if self.counts(at) else []
            by_day[back] = capped_values(terms.metric, values, view.tenant)
        points, single = [], []
        for x in range(terms.window_days):
            pooled = [value for back in range(POOLED.days + 1) for value in by_day[x - back]]
            if pooled:
                points.append((Decimal(x), to_decimal(exact_value(terms.metric, pooled)), Decimal(1)))
            if by_day[x]:
                single.append((Decimal(x), to_decimal(exact_value(terms.metric, by_day[x])), Decimal(len(by_day[x]))))
        return points, single

    # The history

    def rests_on(self, view, day):
        """What a row's figures rest on, as far as no row before it shows it: its own day, and all of its window where there is no row of its version
        before."""
        terms = self.terms_of(day)
        first = day if self.rows.get(day - DAY) and self.terms_of(day - DAY) is terms else terms.window(day)[0] - POOLED
        keys = [terms.metric.key] + ([self.pair[0].key] if self.pair else [])
        found = []
        while first <= day:
            found.append((self.counts(first), *(sorted(view.values(Question(terms.scope, first, first), key)) for key in keys)))
            first += DAY
        return found

    def evaluate(self, view, until):
        """Days up to that one that have no row get one, and rows of which something came or changed later are revised. Returns how many days are new."""
        new = [day for day in self.days(until) if day not in self.rows]
        if not new:
            self.look_again(view, until)
            return 0
        self.revise(view, self.outdated(view, new[0]), new[0] - DAY, new[0])
        for day in new:
            self.rows[day] = Row(self.state(view, day), self.rests_on(view, day))
        return len(new)

    def days(self, until):
        return [self.starts_on + i * DAY for i in range((until - self.starts_on).days + 1)]

    def look_again(self, view, day):
        """That row is revised, and all that rest on what has changed up to it."""
        first = self.outdated(view, day)
        self.revise(view, first or day, max(self.rows) if first else day, day)

    def outdated(self, view, day):
        """The first row up to a day, as far as is looked back from there, of which something has changed."""
        first = min(day - (LATE_DAYS - 1) * DAY, self.terms_of(day).window(day)[0] - POOLED)
        return min((row for row in self.rows if first <= row <= day and self.rows[row].rests_on != self.rests_on(view, row)), default=None)

    def revise(self, view, first, last, looked):
        """Rows behind the day from which was looked back still have to be looked at themselves."""
        for day, row in self.rows.items():
            if first is not None and first <= day <= last:
                now = self.state(view, day)
                row.revised = row.revised or printed(now) != printed(row.latest)
                row.latest = now
                row.rests_on = self.rests_on(view, day) if day <= looked else row.rests_on


def attains(metric, value, target):
    """Equality attains."""
    return value <= target if metric.key in LOWER_IS_BETTER else value >= target


def shown_of(metric, values, tenant):
    figure = estimate(metric, values, tenant.currency)
    return {name: figure[name] for name in ("value", "n", "interval")}


def ends(metric):
    """What one answer counts with at best and at worst; None for what has no budget."""
    worst = {NET: -100, SHARE: 0}.get(metric.formula)
    if worst is None:
        return None
    return (worst, 100) if metric.key in LOWER_IS_BETTER else (100, worst)


def used_of(terms, values):
    if not values or ends(terms.metric) is None or terms.target == ends(terms.metric)[0]:
        return None
    best, _ = ends(terms.metric)
    return (best - exact_value(terms.metric, values)) / (best - terms.target)


def budget_of(terms, values):
    """`left` by adding answers one by one."""
    if not values or ends(terms.metric) is None:
        return None
    best, worst = ends(terms.metric)
    total, n, left = exact_value(terms.metric, values) * len(values), len(values), 0
    if attains(terms.metric, total, terms.target * n):
        endless = attains(terms.metric, worst, terms.target)
        while not endless and attains(terms.metric, total + worst * (left + 1), terms.target * (n + left + 1)):
            left += 1
    else:
        endless = terms.target == best
        while not endless and not attains(terms.metric, total - best * left, terms.target * (n - left)):
            left -= 1
    used = used_of(terms, values)
    return {"left": None if endless else left, "used": None if used is None else rounded(used, 4)}


def trend(points, single):
    """Slope and value at the window's first day of a line that is significant."""
    if len(points) < 2 or len(single) < TREND_DAYS or len({value for _, value, _ in single}) == 1:
        return None
    p = slope_p(single)
    if p is None or p >= Fraction(SIGNIFICANT):
        return None
    slope, at_zero, _ = least_squares(points)
    return slope, at_zero


def printed(state):
    """With its numbers rounded as they are printed."""
    if isinstance(state, dict):
        return {name: printed(value) for name, value in state.items()}
    if isinstance(state, list):
        return [printed(value) for value in state]
    return rounded(state.exact, state.digits) if isinstance(state, Near) else state


