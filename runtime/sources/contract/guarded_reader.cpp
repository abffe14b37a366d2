#include "sources/contract/guarded_reader.hpp"

namespace cxstream::sources {

namespace {

ports::read_payload refused(std::string why) {
  return {{}, {}, {{v1::BROKEN_CONTRACT, "", std::move(why), ""}}};
}

} // namespace

ports::read_payload guarded_reader::read(const ports::payload& from, base::timestamp now) const {
  // Reading has no effects, so that the contract, which learns, can come after the signature though both are in read().
  auto read = inner_->read(from, now);
  if (read.refused.size() == 1 && read.refused.front().reason == v1::BAD_SIGNATURE)
    return read;
  if (auto why = guard_->check(from.body, now); !why.empty())
    return refused(std::move(why));
  return read;
}

ports::read_payload guarded_reader::read_verified(const ports::payload& from, base::timestamp now) const {
  // What was refused for another reason has passed the contract already, and may be a record only.
  const bool unchecked = from.refused_as == v1::BROKEN_CONTRACT || from.refused_as == v1::BAD_SIGNATURE;
  if (auto why = unchecked ? guard_->check_again(from.body) : std::string(); !why.empty())
    return refused(std::move(why));
  return inner_->read_verified(from, now);
}

} // namespace cxstream::sources
