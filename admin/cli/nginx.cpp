#include <ostream>
#include <sstream>

#include "admin/cli/commands.h"
#include "admin/cli/daemon_config.h"
#include "core/secret_file.h"

namespace mailca::admin {
namespace {

Result<void> checkPorts(const DaemonConfig& daemon, const std::string& path) {
    for (const std::string* address : {&daemon.acme, &daemon.publicListener}) {
        if (address->ends_with(":0"))
            return fail(ErrorKind::Config, path + ": nginx needs fixed ports in [listeners], not 0");
    }
    return {};
}

std::string authorityOf(const std::string& url) {
    const auto start = url.find("://");
    const std::string rest = start == std::string::npos ? url : url.substr(start + 3);
    return rest.substr(0, rest.find('/'));
}

std::string portOf(const std::string& url, const std::string& otherwise) {
    const std::string authority = authorityOf(url);
    const auto colon = authority.rfind(':');
    return colon == std::string::npos || authority.ends_with(']') ? otherwise : authority.substr(colon + 1);
}

// nginx reads ", $, ; and braces as its own; a path or name that holds one is refused rather than quoted.
Result<void> checkWord(const std::string& word) {
    if (!word.empty() && word.find_first_of("\"'\\${};\n\r\t ") == std::string::npos) return {};
    return fail(ErrorKind::Config, "\"" + word + "\" cannot stand in nginx's configuration; choose a plainer name");
}

// Only what is named reaches the daemon. The secret proves that X-Real-IP comes from here, loopback being open to every
// local user.
std::string proxyTo(const std::string& upstream, const std::string& secret) {
    std::ostringstream out;
    out << "    proxy_pass http://" << upstream << ";\n"
        << "    proxy_http_version 1.1;\n"
        << "    proxy_pass_request_headers off;\n"
        << "    proxy_set_header Connection keep-alive;\n"
        << "    proxy_set_header Host $host;\n"
        << "    proxy_set_header Content-Type $content_type;\n"
        << "    proxy_set_header Accept $http_accept;\n"
        << "    proxy_set_header Authorization $http_authorization;\n"
        << "    proxy_set_header If-None-Match $http_if_none_match;\n"
        << "    proxy_set_header If-Modified-Since $http_if_modified_since;\n"
        << "    proxy_set_header User-Agent $http_user_agent;\n"
        << "    proxy_set_header X-Real-IP $remote_addr;\n";
    if (!secret.empty()) out << "    proxy_set_header X-Proxy-Secret \"" << secret << "\";\n";
    return out.str();
}

// An answer must never outlive its client's connection: proxy_ignore_client_abort. proxy_read_timeout is longer than
// the longest handler.
constexpr std::string_view kLimits = R"(  server_tokens off;
  client_max_body_size 64k;
  client_header_timeout 10s;
  client_body_timeout 10s;
  large_client_header_buffers 4 8k;
  proxy_request_buffering on;
  proxy_buffering on;
  proxy_buffers 16 64k;
  proxy_ignore_client_abort on;
  proxy_connect_timeout 2s;
  proxy_read_timeout 30s;
  proxy_next_upstream off;
)";

std::string upstream(const std::string& name, const std::string& address) {
    return "upstream " + name + " {\n  server " + address +
           ";\n  keepalive 8;\n  keepalive_timeout 30s;\n  keepalive_requests 100000;\n}\n";
}

std::string tlsServer(const NginxOptions& options, const std::string& listen, const std::string& secret) {
    std::ostringstream out;
    out << "server {\n  listen " << listen << " ssl http2;\n  server_name " << options.serverName << ";\n"
        << "  ssl_certificate " << options.certificate << ";\n  ssl_certificate_key " << options.key << ";\n"
        << "  ssl_protocols TLSv1.2 TLSv1.3;\n"
        << kLimits << "  location / {\n"
        << proxyTo("mailca_acme", secret) << "  }\n  location /v1/ {\n"
        << proxyTo("mailca_public", secret) << "  }\n}\n";
    return out.str();
}

std::string httpServer(const NginxOptions& options, const std::string& listen, const std::string& secret) {
    std::ostringstream out;
    out << "server {\n  listen " << listen << ";\n  server_name " << options.serverName << ";\n"
        << kLimits << "  location / {\n"
        << proxyTo("mailca_public", secret) << "  }\n}\n";
    return out.str();
}

}  // namespace

Result<void> printNginx(const NginxOptions& options, std::ostream& out) {
    for (const std::string* word : {&options.serverName, &options.certificate, &options.key})
        TRY_VOID(checkWord(*word));
    TRY(const DaemonConfig daemon, readDaemonConfig(options.config));
    TRY_VOID(checkPorts(daemon, options.config));
    const std::string secretFile = options.proxySecretFile.empty() ? daemon.proxySecretFile : options.proxySecretFile;
    std::string secret;
    if (!secretFile.empty()) {
        TRY(const Secret read, readSecretLine(secretFile));
        secret = read.text();
        TRY_VOID(checkWord(secret));
    }
    const std::string tls = options.listen.empty() ? portOf(daemon.externalUrl, "443") : options.listen;
    const bool plain = daemon.exchangeUrl.starts_with("http://");
    const std::string http =
        !options.listenHttp.empty() ? options.listenHttp : (plain ? portOf(daemon.exchangeUrl, "80") : "80");
    for (const std::string* word : {&daemon.acme, &daemon.publicListener, &tls, &http}) TRY_VOID(checkWord(*word));

    out << "# By `mailca-admin nginx`, for nginx's http {}."
        << (secret.empty() ? "" : " Mode 0600: it holds the proxy secret.") << "\n"
        << upstream("mailca_acme", daemon.acme) << upstream("mailca_public", daemon.publicListener)
        << "# ACME, and lookups over TLS.\n"
        << tlsServer(options, tls, secret);
    // An exchange_url that is the daemon's own listener needs no front.
    if (options.listenHttp.empty() && plain && authorityOf(daemon.exchangeUrl) == daemon.publicListener) return {};
    out << "# CRLs, issuer certificates, OCSP and lookups; their links are plain http, as the rules demand (D17, "
           "D18).\n"
        << httpServer(options, http, secret);
    return {};
}

}  // namespace mailca::admin
