#include "core/passphrase.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "core/secret_file.h"
#include "core/terminal.h"

namespace mailca {
namespace {

constexpr std::array<std::string_view, 4> kNames{"file:", "credential:", "descriptor:", "prompt"};

Result<std::string> credentialPath(const std::string& name) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder != nullptr) return std::string(folder) + "/" + name;
    return fail(ErrorKind::Config, "there is no credential \"" + name +
                                       "\": systemd gives it with LoadCredential= and sets CREDENTIALS_DIRECTORY");
}

}  // namespace

Result<PassphraseSource> PassphraseSource::parse(std::string_view text) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (!text.starts_with(kNames[i])) continue;
        const auto kind = static_cast<Kind>(i);
        const std::string value(text.substr(kNames[i].size()));
        int number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        const bool isNumber = error == std::errc{} && end == value.data() + value.size() && number >= 3;
        const bool good = kind == Kind::Prompt       ? value.empty()
                          : kind == Kind::Descriptor ? isNumber
                          : kind == Kind::Credential ? !value.empty() && value.find('/') == std::string::npos
                                                     : !value.empty();
        if (good) return PassphraseSource(kind, value);
    }
    return fail(ErrorKind::Config,
                "a pass-phrase comes from file:PATH, credential:NAME, descriptor:N (3 or above) or "
                "prompt");
}

Result<Secret> PassphraseSource::read(const std::string& what) const {
    switch (m_kind) {
        case Kind::File:
            return readSecretLine(m_value);
        case Kind::Credential: {
            // Closed to others by systemd, by means (an ACL) that make its mode look open.
            TRY(const std::string path, credentialPath(m_value));
            const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
            if (descriptor >= 0) return readSecretLine(descriptor);
            return fail(ErrorKind::Config, path + ": cannot be read: " + std::strerror(errno));
        }
        case Kind::Descriptor:
            return readSecretLine(std::atoi(m_value.c_str()));
        case Kind::Prompt:
            break;
    }
    return askOnce(what + ": ");
}

std::string PassphraseSource::text() const {
    return std::string(kNames[static_cast<std::size_t>(m_kind)]) + m_value;
}

}  // namespace mailca
