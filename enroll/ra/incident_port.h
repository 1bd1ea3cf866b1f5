// What operators' revocations and incidents need of the store. As in ports.h: one method is one transaction, and what
// it wrote is durable once it returns. Each is bounded, however many certificates are meant.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "enroll/ra/selection.h"

namespace mailca::ra {

inline constexpr int kMostAtOnce = 500;  // certificates in one transaction

struct SetRevocation {
    std::vector<SelectedCertificate> certificates;
    std::optional<int> reason;  // never 0
    Time at;
    bool blockKeys = false;  // B47: keyCompromise
};

class SelectionBook {
 public:
    virtual ~SelectionBook() = default;
    // From `from` on, 0 at first; about `atMost`. Certificates of the service's own parts are meant only by serial
    // number or key.
    virtual Result<SelectionPage> select(const CertificateSelection& selection, std::int64_t from, int atMost) = 0;
    // Each that is live: revoked, withdrawn from the exchange, feed entry, audit row, its CRL shard marked. Returns how
    // many were.
    virtual Result<int> revoke(const SetRevocation& revocation) = 0;
};

// An incident: a set of certificates that are to be replaced, and are revoked each once it is, all at the deadline.
enum class IncidentState : std::uint8_t { Open, Done, Closed, Listing };
std::string_view nameOf(IncidentState state);  // "open", "done", "closed", "listing"

struct NewIncident {
    std::string name;
    // nullopt: the certificates come as a list, in several parts (Listing until the last of them).
    std::optional<CertificateSelection> selection;
    std::optional<int> reason;  // never 0
    std::string explanationUrl;
    int rate = 0;  // revocations a second, at most
    Time openedAt, deadline;
};

struct Incident {
    std::string name;
    std::string selection;  // JSON; empty: a list
    std::optional<int> reason;
    std::string explanationUrl;
    int rate = 0;
    Time openedAt, deadline;
    IncidentState state = IncidentState::Open;
    bool examined = false;  // every certificate that was there when it was opened
    bool followed = false;  // every certificate since: none of them can be an unseen successor
    // Of the marked ones: revoked because there was a successor; at the deadline; by others before.
    std::int64_t marked = 0, replaced = 0, ended = 0, gone = 0;
    std::optional<Time> closedAt;

    std::int64_t waiting() const { return marked - replaced - ended - gone; }
};

// What clients are told of a certificate that waits in an incident.
struct ReplacementCall {
    Time since;
    std::string explanationUrl;  // empty: none
};

// What one step of an incident did.
struct IncidentStep {
    int revoked = 0;
    bool more = false;  // there is more to do at once
};

class IncidentBook {
 public:
    virtual ~IncidentBook() = default;
    // Nothing, if there is one of that name with the same certificates and reason. Malformed: it means others.
    virtual Result<void> open(const NewIncident& incident) = 0;
    // Marks these of a list; `last`: the list ends with them. How many were live and not marked yet. NotFound;
    // Malformed unless Listing.
    struct Listed {
        std::string name;
        std::vector<Serial> serials;  // at most kMostSerials
        bool last = false;
        Time at;
    };
    virtual Result<int> list(const Listed& listed) = 0;
    virtual Result<std::vector<Incident>> all() = 0;  // oldest first
    // Closed before its end: nothing more is marked or revoked. NotFound; Malformed: it has ended.
    virtual Result<void> close(const std::string& name, Time at) = 0;

    // The oldest call to replace a certificate that waits, of the set that this one came with. nullopt: none waits.
    virtual Result<std::optional<ReplacementCall>> callFor(const std::string& issuer, const Serial& serial) = 0;

    // The steps of an incident. Each is a bounded piece of work, or nothing if there is none or it is not open any
    // more.
    virtual Result<IncidentStep> mark(const std::string& name, Time at) = 0;            // those that are meant
    virtual Result<IncidentStep> revokeReplaced(const std::string& name, Time at) = 0;  // that have a successor
    virtual Result<IncidentStep> revokeWaiting(const std::string& name, Time at, int atMost) = 0;
    virtual Result<void> finish(const std::string& name, Time at) = 0;  // Done, if nothing is left
};

}  // namespace mailca::ra
