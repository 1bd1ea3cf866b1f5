// The signer's side of the boundary: a request's octets in, an answer's octets out, whatever they are.
#pragma once

#include "ca/signer/signer.h"

namespace mailca::ca {

// Thread-safe when the signer is. What it is made of must outlive it.
class Door {
 public:
    Door(Signer& signer, const Profiles& profiles) : m_signer(signer), m_profiles(profiles) {}

    struct Answer {
        Bytes octets;
        bool keysLost = false;  // the token that holds them did not answer
    };
    Answer answer(ByteView request);

 private:
    Result<Bytes> perform(std::uint8_t kind, ByteView body);
    Result<Bytes> prepare(ByteView body);

    Signer& m_signer;
    const Profiles& m_profiles;
};

}  // namespace mailca::ca
