// Objectives: what the organisation wants, from its vision down to what is done every day. Pure.
#ifndef XLAD_DOMAIN_OBJECTIVE_H
#define XLAD_DOMAIN_OBJECTIVE_H

// From the highest to the lowest. One stands below another of a higher level, so that none can stand below itself.
enum objective_level { OBJECTIVE_VISION, OBJECTIVE_STRATEGIC, OBJECTIVE_TACTICAL, OBJECTIVE_OPERATIONAL, OBJECTIVE_LEVELS };
extern const char *const OBJECTIVE_LEVEL_NAMES[];  // by level, then NULL

#endif
