// Brings the database to the state this binary needs.
#ifndef XLAD_STORE_MIGRATE_H
#define XLAD_STORE_MIGRATE_H

#include <stdbool.h>

// Applies, in order and each in a transaction of its own, the embedded migrations that the database lacks, under an advisory lock, so that of several
// at once one works and the others find it done. Refuses a database in which an applied migration differs from the embedded one or is not known here.
// Tells on stderr what it applied and what is wrong. Waits for the database; for the command line only.
bool migrate_run(const char *database_url);

#endif
