// TCP ports of 127.0.0.1 for the servers that tests start.
#pragma once

#include <cstdint>
#include <string>

namespace mailca::test {

// A port that nobody uses now.
std::uint16_t freePort();
// Waits until somebody accepts connections there; throws with `log`'s content when nobody does in 20 seconds.
void waitForPort(std::uint16_t port, const std::string& log);
// Ends the process whose id is in the file and waits for its end. Nothing if there is no such file.
void stopByPidFile(const std::string& path);

}  // namespace mailca::test
