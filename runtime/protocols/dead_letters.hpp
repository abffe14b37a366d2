// Reading the dead letters of a store. Pure over ports::store.
#pragma once

#include "ports/store.hpp"

#include "cxstream/v1/admin.pb.h"

#include <string>
#include <vector>

namespace cxstream::protocols {

// The kind of cause, by stage and reason.
v1::DeadLetterClass class_of(const v1::DeadLetter& letter);
// A letter's message with what differs between letters of one cause left out: what is quoted, numbers (but for the
// status after "HTTP" or "answered"), ids, what follows the host of a URL. At most 200 bytes.
std::string cause_of(std::string_view message);

// Whether a letter meets every condition of a selector; an empty selector takes all.
bool selected(const v1::DeadLetterSelector& selector, const v1::DeadLetter& letter);
// Whether a selector has a condition at all (changing calls require one).
bool selects_something(const v1::DeadLetterSelector& selector);

struct letter_page {
  std::vector<v1::DeadLetter> letters;
  std::string next; // id to go on from; empty at the end
};
// Letters in id order, beginning at `from`, at most `count`; payloads only when asked for.
base::result<letter_page> read_letters(const ports::store& store, const v1::DeadLetterSelector& selector,
                                       std::string_view from, std::size_t count, bool with_payload);
// The letters of a selector by class, place, reason and cause, the largest group first.
base::result<v1::GroupDeadLettersResponse> group_letters(const ports::store& store,
                                                         const v1::DeadLetterSelector& selector);
// One letter. Error: not_found.
base::result<v1::DeadLetter> read_letter(const ports::store& store, std::string_view id);
// How many letters lie under a prefix of their ids.
base::result<std::uint64_t> count_letters(const ports::store& store, std::string_view id_prefix);

} // namespace cxstream::protocols
