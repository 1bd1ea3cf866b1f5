// The one user of libopendkim: canonicalization and cryptography of one signature at a time. What surrounds them
// (syntax, policy, key lookup) is ours, see docs/decisions/dkim.md.
#pragma once

#include <memory>
#include <string>

#include "mail/message.h"

struct dkim_lib;  // libopendkim's DKIM_LIB

namespace mailca::mail {

struct DkimCheck {
    bool passed = false;
    unsigned keyBits = 0;
    std::string reason;  // why not
};

// Thread-safe.
class DkimLibrary {
 public:
    DkimLibrary();
    ~DkimLibrary();
    DkimLibrary(const DkimLibrary&) = delete;
    DkimLibrary& operator=(const DkimLibrary&) = delete;

    // Whether `signature`, one of the message's DKIM-Signature fields that parseDkimSignature() accepts, was made over
    // the message with the key. `keyRecord` is TXT text of at most kMaxKeyRecordBytes.
    DkimCheck check(const Message& message, const Header& signature, const std::string& keyRecord) const;
    static constexpr std::size_t kMaxKeyRecordBytes = 1000;  // room for RSA-4096 and more

 private:
    std::unique_ptr<dkim_lib, void (*)(dkim_lib*)> m_library;
};

}  // namespace mailca::mail
