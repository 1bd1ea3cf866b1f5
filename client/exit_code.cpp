#include "client/exit_code.h"

namespace mailca::client {
namespace {

int gravity(ExitCode code) {
    switch (code) {
        case ExitCode::NothingDue:
            return 0;
        case ExitCode::Done:
            return 1;
        case ExitCode::Warning:
            return 2;
        case ExitCode::Waiting:
            return 3;
        case ExitCode::Failed:
            return 4;
        case ExitCode::Usage:
            return 5;
    }
    return 5;
}

}  // namespace

ExitCode exitCodeOf(const Error& error) {
    if (error.kind == ErrorKind::Config) return ExitCode::Usage;
    if (error.kind == ErrorKind::Unavailable) return ExitCode::Waiting;
    return ExitCode::Failed;
}

ExitCode graver(ExitCode a, ExitCode b) {
    return gravity(a) >= gravity(b) ? a : b;
}

}  // namespace mailca::client
