// The database of a sqlite sink, as an independent reader sees it.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace cxstream::integration {

// A row: its columns as text, "" for NULL.
using table_row = std::vector<std::string>;

class warehouse {
public:
  // Throw std::runtime_error with SQLite's message.
  explicit warehouse(const std::string& path);
  std::vector<table_row> rows(const std::string& sql) const;
  // The first column of the first row.
  std::string value(const std::string& sql) const;
  // A copy of the database as it is now.
  void copy_to(const std::string& path) const;
  // Tables whose rows are not the same, in every column, as in that copy; empty when all are.
  std::vector<std::string> tables_unlike(const std::string& path) const;

private:
  struct closer {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, closer> db_;
};

} // namespace cxstream::integration
