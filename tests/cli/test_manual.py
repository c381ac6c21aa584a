"""Help, manual pages and completion tell what the program does: nothing missing, and every example works."""
import functools
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

SIMRUN = MANUAL = None
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPEC = {'ociVersion': '1.0.0', 'process': {'args': ['sh'], 'cwd': '/'}, 'root': {'path': 'rootfs'},
        'mounts': [{'destination': '/data', 'type': 'tmpfs', 'source': 'tmpfs'}]}
CASE = 'named/hidden-by-later-parent'
BASH_COMPLETION = '/usr/share/bash-completion/bash_completion'


def read(*path):
    with open(os.path.join(*path)) as f:
        return f.read()


def ask(*args):
    return subprocess.run([SIMRUN, *args], capture_output=True, text=True, check=True).stdout


@functools.lru_cache(None)
def commands():
    """Names of all commands, as `simrun help` lists them."""
    section = ask('help').split('\nCommands:\n')[1].split('\n\n')[0]
    return re.findall(r'^  \[?([a-z0-9-]+)', section, re.M)


def page(command):
    return read(MANUAL, 'man1', 'simrun.1' if command == 'run' else 'simrun-%s.1' % command)


def options(command):
    """The option names of a command; completion, which the tables make too, has them by command."""
    line, = re.findall(r"^    %s\) options='(.*)' ;;$" % re.escape(command), ask('completion', 'bash'), re.M)
    return line.split()


def examples(command):
    section = ask('help', command).split('\nExamples:\n')[1].split('\n\n')[0]
    return re.findall(r'^  (simrun .*)$', section, re.M)


def mentions(text, word):
    return re.search(r'(?<![\w.-])%s(?![\w-])' % re.escape(word), text.replace(r'\-', '-'))


class Scratch(unittest.TestCase):
    """What the examples are about: the corpus, a spec with its root, three recorded runs, two shards, a 9P server."""

    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix='simrun-manual-')
        cls.addClassCleanup(shutil.rmtree, cls.base)
        cls.template = os.path.join(cls.base, 'template')
        os.makedirs(os.path.join(cls.template, 'rootfs', 'etc'))
        os.symlink(os.path.join(SOURCE, 'corpus'), os.path.join(cls.template, 'corpus'))
        with open(os.path.join(cls.template, 'config.json'), 'w') as f:
            json.dump(SPEC, f)
        with open(os.path.join(cls.template, 'rootfs', 'etc', 'hostname'), 'w') as f:
            f.write('here\n')
        for more in ([], ['--profile', 'strict'], ['--quirk', 'VQ-09=off']):  # the newest has failures
            cls.record('simrun.db', *more, '--exclude', 'generated/*', 'corpus')
        for i in '12':
            cls.record('shard-%s.db' % i, '--shard', i + '/2', 'corpus/named')

    @classmethod
    def record(cls, db, *args):
        p = subprocess.run([SIMRUN, '-q', '--db', db, *args], cwd=cls.template, capture_output=True, text=True,
                           timeout=300)
        if p.returncode > 1:
            raise AssertionError(p.stderr)

    def setUp(self):
        self.dir = os.path.join(self.base, self._testMethodName)
        self.fresh()

    def fresh(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        shutil.copytree(self.template, self.dir, symlinks=True)

    def environment(self):
        return dict(os.environ, PATH=os.path.dirname(SIMRUN) + ':' + os.environ['PATH'], NO_COLOR='1')


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Examples(Scratch):
    def own_addresses(self, line):
        """The example with addresses that are nobody else's on this machine."""
        line = line.replace('/tmp/9p.sock', self.socket).replace('127.0.0.1:5640', self.tcp)
        return line + ' --listen ' + self.tcp if ' serve ' in line and '--listen' not in line else line

    def await_server(self, p, line):
        for _ in range(200):
            for family, address in ((socket.AF_UNIX, self.socket), (socket.AF_INET, ('127.0.0.1', self.port))):
                with socket.socket(family) as s:
                    if s.connect_ex(address) == 0:
                        return
            self.assertIsNone(p.poll(), line)
            time.sleep(0.05)
        self.fail('nobody listens: ' + line)

    def serve(self, line):
        p = subprocess.Popen(['sh', '-c', 'exec ' + self.own_addresses(line)], cwd=self.dir, env=self.environment(),
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            self.await_server(p, line)
        finally:
            p.terminate()
            p.communicate(timeout=60)

    def interrupt_the_newest_run(self):
        con = sqlite3.connect(os.path.join(self.dir, 'simrun.db'))
        with con:
            con.execute("UPDATE run SET state = 'interrupted' WHERE id = (SELECT max(id) FROM run)")
        con.close()

    def try_it(self, line):
        if line.startswith('simrun serve '):
            return self.serve(line)
        if '--resume' in line:
            self.interrupt_the_newest_run()
        p = subprocess.run(['sh', '-c', self.own_addresses(line)], cwd=self.dir, env=self.environment(),
                           capture_output=True, text=True, timeout=300)
        self.assertIn(p.returncode, (0, 1), '%s\n%s' % (line, p.stderr))
        return p.stdout

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.tcp, self.socket = '127.0.0.1:%d' % self.port, os.path.join(self.dir, '9p.sock')

    def test_every_example_of_every_command(self):
        tried = 0
        for command in commands():
            if command in ('serve', 'p9'):
                continue
            self.fresh()
            for line in examples(command):
                with self.subTest(line):
                    self.try_it(line)
                    tried += 1
        self.assertGreaterEqual(tried, len(commands()))

    def test_examples_of_serve(self):
        for line in examples('serve'):
            with self.subTest(line):
                self.serve(line)

    def test_examples_of_p9(self):
        server = subprocess.Popen([SIMRUN, 'serve', '--listen', self.tcp, '--listen', 'unix:' + self.socket, 'rootfs'],
                                  cwd=self.dir, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.await_server(server, 'simrun serve')
            said = ''.join(self.try_it(line) for line in examples('p9'))
        finally:
            server.terminate()
            server.wait(timeout=60)
        self.assertIn('hostname', said)
        self.assertIn('here', said)


class Pages(Scratch):
    def test_every_command_has_a_page_with_text_and_examples(self):
        self.assertGreater(len(commands()), 15)
        for command in commands():
            with self.subTest(command):
                text = page(command)
                self.assertRegex(text, r'(?m)^\.Sh DESCRIPTION\n[A-Z][^\n]{20}')
                self.assertTrue(examples(command), 'no example')
                self.assertIn('simrun', text.split('.Sh EXAMPLES\n')[1])

    def test_every_option_is_in_its_page(self):
        for command in commands():
            text = page(command)
            self.assertTrue(options(command))
            for option in options(command):
                with self.subTest(command=command, option=option):
                    self.assertTrue(re.search(r'^\.It (Fl . , )?Fl \\-%s( |$)' % re.escape(option[2:]), text, re.M))

    def test_help_has_what_its_page_has(self):
        for command in commands():
            with self.subTest(command):
                said = set(re.findall(r'^  (?:-., |    )(--[a-z0-9-]+)', ask('help', command), re.M))
                if command not in ('run', 'help'):  # their help has all options of all commands
                    self.assertEqual(said, set(options(command)))
                self.assertLessEqual(set(options(command)), said)
                self.assertEqual([line for line in ask('help', command).splitlines()
                                  if len(line) > 80 and not line.startswith('  simrun ')], [])

    @unittest.skipUnless(shutil.which('mandoc'), 'no mandoc on this machine')
    def test_pages_are_clean(self):
        pages = [os.path.join(MANUAL, folder, name) for folder in ('man1', 'man5')
                 for name in sorted(os.listdir(os.path.join(MANUAL, folder))) if not name.endswith('.gz')]
        self.assertEqual(len(pages), len(commands()) + 2)
        p = subprocess.run(['mandoc', '-T', 'lint', *pages], capture_output=True, text=True)
        # Whether another page is installed is not the page's fault.
        said = [line for line in p.stdout.splitlines() if 'referenced manual not found' not in line]
        self.assertEqual(said, [])

    def test_the_page_of_suites_names_all_that_is_read(self):
        text = read(MANUAL, 'man5', 'simrun-suite.5')
        ops = re.findall(r'\[OP_\w+\] = \{"(\w+)"', read(SOURCE, 'sim/input/ops_read.c'))
        annotations = re.findall(r'strcmp\(what, "([a-z-]+)"\)', read(SOURCE, 'sim/input/annotations.c'))
        keys = re.findall(r'"(\w+)"', re.search(r'\{([^}]*"id"[^}]*)\}', read(SOURCE, 'sim/input/case_suite.c')).group(1))
        entry = re.search(r'\{([^}]*"rdev"[^}]*)\}', read(SOURCE, 'sim/input/manifest_read.c')).group(1)
        self.assertGreater(min(len(ops) - 20, len(annotations) - 5, len(keys) - 8), 0)
        operations = text.split('.Sh OPERATIONS')[1].split('.Sh ')[0]
        for op in ops:
            self.assertTrue(mentions(operations, op), 'operation ' + op)
        named = re.findall(r'(?<![\w.-])Li ([a-z_]+) Ar', operations)
        self.assertEqual(sorted(named), sorted(ops))
        for key in annotations + ['expect-profile']:
            self.assertTrue(mentions(text, 'dev.simrun.' + key), 'annotation ' + key)
        for key in keys:
            self.assertTrue(mentions(text.split('.Sh KEYS OF A LINE')[1].split('.Sh ')[0], key), 'key ' + key)
        for key in re.findall(r'"(\w+)"', entry):
            self.assertTrue(mentions(text.split('.Sh MANIFESTS')[1].split('.Sh ')[0], key), 'key of a manifest ' + key)

    def test_the_page_of_the_database_names_all_that_it_has(self):
        text = read(MANUAL, 'man5', 'simrun-db.5').replace(r'\-', '-')
        con = sqlite3.connect(os.path.join(self.dir, 'simrun.db'))
        self.addCleanup(con.close)
        sections = {name: body for _, name, body in
                    re.findall(r'^\.Ss (Table|View) (\w+)\n(.*?)(?=^\.S[sh] )', text, re.M | re.S)}
        known = con.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND "
                            "name NOT LIKE 'sqlite_%' AND name NOT GLOB 'search_[cdi][oade][nctx]*'").fetchall()
        self.assertEqual(sorted(sections), sorted(name for name, _ in known))
        for name, _ in known:
            for column in con.execute('SELECT name FROM pragma_table_info(?)', (name,)).fetchall():
                with self.subTest(name=name, column=column[0]):
                    self.assertTrue(mentions(sections[name], column[0]))


class Completion(Scratch):
    def bash(self, *words):
        """What bash offers for the last of the words."""
        quoted = ' '.join("'%s'" % w for w in words)
        script = ('[ -r {0} ] && . {0}; . "$1"\nCOMP_WORDS=({1}) COMP_CWORD={2} COMP_LINE="{3}"; COMP_POINT=${{#COMP_LINE}}\n'
                  'compopt() {{ :; }}\n_simrun; printf "%s\\n" "${{COMPREPLY[@]}}"').format(
                      BASH_COMPLETION, quoted, len(words) - 1, ' '.join(words))
        p = subprocess.run(['bash', '-c', script, 'bash', os.path.join(MANUAL, 'completion', 'simrun')], cwd=self.dir,
                           env=self.environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(p.stderr, '', words)
        return p.stdout.split()

    def test_bash(self):
        self.assertLessEqual(set(commands()), set(self.bash('simrun', '')))
        self.assertEqual(self.bash('simrun', 'first'), ['first-bad'])
        self.assertEqual(sorted(self.bash('simrun', 'diff', '--')), sorted(options('diff')))
        self.assertEqual(sorted(self.bash('simrun', '--re')),
                         sorted(o for o in options('run') if o.startswith('--re')))
        self.assertEqual(self.bash('simrun', '--file-access', ''), ['proxy', 'proxy-exclusive', 'direct'])
        self.assertEqual(self.bash('simrun', '--file-access', '=', 'd'), ['direct'])
        self.assertEqual(self.bash('simrun', '--profile', 's'), ['strict'])
        self.assertEqual(self.bash('simrun', 'show', CASE[:-3]), [CASE])
        self.assertGreater(len(self.bash('simrun', 'tree', 'named/')), 10)
        self.assertEqual(self.bash('simrun', 'diff', ''), ['latest', '1', '2', '3'])
        self.assertIn('junit', self.bash('simrun', 'report', 'j'))
        self.assertEqual(self.bash('simrun', 'report', 'tree', CASE[:-3]), [CASE])
        self.assertIn('by-error', self.bash('simrun', 'query', 'by'))
        self.assertEqual(self.bash('simrun', 'help', 'pru'), ['prune'])
        self.assertEqual(self.bash('simrun', 'completion', ''), ['bash', 'zsh', 'fish'])
        self.assertEqual(self.bash('simrun', 'p9', 'b'), ['bench'])

    def test_bash_without_a_database(self):
        os.remove(os.path.join(self.dir, 'simrun.db'))
        self.assertEqual(self.bash('simrun', 'show', ''), [])
        self.assertEqual(self.bash('simrun', 'diff', ''), ['latest'])
        self.assertFalse(os.path.exists(os.path.join(self.dir, 'simrun.db')))

    def parses(self, shell, name):
        p = subprocess.run([shell, '-n', os.path.join(MANUAL, 'completion', name)], capture_output=True, text=True)
        self.assertEqual((p.returncode, p.stderr), (0, ''))

    @unittest.skipUnless(shutil.which('zsh'), 'no zsh on this machine')
    def test_zsh(self):
        self.parses('zsh', '_simrun')
        script = ('compadd() { print -l -- ${(P)@[-1]}; }; compdef() { :; }; . "$1"\n'
                  '_simrun_commands; _simrun_cases; _simrun_runs; _simrun_queries; _simrun_formats')
        p = subprocess.run(['zsh', '-f', '-c', script, 'zsh', os.path.join(MANUAL, 'completion', '_simrun')],
                           cwd=self.dir, env=self.environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(p.stderr, '')
        self.assertLessEqual({*commands(), CASE, 'latest', 'by-error', 'junit'}, set(p.stdout.split('\n')))

    @unittest.skipUnless(shutil.which('fish'), 'no fish on this machine')
    def test_fish(self):
        self.parses('fish', 'simrun.fish')
        script = 'source %s/completion/simrun.fish; complete -C "simrun show named/hidden"' % MANUAL
        p = subprocess.run(['fish', '--no-config', '-c', script], cwd=self.dir, env=self.environment(),
                           capture_output=True, text=True, timeout=60)
        self.assertIn(CASE, p.stdout)


if __name__ == '__main__':
    SIMRUN, MANUAL = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))
    unittest.main()
