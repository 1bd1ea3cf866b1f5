// Standards B2, B6, B8, B11, B12, B14-B16, B19, B21-B28, B32: the API as its clients see it.
#include "enroll/acme/api.h"

#include "tests/enroll/support/acme.h"

namespace mailca::acme {
namespace {

using test::bodyOf;
using test::problemOf;
using web::Method;

class Api : public test::AcmeApi {
 protected:
    static constexpr const char* kOrder = R"({"identifiers":[{"type":"email","value":"alice@example.org"}]})";
    // B2, B14, B19.
    static void expectDressed(const web::Response& response) {
        EXPECT_TRUE(fromBase64Url(response.field("Replay-Nonce")));
        EXPECT_FALSE(response.field("Replay-Nonce").empty());
        EXPECT_EQ(response.field("Link"), "<https://acme.example/acme/directory>;rel=\"index\"");
        EXPECT_EQ(response.field("Access-Control-Allow-Origin"), "*");
        EXPECT_EQ(response.field("Access-Control-Expose-Headers"), "Replay-Nonce, Location, Link, Retry-After");
        EXPECT_EQ(response.field("Cache-Control"), "no-store");
    }
};

TEST_F(Api, DirectoryHasItsMembers) {  // B21
    const web::Response response = ask(Method::Get, path::kDirectory);
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(response.field("Access-Control-Allow-Origin"), "*");
    const json::Value directory = bodyOf(response);
    EXPECT_EQ(directory.string("newNonce"), "https://acme.example/acme/new-nonce");
    EXPECT_EQ(directory.string("newAccount"), "https://acme.example/acme/new-account");
    EXPECT_EQ(directory.string("newOrder"), "https://acme.example/acme/new-order");
    EXPECT_EQ(directory.string("revokeCert"), "https://acme.example/acme/revoke-cert");
    const json::Value* meta = directory.find("meta");
    ASSERT_NE(meta, nullptr);
    EXPECT_EQ(meta->string("termsOfService"), "https://acme.example/terms");
    EXPECT_EQ(meta->string("website"), "https://acme.example/");
    EXPECT_EQ(meta->array("caaIdentities")->size(), 1U);
    EXPECT_EQ(meta->boolean("externalAccountRequired"), false);
    EXPECT_TRUE(meta->find("profiles")->has("smime-dual"));
}

TEST_F(Api, NewNonceAnswersHeadAndGet) {  // B15
    const web::Response head = ask(Method::Head, path::kNewNonce);
    EXPECT_EQ(head.status(), 200);
    expectDressed(head);
    const web::Response get = ask(Method::Get, path::kNewNonce);
    EXPECT_EQ(get.status(), 204);
    expectDressed(get);
    EXPECT_NE(head.field("Replay-Nonce"), get.field("Replay-Nonce"));
}

TEST_F(Api, WantsJoseJson) {  // B8
    const std::string body = signedBody(jwk, path::kNewAccount, R"({"termsOfServiceAgreed":true})", key);
    const web::Response refused = send(path::kNewAccount, body, "application/json");
    EXPECT_EQ(refused.status(), 415);
    expectDressed(refused);
    EXPECT_EQ(send(path::kNewAccount, body, "Application/JOSE+json; charset=utf-8").status(), 201);
}

TEST_F(Api, AnswersGetOnlyForDirectoryAndNonce) {  // B11
    for (const std::string_view at : {path::kNewAccount, path::kNewOrder, path::kRevokeCert}) {
        EXPECT_EQ(ask(Method::Get, at).status(), 405) << at;
    }
    EXPECT_EQ(ask(Method::Get, std::string(path::kOrder) + "x").status(), 405);
    EXPECT_EQ(byAccount(path::kDirectory, "").status(), 200);
}

TEST_F(Api, TellsTheAlgorithmsItKnows) {  // B6: {"alg":"none",...}, no signature
    const std::string header = toBase64Url(asBytes(std::string_view(
        R"({"alg":"none","nonce":"AAAA","url":"https://acme.example/acme/new-order","kid":"https://acme.example/acme/account/x"})")));
    const web::Response response =
        send(path::kNewOrder, R"({"protected":")" + header + R"(","payload":"e30","signature":""})");
    EXPECT_EQ(response.status(), 400);
    EXPECT_EQ(problemOf(response), "badSignatureAlgorithm");
    const json::Value problem = bodyOf(response);
    ASSERT_NE(problem.array("algorithms"), nullptr);
    EXPECT_EQ(problem.array("algorithms")->size(), jose::kAlgorithmNames.size());
}

TEST_F(Api, GivesAFreshNonceWithBadNonce) {  // B16, B14, B19
    const std::string body = signedBody(jwk, path::kNewAccount, R"({"termsOfServiceAgreed":true})", key);
    EXPECT_EQ(send(path::kNewAccount, body).status(), 201);
    const web::Response again = send(path::kNewAccount, body);
    EXPECT_EQ(again.status(), 400);
    EXPECT_EQ(problemOf(again), "badNonce");
    EXPECT_EQ(again.contentType(), "application/problem+json");
    expectDressed(again);
    const std::string fresh(again.field("Replay-Nonce"));
    EXPECT_EQ(byKey(path::kNewAccount, "{}", {.nonce = fresh, .url = {}}).status(), 200);
}

TEST_F(Api, RefusesTheUrlOfAnotherResource) {  // B10
    const web::Response response = byAccount(path::kNewOrder, kOrder, {.nonce = {}, .url = "https://acme.example/"});
    EXPECT_EQ(response.status(), 403);
    EXPECT_EQ(problemOf(response), "unauthorized");
}

TEST_F(Api, MakesAnAccountOnceAKey) {  // B22
    const std::string request = R"({"termsOfServiceAgreed":true,"contact":["mailto:alice@example.org"]})";
    const web::Response made = byKey(path::kNewAccount, request);
    EXPECT_EQ(made.status(), 201);
    expectDressed(made);
    EXPECT_EQ(bodyOf(made).string("status"), "valid");
    const web::Response found = byKey(path::kNewAccount, R"({"contact":["mailto:bob@example.org"]})");
    EXPECT_EQ(found.status(), 200);
    EXPECT_EQ(found.field("Location"), made.field("Location"));
    EXPECT_EQ(found.body(), made.body()) << "the stored account, whatever the request says";
}

TEST_F(Api, LooksForAnAccountOnly) {  // B22
    const web::Response none = byKey(path::kNewAccount, R"({"onlyReturnExisting":true})");
    EXPECT_EQ(none.status(), 400);
    EXPECT_EQ(problemOf(none), "accountDoesNotExist");
}

TEST_F(Api, RefusesContactsItCannotUse) {  // B24
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"(["tel:+123"])", "unsupportedContact"},
        {R"(["mailto:a@example.org,b@example.org"])", "invalidContact"},
        {R"(["mailto:a@example.org?subject=x"])", "invalidContact"},
        {R"([1])", "invalidContact"},
        {R"("mailto:a@example.org")", "invalidContact"}};
    for (const auto& [contacts, problem] : cases) {
        const web::Response response = byKey(path::kNewAccount, R"({"contact":)" + contacts + "}");
        EXPECT_EQ(response.status(), 400) << contacts;
        EXPECT_EQ(problemOf(response), problem) << contacts;
    }
}

TEST_F(Api, WantsTheTermsAgreedTo) {  // B25, B19
    policy.termsRequired = true;
    const web::Response refused = byKey(path::kNewAccount, "{}");
    EXPECT_EQ(refused.status(), 403);
    EXPECT_EQ(problemOf(refused), "userActionRequired");
    EXPECT_EQ(bodyOf(refused).string("instance"), "https://acme.example/terms");
    EXPECT_EQ(byKey(path::kNewAccount, R"({"termsOfServiceAgreed":true})").status(), 201);
}

TEST_F(Api, TurnsADeactivatedAccountAway) {  // B28
    const std::string at = pathOf(kid());
    EXPECT_EQ(byAccount(at, R"({"status":"deactivated"})").status(), 200);
    const web::Response later = send(path::kNewOrder, signedBody(jose::KeyId{url(at)}, path::kNewOrder, kOrder, key));
    EXPECT_EQ(later.status(), 401);
    EXPECT_EQ(problemOf(later), "unauthorized");
}

TEST_F(Api, TakesAnOrder) {  // B32
    const web::Response made = byAccount(path::kNewOrder, kOrder);
    EXPECT_EQ(made.status(), 201);
    expectDressed(made);
    const json::Value order = bodyOf(made);
    EXPECT_EQ(order.string("status"), "pending");
    EXPECT_TRUE(order.has("expires"));
    EXPECT_EQ(order.array("identifiers")->size(), 1U);
    EXPECT_EQ(order.array("authorizations")->size(), 1U);
    EXPECT_EQ(order.string("finalize"), std::string(made.field("Location")) + "/finalize");
    const web::Response read = byAccount(pathOf(made.field("Location")), "");
    EXPECT_EQ(read.status(), 200);
    EXPECT_EQ(read.body(), made.body());
    EXPECT_EQ(byAccount(path::kNewOrder, R"({"identifiers":[],"notAfter":"2027-01-01T00:00:00Z"})").status(), 400);
}

TEST_F(Api, ReleasesTheMailWithTheAuthorization) {  // A14
    const json::Value order = bodyOf(byAccount(path::kNewOrder, kOrder));
    EXPECT_TRUE(orderBook.releases.empty());
    const web::Response response = byAccount(pathOf(*order.array("authorizations")->front().asString()), "");
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(response.field("Retry-After"), "1");
    EXPECT_EQ(orderBook.releases.size(), 1U);
    EXPECT_EQ(mailsReleased, 1);
}

TEST_F(Api, ShowsToTheirAccountOnly) {                               // B12
    const ra::OrderView foreign = order("bob@example.org").value();  // of the fixture's own account
    for (const std::string& at :
         {services.urls.order(foreign.order.id), services.urls.authorization(foreign.authorization.id),
          services.urls.challenge(foreign.authorization.challenge.id)}) {
        const web::Response response = byAccount(pathOf(at), "");
        EXPECT_EQ(response.status(), 403) << at;
        EXPECT_EQ(problemOf(response), "unauthorized") << at;
    }
    EXPECT_TRUE(orderBook.releases.empty());
}

TEST_F(Api, AnswersAScriptsPreflight) {  // B2
    const web::Response response = ask(Method::Options, path::kNewOrder);
    EXPECT_EQ(response.status(), 204);
    EXPECT_EQ(response.field("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(response.field("Access-Control-Allow-Methods"), "GET, HEAD, POST");
    EXPECT_EQ(response.field("Access-Control-Allow-Headers"), "Content-Type");
}

}  // namespace
}  // namespace mailca::acme
