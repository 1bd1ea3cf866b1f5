// A transport and a signer for tests of mail out.
#pragma once

#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/crypto/key.h"
#include "mail/dkim_signer.h"
#include "mail/transport.h"

namespace mailca::outbox {

inline EmailAddress address(std::string_view text) {
    return EmailAddress::parse(text).value();
}

class Events final {
 public:
    void add(const std::string& event) {
        const std::lock_guard lock(m_mutex);
        m_events.push_back(event);
    }
    const std::vector<std::string>& all() const { return m_events; }  // once the workers are done

 private:
    std::mutex m_mutex;
    std::vector<std::string> m_events;
};

// Answers with `report`; fails by default.
class MemoryTransport final : public mail::Transport {
 public:
    struct Sent {
        EmailAddress from, to;
        std::string text;
    };
    explicit MemoryTransport(Events& events) : m_events(events) {}
    mail::SendReport report{mail::SendOutcome::Permanent, 554, "not set up"};
    bool crash = false;
    std::function<void()> meanwhile;  // while a mail is being sent
    std::vector<Sent> sent;

    mail::SendReport send(const EmailAddress& from, const EmailAddress& to, std::string_view message) override {
        const std::lock_guard lock(m_mutex);
        m_events.add("send");
        if (meanwhile) meanwhile();
        if (crash) throw std::runtime_error("the program dies here");
        sent.push_back({from, to, std::string(message)});
        return report;
    }
    std::size_t count() {
        const std::lock_guard lock(m_mutex);
        return sent.size();
    }

 private:
    std::mutex m_mutex;
    Events& m_events;
};

inline mail::DkimSigner signer() {
    std::vector<mail::DkimKey> keys;
    auto key = crypto::PrivateKey::generate({crypto::KeyType::Ed25519, 0}).value();
    keys.push_back({"ca.example", "ed", key.toPem().value()});
    return mail::DkimSigner::create(std::move(keys), 24h).value();
}

}  // namespace mailca::outbox
