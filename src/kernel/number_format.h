// The storage formats of arrays of numbers. A format is a file of its own, a row here and a line in
// hidden_products.cpp: a type with
//
//   kName            its name on the command line
//   Stored           the type in memory of one number
//   Values           an array for arithmetic: Load, Store (which returns the values as stored)
//                    and PrefetchAt, a vector at a time
//   At(data, key)    such an array; `key` is a random word for the roundings of its stores
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernel/bfloat16.h"
#include "kernel/float32.h"
#include "kernel/lanes.h"

namespace biasbench::kernel {

enum class NumberFormat : std::uint8_t { kFloat32, kBfloat16 };
inline constexpr auto kNumberFormatNames = std::to_array({Float32::kName, Bfloat16::kName});

// Calls visitor.operator()<Format>() for the format's type.
template <class Visitor>
constexpr decltype(auto) VisitFormat(NumberFormat format, Visitor&& visitor) {
  switch (format) {
    case NumberFormat::kBfloat16:
      return visitor.template operator()<Bfloat16>();
    case NumberFormat::kFloat32:
      break;
  }
  return visitor.template operator()<Float32>();
}

constexpr std::string_view NameOf(NumberFormat format) {
  return kNumberFormatNames[static_cast<std::size_t>(format)];
}

constexpr std::int64_t BytesPerValue(NumberFormat format) {
  return VisitFormat(format, []<class Format>() {
    return static_cast<std::int64_t>(sizeof(typename Format::Stored));
  });
}

// to[i] = from[i], for i < size.
template <class Values>
void Widen(const Values& from, std::int64_t size, float* to) {
  ForEachVector(size,
                [&](std::int64_t i, auto lanes) { lanes.Store(from.Load(i, lanes), to + i); });
}

// to[i] = from[i], rounded as the format rounds, for i < size.
template <class Values>
void Round(const float* from, std::int64_t size, const Values& to) {
  ForEachVector(size,
                [&](std::int64_t i, auto lanes) { to.Store(lanes.Load(from + i), i, lanes); });
}

}  // namespace biasbench::kernel
