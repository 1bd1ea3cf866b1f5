// Where a pass-phrase (or the PIN of a token) comes from. It never stands on a command line or in a configuration.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"

namespace mailca {

class PassphraseSource {
 public:
    // "file:PATH": a file closed to others (core/secret_file.h). "credential:NAME": one of systemd's, a file in
    // $CREDENTIALS_DIRECTORY. "descriptor:N": what can be read from the open descriptor N, which is then closed.
    // "prompt": asked for on the terminal. All of them hold one line. Config.
    static Result<PassphraseSource> parse(std::string_view text);
    static PassphraseSource file(std::string path) { return {Kind::File, std::move(path)}; }

    // Config, with what to do. A prompt says `what` is wanted.
    Result<Secret> read(const std::string& what) const;
    // A second read() gives nothing: from a descriptor, or from a person who should not be asked again.
    bool isOnce() const { return m_kind == Kind::Descriptor || m_kind == Kind::Prompt; }
    std::string text() const;  // as parse() takes it

 private:
    enum class Kind : std::uint8_t { File, Credential, Descriptor, Prompt };
    PassphraseSource(Kind kind, std::string value) : m_kind(kind), m_value(std::move(value)) {}
    Kind m_kind;
    std::string m_value;
};

}  // namespace mailca
