#include "transport/http/refusal_letter.hpp"

#include "transport/http/json_writer.hpp"

#include <algorithm>
#include <array>

namespace cxstream::transport {
namespace {

constexpr std::array<std::string_view, 9> secret_words{"auth",   "cookie",  "token",  "secret",    "password",
                                                       "passwd", "api-key", "apikey", "credential"};

std::string text(std::string_view bytes) { // protobuf's strings are UTF-8
  std::string repaired;
  return std::string(valid_utf8(bytes, repaired));
}

} // namespace

bool is_secret_header(std::string_view name) {
  return std::any_of(secret_words.begin(), secret_words.end(),
                     [&](std::string_view word) { return name.find(word) != std::string_view::npos; });
}

std::vector<v1::DeadLetter> refusal_letters(const letter_origin& origin, const ports::payload& from,
                                            const std::vector<ports::payload_refusal>& refused) {
  v1::DeadLetter blank;
  blank.set_stage(v1::SOURCE);
  blank.set_source(origin.source);
  blank.set_source_system(origin.source_system);
  for (const auto& [name, value] : from.headers) {
    if (is_secret_header(name) || (origin.reader != nullptr && origin.reader->hides(name)))
      continue;
    auto& kept = *blank.add_headers();
    kept.set_name(text(name));
    kept.set_value(text(value));
  }
  std::vector<v1::DeadLetter> letters;
  letters.reserve(refused.size());
  std::size_t of_the_body = 0;
  for (const auto& refusal : refused) {
    if (refusal.record.empty() && of_the_body++ > 0)
      continue;
    auto& letter = refusal.record.empty() ? *letters.insert(letters.begin(), blank) : letters.emplace_back(blank);
    letter.set_reject_reason(refusal.reason);
    letter.set_reason(v1::RejectReason_Name(refusal.reason));
    letter.set_field_path(text(refusal.field_path));
    letter.set_message(text(refusal.message));
    letter.set_payload(refusal.record.empty() ? from.body : refusal.record);
  }
  if (of_the_body > 1)
    letters.front().set_message(letters.front().message() + " (and " + std::to_string(of_the_body - 1) +
                                " more records of this payload)");
  return letters;
}

} // namespace cxstream::transport
