#include "core/error.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "core/result.h"

namespace mailca {
namespace {

// IANA's ACME error types: RFC 8555 section 6.7, RFC 9773, draft-ietf-acme-profiles (B17).
const std::set<std::string_view> kIana{"accountDoesNotExist",
                                       "alreadyReplaced",
                                       "alreadyRevoked",
                                       "badCSR",
                                       "badNonce",
                                       "badPublicKey",
                                       "badRevocationReason",
                                       "badSignatureAlgorithm",
                                       "caa",
                                       "compound",
                                       "connection",
                                       "dns",
                                       "externalAccountRequired",
                                       "incorrectResponse",
                                       "invalidContact",
                                       "invalidProfile",
                                       "malformed",
                                       "orderNotReady",
                                       "rateLimited",
                                       "rejectedIdentifier",
                                       "serverInternal",
                                       "tls",
                                       "unauthorized",
                                       "unsupportedContact",
                                       "unsupportedIdentifier",
                                       "userActionRequired"};

const ErrorFacts& row(std::size_t index) {
    return factsOf(static_cast<ErrorKind>(index));
}

TEST(ErrorTable, EveryKindHasItsOwnRow) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kErrorKindCount; ++i) {
        EXPECT_EQ(static_cast<std::size_t>(row(i).kind), i);
        EXPECT_TRUE(names.insert(row(i).name).second) << row(i).name;
    }
}

TEST(ErrorTable, NamesOnlyTypesOfTheAcmeRegistry) {  // B17, A21
    for (std::size_t i = 0; i < kErrorKindCount; ++i) EXPECT_TRUE(kIana.contains(row(i).acmeName)) << row(i).name;
}

TEST(ErrorTable, CoversTheWholeRegistry) {  // B20
    std::set<std::string_view> used;
    for (std::size_t i = 0; i < kErrorKindCount; ++i) used.insert(row(i).acmeName);
    EXPECT_EQ(used, kIana);
}

TEST(ErrorTable, StatusFitsTheType) {
    for (std::size_t i = 0; i < kErrorKindCount; ++i) {
        const bool ours = row(i).acmeName == "serverInternal";
        EXPECT_GE(row(i).httpStatus, ours ? 500 : 400) << row(i).name;
        EXPECT_LT(row(i).httpStatus, ours ? 600 : 500) << row(i).name;
    }
}

TEST(ErrorTable, HidesTheDetailOfWhatWentWrongInside) {
    for (std::size_t i = 0; i < kErrorKindCount; ++i) {
        if (row(i).httpStatus == 503) continue;  // "come back later" may say why
        const auto wanted = row(i).httpStatus == 500 ? DetailVisibility::Hidden : DetailVisibility::Shown;
        EXPECT_EQ(row(i).detail, wanted) << row(i).name;
    }
}

TEST(Error, TextNamesKindAndDetail) {
    EXPECT_EQ(fail(ErrorKind::BadCsr, "no mailbox").text(), "BadCsr: no mailbox");
}

Result<int> half(int value) {
    if (value % 2 != 0) return fail(ErrorKind::Parse, "odd");
    return value / 2;
}

Result<int> quarter(int value) {
    TRY(const int once, half(value));
    TRY(const int twice, half(once));
    return twice;
}

Result<void> mustBeEven(int value) {
    TRY_VOID(half(value));
    return {};
}

TEST(Result, HoldsAValueOrAnError) {
    EXPECT_EQ(half(4).value(), 2);
    EXPECT_EQ(*half(4), 2);
    ASSERT_FALSE(half(3));
    EXPECT_EQ(half(3).error(), (Error{ErrorKind::Parse, "odd"}));
    EXPECT_EQ(half(3).value_or(7), 7);
}

TEST(Result, TryHandsTheErrorUp) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().detail, "odd");
    EXPECT_TRUE(mustBeEven(2));
    EXPECT_EQ(mustBeEven(1).error().kind, ErrorKind::Parse);
}

TEST(Result, AskingForTheOtherHalfIsABrokenInvariant) {
    EXPECT_THROW((void)half(3).value(), std::bad_variant_access);
    EXPECT_THROW((void)half(4).error(), std::bad_variant_access);
}

TEST(Result, CarriesWhatCanOnlyBeMoved) {
    Result<std::unique_ptr<int>> made(std::make_unique<int>(5));
    const std::unique_ptr<int> taken = std::move(made).value();
    EXPECT_EQ(*taken, 5);
}

}  // namespace
}  // namespace mailca
