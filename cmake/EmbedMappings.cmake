# Writes the built-in mappings (mappings/*.yaml) as bytes of a C++ file, found by name: builtin.hpp.
# Called as a script: cmake -DFOLDER=… -DOUT=… -P EmbedMappings.cmake
file(GLOB files "${FOLDER}/*.yaml")
list(SORT files)
set(arrays "")
set(table "")
set(count 0)
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR bytes "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," hex "${hex}")
  string(APPEND arrays "constexpr char file_${count}[] = {${hex}'\\0'};\n")
  string(APPEND table "    {\"${name}\", {file_${count}, ${bytes}}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE "${OUT}.new" "// The files of mappings/; cmake/EmbedMappings.cmake wrote this.
#include \"sources/mapping/builtin.hpp\"

#include <array>

namespace cxstream::sources {

namespace {

${arrays}
constexpr std::array<builtin_file, ${count}> files = {{
${table}}};

} // namespace

std::span<const builtin_file> builtin_files() {
  return files;
}

} // namespace cxstream::sources
")
file(COPY_FILE "${OUT}.new" "${OUT}" ONLY_IF_DIFFERENT)
file(REMOVE "${OUT}.new")
