// Waiting by constructor, as Clock is time by constructor: tests do not sleep.
#pragma once

#include <chrono>

namespace mailca::client {

class Pause {
 public:
    virtual ~Pause() = default;
    virtual void wait(std::chrono::milliseconds length) = 0;
};

class SystemPause final : public Pause {
 public:
    void wait(std::chrono::milliseconds length) override;
};

}  // namespace mailca::client
