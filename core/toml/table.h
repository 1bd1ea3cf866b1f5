// Strict reading of TOML: every key must be asked for, has one type, and what nobody asked for is an error that names
// the line. The library behind it stays in table.cpp. Errors are of kind Config: "mailcad.toml:12: unknown key ...".
//
//   TRY(toml::Table file, toml::Table::load(path));
//   TRY(const std::string url, file.string("external_url"));          // required
//   TRY(const std::int64_t port, file.integerOr("port", 9200));        // optional with a default
//   TRY(toml::Table mail, file.table("mail"));                         // required; optionalTable() for optional ones
//   TRY_VOID(file.finish());                                           // unknown keys, here and in every table taken
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mailca::toml {

class Table {
 public:
    static Result<Table> load(const std::string& path);
    static Result<Table> parse(std::string_view text, std::string nameForErrors);

    Result<std::string> string(std::string_view key);
    Result<std::string> stringOr(std::string_view key, std::string otherwise);
    Result<std::optional<std::string>> optionalString(std::string_view key);
    Result<std::int64_t> integer(std::string_view key);
    Result<std::int64_t> integerOr(std::string_view key, std::int64_t otherwise);
    Result<bool> booleanOr(std::string_view key, bool otherwise);
    Result<std::vector<std::string>> strings(std::string_view key);  // required array of strings
    Result<std::vector<std::string>> stringsOr(std::string_view key, std::vector<std::string> otherwise);
    Result<std::vector<std::int64_t>> integersOr(std::string_view key, std::vector<std::int64_t> otherwise);
    Result<Table> table(std::string_view key);
    Result<std::optional<Table>> optionalTable(std::string_view key);
    Result<std::vector<Table>> tables(std::string_view key);  // [[key]]; none is an empty list
    std::vector<std::string> keys() const;

    // The first key nobody asked for, in this table or one taken from it, as an error.
    Result<void> finish() const;
    // An error of kind Config that names file and line of `key`, for checks of the reader's own.
    Error wrong(std::string_view key, const std::string& why) const;

 private:
    struct Node;
    explicit Table(std::shared_ptr<Node> node) : m_node(std::move(node)) {}
    std::shared_ptr<Node> m_node;
};

}  // namespace mailca::toml
