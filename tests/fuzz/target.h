// What can be bent: good input of one kind, and the code that reads foreign bytes of that kind, with what it promises.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/email_address.h"
#include "tests/ca/support.h"

namespace mailca::fuzz {

// Throws unless it holds.
void promise(bool holds, const char* what);

// What all targets share, made once.
struct World {
    const ca::Profiles profiles = test::shippedProfiles();
    const test::AuthorityOnDisk disk;
    const ca::Issuer& issuer = disk.smime();
    const EmailAddress mailbox = test::must(EmailAddress::parse("alice@example.org"));
};

struct Target {
    std::vector<Bytes> corpus;
    std::function<void(ByteView)> read;
};
using Targets = std::map<std::string, Target (*)(const World&)>;

// The files of a folder whose names end so; there has to be one.
std::vector<Bytes> filesOf(const std::filesystem::path& folder, const std::string& suffix);
std::vector<Bytes> textsOf(std::initializer_list<std::string_view> texts);

Targets caTargets();        // what the CA reads: keys, requests, profiles, what it is about to sign
Targets signerTargets();    // what crosses the signer's socket, and timestamp queries
Targets acmeTargets();      // what a client of the API sends
Targets mailTargets();      // what a mail and the DNS say
Targets mailDoorTargets();  // what hands a mail in

}  // namespace mailca::fuzz
