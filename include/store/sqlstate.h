// From PostgreSQL's SQLSTATE and constraint names to the one vocabulary of errors.
#ifndef XLAD_STORE_SQLSTATE_H
#define XLAD_STORE_SQLSTATE_H

#include <stdbool.h>

#include "base/errors.h"

enum err sqlstate_error(const char *sqlstate);
// A serialisation failure or a deadlock: the same transaction may succeed when it is tried again.
bool sqlstate_retriable(const char *sqlstate);
// The data of one row is to blame, so that others of its batch can go without it.
bool sqlstate_blames_row(const char *sqlstate);

#endif
