// Compression in the gzip format (RFC 1952). zlib does the work.
#ifndef XLAD_BASE_GZIP_H
#define XLAD_BASE_GZIP_H

#include <stddef.h>

#include "base/text.h"

// The same bytes for the same input. NULL when memory is out, or the input has 4 GiB or more. The caller frees it.
char *gzip_pack(struct text plain, size_t *length) __attribute__((warn_unused_result));

#endif
