// What SMTP and IMAP share of libcurl: a configured handle, and its complaints in words. Included by .cpp files only.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "core/interrupt.h"
#include "mail/connection.h"

namespace mailca::mail {

class CurlSession {
 public:
    // `protocol` is "smtp" or "imap". The interrupt, which must outlive it, ends every exchange within a second or so.
    // Throws std::bad_alloc when libcurl has no memory.
    CurlSession(std::string_view protocol, std::shared_ptr<const ServerOptions> options,
                const Interrupt* interrupt = nullptr);
    ~CurlSession();
    CurlSession(const CurlSession&) = delete;
    CurlSession& operator=(const CurlSession&) = delete;

    // A fresh set of options for one exchange with the server; `path` comes behind the authority. Connections stay
    // open.
    void prepare(const std::string& path);
    CURLcode perform();
    // What went wrong, with the server's name in it: one line.
    std::string complaint(CURLcode code) const;
    CURL* handle() const { return m_handle; }

 private:
    CURL* m_handle;
    std::string m_protocol;
    std::shared_ptr<const ServerOptions> m_options;  // shared: one copy of the password for all sessions
    const Interrupt* m_interrupt;
    char m_error[CURL_ERROR_SIZE] = {};
};

// Whether no mail or mailbox is to blame, but our own configuration or the server's certificate.
bool isMisconfiguration(CURLcode code);

}  // namespace mailca::mail
