// Incidents, on the database.
#pragma once

#include "enroll/ra/incident_port.h"
#include "store/database.h"

namespace mailca::store {

class IncidentBook final : public ra::IncidentBook {
 public:
    explicit IncidentBook(Database& database) : m_database(database) {}

    Result<void> open(const ra::NewIncident& incident) override;
    Result<int> list(const Listed& listed) override;
    Result<std::vector<ra::Incident>> all() override;
    Result<void> close(const std::string& name, Time at) override;
    Result<std::optional<ra::ReplacementCall>> callFor(const std::string& issuer, const Serial& serial) override;
    Result<ra::IncidentStep> mark(const std::string& name, Time at) override;
    Result<ra::IncidentStep> revokeReplaced(const std::string& name, Time at) override;
    Result<ra::IncidentStep> revokeWaiting(const std::string& name, Time at, int atMost) override;
    Result<void> finish(const std::string& name, Time at) override;

 private:
    Database& m_database;
};

}  // namespace mailca::store
