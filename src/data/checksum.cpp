#include "data/checksum.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace biasbench::data {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

void Check(int openssl_result) {
  if (openssl_result != 1) throw Error("OpenSSL cannot compute SHA-256");
}

}  // namespace

Fingerprint FingerprintOf(CompressedFile& file) {
  const std::unique_ptr<EVP_MD_CTX, ContextDeleter> context(EVP_MD_CTX_new());
  Check(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr));

  file.Rewind();
  Fingerprint fingerprint;
  std::vector<std::uint8_t> chunk(std::size_t{1} << 16);
  while (const std::int64_t got = file.Read(chunk)) {
    Check(EVP_DigestUpdate(context.get(), chunk.data(), static_cast<std::size_t>(got)));
    fingerprint.bytes += got;
  }
  file.Rewind();

  std::array<std::uint8_t, 32> digest{};
  Check(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr));
  fingerprint.sha256 = fmt::format("{:02x}", fmt::join(digest, ""));
  return fingerprint;
}

}  // namespace biasbench::data
