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
    const auto& own = origin.secret_headers;
    if (is_secret_header(name) || std::find(own.begin(), own.end(), name) != own.end())
      continue;
    auto& kept = *blank.add_headers();
    kept.set_name(text(name));
    kept.set_value(text(value));
  }
  std::vector<v1::DeadLetter> letters;
  letters.reserve(refused.size());
  bool body_kept = false;
  for (const auto& refusal : refused) {
    auto& letter = letters.emplace_back(blank);
    letter.set_reject_reason(refusal.reason);
    letter.set_reason(v1::RejectReason_Name(refusal.reason));
    letter.set_field_path(text(refusal.field_path));
    letter.set_message(text(refusal.message));
    if (!refusal.record.empty())
      letter.set_payload(refusal.record);
    else if (!std::exchange(body_kept, true))
      letter.set_payload(from.body);
  }
  return letters;
}

} // namespace cxstream::transport
