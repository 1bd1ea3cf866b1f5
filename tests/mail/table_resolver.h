// A DNS made of a table. What is not in it fails: a test has to say "no such name" when it means that.
#pragma once

#include <map>
#include <sstream>
#include <string>

#include "dns/resolver.h"
#include "tests/support/files.h"

namespace mailca::test {

class TableResolver final : public dns::Resolver {
 public:
    TableResolver() = default;
    // Lines of "name<TAB>text" from tests/data.
    explicit TableResolver(const std::string& dataName) {
        std::istringstream lines(readFile(dataFile(dataName)));
        for (std::string line; std::getline(lines, line);) {
            const std::size_t tab = line.find('\t');
            add(line.substr(0, tab), line.substr(tab + 1));
        }
    }

    void add(const std::string& name, const std::string& text) {
        dns::TxtAnswer& answer = m_table[name];
        answer.status = dns::Status::Found;
        answer.security = dns::Security::Secure;
        answer.records.push_back(text);
    }
    void set(const std::string& name, dns::TxtAnswer answer) { m_table[name] = std::move(answer); }
    int asked() const { return m_asked; }

    dns::TxtAnswer txt(std::string_view name) override {
        ++m_asked;
        const auto found = m_table.find(std::string(name));
        if (found != m_table.end()) return found->second;
        dns::TxtAnswer answer;
        answer.reason = "not in the table";
        return answer;
    }
    dns::CaaAnswer caa(std::string_view) override { return {}; }

 private:
    std::map<std::string, dns::TxtAnswer> m_table;
    int m_asked = 0;
};

}  // namespace mailca::test
