// How each column family is tuned: what is appended and read in order, what is looked up by key.
#pragma once

#include "ports/store.hpp"
#include "storage/rocks_store.hpp"

#include <rocksdb/options.h>

#include <memory>
#include <string>

namespace cxstream::storage {

std::string family_name(ports::family f);
rocksdb::DBOptions database_options(const rocks_options& options);
rocksdb::ColumnFamilyOptions family_options(ports::family f, const rocks_options& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache);

} // namespace cxstream::storage
