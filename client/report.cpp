#include "client/report.h"

namespace mailca::client {

void StreamReport::progress(std::string_view line) {
    m_out << "  " << line << std::endl;
}

void StreamReport::warning(std::string_view line) {
    m_out << "! WARNING: " << line << std::endl;
}

Outcome outcomeOf(const Error& error) {
    const ExitCode code = exitCodeOf(error);
    const std::string_view status = code == ExitCode::Waiting ? "waiting" : "failed";
    return {code,
            json::object({{"status", status},
                          {"error", json::object({{"kind", factsOf(error.kind).name}, {"detail", error.detail}})}}),
            ""};
}

}  // namespace mailca::client
