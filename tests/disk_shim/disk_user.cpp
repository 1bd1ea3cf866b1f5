// Changes files as it is told, for the shim's own test: `disk_user STEP...`, each STEP a call and its arguments with
// ":" between. Says "done" after the last one and waits for its end.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::map<std::string, int> descriptors;

void demand(bool done, const std::string& step) {
    if (done) return;
    std::perror(step.c_str());
    std::exit(1);
}

int at(const std::string& path) {
    const auto known = descriptors.find(path);
    if (known != descriptors.end()) return known->second;
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
    demand(descriptor >= 0, path);
    return descriptors[path] = descriptor;
}

void take(const std::string& step) {
    std::istringstream text(step);
    std::vector<std::string> words;
    for (std::string word; std::getline(text, word, ':');) words.push_back(word);
    const std::string& call = words.at(0);
    const char* const first = words.at(1).c_str();
    if (call == "write") {
        const std::string& bytes = words.at(2);
        demand(::write(at(first), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), step);
    } else if (call == "pwrite") {
        const std::string& bytes = words.at(3);
        demand(::pwrite(at(first), bytes.data(), bytes.size(), std::stol(words.at(2))) > 0, step);
    } else if (call == "truncate") {
        demand(::ftruncate(at(first), std::stol(words.at(2))) == 0, step);
    } else if (call == "rewrite") {  // as a shell's ">" would
        descriptors[first] = ::open(first, O_WRONLY | O_TRUNC);
        demand(descriptors[first] >= 0, step);
    } else if (call == "sync") {
        demand(::fdatasync(at(first)) == 0, step);
    } else if (call == "close") {
        demand(::close(at(first)) == 0, step);
        descriptors.erase(first);
    } else if (call == "rename") {
        demand(::rename(first, words.at(2).c_str()) == 0, step);
    } else if (call == "unlink") {
        demand(::unlink(first) == 0, step);
    } else if (call == "unlinkmissing") {
        demand(::unlink(first) != 0, step);
    } else if (call == "sleep") {
        demand(::usleep(1000 * static_cast<useconds_t>(std::stoul(first))) == 0, step);
    } else if (call == "syncfolder") {
        const int folder = ::open(first, O_RDONLY | O_DIRECTORY);
        demand(folder >= 0 && ::fsync(folder) == 0 && ::close(folder) == 0, step);
    } else {
        demand(false, "no such step: " + step);
    }
}

}  // namespace

int main(int count, char** words) {
    for (int word = 1; word < count; ++word) take(words[word]);
    std::puts("done");
    std::fflush(stdout);
    while (true) ::pause();
}
