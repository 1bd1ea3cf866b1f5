// OCSP answers over a real authority, a port in memory and a clock that tests move.
#pragma once

#include <map>

#include "repository/ocsp_answers.h"
#include "tests/ca/ocsp/openssl_ocsp.h"
#include "tests/ca/support.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::repository {

// The port's contract in memory. It fails until it is told what to say.
class StatusesInMemory final : public StatusBook {
 public:
    std::uint64_t revision() const override { return m_revision; }
    Result<ca::ocsp::Status> status(const std::string& issuer, const Serial& serial) override {
        ++reads;
        Result<ca::ocsp::Status> now = trouble;
        if (healthy) {
            const auto found = m_statuses.find({issuer, serial});
            now = found == m_statuses.end() ? ca::ocsp::Status(ca::ocsp::Unknown{}) : found->second;
        }
        if (afterRead) std::exchange(afterRead, {})();
        return now;
    }
    void set(const std::string& issuer, const Serial& serial, ca::ocsp::Status status) {
        healthy = true;
        m_statuses[{issuer, serial}] = status;
        ++m_revision;
    }
    void touch() { ++m_revision; }  // a commit that concerns nobody here

    int reads = 0;
    bool healthy = false;
    Error trouble = fail(ErrorKind::Store, "the book of this test has not been told what to say");
    std::function<void()> afterRead;  // once

 private:
    std::map<std::pair<std::string, Serial>, ca::ocsp::Status> m_statuses;
    std::uint64_t m_revision = 1;
};

class AcceptingLedger final : public ca::ServiceLedger {
    Result<void> recordIntent(const ca::ServiceIntent&) override { return {}; }
    Result<void> recordIssued(const ca::ServiceRecord&) override { return {}; }
    Result<void> adopt(const ca::ServiceRecord&) override { return {}; }
    Result<bool> isRevoked(const std::string&, const Serial&) override { return false; }
};

class OcspFixture : public ::testing::Test {
 protected:
    static const test::AuthorityOnDisk& disk() {
        static const test::AuthorityOnDisk made;
        return made;
    }
    static const ca::Issuer& issuer() { return *disk().authority().forHierarchy("smime"); }
    Bytes request(const Serial& of, bool sha256 = false) const {
        return test::ocspRequest({{&issuer().certificate, of, sha256}});
    }
    Bytes request() const { return request(serial); }
    void revoke() { statuses.set(issuer().name, serial, ca::ocsp::Revoked{clock.now(), 1}); }

    test::FakeClock clock;
    test::SequenceRandom random;
    AcceptingLedger ledger;
    StatusesInMemory statuses;
    ca::LocalSigner signer = test::localSigner(disk(), clock, random);
    ca::ocsp::Responder responder{disk().authority(), signer, ledger, clock};
    OcspAnswers answers{responder, statuses, clock};
    const Serial serial = Serial::random(random);
};

}  // namespace mailca::repository
