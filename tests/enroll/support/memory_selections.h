// The ports of operators' revocations in memory; whatever a test did not prepare fails it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "enroll/ra/incident_port.h"

namespace mailca::test {

// Selects by serial or mailbox, and gives pages as small as it is told.
class MemorySelections final : public ra::SelectionBook {
 public:
    std::vector<ra::SelectedCertificate> certificates;
    std::vector<ra::SetRevocation> revocations;
    std::size_t page = 100;

    ra::SelectedCertificate& add(const Serial& serial, const char* mailbox, Time now) {
        certificates.push_back(
            {serial, "smime-1", "smime-sign", EmailAddress::parse(mailbox).value(), now, now + 24h, ra::Live{}});
        return certificates.back();
    }
    Result<ra::SelectionPage> select(const ra::CertificateSelection& selection, std::int64_t from,
                                     int atMost) override {
        ra::SelectionPage found;
        const std::size_t size = std::min(page, static_cast<std::size_t>(atMost));
        for (auto at = static_cast<std::size_t>(from); at < certificates.size(); ++at) {
            const auto& one = certificates[at];
            const bool named = selection.serials.empty() || std::ranges::count(selection.serials, one.serial) != 0;
            if (!named || (selection.mailbox && selection.mailbox != one.mailbox)) continue;
            if (found.certificates.size() == size) {
                found.next = static_cast<std::int64_t>(at);
                break;
            }
            found.certificates.push_back(one);
        }
        return found;
    }
    Result<int> revoke(const ra::SetRevocation& revocation) override {
        revocations.push_back(revocation);
        for (const auto& meant : revocation.certificates) {
            const auto found = std::ranges::find(certificates, meant.serial, &ra::SelectedCertificate::serial);
            found->state = ra::Revoked{revocation.at, revocation.reason};
        }
        return static_cast<int>(revocation.certificates.size());
    }
};

// Holds the incidents that a test opened or put there; a step does what the test said.
class MemoryIncidents final : public ra::IncidentBook {
 public:
    std::vector<ra::Incident> incidents;
    std::vector<ra::NewIncident> opened;
    std::vector<Listed> lists;
    std::vector<std::string> steps;  // "mark NAME", ...
    std::map<std::string, ra::IncidentStep> outcome;
    std::optional<ra::ReplacementCall> call;  // for every certificate

    Result<void> open(const ra::NewIncident& incident) override {
        opened.push_back(incident);
        ra::Incident made;
        made.name = incident.name;
        made.selection = incident.selection ? incident.selection->toJson().dump() : "";
        made.reason = incident.reason;
        made.explanationUrl = incident.explanationUrl;
        made.rate = incident.rate;
        made.openedAt = incident.openedAt;
        made.deadline = incident.deadline;
        made.state = incident.selection ? ra::IncidentState::Open : ra::IncidentState::Listing;
        incidents.push_back(std::move(made));
        return {};
    }
    Result<int> list(const Listed& listed) override {
        lists.push_back(listed);
        return static_cast<int>(listed.serials.size());
    }
    Result<std::vector<ra::Incident>> all() override { return incidents; }
    Result<void> close(const std::string& name, Time at) override {
        for (ra::Incident& incident : incidents) {
            if (incident.name != name) continue;
            incident.state = ra::IncidentState::Closed;
            incident.closedAt = at;
            return {};
        }
        return fail(ErrorKind::NotFound, "there is no incident \"" + name + "\"");
    }
    Result<std::optional<ra::ReplacementCall>> callFor(const std::string&, const Serial&) override { return call; }
    Result<ra::IncidentStep> mark(const std::string& name, Time) override { return step("mark", name); }
    Result<ra::IncidentStep> revokeReplaced(const std::string& name, Time) override { return step("replaced", name); }
    Result<ra::IncidentStep> revokeWaiting(const std::string& name, Time, int atMost) override {
        return step("waiting", name + " " + std::to_string(atMost));
    }
    Result<void> finish(const std::string& name, Time) override {
        (void)step("finish", name);
        return {};
    }

 private:
    ra::IncidentStep step(const std::string& kind, const std::string& name) {
        steps.push_back(kind + " " + name);
        return outcome[kind];
    }
};

}  // namespace mailca::test
