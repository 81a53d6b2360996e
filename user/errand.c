// SPDX-License-Identifier: BSD-2-Clause
#include "errand.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { STACK_SIZE = 256 * 1024 };

struct errand {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	errand_fn run; /* NULL: nothing to do */
	void *ctx;
	int result;
	bool over;
};

static void *work(void *ctx)
{
	struct errand *errand = ctx;

	pthread_mutex_lock(&errand->mutex);
	while (!errand->over) {
		int result;

		if (!errand->run) {
			pthread_cond_wait(&errand->changed, &errand->mutex);
			continue;
		}
		pthread_mutex_unlock(&errand->mutex);
		result = errand->run(errand->ctx);
		pthread_mutex_lock(&errand->mutex);
		errand->result = result;
		errand->run = NULL;
		pthread_cond_broadcast(&errand->changed);
	}
	pthread_mutex_unlock(&errand->mutex);
	return NULL;
}

/* All signals are the main thread's. */
static int start_thread(struct errand *errand)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&errand->thread, &attributes, work, errand);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -err;
}

static struct errand *make(void)
{
	struct errand *errand = calloc(1, sizeof(*errand));
	pthread_condattr_t attributes;

	if (!errand)
		return NULL;
	pthread_mutex_init(&errand->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&errand->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	if (!start_thread(errand))
		return errand;
	free(errand);
	return NULL;
}

/* With the mutex held. Returns whether nothing goes on any more. */
static bool wait_for_end(struct errand *errand, unsigned int wait_ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000l;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	while (errand->run)
		if (pthread_cond_timedwait(&errand->changed, &errand->mutex, &until))
			return !errand->run;
	return true;
}

int errand_run(struct errand **errand, errand_fn run, void *ctx, unsigned int wait_ms)
{
	int result = -EINPROGRESS;
	struct errand *one;

	if (!*errand)
		*errand = make();
	one = *errand;
	if (!one) /* no thread is to be had: better late than not at all */
		return run(ctx);
	pthread_mutex_lock(&one->mutex);
	if (!one->run) {
		one->run = run;
		one->ctx = ctx;
		pthread_cond_broadcast(&one->changed);
		if (wait_for_end(one, wait_ms))
			result = one->result;
	}
	pthread_mutex_unlock(&one->mutex);
	return result;
}

bool errand_is_busy(struct errand *errand)
{
	bool busy;

	if (!errand)
		return false;
	pthread_mutex_lock(&errand->mutex);
	busy = errand->run;
	pthread_mutex_unlock(&errand->mutex);
	return busy;
}

bool errand_end(struct errand **errand, unsigned int wait_ms)
{
	struct errand *one = *errand;
	bool ended;

	if (!one)
		return true;
	pthread_mutex_lock(&one->mutex);
	ended = wait_for_end(one, wait_ms);
	one->over = true;
	pthread_cond_broadcast(&one->changed);
	pthread_mutex_unlock(&one->mutex);
	*errand = NULL;
	if (!ended) {
		pthread_detach(one->thread);
		return false;
	}
	pthread_join(one->thread, NULL);
	pthread_cond_destroy(&one->changed);
	pthread_mutex_destroy(&one->mutex);
	free(one);
	return true;
}
