"""Which figures have to be withheld, by the rules of privacy.h: for no scope, for one dimension, and for lists of its values."""

from figures import RESPONSE_METRICS
from model import EXCLUDED

RESPONDENTS_KEPT = 10
JUDGED = [*RESPONSE_METRICS, "responses"]


def people(items):
    """Everybody unknown counts as one."""
    return len({item.who for item in items})


class Privacy:
    """Of one moment. A verdict is True (withheld), False, or None where it isn't computed here: of two dimensions and more."""

    def __init__(self, view, least):
        self.view, self.least = view, least
        self.known = {}

    def small(self, items):
        return 0 < people(items) < self.least

    def groups(self, whole, metric, name):
        """The values of a dimension that are withheld by themselves, in the window of the question that has no scope."""
        at = (whole.first, whole.last, metric, name)
        if at not in self.known:
            groups = {}
            for item in self.view.alone(whole, metric):
                groups.setdefault(item.context.get(name), []).append(item)
            ranked = sorted(groups, key=lambda key: (min(people(groups[key]), RESPONDENTS_KEPT), len(groups[key]), (key or "").encode()))
            hidden, held = [], []
            for key in ranked:
                enough = len(hidden) >= 2 and people(held) >= self.least and len(held) > len(hidden)
                if not self.small(groups[key]) and (enough or not hidden):
                    break
                hidden.append(key)
                held += groups[key]
            self.known[at] = set(hidden)
        return self.known[at]

    def __call__(self, question, metric):
        """Sums with and without the excluded responses differ by what these answered, which is judged like everything else."""
        if metric == "answered":  # withheld with the responses, or for those of them that it stands for
            return self(question, "responses") or (None if self.least > 1 else False)
        if metric.removeprefix(EXCLUDED) not in JUDGED:
            return False
        verdicts = [self.judge(question, metric)]
        if question.excluded and metric in JUDGED:
            verdicts.append(self.judge(question, EXCLUDED + metric))
        return True if True in verdicts else None if None in verdicts else False

    def judge(self, question, metric):
        whole = question.about({})
        if self.small(self.view.alone(whole, metric)):
            return True if self.view.alone(question, metric) or not question.scope else None
        if len(question.scope) != 1:
            return None if question.scope else False
        (name, values), = question.scope.items()
        hidden = self.groups(whole, metric, name)
        return bool(hidden & set(values)) and not hidden <= set(values)

    def pieces(self, questions, window, metric):
        """Of pieces of one answer: each by itself, and others with them until nothing follows from the whole."""
        alone = [self(question, metric) for question in questions]
        whole = self(window, metric)
        if whole:
            return [True] * len(alone)
        if whole is None or any(verdict is not False for verdict in alone):
            return [verdict or None for verdict in alone]
        return alone
