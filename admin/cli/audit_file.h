// An exported audit log in a file.
#pragma once

#include <fstream>
#include <string>

#include "ca/audit/log.h"
#include "store/backup.h"

namespace mailca::admin {

// Row by row, in the file's order. Config: there is no such file. Parse, with the line's number: it is none of an audit
// log. What a crash left half written at the end, without a line end, is left out.
Result<store::NextEntry> readAuditFile(const std::string& path);

}  // namespace mailca::admin
