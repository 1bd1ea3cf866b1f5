// Every room of a running daemon, in the order in which each needs the ones before it.
#pragma once

#include <memory>
#include <optional>

#include "ca/authority.h"
#include "ca/issuance.h"
#include "ca/ocsp/responder.h"
#include "ca/profile.h"
#include "ca/signer/remote_signer.h"
#include "core/clock.h"
#include "core/random.h"
#include "daemon/audit_log.h"
#include "daemon/config.h"
#include "daemon/forgetting.h"
#include "daemon/freshness.h"
#include "daemon/health.h"
#include "daemon/latencies.h"
#include "daemon/signer_process.h"
#include "dns/resolver.h"
#include "enroll/acme/account_keys.h"
#include "enroll/acme/nonces.h"
#include "enroll/intake/imap_door.h"
#include "enroll/intake/intake.h"
#include "enroll/outbox/notices.h"
#include "enroll/outbox/outbox.h"
#include "enroll/ra/incidents.h"
#include "enroll/ra/issuance_desk.h"
#include "enroll/ra/service.h"
#include "mail/dkim_signer.h"
#include "mail/dkim_verifier.h"
#include "mail/lmtp_server.h"
#include "mail/maildir.h"
#include "mail/transport.h"
#include "repository/crl_schedule.h"
#include "repository/ocsp_answers.h"
#include "repository/root_crls.h"
#include "store/store.h"

namespace mailca::daemon {

struct Rooms {
    // Config, Io, Unauthorized, ...: what could not be opened, and what to do.
    static Result<std::unique_ptr<Rooms>> open(const Config& config);

    SystemClock clock;
    SystemRandom random;
    std::optional<ca::Profiles> profiles;
    std::optional<ca::Authority> authority;
    std::unique_ptr<SignerProcess> signerProcess;  // none: it runs by itself
    std::optional<ca::RemoteSigner> caSigner;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<AuditLog> audit;
    std::unique_ptr<dns::Resolver> resolver;
    std::unique_ptr<mail::Transport> transport;
    std::optional<mail::DkimSigner> signer;
    std::optional<mail::DkimVerifier> verifier;
    std::optional<mail::Maildir> maildir;
    std::unique_ptr<mail::LmtpServer> lmtp;  // when it is configured
    std::optional<intake::ImapDoor> imap;    // when it is configured
    std::optional<ra::Policy> policy;
    std::optional<va::CaaChecker> caa;
    std::optional<ca::Issuance> issuance;
    std::optional<ra::ExternalAccounts> externalAccounts;  // when they are offered
    std::optional<ra::Accounts> accounts;
    std::optional<ra::Limits> limits;
    std::optional<ra::Orders> orders;
    std::optional<ra::Revocations> revocations;
    std::optional<ra::SetRevocations> setRevocations;
    std::optional<ra::Incidents> incidents;
    std::optional<ra::IssuanceDesk> desk;
    std::optional<outbox::Outbox> outbox;
    std::optional<outbox::Notices> notices;
    std::optional<intake::Intake> intake;
    std::optional<repository::CrlSchedule> crls;
    std::optional<repository::RootCrls> rootCrls;
    std::optional<ca::ocsp::Responder> ocspResponder;
    std::optional<repository::OcspAnswers> ocsp;
    std::optional<acme::Nonces> nonces;
    acme::AccountKeys accountKeys;
    std::optional<Forgetting> forgetting;  // when it is configured
    std::optional<Freshness> freshness;
    Health health;
    Latencies latencies;
};

}  // namespace mailca::daemon
