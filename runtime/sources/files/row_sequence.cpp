#include "sources/files/row_sequence.hpp"

#include <random>

namespace cxstream::sources {

base::result<row_sequence> row_sequence::open(const std::filesystem::path& path, const mapping& rules,
                                              std::optional<std::uint64_t> shuffle_seed) {
  auto reader = event_reader::open(path, rules);
  if (!reader)
    return reader.err();
  row_sequence sequence(*std::move(reader));
  if (shuffle_seed) {
    if (auto shuffled = sequence.shuffle(*shuffle_seed); !shuffled)
      return shuffled.err();
  }
  return sequence;
}

base::result<void> row_sequence::shuffle(std::uint64_t seed) {
  std::vector<prepared_row> rows;
  prepared_row row;
  while (true) {
    const auto more = read(row);
    if (!more)
      return more.err();
    if (!*more)
      break;
    rows.push_back(std::move(row));
  }
  // Written out, because std::shuffle may differ from one library to the next.
  std::mt19937_64 random(seed);
  for (std::size_t i = rows.size(); i > 1; --i)
    std::swap(rows[i - 1], rows[random() % i]);
  shuffled_ = std::move(rows);
  return {};
}

base::result<bool> row_sequence::next(prepared_row& out) {
  if (!shuffled_)
    return read(out);
  if (taken_ == shuffled_->size())
    return false;
  out = std::move((*shuffled_)[taken_++]);
  return true;
}

base::result<bool> row_sequence::read(prepared_row& out) {
  const auto more = reader_.next(mapped_);
  if (!more || !*more)
    return more;
  out.number = mapped_.number;
  out.line = mapped_.line;
  out.raw = std::move(mapped_.raw);
  out.dropped = std::move(mapped_.dropped);
  out.refused = std::move(mapped_.refused);
  out.event.clear();
  if (!out.refused && !out.dropped)
    mapped_.event.SerializeToString(&out.event);
  return true;
}

double row_sequence::share() const {
  if (shuffled_)
    return shuffled_->empty() ? 1.0 : static_cast<double>(taken_) / static_cast<double>(shuffled_->size());
  return reader_.size() == 0 ? 1.0 : static_cast<double>(reader_.position()) / static_cast<double>(reader_.size());
}

} // namespace cxstream::sources
