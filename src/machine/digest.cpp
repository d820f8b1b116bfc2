#include "machine/digest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace biasbench::machine {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

void Check(int openssl_result) {
  if (openssl_result != 1) throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

}  // namespace

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, ContextDeleter> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  Check(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr));
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::Add(std::span<const std::uint8_t> bytes) {
  Check(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string Sha256::Hex() {
  std::array<std::uint8_t, 32> digest{};
  Check(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr));
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string Sha256OfFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256 digest;
  std::vector<char> chunk(std::size_t{1} << 16);
  while (file.read(chunk.data(), std::ssize(chunk)) || file.gcount() > 0) {
    digest.Add({reinterpret_cast<const std::uint8_t*>(chunk.data()),
                static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) throw std::runtime_error(fmt::format("{}: cannot read", path.string()));
  return digest.Hex();
}

}  // namespace biasbench::machine
