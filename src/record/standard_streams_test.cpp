#include "record/standard_streams.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "record/result_file.h"

namespace biasbench::record {
namespace {

TEST(StandardStreams, ErrorsAreOneLine) {
  testing::internal::CaptureStderr();
  PrintError("footprint", "--hidden: '\n\t' is not a whole number");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "footprint: --hidden: '  ' is not a whole number\n");
}

// In a process of its own, whose standard output is lost.
TEST(StandardStreams, OutputThatDoesNotArriveIsAnError) {
  const auto print_to_full_disk = [] {
    if (std::freopen("/dev/full", "w", stdout) == nullptr) _exit(3);
    std::fputs("rows", stdout);
    try {
      FlushOutput();
    } catch (const FileError& error) {
      std::fputs(error.what(), stderr);
      _exit(2);
    }
    _exit(0);
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(print_to_full_disk(), testing::ExitedWithCode(2), "^standard output: cannot write");
}

}  // namespace
}  // namespace biasbench::record
