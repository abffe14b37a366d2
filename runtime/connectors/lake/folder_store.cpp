#include "connectors/lake/folder_store.hpp"

namespace cxstream::connectors {

base::result<void> folder_store::put(const std::string& name, std::string_view bytes, std::string_view) {
  const auto path = folder_ + "/" + name;
  const auto folder = path.substr(0, path.rfind('/'));
  const auto unfinished = path + ".unfinished";
  if (auto made = ops_->make_directory(folder); !made)
    return made;
  auto file = ops_->open(unfinished);
  if (!file)
    return file.err();
  if (auto cut = (*file)->truncate(0); !cut)
    return cut;
  if (auto written = (*file)->append(bytes); !written)
    return written;
  if (auto synced = (*file)->sync(); !synced)
    return synced;
  if (auto renamed = ops_->rename(unfinished, path); !renamed)
    return renamed;
  return ops_->sync_directory(folder);
}

} // namespace cxstream::connectors
