// What a run comes to: how the enrollments ended, how long they took, what they asked of the server.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace mailca::bench {

// One thread's; added up at the end.
struct Tally {
    std::size_t posts = 0;                             // signed requests, polls with them
    std::size_t polls = 0;                             // fetches of an authorization or order that was waited for
    std::map<std::string, std::vector<double>> calls;  // milliseconds of each signed request, by resource
    std::vector<double> latency;                       // milliseconds, of those that ended with a certificate
    std::map<std::string, std::size_t> failed;         // ended without a certificate, by reason
    std::size_t abandoned = 0;                         // no answer, or told to stop

    void add(const Tally& other);
    // A line a figure: `name: value unit`. `elapsed` in seconds.
    void print(std::ostream& out, double elapsed) const;
};

// The q-quantile (0..1) by nearest rank; 0 of nothing.
double quantile(std::vector<double> values, double q);

}  // namespace mailca::bench
