#include "repository/conditional.h"

#include <gtest/gtest.h>

namespace mailca::repository {
namespace {

const Validators kValidators{"\"smime-1-0-7\"", *parseRfc3339("2026-11-23T18:42:00Z")};

bool had(const std::string& field, const std::string& value) {
    web::Request request;
    request.headers.add(field, value);
    return hasAlready(request, kValidators);
}

TEST(HasAlready, ByEntityTag) {  // RFC 9110 section 13.1.2
    for (const char* tags :
         {"\"smime-1-0-7\"", "W/\"smime-1-0-7\"", "\"a\",\"smime-1-0-7\"", "\"a\" , W/\"smime-1-0-7\" ", "*"}) {
        EXPECT_TRUE(had("If-None-Match", tags)) << tags;
    }
    for (const char* tags : {"", "\"smime-1-0-6\"", "smime-1-0-7", "\"smime-1-0-7", ",", "**"}) {
        EXPECT_FALSE(had("If-None-Match", tags)) << tags;
    }
}

TEST(HasAlready, ByDate) {  // RFC 9110 section 13.1.3
    EXPECT_TRUE(had("If-Modified-Since", "Mon, 23 Nov 2026 18:42:00 GMT"));
    EXPECT_TRUE(had("If-Modified-Since", "Tue, 24 Nov 2026 00:00:00 GMT"));
    EXPECT_FALSE(had("If-Modified-Since", "Mon, 23 Nov 2026 18:41:59 GMT"));
    // What is no date is not looked at.
    for (const char* date : {"", "*", "2026-11-24", "Tue, 24 Nov 2026 00:00:00", "Tue, 31 Nov 2026 00:00:00 GMT",
                             "Mon, 24 Nov 2026 00:00:00 GMT", "Tue, 24 Nov 2026 00:00:00 GMT "}) {
        EXPECT_FALSE(had("If-Modified-Since", date)) << date;
    }
}

TEST(HasAlready, TheTagGoesBeforeTheDate) {  // RFC 9110 section 13.2.2
    web::Request request;
    request.headers.add("If-Modified-Since", "Tue, 24 Nov 2026 00:00:00 GMT");
    request.headers.add("If-None-Match", "\"another\"");
    EXPECT_FALSE(hasAlready(request, kValidators));
    EXPECT_FALSE(hasAlready(web::Request(), kValidators));
}

}  // namespace
}  // namespace mailca::repository
