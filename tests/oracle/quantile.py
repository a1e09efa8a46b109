"""Student's t for whole degrees of freedom, by the finite series of its distribution (Abramowitz and Stegun 26.7.3 and 26.7.4)."""

import functools
import math

TWO_SIDED = 0.95


def between(angle, freedom):
    """The chance that |t| is below sqrt(freedom)·tan(angle)."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term, terms = (cosine if odd else 1.0), []
    for i in range(freedom // 2):
        terms.append(term)
        numerator, denominator = (2 * i + 2, 2 * i + 3) if odd else (2 * i + 1, 2 * i + 2)
        term *= cosine * cosine * numerator / denominator
    series = sine * math.fsum(terms)
    return 2 / math.pi * (angle + series) if odd else series


@functools.lru_cache(maxsize=None)
def student(freedom):
    """The quantile that holds 95 % between it and its negative."""
    low, high = 0.0, math.pi / 2
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return math.sqrt(freedom) * math.tan(middle)
        if between(middle, freedom) < TWO_SIDED:
            low = middle
        else:
            high = middle


# From tables printed to ten places.
KNOWN = {1: 12.7062047362, 2: 4.3026527297, 3: 3.1824463053, 4: 2.7764451052, 5: 2.5705818356, 9: 2.2621571628, 10: 2.2281388520, 29: 2.0452296421,
         30: 2.0422724563, 100: 1.9839715185, 199: 1.9719565442, 1000: 1.9623390808}


def faults():
    """What differs from the printed tables."""
    return [f"t at {freedom}: {student(freedom)}, not {known}" for freedom, known in KNOWN.items() if abs(student(freedom) - known) > 6e-11 * known]
