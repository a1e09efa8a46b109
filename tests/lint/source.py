"""What the checks of this folder have in common: the project's C files, their text without comments, their functions."""

import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

Function = collections.namedtuple("Function", "name line lines depth")


def files(*folders, suffixes=(".c", ".h")):
    """The files below the folders, as paths relative to the root, in order."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes and path.is_file())
    return sorted(path.relative_to(ROOT) for path in found if "node_modules" not in path.parts)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


TOKEN = re.compile(r"//(?:[^\n\\]|\\.)*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.S)


def bare(text):
    """The text with comments and the insides of literals blanked; lines keep their numbers."""

    def blank(match):
        token = match.group()
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        return token[0] + " " * (len(token) - 2) + token[-1]

    return TOKEN.sub(blank, text)


def functions(text):
    """The functions defined in a C file. `depth` is the deepest nesting of blocks within the body, whose own is 0."""
    text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.)*", lambda m: re.sub(r"[^\n]", " ", m.group()), bare(text), flags=re.M | re.S)
    found, depth, deepest, start, head = [], 0, 0, 0, None
    for match in re.finditer(r"[{};]", text):
        at, mark = match.start(), match.group()
        if mark == "{":
            if depth == 0:
                before = text[start:at]
                name = re.search(r"(\w+)\s*\(", before)
                head = (name, start + len(before) - len(before.lstrip())) if name and "=" not in before and before.rstrip().endswith(")") else None
                deepest = 1
            depth += 1
            deepest = max(deepest, depth)
        elif mark == "}":
            depth = max(0, depth - 1)
            if depth == 0 and head:
                name, first = head
                line = text.count("\n", 0, first) + 1
                word = re.match(r"\w+\s*\(\s*(\w+)", name.group() + text[start + name.end() :]) if name.group(1) == "START_TEST" else name
                found.append(Function(word.group(1), line, text.count("\n", first, at) + 1, deepest - 1))
                head = None
        if depth == 0 and mark in "};":
            start = at + 1
    return found


def finish(problems):
    """Prints the problems and ends the check."""
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
