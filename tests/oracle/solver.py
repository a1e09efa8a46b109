"""What follows from published sums: linear algebra over sets of cells, each a whole number with a bit for each cell."""

import random
from fractions import Fraction

PRIME = 2**61 - 1


class Span:
    """Sums that are published, and which others they determine."""

    def __init__(self, cells):
        self.cells = cells
        self.rows = []  # independent ones, as published
        self.reduced = []  # (pivot, the row modulo PRIME): 1 at its pivot, where all later rows are 0
        self.seen = set()

    def rest(self, mask):
        row = [mask >> i & 1 for i in range(self.cells)]
        for pivot, known in self.reduced:
            factor = row[pivot]
            if factor:
                row = [(a - factor * b) % PRIME for a, b in zip(row, known)]
        return row

    def publish(self, mask):
        if mask in self.seen or len(self.rows) == self.cells:
            return
        self.seen.add(mask)
        row = self.rest(mask)
        pivot = next((i for i, value in enumerate(row) if value), None)
        if pivot is None:
            return
        inverse = pow(row[pivot], PRIME - 2, PRIME)
        self.reduced.append((pivot, [value * inverse % PRIME for value in row]))
        self.rows.append(mask)

    def blind(self):
        """Values of the cells that change no published sum, drawn at random of all there are: a sum that they leave at 0 is determined (but for one
        chance in 2^61), one that they change isn't."""
        values = [0] * self.cells
        pivots = {pivot for pivot, _ in self.reduced}
        for i in range(self.cells):
            if i not in pivots:
                values[i] = random.randrange(PRIME)
        for pivot, row in reversed(self.reduced):
            values[pivot] = -sum(a * b for i, (a, b) in enumerate(zip(row, values)) if i != pivot) % PRIME
        return values

    def combination(self, mask):
        """How the sum is computed from published ones, exactly: pairs of a factor and a published sum; None when it can't be."""
        columns = [[Fraction(row >> i & 1) for row in self.rows] + [Fraction(mask >> i & 1)] for i in range(self.cells)]
        at, pivots = 0, []
        for column in range(len(self.rows)):
            found = next((i for i in range(at, self.cells) if columns[i][column]), None)
            if found is None:
                continue
            columns[at], columns[found] = columns[found], columns[at]
            lead = columns[at][column]
            columns[at] = [value / lead for value in columns[at]]
            for i, line in enumerate(columns):
                if i != at and line[column]:
                    factor = line[column]
                    columns[i] = [a - factor * b for a, b in zip(line, columns[at])]
            pivots.append(column)
            at += 1
        if any(line[-1] for line in columns[at:]):
            return None
        return [(columns[i][-1], self.rows[column]) for i, column in enumerate(pivots) if columns[i][-1]]
