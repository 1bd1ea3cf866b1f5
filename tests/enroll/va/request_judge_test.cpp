// CSRs are made by the openssl program, another hand than ours.
#include <gtest/gtest.h>

#include "enroll/va/request_judge.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca::va {
namespace {

struct Case {
    std::string name;
    std::string subject;  // as openssl req -subj takes it
    std::string names;    // subjectAltName; empty: none
    bool good;
};

class Request : public testing::Test {
 protected:
    test::TempDir folder;

    x509::CertificateRequest request(const Case& one) {
        const std::string der = folder.file("csr.der");
        const std::string san = one.names.empty() ? "" : " -addext 'subjectAltName=" + one.names + "'";
        const auto made = test::run(
            "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 -keyout " +
            folder.file("key.pem") + " -subj '" + one.subject + "'" + san + " -outform DER -out " + der + " 2>&1");
        EXPECT_EQ(made.status, 0) << made.output;
        return x509::CertificateRequest::fromDer(test::readBytes(der)).value();
    }
};

class Requests : public Request, public testing::WithParamInterface<Case> {};

TEST_P(Requests, AreJudgedByTheirNames) {
    const auto mailbox = EmailAddress::parse("alice@example.org").value();
    const auto verified = RequestJudge::judge(request(GetParam()), mailbox);
    EXPECT_EQ(verified.has_value(), GetParam().good);
    if (!verified) {
        EXPECT_EQ(verified.error().kind, ErrorKind::BadCsr);
    }
    if (verified) {
        EXPECT_EQ(verified->mailbox(), mailbox);
    }
}

INSTANTIATE_TEST_SUITE_P(
    A50, Requests,
    testing::Values(Case{"san", "/", "email:alice@example.org", true},
                    Case{"san_twice", "/", "email:alice@example.org,email:alice@example.org", true},
                    Case{"domain_in_capitals", "/", "email:alice@EXAMPLE.org", true},
                    Case{"subject_only", "/CN=alice@example.org", "", true},
                    Case{"subject_email", "/emailAddress=alice@example.org", "", true},
                    Case{"A55_subject_ignored", "/C=DE/O=Example/CN=Alice Example", "email:alice@example.org", true},
                    Case{"A54_castle", "/CN=alice@example.org/emailAddress=alice@example.org",
                         "email:alice@example.org,DNS:alice@example.org", true},
                    Case{"A54_other_dns", "/", "email:alice@example.org,DNS:bob@example.org", false},
                    Case{"host_name", "/", "email:alice@example.org,DNS:www.example.org", false},
                    Case{"another_mailbox", "/", "email:bob@example.org", false},
                    Case{"one_more", "/", "email:alice@example.org,email:bob@example.org", false},
                    Case{"H4_case_of_local_part", "/", "email:Alice@example.org", false},
                    Case{"other_in_subject", "/CN=bob@example.org", "email:alice@example.org", false},
                    Case{"other_email_in_subject", "/emailAddress=bob@example.org", "email:alice@example.org", false},
                    Case{"uri", "/", "email:alice@example.org,URI:http://example.org", false},
                    Case{"address", "/", "email:alice@example.org,IP:192.0.2.1", false},
                    Case{"H6_utf8_form_of_another", "/", "otherName:1.3.6.1.5.5.7.8.9;UTF8:bob@example.org", false},
                    Case{"nobody", "/CN=Alice", "", false}, Case{"dns_only", "/", "DNS:alice@example.org", false}),
    [](const auto& param) { return param.param.name; });

TEST_F(Request, NeedsAGoodSignature) {
    Bytes der = request({"", "/", "email:alice@example.org", true}).der();
    der.back() ^= 1;  // the last octet of s
    auto broken = x509::CertificateRequest::fromDer(der);
    ASSERT_TRUE(broken) << broken.error().text();
    EXPECT_EQ(RequestJudge::judge(*std::move(broken), EmailAddress::parse("alice@example.org").value()).error().kind,
              ErrorKind::BadCsr);
}

}  // namespace
}  // namespace mailca::va
