// What the signer gives up before it hears anybody (docs/decisions/signer.md). What it may still do afterwards is a
// list of system calls; anything else ends the process at once.
#pragma once

#include "core/result.h"

namespace mailca::ca {

enum class KeyPlace : bool { Memory, Token };

// At the very start, before any thread: no core dumps, no debugger of the same user, and no network where this process
// may give it up (it needs CAP_SYS_ADMIN for that; the filter below holds without).
void leaveTheNetwork();

// Once everything is open and every thread is there; of all threads, for good. Nothing is opened, made or started any
// more: no file, socket, process or executable memory. Token: its PKCS#11 module may open files and local sockets, and
// start threads, but neither speak any other protocol nor start a program. Io: the kernel refuses the filter.
Result<void> enterSandbox(KeyPlace keys);

}  // namespace mailca::ca
