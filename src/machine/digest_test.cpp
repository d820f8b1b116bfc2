#include "machine/digest.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string_view>

namespace biasbench::machine {
namespace {

std::span<const std::uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Digest, IsSha256OfAllPieces) {
  Sha256 digest;  // FIPS 180-2, appendix B.1: "abc"
  digest.Add(Bytes("a"));
  digest.Add(Bytes("bc"));
  EXPECT_EQ(digest.Hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, OfAFileGoesToItsLastByte) {
  const std::string path = testing::TempDir() + "digest_test";
  // FIPS 180-2, appendix B.3: a million times "a", which is no multiple of a chunk.
  std::ofstream(path) << std::string(1'000'000, 'a');
  EXPECT_EQ(Sha256OfFile(path), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  std::ofstream(path, std::ios::trunc);
  EXPECT_EQ(Sha256OfFile(path), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_THROW(Sha256OfFile(path + " is not there"), std::runtime_error);
}

}  // namespace
}  // namespace biasbench::machine
