// Debian's nsd on a free loopback port, unprivileged, with its files in a folder of its own.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/loopback.h"
#include "tests/support/run.h"

namespace mailca::test {

struct Zone {
    std::string name;
    std::string content;  // zone file; empty: configured without a file, for which nsd answers SERVFAIL
};

class NsdServer final {
 public:
    // Throws when nsd does not start.
    explicit NsdServer(const std::vector<Zone>& zones) : m_port(freePort()) {
        writeConfiguration(zones);
        const Outcome started = run("/usr/sbin/nsd -c " + m_folder.file("nsd.conf"));
        if (started.status != 0) throw std::runtime_error("nsd: " + started.output);
        waitForPort(m_port, m_folder.file("log"));
    }
    ~NsdServer() { stopByPidFile(m_folder.file("pid")); }
    NsdServer(const NsdServer&) = delete;
    NsdServer& operator=(const NsdServer&) = delete;

    std::string upstream() const { return "127.0.0.1@" + std::to_string(m_port); }

 private:
    void writeConfiguration(const std::vector<Zone>& zones) const {
        const auto file = [this](const char* name) { return "\"" + m_folder.file(name) + "\"\n"; };
        std::string text =
            "server:\n  ip-address: 127.0.0.1@" + std::to_string(m_port) +
            "\n  username: \"\"\n  chroot: \"\"\n  database: \"\"\n  server-count: 1\n  zonesdir: " + file("") +
            "  pidfile: " + file("pid") + "  logfile: " + file("log") + "  xfrdfile: " + file("xfrd") +
            "  zonelistfile: " + file("zones") + "  xfrdir: " + file("") + "remote-control:\n  control-enable: no\n";
        for (const Zone& zone : zones) {
            text += "zone:\n  name: \"" + zone.name + "\"\n  zonefile: \"" + zone.name + ".zone\"\n";
            if (!zone.content.empty()) writeFile(m_folder.path() / (zone.name + ".zone"), zone.content);
        }
        writeFile(m_folder.path() / "nsd.conf", text);
    }

    TempDir m_folder;
    std::uint16_t m_port;
};

}  // namespace mailca::test
