// Unpacks gzip and zstd, told by their first bytes and not by the file's name. Several members or frames one after
// another are one text. Owned by one thread; a zstd file may ask for up to 128 MiB of window, others take 100 KiB.
#pragma once

#include "sources/input/raw_bytes.hpp"

namespace cxstream::sources {

enum class packing { none, gzip, zstd };

packing packing_of(std::string_view first_bytes);

// Precondition: `how` is not none. `from` must outlive the stage. Its errors: io; malformed (cut off or damaged, with
// the offset in the packed file).
std::unique_ptr<byte_stage> unpack(raw_bytes& from, packing how);

} // namespace cxstream::sources
