#include "model/header_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "model/written_files.h"

namespace biasbench::model {
namespace {

// Longer than the window that is read at a time.
std::string LongText() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

TEST(HeaderReader, ReadsWhereverItIsPut) {
  const std::string text = LongText();
  HeaderReader file(WriteFile(TestPath("file"), text, 10));
  EXPECT_EQ(file.size(), 50'010);
  EXPECT_EQ(file.Peek(3), "abc");
  EXPECT_EQ(file.ReadText(40'000), text.substr(0, 40'000));
  file.Seek(1);
  EXPECT_EQ(file.ReadByte(), 'b');
  file.Skip(49'990);
  EXPECT_EQ(file.position(), 49'992);
  EXPECT_EQ(file.ReadText(8), text.substr(49'992));
  EXPECT_EQ(file.left(), 10);
  EXPECT_EQ(file.Peek(100), std::string(10, '\0'));
}

TEST(HeaderReader, NumbersBeginWithTheirLowestByte) {
  HeaderReader file(WriteFile(TestPath("file"), std::string("\x01\x02\xff\xff\xff\xff", 6)));
  EXPECT_EQ(file.ReadLittleEndian<std::uint16_t>(), 0x0201);
  EXPECT_EQ(file.ReadLittleEndian<std::int32_t>(), -1);
}

TEST(HeaderReader, SaysWhereTheFileEnds) {
  HeaderReader file(WriteFile(TestPath("file"), "abc"));
  file.Skip(2);
  const std::string expected = "truncated: 8 bytes are announced at byte 2, 1 follow";
  EXPECT_EQ(ErrorOf([&] { file.ReadText(8); }), expected);
  EXPECT_EQ(ErrorOf([&] { file.Skip(8); }), expected);
  EXPECT_EQ(ErrorOf([&] { file.Skip(~std::uint64_t{0}); }),
            "truncated: 18446744073709551615 bytes are announced at byte 2, 1 follow");
}

TEST(HeaderReader, RefusesWhatIsNoFile) {
  EXPECT_EQ(ErrorOf([] { HeaderReader("/no/such"); }), "No such file or directory");
  EXPECT_EQ(ErrorOf([] { HeaderReader("/dev/zero"); }), "expected a regular file");
  EXPECT_EQ(ErrorOf([] { HeaderReader("/tmp"); }), "expected a regular file");
}

}  // namespace
}  // namespace biasbench::model
