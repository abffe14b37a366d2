#include "sources/xml/xml_source.hpp"

#include "sources/digest.hpp"
#include "sources/xml/xml_selectors.hpp"

#include <algorithm>

namespace cxstream::sources {

namespace {

bool is_too_deep(const pugi::xml_node& root) {
  struct walker : pugi::xml_tree_walker {
    bool for_each(pugi::xml_node&) override {
      return depth() < static_cast<int>(xml_depth_max);
    }
  } walk;
  auto node = root;
  return !node.traverse(walk);
}

base::error bad_xml(std::string_view body, std::ptrdiff_t offset, const std::string& what) {
  const auto before = body.substr(0, static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  return {base::error_code::malformed, "not XML: " + what + " (line " + std::to_string(line) + ", column " +
                                           std::to_string(before.size() - (before.rfind('\n') + 1) + 1) + ")"};
}

} // namespace

base::result<void> check_xpath(const std::string& expression, xpath_gives wanted) {
  try {
    const pugi::xpath_query query(expression.c_str());
    if (wanted == xpath_gives::anything || query.return_type() == pugi::xpath_type_node_set)
      return {};
    return base::error{base::error_code::invalid_argument, "'" + expression + "' gives no elements"};
  } catch (const pugi::xpath_exception& e) {
    return base::error{base::error_code::invalid_argument, std::string(e.what()) + " (at character " +
                                                               std::to_string(e.result().offset + 1) + " of '" +
                                                               expression + "')"};
  }
}

struct xml_source::document {
  explicit document(const std::vector<std::string>& texts) : selectors(texts) {
  }
  void go_to(pugi::xml_node record, records_of what);

  xml_selectors selectors;
  pugi::xml_document tree;
  pugi::xml_node focus;
  pugi::xml_node trace; // put into the event that is in focus
  std::vector<pugi::xml_node> records;
  std::size_t taken = 0;
  std::string_view body;
};

void xml_source::document::go_to(pugi::xml_node record, records_of what) {
  if (trace)
    focus.remove_child(trace);
  trace = {};
  focus = record;
  if (what == records_of::xes_log && std::string_view(record.parent().name()) == "trace")
    trace = add_trace(record, record.parent());
}

class xml_source::xml_record final : public record {
public:
  explicit xml_record(xml_source& source) : source_(source) {
  }

  cell at(selector_slot slot) override {
    return source_.document_->selectors.evaluate(slot, source_.document_->focus);
  }
  content_digest digest() override {
    return digest_of(printed(source_.document_->focus));
  }
  std::string raw() override {
    return source_.is_one_record() ? std::string(source_.document_->body) : printed(source_.document_->focus);
  }

private:
  xml_source& source_;
};

xml_source::xml_source(const std::vector<std::string>& selectors, std::optional<selector_slot> each, records_of what)
    : each_(each), what_(what), document_(std::make_unique<document>(selectors)),
      record_(std::make_unique<xml_record>(*this)) {
}

xml_source::~xml_source() = default;

base::result<void> xml_source::open(std::string_view body, std::span<const ports::header> /*headers*/) {
  auto& doc = *document_;
  doc.selectors.forget();
  doc.records.clear();
  doc.taken = 0;
  doc.body = body;
  const auto parsed = doc.tree.load_buffer(body.data(), body.size(), pugi::parse_default | pugi::parse_doctype);
  if (!parsed)
    return bad_xml(body, parsed.offset, parsed.description());
  for (const auto& node : doc.tree.children())
    if (node.type() == pugi::node_doctype)
      return base::error{base::error_code::malformed,
                         "the XML has a document type (<!DOCTYPE>), which is refused; send it without"};
  const auto root = doc.tree.document_element();
  if (!root)
    return bad_xml(body, 0, "there is no element");
  if (is_too_deep(doc.tree))
    return base::error{base::error_code::malformed,
                       "the XML is nested deeper than " + std::to_string(xml_depth_max) + " levels"};
  doc.focus = root;
  doc.trace = {};
  if (what_ == records_of::xes_log && !each_) {
    const auto events = root.select_nodes(".//event");
    for (const auto& event : events)
      doc.records.push_back(event.node());
    return {};
  }
  if (!each_) {
    doc.records.push_back(root);
    return {};
  }
  doc.records = doc.selectors.nodes(*each_, root);
  return {};
}

bool xml_source::next(record_or_fault& out) {
  if (document_->taken == document_->records.size())
    return false;
  document_->go_to(document_->records[document_->taken++], what_);
  out.values = record_.get();
  return true;
}

record* xml_source::whole() {
  document_->go_to(document_->tree.document_element(), records_of::document);
  return record_.get();
}

} // namespace cxstream::sources
