#include "data/file_kind.h"

#include <gtest/gtest.h>

#include <string>

#include "data/test_files.h"

namespace biasbench::data {
namespace {

using namespace std::string_literals;

FileKind KindOfContents(const std::string& contents) {
  CompressedFile file(WriteGzip("kind", contents));
  return KindOf(file);
}

TEST(FileKind, IsToldByTheFirstBytes) {
  EXPECT_EQ(KindOfContents("1,2\n"), FileKind::kText);
  EXPECT_EQ(KindOfContents(""), FileKind::kText);
  EXPECT_EQ(KindOfContents("\xEF\xBB\xBF<5,1\n"), FileKind::kText);
  EXPECT_EQ(KindOfContents("\0\0\x0D\3\0\0"s), FileKind::kIdx);
  EXPECT_EQ(KindOfContents("\x93NUMPY\1\0"s), FileKind::kNumpy);
}

TEST(FileKind, NamesWhatIsNotReadAndWhatIsExpected) {
  const std::pair<std::string, std::string> cases[] = {{"PK\3\4 workbook"s, "a zip archive"},
                                                       {"\x89HDF\r\n\x1A\n"s, "HDF5"},
                                                       {"PAR1\x15"s, "Parquet"},
                                                       {"\x1F\x8B\b"s, "gzip within gzip"},
                                                       {"<!DOCTYPE HTML>\n"s, "a web page"},
                                                       {"\n <html lang=en>"s, "a web page"},
                                                       {"\xFF\xFE"
                                                        "1\0,\0"s,
                                                        "UTF-16"},
                                                       {"1,2\0\0\0"s, "binary data"},
                                                       {"BZh91AY"s, "bzip2"},
                                                       {"\x80\x04\x95x"s, "a Python pickle"}};
  for (const auto& [contents, kind] : cases) {
    const std::string message = ErrorOf([&text = contents] { KindOfContents(text); });
    EXPECT_TRUE(message.starts_with(TestPath("kind") + ": " + kind)) << message;
    EXPECT_NE(message.find("expected CSV, IDX or NumPy: "), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace biasbench::data
