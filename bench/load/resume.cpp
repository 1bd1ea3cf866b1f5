#include "bench/load/resume.h"

#include <algorithm>
#include <mutex>

namespace mailca::bench {
namespace {

using client::acme::Order;
using client::acme::Status;

// One enrollment's acknowledged facts against what the server says now: a sentence for each that does not hold.
class Check {
 public:
    explicit Check(Enrollment& enrollment) : m_enrollment(enrollment), m_trace(enrollment.trace()) {}

    std::vector<std::string> run() {
        if (const auto account = m_enrollment.confirmAccount(); !account) {
            say("the account " + m_trace.account + " is not there: " + account.error().text());
        } else if (!m_trace.order.empty()) {
            checkOrder();
        }
        return std::move(m_breaches);
    }

 private:
    void checkOrder() {
        const auto order = m_enrollment.fetchOrder();
        if (!order) return say("the order " + m_trace.order + " is not there: " + order.error().text());
        const Status status = order->status;
        if (m_trace.authorized && status == Status::Pending) say("the authorization was valid and is pending again");
        if (m_trace.finalized && status == Status::Ready) say("finalize was acknowledged and is forgotten");
        if (status == Status::Invalid && (!order->problem || order->problem->detail.empty())) {
            say("the order is invalid without a reason");
        }
        if (m_trace.invalid && status != Status::Invalid) say("the order was invalid and is so no more");
        if (m_trace.certificate) checkCertificate(*order);
    }

    void checkCertificate(const Order& order) {
        const Trace::Certificate& known = *m_trace.certificate;
        const auto shown = std::ranges::find(order.certificates, known.url, [](const auto& one) { return one.second; });
        if (order.status != Status::Valid || shown == order.certificates.end()) {
            return say("the order shows the certificate " + known.url + " no more");
        }
        if (order.certificates.size() != m_enrollment.members()) say("the order lacks a certificate of its bundle");
        const auto now = m_enrollment.fetchCertificate(known.url);
        if (!now) return say("the certificate " + known.url + " is not there: " + now.error().text());
        if (now->sha256 != known.sha256) say("the certificate " + known.url + " has other bytes than before");
    }

    void say(const std::string& breach) { m_breaches.push_back(m_trace.mailbox + ": " + breach); }

    Enrollment& m_enrollment;
    const Trace& m_trace;
    std::vector<std::string> m_breaches;
};

class Resume {
 public:
    Resume(World& world, const std::map<std::string, Trace>& traces, std::stop_token stop)
        : m_world(world), m_stop(std::move(stop)), m_next(traces.begin()), m_end(traces.end()) {}

    void work(client::Http& http, Tally& tally) {
        while (const Trace* trace = next()) {
            if (trace->account.empty()) continue;  // nothing was acknowledged
            auto enrollment = Enrollment::create(m_world, http, *trace, tally, m_stop);
            if (!enrollment) {
                add({trace->mailbox + ": " + enrollment.error().text()});
                continue;
            }
            add(Check(**enrollment).run());
            if (!trace->ended()) toItsEnd(**enrollment);
            count(**enrollment, !trace->ended());
        }
    }

    Resumption outcome() {
        for (auto& [serial, mailboxes] : m_serials) {
            if (mailboxes.size() > 1) m_outcome.breaches.push_back("the serial number " + serial + " was given twice");
        }
        return std::move(m_outcome);
    }

 private:
    const Trace* next() {
        const std::lock_guard lock(m_mutex);
        if (m_next == m_end || m_stop.stop_requested()) return nullptr;
        return &(m_next++)->second;
    }

    void toItsEnd(Enrollment& enrollment) {
        const auto done = enrollment.run();
        const Trace& trace = enrollment.trace();
        if (!trace.ended()) {
            add({trace.mailbox + ": the enrollment comes to no end: " + done.error().text()});
        } else if (trace.invalid == "") {
            add({trace.mailbox + ": the enrollment ended invalid without a reason"});
        }
    }

    void add(std::vector<std::string> breaches) {
        const std::lock_guard lock(m_mutex);
        for (std::string& breach : breaches) m_outcome.breaches.push_back(std::move(breach));
    }

    void count(const Enrollment& enrollment, bool continued) {
        const Trace& trace = enrollment.trace();
        const std::lock_guard lock(m_mutex);
        ++m_outcome.checked;
        if (continued) ++m_outcome.continued;
        if (trace.invalid) ++m_outcome.invalid;
        if (trace.challengeMails > 1) m_outcome.extraMails += static_cast<std::size_t>(trace.challengeMails - 1);
        if (!trace.certificate) return;
        ++m_outcome.valid;
        m_serials[trace.certificate->serial].push_back(trace.mailbox);
    }

    World& m_world;
    const std::stop_token m_stop;
    std::mutex m_mutex;  // guards what follows
    std::map<std::string, Trace>::const_iterator m_next;
    const std::map<std::string, Trace>::const_iterator m_end;
    std::map<std::string, std::vector<std::string>> m_serials;
    Resumption m_outcome;
};

}  // namespace

Resumption resume(World& world, const std::map<std::string, Trace>& traces, std::size_t inFlight,
                  const std::stop_token& stop) {
    Resume resume(world, traces, stop);
    inThreads(inFlight, [&resume](client::Http& http, Tally& tally) { resume.work(http, tally); });
    return resume.outcome();
}

}  // namespace mailca::bench
