// The steps of a write that survives a power cut: temporary file, fsync, rename, fsync of the directory. A port of
// single steps, so that a test sees their order and can stop after any of them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mailca::client {

// Io errors, with the path.
class Disk {
 public:
    virtual ~Disk() = default;
    virtual Result<void> makeDirectory(const std::filesystem::path& path) = 0;                    // 0700
    virtual Result<void> write(const std::filesystem::path& path, std::string_view content) = 0;  // 0600, truncates
    virtual Result<void> sync(const std::filesystem::path& path) = 0;  // a file or a directory
    virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
    virtual Result<void> remove(const std::filesystem::path& path) = 0;  // of what is there
};

class SystemDisk final : public Disk {
 public:
    Result<void> makeDirectory(const std::filesystem::path& path) override;
    Result<void> write(const std::filesystem::path& path, std::string_view content) override;
    Result<void> sync(const std::filesystem::path& path) override;
    Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
    Result<void> remove(const std::filesystem::path& path) override;
};

// When it returns, the file holds `content` for good; until then it holds what it held before.
Result<void> writeDurably(Disk& disk, const std::filesystem::path& path, std::string_view content);
// Makes the directory, and its entry last, if it is missing.
Result<void> makeDurably(Disk& disk, const std::filesystem::path& path);

// nullopt: there is no such file.
Result<std::optional<std::string>> readFile(const std::filesystem::path& path);

}  // namespace mailca::client
