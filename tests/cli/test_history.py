"""The memory of runs as people use it: diff, first-bad, search, queries, merge, prune, and the database from other tools."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

SIMRUN = None
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAMED = os.path.join(SOURCE, 'corpus', 'named')
# What the switched row turns bad among the named cases.
TURNED = ['named/proxy-mount-below-real-directory', 'named/proxy-overlay-panics']
QUIRK = ('--quirk', 'VQ-09=off')


class History(unittest.TestCase):
    """Run 1 is as it should be, run 2 has one rule switched; nothing here changes them."""

    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix='simrun-history-')
        cls.addClassCleanup(shutil.rmtree, cls.base)
        os.symlink(os.path.join(SOURCE, 'corpus'), os.path.join(cls.base, 'corpus'))
        cls.record(cls.base)
        cls.record(cls.base, '--label', 'switched', *QUIRK, code=1)

    @classmethod
    def record(cls, folder, *more, code=0, db='simrun.db'):
        p = subprocess.run([SIMRUN, '--db', db, '-q', *more, 'corpus/named'], cwd=folder,
                           capture_output=True, text=True, timeout=300)
        if p.returncode != code:
            raise AssertionError('%s\n%s' % (p.stdout, p.stderr))

    def setUp(self):
        self.dir = self.base

    def own_copy(self):
        """For tests that change the database."""
        self.dir = tempfile.mkdtemp(prefix='simrun-history-')
        self.addCleanup(shutil.rmtree, self.dir)
        os.symlink(os.path.join(SOURCE, 'corpus'), os.path.join(self.dir, 'corpus'))
        with sqlite3.connect(os.path.join(self.base, 'simrun.db')) as a:
            b = sqlite3.connect(os.path.join(self.dir, 'simrun.db'))
            a.backup(b)
            b.close()
        a.close()

    def run_it(self, *args, code=0):
        p = subprocess.run([SIMRUN, *args], cwd=self.dir, capture_output=True, text=True, timeout=300)
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        return p

    def lines(self, *args, code=0):
        return [json.loads(line) for line in self.run_it(*args, '--format', 'jsonl', code=code).stdout.splitlines()]

    def ask(self, sql, *more, db='simrun.db'):
        con = sqlite3.connect(os.path.join(self.dir, db))
        try:
            return con.execute(sql, *more).fetchall()
        finally:
            con.close()

    # ---- diff

    def test_diff_tells_what_the_switched_rule_did(self):
        out = self.run_it('diff', code=1).stdout
        self.assertIn('2 regressions', out)
        self.assertIn('command line: + --label switched --quirk VQ-09=off', out)
        for name in TURNED:
            self.assertIn(name, out)
        self.assertTrue(all(len(line) <= 80 for line in out.splitlines()), out)
        self.assertLess(out.index('regression '), out.index('mounts     '))
        self.assertEqual(self.run_it('diff', '1', 'switched', '-q', code=1).stdout, '')
        self.assertIn('0 differ', self.run_it('diff', '1', '1').stdout)

    def test_diff_lines_have_every_case(self):
        head, *changes = self.lines('diff', '1', '2', code=1)
        self.assertEqual((head['type'], head['regressions'], head['a']['run'], head['b']['label']),
                         ('diff', 2, 1, 'switched'))
        self.assertEqual(sorted(n for c in changes if c['kind'] == 'regression' for n in c['names']), TURNED)
        for change in changes:
            self.assertEqual(len(change['names']), change['cases'])
        by_cause = {}
        for change in changes:
            self.assertEqual(by_cause.setdefault(change['cause'], change['names']), change['names'])
        self.assertEqual(sorted(by_cause), list(range(len(by_cause))))
        hit = {n for c in changes for n in c['names']}
        self.assertEqual(len(hit), head['compared'] - head['equal'])

    def test_diff_finds_runs_by_every_name(self):
        shutil.copy(os.path.join(self.base, 'simrun.db'), os.path.join(self.base, 'copy.db'))
        for a, b in (('1', 'copy.db:1'), ('latest~1', 'copy.db:1'), ('switched', 'copy.db'),
                     ('profile:gvisor-2018-08-14', 'copy.db:latest'), ('copy.db:switched', '2')):
            self.run_it('diff', a, b)
        version = self.ask('SELECT subject_version FROM run')[0][0]
        self.run_it('diff', 'version:' + version, '2')
        for bad, text in (('nope', 'no run nope'), ('profile:x', 'no run profile:x'), ('copy.db:9', 'no run 9')):
            self.assertIn(text, self.run_it('diff', '1', bad, code=2).stderr)

    def test_diff_of_cases(self):
        out = self.run_it('diff', '1', '2', '--case', TURNED[1], code=1).stdout
        self.assertIn('regression panic (pass)', out)
        self.assertIn('log        + ', out)
        self.run_it('diff', '--case', 'named/file-over-file')
        out = self.run_it('diff', '--case', 'named/file-over-file', '--case', 'named/file-bind-new', code=1).stdout
        self.assertIn('input      another root file system', out)
        # What the database has as JSON is told in words, and only where it differs.
        out = self.run_it('diff', '--case', 'named/option-bare-mode', '--case', 'named/tmpfs-ro', code=1).stdout
        self.assertIn('mounts     ', out)
        self.assertNotRegex(out, r'hides\s*[{]|why\s*[\[]')
        self.assertIn('has no result of the case nothing', self.run_it('diff', '--case', 'nothing', code=2).stderr)

    # ---- first-bad

    def test_first_bad_names_the_run(self):
        self.own_copy()
        self.record(self.dir, *QUIRK, code=1)
        out = self.run_it('first-bad', TURNED[0], code=1).stdout
        self.assertIn('first bad: run 2; last good: run 1', out)
        self.assertIn('runs 2..3', out)
        *spans, verdict = self.lines('first-bad', TURNED[0], code=1)
        self.assertEqual([(s['first'], s['last'], s['bad']) for s in spans], [(1, 1, False), (2, 3, True)])
        self.assertEqual((verdict['first_bad'], verdict['last_good']), (2, 1))
        turned, = self.lines('first-bad', '--all', code=1)
        self.assertEqual((turned['first_bad'], turned['names']), (2, TURNED))
        self.record(self.dir)
        self.assertIn('good again since run 4', self.run_it('first-bad', TURNED[0]).stdout)
        self.assertIn('no bad case', self.run_it('first-bad', '--all').stdout)
        self.assertIn('no run has the case x', self.run_it('first-bad', 'x', code=2).stderr)
        self.run_it('first-bad', code=2)

    # ---- search

    def test_search_finds_what_runs_said(self):
        out = self.run_it('search', 'cannot', 'revalidate', '--run', '1').stdout
        self.assertIn('error  an overlay cannot revalidate file objects from the lower fs', out)
        self.assertIn(TURNED[1], out)
        self.run_it('search', 'zebra', code=1)
        self.assertIn('--all-runs', self.run_it('search', 'x', '--run', '1', '--all-runs', code=2).stderr)

    def test_search_agrees_with_a_walk_of_all_trees(self):
        matches = self.lines('search', 'etc/host*', '--run', '1')
        found = {(m['text'], r['name']) for m in matches if m['kind'] == 'path' for r in m['results']}
        con = sqlite3.connect(os.path.join(self.dir, 'simrun.db'))
        expect = set()

        def walk(name, path, directory):
            for node, child in con.execute('SELECT name, child FROM node WHERE dir = ?', (directory,)).fetchall():
                full = '/' if node == '/' else path + '/' + node
                if re.search(r'(^|[^a-z0-9])etc[^a-z0-9]+host', full, re.I):
                    expect.add((full, name))
                if child is not None:
                    walk(name, '' if node == '/' else full, child)
        for name, tree in con.execute('SELECT name, tree FROM result WHERE run = 1 AND tree NOT NULL').fetchall():
            walk(name, '', tree)
        con.close()
        self.assertTrue(expect)
        self.assertEqual(found, expect)

    # ---- queries

    def test_queries_take_a_run_and_lose_nothing(self):
        self.assertEqual([q['name'] for q in self.lines('query', 'regressions')], TURNED)
        self.assertEqual(self.lines('query', 'regressions', '--run', '1'), [])
        self.assertEqual(self.lines('query', 'bad', '--run', '1'), [])
        errors = self.lines('query', 'by-error', '--run', '1')
        # In 80 columns cells go on below themselves; nothing is cut.
        only = self.run_it('query', "SELECT error FROM case_result WHERE run = :run AND error <> ''", '--run', '1').stdout
        self.assertTrue(all(len(line) <= 80 for line in only.splitlines()))
        text = re.sub(r'\s+', '', only).replace('\\\\', '\\')
        wide = self.run_it('query', 'by-error', '--run', '1', '--wide').stdout
        for row in errors:
            self.assertIn(re.sub(r'\s+', '', row['error']), text)
            self.assertTrue(any(row['error'].rstrip() in line.replace('\\\\', '\\') for line in wide.splitlines()), row)
        self.assertIn('no :run', self.run_it('query', 'runs', '--run', '1', code=2).stderr)
        self.run_it('query', 'DELETE FROM run', code=2)
        listed = self.run_it('query').stdout
        for name in ('regressions', 'flips', 'slowest', 'by-error', 'ignored-mounts', 'shadowed-mounts',
                     'lost-mounts', 'flaky', 'findings', 'first-bad', 'runs'):
            self.assertIn('\n' + name + ' - ', '\n' + listed)
            self.run_it('query', name)

    # ---- merge

    def shards(self, count, *more, code=0):
        names = []
        for i in range(1, count + 1):
            names.append('s%d.db' % i)
            self.record(self.dir, '--shard', '%d/%d' % (i, count), *more, db=names[-1], code=code)
        return names

    def test_shards_merge_into_the_run_that_one_machine_would_have_made(self):
        self.own_copy()
        names = self.shards(3)
        p = self.run_it('merge', '--db', 'all.db', names[2], names[0], code=1)
        self.assertIn('2 of 3 shards; missing: 2', p.stdout)
        self.assertIn('all 3 shards, finished', self.run_it('merge', '--db', 'all.db', names[1]).stdout)
        self.run_it('diff', 'simrun.db:1', 'all.db')
        self.assertIn('3 runs known before', self.run_it('merge', '--db', 'all.db', *names).stdout)
        self.assertEqual(self.ask('SELECT count(*) FROM run', db='all.db'), [(1,)])
        self.assertEqual(self.ask('PRAGMA integrity_check', db='all.db'), [('ok',)])
        self.assertEqual(self.ask('PRAGMA foreign_key_check', db='all.db'), [])
        self.run_it('search', 'revalidate', '--db', 'all.db')

    def test_a_conflict_names_case_and_files(self):
        self.own_copy()
        names = self.shards(2)
        victim = self.ask('SELECT name FROM result ORDER BY id', db=names[0])[0][0]
        con = sqlite3.connect(os.path.join(self.dir, names[1]))
        con.execute('UPDATE result SET name = ? WHERE id = (SELECT max(id) FROM result)', (victim,))
        con.commit()
        con.close()
        p = self.run_it('merge', '--db', 'all.db', *names, code=2)
        self.assertIn('the case %s has another ' % victim, p.stderr)
        for name in names:
            self.assertIn(name, p.stderr)
        self.assertEqual(self.ask('SELECT count(*) FROM run', db='all.db'), [(0,)])
        self.run_it('merge', '--separate', '--db', 'all.db', *names)
        self.assertEqual(self.ask('SELECT count(*) FROM run', db='all.db'), [(2,)])

    # ---- prune

    def test_prune_keeps_the_newest_and_the_labelled(self):
        self.own_copy()
        self.record(self.dir)
        self.assertIn('--keep', self.run_it('prune', code=2).stderr)
        dry = self.run_it('prune', '--keep', '1', '--dry-run').stdout
        self.assertIn('would go: run 1', dry)
        self.assertEqual(self.ask('SELECT id FROM run'), [(1,), (2,), (3,)])
        before = os.path.getsize(os.path.join(self.dir, 'simrun.db'))
        self.assertIn('goes: run 1', self.run_it('prune', '--keep', '1').stdout)
        self.assertEqual(self.ask('SELECT id FROM run'), [(2,), (3,)])
        self.assertLess(os.path.getsize(os.path.join(self.dir, 'simrun.db')), before)
        self.assertEqual(self.ask('PRAGMA foreign_key_check'), [])
        self.run_it('search', 'revalidate')
        self.run_it('prune', '--keep', '0')
        self.assertEqual(self.ask('SELECT id FROM run'), [(2,)])

    # ---- other tools

    def metadata(self):
        with open(os.path.join(SOURCE, 'reports', 'datasette', 'metadata.json')) as f:
            return json.load(f)['databases']['simrun']

    def test_the_metadata_is_made_from_schema_and_queries(self):
        tool = os.path.join(SOURCE, 'reports', 'datasette', 'make_metadata.py')
        p = subprocess.run([sys.executable, '-B', tool, SIMRUN], capture_output=True, text=True, check=True)
        with open(os.path.join(SOURCE, 'reports', 'datasette', 'metadata.json')) as f:
            self.assertEqual(p.stdout, f.read(), 'make it anew with reports/datasette/make_metadata.py')

    def test_the_metadata_fits_the_database(self):
        tables = self.metadata()['tables']
        there = {name for name, in self.ask("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}
        self.assertEqual(set(tables) - there, set())
        self.assertEqual({t for t in there - set(tables) if not t.startswith('sqlite_')}, set())
        for name, entry in tables.items():
            columns = {row[1] for row in self.ask('PRAGMA table_xinfo("%s")' % name)}
            named = set(entry.get('columns', {})) | set(entry.get('facets', []))
            named |= {entry[k] for k in ('label_column', 'sort', 'sort_desc', 'fts_pk') if k in entry}
            self.assertEqual(named - columns, set(), name)
            self.assertTrue(entry.get('hidden') or entry.get('description'), name)
        # Every column of a table of ours says what it is, where the name alone does not.
        for name in ('run', 'result', 'mount', 'node', 'run_part'):
            self.assertGreater(len(tables[name]['columns']), 5, name)

    def test_every_canned_query_runs_with_and_without_a_run(self):
        for name, query in self.metadata()['queries'].items():
            for run in ('', '1'):
                con = sqlite3.connect(os.path.join(self.dir, 'simrun.db'))
                con.execute(query['sql'], {'run': run}).fetchall()
                con.close()

    def test_foreign_keys_name_what_is_there(self):
        for table, in self.ask("SELECT name FROM sqlite_schema WHERE type = 'table'"):
            for row in self.ask('PRAGMA foreign_key_list("%s")' % table):
                columns = [r[1] for r in self.ask('PRAGMA table_info("%s")' % row[2])]
                self.assertIn(row[4], columns, (table, row))

    def test_the_examples_of_the_readme(self):
        with open(os.path.join(SOURCE, 'reports', 'README.md')) as f:
            text = f.read()
        self.own_copy()
        statements = [s for block in re.findall(r'```sql\n(.*?)```', text, re.S) for s in block.split(';') if s.strip()]
        self.assertGreaterEqual(len(statements), 7)
        for sql in statements:
            self.assertTrue(self.ask(sql), sql)
        commands = [line.split('  #')[0] for block in re.findall(r'```sh\n(.*?)```', text, re.S)
                    for line in block.splitlines()]
        self.assertGreaterEqual(len(commands), 12)
        for command in commands:
            p = subprocess.run(['sh', '-c', command.replace('simrun ', '"$SIMRUN" ', 1)], cwd=self.dir,
                               env=dict(os.environ, SIMRUN=SIMRUN), capture_output=True, text=True, timeout=300)
            self.assertIn(p.returncode, (0, 1), '%s\n%s' % (command, p.stderr))
            self.assertTrue(p.stdout, command)


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
