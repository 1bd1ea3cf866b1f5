// The only file that includes GMime. It sees nothing but CRLF text without NULs and below the limits.
#include <gmime/gmime.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "mail/header_split.h"
#include "mail/message.h"

namespace mailca::mail {

namespace {

struct Unref {
    void operator()(gpointer object) const { g_object_unref(object); }
};
template <typename T>
using Ref = std::unique_ptr<T, Unref>;

struct GFree {
    void operator()(char* text) const { g_free(text); }
};
using GString = std::unique_ptr<char, GFree>;

struct OptionsFree {
    void operator()(GMimeParserOptions* options) const { g_mime_parser_options_free(options); }
};
using Options = std::unique_ptr<GMimeParserOptions, OptionsFree>;

// The classes are made here, once, and not by whichever thread meets the first object of one.
void initializeOnce() {
    static std::once_flag once;
    std::call_once(once, [] {
        g_mime_init();
        for (const GType type :
             {GMIME_TYPE_MESSAGE, GMIME_TYPE_MESSAGE_PART, GMIME_TYPE_MULTIPART, GMIME_TYPE_MULTIPART_ENCRYPTED,
              GMIME_TYPE_MULTIPART_SIGNED, GMIME_TYPE_PART, GMIME_TYPE_TEXT_PART, INTERNET_ADDRESS_TYPE_GROUP,
              INTERNET_ADDRESS_TYPE_MAILBOX, INTERNET_ADDRESS_LIST_TYPE}) {
            g_type_class_ref(type);
        }
    });
}

std::string validUtf8(std::string_view text) {
    const GString valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
    return valid.get();
}

bool isType(GMimeObject* part, const char* type, const char* subtype) {
    GMimeContentType* content = g_mime_object_get_content_type(part);
    return content != nullptr && g_mime_content_type_is_type(content, type, subtype);
}

// A48. Counts over the tree without recursing deeper than the limit.
Result<void> checkTree(GMimeObject* part, int depth, int& parts) {
    if (depth > kMaxMimeDepth) return fail(ErrorKind::Parse, "the mail's parts are nested too deep");
    if (++parts > kMaxMimeParts) return fail(ErrorKind::Parse, "the mail has too many parts");
    if (GMIME_IS_MULTIPART(part)) {
        GMimeMultipart* multipart = GMIME_MULTIPART(part);
        for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
            TRY_VOID(checkTree(g_mime_multipart_get_part(multipart, i), depth + 1, parts));
        }
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        GMimeMessage* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        GMimeObject* top = inner == nullptr ? nullptr : g_mime_message_get_mime_part(inner);
        if (top != nullptr) TRY_VOID(checkTree(top, depth + 1, parts));
    }
    return {};
}

GMimeObject* firstChild(GMimeObject* part) {
    if (!GMIME_IS_MULTIPART(part) || g_mime_multipart_get_count(GMIME_MULTIPART(part)) == 0) return nullptr;
    return g_mime_multipart_get_part(GMIME_MULTIPART(part), 0);
}

GMimeTextPart* asPlainText(GMimeObject* part) {
    return part != nullptr && GMIME_IS_TEXT_PART(part) && isType(part, "text", "plain") ? GMIME_TEXT_PART(part)
                                                                                        : nullptr;
}

struct Found {
    Shape shape = Shape::Other;
    GMimeTextPart* text = nullptr;
};

// A42: text/plain, or multipart/alternative that contains it.
Found findText(GMimeObject* part) {
    if (GMimeTextPart* text = asPlainText(part)) return {Shape::TextPlain, text};
    if (!GMIME_IS_MULTIPART(part) || !isType(part, "multipart", "alternative")) return {};
    GMimeMultipart* multipart = GMIME_MULTIPART(part);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
        if (GMimeTextPart* text = asPlainText(g_mime_multipart_get_part(multipart, i)))
            return {Shape::Alternative, text};
    }
    return {};
}

Found findShape(GMimeObject* top) {
    if (!isType(top, "multipart", "mixed") && !isType(top, "multipart", "signed")) return findText(top);
    GMimeObject* first = firstChild(top);
    const Found inner = first == nullptr ? Found{} : findText(first);
    return inner.shape == Shape::Other ? Found{} : Found{Shape::Wrapped, inner.text};
}

// An address field over this is one unusable entry: GMime takes quadratic time over nested groups.
constexpr std::size_t kMaxAddressFieldBytes = 8 * 1024;

std::optional<EmailAddress> asMailbox(InternetAddress* entry) {
    if (!INTERNET_ADDRESS_IS_MAILBOX(entry)) return std::nullopt;
    const char* address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(entry));
    Result<EmailAddress> mailbox = EmailAddress::parse(address == nullptr ? "" : address);
    if (!mailbox) return std::nullopt;
    return std::move(*mailbox);
}

// "@" outside of quoted strings and comments (RFC 5322 section 3.2).
std::size_t countAddressSigns(std::string_view field) {
    std::size_t signs = 0;
    int comments = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < field.size(); ++i) {
        const char c = field[i];
        if (c == '\\' && (quoted || comments > 0)) {
            ++i;
        } else if (c == '"' && comments == 0) {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if (c == '(') {
            ++comments;
        } else if (c == ')' && comments > 0) {
            --comments;
        } else if (c == '@' && comments == 0) {
            ++signs;
        }
    }
    return signs;
}

// RFC 6522 section 3: what the machine reads is the second part. RFC 6533 has a second name for it.
GMimePart* findDeliveryStatus(GMimeObject* top) {
    if (!GMIME_IS_MULTIPART(top) || !isType(top, "multipart", "report")) return nullptr;
    if (g_mime_multipart_get_count(GMIME_MULTIPART(top)) < 2) return nullptr;
    GMimeObject* part = g_mime_multipart_get_part(GMIME_MULTIPART(top), 1);
    const bool status = isType(part, "message", "delivery-status") || isType(part, "message", "global-delivery-status");
    return status && GMIME_IS_PART(part) ? GMIME_PART(part) : nullptr;
}

std::string decodedContent(GMimePart* part) {
    GMimeDataWrapper* content = g_mime_part_get_content(part);
    if (content == nullptr) return {};
    const Ref<GMimeStream> memory(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, memory.get());
    const GByteArray* octets = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
    return octets == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(octets->data), octets->len);
}

std::string decodedText(GMimeTextPart* part) {
    const GString decoded(g_mime_text_part_get_text(part));
    if (decoded == nullptr) return {};
    std::string text = validUtf8(decoded.get());
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    return text;
}

}  // namespace

class MessageParser {
 public:
    explicit MessageParser(std::string wire) : m_options(g_mime_parser_options_new()) {
        m_message.m_wire = std::move(wire);
    }

    Result<Message> parse() {
        TRY(Head head, splitHead(m_message.m_wire));
        m_message.m_headers = std::move(head.headers);
        m_message.m_bodyOffset = head.bodyOffset;
        m_message.m_subject = decodedSubject();
        m_message.m_from = mailboxes("From");
        m_message.m_sender = mailboxes("Sender");
        m_message.m_to = mailboxes("To");
        m_message.m_replyTo = mailboxes("Reply-To");
        TRY_VOID(parseBody());
        return std::move(m_message);
    }

 private:
    std::string decodedSubject() const {
        const std::string raw = m_message.field("Subject").value_or("");
        const GString decoded(g_mime_utils_header_decode_text(m_options.get(), raw.c_str()));
        return validUtf8(decoded.get());
    }

    MailboxList mailboxes(std::string_view name) const {
        MailboxList list;
        for (const Header& header : m_message.m_headers) {
            if (equalNames(header.name, name)) addMailboxes(unfold(header.value), list);
        }
        return list;
    }

    void addMailboxes(const std::string& text, MailboxList& list) const {
        if (text.size() > kMaxAddressFieldBytes) {
            ++list.others;
            return;
        }
        const Ref<InternetAddressList> entries(internet_address_list_parse(m_options.get(), text.c_str()));
        const int count = entries == nullptr ? 0 : internet_address_list_length(entries.get());
        for (int i = 0; i < count; ++i) {
            if (auto mailbox = asMailbox(internet_address_list_get_address(entries.get(), i))) {
                list.mailboxes.push_back(std::move(*mailbox));
            } else {
                ++list.others;
            }
        }
        // GMime reads on past what it cannot use ("alice@example.org@evil.example"). Each entry accounts for one "@"
        // and a field without entries for one unusable entry; what is left over is an entry it did not tell of.
        const std::size_t expected = std::max(static_cast<std::size_t>(count), countAddressSigns(text));
        list.others += std::max<std::size_t>(expected, 1) - static_cast<std::size_t>(count);
    }

    // What GMime needs for the body. The other headers stay away from it: it would parse every address field at once.
    std::string asPart() const {
        std::string part;
        for (const Header& header : m_message.m_headers) {
            if (equalNames(std::string_view(header.name).substr(0, 8), "Content-")) {
                part += header.name + ":" + header.value + "\r\n";
            }
        }
        return part + "\r\n" + m_message.m_wire.substr(m_message.m_bodyOffset);
    }

    Result<void> parseBody() {
        const std::string part = asPart();
        const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(part.data(), part.size()));
        const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
        const Ref<GMimeObject> tree(g_mime_parser_construct_part(parser.get(), m_options.get()));
        GMimeObject* top = tree.get();
        if (top == nullptr) return fail(ErrorKind::Parse, "the mail's MIME structure cannot be read");
        int parts = 0;
        TRY_VOID(checkTree(top, 1, parts));
        m_message.m_contentType = typeOf(top);
        // Two of these fields: readers disagree on which one counts.
        if (m_message.count("Content-Type") > 1 || m_message.count("Content-Transfer-Encoding") > 1) return {};
        const Found found = findShape(top);
        m_message.m_shape = found.shape;
        if (found.text != nullptr) m_message.m_text = decodedText(found.text);
        if (GMimePart* status = findDeliveryStatus(top)) m_message.m_deliveryStatus = decodedContent(status);
        return {};
    }

    static std::string typeOf(GMimeObject* part) {
        const GString type(g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part)));
        const GString lower(g_ascii_strdown(type.get(), -1));
        return validUtf8(lower.get());
    }

    Options m_options;
    Message m_message;
};

Result<Message> Message::parse(std::string_view raw) {
    if (raw.size() > kMaxMessageBytes) {
        return fail(ErrorKind::Parse, "the mail is larger than " + std::to_string(kMaxMessageBytes) + " bytes");
    }
    if (raw.find('\0') != std::string_view::npos) return fail(ErrorKind::Parse, "the mail has a NUL in it");
    initializeOnce();
    return MessageParser(withCrlf(raw)).parse();
}

}  // namespace mailca::mail
