/* What DPDK prints while it sets something up, kept for the error's text. */
#ifndef SKYDNS_CAPTURE_H
#define SKYDNS_CAPTURE_H

/* Sends what this process prints on stdout and stderr through C's stdio, as
 * EAL and its drivers do, to memory until capture_end. Not to be nested. */
void capture_begin(void);

/* Ends it and returns the text, which the caller frees; NULL if there was no
 * memory for it. */
char *capture_end(void);

#endif
