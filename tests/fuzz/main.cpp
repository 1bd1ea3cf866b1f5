// Bends good input of one kind for some seconds and gives it to the code that reads foreign bytes of that kind. What
// goes wrong is for the sanitizers to see, or breaks a promise of its target; the run's number is printed, and makes it
// again:
//   fuzz TARGET SECONDS [RUN]
#include <chrono>
#include <iostream>
#include <random>

#include "tests/fuzz/target.h"
#include "tests/support/mutate.h"

namespace mailca::fuzz {

void promise(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(std::string("a broken promise: ") + what);
}

std::vector<Bytes> filesOf(const std::filesystem::path& folder, const std::string& suffix) {
    std::vector<Bytes> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().string().ends_with(suffix)) out.push_back(test::readBytes(entry.path()));
    }
    promise(!out.empty(), "there is something to bend");
    return out;
}

std::vector<Bytes> textsOf(std::initializer_list<std::string_view> texts) {
    std::vector<Bytes> out;
    for (const std::string_view text : texts) out.push_back(toBytes(text));
    return out;
}

namespace {

int bend(const Target& target, std::chrono::seconds length, unsigned run) {
    const auto end = std::chrono::steady_clock::now() + length;
    constexpr int kRounds = 500;
    std::uint64_t variants = 0;
    Bytes last;
    const auto read = [&](ByteView variant) {
        last.assign(variant.begin(), variant.end());
        target.read(variant);
    };
    for (; std::chrono::steady_clock::now() < end; ++run) {
        for (const Bytes& one : target.corpus) {
            try {
                test::mutate(one, kRounds, read, run);
            } catch (const std::exception& error) {
                std::cerr << "run " << run << ": " << error.what() << "\nfor " << toHex(last) << "\n";
                return 1;
            }
            variants += kRounds;
        }
    }
    std::cout << variants << " variants, up to run " << run << "\n";
    return 0;
}

Targets all() {
    Targets out = caTargets();
    for (const Targets& more : {signerTargets(), acmeTargets(), mailTargets(), mailDoorTargets()})
        out.insert(more.begin(), more.end());
    return out;
}

}  // namespace
}  // namespace mailca::fuzz

int main(int count, char** words) {
    using namespace mailca::fuzz;
    const Targets targets = all();
    const auto found = count >= 3 ? targets.find(words[1]) : targets.end();
    if (found == targets.end()) {
        std::cerr << "fuzz TARGET SECONDS [RUN]; the targets are";
        for (const auto& [name, make] : targets) std::cerr << " " << name;
        std::cerr << "\n";
        return 2;
    }
    const World world;
    const unsigned run = count > 3 ? static_cast<unsigned>(std::stoul(words[3])) : std::random_device()();
    std::cout << "the first run is " << run << std::endl;
    return bend(found->second(world), std::chrono::seconds{std::stoi(words[2])}, run);
}
