#include "sources/json/json_source.hpp"

#include "sources/text_marks.hpp"

namespace cxstream::sources {

namespace {} // namespace

void json_selectors::add(const std::string& selector) {
  auto plain = json_path::parse(selector);
  if (!plain)
    expressions.push_back(selector);
  slots.push_back({std::move(plain), expressions.empty() ? 0 : expressions.size() - 1});
}

class json_source::json_record final : public record {
public:
  explicit json_record(json_source& source) : source_(source) {
  }

  cell at(selector_slot slot) override {
    return source_.evaluate(slot);
  }
  content_digest digest() override {
    // A line stays what it is; of a document only the record counts, however the document is laid out.
    if (source_.layout_ == layout::lines && !source_.is_split_)
      return digest_of(source_.text_);
    digester digest;
    add_content(digest, *source_.roots_.record);
    return digest.finish();
  }
  std::string raw() override {
    return source_.is_split_ ? to_json(*source_.roots_.record) : std::string(source_.text_);
  }

private:
  json_source& source_;
};

json_source::json_source(const json_selectors& selectors, std::optional<selector_slot> each, layout how)
    : selectors_(selectors), each_(each), layout_(how), record_(std::make_unique<json_record>(*this)) {
  jq_program::fault why;
  if (!selectors.expressions.empty())
    jq_ = jq_program::compile(selectors.expressions, why); // what does not compile was refused with the mapping
}

json_source::~json_source() = default;

base::result<void> json_source::open(std::string_view body, std::span<const ports::header> headers) {
  headers_.clear();
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) { // the first of a name counts, as elsewhere
    headers_.push_back(text_cell(header->value));
    headers_.back().name = header->name;
  }
  header_object_ = {cell_kind::object, static_cast<std::uint32_t>(headers_.size()), headers_.data(), {}, {}};
  records_ = {};
  each_failed_.reset();
  rest_ = {};
  line_ = 0;
  if (layout_ != layout::lines)
    return read_document(body);
  rest_ = body.starts_with(byte_order_mark) ? body.substr(byte_order_mark.size()) : body;
  return {};
}

base::result<void> json_source::read_document(std::string_view text) {
  text_ = text;
  records_ = {};
  each_failed_.reset();
  if (auto parsed = document_.parse(text); !parsed)
    return parsed;
  const auto& root = document_.root();
  roots_ = {&root, &root, &header_object_};
  focus(root);
  is_split_ = true;
  if (!each_) {
    is_split_ = root.kind == cell_kind::list && layout_ != layout::record;
    records_ = is_split_ ? root.items() : std::span(&root, 1);
    return {};
  }
  const auto found = evaluate(*each_);
  if (found.kind == cell_kind::failed)
    each_failed_ = base::error{base::error_code::invalid_argument, std::string(found.text)};
  else if (found.kind == cell_kind::several)
    records_ = found.items();
  else if (found.kind != cell_kind::absent && found.kind != cell_kind::null)
    records_ = document_.arena().keep(cell_kind::several, std::span(&found, 1)).items();
  return {};
}

bool json_source::next(record_or_fault& out) {
  out.values = nullptr;
  out.raw.clear();
  out.line = line_;
  while (true) {
    if (each_failed_) {
      out.fault = *std::move(each_failed_);
      each_failed_.reset();
      if (layout_ == layout::lines)
        out.raw = text_;
      return true;
    }
    if (!records_.empty()) {
      focus(records_.front());
      records_ = records_.subspan(1);
      out.values = record_.get();
      return true;
    }
    if (rest_.empty())
      return false;
    if (next_line(out))
      return true;
  }
}

// True when the line is at fault, and handed out as such.
bool json_source::next_line(record_or_fault& out) {
  const auto end = rest_.find('\n');
  auto text = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  out.line = ++line_;
  if (text.ends_with('\r'))
    text.remove_suffix(1);
  if (text.find_first_not_of(blanks) == std::string_view::npos)
    return false;
  auto parsed = read_document(text);
  if (parsed)
    return false;
  out.fault = parsed.err();
  out.raw = text;
  return true;
}

record* json_source::whole() {
  if (layout_ == layout::lines)
    return nullptr;
  focus(document_.root());
  return record_.get();
}

void json_source::focus(const cell& record) {
  roots_.record = &record;
  if (jq_)
    jq_->focus(roots_);
}

cell json_source::evaluate(selector_slot slot) {
  const auto& selector = selectors_.slots[slot];
  if (selector.plain)
    return selector.plain->find(roots_, document_.arena());
  return jq_ ? jq_->run(selector.expression, document_.arena()) : failed_cell("jq has no memory");
}

} // namespace cxstream::sources
