// SHA-256 of bytes and of files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace biasbench::machine {

// A digest of what is added piece by piece. Every function throws std::runtime_error if OpenSSL
// cannot compute it.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void Add(std::span<const std::uint8_t> bytes);
  // The digest of everything added, in lower-case hexadecimal. Call it once, last.
  std::string Hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Throws std::runtime_error if the file cannot be read.
std::string Sha256OfFile(const std::filesystem::path& path);

}  // namespace biasbench::machine
