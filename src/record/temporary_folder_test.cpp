#include "record/temporary_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "record/result_file.h"

namespace biasbench::record {
namespace {

namespace fs = std::filesystem;

TEST(TemporaryFolder, IsNewAndGoesWithWhatItHolds) {
  fs::path path;
  {
    const TemporaryFolder folder("a-test");
    const TemporaryFolder other("a-test");
    path = folder.path();
    EXPECT_NE(path, other.path());
    EXPECT_EQ(path.filename().string().find("a-test-"), 0U);
    std::ofstream(path / "file") << "x";
    fs::create_directory(path / "folder");
    EXPECT_TRUE(fs::exists(path / "file"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, SaysWhereItCannotBeMade) {
  const char* const before = getenv("TMPDIR");
  const std::string old = before == nullptr ? "" : before;
  setenv("TMPDIR", "/no/such/folder", 1);
  try {
    const TemporaryFolder folder("a-test");
    ADD_FAILURE() << folder.path();
  } catch (const FileError& error) {
    EXPECT_EQ(std::string(error.what()), "TMPDIR: No such file or directory");
  }
  before == nullptr ? unsetenv("TMPDIR") : setenv("TMPDIR", old.c_str(), 1);
}

}  // namespace
}  // namespace biasbench::record
