// Hostile variants of a good input: a seeded run of bit flips, cuts, repeats and insertions. The same seed gives the
// same run.
#pragma once

#include <functional>

#include "core/bytes.h"

namespace mailca::test {

// Calls `parse` with `rounds` variants of `seed`; the parser must return each time. Another `run`, other variants.
void mutate(const Bytes& seed, int rounds, const std::function<void(ByteView)>& parse, unsigned run = 20261123);

}  // namespace mailca::test
