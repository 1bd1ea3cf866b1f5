#include "core/http/client.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <mutex>
#include <stdexcept>

#include "core/text.h"

namespace mailca::http {
namespace {

struct ListFree {
    void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};
using ListPtr = std::unique_ptr<curl_slist, ListFree>;

constexpr std::size_t kMaxHeaders = 64u << 10;

// What the callbacks fill; they run inside C and must not throw beyond running out of memory.
struct Incoming {
    Reply reply;
    std::size_t maxBody = 0;
    std::size_t headerOctets = 0;
    bool tooLarge = false;
};

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t takeBody(char* data, std::size_t, std::size_t size, void* user) {
    auto& incoming = *static_cast<Incoming*>(user);
    incoming.tooLarge = size > incoming.maxBody - incoming.reply.body.size();
    if (incoming.tooLarge) return 0;
    incoming.reply.body.append(data, size);
    return size;
}

std::size_t takeHeader(char* data, std::size_t, std::size_t size, void* user) {
    auto& incoming = *static_cast<Incoming*>(user);
    const std::string_view line(data, size);
    incoming.headerOctets += size;
    incoming.tooLarge = incoming.headerOctets > kMaxHeaders;
    if (incoming.tooLarge) return 0;
    if (line.starts_with("HTTP/")) {  // a new answer begins; what came before it was provisional (100, 103)
        incoming.reply.headers.clear();
        return size;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return size;
    incoming.reply.headers[toAsciiLower(trimmed(line.substr(0, colon)))].emplace_back(trimmed(line.substr(colon + 1)));
    return size;
}

struct UrlFree {
    void operator()(CURLU* url) const { ::curl_url_cleanup(url); }
};

// Whether the URL's host is this machine: localhost (RFC 6761 section 6.3), 127.0.0.0/8 or ::1.
bool isLoopback(const std::string& text) {
    const std::unique_ptr<CURLU, UrlFree> url(::curl_url());
    char* part = nullptr;
    if (url == nullptr || ::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK ||
        ::curl_url_get(url.get(), CURLUPART_HOST, &part, 0) != CURLUE_OK) {
        return false;
    }
    const std::string host = toAsciiLower(part);
    ::curl_free(part);
    ::in_addr address{};
    if (::inet_pton(AF_INET, host.c_str(), &address) == 1) return (ntohl(address.s_addr) >> 24) == 127;
    return host == "localhost" || host == "[::1]";
}

bool isOneLine(const std::string& text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

}  // namespace

std::string Reply::header(const std::string& lowerCaseName) const {
    const auto at = headers.find(lowerCaseName);
    return at == headers.end() ? std::string() : at->second.front();
}

struct Client::Session {
    explicit Session(ClientOptions chosen) : options(std::move(chosen)) {
        static std::once_flag once;
        std::call_once(once, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
        handle.reset(::curl_easy_init());
        if (handle == nullptr) throw std::runtime_error("libcurl cannot start");
    }

    // Settings that every request has; the connection stays open between two of them.
    void prepare(const std::string& url, Incoming& incoming) {
        CURL* const curl = handle.get();
        ::curl_easy_reset(curl);
        ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        // What goes to this machine (the operators' token with it) is no business of the environment's http_proxy.
        if (isLoopback(url)) ::curl_easy_setopt(curl, CURLOPT_PROXY, "");
        ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        ::curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(options.timeout.count()));
        ::curl_easy_setopt(curl, CURLOPT_USERAGENT, "mailca");
        if (!options.caFile.empty()) ::curl_easy_setopt(curl, CURLOPT_CAINFO, options.caFile.c_str());
        ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &takeBody);
        ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &incoming);
        ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &takeHeader);
        ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &incoming);
        incoming.maxBody = options.maxBody;
    }

    Result<Reply> perform(const std::string& url, const Headers& headers, Incoming& incoming) {
        ListPtr list(::curl_slist_append(nullptr, "Expect:"));  // no round trip before the body
        for (const auto& [name, value] : headers) {
            const std::string line = name + ": " + value;
            if (!isOneLine(line)) return fail(ErrorKind::Malformed, "a header of the request holds a line break");
            ::curl_slist_append(list.get(), line.c_str());
        }
        ::curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, list.get());
        std::string detail(CURL_ERROR_SIZE, '\0');
        ::curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, detail.data());
        const CURLcode code = ::curl_easy_perform(handle.get());
        ::curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, nullptr);
        if (incoming.tooLarge) return fail(ErrorKind::Connection, url + " answered with more than is accepted here");
        if (code != CURLE_OK) {
            detail.resize(detail.find('\0'));
            return fail(ErrorKind::Connection,
                        url + " gave no answer: " + (detail.empty() ? ::curl_easy_strerror(code) : detail) +
                            "; check the URL and whether the server runs");
        }
        long status = 0;
        ::curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
        incoming.reply.status = static_cast<int>(status);
        return std::move(incoming.reply);
    }

    struct Cleanup {
        void operator()(CURL* curl) const { ::curl_easy_cleanup(curl); }
    };
    ClientOptions options;
    std::unique_ptr<CURL, Cleanup> handle;
};

Client::Client(ClientOptions options) : m_session(std::make_unique<Session>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Reply> Client::get(const std::string& url, const Headers& headers) {
    Incoming incoming;
    m_session->prepare(url, incoming);
    return m_session->perform(url, headers, incoming);
}

Result<Reply> Client::head(const std::string& url) {
    Incoming incoming;
    m_session->prepare(url, incoming);
    ::curl_easy_setopt(m_session->handle.get(), CURLOPT_NOBODY, 1L);
    return m_session->perform(url, {}, incoming);
}

Result<Reply> Client::post(const std::string& url, const std::string& contentType, std::string_view body,
                           const Headers& headers) {
    Incoming incoming;
    m_session->prepare(url, incoming);
    CURL* const curl = m_session->handle.get();
    ::curl_easy_setopt(curl, CURLOPT_POST, 1L);
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    Headers all = headers;
    all.emplace_back("Content-Type", contentType);
    return m_session->perform(url, all, incoming);
}

}  // namespace mailca::http
