"""Whether a change is more than chance: standard error, p and interval of a comparison with another window, by the formulas alone."""

import functools
import math
from decimal import Decimal
from fractions import Fraction

from figures import MEAN, NET, SHARE, Metric, Near, Z, bands, exact_value, rounded, to_decimal

LEAST = {NET: 10, SHARE: 10, MEAN: 20}
LEAST_SKEWED = 50
LOWER_IS_BETTER = {"lost_time"}
SIGNIFICANT = 0.05


def beta_fraction(x, a, b):
    """The continued fraction of the incomplete beta function, by Lentz."""
    tiny, c, d = 1e-300, 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d or tiny)
    found = d
    for m in range(1, 10000):
        for term in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 / ((1 + term * d) or tiny)
            c = (1 + term / c) or tiny
            found *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return found


def beta_below(x, a, b):
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * beta_fraction(x, a, b) / a
    return 1 - front * beta_fraction(1 - x, b, a) / b


def beyond(t, freedom):
    """The chance that |t| is as large or larger."""
    return beta_below(freedom / (freedom + t * t), freedom / 2, 0.5)


@functools.lru_cache(maxsize=None)
def limit(freedom):
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        if beyond(middle, freedom) > SIGNIFICANT:
            low = middle
        else:
            high = middle
    return low


def spread(values):
    """Mean and sample variance, exactly."""
    if isinstance(values, Told):
        return values.moments
    mean = Fraction(sum(values), len(values))
    return mean, sum((v - mean) ** 2 for v in values) / (len(values) - 1)


def net_part(values):
    counted, n = bands(values), Decimal(len(values) + 3)
    p, q = (counted["positive"] + Decimal("0.75")) / n, (counted["negative"] + Decimal("0.75")) / n
    return p - q, (p + q - (p - q) ** 2) / n


def share_part(values, ones):
    n = Decimal(len(values) + 2)
    p = (sum(v >= ones for v in values) + 1) / n
    return p, p * (1 - p) / n


def by_counts(metric, before, after):
    """Of a net score or a share: adjusted difference and its standard error, in points; normal."""
    (d1, v1), (d2, v2) = (net_part(v) if metric.formula == NET else share_part(v, metric.ones) for v in (before, after))
    se = 100 * (v1 + v2).sqrt()
    change = 100 * (d2 - d1)
    return se, math.erfc(abs(float(change / se)) / math.sqrt(2)), (change - Z * se, change + Z * se)


def freedom_of(v1, n1, v2, n2):
    return float((v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1)))


def by_welch(before, after):
    (m1, s1), (m2, s2) = spread(before), spread(after)
    v1, v2 = s1 / len(before), s2 / len(after)
    if v1 + v2 == 0:
        return None
    se, freedom = to_decimal(v1 + v2).sqrt(), freedom_of(v1, len(before), v2, len(after))
    half = Decimal(limit(freedom)) * se
    change = to_decimal(m2 - m1)
    return se, beyond(float(change / se), freedom), (change - half, change + half)


def by_logarithm(before, after):
    """Of a mean without an upper bound; the interval is in percent."""
    (m1, s1), (m2, s2), n1, n2 = spread(before), spread(after), len(before), len(after)
    if m1 == 0 or m2 == 0:
        return None
    v1, v2 = s1 / n1 / m1**2, s2 / n2 / m2**2
    pooled = ((n1 - 1) * s1 + (n2 - 1) * s2) / (n1 + n2 - 2) * (Fraction(1, n1) + Fraction(1, n2)) / ((n1 * m1 + n2 * m2) / (n1 + n2)) ** 2
    if v1 + v2 == 0:
        return None
    se, freedom = to_decimal(max(v1 + v2, pooled)).sqrt(), freedom_of(s1 / n1, n1, s2 / n2, n2)  # Welch's, of the means themselves
    change, half = to_decimal(m2 / m1).ln(), Decimal(limit(freedom)) * se
    return se, beyond(float(change / se), freedom), tuple(100 * (end.exp() - 1) for end in (change - half, change + half))


def tested(metric, before, after):
    """Standard error, p and interval; None where there is no test, or nothing to be sure of."""
    if metric.formula in (NET, SHARE):
        return by_counts(metric, before, after)
    return by_welch(before, after) if metric.scale else by_logarithm(before, after)


def least_of(metric):
    return LEAST_SKEWED if metric.formula == MEAN and not metric.scale else LEAST.get(metric.formula)


def expected(metric, before, after):
    """Standard error, p, interval and verdict as they are printed, where there is a test; otherwise {}."""
    least = least_of(metric)
    if least is None or min(len(before), len(after)) < least:
        return {"test": None, "se": None, "p": None, "interval": None}
    found = tested(metric, before, after)
    if found is None:
        return {"p": None}
    se, p, ends = found
    answer = {"test": "two_sample", "se": Near(se), "p": Near(Decimal(p), 4), "interval": [Near(end) for end in ends], "n_min": least}
    if metric.source == "response":
        up = exact_value(metric, after) > exact_value(metric, before)
        better = up != (metric.key in LOWER_IS_BETTER)
        if abs(p - SIGNIFICANT) > 1e-9:
            answer["verdict"] = "inconclusive" if p >= SIGNIFICANT else "improved" if better else "worsened"
    return answer


class Told:
    """Values of which no more is known than how many they are, their mean, and their variance."""

    def __init__(self, count, mean, deviation):
        self.count, self.moments = count, (Fraction(mean), Fraction(deviation) ** 2)

    def __len__(self):
        return self.count


def bands_of(positive, neutral, negative):
    return [10] * positive + [7] * neutral + [0] * negative


# Vectors of the formulas: test, before, after, and standard error, p, and the ends of the interval, as they are rounded there.
KNOWN = [
    (functools.partial(by_counts, Metric("", NET, "", "")), bands_of(120, 60, 120), bands_of(150, 60, 90), (7.16, 0.0057, 5.76, 33.84)),
    (functools.partial(by_counts, Metric("", NET, "", "")), bands_of(38, 22, 40), bands_of(48, 22, 30), (12.12, 0.1091, -4.34, 43.17)),
    (functools.partial(by_counts, Metric("", SHARE, "", "", ones=1)), [1] * 120 + [0] * 80, [1] * 150 + [0] * 50, (4.61, 0.0013, 5.82, 23.88)),
    (by_logarithm, Told(200, 100, 280), Told(150, 60, 150), (0.30, 0.0941, -67.02, 9.17)),
]


def faults():
    """What differs from the vectors, and from a printed table."""
    found = []
    for test, before, after, wanted in KNOWN:
        se, p, (low, high) = test(before, after)
        if [rounded(se), rounded(Decimal(p), 4), rounded(low), rounded(high)] != [Decimal(str(value)) for value in wanted]:
            found.append(f"comparison: {se} {p} {low} {high}, not {wanted}")
    if abs(beyond(2.2281388520, 10) - 0.05) > 1e-10 or abs(limit(30.0) - 2.0422724563) > 1e-9:
        found.append("Student's t by the incomplete beta function differs from the tables")
    return found
