// What an initiative of the improvement register is told apart by. Pure. Its steps, states and principles: domain/improvement_model.h.
#ifndef XLAD_DOMAIN_INITIATIVE_H
#define XLAD_DOMAIN_INITIATIVE_H

// How it comes to the step that it is at.
enum initiative_move { MOVE_CREATE, MOVE_ADVANCE, MOVE_RETURN, MOVE_CANCEL, MOVE_ITERATION, MOVE_CLOSE };

// How much work it is.
enum initiative_effort { EFFORT_S, EFFORT_M, EFFORT_L, EFFORT_XL, EFFORT_COUNT };

// What made somebody think of it.
enum initiative_source { INITIATIVE_OF_INSIGHT, INITIATIVE_OF_XLA, INITIATIVE_OF_SUGGESTION, INITIATIVE_OF_FOCUS_GROUP, INITIATIVE_OF_OTHER };

// Each in the order of its enum, then NULL. The activities are those of ITIL 4's service value chain: plan, improve, engage, design and transition,
// obtain/build, deliver and support.
extern const char *const INITIATIVE_MOVE_NAMES[], *const EFFORT_NAMES[], *const INITIATIVE_SOURCE_NAMES[], *const VALUE_CHAIN_ACTIVITY_NAMES[];

#endif
