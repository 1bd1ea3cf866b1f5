// What SQLite holds in this process, all connections together.
#pragma once

#include <cstdint>

namespace mailca::store::sqlite {

// Octets: page caches, which fill up to their bounds (store/database.cpp; 2 MB for a connection that reads), and
// statements. Thread-safe.
std::uint64_t memoryInUse();

}  // namespace mailca::store::sqlite
