#include "pollers/refused_record.hpp"

#include <utility>

namespace cxstream::pollers {

namespace {

constexpr std::size_t payload_bytes_max = 1u << 20u;

} // namespace

std::string letter_source(const std::string& source) {
  return source + "/poll";
}

std::vector<v1::DeadLetter> letters_of(const std::string& source, const std::string& source_system,
                                       const ports::read_payload& read, const std::string& page) {
  std::vector<v1::DeadLetter> out;
  bool page_kept = false;
  for (const auto& refusal : read.refused) {
    if (refusal.record.empty() && std::exchange(page_kept, true))
      continue;
    const auto& bytes = refusal.record.empty() ? page : refusal.record;
    auto& letter = out.emplace_back();
    letter.set_stage(v1::SOURCE);
    letter.set_source(letter_source(source));
    letter.set_source_system(source_system);
    letter.set_reject_reason(refusal.reason);
    letter.set_reason(v1::RejectReason_Name(refusal.reason));
    letter.set_field_path(refusal.field_path);
    letter.set_message(refusal.message);
    letter.set_payload(bytes.substr(0, payload_bytes_max));
    if (bytes.size() > payload_bytes_max)
      letter.set_message(refusal.message + " (only the first MiB of the page is kept; it cannot be tried again)");
  }
  return out;
}

} // namespace cxstream::pollers
