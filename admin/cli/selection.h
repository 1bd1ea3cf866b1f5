// Which certificates an operator means, from the command line to what the operators' API takes.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "core/json/json.h"

namespace mailca::admin {

struct SelectionOptions {
    std::vector<std::string> serials;  // hex
    std::string certificate;           // file, PEM or DER
    std::string mailbox;
    std::string key;   // file: PEM of a public key or of a certificate
    std::string spki;  // SHA-256 of the public key, hex
    std::string issuer, profile;
    std::string issuedFrom, issuedBefore;  // RFC 3339
    std::string list;                      // file of serials in hex, a line each; "-": standard input
};

// What is named has to hold of each. Of a list the selections are several, each small enough for one request. Config:
// nothing is named, or what is cannot be read.
Result<std::vector<json::Value>> selectionsOf(const SelectionOptions& options, std::istream& in);

}  // namespace mailca::admin
