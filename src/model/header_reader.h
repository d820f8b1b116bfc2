// A file of which only headers are read.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace biasbench::model {

// Reads through a small window wherever it is put; what is skipped is never read. Every function
// throws Error, in one line that begins with the path, where the file ends too early.
class HeaderReader {
 public:
  // Opens a regular file; Error if there is none.
  explicit HeaderReader(const std::string& path);
  HeaderReader(const HeaderReader&) = delete;
  HeaderReader& operator=(const HeaderReader&) = delete;
  ~HeaderReader();

  const std::string& path() const { return path_; }
  std::int64_t size() const { return size_; }
  std::int64_t position() const { return position_; }
  std::int64_t left() const { return size_ - position_; }

  // `position` is at most the file's size.
  void Seek(std::int64_t position) { position_ = position; }
  void Skip(std::uint64_t bytes);

  std::uint8_t ReadByte();
  std::string ReadText(std::uint64_t bytes);
  // The first bytes from here on, fewer where the file ends, without moving on.
  std::string Peek(std::int64_t bytes);

  template <class Integer>
  Integer ReadLittleEndian() {
    std::make_unsigned_t<Integer> value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      value |= static_cast<decltype(value)>(static_cast<decltype(value)>(ReadByte()) << (8 * i));
    }
    return static_cast<Integer>(value);
  }

  [[noreturn]] void Fail(std::string_view what) const;

 private:
  void NeedBytes(std::uint64_t bytes) const;
  void FillWindow();

  std::string path_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
  std::int64_t position_ = 0;
  std::array<char, 1 << 14> window_{};
  std::int64_t window_begin_ = 0;
  std::int64_t window_end_ = 0;
};

// The size of a regular file. Throws Error if there is none.
std::int64_t FileBytes(const std::string& path);

}  // namespace biasbench::model
