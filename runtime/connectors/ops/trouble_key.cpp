#include "connectors/ops/trouble_key.hpp"

#include "base/hash.hpp"
#include "connectors/http/exchange_text.hpp"

namespace cxstream::connectors {

std::string trouble_key(std::string_view trouble, std::size_t bytes_max) {
  auto out = "cx:" + std::string(trouble);
  if (out.size() <= bytes_max)
    return out;
  const auto hash = base::to_hex(base::xxh3_128(trouble));
  return plain_line(out, bytes_max - hash.size()) + hash;
}

} // namespace cxstream::connectors
