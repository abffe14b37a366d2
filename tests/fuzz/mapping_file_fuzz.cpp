// Mapping files of any text: a mapping or an error that names the file, never a crash.
#include "fuzz/fuzzing.hpp"
#include "sources/mapping/load.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cxstream;
  const auto loaded = sources::parse_mapping(std::string(reinterpret_cast<const char*>(data), size), "fuzz.yaml");
  fuzz::must(loaded || loaded.err().message.find("fuzz.yaml") != std::string::npos, "an error names the file");
  return 0;
}
