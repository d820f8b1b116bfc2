#include "text/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace biasbench::text {
namespace {

struct Unit {
  double size;
  std::string_view name;
};

constexpr auto kBinary = std::to_array<Unit>({{0x1p0, "B"},
                                              {0x1p10, "KiB"},
                                              {0x1p20, "MiB"},
                                              {0x1p30, "GiB"},
                                              {0x1p40, "TiB"},
                                              {0x1p50, "PiB"}});
constexpr auto kTimes = std::to_array<Unit>({{1e-9, "ns"}, {1e-6, "us"}, {1e-3, "ms"}, {1.0, "s"}});

// The largest unit of which there is one at least, or the smallest of all.
const Unit& UnitOf(double value, std::span<const Unit> units) {
  const auto larger =
      std::ranges::find_if(units, [&](const Unit& unit) { return std::abs(value) < unit.size; });
  return larger == units.begin() ? *larger : *std::prev(larger);
}

}  // namespace

std::string Significant(double value, int digits) {
  const std::string text = fmt::format("{:#.{}g}", value, digits);
  // With all digits before the point, "100." and, in some versions of fmt, "100.0".
  const std::size_t point = text.find('.');
  const std::size_t before = point - (value < 0 ? 1 : 0);
  const bool is_whole =
      text.find('e') == std::string::npos && before >= static_cast<std::size_t>(digits);
  return is_whole ? text.substr(0, point) : text;
}

std::string Number(double value) {
  const double size = std::abs(value);
  return size >= 1e4 && size < 1e9 ? fmt::format("{:.0f}", value) : Significant(value, 4);
}

std::string Bytes(double bytes) {
  const Unit& unit = UnitOf(bytes, kBinary);
  if (unit.size == 1) return fmt::format("{:.0f} B", bytes);  // there are no parts of a byte
  return fmt::format("{} {}", Significant(bytes / unit.size, 4), unit.name);
}

std::string Percent(double share) {
  return share == 0 ? "0 %" : fmt::format("{} %", Significant(100 * share, 3));
}

std::string Seconds(double seconds) {
  const Unit& unit = UnitOf(seconds, kTimes);
  const double value = seconds / unit.size;
  if (value >= 1000) return fmt::format("{:.0f} {}", value, unit.name);
  return fmt::format("{} {}", Significant(value, 3), unit.name);
}

std::string Clock(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::clamp(seconds, 0.0, 1e9)));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace biasbench::text
