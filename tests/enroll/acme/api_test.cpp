// Standards B2, B6, B8, B11, B12, B14-B16, B19, B21-B28, B32: the API as its clients see it.
#include "enroll/acme/api.h"

#include "tests/enroll/support/acme.h"
#include "tests/enroll/support/binding.h"

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

TEST_F(Api, DirectoryHasItsMembers) {  // B21, C7, C28
    const web::Response response = ask(Method::Get, path::kDirectory);
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(response.field("Access-Control-Allow-Origin"), "*");
    const json::Value directory = bodyOf(response);
    EXPECT_EQ(directory.string("newNonce"), "https://acme.example/acme/new-nonce");
    EXPECT_EQ(directory.string("newAccount"), "https://acme.example/acme/new-account");
    EXPECT_EQ(directory.string("newOrder"), "https://acme.example/acme/new-order");
    EXPECT_EQ(directory.string("revokeCert"), "https://acme.example/acme/revoke-cert");
    EXPECT_EQ(directory.string("keyChange"), "https://acme.example/acme/key-change");
    EXPECT_FALSE(directory.has("newAuthz")) << "unless authorizations are reused";
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
    policy.termsOfService = "https://acme.example/terms";
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

TEST_F(Api, ShowsAnAccountWithItsOrdersUrl) {  // B26
    const std::string self = kid();
    const web::Response shown = byAccount(pathOf(self), "");
    EXPECT_EQ(bodyOf(shown).string("orders"), self + "/orders");
    EXPECT_FALSE(bodyOf(shown).has("externalAccountBinding"));
}

TEST_F(Api, BindsAnAccountAndEchoesTheBinding) {  // B26, B29
    const auto made = external.create({"", {"example.org"}, 1}).value();
    const json::Value binding =
        test::bindingOf({.keyId = made.key.id, .url = url(path::kNewAccount), .payload = jwk.value.dump(), .more = {}},
                        made.macKey.view());
    json::Value request = json::object({{"termsOfServiceAgreed", true}, {"externalAccountBinding", binding}});
    const web::Response bound = byKey(path::kNewAccount, request.dump());
    EXPECT_EQ(bound.status(), 201) << bound.body();
    ASSERT_TRUE(bodyOf(bound).has("externalAccountBinding"));
    EXPECT_EQ(*bodyOf(bound).find("externalAccountBinding"), binding);
    const web::Response outside =
        byAccount(path::kNewOrder, R"({"identifiers":[{"type":"email","value":"alice@example.net"}]})");
    EXPECT_EQ(problemOf(outside), "rejectedIdentifier");
    EXPECT_EQ(byAccount(path::kNewOrder, kOrder).status(), 201);
}

TEST_F(Api, SaysWhenAnExternalAccountIsRequired) {  // B29
    policy.externalAccountRequired = true;
    services.meta.externalAccountRequired = true;
    EXPECT_EQ(bodyOf(ask(Method::Get, path::kDirectory)).find("meta")->boolean("externalAccountRequired"), true);
    const web::Response refused = byKey(path::kNewAccount, R"({"termsOfServiceAgreed":true})");
    EXPECT_EQ(refused.status(), 403);
    EXPECT_EQ(problemOf(refused), "externalAccountRequired");
}

TEST_F(Api, ListsOrdersPageByPage) {  // B31, B19
    const std::string self = kid();
    const std::string list = pathOf(self) + "/orders";
    for (int i = 0; i < 101; ++i) orderBook.listed.push_back(OrderId::random(random));
    const web::Response page = byAccount(list, "");
    EXPECT_EQ(page.status(), 200);
    EXPECT_EQ(bodyOf(page).array("orders")->size(), 100U);
    const std::string next = self + "/orders?after=" + orderBook.listed[99].text();
    EXPECT_EQ(page.fields()[0].second, "<" + next + ">;rel=\"next\"");
    EXPECT_EQ(orderBook.listings.back().after, std::nullopt);

    orderBook.listed.erase(orderBook.listed.begin() + 1, orderBook.listed.end());
    web::Request request;
    request.method = Method::Post;
    request.path = list;
    request.query = "after=" + orderBook.listed[0].text();
    request.headers.add("Content-Type", "application/jose+json");
    request.body = signedBody(jose::KeyId{self}, list, "", key, {.nonce = {}, .url = url(list) + "?" + request.query});
    const web::Response last = router(request);
    EXPECT_EQ(last.status(), 200) << last.body();
    EXPECT_EQ(orderBook.listings.back().after, orderBook.listed[0]);
    EXPECT_EQ(last.body().find("after="), std::string::npos);
    EXPECT_EQ(byAccount(list, "{}").status(), 400) << "read with POST-as-GET only";
    const std::string foreign = pathOf(services.urls.orders(account.id));
    EXPECT_EQ(problemOf(byAccount(foreign, "")), "unauthorized");
}

TEST_F(Api, DeactivatesAnAuthorization) {  // B39, B50
    const web::Response made = byAccount(path::kNewOrder, kOrder);
    const std::string at = pathOf(*bodyOf(made).array("authorizations")->front().asString());
    EXPECT_EQ(byAccount(at, R"({"status":"valid"})").status(), 400);
    EXPECT_EQ(byAccount(at, "{}").status(), 400);
    const web::Response ended = byAccount(at, R"({"status":"deactivated"})");
    EXPECT_EQ(ended.status(), 200) << ended.body();
    EXPECT_EQ(bodyOf(ended).string("status"), "deactivated");
    EXPECT_EQ(mailsReleased, 0);
    const json::Value order = bodyOf(byAccount(pathOf(made.field("Location")), ""));
    EXPECT_EQ(order.string("status"), "invalid");
    EXPECT_EQ(order.find("error")->string("type"), "urn:ietf:params:acme:error:unauthorized");
}

TEST_F(Api, AuthorizesAheadWhereAuthorizationsAreReused) {  // B21
    EXPECT_EQ(byAccount(path::kNewAuthz, "{}").status(), 404);
    policy.reuse = 24h * 7;
    router = routed(services);
    EXPECT_TRUE(bodyOf(ask(Method::Get, path::kDirectory)).has("newAuthz"));
    const web::Response made =
        byAccount(path::kNewAuthz, R"({"identifier":{"type":"email","value":"alice@example.org"}})");
    EXPECT_EQ(made.status(), 201) << made.body();
    EXPECT_EQ(bodyOf(made).string("status"), "pending");
    EXPECT_EQ(mailsReleased, 1) << "it was served";
    EXPECT_EQ(byAccount(pathOf(made.field("Location")), "").status(), 200);
    EXPECT_EQ(problemOf(byAccount(path::kNewAuthz, R"({"identifier":{"type":"dns","value":"example.org"}})")),
              "unsupportedIdentifier");
    EXPECT_EQ(problemOf(byAccount(path::kNewAuthz, "{}")), "malformed");
    EXPECT_EQ(problemOf(byAccount(path::kNewAuthz, "")), "malformed");
}

TEST_F(Api, SaysOfSeveralIdentifiersWhatIsWrongWithEach) {  // B17, B34
    const web::Response refused = byAccount(
        path::kNewOrder, R"({"identifiers":[{"type":"dns","value":"example.org"},{"type":"email","value":"alice"},)"
                         R"({"type":"email","value":"alice@example.org"}]})");
    EXPECT_EQ(refused.status(), 400);
    EXPECT_EQ(refused.contentType(), "application/problem+json");
    EXPECT_EQ(problemOf(refused), "compound");
    const json::Value problem = bodyOf(refused);
    EXPECT_FALSE(problem.has("identifier")) << "the top level may have none";
    ASSERT_NE(problem.array("subproblems"), nullptr);
    ASSERT_EQ(problem.array("subproblems")->size(), 2U);
    EXPECT_EQ(problem.array("subproblems")->at(0).string("type"), "urn:ietf:params:acme:error:unsupportedIdentifier");
    EXPECT_EQ(problem.array("subproblems")->at(1).find("identifier")->string("value"), "alice");
    const web::Response two = byAccount(
        path::kNewOrder,
        R"({"identifiers":[{"type":"email","value":"a@example.org"},{"type":"email","value":"b@example.org"}]})");
    EXPECT_EQ(problemOf(two), "rejectedIdentifier");
    EXPECT_FALSE(bodyOf(two).has("subproblems"));
}

TEST_F(Api, SendsAPersonToAgreeToChangedTerms) {  // B25, B19
    policy.termsOfService = "https://acme.example/terms";
    policy.changedTermsNeedAgreement = true;
    const std::string self = kid();
    EXPECT_EQ(byAccount(path::kNewOrder, kOrder).status(), 201);
    policy.termsOfService = services.meta.termsOfService = "https://acme.example/terms/2?a&b";
    const web::Response refused = byAccount(path::kNewOrder, kOrder);
    EXPECT_EQ(refused.status(), 403);
    EXPECT_EQ(problemOf(refused), "userActionRequired");
    const std::string instance = bodyOf(refused).string("instance").value_or("");
    EXPECT_EQ(instance, url(path::kTerms) + self.substr(self.rfind('/') + 1));
    EXPECT_EQ(refused.fields()[0].second, "<https://acme.example/terms/2?a&b>;rel=\"terms-of-service\"");

    const web::Response page = ask(Method::Get, pathOf(instance));
    EXPECT_EQ(page.status(), 200);
    EXPECT_NE(page.body().find("https://acme.example/terms/2?a&amp;b"), std::string::npos);
    EXPECT_NE(page.body().find("<form method=\"post\">"), std::string::npos);
    EXPECT_EQ(byAccount(path::kNewOrder, kOrder).status(), 403) << "reading is not agreeing";
    EXPECT_EQ(ask(Method::Post, pathOf(instance)).status(), 200);
    EXPECT_EQ(byAccount(path::kNewOrder, kOrder).status(), 201);
    EXPECT_EQ(ask(Method::Get, pathOf(instance)).body().find("<form"), std::string::npos);
    EXPECT_EQ(ask(Method::Get, std::string(path::kTerms) + "nobody").status(), 404);
    EXPECT_EQ(ask(Method::Post, std::string(path::kTerms) + AccountId::random(random).text()).status(), 404);
}

TEST_F(Api, SaysWhenToTryAgain) {  // A22, B18
    const std::string mine = kid();
    orderBook.counts.strangersNext = clock.now() + 2h;
    const web::Response refused = byAccount(path::kNewOrder, kOrder);
    EXPECT_EQ(refused.status(), 429);
    EXPECT_EQ(problemOf(refused), "rateLimited");
    EXPECT_EQ(refused.field("Retry-After"), "3600");
    expectDressed(refused);
    for (int i = 0; i < 99; ++i) EXPECT_FALSE(limits.newAccount(""));
    EXPECT_EQ(kid(), mine) << "an account that is there";
    const crypto::PrivateKey another = test::newKey();
    const jose::Jwk its = jose::toJwk(another.publicKey()).value();
    const web::Response tooMany =
        send(path::kNewAccount, signedBody(its, path::kNewAccount, R"({"termsOfServiceAgreed":true})", another));
    EXPECT_EQ(tooMany.status(), 429);
    EXPECT_EQ(tooMany.field("Retry-After"), "36");
    const web::Response onlyAsked =
        send(path::kNewAccount, signedBody(its, path::kNewAccount, R"({"onlyReturnExisting":true})", another));
    EXPECT_EQ(problemOf(onlyAsked), "accountDoesNotExist");
}

}  // namespace
}  // namespace mailca::acme
