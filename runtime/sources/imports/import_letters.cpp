#include "sources/imports/import_letters.hpp"

#include "ports/keys.hpp"
#include "sources/mapping/load.hpp"
#include "sources/mapping/payload_mapper.hpp"

#include <algorithm>
#include <utility>

namespace cxstream::sources {

namespace {

constexpr std::size_t payload_bytes_max = 1u << 20u;
constexpr const char* prefix = "import/";
constexpr const char* canonical_name = "canonical";
constexpr const char* header_name = "import-columns";

std::string place_text(const v1::ImportJob& job, const row_place& at) {
  std::string out = job.name() + ", row " + std::to_string(at.row);
  if (at.line > 0)
    out += ", line " + std::to_string(at.line);
  return out + ": ";
}

void add_header(v1::DeadLetter& letter, const char* name, std::string value) {
  auto& header = *letter.add_headers();
  header.set_name(name);
  header.set_value(std::move(value));
}

} // namespace

std::string import_letter_source(const std::string& mapping) {
  return prefix + (mapping.empty() ? std::string(canonical_name) : mapping);
}

std::vector<v1::DeadLetter> import_letters(const letter_ground& ground, std::uint64_t rows_before,
                                           const row_batch& batch) {
  const auto& [job, rules, columns] = ground;
  const auto source = import_letter_source(rules.format == file_format::canonical ? std::string() : rules.name);
  const auto system = rules.fixed_source_system().value_or("");
  std::vector<v1::DeadLetter> out;
  out.reserve(batch.refused.size());
  for (const auto& [row, why] : batch.refused) {
    auto& letter = out.emplace_back();
    letter.set_id(ports::keys::dead_import(job.id(), rows_before + row.index + 1));
    letter.set_stage(v1::SOURCE);
    letter.set_source(source);
    letter.set_source_system(system);
    letter.set_reject_reason(why.reason);
    letter.set_reason(v1::RejectReason_Name(why.reason));
    letter.set_field_path(why.field_path);
    letter.set_message(place_text(job, row.place) + why.message);
    letter.set_payload(row.raw.substr(0, payload_bytes_max));
    if (row.raw.size() > payload_bytes_max)
      letter.set_message(letter.message() + " (only the first MiB of the row is kept; it cannot be tried again)");
    add_header(letter, "import-job", job.id());
    add_header(letter, "import-row", std::to_string(row.place.row));
    if (!columns.empty())
      add_header(letter, header_name, columns);
  }
  return out;
}

namespace {

// A letter holds one record; what splits a file is done.
base::result<mapping> rules_of_records(const import_mappings& mappings, const std::string& name) {
  if (name == canonical_name)
    return canonical_mapping();
  auto found = mappings.named(name);
  if (!found)
    return found.err();
  found->rules.each.reset();
  return std::move(found->rules);
}

bool stands_alone(const mapping& rules) {
  const bool is_xml = rules.format == file_format::xml || rules.format == file_format::xes;
  return !is_xml && std::none_of(rules.selectors.begin(), rules.selectors.end(),
                                 [](const selector& one) { return one.text.find("$payload") != std::string::npos; });
}

class letter_reader final : public ports::payload_reader {
public:
  explicit letter_reader(payload_mapper mapper) : mapper_(std::move(mapper)) {
  }
  ports::read_payload read(const ports::payload& from, base::timestamp now) const override {
    return read_verified(from, now);
  }
  ports::read_payload read_verified(const ports::payload& from, base::timestamp now) const override {
    if (!stands_alone(mapper_.rules()))
      return {{},
              {},
              {{v1::BAD_MAPPING, "",
                "such a row cannot be read without its file: import the file again, then "
                "discard the letter",
                ""}}};
    const auto columns = ports::header_value(from, header_name);
    auto whole = from;
    whole.headers.clear(); // they are no request's
    if (!columns.empty())
      whole.body = std::string(columns) + "\n" + from.body;
    return mapper_.map(whole, now);
  }
  bool hides(std::string_view) const override {
    return false;
  }

private:
  const payload_mapper mapper_;
};

} // namespace

std::shared_ptr<const ports::payload_reader> import_letter_reader(const import_mappings& mappings,
                                                                  const std::string& source,
                                                                  const model::validation_limits& limits) {
  if (!source.starts_with(prefix))
    return nullptr;
  auto rules = rules_of_records(mappings, source.substr(std::string_view(prefix).size()));
  if (!rules)
    return nullptr;
  auto mapper = payload_mapper::make(*std::move(rules), limits);
  return mapper ? std::make_shared<const letter_reader>(*std::move(mapper)) : nullptr;
}

} // namespace cxstream::sources
