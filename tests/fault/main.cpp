// The tests, or (called by them) the process that they kill.
#include "fault/steady_writer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "--write-until-killed")
    return cxstream::fault::write_until_killed(argv[2], std::atoi(argv[3]));
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
