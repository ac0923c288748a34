/* The environment abstraction layer: one for the process. */
#ifndef SKYDNS_EAL_H
#define SKYDNS_EAL_H

/* rte_eal_init. *said is what DPDK printed, to be freed by the caller.
 * Returns 0 or a negative errno. The thread's affinity stays as it was. */
int eal_start(int argc, char **argv, char **said);

/* rte_dev_probe: adds the device that args describes, as --vdev does. */
int eal_attach(const char *args, char **said);

/* rte_thread_register: gives the calling thread an lcore's number, without
 * which the pools' caches are not used. Returns 0 or a negative errno. */
int eal_register_thread(void);

/* rte_thread_unregister. */
void eal_unregister_thread(void);

/* rte_strerror. */
const char *eal_strerror(int err);

#endif
