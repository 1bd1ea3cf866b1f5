// mailcad as an object: everything wired, workers and listeners running from start() to stop(). Nothing decides here.
#pragma once

#include <cstdint>
#include <memory>

#include "core/result.h"
#include "daemon/config.h"

namespace mailca::daemon {

struct Ports {
    std::uint16_t acme = 0, publicListener = 0, admin = 0;
};

class Daemon {
 public:
    // Opens the store, the keys, the mail doors; recovers what a crash left; signs every CRL that is due; then listens.
    static Result<std::unique_ptr<Daemon>> start(const Config& config);
    // Everything start() would open, opened and closed again, without listening or signing: for `mailcad --check`.
    static Result<void> check(const Config& config);
    ~Daemon();  // stops

    Ports ports() const;
    // Answers every request read completely, ends the workers after their present turn, closes the store.
    void stop();

 private:
    class House;
    explicit Daemon(std::unique_ptr<House> house);
    std::unique_ptr<House> m_house;
};

}  // namespace mailca::daemon
