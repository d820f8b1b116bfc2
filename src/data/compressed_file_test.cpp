#include "data/compressed_file.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "data/checksum.h"
#include "data/test_files.h"

namespace biasbench::data {
namespace {

// Letters that do not compress away, and longer than zlib's buffers.
std::string LongText() {
  std::string text;
  for (unsigned i = 0; i < 400'000; ++i) {
    text += static_cast<char>('a' + (i * 2654435761U >> 20) % 26);
  }
  return text;
}

TEST(CompressedFile, ReadsPlainGzipAndMemoryAlike) {
  const std::string text = LongText();
  const std::string gzip_path = WriteGzip("text.gz", text);
  const std::string gzip = ReadPlain(gzip_path);
  ASSERT_LT(gzip.size(), text.size());

  CompressedFile from_plain(WritePlain("text", text));
  CompressedFile from_gzip(gzip_path);
  CompressedFile from_memory("memory",
                             {reinterpret_cast<const std::uint8_t*>(gzip.data()), gzip.size()});
  for (CompressedFile* file : {&from_plain, &from_gzip, &from_memory}) {
    std::string read(text.size() + 1, '?');
    EXPECT_EQ(file->Read({reinterpret_cast<std::uint8_t*>(read.data()), read.size()}),
              static_cast<std::int64_t>(text.size()))
        << file->name();
    EXPECT_EQ(read, text + '?') << file->name();
  }
}

TEST(CompressedFile, RefusesWhatIsNotARegularFile) {
  EXPECT_EQ(ErrorOf([] { CompressedFile("/no/such/file"); }),
            "/no/such/file: No such file or directory");
  EXPECT_EQ(ErrorOf([] { CompressedFile("/dev/zero"); }), "/dev/zero: expected a regular file");
  EXPECT_EQ(ErrorOf([] { CompressedFile("/"); }), "/: expected a regular file");
}

TEST(CompressedFile, SaysWhenItEndsEarly) {
  const std::string path = WritePlain("short", "12345");
  std::array<std::uint8_t, 6> bytes{};
  EXPECT_EQ(ErrorOf([&] { CompressedFile(path).ReadExactly(bytes); }),
            path + ": ends early: 5 bytes where 6 were expected");
}

TEST(CompressedFile, NoticesGzipDataCutShortOrDamaged) {
  const std::string gzip = ReadPlain(WriteGzip("whole.gz", LongText()));
  const std::string cut = WritePlain("cut.gz", gzip.substr(0, gzip.size() / 2));
  std::string flipped = gzip;
  flipped[flipped.size() - 8] ^= 1;  // in the checksum, behind all data
  const std::string damaged = WritePlain("damaged.gz", flipped);
  const auto read_bytes = [](const std::string& path) {
    CompressedFile file(path);
    FingerprintOf(file);
  };
  const std::string cut_message = cut + ": cannot be read: its gzip data end early";
  const std::string damaged_message = damaged + ": cannot be read: its gzip data are damaged";
  EXPECT_EQ(ErrorOf([&] { read_bytes(cut); }), cut_message);
  EXPECT_EQ(ErrorOf([&] { read_bytes(damaged); }), damaged_message);
}

// Also where the contents so far fill a buffer: zlib's gzread() takes such a file for whole.
TEST(CompressedFile, NoticesGzipDataCutAnywhere) {
  const std::string gzip = ReadPlain(WriteGzip("zeros.gz", std::string(600'000, '\0')));
  for (std::size_t bytes = 2; bytes < gzip.size(); ++bytes) {
    const std::string cut = WritePlain("cut.gz", gzip.substr(0, bytes));
    CompressedFile file(cut);
    EXPECT_EQ(ErrorOf([&] { FingerprintOf(file); }),
              cut + ": cannot be read: its gzip data end early")
        << bytes;
  }
}

TEST(CompressedFile, ReadsAllMembersAndNothingButZerosMayFollow) {
  const std::string gzip =
      ReadPlain(WriteGzip("a.gz", "a,b\n")) + ReadPlain(WriteGzip("1.gz", "1\n"));
  CompressedFile file(WritePlain("members.gz", gzip + std::string(200'000, '\0')));
  std::string read(8, '?');
  EXPECT_EQ(file.Read({reinterpret_cast<std::uint8_t*>(read.data()), read.size()}), 6);
  EXPECT_EQ(read, "a,b\n1\n??");
  // A third member's first byte, another cut or damaged, and text that was never compressed.
  for (const std::string& rest : {std::string("\x1f"), std::string("\x1f\x8a\x08"),
                                  std::string("2,3\n"), std::string(200'000, '\0') + "1"}) {
    const std::string path = WritePlain("followed.gz", gzip + rest);
    CompressedFile followed(path);
    EXPECT_EQ(ErrorOf([&] { FingerprintOf(followed); }),
              path + ": cannot be read: what follows its gzip data is none");
  }
}

// A file damaged behind the first bytes can be read from the beginning again.
TEST(CompressedFile, RewindsDamagedData) {
  std::string gzip = ReadPlain(WriteGzip("whole.gz", LongText()));
  gzip[gzip.size() / 2] ^= 1;
  const std::string path = WritePlain("damaged.gz", gzip);
  CompressedFile file(path);
  const std::string message = path + ": cannot be read: its gzip data are damaged";
  EXPECT_EQ(ErrorOf([&] { FingerprintOf(file); }), message);
  EXPECT_EQ(ErrorOf([&] { FingerprintOf(file); }), message);
}

// The answers are FIPS 180-2's examples.
TEST(Fingerprint, KnownAnswersOfTheDecompressedContents) {
  const auto sha256_of = [](const std::string& path) {
    CompressedFile file(path);
    return FingerprintOf(file).sha256;
  };
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(sha256_of(WritePlain("abc", "abc")), abc);
  EXPECT_EQ(sha256_of(WriteGzip("abc.gz", "abc")), abc);
  EXPECT_EQ(sha256_of(WritePlain("million", std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Fingerprint, CountsEverythingAndRewinds) {
  CompressedFile file(WriteGzip("text.gz", LongText() + "\nrest"));
  std::array<std::uint8_t, 7> first{};
  file.ReadExactly(first);
  EXPECT_EQ(FingerprintOf(file).bytes, 400'005);
  std::array<std::uint8_t, 7> again{};
  file.ReadExactly(again);
  EXPECT_EQ(again, first);
}

}  // namespace
}  // namespace biasbench::data
