#include "enroll/acme/resources.h"

namespace mailca::acme {
namespace {

constexpr int kPage = 100;

}  // namespace

Result<Answer> orderList(const Services& services, const Signed& request, const std::string& id,
                         const std::optional<std::string>& after) {
    if (id != request.account->id.text()) return fail(ErrorKind::Unauthorized, "this is another account's list");
    if (!request.postAsGet) return fail(ErrorKind::Malformed, "the list of orders is read with POST-as-GET");
    std::optional<OrderId> last;
    if (after) {
        TRY(last, OrderId::parse(*after));
    }
    TRY(std::vector<OrderId> orders, services.orders.list(*request.account, last, kPage + 1));
    const bool more = orders.size() > kPage;
    if (more) orders.pop_back();
    json::Array urls;
    for (const OrderId& order : orders) urls.emplace_back(services.urls.order(order));
    Answer answer{.body = json::object({{"orders", std::move(urls)}})};
    if (more) {
        const std::string next = services.urls.orders(request.account->id) + "?after=" + orders.back().text();
        answer.headers.emplace_back("Link", "<" + next + ">;rel=\"next\"");
    }
    return answer;
}

}  // namespace mailca::acme
