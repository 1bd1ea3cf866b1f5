// The to-be-signed part of an OCSP response (ResponseData, RFC 6960 section 4.2.1), taken apart: facts, no judgement.
#pragma once

#include <optional>
#include <vector>

#include "ca/lint/tbs.h"

namespace mailca::ca::lint {

struct ResponseData {
    struct Single {
        ByteView certId;
        Element status;  // [0] good, [1] revoked, [2] unknown
        Element thisUpdate;
        std::optional<Element> nextUpdate;  // inside its [0]
        bool hasExtensions = false;
    };
    bool hasVersion = false;
    Element responderId;
    Element producedAt;
    std::vector<Single> responses;
    std::vector<RawExtension> extensions;

    static Result<ResponseData> parse(ByteView bytes);  // Lint
};

}  // namespace mailca::ca::lint
