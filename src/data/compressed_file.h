// A data file, plain or compressed by gzip, read from front to back.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "data/dataset.h"

namespace biasbench::data {

// Every function throws Error if the file cannot be read or its gzip data are damaged or cut short.
class CompressedFile {
 public:
  // Opens a regular file; Error if there is none.
  explicit CompressedFile(const std::string& path);
  // Reads bytes in memory instead; `name` stands for them in messages.
  CompressedFile(std::string name, std::span<const std::uint8_t> bytes);

  const std::string& name() const { return name_; }

  // Reads the next bytes and returns how many: fewer than asked for only at the end.
  std::int64_t Read(std::span<std::uint8_t> bytes);
  // Error if the file ends before `bytes` is full.
  void ReadExactly(std::span<std::uint8_t> bytes);
  void Rewind();
  // The number of decompressed bytes read since the beginning.
  std::int64_t Position() const { return position_; }
  // The share of the file on disk that has been read: 0 to 1.
  double ShareRead() const;

 private:
  class Stream;
  struct Deleter {
    void operator()(Stream* stream) const;
  };
  static std::unique_ptr<Stream, Deleter> Open(const std::string& name, int descriptor);

  std::string name_;
  std::int64_t stored_bytes_ = 0;
  std::int64_t position_ = 0;
  std::unique_ptr<Stream, Deleter> stream_;
};

}  // namespace biasbench::data
