"""recipes/ on one machine: GNU parallel, and what the manifests of Kubernetes and of CI say, run as they would."""
import os
import shutil
import subprocess
import sys
import unittest

from recipes import RECIPES, Recipe

try:
    import yaml
except ImportError:
    yaml = None

PARTS = 4


class Shard(Recipe):
    def test_a_part_is_whole_or_not_there(self):
        shard = os.path.join(RECIPES, 'shard.sh')
        local = self.path('local')
        os.mkdir(local)
        self.run_it(shard, self.path('out/1.db'), '-q', '--shard', '1/9', 'corpus/named', TMPDIR=local)
        self.assertEqual(os.listdir(self.path('out')), ['1.db'])
        self.run_it(shard, self.path('out/2.db'), '-q', 'wrong.jsonl', code=1, TMPDIR=local)
        self.assertEqual(sorted(os.listdir(self.path('out'))), ['1.db', '2.db'])
        self.run_it(shard, self.path('out/3.db'), '-q', 'no-such-place', code=2, TMPDIR=local)
        self.run_it(shard, self.path('out/3.db'), code=2, TMPDIR=local)
        self.assertEqual(sorted(os.listdir(self.path('out'))), ['1.db', '2.db'])
        self.assertEqual(os.listdir(local), [])


@unittest.skipUnless(shutil.which('parallel'), 'no GNU parallel on this machine')
class Parallel(Recipe):
    script = os.path.join(RECIPES, 'parallel.sh')

    def test_four_parts_are_the_run_in_one_piece(self):
        self.run_it(self.script, str(PARTS), self.path('all.db'), '-q', 'corpus')
        self.assert_same_run(self.path('all.db'), 'one.db', PARTS)

    def test_failed_cases_come_through(self):
        self.run_it(self.script, '2', self.path('all.db'), '-q', 'corpus/named', 'wrong.jsonl', code=1)
        self.assert_same_run(self.path('all.db'), 'wrong.db', 2)

    def test_parts_that_go_wrong_are_not_merged(self):
        self.run_it(self.script, '2', self.path('all.db'), '-q', 'no-such-place', code=2)
        self.assertEqual(os.listdir(self.dir), [])

    def test_arguments_arrive_as_they_are(self):
        self.run_it(self.script, '2', self.path('all.db'), '-q', '--label', "it's $HOME; *", 'corpus/named')
        self.assertEqual(self.ask(self.path('all.db'), 'SELECT label FROM run'), [("it's $HOME; *",)])


@unittest.skipUnless(yaml, 'no yaml for Python on this machine')
class Kubernetes(Recipe):
    def documents(self, name):
        with open(os.path.join(RECIPES, 'kubernetes', name)) as f:
            return list(yaml.safe_load_all(f))

    def job(self, name):
        job, = [d for d in self.documents(name) if d['kind'] == 'Job']
        self.assertEqual(job['apiVersion'], 'batch/v1')
        return job['spec']

    def container(self, spec):
        pod = spec['template']['spec']
        self.assertIn(pod['restartPolicy'], ('Never', 'OnFailure'))
        container, = pod['containers']
        self.assertLessEqual({m['name'] for m in container['volumeMounts']}, {v['name'] for v in pod['volumes']})
        return container

    def command(self, container):
        """The command with this machine's places for those of the image and its mounts."""
        *shell, line = container['command']
        self.assertEqual(shell, ['/bin/sh', '-c'])
        for there, here in (('/results', self.path('results')), ('/recipes', RECIPES), ('/corpus', 'corpus')):
            self.assertTrue(there != '/results' or there in line)
            line = line.replace(there, here)
        return [*shell, line]

    def test_the_parts_and_their_merge(self):
        spec = self.job('job.yaml')
        container = self.container(spec)
        self.assertEqual(spec['completionMode'], 'Indexed')
        self.assertIn('--shard-count %d ' % spec['completions'], container['command'][-1])
        os.mkdir(self.path('results'))
        for index in range(spec['completions']):
            self.run_it(*self.command(container), JOB_COMPLETION_INDEX=str(index), TMPDIR=self.dir)
        self.run_it(*self.command(self.container(self.job('merge.yaml'))))
        self.assert_same_run(self.path('results/simrun.db'), 'one.db', spec['completions'])
        self.assertTrue(os.path.getsize(self.path('results/junit.xml')))

    def test_a_missing_part_fails_the_merge(self):
        spec = self.job('job.yaml')
        os.mkdir(self.path('results'))
        for index in range(spec['completions'] - 1):
            self.run_it(*self.command(self.container(spec)), JOB_COMPLETION_INDEX=str(index), TMPDIR=self.dir)
        p = self.run_it(*self.command(self.container(self.job('merge.yaml'))), code=1)
        self.assertIn(str(spec['completions']), p.stdout + p.stderr)

    def test_failed_cases_fail_the_merge_not_the_pods(self):
        spec = self.job('job.yaml')
        os.mkdir(self.path('results'))
        line = self.command(self.container(spec))
        line[-1] = line[-1].replace(' corpus ', ' -q corpus/named wrong.jsonl ')
        for index in range(spec['completions']):
            self.run_it(*line, JOB_COMPLETION_INDEX=str(index), TMPDIR=self.dir)
        p = self.run_it(*self.command(self.container(self.job('merge.yaml'))), code=1)
        for i in range(3):
            self.assertIn('wrong/%d' % i, p.stdout)
        self.assert_same_run(self.path('results/simrun.db'), 'wrong.db', spec['completions'])

    def test_the_claim_is_the_one_that_is_mounted(self):
        claim, = [d for d in self.documents('job.yaml') if d['kind'] == 'PersistentVolumeClaim']
        for name in ('job.yaml', 'merge.yaml'):
            volumes = self.job(name)['template']['spec']['volumes']
            self.assertIn({'claimName': claim['metadata']['name']}, [v.get('persistentVolumeClaim') for v in volumes])

    def test_the_workflow_of_ci(self):
        with open(os.path.join(RECIPES, 'ci', 'github.yml')) as f:
            jobs = yaml.safe_load(f)['jobs']
        part, = [s['run'] for s in jobs['part']['steps'] if '--shard' in s.get('run', '')]
        merge, report = [s['run'] for s in jobs['whole']['steps'] if s.get('run', '').startswith('build/simrun')]
        matrix = jobs['part']['strategy']['matrix']['part']
        self.assertIn('/%d ' % len(matrix), part)
        os.mkdir(self.path('build'))
        os.symlink(self.simrun, self.path('build/simrun'))
        os.symlink(os.path.join(self.base, 'corpus'), self.path('corpus'))

        def step(line, cwd):
            subprocess.run(['sh', '-ec', line], cwd=cwd, check=True, capture_output=True, timeout=600)
        for i in matrix:
            step(part.replace('${{ matrix.part }}', str(i)), self.dir)
            os.makedirs(self.path('parts/part-%d' % i))
            os.rename(self.path('shard.db'), self.path('parts/part-%d/shard.db' % i))
        step(merge, self.dir)
        step(report, self.dir)
        self.assert_same_run(self.path('simrun.db'), 'one.db', len(matrix))


if __name__ == '__main__':
    Recipe.simrun = os.path.abspath(sys.argv.pop(1))
    unittest.main()
