#include "sources/xml/xml_stream.hpp"

#include "sources/digest.hpp"
#include "sources/text_marks.hpp"
#include "sources/xml/push_parser.hpp"
#include "sources/xml/xml_selectors.hpp"

#include <deque>

namespace cxstream::sources {

namespace {

// Small, so that few records wait to be handed out.
constexpr std::size_t parsed_at_once = 8u << 10u;

struct finished_record {
  pugi::xml_node element;
  std::uint64_t line = 0;
  std::uint64_t column = 0;
};

} // namespace

// Makes elements of what the parser tells. Those that are no part of a record are dropped when nobody can look at them
// any more: after the records that came before their end were handed out.
class xml_stream::builder final : public xml_listener {
public:
  builder(const std::vector<std::string>& texts, element_path records, xml_source::records_of what)
      : selectors(texts), records_(std::move(records)), is_log_(what == xml_source::records_of::xes_log) {
  }

  void begin(xml_push_parser::encoding of) {
    parser_ = std::make_unique<xml_push_parser>(*this, of);
  }
  xml_push_parser& parser() {
    return *parser_;
  }
  bool take(finished_record& out) {
    if (ready_.empty())
      return false;
    out = ready_.front();
    ready_.pop_front();
    return true;
  }
  // Precondition: every record was taken, and none is looked at any more.
  void drop_passed() {
    for (auto element : passed_)
      element.parent().remove_child(element);
    passed_.clear();
  }

  void on_open(const std::string& name, const xml_attributes& attributes) override {
    flush_text();
    open_.push_back(name);
    const auto is_record = keeps_from_ == 0 && records_.names(open_);
    const auto is_of_trace = keeps_from_ == 0 && !is_record && is_log_ && open_.size() > 1 && is_trace(at_);
    if (is_record || is_of_trace)
      keeps_from_ = open_.size();
    if (is_record) {
      is_record_ = true;
      kept_bytes_ = 0;
      begun_ = {{}, parser_->line(), parser_->column()};
    }
    if (is_log_ && name == "trace")
      kept_bytes_ = 0;
    at_ = at_ ? at_.append_child(name.c_str()) : tree_.append_child(name.c_str());
    account(2 * name.size() + 5);
    for (const auto& [key, value] : attributes) {
      at_.append_attribute(key.c_str()).set_value(value.c_str());
      account(key.size() + value.size() + 4);
    }
  }

  void on_text(std::string_view part) override {
    if (keeps_from_ == 0)
      return;
    text_ += part;
    account(part.size());
  }

  void on_close() override {
    flush_text();
    const auto element = at_;
    const auto depth = open_.size();
    open_.pop_back();
    at_ = depth == 1 ? pugi::xml_node() : at_.parent();
    if (keeps_from_ != 0 && keeps_from_ != depth)
      return; // a part of what is kept
    if (is_record_)
      finish_record(element);
    if (keeps_from_ == 0 || is_record_)
      passed_.push_back(element);
    keeps_from_ = 0;
    is_record_ = false;
  }

  xml_selectors selectors;

private:
  static bool is_trace(pugi::xml_node element) {
    return std::string_view(element.name()) == "trace";
  }
  void finish_record(pugi::xml_node element) {
    if (is_log_ && is_trace(element.parent()))
      add_trace(element, element.parent());
    begun_.element = element;
    ready_.push_back(begun_);
  }
  void flush_text() {
    if (text_.find_first_not_of(blanks) != std::string::npos)
      at_.append_child(pugi::node_pcdata).set_value(text_.c_str());
    text_.clear();
  }
  void account(std::size_t bytes) {
    if (keeps_from_ == 0)
      return;
    kept_bytes_ += bytes;
    if (kept_bytes_ > xml_record_bytes_max)
      parser_->refuse("the element <" + open_[keeps_from_ - 1] + "> is longer than " +
                      std::to_string(xml_record_bytes_max >> 20u) + " MiB");
  }

  element_path records_;
  bool is_log_;
  std::unique_ptr<xml_push_parser> parser_;
  pugi::xml_document tree_;
  pugi::xml_node at_;             // the innermost open element
  std::vector<std::string> open_; // names of the open elements
  std::size_t keeps_from_ = 0;    // depth of the open element that is a record or says something of a trace; 0: none
  bool is_record_ = false;        // it is a record
  std::size_t kept_bytes_ = 0;    // of the record, or of what the trace says of itself
  finished_record begun_;
  std::string text_;
  std::deque<finished_record> ready_;
  std::vector<pugi::xml_node> passed_;
};

// Shows a record by itself, so that what its paths see around it does not depend on how the file came in pieces.
class xml_stream::xml_record final : public record {
public:
  explicit xml_record(builder& from) : from_(from) {
  }
  void show(pugi::xml_node element) {
    from_.selectors.forget();
    shown_.reset();
    element_ = parent_for(element.parent()).append_copy(element);
  }

  cell at(selector_slot slot) override {
    return from_.selectors.evaluate(slot, element_);
  }
  content_digest digest() override {
    return digest_of(printed(element_));
  }
  std::string raw() override {
    return printed(element_);
  }

private:
  // The open elements, with their attributes and without what is in them.
  pugi::xml_node parent_for(pugi::xml_node original) {
    if (original.type() != pugi::node_element)
      return shown_;
    auto copy = parent_for(original.parent()).append_child(original.name());
    for (const auto& attribute : original.attributes())
      copy.append_copy(attribute);
    return copy;
  }

  builder& from_;
  pugi::xml_document shown_;
  pugi::xml_node element_;
};

xml_stream::xml_stream(byte_input input, const std::vector<std::string>& selectors, element_path records,
                       xml_source::records_of what)
    : input_(std::move(input)), builder_(std::make_unique<builder>(selectors, std::move(records), what)),
      record_(std::make_unique<xml_record>(*builder_)) {
}

xml_stream::~xml_stream() = default;

base::result<std::unique_ptr<xml_stream>> xml_stream::open(byte_input input, const std::vector<std::string>& selectors,
                                                           element_path records, xml_source::records_of what) {
  std::unique_ptr<xml_stream> out(new xml_stream(std::move(input), selectors, std::move(records), what));
  if (const auto first = out->input_.head(); !first)
    return first.err();
  out->builder_->begin(out->input_.is_converted() ? xml_push_parser::encoding::utf8
                                                  : xml_push_parser::encoding::as_declared);
  return out;
}

base::result<bool> xml_stream::next(found_record& out) {
  out.clear();
  finished_record found;
  while (!builder_->take(found)) {
    const auto more = read_more();
    if (!more || !*more)
      return more;
  }
  record_->show(found.element);
  out.values = record_.get();
  out.number = ++number_;
  out.line = found.line;
  out.column = found.column;
  return true;
}

base::result<bool> xml_stream::read_more() {
  if (at_end_)
    return false;
  builder_->drop_passed();
  if (rest_.empty()) {
    const auto piece = input_.read();
    if (!piece)
      return piece.err();
    rest_ = *piece;
    at_end_ = piece->empty();
  }
  auto& parser = builder_->parser();
  const auto part = rest_.substr(0, parsed_at_once);
  rest_.remove_prefix(part.size());
  if (const auto parsed = at_end_ ? parser.finish() : parser.feed(part); !parsed) {
    at_end_ = true;
    return parsed.err();
  }
  return true;
}

} // namespace cxstream::sources
