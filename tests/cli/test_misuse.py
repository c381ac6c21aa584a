"""What people get wrong: each complaint names the place and the rule, and says what would be right."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

SIMRUN = None
SPEC = {'ociVersion': '1.0.0', 'process': {'args': ['x'], 'cwd': '/'}, 'root': {'path': 'rootfs'}, 'mounts': []}


class Misuse(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-misuse-')
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'w') as f:
            f.write(text if isinstance(text, str) else json.dumps(text))

    def run_it(self, *args, code=2, **more):
        p = subprocess.run([SIMRUN, *args], cwd=self.dir, capture_output=True, text=True, timeout=120, **more)
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        return p

    def assert_told(self, text, *args, code=2, **more):
        self.assertIn(text, self.run_it(*args, code=code, **more).stderr)

    # ---- files ----

    def test_json_that_is_none_is_told_with_its_place(self):
        self.write('cut.json', '{"a": 1, ')
        self.write('empty.json', '')
        self.write('other.json', '{"a": 1}')
        self.assert_told('cut.json: expected a key in double quotes, found the end (line 1, column 10)', 'cut.json')
        self.assert_told('empty.json: expected a value, found the end (line 1, column 1)', 'empty.json')
        self.assert_told('other.json: not a case: neither "ociVersion" nor "mounts" in an object', 'other.json')

    def test_a_broken_line_is_told_with_its_place(self):
        self.write('s.jsonl', '{"id": "a" "spec": {}}\n')
        self.assert_told("s.jsonl: expected ',' or '}', found '\"' (line 1, column 12)", 's.jsonl')
        self.write('s.jsonl', '{"id": "a", "spec": {}}\n{"id": "b", "spec": {}\n')
        self.assertIn('(line 2, column 23)', self.run_it('--no-db', 's.jsonl', code=1).stdout)
        self.write('s.jsonl', '{"id": "a", "result": "ok"}\n')
        self.assert_told('s.jsonl: not a suite: line 1 has no "spec"', 's.jsonl')

    def test_a_key_that_is_none_is_warned_of(self):
        """A mistyped expectation expects nothing: who runs it must hear of it, with and without a database."""
        self.write('s.jsonl', ''.join('{"id": "%s", "spec": {"root": {"path": "@rootfs"}}, "expct": {}}\n' % name for name in 'abc'))
        for words, more in (((), ': simrun query findings'), (('--no-db',), '')):
            out = self.run_it(*words, 's.jsonl', code=0).stdout
            self.assertRegex(' '.join(out.split()), 'warning: a: s.jsonl: unknown key "expct" .line 1, column [0-9]+. '
                             'and 2 more with warnings%s ' % more)

    def test_a_folder_without_cases_is_told(self):
        os.mkdir(self.path('bare'))
        for words in (('bare',), ('list', 'bare'), ('compare', '--profile', 'strict', '--profile', 'gvisor-2018-08-14', 'bare')):
            p = self.run_it(*words)
            self.assertIn('nothing selected: no case in bare; expected a bundle, *.json', p.stderr)
            self.assertEqual(p.stdout, '')

    def test_a_filter_that_leaves_none_is_told(self):
        self.write('a.json', SPEC)
        self.assert_told('nothing selected: 1 case found, none left by --filter and --exclude', '--filter', 'b*', 'a.json')

    def test_one_name_for_two_files_says_what_to_do(self):
        self.write('x/config.json', SPEC)
        self.write('y/config.json', SPEC)
        self.assert_told('x/config.json:1 and y/config.json:1; give a folder above both, or rename one', 'x', 'y')
        self.assert_told('x/config.json:1; give its PATH once', '--no-db', 'x/config.json', 'x/../x/config.json')
        self.assertIn('2 cases', self.run_it('--no-db', '.', code=0).stdout)

    def test_an_endless_line_is_refused_at_its_bound(self):
        with open('/dev/zero') as zero:
            self.assert_told('-: a line of more than 16777216 bytes (LIMIT_CASE_BYTES)', '--no-db', '-', stdin=zero)

    # ---- words ----

    def test_slips_get_a_hint(self):
        self.write('a.json', SPEC)
        self.run_it('-q', 'a.json', code=0)
        self.run_it('-q', '--filter', 'a.json', '.', code=0)
        self.assert_told('did you mean --jobs?', '--jbos', '2', 'a.json')
        self.assert_told('did you mean `simrun show`?', 'shwo', 'a.json')
        self.assert_told('no command "shwo"; did you mean show?', 'help', 'shwo')
        self.assert_told('no query named "regresions"; did you mean regressions?', 'query', 'regresions')
        self.assert_told('did you mean junit?', '--report', 'juint=x', 'a.json')
        for command in (('show',), ('tree',), ('report', 'mtree'), ('first-bad',)):
            self.assert_told('did you mean a.json?', *command, 'b.json')
        self.assert_told('did you mean a.json?', 'explain', 'b.json', '/')
        self.assert_told('did you mean a.json?', 'diff', '--case', './a.json')

    def test_a_case_of_another_run_is_found(self):
        self.write('a.json', SPEC)
        self.write('b.json', SPEC)
        self.run_it('-q', 'a.json', code=0)
        self.run_it('-q', 'b.json', code=0)
        self.assert_told('run latest has no result of the case a.json; run 1 has one', 'show', 'a.json')
        self.assertIn('a.json', self.run_it('show', '--run', '1', 'a.json', code=0).stdout)

    def test_resume_takes_a_run_and_says_so(self):
        self.write('a.json', SPEC)
        self.run_it('-q', 'a.json', code=0)
        self.assert_told('no run a.json; `simrun query runs` lists them; the word is a RUN', '--resume', 'a.json')

    def test_a_database_that_is_not_there_is_no_run(self):
        self.write('a.json', SPEC)
        self.run_it('-q', 'a.json', code=0)
        for words in (('--baseline', 'main.db', 'a.json'), ('diff', 'main.db'), ('report', '--run', './main.db', 'text')):
            self.assert_told('main.db, nor a file of that name; `simrun query runs` lists them', *words)
        self.assert_told('no run main; `simrun query runs` lists them', 'diff', 'main')

    # ---- together ----

    def test_a_report_that_cannot_be_written_leaves_no_run(self):
        self.write('a.json', SPEC)
        os.mkdir(self.path('folder'))
        for target in ('folder', 'none/x.html'):
            self.assert_told('the html report: ', '--report', 'html=' + target, 'a.json', code=3)
            self.assertFalse(os.path.exists(self.path('simrun.db')))
        self.write('b.json', SPEC)
        self.assert_told('a dot report shows one case, and there are 2', '--report', 'dot=x.dot', '.')
        self.assertFalse(os.path.exists(self.path('simrun.db')))
        self.run_it('-q', '--report', 'html=x.html', '.', code=0)
        with sqlite3.connect(self.path('simrun.db')) as db:
            self.assertEqual(db.execute('SELECT count(*) FROM run').fetchall(), [(1,)])
        db.close()

    def test_options_that_exclude_each_other(self):
        self.write('a.json', SPEC)
        self.assert_told('--db does not go with --no-db', '--no-db', '--db', 'x.db', 'a.json')
        self.assert_told('--update does not go with --ci', '--update', '--ci', 'a.json')
        self.assert_told('--repeat and --retries exclude each other', '--repeat', '2', '--retries', '2', 'a.json')
        self.assert_told('--seed goes with --shuffle', '--seed', '1', 'a.json')
        self.assert_told('compare needs two profiles, not strict twice', 'compare', '--profile', 'strict', '--profile',
                         'strict', 'a.json')
        self.run_it('-q', 'a.json', code=0)
        self.run_it('-q', '--no-db', '--failed', '--db', 'simrun.db', 'a.json', code=0)
        self.assert_told('an empty label names no run', '--label', '', 'a.json')
        self.assertNotIn('did you mean', self.run_it('run', 'run').stderr)


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
