"""simrun minimize: known smallest answers, and that they still show the same."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SIMRUN = None
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAMED = os.path.join(ROOT, 'corpus', 'named')
GOLDEN = os.path.join(ROOT, 'tests', 'conformance', 'golden')


class Minimize(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='simrun-minimize-test-')
        self.addCleanup(shutil.rmtree, self.dir)
        self.tmp = os.path.join(self.dir, 'tmp')
        os.mkdir(self.tmp)

    def run_it(self, *args, code=0):
        p = subprocess.run([SIMRUN, *args], cwd=self.dir, capture_output=True, text=True,
                           timeout=300, env=dict(os.environ, TMPDIR=self.tmp))
        self.assertEqual(p.returncode, code, '%s\n%s\n%s' % (args, p.stdout, p.stderr))
        self.assertEqual(os.listdir(self.tmp), [])  # nothing stays behind
        return p

    def result(self, path):
        p = self.run_it('--no-db', '--format', 'jsonl', '-q', path)
        line = json.loads(p.stdout)
        return line['result'], line['error']

    def test_error(self):
        p = self.run_it('minimize', 'named/below-a-file', NAMED, '-o', 'small.jsonl')
        self.assertIn('kept error: failed to configure mounts: failed to find inode "g"', p.stderr)
        with open(os.path.join(self.dir, 'small.jsonl')) as f:
            small = json.load(f)
        self.assertEqual(small, {
            'id': 'named/below-a-file', 'rootfs': [{'path': 'f1', 'type': 'file'}],
            'sources': {'dir': []},
            'spec': {'root': {'path': '@rootfs'},
                     'mounts': [{'destination': '/f1/g', 'type': 'bind', 'source': '@dir'}]}})
        self.assertEqual(self.result('small.jsonl'), (
            'error', 'failed to configure mounts: failed to find inode "g": not a directory'))

    def test_panic(self):
        p = self.run_it('minimize', 'named/bind-empty-source', NAMED)
        self.assertEqual(json.loads(p.stdout)['spec'],
                         {'root': {'path': '@rootfs'}, 'mounts': [{'type': 'bind'}]})

    def test_row(self):
        suite = os.path.join(GOLDEN, 'engines.jsonl.gz')
        p = self.run_it('minimize', 'engines/00058', suite, '--preserve', 'row=PQ-22', '-q')
        self.assertEqual(json.loads(p.stdout)['spec']['mounts'],
                         [{'destination': '/sys/fs/cgroup'}])
        self.assertEqual(p.stderr, '')
        self.run_it('minimize', 'engines/00058', suite, '--preserve', 'row=PQ-09', code=2)
        self.run_it('minimize', 'engines/00058', suite, '--preserve', 'row=PQ-99', code=2)
        self.run_it('minimize', 'engines/00058', suite, '--preserve', 'size', code=2)

    def test_same_bytes(self):
        suite = os.path.join(GOLDEN, 'ops.jsonl.gz')
        outs = {self.run_it('minimize', 'ops/00419', suite, '-j', str(j)).stdout for j in (1, 2, 3)}
        self.assertEqual(len(outs), 1)

    def test_spec(self):
        spec = {'ociVersion': '1.0.0', 'process': {'args': ['sh'], 'cwd': '/'},
                'root': {'path': 'rootfs'},
                'mounts': [{'destination': '/a', 'type': 'tmpfs', 'options': ['mode=0700']},
                           {'destination': '/b', 'type': 'tmpfs', 'options': ['nosuid', 'x=1=2']}]}
        with open(os.path.join(self.dir, 's.json'), 'w') as f:
            json.dump(spec, f)
        p = self.run_it('minimize', 's.json', 's.json')
        self.assertEqual(json.loads(p.stdout), {
            'ociVersion': '1.0.0', 'process': {'args': ['sh']}, 'root': {'path': 'rootfs'},
            'mounts': [{'type': 'tmpfs', 'options': ['x=1=2']}]})

    def test_bound(self):
        p = self.run_it('minimize', 'named/below-a-file', NAMED, '--max-runs', '3')
        self.assertIn('ended early', p.stderr)
        self.assertIn('/f1/g', p.stdout)

    def test_trouble(self):
        p = self.run_it('minimize', 'named/below-a-fil', NAMED, code=2)
        self.assertIn('like it: named/below-a-file', p.stderr)
        bundle = os.path.join(ROOT, 'corpus', 'bundles', 'web')
        self.run_it('minimize', bundle, bundle, code=2)


if __name__ == '__main__':
    SIMRUN = os.path.abspath(sys.argv.pop(1))
    unittest.main()
