// Result<T>: a value or an Error, with the member names of std::expected (GCC 12 has that only from C++23 on).
//
//   Result<Order> findOrder(...);
//   TRY(Order order, findOrder(id));          // returns the error from the enclosing function, or binds the value
//   TRY_VOID(store.record(order));            // the same for Result<void>
//   return fail(ErrorKind::BadCsr, "the CSR names no mailbox");
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/error.h"

namespace mailca {

template <typename T>
class [[nodiscard]] Result {
 public:
    using value_type = T;

    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

    bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }

    // Precondition of value(), *, ->: has_value(). A broken precondition throws std::bad_variant_access.
    T& value() & { return std::get<0>(m_state); }
    const T& value() const& { return std::get<0>(m_state); }
    T&& value() && { return std::get<0>(std::move(m_state)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T value_or(T other) && { return has_value() ? std::move(*this).value() : std::move(other); }

    // Precondition: !has_value().
    const Error& error() const& { return std::get<1>(m_state); }
    Error&& error() && { return std::get<1>(std::move(m_state)); }

 private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
 public:
    using value_type = void;

    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}  // NOLINT(google-explicit-constructor)

    bool has_value() const { return !m_error.has_value(); }
    explicit operator bool() const { return has_value(); }
    const Error& error() const& { return m_error.value(); }
    Error&& error() && { return std::move(m_error).value(); }

 private:
    std::optional<Error> m_error;
};

[[nodiscard]] inline Error fail(ErrorKind kind, std::string detail) {
    return Error{kind, std::move(detail)};
}

}  // namespace mailca

#define MAILCA_CONCAT_(a, b) a##b
#define MAILCA_CONCAT(a, b) MAILCA_CONCAT_(a, b)
#define MAILCA_TRY_(result, declaration, ...)                  \
    auto result = (__VA_ARGS__);                               \
    if (!result.has_value()) return std::move(result).error(); \
    declaration = std::move(result).value()
// TRY(auto x, expression): binds the value or returns the Error.
#define TRY(declaration, ...) MAILCA_TRY_(MAILCA_CONCAT(tryResult_, __LINE__), declaration, __VA_ARGS__)
#define TRY_VOID(...)                                                                                 \
    do {                                                                                              \
        if (auto tryVoid_ = (__VA_ARGS__); !tryVoid_.has_value()) return std::move(tryVoid_).error(); \
    } while (false)
