// A real event log read by itself: what the tests compare the product with.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace cxstream::integration {

// Calls with every record of a CSV file (.gz may be), the header first. Throws std::runtime_error when it is broken.
void read_csv(const std::string& path, const std::function<void(const std::vector<std::string>&)>& take);

} // namespace cxstream::integration
