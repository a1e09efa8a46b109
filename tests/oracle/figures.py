"""Figures from lists of values, by the formulas alone: counts and rounding in whole numbers and fractions, roots and exponentials in long decimals."""

import datetime
import decimal
import math
from decimal import Decimal
from fractions import Fraction

from quantile import between, student

decimal.getcontext().prec = 50
Z = Decimal("1.959964")
APPROXIMATE_BELOW = 200
TREND_DAYS = 14  # with data, for a line to be trusted
NET, SHARE, MEAN, COUNT, STOCK = "net", "share", "mean", "count", "stock"
RESPONSE, TICKET = "response", "ticket"
DURATION_BINS = [0, 15, 60, 240, 480, 1440, 4320, 10080, 20160, 43200]


class Metric:
    """A row of the catalogue. `scale`: lowest and highest value; None: not bounded above. `ones`: from which value on a share counts one."""

    def __init__(self, key, formula, unit, source, scale=None, ones=None, edges=None):
        self.key, self.formula, self.unit, self.source = key, formula, unit, source
        self.scale, self.ones = scale, ones
        self.edges = edges if edges or not scale else list(range(scale[0], scale[1] + 1))


def yes_no(key):
    return Metric(key, SHARE, "percent", TICKET, (0, 1), 1)


# In the order of the answers. Edges of None are those that the answer gives: nothing but the answer says them.
METRICS = [
    Metric("happiness", NET, "points", RESPONSE, (0, 10)),
    Metric("lost_time", MEAN, "minutes", RESPONSE, edges=[0, 1, 15, 30, 60, 120, 240, 480, 960, 2400]),
    Metric("csat", SHARE, "percent", RESPONSE, (1, 5), 4),
    Metric("ces", MEAN, "score", RESPONSE, (1, 7)),
    Metric("nps", NET, "points", RESPONSE, (0, 10)),
    Metric("expectation", MEAN, "score", RESPONSE, (-2, 2)),
    Metric("promise_kept", MEAN, "score", RESPONSE, (-2, 2)),
    Metric("brand_promise", MEAN, "score", RESPONSE, (-2, 2)),
    Metric("ticket_volume", COUNT, "tickets", TICKET),
    Metric("backlog", STOCK, "tickets", TICKET),
    yes_no("sla_met"),
    Metric("resolution_time", MEAN, "minutes", TICKET, edges=DURATION_BINS),
    Metric("response_time", MEAN, "minutes", TICKET),
    Metric("repair_time", MEAN, "minutes", TICKET),
    yes_no("reassigned"),
    yes_no("reopened"),
    yes_no("first_level_resolved"),
    yes_no("level0_solvable"),
    yes_no("miscategorised"),
    yes_no("known_problem"),
    yes_no("known_resolution"),
    Metric("business_impact", MEAN, "score", TICKET, (1, 5)),
    Metric("handle_time", MEAN, "minutes", TICKET),
    Metric("cost_per_ticket", MEAN, "currency", TICKET),
]
BY_KEY = {metric.key: metric for metric in METRICS}
RESPONSE_METRICS = [metric.key for metric in METRICS if metric.source == RESPONSE]


class Near:
    """A number that isn't computed exactly: printed, it has to be its rounding, or one beside it when it lies that close to the middle of both."""

    def __init__(self, exact, digits=2):
        self.exact, self.digits = exact, digits

    def __eq__(self, printed):
        if not isinstance(printed, (int, Decimal)):
            return False
        slack = abs(self.exact) * Decimal("1e-11") + Decimal("1e-9")
        return rounded(self.exact - slack, self.digits) <= printed <= rounded(self.exact + slack, self.digits)

    def __repr__(self):
        return f"{self.exact:.6f}"


def rounded(value, digits=2):
    """Half away from zero, of a fraction or a decimal."""
    scaled = abs(Fraction(value)) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole) / 10**digits


def to_decimal(fraction):
    fraction = Fraction(fraction)
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def bands(values):
    positive, negative = sum(v >= 9 for v in values), sum(v <= 6 for v in values)
    return {"positive": positive, "neutral": len(values) - positive - negative, "negative": negative}


def clipped(low, high, least, most):
    return [Near(max(low, Decimal(least))), Near(min(high, Decimal(most)))]


def net_interval(values):
    """Adjusted Wald: three quarters of an answer more on each side, one and a half in the middle."""
    counted, n = bands(values), Decimal(len(values) + 3)
    p, q = (counted["positive"] + Decimal("0.75")) / n, (counted["negative"] + Decimal("0.75")) / n
    half = Z * ((p + q - (p - q) ** 2) / n).sqrt()
    return clipped(100 * (p - q - half), 100 * (p - q + half), -100, 100)


def wilson_interval(ones, n):
    k, n = Decimal(ones), Decimal(n)
    middle, half = k + Z * Z / 2, Z * (k * (n - k) / n + Z * Z / 4).sqrt()
    return clipped(100 * (middle - half) / (n + Z * Z), 100 * (middle + half) / (n + Z * Z), 0, 100)


def mean_interval(values, scale):
    """Student's t, on the scale itself or on the logarithm of the mean; None without spread, or where the logarithm is of zero."""
    n, mean = len(values), Fraction(sum(values), len(values))
    deviations = sum((v - mean) ** 2 for v in values)
    if n < 2 or deviations == 0 or (not scale and mean == 0):
        return None
    half = Decimal(student(n - 1)) * (to_decimal(deviations) / (n - 1) / n).sqrt()
    mean = to_decimal(mean)
    if scale:
        return clipped(mean - half, mean + half, *scale)
    return [Near(mean * (-half / mean).exp()), Near(mean * (half / mean).exp())]


def exact_value(metric, values):
    """Not rounded; None when there is nothing to count."""
    n = len(values)
    if n == 0:
        return None
    if metric.formula == NET:
        counted = bands(values)
        return Fraction(100 * (counted["positive"] - counted["negative"]), n)
    if metric.formula == SHARE:
        return Fraction(100 * sum(v >= metric.ones for v in values), n)
    if metric.formula == MEAN:
        return Fraction(sum(values), n)
    return Fraction(sum(values) if metric.formula == STOCK else n)


def shown(value):
    return None if value is None else rounded(value)


def estimate(metric, values, currency):
    """Value, n, interval, unit, formula as they are printed. A stock's values are +1 and -1, all from the beginning."""
    value = exact_value(metric, values)
    n = int(value or 0) if metric.formula == STOCK else len(values)
    interval = None
    if values and metric.formula == NET:
        interval = net_interval(values)
    elif values and metric.formula == SHARE:
        interval = wilson_interval(sum(v >= metric.ones for v in values), n)
    elif values and metric.formula == MEAN:
        interval = mean_interval(values, metric.scale)
    figure = {"value": shown(value), "n": n, "interval": interval, "unit": currency if metric.unit == "currency" else metric.unit,
              "formula": metric.formula}
    if interval and metric.formula == MEAN and not metric.scale and n < APPROXIMATE_BELOW:
        figure["approximate"] = True
    return figure


def figure_of(metric, values, tenant):
    """The whole figure. Lost time is capped answer by answer."""
    if metric.key != "lost_time":
        figure = estimate(metric, values, tenant.currency)
        if metric.formula == NET:
            figure["bands"] = bands(values)
        return figure
    capped = capped_values(metric, values, tenant)
    figure = estimate(metric, capped, tenant.currency)
    figure |= {"raw": shown(exact_value(metric, values)), "cap": tenant.cap, "capped": sum(v > tenant.cap for v in values), "sum": sum(capped)}
    return figure


def capped_values(metric, values, tenant):
    return [min(v, tenant.cap) for v in values] if metric.key == "lost_time" else values


def compared(metric, values, before, tenant):
    """The figure with that of the window before, and the change that a reader would subtract."""
    after, earlier = (exact_value(metric, capped_values(metric, some, tenant)) for some in (values, before))
    change = None if after is None or earlier is None else rounded(after - earlier)
    other = estimate(metric, capped_values(metric, before, tenant), tenant.currency)
    return figure_of(metric, values, tenant) | {"change": change, "compared_with": other, "comparison": Unchecked()}


# What is told of a figure beside one that is withheld.
NOTHING_SURE = {"change": None, "relative": False, "test": None, "se": None, "p": None, "interval": None, "verdict": "insufficient_data", "n_min": None,
                "needed_per_group": None, "needed_after": None, "baseline_too_small": False, "approximate": False}


class Unchecked:
    """What is there, but isn't recomputed."""


def histogram(metric, values, tenant, given):
    """By the metric's own edges, or by those of the answer, which have to go on without a gap. Lost time is capped here, too."""
    values = capped_values(metric, values, tenant)
    edges = metric.edges or [to_fraction(one["from"]) for one in given["bins"]]
    bins = []
    for i, edge in enumerate(edges):
        upper = edges[i + 1] if i + 1 < len(edges) else None
        count = sum(v >= edge and (upper is None or v < upper) for v in values)
        bins.append({"from": printed(edge), "to": printed(edge if metric.scale else upper), "count": count})
    return {"n": len(values), "unit": tenant.currency if metric.unit == "currency" else metric.unit, "bins": bins}


def line(metric, by_day, first, last, tenant):
    """The trend line through the days of the window, each pooled with the six before it; how sure it is, by the single days and their weight."""
    window = [first + datetime.timedelta(days=i) for i in range((last - first).days + 1)]
    pooled = []
    for x, day in enumerate(window):
        values = [value for back in range(7) for value in by_day.get(day - datetime.timedelta(days=back), ())]
        if values:
            pooled.append((Fraction(x), exact_value(metric, capped_values(metric, values, tenant)), Fraction(1)))
    if len(pooled) < 2:
        return None
    slope, at_zero, _ = least_squares(pooled)
    days = [(Fraction(x), exact_value(metric, capped_values(metric, by_day[day], tenant)), Fraction(len(by_day[day])))
            for x, day in enumerate(window) if by_day.get(day)]
    p = slope_p(days)
    begin, end = (at_zero + slope * pooled[i][0] for i in (0, -1))
    return {"from": window[int(pooled[0][0])].isoformat(), "to": window[int(pooled[-1][0])].isoformat(), **line_values(begin, end),
            "p": None if p is None else Near(to_decimal(p), 4),
            "significant": p is not None and p < Fraction(5, 100) and len(days) >= TREND_DAYS, "data_days": len(days)}


def line_values(begin, end):
    return {name: Near(to_decimal(value)) for name, value in (("begin", begin), ("end", end), ("change", end - begin))}


def least_squares(points):
    """Slope, value at 0, and the sum of squares of x around its mean, of points (x, y, weight)."""
    weight = sum(w for _, _, w in points)
    x_mean, y_mean = sum(w * x for x, _, w in points) / weight, sum(w * y for _, y, w in points) / weight
    spread = sum(w * (x - x_mean) ** 2 for x, _, w in points)
    slope = sum(w * (x - x_mean) * (y - y_mean) for x, y, w in points) / spread
    return slope, y_mean - slope * x_mean, spread


def slope_p(points):
    """Two-sided; None below three points, and where nothing is left to be sure of."""
    if len(points) < 3:
        return None
    slope, at_zero, spread = least_squares(points)
    rest = sum(w * (y - at_zero - slope * x) ** 2 for x, y, w in points)
    if rest == 0:
        return None if slope == 0 else Fraction(0)
    t_squared = to_decimal(slope**2 * spread * (len(points) - 2) / rest)
    return Fraction(1 - between(math.atan(float((t_squared / (len(points) - 2)).sqrt())), len(points) - 2))


def to_fraction(number):
    return Fraction(number)


def printed(edge):
    return None if edge is None else rounded(edge)
