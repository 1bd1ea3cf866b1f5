#include "client/pause.h"

#include <thread>

namespace mailca::client {

void SystemPause::wait(std::chrono::milliseconds length) {
    std::this_thread::sleep_for(length);
}

}  // namespace mailca::client
