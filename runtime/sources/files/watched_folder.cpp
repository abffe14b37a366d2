#include "sources/files/watched_folder.hpp"

#include <algorithm>
#include <tuple>

namespace cxstream::sources {

bool watched_folder::is_passed_over(const std::string& name) {
  if (name.empty() || name.front() == '.' || name.back() == '~')
    return true;
  constexpr const char* unfinished[] = {".tmp", ".part", ".partial", ".filepart", ".crdownload", ".cxstream-import"};
  return std::any_of(std::begin(unfinished), std::end(unfinished),
                     [&](const char* end) { return name.ends_with(end); });
}

std::vector<std::string> watched_folder::look(std::vector<file_sighting> all,
                                              std::chrono::system_clock::time_point now) {
  std::sort(all.begin(), all.end(), [](const file_sighting& a, const file_sighting& b) {
    return std::tie(a.changed_at, a.name) < std::tie(b.changed_at, b.name);
  });
  std::map<std::string, memory> seen;
  std::vector<std::string> whole;
  for (const auto& one : all) {
    if (is_passed_over(one.name))
      continue;
    const auto before = seen_.find(one.name);
    const auto is_same =
        before != seen_.end() && before->second.bytes == one.bytes && before->second.changed_at == one.changed_at;
    const memory kept{one.bytes, one.changed_at, is_same ? before->second.since : now};
    seen.emplace(one.name, kept);
    if (now - one.changed_at >= quiet_ || now - kept.since >= quiet_)
      whole.push_back(one.name);
  }
  seen_ = std::move(seen);
  return whole;
}

} // namespace cxstream::sources
