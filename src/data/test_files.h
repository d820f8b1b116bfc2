// Files for the tests of this folder, and the messages of the errors they provoke.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "data/dataset.h"

namespace biasbench::data {

// A path of the running test's own: tests run at the same time.
inline std::string TestPath(const std::string& name) {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  return testing::TempDir() + test->test_suite_name() + "." + test->name() + "." + name;
}

inline std::string WritePlain(const std::string& name, const std::string& contents) {
  std::string path = TestPath(name);
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

inline std::string WriteGzip(const std::string& name, const std::string& contents) {
  std::string path = TestPath(name);
  const gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, contents.data(), static_cast<unsigned>(contents.size()));
  EXPECT_EQ(gzclose(file), Z_OK);
  return path;
}

inline std::string ReadPlain(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The message of the Error that `call` throws; "no error" if it throws none.
inline std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace biasbench::data
