// Random mailbox addresses of every shape that the product takes (standards H1-H5).
#pragma once

#include <array>
#include <random>
#include <string>

#include "core/email_address.h"

namespace mailca::test {

class Mailboxes final {
 public:
    explicit Mailboxes(std::mt19937_64& random) : m_random(random) {}

    EmailAddress next() {
        while (true) {
            if (auto parsed = EmailAddress::parse(local() + "@" + domain())) return *std::move(parsed);
        }
    }

 private:
    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(m_random); }
    std::string text(std::string_view alphabet, std::size_t length) {
        std::string out;
        while (out.size() < length) out += alphabet[below(alphabet.size())];
        return out;
    }
    std::string local() {
        constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
        constexpr std::array kBeyond{"jürgen", "山田", "δοκιμή", "пример", "naïve.o’neill", "用户.名"};
        switch (below(6)) {
            case 0:
                return text("ABCDEFGhijkl012", 1 + below(12));
            case 1:
                return text(kLetters, 3) + "." + text(kLetters, 4) + "+" + text(kLetters, 2);
            case 2:
                return text("#$&'+-/=?^_`{|}~ab", 1 + below(20));
            case 3:
                return text(kLetters, 60 + below(5));  // as long as may be
            case 4:
                return kBeyond[below(kBeyond.size())] + text(kLetters, 2);  // SmtpUTF8Mailbox
            default:
                return text(kLetters, 1 + below(30));
        }
    }
    std::string domain() {
        constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
        constexpr std::array kNames{"bücher.example.org", "example.org", "EXAMPLE.net", "xn--bcher-kva.example.net",
                                    "例え.example.com"};
        switch (below(4)) {
            case 0:
                return text(kLetters, 63) + "." + text(kLetters, 63) + "." + text(kLetters, 45) + ".example.org";
            case 1:
                return text(kLetters, 2 + below(30)) + "." + text(kLetters, 1 + below(9)) + "-1.example.com";
            default:
                return kNames[below(kNames.size())];
        }
    }

    std::mt19937_64& m_random;
};

}  // namespace mailca::test
