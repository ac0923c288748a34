//go:build dpdk

#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *stream, *out, *err;
static char *text;
static size_t length;

void capture_begin(void)
{
	out = stdout;
	err = stderr;
	text = NULL;
	stream = open_memstream(&text, &length);
	if (stream != NULL)
		stdout = stderr = stream;
}

char *capture_end(void)
{
	stdout = out;
	stderr = err;
	if (stream == NULL)
		return NULL;
	/* A thread of EAL may be printing to the stream at this moment, so it is
	 * flushed and left open: setting up happens a few times in a process. */
	fflush(stream);
	return strndup(text, length);
}
