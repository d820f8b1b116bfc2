#pragma once

#include <filesystem>
#include <string>

namespace biasbench::record {

// A new folder in the one for temporary files, removed with all it holds.
class TemporaryFolder {
 public:
  // `name` begins the folder's name. Throws FileError if it cannot be made.
  explicit TemporaryFolder(const std::string& name);
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace biasbench::record
