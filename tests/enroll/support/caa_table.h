// A DNS of CAA records made of a table.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "dns/resolver.h"

namespace mailca::test {

// What is not in the table fails.
class CaaTable final : public dns::Resolver {
 public:
    void set(const std::string& name, dns::Status status, std::vector<dns::CaaRecord> records = {},
             std::chrono::seconds ttl = std::chrono::seconds{300}, dns::Security security = dns::Security::Secure) {
        m_table[name] = dns::CaaAnswer{status, security, ttl, std::move(records), ""};
    }
    // The first `times` lookups fail.
    void failFirst(const std::string& name, int times) { m_failures[name] = times; }
    std::vector<std::string> asked() {
        const std::lock_guard lock(m_mutex);
        return m_asked;
    }

    dns::TxtAnswer txt(std::string_view) override { return {}; }
    dns::CaaAnswer caa(std::string_view name) override {
        const std::lock_guard lock(m_mutex);
        m_asked.emplace_back(name);
        if (int& left = m_failures[m_asked.back()]; left > 0) {
            --left;
            return failed(dns::Security::Indeterminate);
        }
        const auto found = m_table.find(m_asked.back());
        return found == m_table.end() ? failed(dns::Security::Indeterminate) : found->second;
    }

 private:
    static dns::CaaAnswer failed(dns::Security security) {
        return {dns::Status::Failed, security, std::chrono::seconds{0}, {}, "SERVFAIL"};
    }
    std::mutex m_mutex;
    std::map<std::string, dns::CaaAnswer> m_table;
    std::map<std::string, int> m_failures;
    std::vector<std::string> m_asked;
};

}  // namespace mailca::test
