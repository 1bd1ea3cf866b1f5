// What a command says while it works, and what it leaves behind.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "client/exit_code.h"
#include "core/json/json.h"

namespace mailca::client {

// Lines for a person who watches; never part of a command's result.
class Report {
 public:
    virtual ~Report() = default;
    virtual void progress(std::string_view line) = 0;
    virtual void warning(std::string_view line) = 0;
};

class StreamReport final : public Report {
 public:
    explicit StreamReport(std::ostream& out) : m_out(out) {}
    void progress(std::string_view line) override;
    void warning(std::string_view line) override;

 private:
    std::ostream& m_out;
};

// The result of a command: `object` for programs (--json), `text` for people, one of them goes to standard output.
struct Outcome {
    ExitCode code = ExitCode::Done;
    json::Value object;
    std::string text;
};

Outcome outcomeOf(const Error& error);

}  // namespace mailca::client
