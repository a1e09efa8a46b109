// The files that travel inside the binary: the migrations and the description of the interface.
#ifndef XLAD_BASE_EMBEDDED_H
#define XLAD_BASE_EMBEDDED_H

#include <stddef.h>

// One file, whole and unchanged. A NUL that is not counted in `length` follows the bytes, so text may be used as a string.
struct embedded {
  const char *name;  // without folder: "0001_create_tenants.sql"
  const char *bytes;
  size_t length;
};

// migrations/*.sql in the order of their names, which is the order in which they are applied.
extern const struct embedded EMBEDDED_MIGRATIONS[];
extern const size_t EMBEDDED_MIGRATIONS_COUNT;

// openapi/openapi.yaml as compact JSON, "openapi.json".
extern const struct embedded EMBEDDED_OPENAPI;

#endif
