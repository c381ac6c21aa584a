#!/usr/bin/env python3
"""Self-test of check.py: a small sound tree passes, each rule fails on a tree that breaks it."""
import contextlib
import gzip
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check  # noqa: E402

PAGES = {
    "pipeline": "## 5. Text\n**Quirk PQ-01** odd.\n## 20. Quirk index\n| Id | Short |\n|---|---|\n"
                "| PQ-01, PQ-02 | odd |\n## 22. Invariants\n1. holds\n2. holds too\n",
    "vfs": "## 28. Panics\n| Id | Where |\n|---|---|\n| VP-01 | there |\n| VP-01b | here |\n",
    "filesystems": "## 13. Quirk index\n| Ids | Subject |\n|---|---|\n| FQ-01 | see VP-01 |\n",
    "ninep": "## 3. Version\n| **Q-01** | deaf |\n### 13.1 Peers\n| I-01 | tag |\n",
}
ROWS = [
    "PQ-01\tquirk\tswitch\tpipeline:5\todd text\tdefault: odd; strict: even",
    "PQ-02\tquirk\tobserved\tpipeline:20\todd too\talways",
    "PI-01\tinvariant\tinvariant\tpipeline:22\tholds\tsuspended by: PQ-01",
    "PI-02\tinvariant\tinvariant\tpipeline:22\tholds too\tsuspended by: none",
    "VP-01\tpanic\tswitch\tvfs:28\tthere\tsame switch as PQ-01",
    "VP-01b\tpanic\tnever\tvfs:28\there\tevery profile: EIO",
    "FQ-01\tquirk\tnever\tfilesystems:13\tleak\tevery profile: released",
    "Q-01\tquirk\tobserved\tninep:3\tdeaf\talways",
    "I-01\tinterop\tinterop\tninep:13.1\ttag\tany",
]
QUIRKS = ['/* two', '   lines */', '#define QUIRK_SAME(a, b, c)',
          'QUIRK(PQ_01, "PQ-01", 1, 1, 0, "odd text")', 'QUIRK_SAME(VP_01, "VP-01", PQ_01)']


class Tree(unittest.TestCase):
    def setUp(self):
        self.pages, self.rows, self.quirks, self.extra = dict(PAGES), list(ROWS), list(QUIRKS), {}
        self.prove_all = True

    def run_check(self, *argv):
        with tempfile.TemporaryDirectory() as root:
            root = pathlib.Path(root)
            files = {f"model/contract/{k}.md": v for k, v in self.pages.items()}
            files["model/contract/rows.tsv"] = "\n".join(["\t".join(check.COLUMNS), *self.rows])
            files["model/core/include/simrun/quirks.def"] = "\n".join(self.quirks) + "\n"
            if self.prove_all:
                rids = [r.split("\t")[0] for r in self.rows]
                rids = [r for r in rids if check.re.fullmatch(check.ID, r)]
                files["corpus/all.jsonl"] = check.json.dumps({"id": "all", "proves": rids})
            for name, text in {**files, **self.extra}.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = check.main(["--root", str(root), *argv])
        return status, out.getvalue(), err.getvalue()

    def assert_sound(self, *argv):
        status, out, err = self.run_check(*argv)
        self.assertEqual((status, err), (0, ""))
        return out

    def assert_fails(self, text, *argv):
        status, _, err = self.run_check(*argv)
        self.assertEqual(status, 1)
        self.assertEqual(len(err.splitlines()), 1, err)
        self.assertIn(text, err)


class TheTable(Tree):
    def test_a_sound_tree_passes(self):
        self.assertIn("9 rows, 0 cited in code, 9 proven", self.assert_sound())

    def test_a_row_of_the_pages_without_a_line(self):
        self.pages["pipeline"] += "3. another\n"
        self.assert_fails("PI-03 stands in the pages but has no line")

    def test_a_quirk_of_the_pages_without_a_line(self):
        self.pages["filesystems"] += "| FQ-02 | new |\n"
        self.assert_fails("FQ-02 stands in the pages but has no line")

    def test_a_line_without_a_row(self):
        self.rows.append("PI-03\tinvariant\tinvariant\tpipeline:22\tgone\tsuspended by: none")
        self.assert_fails("PI-03 has a line but stands in no page")

    def test_a_page_that_cites_an_unknown_row(self):
        self.pages["vfs"] += "As in PQ-77.\n"
        self.assert_fails("vfs.md:1: cites unknown row PQ-77")

    def test_a_class_outside_the_set(self):
        self.rows[1] = self.rows[1].replace("observed", "sometimes")
        self.assert_fails("PQ-02: class sometimes is not one of")

    def test_a_class_of_another_kind(self):
        self.rows[8] = self.rows[8].replace("interop\tinterop", "interop\tnever")
        self.assert_fails("I-01: class never is not one of")

    def test_a_wrong_kind(self):
        self.rows[5] = self.rows[5].replace("panic", "quirk")
        self.assert_fails("VP-01b is of kind panic, not quirk")

    def test_a_wrong_section(self):
        self.rows[0] = self.rows[0].replace("pipeline:5", "pipeline:22")
        self.assert_fails("PQ-01 does not stand in pipeline:22")

    def test_a_line_twice(self):
        self.rows.append(self.rows[1])
        self.assert_fails("PQ-02 stands twice")

    def test_a_missing_column(self):
        self.rows.append("PQ-01\tquirk")
        self.assert_fails("needs 6 columns")

    def test_a_line_with_a_bad_id(self):
        self.rows.append(self.rows[1].replace("PQ-02", "XQ-02"))
        self.assert_fails("XQ-02 is no id of a row")

    def test_a_long_subject(self):
        self.rows[1] = self.rows[1].replace("odd too", "o" * 91)
        self.assert_fails("PQ-02: needs a subject of at most 90")

    def test_a_decision_that_names_an_unknown_row(self):
        self.rows[2] += " VQ-99"
        self.assert_fails("PI-01: the decision names unknown row VQ-99")


class TheSwitches(Tree):
    def test_a_switch_row_missing_from_quirks_def(self):
        del self.quirks[4]
        self.assert_fails("VP-01 is of class switch but has no line")

    def test_a_quirk_that_is_no_switch_row(self):
        self.quirks.append('QUIRK(PQ_02, "PQ-02", 1, 1, 0, "odd too")')
        self.assert_fails("quirks.def:6: PQ-02 is not of class switch")

    def test_a_name_that_is_not_the_id(self):
        self.quirks[3] = self.quirks[3].replace("PQ_01", "PQ_02")
        self.assert_fails("PQ_02 is not the name of PQ-01")

    def test_a_line_twice(self):
        self.quirks.append(self.quirks[3])
        self.assert_fails("quirks.def:6: PQ-01 stands twice")

    def test_a_value_other_than_0_and_1(self):
        self.quirks.append('QUIRK(PQ_01, "PQ-01", 2, 1, 0, "odd text")')
        self.assert_fails("is no QUIRK or QUIRK_SAME line")

    def test_a_restated_row_without_a_switch_of_its_own(self):
        self.quirks[4] = self.quirks[4].replace("PQ_01)", "VP_01)")
        self.assert_fails("VP-01: VP-01 is no switch of its own")


class Citations(Tree):
    def test_code_is_counted(self):
        self.extra["model/boot/a.c"] = "/* PQ-01 acts, Q-01 too */ quirk_on(w, PQ_01); UTF-80\n"
        out = self.assert_sound()
        self.assertRegex(out, r"PQ-01 +switch +2 ")
        self.assertRegex(out, r"Q-01 +observed +1 ")

    def test_code_that_cites_an_unknown_row(self):
        self.extra["sim/a.h"] = "\n/* PQ-03 */\n"
        self.assert_fails("sim/a.h:2: cites unknown row PQ-03")

    def test_tags_of_tests(self):
        self.extra["tests/unit/a.c"] = ("/* proves: PQ-01 Q-01 */\n"
                                        "static void test_odd(void **state)\n{\n    f(1);\n}\n")
        self.extra["tests/run/b.py"] = "    # proves: PQ-02\n    def test_b(self):\n"
        out = self.assert_sound()
        self.assertIn("tests/unit/a.c:test_odd\n", out)
        self.assertIn("tests/run/b.py:test_b\n", out)
        self.assertNotIn("a.c:f", out)

    def test_a_tag_of_an_unknown_row(self):
        self.extra["tests/unit/a.c"] = "/* proves: PQ-03 */\nstatic void test_x(void **state)\n"
        self.assert_fails("tests/unit/a.c:1: proves unknown row PQ-03")

    def test_a_misspelt_tag(self):
        self.extra["tests/unit/a.c"] = "/* proves: PQ01 */\nstatic void test_x(void **state)\n"
        self.assert_fails("tests/unit/a.c:1: proves unknown row PQ01")

    def test_a_tag_without_a_function(self):
        self.extra["tests/unit/a.c"] = "/* proves: PQ-01 */\n"
        self.assert_fails("proves PQ-01, but no test function follows")

    def test_a_tag_over_two_lines(self):
        self.extra["tests/unit/a.c"] = "/* proves: PQ-01\n * Q-01 */\nstatic void test_x(void)\n"
        self.assert_fails("a proves tag must end on its line")

    def test_cases_prove_by_key_and_by_name(self):
        self.extra["corpus/a/b.jsonl"] = '{"id": "a/1", "proves": ["PQ-02"]}\n{"id": "r/Q-01-x"}\n'
        lines = b'{"id": "c/2", "proves": "VP-01b"}\nbroken\n7\n{"id": "Q-99-free-name"}\n'
        self.extra["tests/conformance/c.jsonl.gz"] = gzip.compress(lines)
        out = self.assert_sound()
        for name in ("a/1", "r/Q-01-x", "c/2"):
            self.assertIn(f" {name}\n", out)

    def test_a_case_that_proves_an_unknown_row(self):
        self.extra["corpus/a.jsonl"] = '{"id": "a"}\n{"id": "b", "proves": ["PQ-03"]}\n'
        self.assert_fails("corpus/a.jsonl:2: proves unknown row PQ-03")

    def test_a_row_of_any_class_without_a_test(self):
        self.prove_all = False
        rids = [r.split("\t")[0] for r in self.rows]
        for bare in rids:
            others = [r for r in rids if r != bare]
            self.extra["corpus/a.jsonl"] = check.json.dumps({"id": "a", "proves": others})
            self.assert_fails(f"{bare} has no test that proves it")
        self.extra["corpus/b.jsonl"] = '{"id": "b", "proves": ["%s"]}\n' % bare
        self.assertIn("0 without one", self.assert_sound())

    def test_tags_at_the_end_of_a_comment(self):
        self.extra["tests/unit/a.c"] = ("/* Odd, too. proves: PQ-01\n */\nstatic void odd(void)\n"
                                        "/* One\n * two. proves: Q-01 */\nstatic void two(void)\n")
        out = self.assert_sound()
        self.assertIn("tests/unit/a.c:odd\n", out)
        self.assertIn("tests/unit/a.c:two\n", out)


class TheInvariants(Tree):
    def checks(self, *lines):
        self.extra["sim/subject/invariants.def"] = "\n".join(["/* some */", *lines]) + "\n"

    def test_rows_as_decided(self):
        self.checks('INVARIANT(PI_01, "PI-01", "PQ-01")', 'INVARIANT(PI_02, "PI-02", "")')
        self.assert_sound()

    def test_other_rows_than_decided(self):
        self.checks('INVARIANT(PI_01, "PI-01", "PQ-01 PQ-02")')
        self.assert_fails("invariants.def:2: PI-01 is suspended by: PQ-01")

    def test_no_rows_where_some_are_decided(self):
        self.checks('INVARIANT(PI_01, "PI-01", "")')
        self.assert_fails("PI-01 is suspended by: PQ-01")

    def test_an_unknown_invariant(self):
        self.checks('INVARIANT(PI_09, "PI-09", "")')
        self.assert_fails("checks unknown row PI-09")

    def test_a_name_that_is_not_the_id(self):
        self.checks('INVARIANT(PI_02, "PI-01", "PQ-01")')
        self.assert_fails("PI_02 is not the name of PI-01")

    def test_a_broken_line(self):
        self.checks('INVARIANT(PI_01, "PI-01")')
        self.assert_fails("is no INVARIANT line")


class TheProject(unittest.TestCase):
    def test_pages_rows_and_switches_agree(self):
        project = check.Check(pathlib.Path(__file__).resolve().parents[2])
        project.check_rows()
        project.check_quirks()
        self.assertEqual(project.problems, [])


if __name__ == "__main__":
    unittest.main()
