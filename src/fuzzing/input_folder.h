// A folder of files made from the input, for readers that take a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include "fuzzing/require.h"
#include "record/temporary_folder.h"

namespace biasbench::fuzzing {

// Make it once: inputs then replace each other's files. TMPDIR chooses the place, best in memory.
class InputFolder {
 public:
  const std::filesystem::path& path() const { return folder_.path(); }

  void Put(const std::string& name, std::string_view text) const {
    std::ofstream file(path() / name, std::ios::binary);
    file.write(text.data(), std::ssize(text));
    file.close();
    Require(!file.fail(), "the temporary folder can be written");
  }

 private:
  record::TemporaryFolder folder_{"fuzzer"};
};

inline std::string_view TextOf(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline std::span<const std::uint8_t> BytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace biasbench::fuzzing
