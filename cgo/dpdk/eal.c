//go:build dpdk

#define _GNU_SOURCE
#include "eal.h"

#include <pthread.h>
#include <sched.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "capture.h"

int eal_start(int argc, char **argv, char **said)
{
	cpu_set_t before;
	int known = pthread_getaffinity_np(pthread_self(), sizeof(before), &before);

	capture_begin();
	int rc = rte_eal_init(argc, argv) < 0 ? -rte_errno : 0;
	*said = capture_end();
	/* EAL pins its main thread, but this one is Go's to use for anything. */
	if (known == 0)
		pthread_setaffinity_np(pthread_self(), sizeof(before), &before);
	return rc;
}

int eal_attach(const char *args, char **said)
{
	capture_begin();
	int rc = rte_dev_probe(args);
	*said = capture_end();
	return rc;
}

int eal_register_thread(void)
{
	return rte_thread_register() < 0 ? -rte_errno : 0;
}

void eal_unregister_thread(void)
{
	rte_thread_unregister();
}

const char *eal_strerror(int err)
{
	return rte_strerror(err);
}
