// What steps that take time work with.
#pragma once

#include "client/pause.h"
#include "client/report.h"
#include "core/clock.h"
#include "core/random.h"

namespace mailca::client {

struct Surroundings {
    const Clock& clock;
    Random& random;
    Pause& pause;
    Report& report;
};

// A command stopped because something else has to happen first: run it again.
struct Waiting {
    std::string detail;
};

}  // namespace mailca::client
