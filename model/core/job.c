/* Asynchronous work, queued and drained (contract vfs 2, "Asynchronous work"). */
#include <simrun/core.h>

#include <assert.h>

void job_queue(struct domain *d, struct job *job, void (*run)(struct job *))
{
    assert(!job->link.next || list_empty(&job->link));
    job->run = run;
    list_push_back(&d->jobs, &job->link);
}

void jobs_drain(struct domain *d)
{
    if (d->jobs_draining) {
        return; /* a job that reaches a barrier: the loop below it is the one that goes on */
    }
    d->jobs_draining = true;
    while (!domain_dead(d) && d->jobs_barred == 0 && !list_empty(&d->jobs)) {
        struct job *job = container_of(d->jobs.next, struct job, link);
        list_remove(&job->link);
        job->run(job);
    }
    d->jobs_draining = false;
}
