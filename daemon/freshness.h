// How long what relying parties fetch is still good: looked at every minute, told to the metrics and to /readyz, and
// cried out well before it ends (D47, D48).
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "ca/authority.h"
#include "ca/ocsp/responder.h"
#include "core/clock.h"
#include "store/database.h"

namespace mailca::daemon {

// Thread-safe. What it is made of must outlive it.
class Freshness final {
 public:
    struct State {
        std::map<std::string, Time> crls;  // by issuer: nextUpdate of the shard that ends first
        std::map<std::string, Time> ocsp;  // by issuer: nextUpdate of an answer signed just now; absent: none could be
    };
    // Signs an OCSP answer in the issuer's name, as for anybody; gives its nextUpdate.
    using SignAnswer = std::function<Result<Time>(const ca::Issuer& issuer)>;
    static SignAnswer by(ca::ocsp::Responder& responder);

    Freshness(store::Database& database, const ca::Authority& authority, SignAnswer signAnswer, const Clock& clock,
              seconds crlAlarm);

    // Looks, and logs an error for each CRL that has less than the alarm's time left, and each CA for which no OCSP
    // answer can be signed.
    Result<void> look();
    // look(), then waits for a minute or until stop(). For a worker's loop.
    Result<void> turn();
    void stop();

    State state() const;
    // Not ready: a CRL is past its nextUpdate or was never signed; the signer signs nothing.
    Result<void> checkCrls() const;
    Result<void> checkSigner() const;

 private:
    store::Database& m_database;
    const ca::Authority& m_authority;
    const SignAnswer m_signAnswer;
    const Clock& m_clock;
    const seconds m_crlAlarm;

    mutable std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    State m_state;
    bool m_stopped = false;
};

}  // namespace mailca::daemon
