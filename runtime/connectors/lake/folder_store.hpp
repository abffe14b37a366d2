// A folder as object_store: an object is a file, which comes under its name by a rename.
#pragma once

#include "connectors/file/file_ops.hpp"
#include "connectors/lake/object_store.hpp"

#include <memory>

namespace cxstream::connectors {

class folder_store final : public object_store {
public:
  folder_store(std::string folder, std::shared_ptr<file_ops> ops) : folder_(std::move(folder)), ops_(std::move(ops)) {
  }
  base::result<void> put(const std::string& name, std::string_view bytes, std::string_view content_type) override;

private:
  std::string folder_;
  std::shared_ptr<file_ops> ops_;
};

} // namespace cxstream::connectors
