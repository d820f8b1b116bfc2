#include "data/array_file.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "data/test_files.h"

namespace biasbench::data {
namespace {

using namespace std::string_literals;

// The bytes of numbers in either order.
template <class Element>
std::string Bytes(const std::vector<Element>& numbers, bool is_big_endian) {
  std::string bytes;
  for (const Element number : numbers) {
    std::string one(reinterpret_cast<const char*>(&number), sizeof(number));
    if (is_big_endian) one = {one.rbegin(), one.rend()};
    bytes += one;
  }
  return bytes;
}

std::string Numpy(const std::string& dictionary, const std::string& payload, char major = 1) {
  std::string header = "\x93NUMPY"s + major + '\0' + static_cast<char>(dictionary.size()) + '\0';
  if (major > 1) header += "\0\0"s;
  return header + dictionary + payload;
}

std::string Dictionary(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

std::vector<double> NumbersOf(const std::string& contents, std::size_t count) {
  ArrayFile file(WriteGzip("array", contents));
  std::vector<double> numbers(count);
  file.ReadNumbers(numbers);
  return numbers;
}

std::string RefusalOf(const std::string& contents) {
  const std::string path = WritePlain("refused", contents);
  return ErrorOf([&] { ArrayFile file(path); }).substr(path.size());
}

template <class Element>
void ExpectReadable(char idx_type, const std::string& descr, Element least) {
  const std::vector<Element> numbers = {least, Element{1}, static_cast<Element>(100)};
  const std::vector<double> expected = {static_cast<double>(least), 1, 100};
  if (idx_type != 0) {
    const std::string header = "\0\0"s + idx_type + "\1\0\0\0\3"s;
    EXPECT_EQ(NumbersOf(header + Bytes(numbers, true), 3), expected) << descr;
  }
  for (const bool is_big_endian : {false, true}) {
    const std::string order = sizeof(Element) == 1 ? "|" : (is_big_endian ? ">" : "<");
    EXPECT_EQ(NumbersOf(Numpy(Dictionary(order + descr, "(3,)"), Bytes(numbers, is_big_endian)), 3),
              expected)
        << order << descr;
  }
}

TEST(ArrayFile, ReadsElementsOfAllTypesInEitherOrder) {
  ExpectReadable<std::uint8_t>('\x08', "u1", 200);
  ExpectReadable<std::int8_t>('\x09', "i1", -128);
  ExpectReadable<std::int16_t>('\x0B', "i2", -300);
  ExpectReadable<std::int32_t>('\x0C', "i4", -70'000);
  ExpectReadable<float>('\x0D', "f4", -0.5F);
  ExpectReadable<double>('\x0E', "f8", -1e300);
  ExpectReadable<std::uint16_t>(0, "u2", 60'000);
  ExpectReadable<std::uint32_t>(0, "u4", 4'000'000'000U);
  ExpectReadable<std::uint64_t>(0, "u8", std::uint64_t{1} << 63U);
  ExpectReadable<std::int64_t>(0, "i8", -(std::int64_t{1} << 50));
  ExpectReadable<std::int8_t>(0, "b1", 0);
}

TEST(ArrayFile, ReadsNumpysShapesAndVersions) {
  for (const char major : {'\1', '\2', '\3'}) {
    const ArrayFile file(
        WritePlain("shape.npy", Numpy(Dictionary("|u1", "(2, 3, 1)"), "abcdef", major)));
    EXPECT_EQ(file.dimensions(), (std::vector<std::int64_t>{2, 3, 1}));
    EXPECT_EQ(file.values_per_sample(), 3);
    EXPECT_TRUE(file.holds_bytes());
  }
  const ArrayFile signs(WritePlain("signed.npy", Numpy(Dictionary("|i1", "(2,)"), "ab")));
  EXPECT_FALSE(signs.holds_bytes());
}

TEST(ArrayFile, RefusesOtherNumpyArrays) {
  EXPECT_EQ(RefusalOf(Numpy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", "1234")),
            ": an array in Fortran order, expected C order: save numpy.ascontiguousarray of it");
  for (const std::string descr : {"<f2", "<c8", "|S5", "<U4", "|O", "<i3", "=f4"}) {
    EXPECT_TRUE(RefusalOf(Numpy(Dictionary(descr, "(1, 1)"), "1234"))
                    .starts_with(": NumPy elements '" + descr + "', expected float32, "))
        << descr;
  }
  EXPECT_EQ(RefusalOf(Numpy(Dictionary("<f4", "()"), "1234")).substr(0, 15), ": its shape is ");
  EXPECT_EQ(RefusalOf(Numpy(Dictionary("<f4", "(1, x)"), "1234")).substr(0, 15), ": its shape is ");
  EXPECT_EQ(RefusalOf(Numpy(Dictionary("<f4", "(2, 1)"), "1234")),
            ": the header announces 2 x 1 elements of 4 bytes, 4 bytes follow it");
  EXPECT_EQ(RefusalOf(Numpy(Dictionary("<f4", "(0, 1)"), "")),
            ": the header announces 0 x 1 elements of 4 bytes, 0 bytes follow it");
  EXPECT_EQ(
      RefusalOf(Numpy(Dictionary("<f8", "(4294967296, 4294967296)"), "12345678")).substr(0, 12),
      ": the header");
  EXPECT_NE(RefusalOf(Numpy("{}", "")), "");
  EXPECT_EQ(RefusalOf(Numpy(Dictionary("<f4", "(1,)"), "1234").substr(0, 30)).substr(0, 11),
            ": ends earl");
  EXPECT_EQ(RefusalOf("1,2\n"), ": text, expected an array: IDX or NumPy (.npy)");
}

}  // namespace
}  // namespace biasbench::data
