#include "store/sqlite/memory.h"

#include <sqlite3.h>

namespace mailca::store::sqlite {

std::uint64_t memoryInUse() {
    return static_cast<std::uint64_t>(::sqlite3_memory_used());
}

}  // namespace mailca::store::sqlite
