// How mailca ends, for cron jobs and scripts; the list stands in docs/cli.md.
#pragma once

#include "core/error.h"

namespace mailca::client {

enum class ExitCode : int {
    Done = 0,
    Failed = 1,
    Usage = 2,       // command line or configuration
    NothingDue = 3,  // renew found nothing to do
    Waiting = 4,     // run again: the mail or the order is on its way, or another mailca is at work here
    Warning = 5,     // done, but look at it: docs/cli.md
};

ExitCode exitCodeOf(const Error& error);
// Of two mailboxes' results the one that wants attention first.
ExitCode graver(ExitCode a, ExitCode b);

}  // namespace mailca::client
