"""The tables that a run ends with: figures, ratios beside the goals, and the goals in Markdown."""

import dataclasses
import time
import typing

import harness


@dataclasses.dataclass
class Ratio:
    """One row of the table of ratios. `values` has one number a round; None where it was not measured."""

    work: str
    values: list
    must: typing.Optional[float] = None
    aim: typing.Optional[float] = None
    at_most: bool = False
    unit: str = ""
    note: str = ""


def number(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def spread(values):
    values = [value for value in values if value is not None]
    if len(values) < 2:
        return ""
    return f"{number(min(values))}–{number(max(values))}"


def table(head, rows, left):
    """Columns padded to their widest cell; the first `left` of them start at the left."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join("  ".join(cell.ljust(width) if i < left else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
                     for line in lines)


def cpu_cell(figures):
    names = dict.fromkeys(name for figure in figures for name in figure.cpu)
    return " ".join(f"{name} {harness.median([figure.cpu.get(name, 0) for figure in figures]):.1f}" for name in names)


def figures_table(measured, unit="per s"):
    """measured: (work, who) → figures, one a round."""
    rows = []
    for (work, who), figures in measured.items():
        rates = [figure.rate for figure in figures]
        probes = [figure.fsync for figure in figures if figure.fsync]
        failures = sum(figure.failures for figure in figures)
        rows.append([work, who, number(harness.median(rates)), spread(rates), number(harness.median([f.p50 or None for f in figures])),
                     number(harness.median([f.p99 or None for f in figures])), number(harness.median(probes)) if probes else "", spread(probes),
                     str(failures) if failures else "", cpu_cell(figures)])
    head = ["work", "who", unit, "min–max", "p50 ms", "p99 ms", "fsync/s", "min–max", "failed", "CPU seconds"]
    # the last column reads from the left
    text = table([*head[:-1], ""], [[*row[:-1], ""] for row in rows], 2).splitlines()
    width = max(len(line) for line in text)
    return "\n".join(f"{line.ljust(width)}  {cell}".rstrip() for line, cell in zip(text, [head[-1], "-----------", *[row[-1] for row in rows]]))


def reached(value, ratio):
    def holds(goal):
        return value <= goal if ratio.at_most else value >= goal

    if ratio.must is None:
        return ""
    if value is None:
        return "not measured"
    return "aim" if holds(ratio.aim) else "yes" if holds(ratio.must) else "no"


def goal(value, ratio):
    if value is None:
        return ""
    return ("≤ " if ratio.at_most else "≥ ") + number(value) + ratio.unit


def ratios_table(ratios):
    rows = []
    for ratio in ratios:
        value = harness.median(ratio.values)
        shown = number(value) + (ratio.unit if value is not None else "")
        rows.append([ratio.work + (f" ({ratio.note})" if ratio.note else ""), shown, spread(ratio.values), goal(ratio.must, ratio),
                     goal(ratio.aim, ratio), reached(value, ratio)])
    return table(["ratio", "median", "min–max", "must", "aim", "reached"], rows, 1)


def markdown(measured, ratios, machine, extent):
    """README's table: what has a goal, and what it depends on."""
    probes = [figure.fsync for figures in measured.values() for figure in figures if figure.fsync]
    disk = f"; {number(harness.median(probes))} fdatasync/s ({spread(probes)})" if probes else ""
    rows = []
    for ratio in ratios:
        if ratio.must is None:
            continue
        value = harness.median(ratio.values)
        note = f" ({ratio.note})" if ratio.note else ""
        shown = number(value) + (ratio.unit if value is not None else "")
        result = {"yes": "must", "no": "**no**"}.get(reached(value, ratio), reached(value, ratio))
        rows.append([ratio.work + note, shown, spread(ratio.values), goal(ratio.must, ratio), goal(ratio.aim, ratio), result])
    head = ["what : against what", "median", "rounds", "must", "aim", "reached"]
    lines = [head, ["---", "---:", "---:", "---:", "---:", "---"], *rows]
    facts = f"{time.strftime('%Y-%m-%d', time.gmtime())}; {machine}{disk}; {extent}."
    return "\n".join([facts, "", *("| " + " | ".join(line) + " |" for line in lines)])
