#include "ca/signer/sandbox.h"

#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace mailca::ca {
namespace {

constexpr int kArenas = 8;

// Of both places of keys: answering on sockets that are there, memory, threads that are there, time, randomness.
constexpr int kAlways[] = {
    SCMP_SYS(accept4),       SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),    SCMP_SYS(shutdown),
    SCMP_SYS(sendto),        SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),      SCMP_SYS(recvmsg),
    SCMP_SYS(read),          SCMP_SYS(readv),
    SCMP_SYS(write),         SCMP_SYS(writev),
    SCMP_SYS(close),         SCMP_SYS(poll),
    SCMP_SYS(ppoll),         SCMP_SYS(newfstatat),
    SCMP_SYS(fstat),         SCMP_SYS(lseek),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(brk),
    SCMP_SYS(mlock),         SCMP_SYS(mlock2),
    SCMP_SYS(munlock),       SCMP_SYS(futex),
    SCMP_SYS(sched_yield),   SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),          SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sigaltstack),   SCMP_SYS(restart_syscall),
    SCMP_SYS(getpid),        SCMP_SYS(gettid),
    SCMP_SYS(geteuid),       SCMP_SYS(getuid),
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
    SCMP_SYS(nanosleep),     SCMP_SYS(clock_nanosleep),
    SCMP_SYS(adjtimex),      SCMP_SYS(clock_adjtime),
    SCMP_SYS(getrandom),     SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

// A PKCS#11 module looks its token's files up for every operation, or asks a daemon of its own.
constexpr int kForTokens[] = {
    SCMP_SYS(openat),  SCMP_SYS(open),       SCMP_SYS(stat),       SCMP_SYS(lstat),    SCMP_SYS(statx),
    SCMP_SYS(access),  SCMP_SYS(faccessat2), SCMP_SYS(getdents64), SCMP_SYS(pread64),  SCMP_SYS(fcntl),
    SCMP_SYS(flock),   SCMP_SYS(connect),    SCMP_SYS(getcwd),     SCMP_SYS(readlink), SCMP_SYS(ioctl),
    SCMP_SYS(getegid), SCMP_SYS(getgid),     SCMP_SYS(umask),
};

class Filter {
 public:
    // Whatever no rule allows kills the whole process; the kernel logs which call it was.
    Filter() : m_context(::seccomp_init(SCMP_ACT_KILL_PROCESS), ::seccomp_release) {
        m_good = m_context != nullptr && ::seccomp_attr_set(m_context.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0;
    }

    template <std::size_t N>
    void allow(const int (&calls)[N]) {
        for (const int call : calls) add(SCMP_ACT_ALLOW, call);
    }
    template <typename... Conditions>
    void add(std::uint32_t action, int call, Conditions... conditions) {
        m_good = m_good && ::seccomp_rule_add(m_context.get(), action, call, sizeof...(conditions), conditions...) == 0;
    }
    Result<void> load() {
        if (m_good && ::seccomp_load(m_context.get()) == 0) return {};
        return fail(ErrorKind::Io, "the kernel refuses the signer's seccomp filter; it signs nothing without");
    }

 private:
    std::unique_ptr<void, decltype(&::seccomp_release)> m_context;
    bool m_good;
};

constexpr scmp_arg_cmp without(unsigned argument, std::uint64_t bits) {
    return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}
constexpr scmp_arg_cmp with(unsigned argument, std::uint64_t bits) {
    return {argument, SCMP_CMP_MASKED_EQ, bits, bits};
}
constexpr scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
    return {argument, SCMP_CMP_EQ, value, 0};
}

}  // namespace

void leaveTheNetwork() {
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const ::rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    static_cast<void>(::unshare(CLONE_NEWNET));
}

Result<void> enterSandbox(KeyPlace keys) {
    // Threads that contend for memory would make malloc read how many processors there are, from a file.
    ::mallopt(M_ARENA_MAX, kArenas);
    Filter filter;
    filter.allow(kAlways);
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(mmap), without(2, PROT_EXEC));
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), without(2, PROT_EXEC));
    filter.add(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), equals(0, static_cast<std::uint64_t>(::getpid())));  // abort()
    if (keys == KeyPlace::Token) {
        filter.allow(kForTokens);
        filter.add(SCMP_ACT_ALLOW, SCMP_SYS(socket), equals(0, AF_UNIX));
        filter.add(SCMP_ACT_ALLOW, SCMP_SYS(clone), with(0, CLONE_THREAD));
        filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));  // its flags cannot be seen; clone() is taken instead
    }
    return filter.load();
}

}  // namespace mailca::ca
