// An array of numbers in a format that is chosen at run time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/number_format.h"
#include "memory/tracked_buffer.h"

namespace biasbench::schedule {

class StoredValues {
 public:
  StoredValues() = default;
  // Throws memory::OutOfMemory.
  StoredValues(memory::Ledger& ledger, memory::Category category, kernel::NumberFormat format,
               std::int64_t size)
      : format_(format), bytes_(ledger, category, size * kernel::BytesPerValue(format)) {}

  bool empty() const { return bytes_.empty(); }
  const memory::TrackedBuffer<std::byte>& bytes() const { return bytes_; }

  // The numbers from `begin` on in the array's format, which must be Format.
  template <class Format>
  typename Format::Stored* As(std::int64_t begin = 0) const {
    return reinterpret_cast<typename Format::Stored*>(bytes_.data()) + begin;
  }
  float* floats(std::int64_t begin = 0) const { return As<kernel::Float32>(begin); }

  // to (size) = the numbers from `begin` on, as floats.
  void Read(std::int64_t begin, std::int64_t size, float* to) const {
    kernel::VisitFormat(format_, [&]<class Format>() {
      kernel::Widen(Format::At(As<Format>(begin), 0), size, to);
    });
  }
  // The numbers from `begin` on = from (size), rounded by the key.
  void Write(const float* from, std::int64_t size, std::int64_t begin, std::uint32_t key) const {
    kernel::VisitFormat(format_, [&]<class Format>() {
      kernel::Round(from, size, Format::At(As<Format>(begin), key));
    });
  }

 private:
  kernel::NumberFormat format_ = kernel::NumberFormat::kFloat32;
  memory::TrackedBuffer<std::byte> bytes_;
};

}  // namespace biasbench::schedule
