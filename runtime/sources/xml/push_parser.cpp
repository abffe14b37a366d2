#include "sources/xml/push_parser.hpp"

#include "sources/xml/xml_source.hpp"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <mutex>
#include <new>

namespace cxstream::sources {

namespace {

std::string_view as_text(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

void join_name(std::string& out, const xmlChar* prefix, const xmlChar* local) {
  out = as_text(prefix);
  if (prefix != nullptr)
    out += ':';
  out += as_text(local);
}

} // namespace

struct xml_push_parser::context {
  xmlSAXHandler handler{};
  xmlParserCtxtPtr parser = nullptr;

  ~context() {
    xmlFreeParserCtxt(parser);
  }
};

// What libxml2 calls; `self` is the parser.
struct xml_push_parser::callbacks {
  static xml_push_parser& of(void* self) {
    return *static_cast<xml_push_parser*>(self);
  }

  static void open(void* self, const xmlChar* local, const xmlChar* prefix, const xmlChar* /*uri*/, int namespaces,
                   const xmlChar** declared, int attributes, int /*defaulted*/, const xmlChar** values) {
    auto& to = of(self);
    to.text_bytes_ = 0;
    if (++to.depth_ > xml_depth_max)
      return to.refuse("it is nested deeper than " + std::to_string(xml_depth_max) + " levels");
    to.attributes_.resize(static_cast<std::size_t>(namespaces + attributes));
    std::size_t at = 0;
    for (int i = 0; i < namespaces; ++i, ++at) {
      join_name(to.attributes_[at].first, declared[2 * i] == nullptr ? nullptr : BAD_CAST "xmlns",
                declared[2 * i] == nullptr ? BAD_CAST "xmlns" : declared[2 * i]);
      to.attributes_[at].second = as_text(declared[2 * i + 1]);
    }
    for (int i = 0; i < attributes; ++i, ++at) { // five pointers each: local, prefix, URI, begin and end of the value
      const auto* const* one = values + 5 * i;
      const std::string_view value{reinterpret_cast<const char*>(one[3]), static_cast<std::size_t>(one[4] - one[3])};
      if (value.size() > xml_text_bytes_max)
        return to.refuse("an attribute is longer than " + std::to_string(xml_text_bytes_max >> 20u) + " MiB");
      join_name(to.attributes_[at].first, one[1], one[0]);
      to.attributes_[at].second = value;
    }
    join_name(to.name_, prefix, local);
    to.listener_.on_open(to.name_, to.attributes_);
  }

  static void close(void* self, const xmlChar* /*local*/, const xmlChar* /*prefix*/, const xmlChar* /*uri*/) {
    auto& to = of(self);
    to.text_bytes_ = 0;
    --to.depth_;
    to.listener_.on_close();
  }

  static void text(void* self, const xmlChar* part, int size) {
    auto& to = of(self);
    to.text_bytes_ += static_cast<std::size_t>(size);
    if (to.text_bytes_ > xml_text_bytes_max)
      return to.refuse("a text is longer than " + std::to_string(xml_text_bytes_max >> 20u) + " MiB");
    to.listener_.on_text({reinterpret_cast<const char*>(part), static_cast<std::size_t>(size)});
  }

  static void document_type(void* self, const xmlChar* /*name*/, const xmlChar* /*id*/, const xmlChar* /*system*/) {
    of(self).refuse("it has a document type (<!DOCTYPE>), which is refused; remove it from the file");
  }

  static void fault(void* self, xmlErrorPtr why) {
    auto& to = of(self);
    if (why->level != XML_ERR_FATAL || !to.fault_.empty() || why->code == XML_ERR_USER_STOP)
      return;
    std::string what = why->message == nullptr ? "unreadable" : why->message;
    what.resize(what.find_last_not_of(" \n") + 1);
    to.fault_ = what + " (line " + std::to_string(why->line) + ", column " + std::to_string(why->int2) + ")";
  }
};

xml_push_parser::xml_push_parser(xml_listener& listener, encoding of)
    : listener_(listener), context_(std::make_unique<context>()) {
  static std::once_flag once;
  std::call_once(once, xmlInitParser);
  auto& to = context_->handler;
  to.initialized = XML_SAX2_MAGIC;
  to.startElementNs = callbacks::open;
  to.endElementNs = callbacks::close;
  to.characters = callbacks::text;
  to.ignorableWhitespace = callbacks::text;
  to.cdataBlock = callbacks::text;
  to.internalSubset = callbacks::document_type;
  to.serror = callbacks::fault;
  context_->parser = xmlCreatePushParserCtxt(&to, this, nullptr, 0, nullptr);
  if (context_->parser == nullptr)
    throw std::bad_alloc();
  xmlCtxtUseOptions(context_->parser, XML_PARSE_NONET | (of == encoding::utf8 ? XML_PARSE_IGNORE_ENC : 0));
}

xml_push_parser::~xml_push_parser() = default;

void xml_push_parser::refuse(const std::string& why) {
  if (fault_.empty())
    fault_ = why + " (line " + std::to_string(line()) + ", column " + std::to_string(column()) + ")";
  xmlStopParser(context_->parser);
}

base::result<void> xml_push_parser::pass(std::string_view piece, bool is_last) {
  // The whole of the document type may lie in one piece: nothing of it is read once it is refused.
  xmlParseChunk(context_->parser, piece.data(), static_cast<int>(piece.size()), is_last ? 1 : 0);
  if (fault_.empty() && context_->parser->wellFormed == 0)
    refuse("it is not well-formed");
  if (!fault_.empty())
    return base::error{base::error_code::malformed, "not XML: " + fault_};
  return {};
}

base::result<void> xml_push_parser::feed(std::string_view piece) {
  return pass(piece, false);
}

base::result<void> xml_push_parser::finish() {
  return pass({}, true);
}

std::uint64_t xml_push_parser::line() const {
  const auto* input = context_->parser->input;
  return input == nullptr ? 0 : static_cast<std::uint64_t>(input->line);
}

std::uint64_t xml_push_parser::column() const {
  const auto* input = context_->parser->input;
  return input == nullptr ? 0 : static_cast<std::uint64_t>(input->col);
}

} // namespace cxstream::sources
