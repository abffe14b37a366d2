// Without exceptions valijson ends the process where a schema is wrong. It has to come before RapidJSON's own headers.
#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/rapidjson_adapter.hpp>

#include "sources/contract/json_schema.hpp"
#include "sources/contract/measured_document.hpp"
#include "sources/contract/schema_cycles.hpp"
#include "sources/contract/schema_keywords.hpp"

#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <fstream>
#include <iterator>
#include <mutex>

namespace cxstream::sources {

namespace {

using adapter = valijson::adapters::RapidJsonAdapter;

constexpr std::size_t violations_max = 10;
// std::regex takes stack with each character, and comparing all elements with all others takes its time.
constexpr std::size_t matched_text_max = 4'096;
constexpr std::size_t compared_list_max = 2'000;

base::error wrong(const std::string& name, const std::string& what) {
  return {base::error_code::invalid_argument, "the JSON Schema " + name + " cannot be used: " + what};
}

// Drafts that valijson reads; those that came later are read as 7, less what schema_keywords.cpp refuses.
valijson::SchemaParser::Version draft_of(const rapidjson::Value& schema) {
  const auto named = schema.IsObject() ? schema.FindMember("$schema") : rapidjson::Value::ConstMemberIterator{};
  if (!schema.IsObject() || named == schema.MemberEnd() || !named->value.IsString())
    return valijson::SchemaParser::kDraft7;
  const std::string_view text(named->value.GetString(), named->value.GetStringLength());
  return text.find("draft-04") != std::string_view::npos ? valijson::SchemaParser::kDraft4
                                                         : valijson::SchemaParser::kDraft7;
}

// valijson's context is "<root>", then "[\"key\"]" or "[3]" for each step. JSON pointers escape "~" and "/".
std::string pointer_of(const std::vector<std::string>& context) {
  std::string out;
  for (std::size_t i = 1; i < context.size(); ++i) {
    std::string_view step = context[i];
    if (step.starts_with('[') && step.ends_with(']'))
      step = step.substr(1, step.size() - 2);
    if (step.size() >= 2 && step.starts_with('"') && step.ends_with('"'))
      step = step.substr(1, step.size() - 2);
    out += '/';
    for (const char c : step)
      out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

} // namespace

struct json_schema::state {
  valijson::Schema schema;
  schema_use use;
  mutable std::mutex mutex;
  mutable valijson::Validator validator; // guarded by mutex: it keeps its compiled patterns
};

json_schema::json_schema(std::unique_ptr<state> made) : state_(std::move(made)) {
}
json_schema::~json_schema() = default;

base::result<std::unique_ptr<json_schema>> json_schema::parse(std::string_view text, const std::string& name) {
  auto parsed = parse_json(text);
  if (!parsed || parsed->too_deep || parsed->documents.size() != 1)
    return wrong(name, "it is not one JSON document");
  auto& document = parsed->documents.front()->value;
  if (!document.IsObject() && !document.IsBool())
    return wrong(name, "a schema is an object, true or false");
  auto use = look_through(document);
  if (!use)
    return wrong(name, use.err().message);
  if (const auto circle = circular_reference(document))
    return wrong(name, "\"$ref\": \"" + *circle +
                           "\" leads back to where it stands, so that checking would never end; let it refer to a "
                           "schema that says something, or put it below \"properties\" or \"items\"");
  auto made = std::make_unique<state>();
  made->use = *use;
  try {
    valijson::SchemaParser(draft_of(document)).populateSchema(adapter(document), made->schema);
  } catch (const std::exception& e) {
    return wrong(name, e.what());
  }
  return std::unique_ptr<json_schema>(new json_schema(std::move(made)));
}

base::result<std::unique_ptr<json_schema>> json_schema::load(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return base::error{base::error_code::not_found,
                       "the JSON Schema " + file + " cannot be opened; compare the path in `contract.schema`"};
  return parse(std::string(std::istreambuf_iterator<char>(in), {}), file);
}

std::vector<schema_violation> json_schema::check(const measured_document& payload) const {
  if (state_->use.patterns && payload.longest_text > matched_text_max)
    return {
        {"", "a text of " + std::to_string(payload.longest_text) + " bytes is too long to be matched with a pattern"}};
  if (state_->use.unique_items && payload.longest_list > compared_list_max)
    return {
        {"", "a list of " + std::to_string(payload.longest_list) + " elements is too long to be checked for repeats"}};
  valijson::ValidationResults results;
  const std::lock_guard lock(state_->mutex);
  try {
    if (state_->validator.validate(state_->schema, adapter(payload.value), &results))
      return {};
  } catch (const std::exception& e) {
    return {{"", std::string("the schema cannot be applied: ") + e.what()}};
  }
  std::vector<schema_violation> out;
  for (const auto& error : results) {
    if (out.size() == violations_max)
      break;
    out.push_back({pointer_of(error.context), error.description});
  }
  if (out.empty())
    out.push_back({"", "does not follow the schema"});
  return out;
}

} // namespace cxstream::sources
