#include "core/toml/table.h"

#include <fstream>
#include <set>
#include <sstream>

#include <toml++/toml.h>

namespace mailca::toml {

struct Table::Node {
    std::shared_ptr<::toml::table> root;  // keeps every table of the file alive
    const ::toml::table* table = nullptr;
    std::string file;
    std::string path;  // "mail.smtp." in front of this table's keys
    std::set<std::string, std::less<>> asked;
    std::vector<std::shared_ptr<Node>> taken;

    const ::toml::node* ask(std::string_view key) {
        asked.emplace(key);
        return table->get(key);
    }
    std::shared_ptr<Node> child(const ::toml::table& inner, const std::string& name) {
        auto node = std::make_shared<Node>();
        node->root = root;
        node->table = &inner;
        node->file = file;
        node->path = path + name + ".";
        taken.push_back(node);
        return node;
    }
    Error wrong(const ::toml::source_region& where, std::string_view key, const std::string& why) const {
        return fail(ErrorKind::Config,
                    file + ":" + std::to_string(where.begin.line) + ": " + path + std::string(key) + " " + why);
    }
    Error missing(std::string_view key) const { return wrong(table->source(), key, "is missing"); }
};

namespace {

template <typename T>
Result<std::optional<T>> read(const Table& table, const ::toml::node* node, std::string_view key, const char* type) {
    if (node == nullptr) return std::optional<T>{};
    const auto value = node->value_exact<T>();
    if (!value) return table.wrong(key, std::string("must be ") + type);
    return std::optional<T>{*value};
}

template <typename T>
Result<std::optional<std::vector<T>>> readList(const Table& table, const ::toml::node* node, std::string_view key,
                                               const char* type) {
    if (node == nullptr) return std::optional<std::vector<T>>{};
    const ::toml::array* array = node->as_array();
    if (array == nullptr) return table.wrong(key, std::string("must be a list of ") + type);
    std::vector<T> out;
    for (const ::toml::node& element : *array) {
        const auto value = element.value_exact<T>();
        if (!value) return table.wrong(key, std::string("must be a list of ") + type);
        out.push_back(*value);
    }
    return std::optional<std::vector<T>>{std::move(out)};
}

}  // namespace

Result<Table> Table::load(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorKind::Config, path + ": cannot be read; does it exist, and may this user read it?");
    std::ostringstream text;
    text << file.rdbuf();
    return parse(text.str(), path);
}

Result<Table> Table::parse(std::string_view text, std::string nameForErrors) {
    auto node = std::make_shared<Node>();
    try {  // Debian's library is built to throw; its exception ends here
        node->root = std::make_shared<::toml::table>(::toml::parse(text, nameForErrors));
    } catch (const ::toml::parse_error& error) {
        return fail(ErrorKind::Config, nameForErrors + ":" + std::to_string(error.source().begin.line) + ": " +
                                           std::string(error.description()));
    }
    node->table = node->root.get();
    node->file = std::move(nameForErrors);
    return Table(std::move(node));
}

Result<std::optional<std::string>> Table::optionalString(std::string_view key) {
    return read<std::string>(*this, m_node->ask(key), key, "a string");
}

Result<std::string> Table::string(std::string_view key) {
    TRY(const auto value, optionalString(key));
    if (!value) return m_node->missing(key);
    return *value;
}

Result<std::string> Table::stringOr(std::string_view key, std::string otherwise) {
    TRY(const auto value, optionalString(key));
    return value.value_or(std::move(otherwise));
}

Result<std::int64_t> Table::integer(std::string_view key) {
    TRY(const auto value, read<std::int64_t>(*this, m_node->ask(key), key, "a whole number"));
    if (!value) return m_node->missing(key);
    return *value;
}

Result<std::int64_t> Table::integerOr(std::string_view key, std::int64_t otherwise) {
    TRY(const auto value, read<std::int64_t>(*this, m_node->ask(key), key, "a whole number"));
    return value.value_or(otherwise);
}

Result<bool> Table::booleanOr(std::string_view key, bool otherwise) {
    TRY(const auto value, read<bool>(*this, m_node->ask(key), key, "true or false"));
    return value.value_or(otherwise);
}

Result<std::vector<std::string>> Table::strings(std::string_view key) {
    TRY(const auto value, readList<std::string>(*this, m_node->ask(key), key, "strings"));
    if (!value) return m_node->missing(key);
    return *value;
}

Result<std::vector<std::string>> Table::stringsOr(std::string_view key, std::vector<std::string> otherwise) {
    TRY(const auto value, readList<std::string>(*this, m_node->ask(key), key, "strings"));
    return value.value_or(std::move(otherwise));
}

Result<std::vector<std::int64_t>> Table::integersOr(std::string_view key, std::vector<std::int64_t> otherwise) {
    TRY(const auto value, readList<std::int64_t>(*this, m_node->ask(key), key, "whole numbers"));
    return value.value_or(std::move(otherwise));
}

Result<std::optional<Table>> Table::optionalTable(std::string_view key) {
    const ::toml::node* node = m_node->ask(key);
    if (node == nullptr) return std::optional<Table>{};
    if (node->as_table() == nullptr) return wrong(key, "must be a table");
    return std::optional<Table>{Table(m_node->child(*node->as_table(), std::string(key)))};
}

Result<Table> Table::table(std::string_view key) {
    TRY(auto found, optionalTable(key));
    if (!found) return m_node->missing(key);
    return *found;
}

Result<std::vector<Table>> Table::tables(std::string_view key) {
    std::vector<Table> out;
    const ::toml::node* node = m_node->ask(key);
    if (node == nullptr) return out;
    const ::toml::array* array = node->as_array();
    if (array == nullptr) return wrong(key, "must be a list of tables");
    for (const ::toml::node& element : *array) {
        if (element.as_table() == nullptr) return wrong(key, "must be a list of tables");
        out.push_back(Table(m_node->child(*element.as_table(), std::string(key))));
    }
    return out;
}

std::vector<std::string> Table::keys() const {
    std::vector<std::string> out;
    for (const auto& [key, node] : *m_node->table) out.emplace_back(key.str());
    return out;
}

Result<void> Table::finish() const {
    for (const auto& [key, node] : *m_node->table) {
        if (m_node->asked.find(key.str()) == m_node->asked.end()) {
            return m_node->wrong(node.source(), key.str(), "is not a key that belongs here");
        }
    }
    for (const auto& inner : m_node->taken) TRY_VOID(Table(inner).finish());
    return {};
}

Error Table::wrong(std::string_view key, const std::string& why) const {
    const ::toml::node* node = m_node->table->get(key);
    return m_node->wrong(node != nullptr ? node->source() : m_node->table->source(), key, why);
}

}  // namespace mailca::toml
