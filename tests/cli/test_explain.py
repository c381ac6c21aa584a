"""simrun explain: each answer is held against what the recorded trees and the cases say."""
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

SIMRUN = None
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOLDEN = os.path.join(ROOT, 'tests', 'conformance', 'golden')
NAMED = os.path.join(ROOT, 'corpus', 'named')


def read_lines(path):
    with gzip.open(path, 'rt') as f:
        return [json.loads(line) for line in f]


class Explain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='simrun-explain-')
        cls.run_it('run', '-q', NAMED, os.path.join(GOLDEN, 'across.jsonl.gz'),
                   os.path.join(GOLDEN, 'destinations.jsonl.gz'),
                   os.path.join(GOLDEN, 'mounts.jsonl.gz'), '--db', 'e.db', code=None)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir)

    @classmethod
    def run_it(cls, *args, code=0, **more):
        p = subprocess.run([SIMRUN, *args], cwd=cls.dir, capture_output=True, text=True,
                           errors='replace', timeout=300, **more)
        if code is not None and p.returncode != code:
            raise AssertionError('%s: %d\n%s\n%s' % (args, p.returncode, p.stdout, p.stderr))
        return p

    def text(self, case, path, *args):
        out = self.run_it('explain', case, path, '--db', 'e.db', *args).stdout
        for line in out.splitlines():
            self.assertLessEqual(len(line), 80, line)
        return ' '.join(out.split())

    def facts(self, case, path, *args):
        if not args:
            args = ('--db', 'e.db')
        out = self.run_it('explain', case, path, '--format', 'jsonl', *args).stdout
        self.assertEqual(out.count('\n'), 1)
        return json.loads(out)

    def fact(self, answer, kind):
        return [f['text'] for f in answer['facts'] if f['kind'] == kind]

    def rules(self, answer, kind):
        return [f['rule'] for f in answer['facts'] if f['kind'] == kind and 'rule' in f]


class Golden(Explain):
    """Against the trees of the real system."""

    def tree(self, line):
        with open(os.path.join(GOLDEN, 'subtrees.json')) as f:
            subtrees = json.load(f)
        nodes = {}
        for node in line.get('nodes', []):
            if 'subtree' not in node:
                nodes[node['path']] = node
                continue
            for sub in subtrees[node['subtree']]:
                path = node['path'].rstrip('/') + ('' if sub['path'] == '/' else sub['path'])
                nodes[path or '/'] = dict(sub, path=path or '/')
        return nodes

    def mount_root(self, nodes, path):
        while not nodes[path]['mountpoint']:
            path = os.path.dirname(path)
        return path

    def check(self, line, choose):
        nodes = self.tree(line)
        path = choose.choice(sorted(p for p in nodes if '/proc/' not in p))
        answer = self.facts(line['id'], path)
        self.assertTrue(answer['exists'], (line['id'], path))
        for key in ('type', 'mode', 'uid', 'gid', 'fs', 'mountpoint'):
            if key in nodes[path] and not nodes[path].get('error'):
                self.assertEqual(answer['node'][key], nodes[path][key], (line['id'], path, key))
        self.assertEqual(answer['mount']['seen_at'], self.mount_root(nodes, path))
        compiled = [{'destination': '/', 'type': 'root'}] + line['compiled']
        index = answer['mount']['index']
        if index < len(compiled):
            self.assertEqual(answer['mount']['destination'], compiled[index]['destination'])
            self.assertEqual(answer['mount']['type'], compiled[index]['type'])
        if nodes[path]['type'] == 'dir':
            missing = path.rstrip('/') + '/no such name'
            gone = self.facts(line['id'], missing)
            self.assertFalse(gone['exists'])
            self.assertEqual(gone['path'], missing)
            self.assertEqual(gone['mount']['index'], index)

    def test_nodes_and_their_mounts(self):
        for suite, count in (('across', 60), ('destinations', 60), ('mounts', 60)):
            choose = random.Random(suite)
            lines = [x for x in read_lines(os.path.join(GOLDEN, suite + '.expected.jsonl.gz'))
                     if x['result'] == 'ok' and x.get('nodes')]
            for line in choose.sample(lines, count):
                with self.subTest(case=line['id']):
                    self.check(line, choose)

    def test_lost_mounts(self):
        """A mount of the list whose place is no mount point in the recorded tree."""
        p = self.run_it('query', '--db', 'e.db', '--format', 'jsonl',
                        "SELECT name, place FROM result_mount WHERE lost AND name LIKE 'dest%'")
        lost = [json.loads(x) for x in p.stdout.splitlines()]
        golden = {x['id']: x for x in read_lines(
            os.path.join(GOLDEN, 'destinations.expected.jsonl.gz'))}
        self.assertGreater(len(lost), 5)
        for row in lost:
            nodes = self.tree(golden[row['name']])
            self.assertFalse(nodes.get(row['place'], {}).get('mountpoint'), row)
        for row in lost[:8]:
            answer = self.facts(row['name'], row['place'])
            self.assertIn('VQ-09', self.rules(answer, 'other'))
            self.assertIn('is lost', ' '.join(self.fact(answer, 'other')))


class Answers(Explain):
    """Each kind of answer, on cases made for it."""

    def test_mount_root(self):
        text = self.text('named/bind-ro-rw', '/d')
        self.assertIn('/d is a directory', text)
        self.assertIn('the root of spec[0] /d (bind), mounted as 9p, source @dir', text)
        self.assertIn('ro: overridden, a later rw', text)
        self.assertIn('[PQ-08]', text)
        self.assertIn('PQ-08 read-only is decided twice', text)

    def test_layers(self):
        self.assertIn('in the writable overlay, merged with what @dir has',
                      self.text('named/bind-writable-overlay', '/d'))
        stub = self.facts('named/proxy-mount-below-real-directory', '/etc/a')
        self.assertIn('@rootfs does not have it: it is a stub directory',
                      self.fact(stub, 'layer')[0])
        self.assertIn('the stub is there for spec[0] /etc/a (bind)', self.fact(stub, 'layer'))

    def test_place_through_links(self):
        text = self.text('named/var-run-link', '/var/run/secrets')
        self.assertIn('/run/secrets is a directory', text)
        self.assertIn('/var/run is a link to /run', text)
        self.assertIn('leads to /run/secrets over links', text)
        self.assertIn('PQ-19', self.rules(self.facts('named/var-run-link', '/var/run/secrets'),
                                          'why'))

    def test_link_itself(self):
        self.assertIn('/var/run is a link to /run', self.text('named/var-run-link', '/var/run'))
        self.assertIn('it leads to /run', self.text('named/var-run-link', '/var/run'))
        self.assertIn('/run is a directory', self.text('named/var-run-link', '/var/run/'))

    def test_left_out(self):
        text = self.text('named/dev-dropped-dev-pts', '/dev/pts')
        self.assertIn('the root of the default /dev/pts (devpts)', text)
        self.assertIn('spec[0] /dev/pts (tmpfs) is left out', text)

    def test_hidden(self):
        answer = self.facts('named/bind-parent-after-child-file', '/etc/hosts')
        self.assertIn('spec[0] /etc/hosts (bind) is hidden by spec[1] /etc (bind)',
                      self.fact(answer, 'other'))
        # The file of the image lies under the directory that was bound over it.
        self.assertIn('what lies under spec[1] /etc (bind) has the name hosts too',
                      self.fact(answer, 'hides'))

    def test_missing_because_hidden(self):
        answer = self.facts('destinations/00198', '/proc/stale')
        self.assertFalse(answer['exists'])
        self.assertIn('the default /proc (proc) hides a directory on 9p that has stale',
                      self.fact(answer, 'hides'))

    def test_missing_with_neighbours(self):
        answer = self.facts('named/bind-parent-after-child-file', '/etc/host')
        self.assertEqual(self.fact(answer, 'near'), ['/etc/hosts is there'])

    def test_missing_further_down(self):
        text = self.text('named/ten-links', '/l0/x/nothere/more')
        self.assertIn('/d/x/nothere/more is not there: there is no /d/x/nothere', text)
        self.assertIn('/l9 is a link to d', text)

    def test_skipped(self):
        self.run_it('run', '-q', os.path.join(GOLDEN, 'engines.jsonl.gz'), '--filter',
                    'engines/00058', '--db', 'engines.db')
        answer = self.facts('engines/00058', '/sys/fs/cgroup', '--db', 'engines.db')
        self.assertIn('spec[6] /sys/fs/cgroup (cgroup) is skipped: the type cgroup is unknown',
                      self.fact(answer, 'other'))
        whole = self.facts('engines/00058', '/sys', '--db', 'engines.db')
        self.assertIn('it takes the place of the default sysfs mount', self.fact(whole, 'why'))
        self.assertIn('nosuid noexec nodev: ignored, the pipeline does not know them',
                      self.fact(whole, 'option'))
        self.assertIn('W ignoring unknown mount option "nosuid"', self.fact(whole, 'log'))

    def test_error_before(self):
        text = self.text('named/below-a-file', '/etc')
        self.assertIn('/etc: the case ended with error before there was a tree', text)
        self.assertIn('failed to find inode "g": not a directory', text)
        self.assertIn('it ended at the mount of spec[0] /f1/g (bind)', text)

    def test_operations(self):
        answer = self.facts('mounts/00012', '/sys')
        self.assertEqual(answer['mount']['operation'], 14)
        self.assertIn('the default /sys (sysfs) is gone: operation 5 unmounted it',
                      self.fact(answer, 'other'))
        self.assertIn('5: ["umount","/sys",0] succeeds', self.fact(answer, 'operation'))

    def test_trouble(self):
        p = self.run_it('explain', 'no/such', '/', '--db', 'e.db', code=2)
        self.assertIn('no/such', p.stderr)
        self.run_it('explain', 'named/bind-ro-rw', '/d', '--db', 'none.db', code=2)
        self.run_it('explain', 'named/bind-ro-rw', '/d', '--db', 'e.db', '--run', '9', code=2)
        self.run_it('explain', 'named/bind-ro-rw', '/d', '--db', 'e.db', '--format', 'csv', code=2)


class Rows(Explain):
    def test_switch(self):
        out = ' '.join(self.run_it('explain', 'VQ-09').stdout.split())
        self.assertIn('VQ-09: revalidation replaces ancestors of mounts', out)
        self.assertIn('model/contract/vfs.md, section 17.3', out)
        self.assertIn('on in gvisor-2018-08-14, off in gvisor-2018-08-14+0b3bfe2, off in strict',
                      out)

    def test_json(self):
        row = json.loads(self.run_it('explain', 'VQ-09', '--format', 'jsonl').stdout)
        self.assertEqual(row['profiles'], {'gvisor-2018-08-14': True,
                                           'gvisor-2018-08-14+0b3bfe2': False, 'strict': False})
        self.assertNotIn('profiles', json.loads(
            self.run_it('explain', 'PQ-12', '--format', 'jsonl').stdout))

    def test_unknown(self):
        self.assertIn('like PQ-12', self.run_it('explain', 'PQ12', code=2).stderr)

    def test_a_pattern_lists_rows(self):
        out = self.run_it('explain', 'VQ-*').stdout
        self.assertIn('\nVQ-08     a directory that contains mount points can be removed (on/on/off)\n', out)
        self.assertIn('\nVQ-01     mount sources are never destroyed\n', '\n' + out)
        self.assertNotIn('PQ-', out)
        self.assertIn('gvisor-2018-08-14/gvisor-2018-08-14+0b3bfe2/strict\n', out)
        rows = [json.loads(line) for line in self.run_it('explain', '*', '--format', 'jsonl').stdout.splitlines()]
        self.assertEqual([r for r in rows if r['row'] == 'VQ-09'],
                         [json.loads(self.run_it('explain', 'VQ-09', '--format', 'jsonl').stdout)])
        # What is listed as a switch can be switched.
        switches = [r['row'] for r in rows if 'profiles' in r]
        self.assertGreater(len(switches), 20)
        with open(os.path.join(self.dir, 'one.jsonl'), 'w') as f:
            f.write(self.run_it('gen', '--count', '1').stdout)
        for row in switches[::9]:
            self.run_it('--no-db', '-q', '-j0', '--quirk', row + '=off', 'one.jsonl')
        self.assertIn("(simrun explain '*' lists them)", self.run_it('explain', 'ZZ*', code=2).stderr)


class Fresh(Explain):
    """A file that was never recorded."""

    def spec(self, **more):
        spec = dict({'ociVersion': '1.0.0', 'process': {'args': ['sh'], 'cwd': '/'},
                     'root': {'path': 'rootfs'}, 'mounts': []}, **more)
        with open(os.path.join(self.dir, 'fresh.json'), 'w') as f:
            json.dump(spec, f)

    def test_spec(self):
        self.spec(mounts=[{'destination': '/data', 'type': 'none', 'options': ['ro', 'nosuid']}])
        before = set(os.listdir(self.dir))
        answer = self.facts('fresh.json', '/data', '--entry', 'runsc')
        self.assertEqual(set(os.listdir(self.dir)), before)
        self.assertEqual(answer['mount']['fs'], 'sysfs')
        self.assertEqual(self.rules(answer, 'why'), ['PQ-12'])
        self.assertEqual(answer['rules']['PQ-12'], 'type none mounts sysfs')
        self.assertIn('nosuid: ignored, the pipeline does not know it',
                      self.fact(answer, 'option'))

    def test_profile_counts(self):
        self.spec(mounts=[{'destination': '/etc/a/b', 'type': 'tmpfs'}])
        lost = self.facts('fresh.json', '/etc/a/b', '--file-access', 'proxy')
        self.assertEqual(self.rules(lost, 'other'), ['VQ-09'])
        kept = self.facts('fresh.json', '/etc/a/b', '--file-access', 'proxy', '--quirk',
                          'VQ-09=off')
        self.assertEqual(kept['mount']['destination'], '/etc/a/b')

    def test_hostile_names(self):
        name = '/x\x1b[31m\u202eevil\n"<b>'
        self.spec(mounts=[{'destination': name, 'type': 'tmpfs', 'options': ['\x1b]0;t\x07']}])
        out = self.run_it('explain', 'fresh.json', name).stdout
        for bad in ('\x1b', '\u202e', '\x07'):
            self.assertNotIn(bad, out)
        self.assertIn('\\x1b[31m\\u{202e}evil\\n', out)
        self.assertEqual(self.facts('fresh.json', name, '--entry', 'runsc')['path'], name)

    def test_several_cases(self):
        p = self.run_it('explain', os.path.join(NAMED, 'trees.jsonl'), '/', code=2)
        self.assertIn('record them with `simrun run`', p.stderr)

    def test_bundle(self):
        bundle = os.path.join(ROOT, 'corpus', 'bundles', 'web')
        answer = self.facts(bundle, '/srv/www', '--entry', 'runsc')
        self.assertIn('/srv/www', json.dumps(answer))


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
