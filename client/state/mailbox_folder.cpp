#include "client/state/mailbox_folder.h"

#include "core/secret_file.h"

namespace mailca::client {
namespace {

constexpr const char* kOrderFile = "order.json";
constexpr const char* kMailboxFile = "mailbox.json";

Error damaged(const std::filesystem::path& path, const Error& error) {
    return fail(ErrorKind::Parse, path.string() + " is damaged (" + error.detail + "): restore it from a backup");
}

}  // namespace

template <typename Record>
Result<std::optional<Record>> MailboxFolder::read(const char* name, Result<Record> (*parse)(std::string_view)) const {
    TRY(const std::optional<std::string> text, readFile(m_path / name));
    if (!text) return std::optional<Record>();
    Result<Record> record = parse(*text);
    if (!record) return damaged(m_path / name, record.error());
    return std::optional(std::move(*record));
}

Result<std::optional<OrderRecord>> MailboxFolder::order() const {
    return read(kOrderFile, parseOrderRecord);
}

Result<void> MailboxFolder::save(const OrderRecord& record) const {
    TRY_VOID(makeDurably(*m_disk, m_path));
    return writeDurably(*m_disk, m_path / kOrderFile, toText(record));
}

Result<void> MailboxFolder::dropOrder() const {
    std::error_code ignored;
    if (!std::filesystem::exists(m_path / kOrderFile, ignored)) return {};
    TRY_VOID(m_disk->remove(m_path / kOrderFile));
    return m_disk->sync(m_path);
}

Result<std::optional<MailboxRecord>> MailboxFolder::record() const {
    return read(kMailboxFile, parseMailboxRecord);
}

Result<void> MailboxFolder::save(const MailboxRecord& record) const {
    return writeDurably(*m_disk, m_path / kMailboxFile, toText(record, m_mailbox));
}

std::filesystem::path MailboxFolder::keyFile(const KeyName& name) const {
    return m_path / (name.text() + ".key.pem");
}

std::filesystem::path MailboxFolder::chainFile(const KeyName& name) const {
    return m_path / (name.text() + ".pem");
}

Result<std::optional<crypto::PrivateKey>> MailboxFolder::findKey(const KeyName& name) const {
    const auto path = keyFile(name);
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return std::optional<crypto::PrivateKey>();
    TRY(const Secret pem, readSecretFile(path));
    Result<crypto::PrivateKey> key = crypto::PrivateKey::fromPem(pem.text());
    if (!key) return damaged(path, key.error());
    return std::optional(std::move(*key));
}

Result<crypto::PrivateKey> MailboxFolder::key(const KeyName& name) const {
    TRY(std::optional<crypto::PrivateKey> found, findKey(name));
    if (!found) return fail(ErrorKind::NotFound, keyFile(name).string() + " is missing: restore it from a backup");
    return std::move(*found);
}

Result<void> MailboxFolder::saveKey(const KeyName& name, const crypto::PrivateKey& key) const {
    TRY(const Secret pem, key.toPem());
    return writeDurably(*m_disk, keyFile(name), pem.text());
}

Result<std::vector<x509::Certificate>> MailboxFolder::chain(const KeyName& name) const {
    const auto path = chainFile(name);
    TRY(const std::optional<std::string> pem, readFile(path));
    if (!pem) return fail(ErrorKind::NotFound, path.string() + " is missing: restore it from a backup");
    auto chain = x509::Certificate::allFromPem(*pem);
    if (!chain) return damaged(path, chain.error());
    if (chain->empty()) return damaged(path, fail(ErrorKind::Parse, "no certificate in it"));
    return chain;
}

Result<x509::Certificate> MailboxFolder::leaf(const KeyName& name) const {
    TRY(const std::vector<x509::Certificate> certificates, chain(name));
    return certificates.front();
}

Result<void> MailboxFolder::saveChain(const KeyName& name, const std::vector<x509::Certificate>& chain) const {
    std::string pem;
    for (const x509::Certificate& certificate : chain) pem += certificate.pem();
    return writeDurably(*m_disk, chainFile(name), pem);
}

}  // namespace mailca::client
