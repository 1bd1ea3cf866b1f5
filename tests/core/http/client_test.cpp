#include "core/http/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace mailca::http {
namespace {

// A server on loopback that answers one connection with the given text and keeps what it was asked.
class OneAnswer {
 public:
    explicit OneAnswer(std::string answer)
        : m_answer(std::move(answer)), m_listener(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        if (::bind(m_listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(m_listener, 1) != 0 ||
            ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
            throw std::runtime_error("no socket on loopback");
        }
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { serve(); });
    }
    ~OneAnswer() { stop(); }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;

    std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(m_port) + path; }
    // Ends the server; what it was asked.
    const std::string& asked() {
        stop();
        return m_asked;
    }

 private:
    void serve() {
        const int peer = ::accept(m_listener, nullptr, nullptr);
        if (peer < 0) return;
        char block[4096];
        while (!isWhole()) {
            const ssize_t got = ::recv(peer, block, sizeof block, 0);
            if (got <= 0) break;
            m_asked.append(block, static_cast<std::size_t>(got));
        }
        (void)!::send(peer, m_answer.data(), m_answer.size(), MSG_NOSIGNAL);
        ::shutdown(peer, SHUT_RDWR);
        ::close(peer);
    }
    bool isWhole() const {
        const std::size_t end = m_asked.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        const std::size_t at = m_asked.find("Content-Length: ");
        return at == std::string::npos || m_asked.size() >= end + 4 + std::stoul(m_asked.substr(at + 16));
    }
    void stop() {
        if (!m_thread.joinable()) return;
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
    }

    std::string m_answer, m_asked;
    int m_listener;
    std::uint16_t m_port = 0;
    std::thread m_thread;
};

TEST(Client, GetsStatusHeadersAndBody) {
    OneAnswer server(
        "HTTP/1.1 200 OK\r\nReplay-Nonce: abc\r\nLink: <a>;rel=\"up\"\r\nLINK: <b>;rel=\"index\"\r\nContent-Length: "
        "5\r\n\r\nhello");
    Client client({});
    const auto reply = client.get(server.url("/dir?x=1"), {{"Accept", "application/json"}});
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "hello");
    EXPECT_EQ(reply->header("replay-nonce"), "abc");
    EXPECT_EQ(reply->headers.at("link"), (std::vector<std::string>{"<a>;rel=\"up\"", "<b>;rel=\"index\""}));
    EXPECT_EQ(reply->header("absent"), "");
    EXPECT_TRUE(server.asked().starts_with("GET /dir?x=1 HTTP/1.1\r\n"));
    EXPECT_NE(server.asked().find("Accept: application/json\r\n"), std::string::npos);
}

TEST(Client, PostsABodyAsItIs) {
    OneAnswer server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    Client client({});
    const std::string body("{\"a\":\0}", 7);
    const auto reply = client.post(server.url(), "application/jose+json", body);
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->status, 201);
    EXPECT_TRUE(server.asked().ends_with("\r\n\r\n" + body));
    EXPECT_NE(server.asked().find("Content-Type: application/jose+json\r\n"), std::string::npos);
    EXPECT_EQ(server.asked().find("Expect:"), std::string::npos);
}

TEST(Client, PostsAnEmptyBody) {
    OneAnswer server("HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(Client({}).post(server.url(), "application/jose+json", {}).value().status, 204);
    EXPECT_NE(server.asked().find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(Client, AsksForHeadersAlone) {
    OneAnswer server("HTTP/1.1 200 OK\r\nReplay-Nonce: n\r\nContent-Length: 99\r\n\r\n");
    EXPECT_EQ(Client({}).head(server.url()).value().header("replay-nonce"), "n");
    EXPECT_TRUE(server.asked().starts_with("HEAD / "));
}

TEST(Client, TakesEveryStatusForAnAnswerAndFollowsNobody) {
    OneAnswer problem("HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_EQ(Client({}).get(problem.url()).value().status, 500);
    OneAnswer elsewhere("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(Client({}).get(elsewhere.url()).value().status, 302);
}

TEST(Client, ForgetsTheHeadersOfProvisionalAnswers) {
    OneAnswer server("HTTP/1.1 103 Early Hints\r\nLink: <early>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    const auto reply = Client({}).get(server.url());
    ASSERT_TRUE(reply) << reply.error().detail;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->header("link"), "");
}

TEST(Client, RefusesAnswersThatAreTooLarge) {
    OneAnswer body("HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'));
    ClientOptions small;
    small.maxBody = 1000;
    EXPECT_EQ(Client(small).get(body.url()).error().kind, ErrorKind::Connection);
    std::string headers = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 100; ++i) headers += "X-" + std::to_string(i) + ": " + std::string(1000, 'x') + "\r\n";
    OneAnswer many(headers + "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(Client({}).get(many.url()).error().kind, ErrorKind::Connection);
}

TEST(Client, SaysWhatToCheckWhenNobodyAnswers) {
    std::string url;
    {
        OneAnswer gone("");
        url = gone.url();
    }
    const auto reply = Client({}).get(url);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::Connection);
    EXPECT_NE(reply.error().detail.find(url), std::string::npos);
    EXPECT_FALSE(Client({}).get("file:///etc/passwd"));
    EXPECT_FALSE(Client({}).get("not a url"));
}

class Variable {
 public:
    Variable(const char* name, const std::string& value) : m_name(name) { ::setenv(name, value.c_str(), 1); }
    ~Variable() { ::unsetenv(m_name); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

 private:
    const char* m_name;
};

TEST(Client, SendsNothingForThisMachineToAProxy) {
    OneAnswer proxy("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy");
    const Variable variable("http_proxy", proxy.url());
    Client client({});
    for (const std::string name : {"127.0.0.1", "localhost", "LocalHost"}) {
        OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndirect");
        const std::string port = server.url("").substr(server.url("").rfind(':'));
        const auto reply = client.get("http://" + name + port, {{"Authorization", "Bearer secret"}});
        ASSERT_TRUE(reply) << reply.error().detail;
        EXPECT_EQ(reply->body, "direct") << name;
    }
    const auto elsewhere = client.get("http://127.0.0.1.example.invalid/");
    ASSERT_TRUE(elsewhere) << elsewhere.error().detail;  // all else goes where the environment says
    EXPECT_EQ(elsewhere->body, "proxy");
    EXPECT_EQ(proxy.asked().find("secret"), std::string::npos);
}

TEST(Client, RefusesHeadersThatWouldForgeOthers) {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(Client({}).get(server.url(), {{"X", "1\r\nY: 2"}}).error().kind, ErrorKind::Malformed);
    EXPECT_EQ(server.asked(), "");
}

}  // namespace
}  // namespace mailca::http
