// JSON, strictly: the library behind it stays in json.cpp. Refused on parsing (standards B13): duplicate keys, invalid
// UTF-8, more than 32 levels, numbers that fit neither int64 nor double, anything behind the value.
//
//   TRY(const json::Value order, json::parse(body));
//   const auto csr = order.string("csr");                      // nullopt: absent; absent and "not a string" look the
//   same json::Value out = json::object({{"status", "valid"}, {"orders", json::array({"a", "b"})}}); out.set("expires",
//   toRfc3339(t));  out.dump();
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"

namespace mailca::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
using Object = std::vector<Member>;  // in the order written; no key twice

// A JSON value; a plain value type.
class Value {
 public:
    Value() : m_value(nullptr) {}
    Value(std::nullptr_t) : m_value(nullptr) {}                     // NOLINT(google-explicit-constructor)
    Value(bool value) : m_value(value) {}                           // NOLINT(google-explicit-constructor)
    Value(int value) : m_value(std::int64_t{value}) {}              // NOLINT(google-explicit-constructor)
    Value(std::int64_t value) : m_value(value) {}                   // NOLINT(google-explicit-constructor)
    Value(double value) : m_value(value) {}                         // NOLINT(google-explicit-constructor)
    Value(const char* value) : m_value(std::string(value)) {}       // NOLINT(google-explicit-constructor)
    Value(std::string_view value) : m_value(std::string(value)) {}  // NOLINT(google-explicit-constructor)
    Value(std::string value) : m_value(std::move(value)) {}         // NOLINT(google-explicit-constructor)
    Value(Array value) : m_value(std::move(value)) {}               // NOLINT(google-explicit-constructor)
    Value(Object value) : m_value(std::move(value)) {}              // NOLINT(google-explicit-constructor)

    bool isNull() const { return std::holds_alternative<std::nullptr_t>(m_value); }
    // The value when it has that type.
    const bool* asBool() const { return std::get_if<bool>(&m_value); }
    const std::int64_t* asInteger() const { return std::get_if<std::int64_t>(&m_value); }
    const double* asDouble() const { return std::get_if<double>(&m_value); }
    const std::string* asString() const { return std::get_if<std::string>(&m_value); }
    const Array* asArray() const { return std::get_if<Array>(&m_value); }
    const Object* asObject() const { return std::get_if<Object>(&m_value); }

    // Members of an object; nullptr / nullopt when this is no object, the key is absent, or the type differs.
    const Value* find(std::string_view key) const;
    bool has(std::string_view key) const { return find(key) != nullptr; }
    std::optional<std::string> string(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    std::optional<bool> boolean(std::string_view key) const;
    const Array* array(std::string_view key) const;

    // Sets a member of an object (a null value becomes one), in place or at the end. Returns *this.
    Value& set(std::string key, Value value);
    // Compact, UTF-8, members in their order.
    std::string dump() const;
    bool operator==(const Value&) const = default;

 private:
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> m_value;
};

inline Value object(std::initializer_list<Member> members) {
    return Value(Object(members));
}
inline Value array(std::initializer_list<Value> elements) {
    return Value(Array(elements));
}

Result<Value> parse(std::string_view text);

}  // namespace mailca::json
