"""recipes/slurm on a cluster of one node that this test starts: own configuration, ports and directories, no systemd."""
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
import unittest

from recipes import RECIPES, Recipe

PARTS = 4
CONFIGURATION = '''ClusterName=simrun
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld}
SlurmdPort={slurmd}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={dir}/munge.socket
StateSaveLocation={dir}/state
SlurmdSpoolDir={dir}/spool
SlurmctldPidFile={dir}/slurmctld.pid
SlurmdPidFile={dir}/slurmd.pid
PlugStackConfig={dir}/plugstack.conf
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=test Nodes={host} Default=YES State=UP
'''
# Task 2 has an accident until somebody repairs its node.
ACCIDENT = '#!/bin/sh\n[ "$SLURM_ARRAY_TASK_ID" != 2 ] || [ -e %s ] || exit 3\nexec %s "$@"\n'


def tool(name):
    return shutil.which(name, path=os.environ['PATH'] + ':/usr/sbin:/sbin')


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


@unittest.skipUnless(all(map(tool, ('munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol'))),
                     'no Slurm and munge on this machine')
class Slurm(Recipe):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = os.path.join(cls.base, 'cluster')
        for name in ('', 'state', 'spool'):
            os.makedirs(os.path.join(cls.cluster, name), mode=0o755)
        cls.write('plugstack.conf', b'')
        cls.write('munge.key', os.urandom(128))
        text = CONFIGURATION.format(dir=cls.cluster, host=socket.gethostname().split('.')[0], ctld=free_port(),
                                    slurmd=free_port(), user=pwd.getpwuid(os.geteuid()).pw_name)
        cls.conf = cls.write('slurm.conf', text.encode())
        at = cls.cluster + '/munge'
        cls.start('munged', '--foreground', '--force', '--socket', at + '.socket', '--key-file', at + '.key', '--pid-file',
                  at + '.pid', '--seed-file', at + '.seed', '--log-file', at + '.own.log')
        cls.await_true(lambda: os.path.exists(at + '.socket'), 'munged')
        cls.start('slurmctld', '-D', '-c', '-f', cls.conf)
        cls.start('slurmd', '-D', '-f', cls.conf)
        cls.await_true(lambda: 'idle' in cls.slurm('sinfo', '-h', '-o', '%T', check=False), 'node')

    @classmethod
    def write(cls, name, data):
        path = os.path.join(cls.cluster, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), 'wb') as f:
            f.write(data)
        return path

    @classmethod
    def start(cls, name, *args):
        log = open(os.path.join(cls.cluster, name + '.log'), 'wb')
        cls.addClassCleanup(log.close)
        p = subprocess.Popen([tool(name), *args], stdout=log, stderr=log, start_new_session=True,
                             env=dict(os.environ, SLURM_CONF=cls.conf))
        cls.addClassCleanup(cls.stop, p)

    @staticmethod
    def stop(p):
        p.terminate()
        try:
            p.wait(timeout=30)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()

    @classmethod
    def logs(cls):
        text = ''
        for name in sorted(os.listdir(cls.cluster)):
            if name.endswith('.log'):
                with open(os.path.join(cls.cluster, name), errors='replace') as f:
                    text += '--- %s\n%s' % (name, f.read()[-3000:])
        return text

    @classmethod
    def await_true(cls, ask, what, seconds=60):
        end = time.monotonic() + seconds
        while not ask():
            if time.monotonic() > end:
                raise AssertionError('waited %d s for %s\n%s' % (seconds, what, cls.logs()))
            time.sleep(0.2)

    @classmethod
    def slurm(cls, name, *args, check=True):
        p = subprocess.run([tool(name), *args], env=dict(os.environ, SLURM_CONF=cls.conf), capture_output=True,
                           text=True, timeout=60)
        if check and p.returncode:
            raise AssertionError(p.stderr + cls.logs())
        return p.stdout

    def submit(self, *args, simrun=None):
        p = self.run_it(os.path.join(RECIPES, 'slurm/submit.sh'), str(PARTS), self.path('parts'), self.path('all.db'),
                        *args, SLURM_CONF=self.conf, SIMRUN=simrun or self.simrun)
        return re.fullmatch(r'array (\d+), merge (\d+)\n', p.stdout).groups()

    def exit_code(self, job):
        """Waits for the end of a job or of one task of an array; the exit code of its script."""
        def ended():
            return not re.search('PENDING|RUNNING|COMPLETING|CONFIGURING', self.slurm('squeue', '-h', '-o', '%T', '-j', job,
                                                                                      check=False))
        self.await_true(ended, 'job ' + job, seconds=300)
        return int(re.search(r' ExitCode=(\d+):0 ', self.slurm('scontrol', '-o', 'show', 'job', job)).group(1))

    def log(self, name):
        with open(self.path('parts/' + name)) as f:
            return f.read()

    def test_an_array_is_the_run_in_one_piece(self):
        array, merge = self.submit('-q', 'corpus')
        self.assertEqual(self.exit_code(merge), 0, self.logs())
        for i in range(1, PARTS + 1):
            self.assertEqual(self.exit_code('%s_%d' % (array, i)), 0, self.log('task-%d.log' % i))
        self.assert_same_run(self.path('all.db'), 'one.db', PARTS)
        argv, = self.ask(self.path('all.db'), 'SELECT argv FROM run')[0]
        self.assertNotIn('--shard', argv)

    def test_failed_cases_are_verdicts(self):
        array, merge = self.submit('-q', 'corpus/named', 'wrong.jsonl')
        self.assertEqual(self.exit_code(merge), 0, self.logs())
        self.assertEqual(max(self.exit_code('%s_%d' % (array, i)) for i in range(1, PARTS + 1)), 1)
        self.assert_same_run(self.path('all.db'), 'wrong.db', PARTS)

    def test_a_lost_task_is_named_and_run_again(self):
        with open(os.open(self.path('simrun'), os.O_WRONLY | os.O_CREAT, 0o755), 'w') as f:
            f.write(ACCIDENT % (self.path('repaired'), self.simrun))
        array, merge = self.submit('-q', 'corpus', simrun=self.path('simrun'))
        self.assertEqual(self.exit_code(merge), 1, self.logs())
        self.assertEqual(self.exit_code(array + '_2'), 3)
        self.assertRegex(self.log('merge.log'), r'missing.* 2\b')
        open(self.path('repaired'), 'w').close()
        self.slurm('scontrol', 'requeue', array + '_2')
        self.await_true(lambda: os.path.exists(self.path('parts/shard-2.db')), 'the task again', seconds=300)
        again = self.run_it('sbatch', '--parsable', '--output', self.path('parts/merge.log'),
                            os.path.join(RECIPES, 'slurm/merge.sbatch'), self.path('parts'), self.path('all.db'),
                            SLURM_CONF=self.conf).stdout.strip()
        self.assertEqual(self.exit_code(again), 0, self.log('merge.log'))
        self.assert_same_run(self.path('all.db'), 'one.db', PARTS)

    def test_parts_of_another_run_are_not_taken(self):
        os.mkdir(self.path('parts'))
        open(self.path('parts/shard-9.db'), 'w').close()
        p = self.run_it(os.path.join(RECIPES, 'slurm/submit.sh'), '2', self.path('parts'), self.path('all.db'), 'corpus',
                        code=2, SLURM_CONF=self.conf)
        self.assertIn('is not empty', p.stderr)


if __name__ == '__main__':
    Recipe.simrun = os.path.abspath(sys.argv.pop(1))
    unittest.main()
