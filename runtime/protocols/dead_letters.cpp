#include "protocols/dead_letters.hpp"

#include "model/time_span.hpp"
#include "ports/keys.hpp"

#include <algorithm>

namespace cxstream::protocols {

using ports::family;

v1::DeadLetterClass class_of(const v1::DeadLetter& letter) {
  if (letter.stage() == v1::DELIVERY) {
    if (letter.reason() == "permanent")
      return v1::REFUSED_BY_TARGET;
    if (letter.reason() == "unfit")
      return v1::CONTRACT;
    return letter.reason() == "unreadable" ? v1::PIPELINE_FAULT : v1::ATTEMPTS_SPENT;
  }
  return letter.reject_reason() == v1::BAD_MAPPING || letter.reason() == "BAD_MAPPING" ? v1::PIPELINE_FAULT
                                                                                       : v1::CONTRACT;
}

bool selected(const v1::DeadLetterSelector& selector, const v1::DeadLetter& letter) {
  const auto& ids = selector.ids();
  return (ids.empty() || std::find(ids.begin(), ids.end(), letter.id()) != ids.end()) &&
         (selector.stage() == v1::DEAD_LETTER_STAGE_UNSPECIFIED || selector.stage() == letter.stage()) &&
         (selector.sink().empty() || selector.sink() == letter.sink()) &&
         (selector.ticket_id().empty() || selector.ticket_id() == letter.ticket_id()) &&
         (selector.reason().empty() || selector.reason() == letter.reason()) &&
         (selector.source().empty() || selector.source() == letter.source()) &&
         (selector.cause_class() == v1::DEAD_LETTER_CLASS_UNSPECIFIED || selector.cause_class() == class_of(letter)) &&
         model::is_within(letter.dead_at(), selector.has_since() ? &selector.since() : nullptr,
                          selector.has_until() ? &selector.until() : nullptr) &&
         (selector.cause().empty() || selector.cause() == cause_of(letter.message()));
}

bool selects_something(const v1::DeadLetterSelector& selector) {
  return selector.ids_size() > 0 || selector.stage() != v1::DEAD_LETTER_STAGE_UNSPECIFIED || !selector.sink().empty() ||
         !selector.ticket_id().empty() || !selector.reason().empty() || !selector.source().empty() ||
         selector.cause_class() != v1::DEAD_LETTER_CLASS_UNSPECIFIED || selector.has_since() || selector.has_until() ||
         !selector.cause().empty();
}

base::result<letter_page> read_letters(const ports::store& store, const v1::DeadLetterSelector& selector,
                                       std::string_view from, std::size_t count, bool with_payload) {
  letter_page page;
  const auto visit = [&](std::string_view key, std::string_view value) {
    v1::DeadLetter letter;
    if (!letter.ParseFromArray(value.data(), static_cast<int>(value.size())) || !selected(selector, letter))
      return true;
    if (page.letters.size() == count) {
      page.next = std::string(key);
      return false;
    }
    letter.set_cause_class(class_of(letter));
    if (!with_payload) {
      letter.clear_payload();
      letter.clear_tries();
    }
    page.letters.push_back(std::move(letter));
    return true;
  };
  if (auto scanned = store.scan(family::dead_letters, from, {}, visit); !scanned)
    return scanned.err();
  return page;
}

base::result<v1::DeadLetter> read_letter(const ports::store& store, std::string_view id) {
  auto found = store.get(family::dead_letters, id);
  if (!found)
    return found.err();
  if (!*found)
    return base::error{base::error_code::not_found, "there is no dead letter '" + std::string(id) + "'"};
  v1::DeadLetter letter;
  if (!letter.ParseFromString(**found))
    return base::error{base::error_code::corrupt, "dead letter '" + std::string(id) + "' cannot be read"};
  letter.set_cause_class(class_of(letter));
  return letter;
}

base::result<std::uint64_t> count_letters(const ports::store& store, std::string_view id_prefix) {
  std::uint64_t count = 0;
  const auto visit = [&](std::string_view, std::string_view) {
    ++count;
    return true;
  };
  if (auto scanned = store.scan(family::dead_letters, id_prefix, ports::keys::after_prefix(id_prefix), visit); !scanned)
    return scanned.err();
  return count;
}

} // namespace cxstream::protocols
