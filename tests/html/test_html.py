"""The HTML report in a real browser: what it shows is what the database holds, it works offline, and
no name in it can act."""
import base64
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

import browser

SIMRUN = CHROMIUM = None
SKIPPED = 77

# Names and texts that would act somewhere if they were not escaped, as a report shows them.
HOSTILE = {
    '<script>alert(1)</script>': '<script>alert(1)</script>',
    '</script><img src=x onerror=alert(2)>': '</script><img src=x onerror=alert(2)>',
    '<!--<script>': '<!--<script>',
    'a"b\'c&lt;d`${alert(3)}': 'a"b\'c&lt;d`${alert(3)}',
    'line\nfeed\ttab': 'line\\nfeed\\ttab',
    'bidi\u202egnp.exe': 'bidi\\u{202e}gnp.exe',
    'zero\u200bwidth': 'zero\\u{200b}width',
    'esc\u001b[2J': 'esc\\x1b[2J',
    'back\\slash': 'back\\\\slash',
    '{{script}}': '{{script}}',
    '#case=x&path=/y': '#case=x&path=/y',
    '100%25': '100%25',
}

ROOT = {'ociVersion': '1.0.0', 'root': {'path': '@rootfs'}, 'process': {'args': ['sh'], 'cwd': '/'}}


def hostile_suite():
    for i, name in enumerate(HOSTILE):
        safe = name.replace('/', '_')
        yield {
            'id': name,
            'rootfs': [{'path': 'etc', 'type': 'dir'}, {'path': safe, 'type': 'file', 'content': 'x'},
                       {'path': f'link{i}', 'type': 'symlink', 'target': name}],
            'spec': dict(ROOT, mounts=[
                {'destination': '/proc', 'type': 'proc', 'source': 'proc'},
                {'destination': '/' + safe + '.d', 'type': 'tmpfs', 'source': name, 'options': ['ro', name.split('=')[0]]},
                {'destination': '/odd', 'type': name, 'source': name}]),
        }


class Report(unittest.TestCase):
    """Two runs of named cases; in the second a row of the contract is switched off."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='simrun-html-')
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.browser = browser.Browser(CHROMIUM)
        cls.addClassCleanup(cls.browser.close)
        cls.make()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.dir, name)

    @classmethod
    def simrun(cls, *words, fine=(0, 1)):
        done = subprocess.run([SIMRUN, *words], cwd=cls.dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode not in fine:
            raise AssertionError(f'{words}: {done.returncode}: {done.stderr.decode()}')
        return done

    @classmethod
    def suite(cls, name, cases):
        with open(cls.path(name), 'w') as f:
            f.writelines(json.dumps(case) + '\n' for case in cases)

    @classmethod
    def make(cls):
        corpus = os.path.join(os.path.dirname(__file__), '..', '..', 'corpus', 'named')
        shutil.copytree(corpus, cls.path('named'))
        cls.simrun('named')
        cls.simrun('named', '--label', 'changed', '--quirk', 'VQ-32=off', '--quirk', 'VQ-09=off', '--report', 'html=r.html')

    def setUp(self):
        self.browser.trouble.clear()
        self.browser.requests.clear()
        self.browser.view(1400, 900)

    def tearDown(self):
        self.assertEqual([], self.browser.trouble, 'the console, errors and dialogs')
        self.assertLessEqual(set(self.browser.requests), {'file://' + self.path(self.file)}, 'requests')

    file = 'r.html'

    def open(self, fragment=''):
        self.browser.open(self.path(self.file), fragment)
        self.browser.settle()

    def ask(self, sql, *values):
        with sqlite3.connect(self.path('simrun.db')) as db:
            return db.execute(sql, values).fetchall()

    def one(self, sql, *values):
        return self.ask(sql, *values)[0][0]

    def type(self, text):
        self.browser.call('Input.insertText', text=text)
        self.browser.run('new Promise(done => setTimeout(done, 250))')

    def found(self):
        return int(self.browser.text('.found').split()[0].replace(',', ''))


class Pages(Report):
    def test_overview_is_the_database(self):
        self.open()
        self.assertEqual(self.one('SELECT count(*) FROM result WHERE run = 2'), int(self.browser.text('#nav-cases')))
        regressions = self.one('SELECT count(*) FROM regressions')
        self.assertGreater(regressions, 1)
        self.assertEqual(f'{regressions} regressions since run 1', self.browser.text('h1'))
        self.assertEqual({name for name, in self.ask('SELECT name FROM regressions')},
                         set(self.browser.texts('.regressions .case')))
        statuses = dict(line.rsplit(' ', 1) for line in self.browser.texts('.legend li'))
        self.assertEqual({status: str(n) for status, n in self.ask(
            'SELECT status, count(*) FROM result WHERE run = 2 GROUP BY status')}, statuses)
        bars = {line['label']: line['count'] for line in self.browser.run('''[...document.querySelectorAll('.bars a')].map(a =>
            ({label: a.querySelector('.bar-label').textContent, count: a.querySelector('.bar-count').textContent}))''')}
        for result, n in self.ask('SELECT result, count(*) FROM result WHERE run = 2 GROUP BY result'):
            self.assertEqual(str(n), bars[result])
        self.assertEqual(str(self.one('SELECT count(*) FROM flips')), bars['outcome'])
        self.assertEqual(str(regressions), bars['regressions'])
        self.assertEqual(str(self.one('SELECT count(DISTINCT name) FROM tree_diff')), bars['tree'])
        slowest = self.one('SELECT name FROM result WHERE run = 2 ORDER BY duration_ns DESC LIMIT 1')
        self.assertEqual(slowest, self.browser.text('.bars.wide .bar-label'))
        self.assertIn('changed', self.browser.text('.facts'))

    def test_overview_without_script(self):
        self.browser.call('Emulation.setScriptExecutionDisabled', value=True)
        try:
            self.browser.open(self.path(self.file))
            self.assertIn('regressions since run 1', self.browser.text('h1'))
            self.assertIn('need JavaScript', self.browser.text('main'))
            self.assertTrue(self.browser.run("document.getElementById('nav').hidden"))
        finally:
            self.browser.call('Emulation.setScriptExecutionDisabled', value=False)

    def test_policy_names_style_and_script(self):
        with open(self.path('r.html'), encoding='utf-8') as f:
            page = f.read()
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
        self.assertTrue(policy.startswith("default-src 'none'"))
        self.assertNotIn('unsafe', policy)
        for name in ('style', 'script'):
            text = re.search(rf'<{name}>(.*?)</{name}>', page, re.S).group(1)
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            self.assertIn(f"{name}-src 'sha256-{digest}'", policy)
        self.assertEqual({'http://www.w3.org/2000/svg'}, set(re.findall(r'https?://[^\s"\'<>)]*', re.sub(r'<script type.*?</script>', '', page, flags=re.S))))

    def test_policy_stops_what_is_smuggled_in(self):
        self.open()
        self.browser.run('''(() => {
            const script = document.createElement('script');
            script.textContent = 'window.smuggled = 1';
            document.body.append(script);
            const image = document.createElement('img');
            image.setAttribute('onerror', 'window.smuggled = 2');
            image.src = 'file:///nothing.png';
            document.body.append(image);
        })()''')
        self.browser.run('new Promise(done => setTimeout(done, 200))')
        self.assertIsNone(self.browser.run('window.smuggled'))
        self.assertTrue(any('Content Security Policy' in line for line in self.browser.trouble))
        self.browser.trouble.clear()
        self.browser.requests.clear()

    def test_links_of_the_overview(self):
        self.open()
        self.browser.click('.legend a[href$="status=fail"]')
        self.assertEqual(self.one("SELECT count(*) FROM result WHERE run = 2 AND status = 'fail'"), self.found())
        self.browser.go('#overview')
        self.browser.click('.regressions .case')
        self.assertIn(self.browser.text('#case h1'), {name for name, in self.ask('SELECT name FROM regressions')})

    def test_filters(self):
        total = self.one('SELECT count(*) FROM result WHERE run = 2')
        self.open('#cases')
        self.assertEqual(total, self.found())
        self.open('#cases&status=pass&result=error')
        self.assertEqual(self.one("SELECT count(*) FROM result WHERE run = 2 AND status = 'pass' AND result = 'error'"), self.found())
        self.open('#cases&changed=regression')
        self.assertEqual(self.one('SELECT count(*) FROM regressions'), self.found())
        self.browser.run('''(() => {
            const select = document.querySelector('select[data-key=changed]');
            select.value = 'tree';
            select.dispatchEvent(new Event('change'));
        })()''')
        self.assertEqual(self.one('SELECT count(DISTINCT name) FROM tree_diff'), self.found())
        self.assertEqual('#cases&changed=tree', self.browser.run('location.hash'))

    def test_search(self):
        searches = {
            'OVERLAY-': "name LIKE '%overlay-%' OR error LIKE '%overlay-%' OR log LIKE '%overlay-%'",
            'failed to find mount destination': "error LIKE '%failed to find mount destination%' OR log LIKE '%failed to find mount destination%'",
            'Adding submount overlay': "log LIKE '%Adding submount overlay%'",
        }
        self.open('#cases')
        for text, where in searches.items():
            self.browser.run("(() => { const search = document.querySelector('input[type=search]'); search.focus(); search.select(); })()")
            self.type(text)
            expected = self.one(f'''SELECT count(*) FROM (SELECT r.name, CAST(e.data AS TEXT) AS error, CAST(l.data AS TEXT) AS log
                FROM result r LEFT JOIN blob e ON e.hash = r.error LEFT JOIN blob l ON l.hash = r.log WHERE r.run = 2) WHERE {where}''')
            self.assertGreater(expected, 0, text)
            self.assertEqual(expected, self.found(), text)

    def test_search_finds_paths(self):
        def paths(dir, above=''):
            for name, child in self.ask('SELECT name, child FROM node WHERE dir = ?', dir):
                path = '' if name == '/' else above + '/' + name
                yield path
                if child:
                    yield from paths(child, path)

        trees = self.ask('SELECT name, tree FROM result WHERE run = 2 AND tree IS NOT NULL')
        for text in ('etc/host', '/dev/shm', 'ys/fs/cg'):
            expected = sum(any(text in path for path in paths(tree)) for _, tree in trees)
            self.open('#cases&q=' + text)
            others = self.one('''SELECT count(*) FROM result r LEFT JOIN blob l ON l.hash = r.log LEFT JOIN blob e ON e.hash = r.error
                WHERE r.run = 2 AND r.tree IS NULL AND (CAST(l.data AS TEXT) LIKE ?1 OR CAST(e.data AS TEXT) LIKE ?1)''', f'%{text}%')
            self.assertGreaterEqual(self.found(), expected, text)
            self.assertLessEqual(self.found(), expected + others + self.one('''SELECT count(*) FROM result r JOIN blob l ON l.hash = r.log
                WHERE r.run = 2 AND CAST(l.data AS TEXT) LIKE ?''', f'%{text}%'), text)
        self.open('#cases&q=no/such/path/anywhere')
        self.assertEqual(0, self.found())
        self.assertIn('No case fits', self.browser.text('.empty'))

    def test_order(self):
        self.open('#cases')
        self.browser.click('.list-head [data-sort=time]')
        self.assertEqual(self.one('SELECT name FROM result WHERE run = 2 ORDER BY duration_ns DESC, id LIMIT 1'), self.browser.text('.list-row .name'))
        self.browser.click('.list-head [data-sort=name]')
        names = sorted(name for name, in self.ask('SELECT name FROM result WHERE run = 2'))
        self.assertEqual(names[0], self.browser.text('.list-row .name'))
        self.browser.click('.list-head [data-sort=name]')
        self.assertEqual(names[-1], self.browser.text('.list-row .name'))
        self.assertEqual('descending', self.browser.run("document.querySelector('[data-sort=name]').getAttribute('aria-sort')"))

    def test_case(self):
        name = 'named/overlay-rmdir-not-empty'
        self.open('#case=' + name)
        self.assertEqual(name, self.browser.text('#case h1'))
        self.assertIn('was ok, pass in run 1', self.browser.text('.case-head'))
        findings = [text for text, in self.ask('''SELECT text FROM finding f JOIN result r ON r.id = f.result WHERE r.run = 2 AND r.name = ?''', name)]
        shown = self.browser.texts('.finding p')
        self.assertEqual(len(findings), len(shown))
        for finding in findings:
            self.assertTrue(any(line.startswith(finding) for line in shown), finding)
        mounts = self.ask('SELECT destination FROM mount m JOIN result r ON r.mounts = m.list WHERE r.run = 2 AND r.name = ? ORDER BY idx', name)
        self.assertEqual(len(mounts), len(self.browser.texts('.mount-table tbody tr')))
        self.assertEqual(len(mounts), len(self.browser.texts('.graph .mount')))
        log = json.loads(self.one('SELECT CAST(b.data AS TEXT) FROM blob b JOIN result r ON r.log = b.hash WHERE r.run = 2 AND r.name = ?', name))
        self.assertEqual(log, self.browser.texts('#case-log .line > :last-child'))
        self.assertEqual(['- rmdir("/d") = ok', '- stat("/d") = ENOENT', '+ rmdir("/d") = ENOTEMPTY'],
                         self.browser.run('''[...document.querySelectorAll('#case-ops .line')].slice(0, 3).map(line => line.children[1].textContent + ' ' + line.children[2].textContent)'''))

    def test_a_mount_that_was_left_out_says_why(self):
        name = self.one('SELECT min(r.name) FROM result r JOIN mount m ON m.list = r.mounts WHERE r.run = 2 AND m.state = ?', 'dropped')
        self.open('#case=' + name)
        rows = self.browser.texts('.mount-table tbody tr')
        self.assertTrue(any('dropped' in row and 'the pipeline brings its own devices below /dev' in row for row in rows), rows)

    def test_tree_comparison(self):
        name = 'named/overlay-rmdir-not-empty'
        self.open('#case=' + name)
        pairs = self.browser.run('''[...document.querySelectorAll('.pair[data-kind]')].map(row => [row.dataset.kind, row.dataset.path])''')
        for path, change in self.ask('SELECT path, change FROM tree_diff WHERE name = ?', name):
            self.assertIn([change, path], pairs)
        self.assertTrue(all(kind != 'same' or any(other.startswith(path.rstrip('/') + '/') for _, other in pairs) for kind, path in pairs))
        self.browser.click('#case-compare button')
        whole = self.browser.run("document.querySelectorAll('.pair[data-kind]').length")
        self.assertEqual(self.one('SELECT d.nodes FROM result r JOIN dir d ON d.hash = r.tree WHERE r.run = 2 AND r.name = ?', name), whole)
        self.assertEqual(['added'], self.browser.texts('.file-tree [role=treeitem] [role=treeitem] > .tree-row .tag.added')[:1])

    def test_tree_and_explanation(self):
        name = 'named/overlay-rmdir-not-empty'
        self.open('#case=' + name + '&path=/dev/pts')
        self.assertEqual('/dev/pts', self.browser.text('.explain h3'))
        self.assertIn('devpts, made by the pipeline', self.browser.text('.explain'))
        selected = "document.querySelector('[role=treeitem][aria-selected=true]')"
        self.browser.run(selected + '.focus()')
        self.browser.key('ArrowDown')
        self.assertNotEqual('/dev/pts', self.browser.text('.explain h3'))
        self.browser.key('ArrowUp')
        self.assertEqual('/dev/pts', self.browser.text('.explain h3'))
        self.browser.key('ArrowLeft')
        self.browser.key('ArrowLeft')
        self.assertEqual('/dev', self.browser.text('.explain h3'))
        self.assertEqual('#case=named/overlay-rmdir-not-empty&path=/dev', self.browser.run('location.hash'))
        self.browser.click('.mount-table a')
        self.assertEqual('/', self.browser.text('.explain h3'))
        self.open('#case=' + name + '&path=/no/such')
        self.assertIn('There is no node /no/such', self.browser.text('.explain'))

    def test_changes_by_cause(self):
        self.open('#changes')
        lines = [json.loads(line) for line in self.simrun('diff', '--format', 'jsonl', '1', '2').stdout.splitlines()]
        changes = [line for line in lines if 'cause' in line]
        self.assertEqual(len({change['cause'] for change in changes}), len(self.browser.texts('.cause')))
        self.assertEqual(len(changes), len(self.browser.texts('.change')))
        self.assertEqual({name for name, in self.ask('SELECT name FROM regressions')},
                         set(self.browser.run('''[...document.querySelectorAll('.cause')].filter(card => card.querySelector('.tag.regression'))
                             .flatMap(card => [...card.querySelectorAll('.names .case')].map(link => link.textContent))''')))

    def test_keys(self):
        self.open()
        self.browser.key('/', '/')
        self.assertTrue(self.browser.run("document.activeElement === document.querySelector('input[type=search]')"))
        self.type('overlay-')
        self.browser.key('ArrowDown')
        self.browser.key('ArrowDown')
        second = self.browser.texts('.list-row .name')[1]
        self.assertEqual(second, self.browser.run("document.activeElement.querySelector('.name').textContent"))
        self.browser.key('Enter', '\r')
        self.assertEqual(second, self.browser.text('#case h1'))
        self.browser.key('n', 'n')
        third = self.browser.text('#case h1')
        self.assertNotEqual(second, third)
        self.browser.key('p', 'p')
        self.assertEqual(second, self.browser.text('#case h1'))
        self.browser.key('o', 'o')
        self.assertFalse(self.browser.run("document.getElementById('overview').hidden"))

    def test_unknown_addresses(self):
        self.open('#case=no-such-case')
        self.assertIn('no case no-such-case', self.browser.text('#case'))
        self.open('#case=%E0%A4%A')
        self.assertIn('no case', self.browser.text('#case'))
        self.open('#constructor')
        self.assertFalse(self.browser.run("document.getElementById('overview').hidden"))

    def test_screens(self):
        for width in (400, 1400):
            self.browser.view(width, 800)
            for fragment in ('#overview', '#cases', '#changes', '#case=named/overlay-rmdir-not-empty'):
                self.open(fragment)
                self.assertLessEqual(self.browser.run('document.documentElement.scrollWidth'), width, f'{fragment} at {width}')
        ground = 'getComputedStyle(document.body).backgroundColor'
        light = self.browser.run(ground)
        self.browser.view(1400, 900, dark=True)
        self.assertNotEqual(light, self.browser.run(ground))


class Refusals(Report):
    @classmethod
    def make(cls):
        cls.suite('one.jsonl', [{'id': 'one', 'rootfs': [], 'spec': ROOT}])
        cls.simrun('one.jsonl', '--report', 'html=r.html')

    def refuse(self, *words):
        done = self.simrun(*words, fine=(2,))
        return done.stderr.decode()

    def test_refusals(self):
        self.assertIn('no --no-db', self.refuse('--no-db', '--report', 'html=x.html', 'one.jsonl'))
        self.assertIn('whole run', self.refuse('report', 'html', 'one'))
        self.assertIn('no run 7', self.refuse('report', 'html', '--run', '7'))
        self.assertIn('--baseline', self.refuse('report', 'html', '--baseline', '7'))
        self.assertIn('--baseline', self.refuse('report', 'csv', '--baseline', '1'))
        self.assertFalse(os.path.exists(self.path('x.html')))

    def test_without_a_baseline(self):
        self.open()
        self.assertEqual('No failures', self.browser.text('h1'))
        self.assertNotIn('Changes since', self.browser.text('#overview'))
        self.browser.go('#changes')
        self.assertIn('There is no run before this one', self.browser.text('#changes'))

    def test_of_a_baseline_elsewhere(self):
        self.simrun('--db', 'other.db', 'one.jsonl')
        self.simrun('report', 'html', '--baseline', 'other.db', '-o', 'elsewhere.html')
        self.file = 'elsewhere.html'
        self.open()
        self.assertEqual('No regressions since run 1', self.browser.text('h1'))


class Hostile(Report):
    @classmethod
    def make(cls):
        cls.suite('h.jsonl', hostile_suite())
        cls.simrun('h.jsonl', '--label', '<b>label</b>')
        cls.simrun('h.jsonl', '--label', '</title><script>alert(4)</script>', '--quirk', 'VQ-09=off', '--report', 'html=r.html')

    def check_page(self):
        self.assertEqual(3, self.browser.run('document.scripts.length'))
        self.assertEqual(0, self.browser.run("document.querySelectorAll('img, iframe, object, embed, b:not(.tree-name b):not(.legend b), body style').length"))

    def test_every_page(self):
        self.open()
        self.assertIn('</title><script>alert(4)</script>', self.browser.text('.top-run'))
        self.check_page()
        for fragment in ('#cases', '#changes'):
            self.browser.go(fragment)
            self.check_page()
        self.browser.go('#cases')
        self.assertEqual(set(HOSTILE.values()), set(self.browser.texts('.list-row .name')))

    def test_every_case(self):
        for name, shown in HOSTILE.items():
            with self.subTest(shown):
                self.open('#cases')
                at = self.browser.texts('.list-row .name').index(shown)
                self.browser.click(f'.list-row[data-i="{at}"]')
                self.assertEqual(shown, self.browser.text('#case h1'))
                self.check_page()
                safe = shown.replace('/', '_')
                rows = [row.split(' → ')[0].lstrip('▸▾') for row in self.browser.texts('.tree-name')]
                self.assertTrue(any(row.startswith(safe) for row in rows), rows[:20])
                self.assertTrue(any(shown in row for row in self.browser.texts('.tree-name .to')))
                self.assertTrue(any(shown in text for text in self.browser.texts('.mount-table td')))
                # The address works by itself, down to the node.
                self.browser.run(f'''[...document.querySelectorAll('.tree-row')].find(row =>
                    row.querySelector('.tree-name').lastChild.textContent === {json.dumps(safe)} || row.querySelector('.tree-name').textContent === {json.dumps(safe)}).click()''')
                address = self.browser.run('location.hash')
                self.open(address)
                self.assertEqual(shown, self.browser.text('#case h1'))
                self.assertEqual('/' + safe, self.browser.text('.explain h3'))

    def test_no_raw_bytes(self):
        with open(self.path('r.html'), 'rb') as f:
            page = f.read()
        self.assertNotRegex(page.decode(), '[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
        blocks = re.findall(rb'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
        self.assertEqual(2, len(blocks))
        for block in blocks:
            self.assertNotIn(b'<', block)
            json.loads(block)


class Large(Report):
    """10,000 cases: the rows of one run, made many."""
    CASES = 10000
    NODES = 1500
    SECONDS = 10  # far more than it takes, for machines that are slow

    @classmethod
    def make(cls):
        cls.suite('one.jsonl', [{'id': 'one', 'rootfs': [{'path': 'etc/hosts', 'type': 'file', 'content': 'x'}], 'spec': ROOT}])
        cls.simrun('one.jsonl')
        with sqlite3.connect(cls.path('simrun.db')) as db:
            columns = [row[1] for row in db.execute('PRAGMA table_info(result)') if row[1] not in ('id', 'name', 'status')]
            db.execute(f'''WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {cls.CASES - 1})
                INSERT INTO result(name, status, {', '.join(columns)})
                SELECT printf('many/%05d', i), iif(i % 1000 = 0, 'fail', 'pass'), {', '.join(columns)} FROM result, n WHERE name = 'one' ''')
        db.close()
        cls.simrun('report', 'html', '-o', 'r.html')

    def test_large(self):
        started = time.monotonic()
        self.open('#cases')
        self.assertEqual(self.CASES, self.found())
        opened = time.monotonic() - started
        elements = "document.querySelectorAll('*').length"
        self.assertLess(self.browser.run(elements), self.NODES)
        started = time.monotonic()
        self.browser.run("(() => { const body = document.querySelector('.list-body'); body.scrollTop = body.scrollHeight; })()")
        self.browser.settle()
        self.browser.settle()
        self.assertLess(self.browser.run(elements), self.NODES)
        self.assertEqual(str(self.CASES - 1), self.browser.run("[...document.querySelectorAll('.list-row')].pop().dataset.i"))
        scrolled = time.monotonic() - started
        started = time.monotonic()
        self.open('#cases&q=etc/hosts&status=fail')
        self.assertEqual(9, self.found())
        searched = time.monotonic() - started
        self.assertLess(max(opened, scrolled, searched), self.SECONDS)
        print(f'\n{self.CASES} cases, {os.path.getsize(self.path("r.html"))} bytes: opened in {opened:.2f} s, '
              f'scrolled in {scrolled:.2f} s, opened and searched in {searched:.2f} s, {self.browser.run(elements)} elements', file=sys.stderr)


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    CHROMIUM = browser.find()
    if not CHROMIUM:
        print('skipped: no Chromium is installed (Debian: chromium)')
        sys.exit(SKIPPED)
    del Report
    unittest.main()
