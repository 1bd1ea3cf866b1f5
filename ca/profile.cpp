#include "ca/profile.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ca/hierarchy.h"
#include "ca/profile_reader.h"
#include "core/toml/table.h"

namespace mailca::ca {
namespace {

constexpr std::string_view kSuffix = ".toml";
constexpr std::string_view kBundles = "bundles";

bool isOrdered(const Profile& profile) {
    return hierarchyNamed(profile.hierarchy).purpose != Purpose::Temporary;
}

std::string stem(const std::string& fileName) {
    return fileName.ends_with(kSuffix) ? fileName.substr(0, fileName.size() - kSuffix.size()) : fileName;
}

}  // namespace

std::string_view nameOf(Use use) {
    switch (use) {
        case Use::Sign:
            return "sign";
        case Use::Encrypt:
            return "encrypt";
        case Use::Dual:
            return "dual";
        case Use::Timestamp:
            return "timestamp";
    }
    return "";
}

Result<Profiles> Profiles::load(const std::string& directory) {
    std::error_code error;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        if (entry.path().extension() == kSuffix) paths.push_back(entry.path());
    }
    if (error) {
        return fail(ErrorKind::Config, directory + ": cannot be listed (" + error.message() +
                                           "); name the folder that holds the profiles, policies/ of the project");
    }
    std::sort(paths.begin(), paths.end());
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        if (!file) return fail(ErrorKind::Config, path.string() + ": cannot be read; may this user read it?");
        files.emplace_back(path.filename().string(), text.str());
    }
    TRY(Profiles out, parse(files));
    TRY(WeakKeys weakKeys, WeakKeys::load(directory + "/weak-keys"));
    out.m_weakKeys = std::make_shared<const WeakKeys>(std::move(weakKeys));
    for (auto& [name, profile] : out.m_profiles) profile.weakKeys = out.m_weakKeys;
    return out;
}

Result<Profiles> Profiles::parse(const std::vector<std::pair<std::string, std::string>>& namesAndTexts) {
    Profiles out;
    const std::string* bundles = nullptr;
    for (const auto& [fileName, text] : namesAndTexts) {
        if (stem(fileName) == kBundles) {
            bundles = &text;
            continue;
        }
        TRY(Profile profile, readProfile(stem(fileName), text));
        out.m_profiles.insert_or_assign(profile.name, std::move(profile));
    }
    if (bundles == nullptr) return fail(ErrorKind::Config, "bundles.toml is missing; it names the default profile");
    TRY(BundleFile file, readBundles(*bundles));
    for (BundleEntry& entry : file.bundles) {
        if (out.find(entry.name) != nullptr || out.isBundle(entry.name)) {
            return fail(ErrorKind::Config, "bundles.toml: the name \"" + entry.name + "\" is taken twice");
        }
        for (const std::string& member : entry.profiles) {
            if (out.expand(member).empty()) {
                return fail(ErrorKind::Config, "bundles.toml: bundle \"" + entry.name + "\" names the profile \"" +
                                                   member + "\", but there is no " + member +
                                                   ".toml that an order may name");
            }
        }
        out.m_bundles.emplace(entry.name, Bundle{std::move(entry.description), std::move(entry.profiles)});
    }
    if (out.isBundle(file.defaultProfile) || out.expand(file.defaultProfile).empty()) {
        return fail(ErrorKind::Config, "bundles.toml: default names \"" + file.defaultProfile +
                                           "\", which is no profile; a plain order gets one certificate, no bundle");
    }
    out.m_default = std::move(file.defaultProfile);
    return out;
}

Result<Profiles> Profiles::servedBy(const std::function<bool(const std::string&)>& has) const {
    Profiles out = *this;
    std::erase_if(out.m_profiles, [&](const auto& entry) { return !has(entry.second.hierarchy); });
    std::erase_if(out.m_bundles, [&](const auto& entry) {
        return std::ranges::any_of(entry.second.members,
                                   [&](const std::string& member) { return out.find(member) == nullptr; });
    });
    if (out.find(m_default) != nullptr) return out;
    return fail(ErrorKind::Config, "bundles.toml: default names \"" + m_default + "\", but the authority has no " +
                                       "issuing CA of the hierarchy \"" + m_profiles.at(m_default).hierarchy +
                                       "\"; name a profile that it can issue");
}

const Profile* Profiles::find(std::string_view name) const {
    const auto found = m_profiles.find(std::string(name));
    return found == m_profiles.end() ? nullptr : &found->second;
}

std::vector<std::string> Profiles::expand(std::string_view name) const {
    const Profile* const profile = find(name);
    if (profile != nullptr) return isOrdered(*profile) ? std::vector{std::string(name)} : std::vector<std::string>{};
    const auto bundle = m_bundles.find(std::string(name));
    return bundle == m_bundles.end() ? std::vector<std::string>{} : bundle->second.members;
}

std::vector<std::pair<std::string, std::string>> Profiles::advertised() const {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [name, profile] : m_profiles) {
        if (isOrdered(profile)) out.emplace_back(name, profile.description);
    }
    for (const auto& [name, bundle] : m_bundles) out.emplace_back(name, bundle.description);
    return out;
}

}  // namespace mailca::ca
