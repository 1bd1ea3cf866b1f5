// A program with a data race planted in a handler, for the thread sanitizer to find: the suppressions that keep the
// HTTP library quiet must not hide a race of ours. CTest passes when the report names the handler
// (tests/CMakeLists.txt).
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "core/http/client.h"
#include "web/server.h"

namespace {

int g_plantedCounter = 0;  // the race: every worker thread writes it, nothing orders them

mailca::web::Response plantedRace(const mailca::web::Request&) {
    ++g_plantedCounter;
    return mailca::web::Response::empty(200);
}

// One server, some clients at once. Now and then one worker gets all of them, and there is no race to be seen.
bool round() {
    mailca::web::ServerOptions options;
    options.threads = 4;
    auto server = mailca::web::Server::start(std::move(options), plantedRace);
    if (!server) {
        std::puts(server.error().detail.c_str());
        return false;
    }
    const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/";
    std::vector<std::jthread> clients;
    for (int client = 0; client < 8; ++client) {
        clients.emplace_back([&url] {
            mailca::http::Client http({});
            for (int request = 0; request < 50; ++request) {
                if (!http.get(url)) std::puts("a request failed");
            }
        });
    }
    clients.clear();
    (*server)->stop();
    return true;
}

}  // namespace

int main() {
    for (int i = 0; i < 30; ++i) {
        if (!round()) return 1;
    }
    std::printf("%d requests and no report\n", g_plantedCounter);
    return 0;
}
