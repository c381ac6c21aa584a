#!/usr/bin/env python3
"""Keeps the contract, its row table, the switches, the code and the tests in step.

Reads model/contract/rows.tsv and checks it against the four pages beside it, against
model/core/include/simrun/quirks.def and sim/subject/invariants.def, and against every citation under model/,
sim/, tests/ and corpus/. Prints one line a row and ends with 1 if anything disagrees. What is
checked: model/contract/README.md.
"""
import argparse
import collections
import gzip
import json
import pathlib
import re
import sys

# An id is the page's letter (none for ninep), the kind's letter and two digits.
PAGES = {"P": "pipeline", "V": "vfs", "F": "filesystems", "": "ninep"}
KINDS = {"Q": "quirk", "P": "panic", "I": "invariant"}
PREFIXES = {p + k: (page, kind) for p, page in PAGES.items() for k, kind in KINDS.items()} | {
    "QI": ("ninep", "invariant"), "I": ("ninep", "interop")}
INVARIANTS = {"pipeline": ("22", "PI"), "vfs": ("27", "VI"), "filesystems": ("14", "FI"),
              "ninep": ("15.3", "QI")}  # the section that numbers them
CLASSES = {"quirk": {"switch", "observed", "never"}, "panic": {"switch", "observed", "never"},
           "invariant": {"invariant"}, "interop": {"interop"}}
ID = r"(?<![A-Za-z0-9_])(?:%s)-\d{2}[a-z]?(?![A-Za-z0-9])" % "|".join(PREFIXES)
IDENT = r"(?<![A-Za-z0-9_])(?:%s)_\d{2}[a-z]?(?![A-Za-z0-9_])" % "|".join(PREFIXES)
COLUMNS = ["id", "kind", "class", "page:section", "subject", "decision"]
SUBJECT_MAX = 90

Row = collections.namedtuple("Row", "id kind cls where subject decision")


class Check:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.tsv = self.root / "model/contract/rows.tsv"
        self.quirks = self.root / "model/core/include/simrun/quirks.def"
        self.checks = self.root / "sim/subject/invariants.def"
        self.problems = []
        self.rows = {}
        self.code = collections.Counter()  # id -> citations in code
        self.proofs = collections.defaultdict(list)  # id -> names of tests and cases

    def problem(self, path, n, text):
        self.problems.append(f"{path.relative_to(self.root)}:{n}: {text}")

    def read(self, path):
        try:
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError as e:
            self.problem(path, 1, f"cannot be read: {e.strerror}")
            return ""

    def files(self, top, *suffixes):
        own = self.root / "tests/contract"  # its tests name rows that do not exist
        for path in sorted((self.root / top).rglob("*")):
            if path.name.endswith(suffixes) and path.is_file() and own not in path.parents:
                yield path

    # -- the pages and their table

    def sections(self, page):
        found, number = collections.defaultdict(list), ""
        for line in self.read(self.tsv.with_name(f"{page}.md")).splitlines():
            heading = re.match(r"#{2,3} (\d+(?:\.\d+)?)\.? ", line)
            number = heading[1] if heading else number
            found[number].append(line)
        return {k: "\n".join(v) for k, v in found.items()}

    def defined_by(self, page, sections):
        """Cells of the page's tables that hold nothing but ids, and its numbered invariants."""
        cells = [c for text in sections.values() for line in text.splitlines()
                 if line.startswith("|") for c in line.replace("*", "").split("|")]
        lists = [[n.strip() for n in c.split(",")] for c in cells]
        ids = {n for names in lists if all(re.fullmatch(ID, n) for n in names) for n in names
               if PREFIXES[n.split("-")[0]][0] == page}
        section, prefix = INVARIANTS[page]
        numbers = re.findall(r"^(\d+)\. ", sections.get(section, ""), re.M)
        return ids | {f"{prefix}-{int(n):02d}" for n in numbers}

    def load_rows(self):
        lines = self.read(self.tsv).splitlines() or [""]
        if lines[0].split("\t") != COLUMNS:
            self.problem(self.tsv, 1, "the first line must name the columns " + " ".join(COLUMNS))
        for n, line in enumerate(lines[1:], 2):
            if line.count("\t") != len(COLUMNS) - 1:
                self.problem(self.tsv, n, f"needs {len(COLUMNS)} columns")
                continue
            row = Row(*line.split("\t"))
            if not re.fullmatch(ID, row.id):
                self.problem(self.tsv, n, f"{row.id} is no id of a row")
                continue
            kind = PREFIXES[row.id.split("-")[0]][1]
            if row.id in self.rows:
                self.problem(self.tsv, n, f"{row.id} stands twice")
            if row.kind != kind:
                self.problem(self.tsv, n, f"{row.id} is of kind {kind}, not {row.kind}")
            if row.cls not in CLASSES[kind]:
                self.problem(self.tsv, n, f"{row.id}: class {row.cls} is not one of a {kind}'s")
            if not 0 < len(row.subject) <= SUBJECT_MAX or not row.decision:
                self.problem(self.tsv, n, f"{row.id}: needs a subject of at most {SUBJECT_MAX} "
                             "characters and a decision")
            self.rows[row.id] = row

    def check_rows(self):
        self.load_rows()
        pages = {page: self.sections(page) for page in PAGES.values()}
        defined = set().union(*(self.defined_by(p, s) for p, s in pages.items()))
        for rid in sorted(defined - self.rows.keys()):
            self.problem(self.tsv, 1, f"{rid} stands in the pages but has no line")
        for rid in sorted(self.rows.keys() - defined):
            self.problem(self.tsv, 1, f"{rid} has a line but stands in no page")
        for page, sections in pages.items():
            for rid in sorted(set(re.findall(ID, "\n".join(sections.values()))) - defined):
                self.problem(self.tsv.with_name(f"{page}.md"), 1, f"cites unknown row {rid}")
        for row in self.rows.values():
            page, _, section = row.where.partition(":")
            text = pages.get(page, {}).get(section)
            if text is None or (row.kind != "invariant" and row.id not in re.findall(ID, text)):
                self.problem(self.tsv, 1, f"{row.id} does not stand in {row.where}")
            for rid in re.findall(ID, row.decision):
                self.known(self.tsv, 1, rid, f"{row.id}: the decision names")

    def check_quirks(self):
        text = re.sub(r"(?s)/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), self.read(self.quirks))
        lines, primaries = {}, {}
        for n, line in enumerate(text.splitlines(), 1):
            own = re.fullmatch(r'QUIRK\((\w+), "([\w-]+)", [01], [01], [01], ".+"\)', line)
            same = re.fullmatch(r'QUIRK_SAME\((\w+), "([\w-]+)", (\w+)\)', line)
            if not own and not same and line.strip() and not line.startswith("#"):
                self.problem(self.quirks, n, f"is no QUIRK or QUIRK_SAME line: {line}")
            if not own and not same:
                continue
            ident, rid = (own or same).group(1, 2)
            if ident != rid.replace("-", "_"):
                self.problem(self.quirks, n, f"{ident} is not the name of {rid}")
            if rid in lines:
                self.problem(self.quirks, n, f"{rid} stands twice")
            lines[rid] = n
            if same:
                primaries[rid] = same[3].replace("_", "-")
        want = {r.id for r in self.rows.values() if r.cls == "switch"}
        for rid in sorted(want - lines.keys()):
            self.problem(self.quirks, 1, f"{rid} is of class switch but has no line")
        for rid in sorted(lines.keys() - want):
            self.problem(self.quirks, lines[rid], f"{rid} is not of class switch")
        for rid, primary in primaries.items():
            if primary not in lines or primary in primaries:
                self.problem(self.quirks, lines[rid], f"{rid}: {primary} is no switch of its own")

    # -- code and tests

    def known(self, path, n, rid, what):
        if rid not in self.rows:
            self.problem(path, n, f"{what} unknown row {rid}")
        return rid in self.rows

    def scan_code(self):
        for top in ("model", "sim"):
            for path in self.files(top, ".c", ".h", ".def", ".inc"):
                if path in (self.quirks, self.checks):
                    continue
                for n, line in enumerate(self.read(path).splitlines(), 1):
                    self.code.update(r for r in re.findall(ID, line)
                                     if self.known(path, n, r, "cites"))
                    self.code.update(i.replace("_", "-") for i in re.findall(IDENT, line))

    def scan_tests(self):
        for path in self.files("tests", ".c", ".py"):
            waiting = []  # rows of tags whose function has not come yet
            lines = self.read(path).splitlines()
            for n, line in enumerate(lines, 1):
                tag = re.match(r"\s*(?:/\*|\*|//|#) (?:.*\W)?proves: (.*?)(?:\*/)?$", line)
                function = re.match(r"[\w *]*?(\w+)\(", line)
                if tag and "/*" in line and "*/" not in line and lines[n:n + 1] != [" */"]:
                    self.problem(path, n, "a proves tag must end on its line")
                elif tag:
                    waiting += [(n, r) for r in tag[1].replace(",", " ").split()
                                if self.known(path, n, r, "proves")]
                elif function and waiting:
                    for _, rid in waiting:
                        self.proofs[rid].append(f"{path.relative_to(self.root)}:{function[1]}")
                    waiting = []
            for n, rid in waiting:
                self.problem(path, n, f"proves {rid}, but no test function follows")

    def scan_cases(self):
        for top in ("corpus", "tests"):
            for path in self.files(top, ".jsonl", ".jsonl.gz"):
                opener = gzip.open if path.suffix == ".gz" else open
                with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
                    for n, line in enumerate(lines, 1):
                        try:
                            case = json.loads(line)
                        except ValueError:
                            continue  # broken on purpose or not: the suite reader judges it
                        if isinstance(case, dict):
                            self.scan_case(path, n, case)

    def scan_case(self, path, n, case):
        name, tags = str(case.get("id", f"line {n}")), case.get("proves", [])
        tags = map(str, tags if isinstance(tags, list) else [tags])
        rids = {r for r in tags if self.known(path, n, r, "proves")}
        for rid in rids | (set(re.findall(ID, name)) & self.rows.keys()):
            if name not in self.proofs[rid]:  # a case and its expected line share the id
                self.proofs[rid].append(name)

    def check_invariants(self):
        """What suspends an invariant in the checks after each case is what its decision names."""
        if not self.checks.exists():
            return
        for n, line in enumerate(self.read(self.checks).splitlines(), 1):
            found = re.fullmatch(r'INVARIANT\((\w+), "([\w-]+)", "([\w -]*)"\)', line)
            if not found:
                if line.startswith("INVARIANT"):
                    self.problem(self.checks, n, f"is no INVARIANT line: {line}")
                continue
            ident, rid, rows = found.groups()
            if ident != rid.replace("-", "_"):
                self.problem(self.checks, n, f"{ident} is not the name of {rid}")
            if self.known(self.checks, n, rid, "checks"):
                want = re.findall(ID, self.rows[rid].decision)
                if rows.split() != want:
                    self.problem(self.checks, n,
                                 f"{rid} is suspended by: {' '.join(want) or 'none'}")

    def run(self):
        """Returns the rows that no test proves."""
        self.check_rows()
        self.check_quirks()
        self.check_invariants()
        self.scan_code()
        self.scan_tests()
        self.scan_cases()
        bare = [r.id for r in self.rows.values() if not self.proofs[r.id]]
        for rid in bare:
            self.problem(self.tsv, 1, f"{rid} has no test that proves it")
        return bare

    def table(self):
        yield f"{'row':8}{'class':11}{'code':>4}  subject, and the tests that prove it"
        for row in self.rows.values():
            yield f"{row.id:8}{row.cls:11}{self.code[row.id]:4}  {row.subject}"
            proofs = self.proofs[row.id]
            more = [f"and {len(proofs) - 3} more"] if len(proofs) > 3 else []
            yield from (f"{'':27}{name}" for name in proofs[:3] + more)


def main(argv=None):
    parser = argparse.ArgumentParser(prog="contract", description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--quiet", action="store_true", help="print problems and totals only")
    args = parser.parse_args(argv)
    check = Check(args.root.resolve())
    bare = check.run()
    for line in [] if args.quiet else check.table():
        print(line)
    for text in check.problems:
        print(text, file=sys.stderr)
    cited, proven = (sum(bool(t[r]) for r in check.rows) for t in (check.code, check.proofs))
    print(f"{len(check.rows)} rows, {cited} cited in code, {proven} proven by tests, "
          f"{len(bare)} without one, {len(check.problems)} problems")
    return 1 if check.problems else 0


if __name__ == "__main__":
    sys.exit(main())
