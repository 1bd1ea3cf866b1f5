#include "core/json/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace mailca::json {
namespace {

constexpr std::size_t kMaxDepth = 32;

// Builds our value from the library's events; says no to what the library would let pass.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
    bool null() override { return put(Value()); }
    bool boolean(bool value) override { return put(Value(value)); }
    bool number_integer(number_integer_t value) override { return put(Value(std::int64_t{value})); }
    bool number_unsigned(number_unsigned_t value) override {
        if (value > static_cast<number_unsigned_t>(INT64_MAX)) return refuse("a number is too large");
        return put(Value(static_cast<std::int64_t>(value)));
    }
    bool number_float(number_float_t value, const string_t&) override { return put(Value(value)); }
    bool string(string_t& value) override { return put(Value(std::move(value))); }
    bool binary(binary_t&) override { return refuse("binary data"); }
    bool start_object(std::size_t) override { return open(Kind::Object); }
    bool start_array(std::size_t) override { return open(Kind::Array); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        Level& level = m_open.back();
        if (!level.keys.insert(name).second) return refuse("the key \"" + name + "\" stands twice");
        level.object.emplace_back(std::move(name), nullptr);
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

    Value take() { return std::move(m_result); }
    const std::string& why() const { return m_why; }

 private:
    enum class Kind { Array, Object };
    struct Level {
        Kind kind;
        Array array;
        Object object;                            // its last member waits for its value
        std::set<std::string, std::less<>> keys;  // no quadratic search in a stranger's object
    };

    bool refuse(std::string why) {
        m_why = std::move(why);
        return false;
    }
    bool open(Kind kind) {
        if (m_open.size() >= kMaxDepth) return refuse("it is nested too deeply");
        m_open.push_back({kind, {}, {}, {}});
        return true;
    }
    bool close() {
        Level done = std::move(m_open.back());
        m_open.pop_back();
        return put(done.kind == Kind::Array ? Value(std::move(done.array)) : Value(std::move(done.object)));
    }
    bool put(Value value) {
        if (m_open.empty()) {
            m_result = std::move(value);
        } else if (m_open.back().kind == Kind::Array) {
            m_open.back().array.push_back(std::move(value));
        } else {
            m_open.back().object.back().second = std::move(value);
        }
        return true;
    }

    std::vector<Level> m_open;
    Value m_result;
    std::string m_why = "it does not follow the grammar";
};

// Plain ASCII without a quote or backslash. Without a way out in the middle: so the compiler takes sixteen octets at
// once.
bool standsForItself(std::string_view text) {
    std::uint8_t bad = 0;
    for (const char c : text) {
        const bool isBad = c < 0x20 || c == 0x7F || c == '"' || c == '\\';  // from 0x80 on a char is negative
        bad = std::max(bad, static_cast<std::uint8_t>(isBad ? 1 : 0));
    }
    return bad == 0;
}

// Most strings are plain ASCII; the library takes a microsecond for every hundred octets of them.
void writeString(const std::string& text, std::string& out) {
    if (standsForItself(text)) {
        out.append(1, '"').append(text).append(1, '"');
        return;
    }
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void write(const Value& value, std::string& out) {
    if (const auto* object = value.asObject()) {
        out += '{';
        for (std::size_t i = 0; i < object->size(); ++i) {
            if (i > 0) out += ',';
            writeString((*object)[i].first, out);
            out += ':';
            write((*object)[i].second, out);
        }
        out += '}';
    } else if (const auto* array = value.asArray()) {
        out += '[';
        for (std::size_t i = 0; i < array->size(); ++i) {
            if (i > 0) out += ',';
            write((*array)[i], out);
        }
        out += ']';
    } else if (const auto* text = value.asString()) {
        writeString(*text, out);
    } else if (const auto* integer = value.asInteger()) {
        out += std::to_string(*integer);
    } else if (const auto* number = value.asDouble()) {
        out += nlohmann::json(*number).dump();
    } else if (const auto* boolean = value.asBool()) {
        out += *boolean ? "true" : "false";
    } else {
        out += "null";
    }
}

}  // namespace

const Value* Value::find(std::string_view key) const {
    const auto* object = asObject();
    if (object == nullptr) return nullptr;
    const auto at = std::find_if(object->begin(), object->end(), [&](const Member& m) { return m.first == key; });
    return at == object->end() ? nullptr : &at->second;
}

std::optional<std::string> Value::string(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr || value->asString() == nullptr) return std::nullopt;
    return *value->asString();
}

std::optional<std::int64_t> Value::integer(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr || value->asInteger() == nullptr) return std::nullopt;
    return *value->asInteger();
}

std::optional<bool> Value::boolean(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr || value->asBool() == nullptr) return std::nullopt;
    return *value->asBool();
}

const Array* Value::array(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? nullptr : value->asArray();
}

Value& Value::set(std::string key, Value value) {
    if (isNull()) m_value = Object{};
    auto& object = std::get<Object>(m_value);
    const auto at = std::find_if(object.begin(), object.end(), [&](const Member& m) { return m.first == key; });
    if (at == object.end()) {
        object.emplace_back(std::move(key), std::move(value));
    } else {
        at->second = std::move(value);
    }
    return *this;
}

std::string Value::dump() const {
    std::string out;
    write(*this, out);
    return out;
}

Result<Value> parse(std::string_view text) {
    Builder builder;
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
        return fail(ErrorKind::Malformed, "the JSON is not valid: " + builder.why());
    }
    return builder.take();
}

}  // namespace mailca::json
