#include "data/idx_reader.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/checksum.h"
#include "data/test_files.h"
#include "memory/ledger.h"

namespace biasbench::data {
namespace {

std::string Header(const std::vector<std::uint32_t>& dimensions) {
  std::string header = {0, 0, 8, static_cast<char>(dimensions.size())};
  for (const std::uint32_t dimension : dimensions) {
    for (const int shift : {24, 16, 8, 0}) header += static_cast<char>(dimension >> shift);
  }
  return header;
}

// 300 images of 2 x 3 pixels (more than fit in one byte of the header): pixel p of image n is
// n + 40 p, modulo 256. Image n is of class n modulo 4.
class IdxReader : public testing::Test {
 protected:
  IdxReader() {
    for (int n = 0; n < kSamples; ++n) {
      for (int p = 0; p < 6; ++p) images_ += static_cast<char>(n + 40 * p);
      labels_ += static_cast<char>(n % 4);
    }
  }

  // Reads these two contents; `max_samples` as in ReadIdx.
  Dataset Read(const std::string& images, const std::string& labels, std::int64_t max_samples = 0) {
    return ReadIdx({WritePlain("images", images), ""}, {WritePlain("labels", labels), ""}, 4,
                   ledger_, max_samples);
  }

  // The messages for bad images or labels beside good ones, without the path.
  std::string ImageRefusal(const std::string& images) {
    return Refusal("images", [&] { Read(images, labels_); });
  }
  std::string LabelRefusal(const std::string& labels) {
    return Refusal("labels", [&] { Read(images_, labels); });
  }

  static constexpr int kSamples = 300;
  std::string images_ = Header({kSamples, 2, 3});
  std::string labels_ = Header({kSamples});
  memory::Ledger ledger_;

 private:
  std::string Refusal(const std::string& name, const std::function<void()>& read) {
    const std::string message = ErrorOf(read);
    const std::string path = TestPath(name);
    EXPECT_TRUE(message.starts_with(path)) << message;
    // Nothing is allocated for a refused file.
    EXPECT_EQ(ledger_.peak_in(memory::Phase::kBuild), memory::CategoryBytes{});
    return message.substr(path.size());
  }
};

void ExpectFirstSamples(const Dataset& dataset, std::int64_t samples) {
  EXPECT_TRUE(dataset.is_classification());
  EXPECT_EQ(dataset.samples, samples);
  EXPECT_EQ(dataset.inputs, 6);
  EXPECT_EQ(dataset.outputs, 4);
  EXPECT_EQ(dataset.byte_scale, 1.0F / 255);
  ASSERT_EQ(dataset.bytes.size(), samples * 6);
  ASSERT_EQ(dataset.labels.size(), samples);
  for (std::int64_t n = 0; n < samples; ++n) {
    for (std::int64_t p = 0; p < 6; ++p) ASSERT_EQ(dataset.bytes[6 * n + p], (n + 40 * p) % 256);
    ASSERT_EQ(dataset.labels[n], n % 4);
  }
}

TEST_F(IdxReader, ReadsPlainAndGzip) {
  ExpectFirstSamples(Read(images_, labels_), kSamples);
  ExpectFirstSamples(ReadIdx({WriteGzip("images.gz", images_), ""},
                             {WriteGzip("labels.gz", labels_), ""}, 4, ledger_),
                     kSamples);
}

TEST_F(IdxReader, KeepsTheFirstSamples) { ExpectFirstSamples(Read(images_, labels_, 7), 7); }

TEST_F(IdxReader, ReadsMoreLabelsThanItWidensAtATime) {
  constexpr std::uint32_t kMany = 10'000;
  std::string images = Header({kMany, 1});
  std::string labels = Header({kMany});
  for (std::uint32_t n = 0; n < kMany; ++n) {
    images += 'x';
    labels += static_cast<char>(n % 3);
  }
  const Dataset dataset = Read(images, labels);
  for (std::int64_t n = 0; n < kMany; ++n) ASSERT_EQ(dataset.labels[n], n % 3);
  EXPECT_EQ(ledger_.peak_in(memory::Phase::kBuild), ledger_.current());  // each was held once
}

TEST_F(IdxReader, RefusesAMissingFile) {
  EXPECT_EQ(ErrorOf([&] {
              ReadIdx({"/no/such", ""}, {"/no/other", ""}, 4, ledger_);
            }),
            "/no/such: No such file or directory");
}

TEST_F(IdxReader, RefusesAnotherMagic) {
  const std::string expected =
      ", expected IDX: 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and the number of dimensions";
  std::string unknown = images_;
  unknown[2] = 0x0a;
  EXPECT_EQ(ImageRefusal(unknown), ": begins with 00 00 0a 03" + expected);
  EXPECT_EQ(ImageRefusal("P5 2 3 255"), ": text, expected an array: IDX or NumPy (.npy)");
  EXPECT_EQ(LabelRefusal(std::string{0, 0, 8, 0}), ": begins with 00 00 08 00" + expected);
  std::string is_signed = images_;
  is_signed[2] = 0x09;
  EXPECT_EQ(ImageRefusal(is_signed), ": expected unsigned bytes");
}

TEST_F(IdxReader, RefusesAHeaderCutShort) {
  EXPECT_EQ(ImageRefusal(images_.substr(0, 7)), ": ends early: 3 bytes where 4 were expected");
  EXPECT_EQ(ImageRefusal(images_.substr(0, 14)), ": ends early: 2 bytes where 4 were expected");
}

TEST_F(IdxReader, RefusesAPayloadOfAnotherLength) {
  EXPECT_EQ(ImageRefusal(images_.substr(0, images_.size() - 1)),
            ": the header announces 300 x 2 x 3 bytes, 1799 bytes follow it");
  EXPECT_EQ(ImageRefusal(images_ + "x"),
            ": the header announces 300 x 2 x 3 bytes, 1801 bytes follow it");
  EXPECT_EQ(LabelRefusal(labels_ + "x"), ": the header announces 300 bytes, 301 bytes follow it");
  EXPECT_EQ(ImageRefusal(Header({0, 2, 3})),
            ": the header announces 0 x 2 x 3 bytes, 0 bytes follow it");
}

// 2^64, which is 0 in 64 bits, and (2^32 - 1)^3.
TEST_F(IdxReader, RefusesDimensionsWhoseProductOverflows) {
  EXPECT_EQ(ImageRefusal(Header({1U << 31, 1U << 31, 4})),
            ": the header announces 2147483648 x 2147483648 x 4 bytes, 0 bytes follow it");
  EXPECT_EQ(ImageRefusal(Header({~0U, ~0U, ~0U}) + "x"),
            ": the header announces 4294967295 x 4294967295 x 4294967295 bytes, 1 bytes follow it");
}

TEST_F(IdxReader, RefusesWrongRanks) {
  EXPECT_EQ(ImageRefusal(labels_), ": 1 dimension, expected samples and their inputs: 2 or more");
  EXPECT_EQ(LabelRefusal(images_), ": 3 dimensions, expected labels: 1");
}

TEST_F(IdxReader, RefusesCountsThatDiffer) {
  EXPECT_EQ(LabelRefusal(Header({2}) + std::string(2, 0)),
            ": 2 labels, expected 300, one for each sample of " + TestPath("images"));
}

TEST_F(IdxReader, RefusesALabelBeyondTheClasses) {
  std::string labels = labels_;
  labels[8 + 5] = 4;
  const std::string message = ErrorOf([&] { Read(images_, labels); });
  EXPECT_EQ(message, TestPath("labels") + ": label 4 of sample 5, expected 0 to 3");
  EXPECT_EQ(ledger_.current(), memory::CategoryBytes{});
}

TEST_F(IdxReader, ComparesTheChecksumOfTheDecompressedContents) {
  const IdxFile labels{WritePlain("labels", labels_), ""};
  IdxFile images{WriteGzip("images.gz", images_), std::string(64, '0')};
  CompressedFile plain(WritePlain("images", images_));
  const std::string sha256 = FingerprintOf(plain).sha256;
  EXPECT_EQ(ErrorOf([&] { ReadIdx(images, labels, 4, ledger_); }),
            images.path + ": the contents' SHA-256 is " + sha256 + ", expected " + images.sha256);
  images.sha256 = sha256;
  ExpectFirstSamples(ReadIdx(images, labels, 4, ledger_), kSamples);
}

}  // namespace
}  // namespace biasbench::data
