#include "dns/unbound_resolver.h"

#include <poll.h>
#include <unbound.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "core/interrupt.h"
#include "dns/rdata.h"

namespace mailca::dns {

namespace {

constexpr int kTypeTxt = 16;
constexpr int kTypeCaa = 257;
constexpr int kClassIn = 1;
constexpr int kNoError = 0;

struct ResultFree {
    void operator()(::ub_result* result) const { ::ub_resolve_free(result); }
};
using LookupResult = std::unique_ptr<::ub_result, ResultFree>;

struct ContextFree {
    void operator()(::ub_ctx* context) const { ::ub_ctx_delete(context); }
};

// One question on its way: shared by the caller that waits and the callback that answers.
struct Pending {
    std::mutex mutex;
    std::condition_variable answered;
    bool done = false;
    int error = 0;
    LookupResult result;
};

void onAnswer(void* argument, int error, ::ub_result* result) {
    const std::unique_ptr<std::shared_ptr<Pending>> pending(static_cast<std::shared_ptr<Pending>*>(argument));
    const std::lock_guard lock((*pending)->mutex);
    (*pending)->error = error;
    (*pending)->result.reset(result);
    (*pending)->done = true;
    (*pending)->answered.notify_one();
}

std::string rcodeName(int rcode) {
    switch (rcode) {
        case 1:
            return "FORMERR";
        case 2:
            return "SERVFAIL";
        case 4:
            return "NOTIMP";
        case 5:
            return "REFUSED";
        default:
            return "RCODE " + std::to_string(rcode);
    }
}

template <typename Record>
Answer<Record> failed(std::string reason, Security security = Security::Indeterminate) {
    Answer<Record> answer;
    answer.security = security;
    answer.reason = std::move(reason);
    return answer;
}

}  // namespace

// One libunbound context and the thread that hands its answers out. libunbound resolves in a thread of its own; ours is
// needed because a caller that waited inside ub_wait() could not give up in time.
class UnboundResolver::Context {
 public:
    Context(::ub_ctx* context, const UnboundOptions& options)
        : m_context(context), m_validates(!options.trustAnchorFile.empty()), m_timeout(options.timeout) {
        m_pump = std::thread([this] { pump(); });
    }
    ~Context() {
        m_stop.set();
        m_pump.join();
    }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    // Blocks for the timeout at most. The reason why there is no result, or the result.
    Result<LookupResult> ask(const std::string& name, int type) {
        const auto pending = std::make_shared<Pending>();
        auto argument = std::make_unique<std::shared_ptr<Pending>>(pending);
        int id = 0;
        const int refused =
            ::ub_resolve_async(m_context.get(), name.c_str(), type, kClassIn, argument.get(), onAnswer, &id);
        if (refused != kNoError) return fail(ErrorKind::Dns, ::ub_strerror(refused));
        std::shared_ptr<Pending>* const handedOver = argument.release();

        std::unique_lock lock(pending->mutex);
        if (!pending->answered.wait_for(lock, m_timeout, [&] { return pending->done; })) {
            lock.unlock();
            // After a cancel that succeeds the callback is never called; otherwise it owns the argument already.
            if (::ub_cancel(m_context.get(), id) == kNoError) delete handedOver;
            return fail(ErrorKind::Dns, "no answer in time");
        }
        if (pending->error != kNoError) return fail(ErrorKind::Dns, ::ub_strerror(pending->error));
        return std::move(pending->result);
    }

    template <typename Record>
    Answer<Record> lookUp(std::string_view name, int type, Result<Record> (*parse)(ByteView)) {
        if (!isQueryName(name)) return failed<Record>("not a name that the DNS can be asked for");
        const Result<LookupResult> result = ask(std::string(name), type);
        if (!result) return failed<Record>(result.error().detail);
        return judge(**result, parse);
    }

 private:
    template <typename Record>
    Answer<Record> judge(const ::ub_result& result, Result<Record> (*parse)(ByteView)) const {
        if (result.bogus != 0) {
            return failed<Record>(result.why_bogus == nullptr ? "bogus" : result.why_bogus, Security::Bogus);
        }
        if (result.rcode != kNoError && result.nxdomain == 0) return failed<Record>(rcodeName(result.rcode));
        Answer<Record> answer;
        answer.security = result.secure != 0 ? Security::Secure
                          : m_validates      ? Security::Insecure
                                             : Security::Indeterminate;
        answer.ttl = std::chrono::seconds(result.ttl);
        if (result.nxdomain != 0 || result.havedata == 0) {
            answer.status = result.nxdomain != 0 ? Status::NoSuchName : Status::NoData;
            return answer;
        }
        for (std::size_t i = 0; result.data[i] != nullptr; ++i) {
            Result<Record> record = parse(asBytes({result.data[i], static_cast<std::size_t>(result.len[i])}));
            // Nothing was learnt, whoever vouches for it.
            if (!record) return failed<Record>(record.error().detail);
            answer.records.push_back(std::move(*record));
        }
        answer.status = Status::Found;
        return answer;
    }

    void pump() {
        while (!m_stop.isSet()) {
            if (m_stop.awaits(::ub_fd(m_context.get()), POLLIN, std::chrono::hours{1})) ::ub_process(m_context.get());
        }
    }

    const std::unique_ptr<::ub_ctx, ContextFree> m_context;
    const bool m_validates;
    const std::chrono::milliseconds m_timeout;
    Interrupt m_stop;
    std::thread m_pump;
};

Result<std::unique_ptr<UnboundResolver>> UnboundResolver::create(const UnboundOptions& options) {
    std::unique_ptr<::ub_ctx, ContextFree> context(::ub_ctx_create());
    if (context == nullptr) return fail(ErrorKind::Io, "libunbound cannot start: is the machine out of memory?");
    for (const std::string& upstream : options.upstream) {
        if (::ub_ctx_set_fwd(context.get(), upstream.c_str()) != kNoError) {
            return fail(ErrorKind::Config,
                        "DNS upstream \"" + upstream + "\" is not an IP address with an optional @port");
        }
    }
    if (!options.trustAnchorFile.empty()) {
        std::error_code error;
        if (!std::filesystem::is_regular_file(options.trustAnchorFile, error) ||
            ::ub_ctx_add_ta_file(context.get(), options.trustAnchorFile.c_str()) != kNoError) {
            return fail(ErrorKind::Config, "DNS trust anchor " + options.trustAnchorFile + " cannot be read");
        }
    }
    // An upstream on loopback is a resolver of this machine or of a test; unbound keeps away from it unless told.
    // And it answers for "test." itself (RFC 6761 section 6.2), which is what closed installations name their zones by.
    if (::ub_ctx_set_option(context.get(), "do-not-query-localhost:", "no") != kNoError ||
        ::ub_ctx_async(context.get(), 1) != kNoError || ::ub_ctx_zone_remove(context.get(), "test.") != kNoError) {
        return fail(ErrorKind::Io, "libunbound refuses its settings");
    }
    return std::unique_ptr<UnboundResolver>(new UnboundResolver(std::make_unique<Context>(context.release(), options)));
}

UnboundResolver::UnboundResolver(std::unique_ptr<Context> context) : m_context(std::move(context)) {}
UnboundResolver::~UnboundResolver() = default;

TxtAnswer UnboundResolver::txt(std::string_view name) {
    return m_context->lookUp<std::string>(name, kTypeTxt, parseTxt);
}
CaaAnswer UnboundResolver::caa(std::string_view name) {
    return m_context->lookUp<CaaRecord>(name, kTypeCaa, parseCaa);
}

}  // namespace mailca::dns
