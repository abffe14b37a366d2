#include "integration/harness/event_log.hpp"

#include <csv.h>
#include <zlib.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace cxstream::integration {

namespace {

struct record_taker {
  std::vector<std::string> record;
  const std::function<void(const std::vector<std::string>&)>& take;
};

void on_field(void* text, std::size_t size, void* taker) {
  static_cast<record_taker*>(taker)->record.emplace_back(static_cast<const char*>(text), size);
}

void on_record(int, void* context) {
  auto& taker = *static_cast<record_taker*>(context);
  taker.take(taker.record);
  taker.record.clear();
}

} // namespace

void read_csv(const std::string& path, const std::function<void(const std::vector<std::string>&)>& take) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  csv_parser parser{};
  if (!file || csv_init(&parser, 0) != 0)
    throw std::runtime_error("cannot read " + path);
  const std::unique_ptr<csv_parser, void (*)(csv_parser*)> freed(&parser, csv_free);
  record_taker taker{{}, take};
  std::array<char, 65'536> bytes{};
  int got = 0;
  while ((got = gzread(file.get(), bytes.data(), bytes.size())) > 0)
    if (csv_parse(&parser, bytes.data(), static_cast<std::size_t>(got), on_field, on_record, &taker) !=
        static_cast<std::size_t>(got))
      throw std::runtime_error(path + ": " + csv_strerror(csv_error(&parser)));
  if (got < 0 || csv_fini(&parser, on_field, on_record, &taker) != 0)
    throw std::runtime_error(path + " is broken");
}

} // namespace cxstream::integration
