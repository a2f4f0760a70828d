/* The wiring of the five agents: every event type and every job kind, in one place. `careerprep events` prints it. */
#pragma once
#include "bus/bus.h"

extern const struct bus_registry agents_registry;
