#include "record/temporary_folder.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <system_error>

#include "record/result_file.h"

namespace biasbench::record {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder(const std::string& name) {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error) throw FileError(fmt::format("TMPDIR: {}", error.message()));
  std::string path = parent / (name + "-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    throw FileError(fmt::format("{}: cannot make a folder: {}", parent.string(),
                                std::generic_category().message(errno)));
  }
  path_ = path;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace biasbench::record
